//! `saldo simulate` as other programs see it: a device file to open, close and open again.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod running;

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::process::Signal;
use saldo::sim::Modem;
use saldo::transcript::{Mark, read};

use running::{DEADLINE, Running, saldo, text, within};

#[test]
fn a_program_opens_the_terminal_and_gets_its_answers() {
    let mut simulated = Simulated::start(&["be-proximus"]);
    let mut port = Port::open(&simulated.next_path());
    assert_eq!(port.ask("ATE0\r", "OK\r\n"), "ATE0\r\r\nOK\r\n");
    assert_eq!(port.ask("AT+CSQ\r", "OK\r\n"), "\r\n+CSQ: 19,99\r\n\r\nOK\r\n");
    let reply = port.ask("AT+CUSD=1,\"#121#\",15\r", "\",15\r\n");
    assert!(reply.starts_with("\r\nOK\r\n\r\n+CUSD: 0,\"Uw herlaadbaar krediet"), "{reply}");
}

#[test]
fn programs_come_and_go() {
    let mut simulated = Simulated::start(&["be-proximus"]);
    let path = simulated.next_path();
    Port::open(&path).ask("ATE0\r", "OK\r\n");
    for _ in 0..20 {
        assert_eq!(Port::open(&path).ask("AT\r", "OK\r\n"), "\r\nOK\r\n");
    }
}

#[test]
fn a_link_stands_while_the_modem_runs() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    std::os::unix::fs::symlink("/nowhere", &link).unwrap();
    let mut simulated = Simulated::start(&["no-sim", "--link", link.to_str().unwrap()]);
    let path = simulated.next_path();
    assert_eq!(fs::read_link(&link).unwrap(), path, "an old link is replaced");
    assert!(Port::open(&link).ask("AT+CMEE=1;+CPIN?\r", "10\r\n").ends_with("+CME ERROR: 10\r\n"));
    assert_eq!(simulated.stop(Signal::TERM).code(), Some(143));
    assert!(fs::symlink_metadata(&link).is_err(), "the link is gone with the modem");
}

#[test]
fn a_file_is_never_replaced_by_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter");
    fs::write(&file, "dear").unwrap();
    let output = run(&["simulate", "no-sim", "--link", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).starts_with("error: cannot make the link "),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "dear");
}

#[test]
fn many_modems_run_in_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let mut simulated =
        Simulated::start(&["be-proximus", "--count", "8", "--link", link.to_str().unwrap()]);
    let paths: Vec<_> = (0..8).map(|_| simulated.next_path()).collect();
    for (number, path) in paths.iter().enumerate() {
        assert_eq!(fs::read_link(format!("{}{number}", link.display())).unwrap(), *path);
    }
    let mut ports: Vec<_> = paths.iter().map(|path| Port::open(path)).collect();
    for port in &mut ports {
        port.write("ATE0\r");
    }
    for port in &mut ports {
        assert_eq!(port.read_to("OK\r\n"), "ATE0\r\r\nOK\r\n");
    }
    assert_eq!(simulated.stop(Signal::INT).code(), Some(130));
}

#[test]
fn a_modem_that_hangs_up_comes_back_on_a_new_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let mut simulated = Simulated::start(&["unplugged", "--link", link.to_str().unwrap()]);
    let first = simulated.next_path();
    let mut port = Port::open(&first);
    port.write("ATE0\rAT+CUSD=1,\"#121#\"\r");
    assert_eq!(port.read_to("nothing, to the end"), "ATE0\r\r\nOK\r\n\r\nOK\r\n");
    let again = simulated.next_path();
    assert_eq!(fs::read_link(&link).unwrap(), again);
    assert_eq!(
        Port::open(&again).ask("ATE0\r", "OK\r\n"),
        "ATE0\r\r\nOK\r\n",
        "its echo is on again"
    );
}

const OPEN: &str = "AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"\r";
const SWITCH: &str = "AT+CGLA=1,52,\"81E2910014BF3111A00C5A0A982301000000000020F18101FF00\"\r";

