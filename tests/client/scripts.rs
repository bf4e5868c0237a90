//! Every script in `fixtures/scripts`: a modem that is awkward in one way, and what becomes of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use saldo::client::Modem;
use saldo::sim;

use super::bench::{BALANCE, Bench, ask, run};

/// Script, exit status, and the text of the answer or the start of the error. Sorted by name.
#[rustfmt::skip]
const SCRIPTS: &[(&str, u8, &str)] = &[
    ("answer-before-ok",            0, TEXT),
    ("answer-glued-to-ok",          0, TEXT),
    ("answer-in-pieces",            0, "Saldo 12,34 EUR"),
    ("answer-without-ok",           0, TEXT),
    ("bare-2-after-text",           0, TEXT),
    ("bare-end-before-answer",      0, TEXT),
    ("cancel-brings-old-answer",    0, TEXT),
    ("control-bytes-in-the-text",   0, "\u{1b}[2J\u{1b}]0;owned\u{7}Krediet: 12,34 EUR"),
    ("cusd-4-then-ok",              5, "USSD is not supported here, or not for this code"),
    ("dcs-cut-to-one-digit",        0, "Saldo: 5,10 €"),
    ("dcs-lies-packed",             0, "Saldo: 12,34 EUR"),
    ("dcs-lies-ucs2",               0, "Saldo: 5,10 €"),
    ("digits-that-are-text",        0, "04710815"),
    ("echo-comes-back",             0, TEXT),
    ("echo-in-part",                0, TEXT),
    ("end-without-text",            5, "the network ended the session without a text"),
    ("error-from-before",           0, TEXT),
    ("error-in-words",              0, BALANCE), // in another form
    ("error-not-supported",         4, "the modem refused `AT+CUSD`: COMMAND NOT SUPPORT"),
    ("error-of-eight-digits",       4, "the modem refused `AT+CUSD`: +CME ERROR: 15790320"),
    ("error-of-the-modem",          4, "the modem refused `AT+CUSD`: MODEM ERROR: 5"),
    ("fallback-takes-longer",       0, TEXT),
    ("final-text-with-2",           0, TEXT),
    ("garbage-behind-the-end",      0, "Saldo: 5,10"),
    ("hangup-in-the-wait",          3, "the bench was unplugged"),
    ("late-cme-error",              5, "the network refused the request: +CME ERROR: 132"),
    ("late-error-without-number",   5, "the network refused the request: +CME ERROR"),
    ("lower-case-prefix",           0, TEXT),
    ("menu-never-ends",             0, "Krediet: 12,34 EUR. 1=Herladen 0=Stop"),
    ("modem-restarts",              3, "the modem restarted in the middle of the request"),
    ("no-final-result",             0, TEXT),
    ("ok-long-after-answer",        0, TEXT),
    ("ok-right-behind-answer",      0, TEXT),
    ("one-command-a-line",          0, BALANCE),
    ("packed-without-quotes",       0, "Saldo: 12,34 EUR"),
    ("prompt-without-blank",        5, "the operator's message did not come within 45 s"),
    ("push-before-the-answer",      0, TEXT),
    ("quotes-in-the-text",          0, "Tarief \"Smile, 5\" : 12,34 EUR, geldig tot \"31/12/2026\""),
    ("range-is-no-reply",           0, TEXT),
    ("raw-ucs2-octets",             0, "Saldo: 12,34 EUR"),
    ("release-before-answer",       0, TEXT),
    ("request-reflected",           5, "the network gave the modem no answer in time"),
    ("result-words-in-the-text",    0, "Krediet: 12,34 EUR\nNO ANSWER\nBel 1712\nERROR 0"),
    ("sim-busy",                    0, TEXT),
    ("stale-answer-first",          0, TEXT),
    ("starts-up",                   0, TEXT),
    ("stuck-in-a-prompt",           0, TEXT),
    ("test-form-for-a-value",       0, TEXT),
    ("text-cut-off",                0, "Uw herlaadbaar krediet bedraagt 12,34 EUR. Geldig tot 31/12/20"),
    ("text-in-lines",               0, "Krediet:\n12,34 EUR\n\nOK. Geldig tot\n31/12/2026"),
    ("text-without-dcs",            0, TEXT),
    ("text-without-quotes",         0, TEXT),
    ("ucs2-cut-in-a-unit",          0, "Saldo 12,34 EU"),
    ("under-voltage",               3, "the modem restarted in the middle of the request"),
    ("urc-in-the-text",             0, "Krediet: 12,34 EUR\nGeldig tot 31/12/2026"),
];

/// What most of them answer.
const TEXT: &str = "Uw herlaadbaar krediet bedraagt 12,34 EUR.";

#[test]
fn scripts_come_out_as_listed_and_are_used_up() {
    assert!(SCRIPTS.is_sorted_by(|a, b| a.0 < b.0));
    for (name, status, expected) in SCRIPTS {
        let (answer, bench) = run(play(name));
        let (got, text) = match answer {
            Ok(text) => (0, text),
            Err(error) => (error.exit_status(), error.to_string()),
        };
        assert!(got == *status && text.starts_with(expected), "{name}: {got} {text:?}");
        assert!(*status > 0 || text.len() == expected.len(), "{name}: {text}");
        assert_eq!(bench.sim.modem().unused(), [], "{name} is not used up");
        let (commands, requests) = (bench.commands(), bench.requests());
        assert!(requests.len() <= 3, "{name}: {requests:?}");
        let is_changed = commands.iter().any(|line| line.contains("+CMEE=1"));
        let is_restored =
            *status == 3 || is_changed == commands.iter().any(|line| line == "AT+CMEE=0");
        assert!(is_restored, "{name}: {commands:?}");
    }
}

#[test]
fn no_script_makes_us_reset_a_modem_or_turn_answers_off() {
    const NEVER: [&str; 5] = ["ATZ", "AT&F", "AT+CFUN=", "AT+CUSD=0", "AT+CPIN="];
    for (name, ..) in SCRIPTS {
        let commands = run(play(name)).1.commands();
        let wrong = commands.iter().find(|line| NEVER.iter().any(|never| line.starts_with(never)));
        assert_eq!(wrong, None, "{name}");
    }
}

#[test]
fn every_script_is_listed() {
    let listed: BTreeSet<_> = SCRIPTS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let there: BTreeSet<_> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(there, listed);
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scripts")
}

async fn play(name: &str) -> (Result<String, saldo::Error>, Bench) {
    let file = format!("{name}.at");
    let text = fs::read_to_string(folder().join(&file)).unwrap();
    let mut modem = Modem::new(Bench::new(sim::Modem::from_text(&file, &text).unwrap()));
    let answer = ask(&mut modem).await.map(|balance| balance.text);
    (answer, modem.close().await)
}
