//! The program on a pseudo-terminal: however a run ends, modem, terminal and lock are as they were.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod running;

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::process::Signal;
use rustix::termios::{InputModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
use saldo::port::Roots;
use tempfile::TempDir;

use running::{Running, saldo, text, within};

/// Speaks HEX, so that saldo changes more than it must; says `^MODE` when `*100#` is on its way to
/// a network that never answers.
const MODEM: &str = r#"
base = ["be-proximus"]
charset = "HEX"

[[row]]
command = 'AT+CUSD=1,"*100#",15'
says = ["^MODE: 5,4"]

[[code]]
ask = "*101#"
text = "Saldo 5 EUR"
"#;

#[test]
fn a_balance_leaves_everything_as_it_was() {
    let bench = Bench::new();
    let output = within(saldo().args(["balance", "--port"]).arg(&bench.link));
    assert!(text(&output.stdout).contains("12.34 EUR"), "{}", text(&output.stderr));
    bench.assert_untouched();
}

#[test]
fn every_signal_that_ends_a_run_puts_everything_back() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let bench = Bench::new();
        let mut waiting = waiting(&bench.link);
        assert!(bench.lock_file().is_some(), "{signal:?}");
        assert_eq!(waiting.end(signal).code(), Some(status));
        bench.assert_untouched();
    }
}

#[test]
fn what_a_killed_run_left_is_put_back_by_the_next() {
    let bench = Bench::new();
    waiting(&bench.link).end(Signal::KILL);
    let lock = fs::read_to_string(bench.lock_file().unwrap()).unwrap();
    for command in ["AT+CMEE=2", "AT+CSCS=\"HEX\""] {
        assert!(lock.contains(&format!("\nrestore {command}\n")), "{command} in {lock}");
    }
    assert_ne!(bench.modem(), bench.modem_before, "a killed run leaves its settings");

    let output = within(saldo().args(["ussd", "*101#", "--port"]).arg(&bench.link));
    assert_eq!(text(&output.stdout), "Saldo 5 EUR\n", "{}", text(&output.stderr));
    assert_eq!(bench.modem(), bench.modem_before);
    assert_eq!(bench.lock_file(), None);
}

#[test]
fn what_a_killed_run_left_is_put_back_from_behind_a_prompt() {
    let bench = Bench::new();
    waiting(&bench.link).end(Signal::KILL);
    bench.type_line("AT+CMGS=20", "> "); // deaf until its prompt is left
    let output = within(saldo().args(["ussd", "*101#", "--port"]).arg(&bench.link));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(bench.modem(), bench.modem_before);
}

#[test]
fn a_second_run_on_the_port_is_told_whose_it_is() {
    let bench = Bench::new();
    let mut first = waiting(&bench.link);
    let output = within(saldo().args(["balance", "--port"]).arg(&bench.link));
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains(&first.pid().as_raw_nonzero().to_string()), "{said}");
    assert_eq!(first.end(Signal::TERM).code(), Some(143));
    bench.assert_untouched();
}

/// A card that takes its time, so that a run is in the middle of something with it.
#[cfg(feature = "esim")]
const SLOW_CARD: &str = r#"
base = ["_esim"]

[apdu]
after-ms = 700
"#;

/// What opens a channel, and its answer where the first one is free.
#[cfg(feature = "esim")]
const OPEN_CHANNEL: &str = "AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"";

#[cfg(feature = "esim")]
#[test]
fn an_interrupted_look_at_the_esim_closes_its_channel() {
    let bench = Bench::with(SLOW_CARD);
    let mut looking = run_until("+CGLA:", &["esim", "list"], &bench.link);
    let lock = fs::read_to_string(bench.lock_file().unwrap()).unwrap();
    assert!(lock.contains("\nrestore AT+CCHC=1\n"), "{lock}");
    assert_eq!(looking.end(Signal::INT).code(), Some(130));
    bench.assert_untouched();
    let opened = bench.type_line(OPEN_CHANNEL, "OK\r\n");
    assert!(opened.contains("+CCHO: 1\r\n"), "{opened}");
}

