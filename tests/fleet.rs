//! `saldo fleet` on a real broker: a few modems looked at closely, and thousands at once.
//!
//! `SALDO_FLEET=10000 cargo test --test fleet -- --nocapture` shows the figures of so many.

#![cfg(feature = "mqtt")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]
#![allow(clippy::unwrap_used)]

mod broker;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use broker::Broker;

const SALDO: &str = env!("CARGO_BIN_EXE_saldo");

/// A state as it is published; `days` is what the forecast says.
fn state(modem: &str, amount: &str, days: &str) -> String {
    let record = format!(
        r#"{{"time":"2026-11-22T10:00:00Z","modem":"{modem}","sim":"8f3a","iccid":"8932…0010","plmn":"20601","operator":"be-proximus-prepaid","answer":{{"kind":"balance","confidence":"sure","via":"ussd","text":"Uw saldo bedraagt {amount} EUR","raw":[],"pots":[{{"type":"money","role":"main","amount":"{amount}","unit":"EUR","expires":null}}],"expires":[]}}}}"#
    );
    format!(
        r#"{{"schema":1,"balance":"{amount}","modem":"{modem}","port":"/dev/ttyUSB2","is_present":true,"operator":"Proximus","last":{record},"last_good":{record},"forecast":{{"per_day":"1","days_left":"{days}","empty_on":null,"expires":null,"ends_before_expiry":false}},"alerts":["low"],"radio":{{"rssi_dbm":-67,"registration":1}},"next":null}}"#
    )
}

fn fleet(broker: &Broker, arguments: &[&str]) -> Output {
    let mut command = Command::new(SALDO);
    command.args(["fleet", "--broker", &broker.url()]).args(arguments).env_clear();
    command.output().unwrap()
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

#[test]
fn who_runs_out_first_stands_in_front_and_what_is_no_state_is_named() {
    let Some(broker) = Broker::start("") else { return };
    let mut house = broker.client("house");
    house.publish("saldo/house/attic/state", &state("attic", "50.00", "3000"), true);
    house.publish("saldo/house/status", "online", true);
    house.publish("saldo/ship%2F1/modem/state", &state("modem", "2.50", "1000"), true);
    house.publish("saldo/ship%2F1/status", "offline", true);
    house.publish("saldo/odd/modem/state", "{}", true);
    house.publish("saldo/odd/status", "online", true);
    house.publish("other/odd/modem/state", &state("x", "1", "1"), true);
    house.ping();

    let table = fleet(&broker, &[]);
    let lines: Vec<_> = text(&table.stdout).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with("DEVICE  MODEM  OPERATOR  BALANCE    LEFT"), "{lines:?}");
    assert!(lines[1].starts_with("ship/1  modem  Proximus  2.50 EUR"), "{lines:?}");
    assert!(lines[1].contains("-67 dBm") && lines[1].ends_with("offline low"), "{lines:?}");
    assert!(lines[2].starts_with("house   attic  Proximus  50.00 EUR"), "{lines:?}");
    let notes = text(&table.stderr);
    assert!(
        notes.contains("no state of a modem is in saldo/odd/modem/state and 0 other topics"),
        "{notes}"
    );

    let json = text(&fleet(&broker, &["--json"]).stdout);
    let first = r#"{"schema":1,"device":"ship/1","modem":"modem","is_online":false,"operator":"Proximus","balance":"2.50","currency":"EUR","days_left":""#;
    assert!(json.starts_with(first), "{json}");

    let csv = text(&fleet(&broker, &["--csv"]).stdout);
    assert!(csv.starts_with("device,modem,is_online,operator,balance,currency,days_left,"));
    assert!(csv.contains("\nhouse,attic,true,Proximus,50.00,EUR,"), "{csv}");

    for (mark, shown, status) in [("3", 1, 1), ("3 EUR", 1, 1), ("3 USD", 0, 0), ("1", 0, 0)] {
        let below = fleet(&broker, &["--csv", "--below", mark]);
        assert_eq!(below.status.code(), Some(status), "{mark}");
        assert_eq!(text(&below.stdout).lines().count(), shown + 1, "{mark}");
    }
}

#[test]
fn thousands_of_machines_take_seconds_and_little_memory() {
    let Some(broker) = Broker::start("") else { return };
    let count = std::env::var("SALDO_FLEET").map_or(2000, |count| count.parse().unwrap());
    let mut publisher = broker.client("all");
    let started = Instant::now();
    for number in 0..count {
        let device = format!("device-{number:05}");
        publisher.publish(&format!("saldo/{device}/status"), "online", true);
        let state = state("modem", &format!("{number}.00"), &(1000 + number).to_string());
        publisher.publish(&format!("saldo/{device}/modem/state"), &state, true);
    }
    publisher.ping();
    let published = started.elapsed();

    let started = Instant::now();
    let mut command = Command::new(SALDO);
    command.args(["fleet", "--json", "--broker", &broker.url()]).env_clear();
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let first = lines.next().expect("a line").unwrap();
    let took = started.elapsed();
    // It has them all, and waits for its output to be read.
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    println!(
        "{count} machines: published in {published:.2?}, shown after {took:.2?}, peak {peak} kB"
    );
    assert!(first.contains("\"device\":\"device-00000\""), "{first}");
    assert_eq!(lines.count() + 1, count);
    assert!(process.wait().unwrap().success());
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(peak < 16 * 1024 + 8 * count, "{peak} kB");
}
