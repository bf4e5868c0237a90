//! LTE without circuit-switched service: seen before a request is sent, left for its length where the user
//! says so, and gone back to however that ends.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use saldo::Error;
use saldo::client::{Balance, Modem};
use saldo::operators::Operators;
use saldo::store::Journal;
use tempfile::TempDir;
use tokio::time::{Instant, timeout};

use super::bench::{BALANCE, Bench, LIMIT, ask, ask_as, code, named, question, run, scenario};

/// Proximus on LTE alone, but for these rows.
fn on_lte(rows: &str) -> Bench {
    scenario(&format!("base = [\"lte-only\"]\n{rows}"))
}

/// The rows of a maker's modem whose radio mode is read, said and set so; 3G in its second mode, and nobody
/// in its third.
fn radio(maker: &str, model: &str, read: &str, says: &str, set: &str, modes: [&str; 3]) -> String {
    let [lte, umts, gsm] = modes;
    format!(
        "base = [\"_proximus\", \"_stick\"]\nlacks = [\"+CPINR\"]\n\
         [identity]\nmanufacturer = '{maker}'\nmodel = '{model}'\n\
         [ussd]\nneeds-circuit = true\nrequest = [\"charset\", \"packed-hex\"]\n\
         [radio]\nread = '{read}'\nsays = '{says}'\nset = '{set}'\nstart = '{lte}'\nsearch-ms = 8000\n\
         [[radio.mode]]\nis = '{lte}'\nact = 7\ncereg = 1\n\
         [[radio.mode]]\nis = '{umts}'\nact = 2\ncreg = 1\n\
         [[radio.mode]]\nis = '{gsm}'\ncreg = 2\n"
    )
}

const WS46: [&str; 3] = ["25", "22", "12"];

fn telit() -> String {
    radio("Telit", "LE910C1", "AT+WS46?", "+WS46: {mode}", "AT+WS46={mode}", WS46)
}

/// A modem whose debts are written into a folder, and what its user was told.
struct Room {
    folder: TempDir,
    told: Rc<RefCell<Vec<String>>>,
}

impl Room {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), told: Rc::default() }
    }

    fn journal(&self) -> Journal {
        Journal::new(self.folder.path().join("journal"))
    }

    fn modem(&self, bench: Bench) -> Modem<Bench> {
        let told = self.told.clone();
        Modem::new(bench)
            .with_journal(self.journal())
            .telling(move |text| told.borrow_mut().push(text.to_owned()))
    }

    fn was_told(&self, words: &str) -> bool {
        self.told.borrow().iter().any(|text| text.contains(words))
    }
}

async fn ask_over_3g(modem: &mut Modem<Bench>) -> Result<Balance, Error> {
    let mut wish = question();
    wish.fallback = true;
    ask_as(modem, &wish, &Operators::built_in()).await
}

/// How the radio is set, as another program reads it.
async fn mode(bench: &mut Bench, read: &str) -> String {
    let said = bench.type_line(read).await;
    said.split('|').find(|line| *line != read).unwrap_or_default().to_owned()
}

#[test]
fn a_request_that_nobody_would_answer_is_not_sent() {
    run(async {
        for (bench, started) in [
            (named("lte-only"), Instant::now()),
            (on_lte("[[row]]\ncommand = \"AT+CREG?\"\nsays = [\"+CREG: 0,3\"]\n"), Instant::now()),
        ] {
            let mut modem = Modem::new(bench);
            let error = ask(&mut modem).await.unwrap_err();
            assert_eq!(error.exit_status(), 5);
            assert_eq!(
                error.to_string(),
                "USSD is not possible here: the modem is on LTE without circuit-switched service"
            );
            assert!(error.hint().unwrap().starts_with("`--fallback` asks over 3G or 2G"));
            assert_eq!(modem.close().await.requests(), [""; 0]);
            assert_eq!(started.elapsed(), Duration::ZERO);
        }
    });
}