/// The client is gone in the middle of a switch, as one that was killed.
#[test]
fn an_euicc_stays_what_it_is_while_programs_come_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let (link, log) = (folder.path().join("modem"), folder.path().join("card.log"));
    let arguments =
        ["esim-travel", "--link", link.to_str().unwrap(), "--log", log.to_str().unwrap()];
    let mut simulated = Simulated::start(&arguments);
    simulated.next_path();
    Port::open(&link).ask("ATE0\r", "OK\r\n");
    assert_eq!(Port::open(&link).ask(OPEN, "OK\r\n"), "\r\n+CCHO: 1\r\n\r\nOK\r\n");
    let said = Port::open(&link).ask(SWITCH, "OK\r\n");
    assert_eq!(said, "\r\n+CGLA: 4,\"6106\"\r\n\r\nOK\r\n");
    let logged = "BF31 EnableProfile BF3111A00C5A0A982301000000000020F18101FF BF3103800100\n";
    assert_eq!(fs::read_to_string(&log).unwrap(), logged);
    let said = Port::open(&link).ask("AT+CIMI\r", "OK\r\n");
    assert_eq!(said, "\r\n206010000000013\r\n\r\nOK\r\n", "nobody took the answer yet");
    Port::open(&link).ask("AT+CFUN=0;+CFUN=1\r", "OK\r\n");
    assert!(Port::open(&link).until("AT+CIMI\r", "206100000000027"));
}

#[test]
fn a_modem_with_an_euicc_is_asked_as_any_other() {
    for scenario in ["esim-travel", "esim-csim-only", "_esim-em9191", "_esim-noisy"] {
        let output = run(&["--port", &format!("sim:{scenario}"), "balance"]);
        let said = [text(&output.stdout), text(&output.stderr)].concat();
        assert!(said.starts_with("Proximus Pay&Go: 12.34 EUR"), "{scenario}: {said}");
    }
}

#[test]
fn a_modem_that_restarts_is_the_same_on_a_new_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let mut simulated = Simulated::start(&["_esim-restarts", "--link", link.to_str().unwrap()]);
    let first = simulated.next_path();
    let mut port = Port::open(&first);
    port.ask("ATE0\r", "OK\r\n");
    port.ask(OPEN, "OK\r\n");
    port.ask(SWITCH, "OK\r\n");
    port.write("AT+CGLA=1,10,\"81C0000006\"\r");
    let said = port.read_to("nothing, to the end");
    assert!(said.ends_with("BF3103800100910B\"\r\n\r\nOK\r\n"), "{said}");
    let again = simulated.next_path();
    assert_eq!(fs::read_link(&link).unwrap(), again);
    let mut port = Port::open(&link);
    assert!(port.ask("ATE0\r", "OK\r\n").starts_with("ATE0"), "its echo is on again");
    assert!(port.until("AT+CIMI\r", "206100000000027"));
}

#[test]
fn a_script_from_a_file_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.at");
    fs::write(&file, "# saldo script 1\n> AT\n= \\r\\nhello \\xFC\\r\\n\n< OK\n").unwrap();
    let mut simulated = Simulated::start(&[file.to_str().unwrap()]);
    let mut port = Port::open(&simulated.next_path());
    assert_eq!(port.ask("AT\r", "OK\r\n"), "\r\nhello \u{FC}\r\n\r\nOK\r\n");
}

