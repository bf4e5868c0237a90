//! Reports to a real broker: what arrives, in which order, and what happens when one of the two goes away.

#![cfg(feature = "mqtt")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]
#![allow(clippy::unwrap_used)]

mod broker;
#[path = "mqtt/refused.rs"]
mod refused;
#[path = "mqtt/reporter.rs"]
mod reporter;

use std::env;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use broker::{Broker, Client, LIMIT, Message};
use saldo::daemon::Change;
use saldo::store::History;
use saldo::watch::AlertKind;
use serde_json::Value;
use tempfile::TempDir;

use reporter::{Ledger, Reporter, id_of, json, record, settings};

#[test]
fn every_record_arrives_once_and_in_order_over_twenty_stops_of_the_broker() {
    let Some(mut broker) = Broker::start("") else { return };
    let reporter = Reporter::start(&settings(&broker.url()), broker.folder.path(), &["attic"]);
    let mut ledger = Ledger::default();
    let mut reading = 0;
    let mut ask = |count| {
        for _ in 0..count {
            reading += 1;
            reporter.ask(reading);
        }
    };
    for stop in 0..20 {
        let mut subscriber = Client::connect(broker.port, "ledger", false);
        subscriber.subscribe(&["saldo/+/+/record"], 1).iter().for_each(|m| ledger.add(m));
        ask(3 + stop % 3);
        let before = ledger.0.len();
        while ledger.0.len() == before {
            ledger.add(&subscriber.next().expect("a record"));
        }
        // Some of the readings are on their way, some come while nobody listens.
        broker.stop();
        while let Some(message) = subscriber.next() {
            ledger.add(&message);
        }
        ask(7 - stop % 3);
        broker.resume();
    }
    let mut subscriber = Client::connect(broker.port, "ledger", false);
    subscriber.subscribe(&["saldo/+/+/record"], 1).iter().for_each(|m| ledger.add(m));
    while ledger.0.len() < 200 {
        ledger.add(&subscriber.next().expect("a record"));
    }
    assert_eq!(ledger.0, (1..=200).collect::<Vec<i64>>());
    // What has arrived is not sent by the next run, but for the one whose acknowledgement we did not wait for.
    drop(reporter);
    let reporter = Reporter::start(&settings(&broker.url()), broker.folder.path(), &["attic"]);
    reporter.ask(201);
    let next = subscriber.wait_for("record but the last", |message| id_of(message) != 200);
    assert_eq!(id_of(&next), 201);
}

#[test]
fn a_day_of_reports_is_small_and_a_month_of_them_is_delivered_in_no_time() {
    let Some(broker) = Broker::start("") else { return };
    let mut history = History::open(broker.folder.path()).unwrap();
    (1..=1000).for_each(|reading| assert!(history.note(&record("attic", reading)).is_ok()));
    let mut reader = broker.client("reader");
    reader.subscribe(&["saldo/#"], 1);
    let started = Instant::now();
    let _reporter = Reporter::start(&settings(&broker.url()), broker.folder.path(), &["attic"]);
    let size = |message: &Message| message.topic.len() + message.payload.len();
    let state = size(&reader.wait_for("state", |m| m.topic.ends_with("/state")));
    let mut last = reader.wait_for("record", |m| m.topic.ends_with("/record"));
    while id_of(&last) < 1000 {
        last = reader.next().expect("a record");
    }
    let took = started.elapsed();
    println!("1000 records in {took:.2?}; a record of {} octets, a state of {state}", size(&last));
    assert!(size(&last) < 1024 && state < 2048);
    assert!(took < LIMIT);
}

