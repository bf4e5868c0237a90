//! The service files: what they run is there, systemd takes them, and they are shut in well.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const UNITS: [&str; 2] = ["saldo.service", "saldo-once.service"];

#[test]
fn what_they_run_is_a_command_of_this_program() {
    for file in ["saldo.service", "saldo-once.service", "saldo.init", "README.md"] {
        let lines = text(file);
        let calls: Vec<_> =
            lines.lines().filter_map(|line| line.split_once("/usr/bin/saldo ")).collect();
        assert!(!calls.is_empty() || file == "README.md", "{file} runs nothing");
        for (_, arguments) in calls {
            let words = arguments.split_whitespace().take_while(|word| *word != "--config");
            let help = saldo().args(words).arg("--help").output().unwrap();
            assert!(help.status.success(), "{file}: saldo {arguments}: {}", said(&help));
        }
    }
}

/// `systemd-analyze verify` warns of unknown keys and ends well all the same.
#[test]
fn systemd_takes_every_unit() {
    let folder = tempfile::tempdir().unwrap();
    for unit in [UNITS.as_slice(), &["saldo-once.timer"]].concat() {
        let text = text(unit).replace("/usr/bin/saldo", env!("CARGO_BIN_EXE_saldo"));
        fs::write(folder.path().join(unit), text).unwrap();
    }
    for unit in [UNITS.as_slice(), &["saldo-once.timer"]].concat() {
        let file = folder.path().join(unit);
        let Some(judged) = analyze(&["verify", "--man=no"], &file) else { return };
        let said = said(&judged);
        assert!(judged.status.success() && !said.contains(unit), "{unit}: {said}");
    }
}

/// 3.0 and less is what `systemd-analyze` calls well shut in; the threshold is in tenths.
#[test]
fn the_services_are_shut_in() {
    for unit in UNITS {
        let options = ["security", "--offline=true", "--threshold=30", "--no-pager"];
        let Some(judged) = analyze(&options, &folder().join(unit)) else { return };
        assert!(judged.status.success(), "{unit}: {}", said(&judged));
    }
}

#[test]
fn the_script_of_openwrt_reads_as_a_script() {
    let read = Command::new("sh").arg("-n").arg(folder().join("saldo.init")).output().unwrap();
    assert!(read.status.success(), "{}", said(&read));
}

fn analyze(options: &[&str], unit: &Path) -> Option<Output> {
    let judged = Command::new("systemd-analyze").args(options).arg(unit).output();
    if judged.is_err() {
        println!("skipped: no systemd-analyze here");
    }
    judged.ok()
}

fn saldo() -> Command {
    Command::new(env!("CARGO_BIN_EXE_saldo"))
}

fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{out}{err}")
}

fn text(file: &str) -> String {
    fs::read_to_string(folder().join(file)).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("service")
}
