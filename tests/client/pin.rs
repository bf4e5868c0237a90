//! The SIM's PIN: counted first, sent once, and never where it could be the last try.

use std::time::Duration;

use saldo::Error;
use saldo::answers::Retries;
use saldo::client::Modem;
use saldo::ids::Pin;
use tokio::time::Instant;

use super::bench::{Bench, named, run, scenario};

const RIGHT: &str = "1234";

/// Proximus with a SIM that asks for its PIN, but for these rows.
fn locked(rows: &str) -> Bench {
    scenario(&format!("base = [\"pin-locked\"]\n{rows}"))
}

fn script(steps: &str) -> Bench {
    let text = format!("# saldo script 1\n# base: pin-locked\n{steps}");
    Bench::new(saldo::sim::Modem::from_text("x.at", &text).unwrap())
}

/// The result, the tries that were told before, and every line that held a PIN.
async fn unlock(bench: Bench, pin: &str) -> (Result<bool, Error>, Option<u8>, Vec<String>) {
    let (mut modem, mut told) = (Modem::new(bench), None);
    let result = modem
        .unlock(async |left| {
            told = Some(left);
            Ok(Pin::parse(pin).unwrap())
        })
        .await;
    (result, told, pins(&modem.close().await))
}

fn pins(bench: &Bench) -> Vec<String> {
    bench.commands().into_iter().filter(|line| line.to_uppercase().contains("+CPIN=")).collect()
}

#[test]
fn the_right_pin_opens_the_sim_and_is_sent_once() {
    run(async {
        let started = Instant::now();
        let (result, told, sent) = unlock(locked("[card]\nstart-ms = 3000\n"), RIGHT).await;
        assert!(result.unwrap());
        assert_eq!((told, sent.as_slice()), (Some(3), &["AT+CPIN=\"1234\"".to_owned()][..]));
        assert_eq!(started.elapsed(), Duration::from_secs(3), "until the SIM is ready");
    });
}

#[test]
fn the_tries_are_read_before_the_pin_is_sent() {
    run(async {
        let mut modem = Modem::new(named("pin-locked"));
        modem.unlock(async |_| Ok(Pin::parse(RIGHT).unwrap())).await.unwrap();
        let commands = modem.close().await.commands();
        let sent = commands.iter().position(|line| line.contains("+CPIN=")).unwrap();
        assert_eq!(commands[sent - 1], "AT+CPINR", "{commands:?}");
    });
}

#[test]
fn a_wrong_pin_is_sent_once_and_the_tries_left_are_told() {
    run(async {
        for (rows, words) in [
            ("", "the PIN is wrong: 2 tries are left"),
            ("[card]\npin-left = 2\n", "the PIN is wrong: 1 try is left"),
        ] {
            let (result, _, sent) = unlock(locked(rows), "0000").await;
            let error = result.unwrap_err();
            assert_eq!((error.exit_status(), error.to_string().as_str()), (4, words));
            assert_eq!(sent.len(), 1, "{words}");
            assert!(!error.hint().unwrap().contains("0000"));
        }
    });
}

#[test]
#[rustfmt::skip]
fn nothing_is_sent_where_it_could_be_the_last_try() {
    run(async {
        for (bench, words) in [
            (named("pin-last-try"),  "the PIN has one try left, and saldo does not take it"),
            (named("pin-uncounted"), "the modem does not tell how many tries the PIN has left, so saldo makes none"),
            (named("puk-locked"),    "the SIM is blocked: it wants its PUK"),
            (named("no-sim"),        "SIM not inserted"),
            (locked("[[row]]\ncommand = \"AT+CPIN?\"\nsays = [\"+CPIN: PH-SIM PIN\"]\n"),
                                     "the modem is locked to another SIM or network"),
        ] {
            let (result, told, sent) = unlock(bench, RIGHT).await;
            let error = result.unwrap_err();
            assert_eq!((error.class(), error.to_string().as_str()), ("sim", words));
            assert!(error.hint().is_some(), "{words}");
            assert_eq!((told, sent), (None, vec![]), "nobody is asked for a PIN: {words}");
        }
    });
}

#[test]
fn a_sim_that_wants_no_pin_gets_none() {
    run(async {
        for name in ["be-proximus", "huawei-e3372"] {
            let (result, told, sent) = unlock(named(name), RIGHT).await;
            assert!(!result.unwrap());
            assert_eq!((told, sent), (None, vec![]), "{name}");
        }
    });
}

#[test]
fn a_try_that_somebody_else_took_meanwhile_is_noticed() {
    run(async {
        let bench = script(
            "> AT+CPINR\n< +CPINR: SIM PIN,2,3\n< OK\n> AT+CPINR\n< +CPINR: SIM PIN,1,3\n< OK\n",
        );
        let (result, told, sent) = unlock(bench, RIGHT).await;
        assert!(result.unwrap_err().to_string().starts_with("the PIN has one try left"));
        assert_eq!((told, sent), (Some(2), vec![]));
    });
}

