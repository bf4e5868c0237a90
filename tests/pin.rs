//! A PIN on its way through the program: typed unseen, and in nothing that is shown or kept.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

/// As long as a PIN may be: no time of day in a log holds it by chance.
const PIN: &str = "73918264";

/// A SIM with that PIN, on a modem that echoes what it is sent.
const MODEM: &str = "base = [\"pin-locked\"]\n[card]\npin = \"73918264\"\n";

fn saldo(folder: &tempfile::TempDir) -> Command {
    let rows = folder.path().join("modem.toml");
    fs::write(&rows, MODEM).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_saldo"));
    command.env_clear().args(["sim", "unlock", "--port"]).arg(format!("sim:{}", rows.display()));
    command
}

fn said(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

#[test]
fn a_pin_stands_in_no_log_no_recording_no_result_and_no_error() {
    for (pin, status) in [(PIN, 0), ("73918265", 4), ("7391826473918264", 2), ("73918264x", 2)] {
        for how in [&["-v"][..], &["-vv"], &["--json", "-vv"]] {
            let folder = tempfile::tempdir().unwrap();
            let recording = folder.path().join("x.at");
            let mut command = saldo(&folder);
            command.args(how).arg("--record").arg(&recording).env("SALDO_PIN", pin);
            let output = command.output().unwrap();
            let said = said(&output);
            assert_eq!(output.status.code(), Some(status), "{said}");
            assert!(!said.contains(&pin[..7]), "{said}");
            let recorded = fs::read_to_string(&recording).unwrap_or_default();
            assert!(!recorded.contains(&pin[..7]), "{recorded}");
            assert_eq!(
                recorded.matches("> AT+CPIN=\"00000000\"").count(),
                usize::from(status != 2)
            );
        }
    }
}

#[test]
fn a_pin_file_gives_its_first_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pin");
    for text in ["73918264", "73918264\n", "73918264\r\nthe stick in the cellar\n"] {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let output = saldo(&folder).arg("--pin-file").arg(&file).output().unwrap();
        assert_eq!(said(&output), "the SIM is open now\n", "{text:?}");
    }
}

#[test]
fn a_pin_is_typed_unseen_and_the_terminal_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut person = Person::sit_down(saldo(&folder));
    person.wait_for("PIN (3 tries left): ");
    assert!(!person.sees_what_is_typed());
    person.terminal.write_all(format!("{PIN}\n").as_bytes()).unwrap();
    person.wait_for("the SIM is open now");
    assert!(person.program.wait().unwrap().success());
    assert!(person.sees_what_is_typed());
    assert!(!person.seen.contains(PIN), "{}", person.seen);
}

#[test]
fn an_interrupt_at_the_prompt_sends_nothing_and_gives_the_terminal_back() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let folder = tempfile::tempdir().unwrap();
        let recording = folder.path().join("x.at");
        let mut command = saldo(&folder);
        command.arg("--record").arg(&recording);
        let mut person = Person::sit_down(command);
        person.wait_for("PIN (3 tries left): ");
        person.terminal.write_all(&PIN.as_bytes()[..2]).unwrap();
        kill_process(Pid::from_child(&person.program), signal).unwrap();
        assert_eq!(person.program.wait().unwrap().code(), Some(status));
        assert!(person.sees_what_is_typed());
        assert!(!fs::read_to_string(&recording).unwrap().contains("+CPIN="));
    }
}

/// Somebody at a terminal, who runs the program there.
struct Person {
    terminal: File,
    far_end: OwnedFd,
    program: Child,
    seen: String,
}

impl Person {
    fn sit_down(mut command: Command) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let path = ptsname(&terminal, Vec::new()).unwrap();
        let far_end =
            File::options().read(true).write(true).open(OsStr::from_bytes(path.as_bytes()));
        let far_end = far_end.unwrap();
        let end = || Stdio::from(far_end.try_clone().unwrap());
        let program = command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        let (terminal, far_end) = (File::from(terminal), OwnedFd::from(far_end));
        Self { terminal, far_end, program, seen: String::new() }
    }

    fn wait_for(&mut self, words: &str) {
        let mut octets = [0; 512];
        while !self.seen.contains(words) {
            let count = self.terminal.read(&mut octets).unwrap();
            self.seen += &String::from_utf8_lossy(&octets[..count]);
        }
    }

    fn sees_what_is_typed(&self) -> bool {
        tcgetattr(&self.far_end).unwrap().local_modes.contains(LocalModes::ECHO)
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