#[cfg(feature = "esim")]
#[test]
fn the_channel_of_a_killed_run_is_closed_by_the_next() {
    let bench = Bench::with(SLOW_CARD);
    run_until("+CGLA:", &["esim", "list"], &bench.link).end(Signal::KILL);
    let output = within(saldo().args(["esim", "notifications", "--port"]).arg(&bench.link));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let opened = bench.type_line(OPEN_CHANNEL, "OK\r\n");
    assert!(opened.contains("+CCHO: 1\r\n"), "{opened}");
}

/// A simulated modem on a terminal, and how both were found.
struct Bench {
    link: PathBuf,
    terminal: PathBuf,
    modem_before: String,
    terminal_before: String,
    _simulated: Running,
    _folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self::with(MODEM)
    }

    fn with(modem: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (link, rows) = (folder.path().join("modem"), folder.path().join("modem.toml"));
        fs::write(&rows, modem).unwrap();
        let simulated = Running::start(saldo().arg("simulate").arg(&rows).arg("--link").arg(&link));
        let terminal = PathBuf::from(simulated.line());
        leave_a_mark(&terminal);
        let mut bench = Self {
            link,
            terminal,
            modem_before: String::new(),
            terminal_before: String::new(),
            _simulated: simulated,
            _folder: folder,
        };
        bench.type_line("AT+CMEE=2", "OK\r\n");
        bench.modem_before = bench.modem();
        bench.terminal_before = bench.line_settings();
        bench
    }

    /// What another program finds: echo, and the settings that can be asked for.
    fn modem(&self) -> String {
        self.type_line("AT+CMEE?;+CSCS?;+CMGF?;+CNMI?", "OK\r\n")
    }

    fn type_line(&self, line: &str, end: &str) -> String {
        let mut port = open(&self.terminal);
        port.write_all(format!("{line}\r").as_bytes()).unwrap();
        let (mut said, mut octet) = (String::new(), [0]);
        while !said.ends_with(end) && matches!(port.read(&mut octet), Ok(1)) {
            said.push(octet[0].into());
        }
        said
    }

    fn line_settings(&self) -> String {
        format!("{:?}", tcgetattr(open(&self.terminal)).unwrap())
    }

    /// The lock file, in whichever folder it is.
    fn lock_file(&self) -> Option<PathBuf> {
        let name = format!("LCK..pts_{}", self.terminal.file_name().unwrap().to_string_lossy());
        Roots::default().lock.iter().map(|folder| folder.join(&name)).find(|file| file.exists())
    }

    fn assert_untouched(&self) {
        assert_eq!(self.lock_file(), None);
        assert_eq!(self.line_settings(), self.terminal_before);
        assert_eq!(self.modem(), self.modem_before);
    }
}

/// Line settings that no program sets by itself.
fn leave_a_mark(terminal: &Path) {
    let terminal = open(terminal);
    let mut settings = tcgetattr(&terminal).unwrap();
    settings.input_modes |= InputModes::IXANY;
    settings.special_codes[SpecialCodeIndex::VSTOP] = 7;
    settings.set_speed(19_200).unwrap();
    tcsetattr(&terminal, OptionalActions::Now, &settings).unwrap();
}

fn open(terminal: &Path) -> File {
    let flags = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
    OpenOptions::new().read(true).write(true).custom_flags(flags).open(terminal).unwrap()
}

/// A run whose request is on its way to a network that never answers.
fn waiting(link: &Path) -> Running {
    run_until("^MODE", &["ussd", "*100#", "--timeout", "600"], link)
}

/// A run whose log has just said this.
fn run_until(words: &str, arguments: &[&str], link: &Path) -> Running {
    let running = Running::start_err(saldo().args(arguments).args(["-v", "--port"]).arg(link));
    running.until(words);
    running
}