#[test]
#[rustfmt::skip]
fn whatever_comes_of_it_a_pin_is_sent_once() {
    run(async {
        let still = "> AT+CPIN?;+CIMI\n< +CPIN: SIM PIN\n< +CME ERROR: 11\n";
        for (steps, words) in [
            ("",                                   "no answer to `AT+CPIN` within 20 s"),
            ("< ERROR\n",                          "the modem refused `AT+CPIN`: ERROR"),
            ("< +CME ERROR: 14\n",                 "SIM busy"),
            ("< +CME ERROR: 16\n",                 "the PIN is wrong"),
            ("< +CME ERROR: 100\n",                "the modem refused `AT+CPIN`: +CME ERROR: 100 (unknown)"),
            ("< COMMAND NOT SUPPORT\n",            "the modem refused `AT+CPIN`: COMMAND NOT SUPPORT"),
            ("= \\r\\nRDY\\r\\n\n",                "no answer to `AT+CPIN` within 20 s"),
            ("< OK\n",                             "the SIM took its PIN and did not become ready"),
            ("! hangup\n",                         "the bench was unplugged or the modem restarted (power?)"),
        ] {
            let bench = script(&format!("> AT+CPIN=\"1234\"\n{steps}{still}"));
            let (result, _, sent) = unlock(bench, RIGHT).await;
            assert_eq!(result.unwrap_err().to_string(), words);
            assert_eq!(sent.len(), 1, "{words}");
        }
    });
}

#[test]
fn no_other_question_sends_a_pin() {
    run(async {
        for name in ["pin-locked", "pin-last-try", "pin-uncounted", "puk-locked"] {
            let mut modem = Modem::new(named(name));
            super::bench::ask(&mut modem).await.unwrap_err();
            modem.sim_lock().await.unwrap();
            assert_eq!(pins(&modem.close().await), [""; 0], "{name}");
        }
    });
}

/// The order of the numbers is the maker's: 3 of the PIN, 10 of the PUK, 2 of the PIN2, 9 of the PUK2.
#[test]
#[rustfmt::skip]
fn every_makers_counter_is_read_in_its_own_order() {
    const ALL: [Option<u8>; 4] = [Some(3), Some(10), Some(2), Some(9)];
    const FIRST: [Option<u8>; 4] = [Some(3), Some(10), None, None];
    run(async {
        for (maker, model, answers, counts) in [
            ("huawei",      "E3372",       &[("AT^CPIN?", "^CPIN: SIM PIN,,10,3,9,2")][..],                ALL),
            ("Quectel",     "EC25",        &[("AT+QPINC?", "+QPINC: \"SC\",3,10|+QPINC: \"P2\",2,9")],     ALL),
            ("SIMCOM_Ltd",  "SIM7600E-H",  &[("AT+SPIC", "+SPIC: 3,10,2,9")],                              ALL),
            ("SIMCOM_Ltd",  "SIM800L",     &[("AT+SPIC", "+SPIC: 3,10,2,9")],                              ALL),
            ("Sierra Wireless", "MC7455",  &[("AT+CPINC?", "+CPINC: 3,2,10,9")],                           ALL),
            ("u-blox",      "SARA-U201",   &[("AT+UPINCNT", "+UPINCNT: 3,2,10,9")],                        ALL),
            ("Fibocom",     "L850-GL",     &[("AT+XPINCNT", "+XPINCNT: 3, 2, 10, 9")],                     ALL),
            ("Fibocom",     "FM350-GL",    &[("AT+EPINC?", "+EPINC: 3,2,10,9")],                           ALL),
            ("Cinterion",   "EHS6",        &[("AT^SPIC=\"SC\"", "^SPIC: 3"), ("AT^SPIC=\"SC\",1", "^SPIC: 10"),
                                             ("AT^SPIC=\"P2\"", "^SPIC: 2"), ("AT^SPIC=\"P2\",1", "^SPIC: 9")], ALL),
            ("Ericsson",    "F3507g",      &[("AT*EPIN?", "*EPIN: 3,10,2,9")],                             ALL),
            ("Option",      "GTM382",      &[("AT_OERCN?", "_OERCN: 3, 10")],                              FIRST),
            ("Novatel",     "MC998D",      &[("AT$NWPINR?", "PIN1, 3|PUK1, 10|PIN2, 2|PUK2, 9")],          ALL),
            ("Alcatel",     "X220L",       &[("AT+CPNNUM", "PIN1=3; PUK1=10; PIN2=2; PUK2=9")],            ALL),
            ("Icera",       "Espresso",    &[("AT%PINNUM?", "%PINNUM: 3,10,2,9")],                         ALL),
            ("ZTE",         "MF667",       &[("AT+ZPINPUK=?", "+ZPINPUK: 3,10")],                          FIRST),
            ("Telit",       "LM960",       &[("AT+CPINR", "+CPINR: SIM PIN,3,3|+CPINR: SIM PUK,10,10")],   FIRST),
            ("Example",     "EX25",        &[("AT+CSIM=10,\"0020000100\"", "+CSIM: 4,\"63C3\"")], [Some(3), None, None, None]),
        ] {
            let rows = answers.iter().map(|(command, says)| {
                let says: Vec<_> = says.split('|').map(|line| format!("'{line}'")).collect();
                format!("[[row]]\ncommand = '{command}'\nsays = [{}]\n", says.join(","))
            });
            let rows: String = rows.collect();
            let bench = locked(&format!(
                "lacks = [\"+CPINR\", \"+CSIM\"]\n[identity]\nmanufacturer = \"{maker}\"\nmodel = \"{model}\"\n{rows}"
            ));
            let lock = Modem::new(bench).sim_lock().await.unwrap();
            let [pin, puk, pin2, puk2] = counts;
            assert_eq!(lock.retries, Retries { pin, puk, pin2, puk2 }, "{maker}");
            assert_eq!(lock.state.as_deref(), Some("SIM PIN"), "{maker}");
        }
    });
}