#[test]
fn a_record_says_what_was_asked_and_holds_no_number_of_anybody() {
    let Some(broker) = Broker::start("") else { return };
    let mut subscriber = broker.client("reader");
    subscriber.subscribe(&["saldo/#"], 1);
    let reporter = Reporter::start(&settings(&broker.url()), broker.folder.path(), &["attic"]);
    reporter.ask(1234);
    let state = subscriber.wait_for("state", |m| m.topic == "saldo/house/attic/state");
    assert!(state.payload.starts_with(r#"{"schema":1,"balance":"12.34","currency":"EUR""#));
    let record = subscriber.wait_for("record", |m| m.topic == "saldo/house/attic/record");
    assert!(record.payload.starts_with(r#"{"schema":1,"id":1,"time":"2026-11-22T10:00:00Z""#));
    for message in [record, state] {
        assert!(!message.payload.contains("8932011234567890122"), "{}", message.payload);
        assert!(!message.payload.contains("0470123456"), "{}", message.payload);
    }
    let kind = AlertKind::Low;
    let (modem, message) = ("attic".to_owned(), "low".to_owned());
    reporter.changes.send(Change::Alert { modem, kind, is_raised: true, message }).unwrap();
    let alert = subscriber.wait_for("alert", |m| m.topic == "saldo/house/attic/alert");
    assert_eq!((json(&alert.payload)["kind"].as_str(), alert.is_retained), (Some("low"), false));
}

#[test]
fn the_broker_keeps_how_it_is_and_forgets_modems_that_are_gone() {
    let Some(mut broker) = Broker::start("") else { return };
    let mut settings = settings(&broker.url());
    settings.discovery = true;
    settings.commands = true;
    let modems = ["attic", "/dev/ttyUSB2"];
    let reporter = Reporter::start(&settings, broker.folder.path(), &modems);
    settle(&broker, &reporter);
    let kept = |broker: &Broker| {
        let mut reader = broker.client("reader");
        let mut kept = reader.subscribe(&["#"], 0);
        reader.publish("end", "", false);
        while let Some(message) = reader.next().filter(|message| message.topic != "end") {
            kept.push(message);
        }
        kept.sort_by(|a, b| a.topic.cmp(&b.topic));
        kept
    };
    let topics = |kept: &[Message]| kept.iter().map(|m| m.topic.clone()).collect::<Vec<_>>();
    let first = kept(&broker);
    assert_eq!(
        topics(&first),
        [
            "homeassistant/device/saldo_house__2fdev_2fttyUSB2/config",
            "homeassistant/device/saldo_house_attic/config",
            "saldo/house/%2Fdev%2FttyUSB2/state",
            "saldo/house/attic/state",
            "saldo/house/status",
        ]
    );
    assert_eq!(first[4].payload, "online");
    required_by_home_assistant(&json(&first[1].payload), "saldo/house/attic");

    // A broker that has lost everything is told again.
    broker.stop();
    std::fs::remove_file(broker.file("mosquitto.db")).unwrap();
    broker.resume();
    settle(&broker, &reporter);
    assert_eq!(kept(&broker), first);

    drop(reporter);
    let mut reader = broker.client("reader");
    let offline = |m: &Message| m.payload == "offline";
    let already = reader.subscribe(&["saldo/house/status"], 0);
    if !already.iter().any(offline) {
        reader.wait_for("last will", offline);
    }
    settings.discovery = false;
    let reporter = Reporter::start(&settings, broker.folder.path(), &["attic"]);
    settle(&broker, &reporter);
    assert_eq!(topics(&kept(&broker)), ["saldo/house/attic/state", "saldo/house/status"]);
}

/// Returns when the broker has read all that the reporter says at the start: the record comes after it.
fn settle(broker: &Broker, reporter: &Reporter) {
    let mut reader = broker.client("settled");
    reader.subscribe(&["saldo/house/attic/record"], 1);
    reporter.ask(1);
    reader.next().expect("the record");
}

/// What Home Assistant's documents require of a device, its origin and its components.
fn required_by_home_assistant(config: &Value, base: &str) {
    assert!(config["device"]["identifiers"][0].is_string(), "{config}");
    assert!(config["device"]["name"].is_string() && config["origin"]["name"].is_string());
    assert_eq!(config["availability_topic"], "saldo/house/status");
    let components = config["components"].as_object().unwrap();
    for (name, class, state_class, unit) in [
        ("balance", "monetary", Some("total"), Some("EUR")),
        ("data_left", "data_size", Some("measurement"), Some("MB")),
        ("signal_dbm", "signal_strength", Some("measurement"), Some("dBm")),
        ("days_left", "duration", Some("measurement"), Some("d")),
        ("valid_until", "date", None, None),
        ("last_success", "timestamp", None, None),
    ] {
        let sensor = &components[name];
        assert_eq!(sensor["platform"], "sensor", "{name}");
        assert_eq!(sensor["device_class"], class, "{name}");
        assert_eq!(sensor["state_class"].as_str(), state_class, "{name}");
        assert_eq!(sensor["unit_of_measurement"].as_str(), unit, "{name}");
        assert_eq!(sensor["state_topic"], format!("{base}/state"), "{name}");
        assert_eq!(sensor["value_template"], format!("{{{{ value_json.{name} }}}}"));
    }
    assert_eq!(components["problem"]["platform"], "binary_sensor");
    assert_eq!(components["problem"]["state_topic"], format!("{base}/state"));
    assert_eq!(components["check"]["platform"], "button");
    assert_eq!(components["check"]["command_topic"], format!("{base}/command"));
    assert_eq!(components["check"]["payload_press"], "check");
    let ids: Vec<_> = components.values().map(|c| c["unique_id"].as_str().unwrap()).collect();
    assert!(ids.iter().all(|id| ids.iter().filter(|other| other == &id).count() == 1), "{ids:?}");
}

#[test]
fn nobody_commands_us_unless_the_settings_say_so_and_then_only_to_check() {
    let Some(broker) = Broker::start("") else { return };
    let mut settings = settings(&broker.url());
    let command = "saldo/house/attic/command";
    let mut user = broker.client("user");
    user.publish(command, "check", true);
    for commands in [true, false] {
        settings.commands = commands;
        let folder = tempfile::tempdir().unwrap();
        let reporter = Reporter::start(&settings, folder.path(), &["attic"]);
        reporter.wait_for("connected");
        for payload in ["AT+CFUN=1,1", "check", "check", ""] {
            user.publish(command, payload, false);
        }
        user.publish("saldo/house/cellar/command", "check", false);
        user.ping();
        if commands {
            reporter.wait_for("ignored 5 octets"); // what the broker kept is not for now
            reporter.wait_for("ignored 11 octets");
            reporter.wait_for("attic was checked less than a minute ago");
            reporter.wait_for("no modem `cellar`");
            assert_eq!(reporter.checks.recv_timeout(LIMIT).unwrap(), "attic");
        } else {
            // The record is the last thing to arrive, and nothing was heard before it.
            user.subscribe(&["saldo/house/attic/record"], 1);
            reporter.ask(1);
            user.next().expect("the record");
            assert!(reporter.log.try_recv().is_err());
        }
        assert!(reporter.checks.try_recv().is_err());
    }
}

#[test]
fn a_watch_reports_what_it_was_told_and_a_fleet_shows_it() {
    let Some(broker) = Broker::start("") else { return };
    let mut reader = broker.client("reader");
    reader.subscribe(&["saldo/house/attic/record"], 1);
    let config = broker.file("config.toml");
    let url = broker.url();
    let text = format!(
        "[[modem]]\nname = \"attic\"\nport = \"sim:be-proximus\"\n\n[mqtt]\nurl = \"{url}\"\ndevice = \"house\"\n"
    );
    std::fs::write(&config, text).unwrap();
    let saldo = |arguments: &[&str]| {
        let mut saldo = Command::new(env!("CARGO_BIN_EXE_saldo"));
        saldo.args(arguments).arg("--config").arg(&config).env_clear();
        saldo.env("HOME", broker.folder.path()).output().unwrap()
    };
    for id in 1..=2 {
        let watch = saldo(&["watch", "--once"]);
        assert!(watch.status.success(), "{watch:?}");
        let record = reader.next().expect("a record");
        assert_eq!(id_of(&record), id);
        assert!(record.payload.contains(r#""amount":"12.34""#), "{}", record.payload);
    }
    let fleet = String::from_utf8(saldo(&["fleet", "--csv"]).stdout).unwrap();
    assert!(fleet.contains("\nhouse,attic,true,Proximus Pay&Go,12.34,EUR,"), "{fleet}");
}

/// The folder and the broker of the process that is to be killed.
const INSIDE: &str = "SALDO_TEST_REPORTER";

#[test]
fn what_a_killed_process_leaves_is_said_by_the_broker_and_sent_by_the_next() {
    if let Ok(inside) = env::var(INSIDE) {
        let (url, folder) = inside.split_once(' ').unwrap();
        let reporter = Reporter::start(&settings(url), Path::new(folder), &["attic"]);
        (1..=50).for_each(|reading| reporter.ask(reading));
        thread::park();
    }
    let Some(broker) = Broker::start("") else { return };
    let mut subscriber = broker.client("reader");
    subscriber.subscribe(&["saldo/#"], 1);
    let folder = tempfile::tempdir().unwrap();
    let mut process = process(&broker, &folder);
    let is_record = |m: &Message| m.topic.ends_with("/record");
    let mut ids: Vec<_> =
        (0..3).map(|_| id_of(&subscriber.wait_for("record", is_record))).collect();
    process.kill().unwrap();
    process.wait().unwrap();
    loop {
        let message = subscriber.wait_for("last will", |m| is_record(m) || m.payload == "offline");
        if !is_record(&message) {
            break;
        }
        ids.push(id_of(&message));
    }
    let noted = History::open(folder.path()).unwrap().records(&saldo::store::Filter::default());
    let noted: Vec<i64> = noted.unwrap().into_iter().map(|(id, _)| id).collect();
    let _next = Reporter::start(&settings(&broker.url()), folder.path(), &["attic"]);
    while ids.last() != noted.last() {
        ids.push(id_of(&subscriber.wait_for("record", is_record)));
    }
    assert!(ids.len() <= noted.len() + 1, "one may come twice: {ids:?}");
    ids.dedup();
    assert_eq!(ids, noted, "none is lost, and all are in order");
}

fn process(broker: &Broker, folder: &TempDir) -> Child {
    let name = "what_a_killed_process_leaves_is_said_by_the_broker_and_sent_by_the_next";
    let mut process = Command::new(env::current_exe().unwrap());
    process.args(["--exact", name, "--nocapture"]);
    process.env(INSIDE, format!("{} {}", broker.url(), folder.path().display()));
    process.stdout(Stdio::null()).spawn().unwrap()
}