#[test]
#[rustfmt::skip]
fn what_is_not_known_is_no_reason_to_refuse() {
    run(async {
        let creg = |says: &str| format!("[[row]]\ncommand = \"AT+CREG?\"\n{says}\n");
        let lte = |maker: &str, command: &str, says: &str| format!(
            "[identity]\nmanufacturer = \"{maker}\"\n[ussd]\nrequest = [\"charset\", \"packed-hex\"]\n\
             [[row]]\ncommand = '{command}'\nsays = ['{says}']\n"
        );
        for (rows, why) in [
            (creg("error = 4"),                     "a modem without +CREG"),
            (creg("says = [\"+CREG: 0,2\"]"),       "a network that is looked for"),
            (creg("says = [\"+CREG: 0,4\"]"),       "a state that is not known"),
            (creg("says = [\"+CREG: 0,6\"]"),       "messages alone, and perhaps more"),
            (creg("says = [\"+CREG: 0\"]"),         "half an answer"),
            (lte("Example", "AT+CIREG?", "+CIREG: 0,1"),                        "USSD over IMS"),
            (lte("huawei",  "AT^SYSINFOEX", "^SYSINFOEX:2,3,0,1,,6,\"LTE\",101,\"LTE\""), "both domains"),
            (lte("ZTE",     "AT+ZPAS?", "+ZPAS: \"LTE\",\"CS_PS\""),            "both domains"),
            (lte("Quectel", "AT+QCFG=\"ims\"", "+QCFG: \"ims\",1,1"),           "calls over LTE"),
        ] {
            let mut modem = Modem::new(on_lte(&rows));
            let error = ask(&mut modem).await.unwrap_err();
            assert_eq!(error.exit_status(), 5, "{why}");
            assert_eq!(modem.close().await.requests().len(), 1, "{why}");
        }
    });
}

#[test]
fn a_code_that_the_user_dials_is_sent_in_any_case() {
    run(async {
        let mut modem = Modem::new(named("lte-only"));
        let started = Instant::now();
        let error = modem.ussd(&code("#121#"), LIMIT, true).await.unwrap_err();
        assert_eq!((error.exit_status(), started.elapsed()), (5, LIMIT));
        assert!(error.hint().unwrap().starts_with("`--fallback`"), "{error}");
        assert_eq!(modem.close().await.requests().len(), 1, "what may be on air is not sent again");
    });
}