#[test]
fn without_a_scenario_they_are_listed() {
    let output = run(&["simulate"]);
    assert!(output.status.success());
    assert!(
        text(&output.stdout).contains("\nhuawei-e3372      Huawei E3372 "),
        "{}",
        text(&output.stdout)
    );
    let output = run(&["simulate", "--json"]);
    let first = text(&output.stdout).lines().next().unwrap().to_owned();
    assert!(first.starts_with(r#"{"schema":1,"name":"be-base-sms","about":"#), "{first}");
}

#[test]
fn an_unknown_scenario_is_refused_with_the_known_ones() {
    let output = run(&["simulate", "nokia"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(
        said.starts_with(
            "error: no scenario and no file is called `nokia`; scenarios: be-base-sms, "
        ),
        "{said}"
    );
    assert!(said.ends_with("hint: `saldo simulate` lists the scenarios\n"), "{said}");
}

#[test]
fn every_script_of_ours_plays_to_its_end() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scripts");
    let mut played = 0;
    for file in fs::read_dir(scripts).unwrap() {
        let file = file.unwrap().path();
        let (name, text) = (file.display().to_string(), fs::read_to_string(&file).unwrap());
        let script = read(&name, &text).unwrap();
        assert!(script.note("about").is_some(), "{name}: say what it is about");
        let mut modem = Modem::from_text(&name, &text).unwrap();
        let mut now = Instant::now();
        for step in script.steps {
            let Mark::Command(mut typed) = step.mark else { continue };
            if typed.last() != Some(&0x1A) {
                typed.push(b'\r');
            }
            modem.handle_input(now, &typed);
            while modem.poll_output(now).is_some() {}
            now += Duration::from_secs(60);
        }
        while modem.poll_output(now).is_some() {}
        assert!(modem.is_done(), "{name}: left {:?}", modem.unused());
        played += 1;
    }
    assert!(played > 20, "the scripts were not found");
}

#[test]
fn gammu_asks_the_simulated_modem() {
    if Command::new("gammu").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: gammu is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let config = folder.path().join("gammurc");
    fs::write(&config, format!("[gammu]\ndevice={}\nconnection=at\n", link.display())).unwrap();
    let mut simulated = Simulated::start(&["be-proximus", "--link", link.to_str().unwrap()]);
    simulated.next_path();
    let gammu = |arguments: &[&str]| {
        let mut command = Command::new("gammu");
        command.arg("-c").arg(&config).args(arguments).env("LC_ALL", "C");
        text(&within(&mut command).stdout)
    };
    let identity = gammu(&["identify"]);
    assert!(identity.contains("IMEI                 : 350000000000006"), "{identity}");
    assert!(identity.contains("SIM IMSI             : 206010000000013"), "{identity}");
    let reply = gammu(&["getussd", "#121#"]);
    assert!(
        reply.contains("Service reply        : \"Uw herlaadbaar krediet bedraagt 12,34 EUR."),
        "{reply}"
    );
}

/// A running `saldo simulate`.
struct Simulated(Running);

impl Simulated {
    fn start(arguments: &[&str]) -> Self {
        Self(Running::start(saldo().arg("simulate").args(arguments)))
    }

    /// The next terminal whose path it prints.
    fn next_path(&mut self) -> PathBuf {
        PathBuf::from(self.0.line())
    }

    fn stop(&mut self, signal: Signal) -> ExitStatus {
        self.0.end(signal)
    }
}

/// A terminal opened as any program opens it.
struct Port(File);

impl Port {
    fn open(path: &Path) -> Self {
        let flags = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
        Self(OpenOptions::new().read(true).write(true).custom_flags(flags).open(path).unwrap())
    }

    fn ask(&mut self, typed: &str, end: &str) -> String {
        self.write(typed);
        self.read_to(end)
    }

    /// Asks until the answer says it: a modem that was reset reads its card first.
    fn until(&mut self, typed: &str, expected: &str) -> bool {
        let started = Instant::now();
        while started.elapsed() < DEADLINE {
            self.write(typed);
            let mut said = String::new();
            while !said.ends_with("OK\r\n") && !said.ends_with("ERROR\r\n") {
                let before = said.len();
                said += &self.read_to("\n");
                assert!(said.len() > before, "the line broke");
            }
            if said.contains(expected) {
                return true;
            }
        }
        false
    }

    fn write(&mut self, typed: &str) {
        self.0.write_all(typed.as_bytes()).unwrap();
    }

    /// What is said up to `end`, or until the line breaks.
    fn read_to(&mut self, end: &str) -> String {
        let mut said = String::new();
        let mut octet = [0];
        while !said.ends_with(end) && matches!(self.0.read(&mut octet), Ok(1)) {
            said.push(octet[0].into());
        }
        said
    }
}

fn run(arguments: &[&str]) -> Output {
    within(saldo().args(arguments))
}
