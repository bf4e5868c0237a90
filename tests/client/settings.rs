//! Settings: whatever saldo changes on a modem is as it was when it lets go, however the run ends.

use std::time::Duration;

use saldo::client::Modem;
use saldo::operators::Operators;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::bench::{Bench, LIMIT, ask, ask_as, code, named, question, run, scenario, stick};

/// What other programs may have left: one line each, typed before saldo comes.
const FOUND: &[&str] = &[
    "AT",
    "ATE0",
    "AT+CMEE=2",
    "AT+CSCS=\"UCS2\"",
    "AT+CSCS=\"IRA\"",
    "AT+CMGF=1;+CNMI=0,0,0,0,0",
    "ATE0+CMEE=1;+CSCS=\"HEX\";+CMGF=1;+CNMI=1,2,0,1,0;+CREG=2;+COPS=3,2",
];

/// Modems that make saldo change different things.
fn modems() -> [(&'static str, Bench); 7] {
    let latency = |name: &str| {
        let mut modem = saldo::sim::Modem::named(name).unwrap();
        modem.latency = LATENCY;
        Bench::new(modem)
    };
    [
        ("a balance", latency("be-proximus")),
        ("packed septets", latency("huawei-e3372")),
        ("a menu", latency("be-lyca-menu")),
        ("a message", latency("be-base-sms")),
        ("a message later", latency("be-sms-later")),
        ("no answer", latency("lte-only")),
        ("no form at all", {
            let mut modem = saldo::sim::Modem::from_text("x.toml", REFUSES).unwrap();
            modem.latency = LATENCY;
            Bench::new(modem)
        }),
    ]
}

const REFUSES: &str = "base = [\"be-proximus\"]\n[ussd]\nrequest = []\n";

/// How long each of these modems takes for a command.
const LATENCY: Duration = Duration::from_millis(100);

#[test]
fn a_modem_is_left_as_it_was_found() {
    run(async {
        for found in FOUND {
            for (name, mut bench) in modems() {
                bench.type_line(found).await;
                let before = bench.state().await;
                let mut modem = Modem::new(bench);
                let _ = ask(&mut modem).await; // some of them have no answer
                let mut bench = modem.close().await;
                assert_eq!(bench.state().await, before, "{name} found with {found}");
                assert_eq!(*bench.noted.borrow(), [""; 0], "{name} found with {found}");
            }
        }
    });
}

#[test]
fn a_run_dropped_at_any_moment_leaves_the_modem_as_it_was_found() {
    run(async {
        let found = "AT+CMEE=2;+CSCS=\"IRA\";+CMGF=1;+CNMI=0,0,0,0,0";
        for cut in 0..40 {
            for (name, mut bench) in modems() {
                bench.type_line(found).await;
                let before = bench.state().await;
                let mut modem = Modem::new(bench);
                let _ = timeout(LATENCY * cut + LATENCY / 2, ask(&mut modem)).await;
                let mut bench = modem.close().await;
                assert_eq!(bench.state().await, before, "{name}, dropped in command {cut}");
            }
        }
    });
}

#[test]
fn a_run_dropped_behind_a_prompt_sends_nothing_and_frees_the_line() {
    run(async {
        for wait in [50, 150, 250, 350] {
            let mut modem = saldo::sim::Modem::named("be-base-sms").unwrap();
            modem.latency = LATENCY;
            let mut modem = Modem::new(Bench::new(modem));
            modem.prepare_messages().await.unwrap();
            let sending = modem.send_message("1914", "CONSULT");
            let _ = timeout(Duration::from_millis(wait), sending).await;
            let mut bench = modem.close().await;
            assert_eq!(bench.type_line("AT").await, "AT|OK", "after {wait} ms");
        }
    });
}

#[test]
fn a_request_that_waits_for_its_ok_is_cancelled_before_settings_are_put_back() {
    run(async {
        let bench = stick(
            "[ussd]\nis-before-ok = true\n\
             [[code]]\nask = \"#121#\"\ntext = \"Saldo 5\"\nafter-ms = 1500\n",
        );
        let mut modem = Modem::new(bench);
        let _ = timeout(Duration::from_millis(500), ask(&mut modem)).await;
        let commands = modem.close().await.commands();
        let request = commands.iter().position(|line| line.starts_with("AT+CUSD=1,")).unwrap();
        assert_eq!(commands[request + 1], "AT+CUSD=2", "{commands:?}");
    });
}

#[test]
fn the_journal_names_every_change_while_it_stands() {
    run(async {
        let mut bench = stick("[ussd]\nrequest = [\"charset\"]\n");
        bench.type_line("AT+CMEE=2;+CSCS=\"HEX\"").await;
        let noted = bench.noted.clone();
        let mut modem = Modem::new(bench);
        ask(&mut modem).await.unwrap();
        let journal = noted.borrow().clone();
        assert_eq!(journal, ["AT+CMEE=2", "AT+CSCS=\"HEX\""]);
        let bench = modem.close().await;
        let commands = bench.commands();
        let restored = &commands[commands.len() - 2..];
        assert_eq!(restored, ["AT+CSCS=\"HEX\"", "AT+CMEE=2"], "the last change first");
        assert_eq!(*noted.borrow(), [""; 0]);
    });
}

#[test]
fn what_a_killed_run_left_is_put_back_by_the_next_one() {
    run(async {
        let mut bench = stick("");
        let before = bench.state().await;
        bench.type_line("AT+CMEE=1;+CSCS=\"UCS2\"").await; // the killed run
        let owed = ["AT+CMEE=0", "AT+CSCS=\"GSM\""];
        bench.left_behind = Some(owed.map(str::to_owned).to_vec());
        let mut modem = Modem::new(bench);
        modem.ussd(&code("*100#"), LIMIT, true).await.unwrap_err(); // any command will do
        assert_eq!(modem.close().await.state().await, before);
    });
}

#[test]
fn what_a_killed_run_left_stays_owed_where_the_modem_is_deaf() {
    run(async {
        let mut bench = stick("");
        bench.is_deaf = true;
        bench.left_behind = Some(vec!["AT+CMEE=0".into()]);
        bench.noted.replace(vec!["AT+CMEE=0".into()]);
        let mut modem = Modem::new(bench);
        assert_eq!(ask(&mut modem).await.unwrap_err().exit_status(), 4);
        let bench = modem.close().await;
        assert_eq!(*bench.noted.borrow(), ["AT+CMEE=0"]);
    });
}

#[test]
fn a_prompt_that_another_program_left_open_is_left() {
    run(async {
        for latency in [0, 100, 700] {
            let mut modem = saldo::sim::Modem::named("be-proximus").unwrap();
            modem.latency = Duration::from_millis(latency);
            let mut bench = Bench::new(modem);
            let before = bench.state().await;
            bench.type_line("AT+CMGS=20").await;
            let mut modem = Modem::new(bench);
            let text = ask(&mut modem).await.map(|balance| balance.text);
            assert_eq!(text.unwrap(), super::bench::BALANCE, "latency {latency} ms");
            let mut bench = modem.close().await;
            assert_eq!(bench.state().await, before, "latency {latency} ms");
        }
    });
}

/// A line that nobody waited for the answer of, on a modem that takes its time.
async fn with_an_answer_to_come(line: &str, latency: u64) -> Bench {
    let mut modem = saldo::sim::Modem::named("be-proximus").unwrap();
    modem.latency = Duration::from_millis(latency);
    let mut bench = Bench::new(modem);
    bench.type_line("ATV1").await;
    bench.sim.write_all(format!("{line}\r").as_bytes()).await.unwrap();
    bench
}

#[test]
fn the_answer_to_a_killed_run_is_nobodys() {
    run(async {
        for latency in [0, 100, 700, 1_500] {
            for line in ["AT+CMEE?;+CSCS?;+CGMI;+CGMM;+CGMR", "ATE0", "AT+CPIN?"] {
                let mut bench = with_an_answer_to_come(line, latency).await;
                bench.left_behind = Some(Vec::new());
                let mut modem = Modem::new(bench);
                let asked = ask(&mut modem).await.map(|balance| balance.text);
                let text = asked.unwrap_or_else(|error| panic!("{line}, {latency} ms: {error}"));
                assert_eq!(text, super::bench::BALANCE, "{line}, {latency} ms");
            }
        }
    });
}

#[test]
fn the_answer_to_a_line_of_another_program_is_known_by_its_echo() {
    run(async {
        for latency in [0, 100, 700] {
            for line in ["AT+CMEE?;+CSCS?;+CGMI;+CGMM;+CGMR", "AT+CSQ", "AT+NONSENSE"] {
                let mut modem = Modem::new(with_an_answer_to_come(line, latency).await);
                let asked = ask(&mut modem).await.map(|balance| balance.text);
                let text = asked.unwrap_or_else(|error| panic!("{line}, {latency} ms: {error}"));
                assert_eq!(text, super::bench::BALANCE, "{line}, {latency} ms");
            }
        }
    });
}

#[test]
fn a_slow_modem_is_understood_from_its_first_answer_on() {
    run(async {
        for latency in [900, 1_100, 1_200, 1_500, 2_000] {
            let mut modem = saldo::sim::Modem::named("be-proximus").unwrap();
            modem.latency = Duration::from_millis(latency);
            let mut bench = Bench::new(modem);
            let before = bench.state().await;
            let mut modem = Modem::new(bench);
            let text = ask(&mut modem).await.map(|balance| balance.text);
            assert_eq!(text.unwrap(), super::bench::BALANCE, "latency {latency} ms");
            let mut bench = modem.close().await;
            assert_eq!(bench.state().await, before, "latency {latency} ms");
        }
    });
}

#[test]
fn settings_are_put_back_also_where_a_message_was_awaited_in_vain() {
    run(async {
        let rows = "base = [\"_base\", \"_stick\"]\n[[text]]\nto = \"1914\"\ntext = \"CONSULT\"\n\
                    reply = { from = \"1914\", text = \"late\", after-ms = 999999 }\n";
        let mut bench = scenario(rows);
        bench.type_line("AT+CMGF=1;+CNMI=1,0,0,0,0").await;
        let before = bench.state().await;
        let mut modem = Modem::new(bench);
        let mut wish = question();
        wish.operator = Some("be-base-prepaid".into());
        let error = ask_as(&mut modem, &wish, &Operators::built_in()).await.unwrap_err();
        assert_eq!(error.exit_status(), 5, "{error}");
        assert_eq!(modem.close().await.state().await, before);
    });
}

#[test]
fn a_test_form_given_for_a_value_is_never_put_back() {
    run(async {
        let script = include_str!("../../fixtures/scripts/test-form-for-a-value.at");
        let modem = saldo::sim::Modem::from_text("test-form-for-a-value.at", script).unwrap();
        let mut modem = Modem::new(Bench::new(modem));
        ask(&mut modem).await.unwrap();
        let commands = modem.close().await.commands();
        let changes = commands.iter().filter(|line| line.contains(['(', '=']));
        let changes: Vec<_> = changes.filter(|line| !line.starts_with("AT+CUSD=")).collect();
        assert_eq!(changes, [""; 0], "{commands:?}");
    });
}

#[test]
fn a_setting_is_put_back_again_where_the_line_loses_that() {
    run(async {
        let rows = "[[row]]\ncommand = \"AT+CMEE=0\"\nis-silent = true\n";
        let mut modem = Modem::new(stick(rows));
        ask(&mut modem).await.unwrap();
        let commands = modem.close().await.commands();
        let tries = commands.iter().filter(|line| *line == "AT+CMEE=0").count();
        assert_eq!(tries, 2, "{commands:?}");
    });
}

#[test]
fn nothing_is_changed_before_it_is_known_what_was_there() {
    run(async {
        let mut modem = Modem::new(stick(""));
        ask(&mut modem).await.unwrap();
        let commands = modem.close().await.commands();
        assert!(!commands[0].contains('='), "{commands:?}");
        let changes = commands.iter().position(|line| line.starts_with("AT+CMEE=1;")).unwrap();
        assert_eq!(changes, 1, "on the next line, and on no line of its own: {commands:?}");
    });
}

#[test]
fn a_modem_that_died_does_not_hold_up_the_end() {
    run(async {
        let mut modem = Modem::new(named("be-proximus"));
        modem.ussd(&code("#121#"), LIMIT, true).await.unwrap();
        let mut bench = modem.close().await;
        bench.sim = saldo::port::SimPort::new(
            saldo::sim::Modem::from_text("x.at", "# saldo script 1\n* AT\n").unwrap(),
        );
        let mut modem = Modem::new(bench);
        assert_eq!(ask(&mut modem).await.unwrap_err().exit_status(), 4);
        let closing = timeout(Duration::from_secs(5), modem.close()).await;
        assert!(closing.is_ok());
    });
}