#[test]
#[rustfmt::skip]
fn every_maker_is_sent_to_3g_and_back_in_its_own_words() {
    let ex = ["\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF", "\"02\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF", "\"01\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF"];
    run(async {
        for (rows, read, set, back) in [
            (telit(), "AT+WS46?", "AT+WS46=22", "AT+WS46=25"),
            (radio("Example", "EX25", "AT+WS46?", "{mode}", "AT+WS46={mode}", WS46), "AT+WS46?", "AT+WS46=22", "AT+WS46=25"),
            (radio("huawei", "E3372", "AT^SYSCFGEX?", "^SYSCFGEX:{mode}", "AT^SYSCFGEX={mode},,", ex), "AT^SYSCFGEX?",
                "AT^SYSCFGEX=\"02\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,", "AT^SYSCFGEX=\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,"),
            (radio("huawei", "E392", "AT^SYSCFG?", "^SYSCFG:{mode},0,3FFFFFFF,1,2", "AT^SYSCFG={mode},0,3FFFFFFF,1,2", ["2", "14", "13"]),
                "AT^SYSCFG?", "AT^SYSCFG=14,0,3FFFFFFF,1,2", "AT^SYSCFG=2,0,3FFFFFFF,1,2"),
            (radio("Quectel", "EC25", "AT+QCFG=\"nwscanmode\"", "+QCFG: \"nwscanmode\",{mode}", "AT+QCFG=\"nwscanmode\",{mode},1", ["0", "2", "1"]),
                "AT+QCFG=\"nwscanmode\"", "AT+QCFG=\"nwscanmode\",2,1", "AT+QCFG=\"nwscanmode\",0,1"),
            (radio("Quectel", "RM520N-GL", "AT+QNWPREFCFG=\"mode_pref\"", "+QNWPREFCFG: \"mode_pref\",{mode}", "AT+QNWPREFCFG=\"mode_pref\",{mode}", ["LTE:NR5G", "WCDMA", "GSM"]),
                "AT+QNWPREFCFG=\"mode_pref\"", "AT+QNWPREFCFG=\"mode_pref\",WCDMA", "AT+QNWPREFCFG=\"mode_pref\",LTE:NR5G"),
            (radio("SIMCOM INCORPORATED", "SIMCOM_SIM7600E-H", "AT+CNMP?", "+CNMP: {mode}", "AT+CNMP={mode}", ["2", "14", "13"]),
                "AT+CNMP?", "AT+CNMP=14", "AT+CNMP=2"),
            (radio("Sierra Wireless, Incorporated", "MC7455", "AT!SELRAT?", "!SELRAT: {mode}, UMTS 3G Preferred", "AT!SELRAT={mode}", ["00", "05", "01"]),
                "AT!SELRAT?", "AT!SELRAT=05", "AT!SELRAT=00"),
            (radio("u-blox", "TOBY-L210", "AT+URAT?", "+URAT: {mode}", "AT+URAT={mode}", ["4,3", "2", "0"]),
                "AT+URAT?", "AT+URAT=2", "AT+URAT=4,3"),
            (radio("Cinterion", "PLS8-E", "AT^SXRAT?", "^SXRAT: {mode}", "AT^SXRAT={mode}", ["6,3,2", "2", "0"]),
                "AT^SXRAT?", "AT^SXRAT=2", "AT^SXRAT=6,3,2"),
            (radio("Fibocom", "L850-GL", "AT+XACT?", "+XACT: {mode},1,2,4,101", "AT+XACT={mode}", ["4,2,1", "3,,", "1,,"]),
                "AT+XACT?", "AT+XACT=3,,", "AT+XACT=4,2,1"),
            (radio("ZTE CORPORATION", "MF831", "AT+ZSNT?", "+ZSNT: {mode}", "AT+ZSNT={mode}", ["0,0,0", "2,0,0", "1,0,0"]),
                "AT+ZSNT?", "AT+ZSNT=2,0,0", "AT+ZSNT=0,0,0"),
        ] {
            let room = Room::new();
            let mut bench = scenario(&rows);
            let before = mode(&mut bench, read).await;
            let mut modem = room.modem(bench);
            let started = Instant::now();
            let balance = ask_over_3g(&mut modem).await.unwrap_or_else(|error| panic!("{read}: {error}"));
            assert_eq!(balance.text, BALANCE, "{read}");
            assert_eq!(started.elapsed().as_secs(), 8, "{read}");
            assert!(!room.journal().is_empty(), "{read}");
            let mut bench = modem.close().await;
            let name = read.trim_end_matches('?').split('=').next().unwrap();
            let commands: Vec<_> = bench.commands().into_iter().filter(|line| line.starts_with(&format!("{name}=")) && line != read).collect();
            assert_eq!(commands, [set, back]);
            assert_eq!(bench.requests().len(), 1, "{read}");
            assert_eq!(mode(&mut bench, read).await, before, "{read}");
            assert!(room.journal().is_empty(), "{read}");
            assert!(room.was_told("its data stops until it is back"), "{read}");
        }
    });
}

#[test]
fn a_dialled_code_goes_over_3g_too() {
    run(async {
        let room = Room::new();
        let mut modem = room.modem(named("lte-only"));
        modem.fall_back().await.unwrap();
        let turn = modem.ussd(&code("#120#"), LIMIT, true).await.unwrap();
        assert!(turn.text().starts_with("Bonus"), "{}", turn.text());
        assert!(mode(&mut modem.close().await, "AT+WS46?").await.contains("+WS46: 25"));
    });
}

#[test]
fn a_modem_that_is_on_3g_or_2g_stays_there() {
    run(async {
        let room = Room::new();
        let mut modem = room.modem(on_lte("[radio]\nstart = \"22\"\n"));
        assert_eq!(ask_over_3g(&mut modem).await.unwrap().text, BALANCE);
        let commands = modem.close().await.commands();
        assert!(!commands.iter().any(|line| line.contains("+WS46")), "{commands:?}");
        assert!(room.told.borrow().is_empty());
    });
}

#[test]
fn a_way_that_is_refused_gives_way_to_the_next() {
    run(async {
        let rows = telit()
            .replace("is = '22'", "is = '99'")
            .replace("is = '12'\ncreg = 2", "is = '12'\ncreg = 1");
        let room = Room::new();
        let mut modem = room.modem(scenario(&rows));
        assert_eq!(ask_over_3g(&mut modem).await.unwrap().text, BALANCE);
        let bench = modem.close().await;
        let sets: Vec<_> =
            bench.commands().into_iter().filter(|line| line.contains("+WS46=")).collect();
        assert_eq!(sets, ["AT+WS46=22", "AT+WS46=12", "AT+WS46=25"]);
    });
}

