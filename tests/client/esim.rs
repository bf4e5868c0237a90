//! The eUICC behind every kind of modem: told, or refused with the reason; nothing on it changes, and no channel stays
//! open however a run ends.

use std::time::Duration;

use saldo::Error;
use saldo::client::Modem;
use saldo::euicc::State;
use tokio::time::timeout;

use super::bench::{Bench, named, run, scenario};

/// What is told in one look, by the names of the profiles; and the modem, let go.
async fn look(bench: Bench) -> (Result<Vec<String>, Error>, Bench) {
    let mut modem = Modem::new(bench);
    let told = told(&mut modem).await;
    (told, modem.close().await)
}

async fn told(modem: &mut Modem<Bench>) -> Result<Vec<String>, Error> {
    let mut card = modem.euicc().await?;
    assert_eq!(card.eid().expose(), "89033023000000000000000000012394");
    assert_eq!(card.info().await?.svn.unwrap().to_string(), "2.2.0");
    card.addresses().await?;
    assert_eq!(card.notifications().await?, []);
    let profiles = card.profiles().await?;
    assert!(profiles.iter().filter(|profile| profile.state == State::Enabled).count() <= 1);
    card.close().await?;
    Ok(profiles.into_iter().map(|profile| profile.provider).collect())
}

/// Whether the first of the card's channels is free: what opens one next is given it.
async fn is_closed(bench: &mut Bench) -> bool {
    let session = bench.type_line("AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"").await;
    if session.contains("OK") {
        return session.split('|').any(|line| matches!(line, "1" | "+CCHO: 1"));
    }
    let raw = bench.type_line("AT+CSIM=10,\"0070000001\"").await;
    !raw.contains("9000") || raw.contains("\"019000\"")
}

const FOUR: [&str; 4] = ["Proximus", "Orange Belgium", "Orange France", "Transatel"];

/// Modems that lead to the eUICC, each in its way.
const WAYS: &[&str] = &[
    "esim-travel",
    "esim-csim-only",
    "esim-none-enabled",
    "esim-slow",
    "_esim-eastcompeace",
    "_esim-eg916q",
    "_esim-fm350",
    "_esim-forgets",
    "_esim-noisy",
    "_esim-restarts",
];

fn modem(name: &str) -> Bench {
    if name.starts_with('_') { scenario(&format!("base = [\"{name}\"]")) } else { named(name) }
}

#[test]
fn every_modem_with_a_way_tells_the_same_and_changes_nothing() {
    const ASKS: &[&str] = &["BF22", "BF28", "BF2D", "BF3C", "BF3E"];
    for name in WAYS {
        run(async {
            let (told, mut bench) = look(modem(name)).await;
            assert_eq!(told.unwrap(), FOUR, "{name}");
            assert!(is_closed(&mut bench).await, "{name}");
            let mut sim = bench.sim.modem();
            let heard = sim.take_card_log();
            assert!(!heard.is_empty(), "{name}");
            for line in heard {
                assert!(ASKS.iter().any(|tag| line.starts_with(tag)), "{name}: {line}");
            }
            assert!(sim.forbidden_seen().is_empty(), "{name}");
        });
    }
}

#[test]
fn a_card_with_nothing_on_it_is_no_error() {
    run(async {
        let (told, mut bench) = look(modem("_esim-empty")).await;
        assert_eq!(told.unwrap(), Vec::<String>::new());
        assert!(is_closed(&mut bench).await);
    });
}

#[test]
#[rustfmt::skip]
fn every_modem_without_a_way_says_why() {
    for (name, words) in [
        ("esim-m2m",    "no consumer eSIM function"),
        ("_esim-em061k", "No AT command of this modem reaches an eUICC"),
        ("_esim-em9191", "+CME ERROR: Parameters error"),
        ("_esim-ik41",  "it opens a channel to the card and then carries nothing: 6881"),
        ("be-proximus", "the card opens no channel"),
        ("no-sim",      "SIM not inserted"),
    ] {
        run(async {
            let (told, mut bench) = look(modem(name)).await;
            let error = told.unwrap_err();
            assert!(error.to_string().contains(words), "{name}: {error}");
            assert_eq!(error.exit_status(), 4, "{name}");
            assert!(is_closed(&mut bench).await, "{name}");
        });
    }
}

#[test]
fn an_interrupted_look_leaves_no_channel_open() {
    for name in ["esim-slow", "esim-csim-only"] {
        // A slow modem takes 8 s a command, so that these are moments within and between them.
        for moment in (0..60)
            .map(|step| Duration::from_millis(if name == "esim-slow" { 900 } else { 7 } * step))
        {
            run(async {
                let mut modem = Modem::new(named(name));
                let _ = timeout(moment, told(&mut modem)).await;
                let mut bench = modem.close().await;
                assert!(is_closed(&mut bench).await, "{name} after {moment:?}");
            });
        }
    }
}
