//! `--port mm:N`: balance and dialogue through ModemManager's interface.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::bus::{Bus, finish};
use super::stub::{Answer, Facts, Stub};

/// An operator whose balance is behind a menu.
const MENUS: &str = r#"
[[operator]]
id = "be-menus"
name = "Menus"
plmn = ["20601"]
ask = [{ ussd = "*100#", path = ["1"], reply = "menu" }]
source = ["an example"]
seen = "2026-11"
confidence = "verified"
"#;

const CREDIT: &str = "Uw herlaadbaar krediet bedraagt 12,34 EUR. Geldig tot 31/12/2026.";

fn answers<const N: usize>(answers: [Answer; N]) -> Facts {
    Facts { answers: answers.into(), ..Facts::default() }
}

#[tokio::test]
async fn the_balance_is_asked_once_and_comes_with_the_facts_of_modem_and_sim() {
    let Some(bus) = Bus::start() else { return };
    let mut stub = Stub::start(&bus, answers([Answer::Text(CREDIT)])).await;
    let ran = bus.run(&["--port", "mm:0", "--json"]).await;
    assert_eq!(ran.status, 0, "{ran:?}");
    for part in [
        r#""modem":{"manufacturer":"Quectel","model":"EC25","firmware":"EC25EFAR06A01M4G","imei":"3500…0006","port":"mm:0"}"#,
        r#""sim":{"iccid":"8932…0012","plmn":"20601","name":"Proximus"}"#,
        r#""operator":{"id":"be-proximus-prepaid""#,
        r##""ask":{"method":"ussd","code":"#121#","path":[]},"via":"modemmanager""##,
        r#""status":0,"text":"Uw herlaadbaar krediet"#,
        r#""amount":"12.34","unit":"EUR","expires":"2026-12-31""#,
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    assert_eq!(stub.calls(), ["Initiate #121#"]);
}

#[tokio::test]
async fn the_only_modem_needs_no_number_and_several_are_listed() {
    let Some(bus) = Bus::start() else { return };
    let stub = Stub::start(&bus, answers([Answer::Text(CREDIT), Answer::Text(CREDIT)])).await;
    let ran = bus.run(&["--port", "mm:"]).await;
    assert_eq!(ran.out, "Proximus Pay&Go: 12.34 EUR, until 2026-12-31\n", "{ran:?}");
    stub.add(4).await;
    let ran = bus.run(&["--port", "mm:"]).await;
    assert_eq!(ran.status, 3);
    assert!(ran.err.contains("2 modems: mm:0 (Quectel EC25), mm:4 (Quectel EC25)"), "{}", ran.err);
    let ran = bus.run(&["--port", "mm:7"]).await;
    assert_eq!(ran.status, 3);
    assert!(
        ran.err.contains("ModemManager has no modem 7, but mm:0 (Quectel EC25)"),
        "{}",
        ran.err
    );
}

#[tokio::test]
async fn without_a_port_of_its_own_saldo_asks_through_modemmanager() {
    let Some(bus) = Bus::start() else { return };
    let _stub = Stub::start(&bus, answers([Answer::Text(CREDIT)])).await;
    let ran = bus.run(&[]).await;
    assert_eq!(ran.out, "Proximus Pay&Go: 12.34 EUR, until 2026-12-31\n", "{ran:?}");
    assert!(ran.err.contains("note: ModemManager has the modem"), "{}", ran.err);
}

#[tokio::test]
async fn a_menu_is_answered_by_its_words_and_never_left_open() {
    let ask = ["--port", "mm:0", "--operator", "be-menus", "--json"];
    let text = Answer::Text("Your balance is 7.05 EUR.");
    for (menu, status, calls) in [
        ("1. My balance\n2. Buy a pack", 0, ["Initiate *100#", "Respond 1"]),
        ("1. Buy a pack\n2. My balance", 6, ["Initiate *100#", "Cancel"]),
    ] {
        let Some(bus) = Bus::start() else { return };
        std::fs::create_dir(bus.folder().join("saldo")).unwrap();
        std::fs::write(bus.folder().join("saldo/operators.toml"), MENUS).unwrap();
        let mut stub = Stub::start(&bus, answers([Answer::Menu(menu), text.clone()])).await;
        let ran = bus.run(&ask).await;
        assert_eq!(ran.status, status, "{ran:?}");
        assert_eq!(ran.out.contains(r#""amount":"7.05""#), status == 0, "{}", ran.out);
        assert_eq!(stub.calls(), calls);
    }
}

#[tokio::test]
async fn a_menu_that_was_left_open_is_ended_and_the_request_of_another_is_not() {
    let Some(bus) = Bus::start() else { return };
    let facts = Facts { session: 3, ..answers([Answer::Text(CREDIT)]) };
    let mut stub = Stub::start(&bus, facts).await;
    let ran = bus.run(&["ussd", "#121#", "--port", "mm:0"]).await;
    assert_eq!((ran.status, ran.out.trim()), (0, CREDIT), "{ran:?}");
    assert_eq!(stub.calls(), ["Cancel", "Initiate #121#"]);

    let Some(bus) = Bus::start() else { return };
    let mut stub = Stub::start(&bus, Facts { session: 2, ..Facts::default() }).await;
    let ran = bus.run(&["ussd", "#121#", "--port", "mm:0"]).await;
    assert_eq!(ran.status, 5, "{ran:?}");
    assert!(ran.err.contains("another program has a USSD session"), "{}", ran.err);
    assert_eq!(stub.calls(), [""; 0]);
}

#[tokio::test]
async fn a_network_that_says_nothing_is_left_at_the_limit() {
    let Some(bus) = Bus::start() else { return };
    let mut stub = Stub::start(&bus, answers([Answer::Silence])).await;
    let ran = bus.run(&["ussd", "#121#", "--port", "mm:0", "--timeout", "0.3"]).await;
    assert_eq!(ran.status, 5, "{ran:?}");
    assert!(ran.err.contains("the network did not answer within 0.3 s"), "{}", ran.err);
    assert_eq!(stub.calls(), ["Initiate #121#", "Cancel"]);
}

#[tokio::test]
async fn an_interrupted_run_ends_its_session() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let Some(bus) = Bus::start() else { return };
        let mut stub = Stub::start(&bus, answers([Answer::Silence])).await;
        let child = bus.saldo(&["--port", "mm:0"]).spawn().unwrap();
        stub.called("Initiate").await;
        kill_process(Pid::from_child(&child), signal).unwrap();
        assert_eq!(finish(child).await.status, status);
        assert_eq!(stub.calls(), ["Cancel"]);
    }
}

#[tokio::test]
#[rustfmt::skip]
async fn a_modem_that_is_not_ready_says_why_and_nothing_is_sent() {
    let ready = Facts::default;
    for (facts, status, words) in [
        (Facts { state: 2, lock: 2, ..ready() },    4, "the SIM is locked by its PIN"),
        (Facts { state: 2, lock: 4, ..ready() },    4, "the SIM is blocked: it wants its PUK"),
        (Facts { state: 2, lock: 6, ..ready() },    4, "locked to another SIM or network"),
        (Facts { state: -1, failed: 2, ..ready() }, 4, "SIM not inserted"),
        (Facts { state: -1, failed: 5, ..ready() }, 4, "the eSIM holds no profile"),
        (Facts { state: -1, failed: 1, ..ready() }, 4, "the modem could not be started"),
        (Facts { has_sim: false, ..ready() },       4, "SIM not inserted"),
        (Facts { state: 3, ..ready() },             5, "hint: `mmcli -m 0 --enable` switches it on"),
        (Facts { state: 7, ..ready() },             5, "not registered on any network"),
    ] {
        let Some(bus) = Bus::start() else { return };
        let mut stub = Stub::start(&bus, facts).await;
        let ran = bus.run(&["--port", "mm:0", "--timeout", "0.2"]).await;
        assert_eq!(ran.status, status, "{words}: {ran:?}");
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
        assert_eq!(stub.calls(), [""; 0], "{words}");
    }
}

#[tokio::test]
#[rustfmt::skip]
async fn what_modemmanager_refuses_has_its_words_and_status() {
    for (name, text, status, words) in [
        ("Core.Unauthorized",              "PolicyKit authorization failed",    3, "does not let this user"),
        ("Core.WrongState",                "a session is already active",       5, "another program has a USSD session"),
        ("Core.Aborted",                   "USSD terminated by network",        5, "ended the session without a text"),
        ("Core.Failed",                    "Sending USSD command failed",       4, "Sending USSD command failed"),
        ("MobileEquipment.NotSupported",   "Operation not supported",           5, "USSD is not supported here"),
        ("MobileEquipment.NoNetwork",      "No network service",                5, "not registered"),
        ("MobileEquipment.SimNotInserted", "SIM not inserted",                  4, "SIM not inserted"),
    ] {
        let Some(bus) = Bus::start() else { return };
        let mut stub = Stub::start(&bus, answers([Answer::Error(name, text)])).await;
        let ran = bus.run(&["ussd", "#121#", "--port", "mm:0"]).await;
        assert_eq!(ran.status, status, "{name}: {ran:?}");
        assert!(ran.err.contains(words), "{name}: {}", ran.err);
        assert_eq!(stub.calls(), ["Initiate #121#"], "{name}: asked once, and no session left");
    }
}

#[tokio::test]
async fn an_announced_message_is_waited_for_and_the_old_one_is_no_answer() {
    const LATER: &str = "Uw aanvraag wordt behandeld. U ontvangt zo dadelijk een sms met uw saldo.";
    for (from, status) in [("1914", 0), ("+32470123456", 5)] {
        let Some(bus) = Bus::start() else { return };
        let facts = Facts { message: Some((from, CREDIT)), ..answers([Answer::Text(LATER)]) };
        let _stub = Stub::start(&bus, facts).await;
        let ran = bus.run(&["--port", "mm:0", "--timeout", "1", "--json"]).await;
        assert_eq!(ran.status, status, "{from}: {ran:?}");
        assert_eq!(ran.out.contains(r#""via":"sms""#), status == 0, "{from}: {}", ran.out);
    }
}

/// Waiting for a message would take 15 s.
#[tokio::test]
async fn where_nothing_was_dialled_no_message_is_waited_for() {
    for (state, session, words) in [(3, 1, "--enable"), (8, 2, "another program")] {
        let Some(bus) = Bus::start() else { return };
        let _stub = Stub::start(&bus, Facts { state, session, ..Facts::default() }).await;
        let started = Instant::now();
        let ran = bus.run(&["--port", "mm:0", "--operator", "be-mobisud"]).await;
        assert_eq!(ran.status, 5, "{ran:?}");
        assert!(ran.err.contains(words), "{}", ran.err);
        assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn an_operator_that_is_asked_by_message_is_sent_one_after_a_yes() {
    let Some(bus) = Bus::start() else { return };
    let text = "BASE: uw krediet is 8,50 EUR, geldig tot 01/02/2027.";
    let facts = Facts { message: Some(("1914", text)), ..Facts::default() };
    let mut stub = Stub::start(&bus, facts).await;
    let ask = ["--port", "mm:0", "--operator", "be-base-prepaid", "--json"];
    let ran = bus.run(&ask).await;
    assert_eq!((ran.status, stub.calls().len()), (2, 0), "{ran:?}");
    let ran = bus.run(&[&ask[..], &["--yes"]].concat()).await;
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.contains(r#""via":"sms""#), "{}", ran.out);
    assert_eq!(stub.calls(), ["Create 1914 CONSULT", "Send", "Delete 5"]);
}

#[tokio::test]
async fn what_cannot_go_through_modemmanager_is_refused_in_words() {
    let Some(bus) = Bus::start() else { return };
    let mut stub = Stub::start(&bus, Facts::default()).await;
    for (arguments, status, words) in [
        (&["sms", "list", "--port", "mm:0"][..], 3, "only `saldo balance` and `saldo ussd`"),
        (&["--port", "mm:0", "--record", "/dev/null"], 2, "`--record`"),
        (&["--port", "mm:0", "--borrow"], 2, "`--borrow`"),
    ] {
        let ran = bus.run(arguments).await;
        assert_eq!(ran.status, status, "{ran:?}");
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    assert_eq!(stub.calls(), [""; 0]);
}

#[tokio::test]
async fn without_modemmanager_or_a_bus_the_error_says_so() {
    let Some(bus) = Bus::start() else { return };
    let ran = bus.run(&["--port", "mm:0"]).await;
    assert_eq!(ran.status, 3);
    assert!(ran.err.starts_with("error: ModemManager does not run\nhint: "), "{}", ran.err);
    let ran = bus.run(&[]).await;
    assert!(ran.err.starts_with("error: no modem found"), "{}", ran.err);
    let mut saldo = bus.saldo(&["--port", "mm:0"]);
    saldo.env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere");
    let ran = finish(saldo.spawn().unwrap()).await;
    assert_eq!(ran.status, 3);
    assert!(ran.err.contains("no system bus"), "{}", ran.err);
}

#[tokio::test]
async fn the_log_holds_no_identity_and_no_answer() {
    let Some(bus) = Bus::start() else { return };
    let menu = Answer::Menu("1. Saldo");
    let _stub = Stub::start(&bus, answers([menu, Answer::Text(CREDIT)])).await;
    let ran = bus.run(&["ussd", "#121#", "1", "--port", "mm:0", "-vv"]).await;
    assert!(ran.err.contains("asking ModemManager"), "{}", ran.err);
    for secret in ["350000000000006", "206010000000013", "8932010000000000012", "12,34"] {
        assert!(!ran.err.contains(secret), "{secret}: {}", ran.err);
    }
}