#[test]
fn where_nobody_takes_the_modem_it_goes_back_and_nothing_is_sent() {
    run(async {
        let rows = telit().replace("act = 2\ncreg = 1", "creg = 2");
        let room = Room::new();
        let mut modem = room.modem(scenario(&rows));
        let started = Instant::now();
        let error = ask_over_3g(&mut modem).await.unwrap_err();
        assert_eq!(error.exit_status(), 5);
        assert_eq!(error.to_string(), "neither 3G nor 2G took the modem within 60 s");
        assert_eq!(started.elapsed().as_secs(), 120, "a minute for each");
        let mut bench = modem.close().await;
        assert_eq!(bench.requests(), [""; 0]);
        assert!(mode(&mut bench, "AT+WS46?").await.contains("+WS46: 25"));
        assert!(room.journal().is_empty());
    });
}

#[test]
fn a_modem_that_does_not_take_its_mode_back_at_once_is_asked_again() {
    run(async {
        let room = Room::new();
        let mut modem = room.modem(on_lte("[radio]\nstumbles-on = \"25\"\n"));
        ask_over_3g(&mut modem).await.unwrap();
        assert!(mode(&mut modem.close().await, "AT+WS46?").await.contains("+WS46: 25"));
        assert!(room.journal().is_empty());
    });
}

#[test]
fn what_cannot_be_put_back_stays_owed_and_is_told() {
    run(async {
        let room = Room::new();
        let refuses = "[[row]]\ncommand = \"AT+WS46=25\"\nerror = 4\n";
        let mut modem = room.modem(on_lte(refuses));
        ask_over_3g(&mut modem).await.unwrap();
        modem.close().await;
        assert!(room.was_told("the radio mode is not put back yet"), "{:?}", room.told);
        assert!(!room.journal().is_empty());

        // Still refused: a second fallback must not take 3G for what the owner had set.
        let mut modem = room.modem(on_lte(refuses));
        ask_over_3g(&mut modem).await.unwrap();
        modem.close().await;
        let mut modem = room.modem(on_lte("[radio]\nstart = \"22\"\n"));
        modem.sim_lock().await.unwrap();
        assert!(mode(&mut modem.close().await, "AT+WS46?").await.contains("+WS46: 25"));
        assert!(room.journal().is_empty());
    });
}

#[test]
fn a_run_dropped_at_any_moment_leaves_the_mode_as_it_was_found() {
    run(async {
        let latency = Duration::from_millis(100);
        for cut in 0..60 {
            let room = Room::new();
            let mut modem = saldo::sim::Modem::named("lte-only").unwrap();
            modem.latency = latency;
            let mut modem = room.modem(Bench::new(modem));
            let _ = timeout(latency * cut + latency / 2, ask_over_3g(&mut modem)).await;
            let mut bench = modem.close().await;
            assert!(mode(&mut bench, "AT+WS46?").await.contains("+WS46: 25"), "cut {cut}");
            assert!(room.journal().is_empty(), "cut {cut}");
        }
    });
}

#[test]
fn what_an_unplugged_modem_is_owed_it_gets_when_it_comes_back_and_no_other_does() {
    run(async {
        let room = Room::new();
        let cable = "[[code]]\nask = \"#121#\"\nis-hangup = true\n";
        let mut modem = room.modem(on_lte(cable));
        assert_eq!(ask_over_3g(&mut modem).await.unwrap_err().exit_status(), 3);
        modem.close().await;
        assert!(room.was_told("the next run that meets this modem"), "{:?}", room.told);

        let back = |rows: &str| on_lte(&format!("[radio]\nstart = \"22\"\n{rows}"));
        let others = ["imei = \"350000000000014\"", "model = \"Stick 5G\"", "imei = \"\""];
        for other in others {
            let mut modem = room.modem(back(&format!("[identity]\n{other}\n")));
            modem.sim_lock().await.unwrap();
            assert!(mode(&mut modem.close().await, "AT+WS46?").await.contains("22"), "{other}");
            assert!(!room.journal().is_empty(), "{other}");
        }
        let mut modem = room.modem(back(""));
        assert_eq!(ask(&mut modem).await.unwrap_err().exit_status(), 5, "it is back on LTE");
        assert!(room.was_told("an interrupted run had changed the radio mode: it is put back"));
        assert!(mode(&mut modem.close().await, "AT+WS46?").await.contains("+WS46: 25"));
        assert!(room.journal().is_empty());
    });
}

