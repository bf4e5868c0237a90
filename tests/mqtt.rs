//! Reports to a real broker: what arrives, in which order, and what happens when one of the two goes away.

#![cfg(feature = "mqtt")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]
#![allow(clippy::unwrap_used)]

mod broker;

use std::cell::RefCell;
use std::env;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use broker::{Broker, Client, LIMIT, Message, tool};
use saldo::daemon::{Board, Change};
use saldo::mqtt::{self, Settings};
use saldo::store::History;
use saldo::watch::{AlertKind, Record, View};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// `saldo watch`, as far as a broker sees it, in a thread of its own.
struct Reporter {
    folder: PathBuf,
    /// What the board is told; when this is dropped the reporter ends.
    changes: UnboundedSender<Change>,
    /// What it says of the connection.
    log: Receiver<String>,
    /// The modems that somebody wished to have checked.
    checks: Receiver<String>,
}

impl Reporter {
    fn start(settings: &Settings, folder: &Path, modems: &[&str]) -> Self {
        let (changes, mut told) = unbounded_channel();
        let (say, log) = mpsc::channel();
        let (check, checks) = mpsc::channel();
        let views: Vec<View> = modems.iter().map(|modem| view(modem)).collect();
        let (settings, at) = (settings.clone(), folder.to_owned());
        thread::spawn(move || {
            run_alone(async {
                let (board, mut wishes) = Board::new();
                views.into_iter().for_each(|view| board.show(view));
                let history = Rc::new(RefCell::new(History::open(&at).unwrap()));
                let told_before = say.clone();
                let tell = move |line: &str| {
                    let _ = say.send(line.to_owned());
                };
                let running = match mqtt::Reporter::new(settings, board.clone(), history, tell) {
                    Ok(reporter) => reporter.run(),
                    Err(error) => return told_before.send(error.to_string()).unwrap(),
                };
                tokio::pin!(running);
                loop {
                    tokio::select! {
                        never = &mut running => match never {},
                        Some(modem) = wishes.recv() => check.send(modem).unwrap(),
                        change = told.recv() => match change {
                            Some(Change::View(view)) => board.show(*view),
                            Some(change) => board.tell(change),
                            None => return,
                        },
                    }
                }
            });
        });
        Self { folder: folder.to_owned(), changes, log, checks }
    }

    /// Asks the modem `attic` as it were, and remembers that it had `cents`.
    fn ask(&self, cents: u32) {
        let record = record("attic", cents);
        let id = History::open(&self.folder).unwrap().note(&record).unwrap();
        self.changes.send(Change::Record { id, record: Box::new(record) }).unwrap();
    }

    fn wait_for(&self, words: &str) -> String {
        loop {
            let line = self.log.recv_timeout(LIMIT).unwrap_or_else(|_| panic!("no `{words}` said"));
            if line.contains(words) {
                return line;
            }
        }
    }
}

fn run_alone(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

fn settings(url: &str) -> Settings {
    let mut settings = Settings::of(url.parse().unwrap());
    settings.device = Some("house".into());
    settings.first_wait = 0.02;
    settings
}

fn record(modem: &str, cents: u32) -> Record {
    let text = format!(
        r#"{{"time":"2026-11-22T10:00:00Z","modem":"{modem}","sim":"8932011234567890122","iccid":"8932…0122","plmn":"20601","operator":"be-proximus-prepaid","answer":{{"kind":"balance","confidence":"sure","via":"ussd","text":"x","raw":["+CUSD: 0,\"0470123456\",15"],"pots":[{{"type":"money","role":"main","amount":"{}.{:02}","unit":"EUR","expires":"2026-12-31"}},{{"type":"data","role":"main","amount":"500","unit":"MB","expires":null}}],"expires":["2026-12-31"]}}}}"#,
        cents / 100,
        cents % 100
    );
    serde_json::from_str(&text).unwrap()
}

fn view(modem: &str) -> View {
    let record = record(modem, 1234);
    View {
        modem: modem.to_owned(),
        port: None,
        is_present: true,
        operator: Some("Proximus".into()),
        last: Some(record.clone()),
        last_good: Some(record),
        forecast: None,
        alerts: vec![],
        radio: None,
        next: None,
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("no JSON: {text}"))
}

fn id_of(message: &Message) -> i64 {
    json(&message.payload)["id"].as_i64().unwrap()
}

/// The numbers of records as they come, each once; what the broker itself sends again is told from what we do.
#[derive(Default)]
struct Ledger(Vec<i64>);

impl Ledger {
    fn add(&mut self, message: &Message) {
        let id = id_of(message);
        match self.0.contains(&id) {
            false => self.0.push(id),
            true => assert!(message.is_again, "record {id} came twice"),
        }
    }
}

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

#[test]
fn a_broker_that_does_not_want_us_says_why_once_and_gets_nothing() {
    let at = tempfile::tempdir().unwrap();
    let passwords = at.path().join("passwords");
    let name = passwords.to_str().unwrap();
    if !tool(at.path(), "mosquitto_passwd", &["-b", "-c", name, "me", "right"]) {
        return;
    }
    let Some(broker) = Broker::start(&format!("password_file {name}")) else { return };
    let mut settings = settings(&broker.url());
    settings.user = Some("me".into());
    let secret = at.path().join("secret");
    settings.password_file = Some(secret.clone());
    std::fs::write(&secret, "wrong\n").unwrap();
    let reporter = Reporter::start(&settings, at.path(), &["attic"]);
    let line = reporter.log.recv_timeout(LIMIT).unwrap();
    assert!(line.contains("not authorized; next try at "), "{line}");
    assert!(!line.contains("wrong"), "{line}");
    drop(reporter);
    std::fs::write(&secret, "right\n").unwrap();
    let reporter = Reporter::start(&settings, at.path(), &["attic"]);
    assert!(reporter.log.recv_timeout(LIMIT).unwrap().contains("connected as saldo-house"));
}

#[test]
fn a_place_with_no_broker_is_named_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = format!("mqtt://127.0.0.1:{}", broker::free_port());
    for (url, words) in
        [(&*nowhere, "connection refused"), ("mqtt://nothing.invalid", "no host has that name")]
    {
        let reporter = Reporter::start(&settings(url), folder.path(), &["attic"]);
        let line = reporter.log.recv_timeout(LIMIT).unwrap();
        assert!(line.contains(words), "{line}");
    }
}

