//! What Prometheus scrapes: the page as it is, and Prometheus' own check of it.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Stdio};

use saldo::watch::{View, metrics};

fn page() -> String {
    let views: Vec<View> =
        serde_json::from_str(include_str!("../fixtures/watch/views.json")).unwrap();
    metrics(&views, "2026-01-07T00:00:00Z".parse().unwrap())
}

#[test]
fn two_modems_in_full() {
    assert_eq!(page(), include_str!("../fixtures/watch/metrics.prom"));
}

#[test]
fn prometheus_has_nothing_to_say_of_it() {
    let pipe = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut promtool) = pipe else {
        eprintln!("skipped: promtool is not installed");
        return;
    };
    promtool.stdin.take().unwrap().write_all(page().as_bytes()).unwrap();
    let said = promtool.wait_with_output().unwrap();
    let words = [said.stdout, said.stderr].concat();
    assert_eq!(String::from_utf8_lossy(&words), "");
    assert!(said.status.success());
}
