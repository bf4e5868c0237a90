//! Sixty-four modems, asked at once by one process: side by side in time, and small.
//!
//! With no network and no modem to wait for there is nothing to be side by side in, and each modem costs
//! its share of CPU: that figure is shown and has no limit. `SALDO=PROGRAM cargo test --test many
//! -- --nocapture` shows the figures of another build.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]
#![allow(clippy::unwrap_used)]

#[path = "../benches/wall/modem.rs"]
mod modem;

use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use modem::{AMOUNT, Modem, Seen, Ways};

const MANY: usize = 64;

/// How long a network takes that is in a hurry; most take two to ten seconds.
const DELAY: Duration = Duration::from_secs(1);

/// KiB for each modem more.
const ROOM: u64 = 200;

fn modems(delay: Duration) -> Vec<Modem> {
    let ways = Ways { delay, ..Ways::default() };
    (0..MANY).map(|_| Modem::start(ways)).collect()
}

/// Asks these; gives the time from start to end, and what the largest view of the program was.
fn ask(modems: &[Modem], is_watched: bool) -> (Duration, u64) {
    let program = std::env::var_os("SALDO").unwrap_or(env!("CARGO_BIN_EXE_saldo").into());
    let mut command = Command::new(program);
    command.args(["balance", "--code", "#121#"]);
    command.args(modems.iter().flat_map(|modem| ["--port", &modem.path]));
    command
        .env_clear()
        .env("XDG_STATE_HOME", "/dev/null")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let started = Instant::now();
    let child = command.spawn().unwrap();
    let watched = if is_watched { child.id() } else { 0 };
    modems.iter().for_each(|modem| modem.pid.store(watched, Ordering::Relaxed));
    let output = child.wait_with_output().unwrap();
    let wall = started.elapsed();
    let text = String::from_utf8(output.stdout).unwrap();
    let shown = text.lines().filter(|line| line.contains(&AMOUNT.replace(',', "."))).count();
    assert!(output.status.success() && shown == modems.len(), "{}: {text}", output.status);
    let seen: Vec<Seen> = modems.iter().map(Modem::take_seen).collect();
    assert!(seen.iter().all(|seen| seen.replied.is_some()));
    (wall, seen.iter().map(|seen| seen.peak_kib).max().unwrap_or(0))
}

/// The best of three: what is asked is what the program takes, not what the machine is busy with.
fn time(modems: &[Modem]) -> Duration {
    (0..3).map(|_| ask(modems, false).0).min().unwrap_or_default()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[test]
fn sixty_four_modems_take_little_longer_than_one_and_little_memory() {
    let slow = modems(DELAY);
    let (one, many) = (time(&slow[..1]), time(&slow));
    let ratio = many.as_secs_f64() / one.as_secs_f64();
    println!(
        "a network of {} ms: one {:.1} ms, {MANY} {:.1} ms, {ratio:.2} x",
        ms(DELAY),
        ms(one),
        ms(many)
    );

    let (_, alone) = ask(&slow[..1], true);
    let (_, together) = ask(&slow, true);
    let each = together.saturating_sub(alone) / (MANY as u64 - 1);
    println!("memory: one {alone} KiB, {MANY} {together} KiB, {each} KiB for each more");

    let fast = modems(Duration::ZERO);
    let (one, many) = (time(&fast[..1]), time(&fast));
    let each_ms = ms(many.saturating_sub(one)) / (MANY as f64 - 1.0);
    println!(
        "a network of none: one {:.1} ms, {MANY} {:.1} ms, {each_ms:.2} ms for each more",
        ms(one),
        ms(many)
    );

    assert!(ratio < 1.5, "{ratio:.2} x the time of one");
    assert!(each < ROOM, "{each} KiB for each modem");
}