/// Answers each connection with one of these, and counts them.
fn pretend(answers: Vec<Vec<u8>>) -> (String, Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mqtt://{}", listener.local_addr().unwrap());
    let (count, counted) = mpsc::channel();
    thread::spawn(move || {
        for (number, answer) in answers.into_iter().enumerate() {
            let (mut stream, _) = listener.accept().unwrap();
            let mut hello = [0; 14];
            let _ = stream.read_exact(&mut hello);
            let _ = stream.write_all(&answer);
            let _ = count.send(number);
            // Whatever is closed too soon is reset, with all that nobody has read.
            if number == 0 {
                let _ = std::io::copy(&mut stream, &mut std::io::sink());
            }
        }
    });
    (url, counted)
}

#[test]
fn no_octets_of_a_broker_break_us_and_none_are_too_many() {
    const ACCEPTED: [u8; 4] = [0x20, 2, 0, 0];
    let mut seed: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut noise = |length: usize| -> Vec<u8> {
        (0..length)
            .map(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                seed as u8
            })
            .collect()
    };
    let mut answers = vec![[&ACCEPTED[..], &[0x30, 0xff, 0xff, 0xff, 0x7f]].concat()];
    for length in 0..40 {
        answers.push(noise(length));
        answers.push([&ACCEPTED[..], &noise(length)].concat());
    }
    let connections = answers.len();
    let (url, counted) = pretend(answers);
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(&url);
    settings.first_wait = 0.0;
    let reporter = Reporter::start(&settings, folder.path(), &["attic"]);
    reporter.wait_for("a packet of 268435455 octets; 262144 are the limit");
    for _ in 0..connections {
        counted.recv_timeout(LIMIT).expect("it goes on trying");
    }
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

#[cfg(feature = "mqtt-tls")]
#[test]
fn a_certificate_is_believed_for_its_authority_and_its_host_alone() {
    let at = tempfile::tempdir().unwrap();
    let make =
        |arguments: &str| tool(at.path(), "openssl", &arguments.split(' ').collect::<Vec<_>>());
    std::fs::write(at.path().join("names"), "subjectAltName=DNS:localhost").unwrap();
    for authority in ["ours", "other"] {
        let key = "req -x509 -newkey rsa:2048 -nodes -days 2";
        if !make(&format!(
            "{key} -subj /CN={authority} -keyout {authority}.key -out {authority}.pem"
        )) {
            return;
        }
    }
    for name in ["broker", "client"] {
        make(&format!(
            "req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr"
        ));
        make(&format!(
            "x509 -req -in {name}.csr -CA ours.pem -CAkey ours.key -CAcreateserial -days 2 -extfile names -out {name}.pem"
        ));
    }
    let port = broker::free_port();
    let file = |name: &str| at.path().join(name);
    let lines = format!(
        "listener {port}\ncafile {}\ncertfile {}\nkeyfile {}\nrequire_certificate true",
        file("ours.pem").display(),
        file("broker.pem").display(),
        file("broker.key").display()
    );
    let Some(_broker) = Broker::start(&lines) else { return };
    for (host, authority, has_own, words) in [
        ("localhost", Some("ours.pem"), true, "connected as saldo-house"),
        ("localhost", Some("other.pem"), true, "not signed by"),
        ("localhost", None, true, "not signed by a public authority"),
        ("127.0.0.1", Some("ours.pem"), true, "is of another host"),
        ("localhost", Some("ours.pem"), false, "the broker wants a certificate of ours"),
        ("localhost", Some("names"), true, "names: no certificate in it"),
        ("localhost", Some("nothing.pem"), true, "nothing.pem: "),
    ] {
        let mut settings = settings(&format!("mqtts://{host}:{port}"));
        settings.ca_file = authority.map(file);
        settings.certificate = has_own.then(|| file("client.pem"));
        settings.key = has_own.then(|| file("client.key"));
        let reporter = Reporter::start(&settings, at.path(), &["attic"]);
        let line = reporter.log.recv_timeout(LIMIT).unwrap();
        assert!(line.contains(words), "{host} {authority:?}: {line}");
    }
}