#[test]
fn any_command_puts_back_what_a_killed_run_left() {
    run(async {
        for which in 0..4 {
            let room = Room::new();
            let mut killed = room.modem(named("lte-only"));
            killed.fall_back().await.unwrap();
            drop(killed); // nothing is closed, as after SIGKILL
            let mut modem = room.modem(on_lte("[radio]\nstart = \"22\"\n"));
            match which {
                0 => drop(modem.sim_lock().await.unwrap()),
                1 => drop(modem.storages().await.unwrap()),
                2 => drop(modem.ussd(&code("#120#"), LIMIT, true).await),
                _ => drop(ask(&mut modem).await),
            }
            assert!(mode(&mut modem.close().await, "AT+WS46?").await.contains("25"), "{which}");
            assert!(room.journal().is_empty(), "{which}");
        }
    });
}

#[test]
#[rustfmt::skip]
fn nothing_is_changed_that_could_not_be_put_back() {
    run(async {
        for (rows, words, status) in [
            ("[identity]\nimei = \"000000000000000\"\n", "the modem tells no IMEI of its own", 5),
            ("[identity]\nimei = \"\"\n",                "the modem tells no IMEI of its own", 5),
            ("[radio]\nread = \"AT+X?\"\nset = \"AT+X={mode}\"\n", "no way to 3G or 2G is known for this modem", 5),
            ("[radio]\nsays = \"+WS46:\"\n",             "the radio mode could not be put back from `+WS46:`", 5),
            ("[identity]\nmanufacturer = \"Nokia\"\nmodel = \"CS-18\"\n", "no way to 3G or 2G is known for this modem", 5),
        ] {
            let room = Room::new();
            let mut modem = room.modem(on_lte(rows));
            let error = ask_over_3g(&mut modem).await.unwrap_err();
            assert!(error.to_string().starts_with(words), "{error}");
            assert_eq!(error.exit_status(), status);
            let commands = modem.close().await.commands();
            assert!(!commands.iter().any(|line| line.contains("=22") || line.contains("=12")), "{commands:?}");
            assert!(room.journal().is_empty());
        }
        let room = Room::new();
        std::fs::write(room.folder.path().join("journal"), "a file where a folder should be").unwrap();
        let mut modem = room.modem(named("lte-only"));
        let error = ask_over_3g(&mut modem).await.unwrap_err();
        assert!(error.to_string().starts_with("cannot write down how the radio mode is put back"), "{error}");
        assert!(!modem.close().await.commands().iter().any(|line| line.contains("+WS46=")));
    });
}

#[test]
fn a_second_run_leaves_the_mode_to_the_first_while_that_lives() {
    run(async {
        let room = Room::new();
        let mut first = room.modem(named("lte-only"));
        first.fall_back().await.unwrap();
        let mut second = room.modem(on_lte("[radio]\nstart = \"22\"\n"));
        second.sim_lock().await.unwrap();
        assert!(mode(&mut second.close().await, "AT+WS46?").await.contains("22"));
        let error = ask_over_3g(&mut room.modem(named("lte-only"))).await.unwrap_err();
        assert!(error.to_string().starts_with("another run has changed the radio mode"), "{error}");
        first.close().await;
        assert!(room.journal().is_empty());
    });
}

#[test]
fn what_is_owed_to_another_modem_does_not_hide_why_there_is_no_sim() {
    run(async {
        let room = Room::new();
        let other = room.folder.path().join("journal/0-radio-mode.journal");
        std::fs::create_dir_all(other.parent().unwrap()).unwrap();
        std::fs::write(other, "saldo journal 1\nradio mode\nrestore AT+CNMP=2\n").unwrap();
        let mut modem = room.modem(named("no-sim"));
        let error = ask(&mut modem).await.unwrap_err();
        assert_eq!(error.to_string(), "SIM not inserted");
    });
}
