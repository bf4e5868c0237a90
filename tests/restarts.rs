//! A modem that restarts with every switch of its eSIM: its terminal goes, and a new one comes.

#![cfg(feature = "esim")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod running;

use std::path::PathBuf;
use std::process::Command;

use rustix::process::Signal;
use tempfile::TempDir;

use running::{Running, saldo, text, within};

/// Answers come late enough for the modem to restart before the next command.
const LATENCY: &str = "20";

#[test]
fn a_profile_is_enabled_over_the_restart() {
    let machine = Machine::plug_in();
    let said = machine.says(&["esim", "enable", "Voyage", "--yes"]);
    assert!(said.starts_with("Voyage: enabled, on "), "{said}");
    machine.simulated.line(); // a second terminal
    assert!(machine.says(&["balance"]).contains("17.20 EUR"));
}

#[test]
fn a_sweep_that_is_killed_while_the_modem_restarts_is_put_right_by_the_next_run() {
    let machine = Machine::plug_in();
    let mut sweep = Running::start(&mut machine.saldo(&["esim", "sweep", "--yes"]));
    sweep.until("12.34 EUR");
    machine.simulated.line(); // the second profile is enabled
    sweep.end(Signal::KILL);
    let said = machine.says(&["balance"]);
    assert!(said.contains("12.34 EUR"), "{said}");
    machine.simulated.line(); // it restarts once more
}

/// A modem behind a link, and the memory of the machine that it is plugged into.
struct Machine {
    folder: TempDir,
    link: PathBuf,
    simulated: Running,
}

impl Machine {
    fn plug_in() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("modem");
        let mut simulate = saldo();
        simulate.args(["simulate", "_esim-restarts", "--latency", LATENCY, "--link"]).arg(&link);
        let simulated = Running::start(&mut simulate);
        simulated.line();
        Self { folder, link, simulated }
    }

    fn saldo(&self, arguments: &[&str]) -> Command {
        let mut command = saldo();
        command.env("XDG_STATE_HOME", self.folder.path());
        command.args(arguments).arg("--port").arg(&self.link);
        command
    }

    fn says(&self, arguments: &[&str]) -> String {
        let output = within(&mut self.saldo(arguments));
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    }
}
