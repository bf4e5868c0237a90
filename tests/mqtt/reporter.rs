//! A reporter at a broker, without a watch around it.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use saldo::daemon::{Board, Change};
use saldo::mqtt::{self, Settings};
use saldo::store::History;
use saldo::watch::{Record, View};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::broker::{LIMIT, Message};

/// `saldo watch`, as far as a broker sees it, in a thread of its own.
pub(crate) struct Reporter {
    pub(crate) folder: PathBuf,
    /// What the board is told; when this is dropped the reporter ends.
    pub(crate) changes: UnboundedSender<Change>,
    /// What it says of the connection.
    pub(crate) log: Receiver<String>,
    /// The modems that somebody wished to have checked.
    pub(crate) checks: Receiver<String>,
}

impl Reporter {
    pub(crate) fn start(settings: &Settings, folder: &Path, modems: &[&str]) -> Self {
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
    pub(crate) fn ask(&self, cents: u32) {
        let record = record("attic", cents);
        let id = History::open(&self.folder).unwrap().note(&record).unwrap();
        self.changes.send(Change::Record { id, record: Box::new(record) }).unwrap();
    }

    pub(crate) fn wait_for(&self, words: &str) -> String {
        loop {
            let line = self.log.recv_timeout(LIMIT).unwrap_or_else(|_| panic!("no `{words}` said"));
            if line.contains(words) {
                return line;
            }
        }
    }
}

pub(crate) fn run_alone(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

pub(crate) fn settings(url: &str) -> Settings {
    let mut settings = Settings::of(url.parse().unwrap());
    settings.device = Some("house".into());
    settings.first_wait = 0.02;
    settings
}

pub(crate) fn record(modem: &str, cents: u32) -> Record {
    let text = format!(
        r#"{{"time":"2026-11-22T10:00:00Z","modem":"{modem}","sim":"8932011234567890122","iccid":"8932…0122","plmn":"20601","operator":"be-proximus-prepaid","answer":{{"kind":"balance","confidence":"sure","via":"ussd","text":"x","raw":["+CUSD: 0,\"0470123456\",15"],"pots":[{{"type":"money","role":"main","amount":"{}.{:02}","unit":"EUR","expires":"2026-12-31"}},{{"type":"data","role":"main","amount":"500","unit":"MB","expires":null}}],"expires":["2026-12-31"]}}}}"#,
        cents / 100,
        cents % 100
    );
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn view(modem: &str) -> View {
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

pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("no JSON: {text}"))
}

pub(crate) fn id_of(message: &Message) -> i64 {
    json(&message.payload)["id"].as_i64().unwrap()
}

/// The numbers of records as they come, each once; what the broker itself sends again is told from what we do.
#[derive(Default)]
pub(crate) struct Ledger(pub(crate) Vec<i64>);

impl Ledger {
    pub(crate) fn add(&mut self, message: &Message) {
        let id = id_of(message);
        match self.0.contains(&id) {
            false => self.0.push(id),
            true => assert!(message.is_again, "record {id} came twice"),
        }
    }
}
