//! A recording of every scenario and every script, played again: the same words, the same reading of them,
//! the same error.

use std::fs;
use std::path::{Path, PathBuf};

use saldo::client::{Balance, Modem};
use saldo::port::{Line, NamedPort, Tap};
use saldo::transcript::redacted_answer;
use saldo::{Error, sim};

use super::bench::{ask, run};

#[test]
fn every_scenario_ends_the_same_from_its_recording() {
    let mut names: Vec<String> = sim::scenarios().map(|(name, _)| name.to_owned()).collect();
    names.extend(scripts());
    assert!(names.len() > 50, "{names:?}");
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        let file = folder.path().join("recording.at");
        let live = run(async { outcome(Tap::new(open(&name).await, &file).unwrap()).await });
        let replayed = run(async { outcome(open(file.to_str().unwrap()).await).await });
        assert_eq!(replayed, live.masked(), "{name}: {}", fs::read_to_string(&file).unwrap());
    }
}

/// The card gives them in pieces, with the border anywhere.
#[cfg(feature = "esim")]
#[test]
fn the_profiles_of_an_esim_are_told_the_same_from_its_recording() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recording.at");
    for name in ["esim-travel", "esim-csim-only", "_esim-noisy"] {
        let live = run(async { profiles(Tap::new(open(name).await, &file).unwrap()).await });
        let replayed = run(async { profiles(open(file.to_str().unwrap()).await).await });
        assert_eq!(replayed.len(), live.len(), "{name}");
        for (mut replayed, live) in replayed.into_iter().zip(live) {
            assert!(replayed.iccid.expose()[6..18].bytes().all(|digit| digit == b'0'), "{name}");
            replayed.iccid = live.iccid;
            assert_eq!(replayed, live, "{name}");
        }
    }
}

#[cfg(feature = "esim")]
async fn profiles(port: impl Line) -> Vec<saldo::euicc::Profile> {
    let mut modem = Modem::new(port);
    let profiles = modem.profiles().await;
    modem.close().await;
    profiles.unwrap()
}

async fn open(name: &str) -> NamedPort {
    NamedPort::open(&format!("sim:{name}").parse().unwrap()).await.unwrap()
}

fn scripts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scripts");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file: PathBuf| file.to_str().unwrap().to_owned()).collect()
}

/// What a user sees of one run.
#[derive(Debug, PartialEq)]
struct Seen {
    status: u8,
    /// The operator's words, or the error's.
    text: String,
    /// Kind, confidence, pots and dates, as they are written in full.
    reading: String,
}

impl Seen {
    /// As it is from a recording, which holds no numbers.
    fn masked(self) -> Self {
        let [text] = &redacted_answer(b"", &[self.text.into_bytes()])[..] else { panic!() };
        Self { text: String::from_utf8(text.clone()).unwrap(), ..self }
    }
}

async fn outcome(port: impl Line) -> Seen {
    let mut modem = Modem::new(port);
    let result = ask(&mut modem).await;
    modem.close().await;
    match result {
        Ok(balance) => seen(&balance),
        Err(error) => failed(&error),
    }
}

fn seen(balance: &Balance) -> Seen {
    let reading = &balance.reading;
    Seen {
        status: if balance.is_reliable() { 0 } else { 6 },
        text: balance.text.clone(),
        reading: format!(
            "{:?} {:?} {:?} {:?} {:?}",
            balance.via, reading.kind, reading.confidence, reading.pots, reading.expires
        ),
    }
}

fn failed(error: &Error) -> Seen {
    // The port is named by its file.
    let text = error.to_string();
    let text = text.split_once(" was unplugged").map_or(text.clone(), |_| "unplugged".into());
    Seen { status: error.exit_status(), text, reading: String::new() }
}
