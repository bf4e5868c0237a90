//! The program on a pseudo-terminal, sent to 3G and killed at every command: the next run puts the radio back.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod running;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, ioctl_tiocnxcl, tcgetattr, tcsetattr};
use saldo::sim::{Modem, Output};

use running::side_by_side;

/// LTE alone, and 3G at once when it is asked for.
const MODEM: &str = "base = [\"lte-only\"]\n[radio]\nsearch-ms = 0\n";

/// Commands of which any must put back what a killed run left.
const NEXT: [&[&str]; 4] = [
    &["sim", "status"],
    &["balance", "--dry-run"],
    &["sms", "list"],
    &["ussd", "#120#", "--timeout", "0.1"],
];

#[test]
fn a_run_that_is_killed_at_any_command_is_made_good_by_the_next_of_any_kind() {
    let whole = Bench::new().fall_back(None);
    let stops = (1..=whole.len()).flat_map(|at| [(at, true), (at, false)]);
    let left_on_3g = side_by_side(stops, |(at, is_heard)| {
        let mut bench = Bench::new();
        bench.fall_back(Some(Stop { at, is_heard, signal: Signal::KILL }));
        let was_left = bench.mode() == "22";
        let next = NEXT[at % NEXT.len()];
        let child = bench.saldo(next);
        bench.serve(child, None);
        let when = format!("killed at {:?}, heard: {is_heard}, then {next:?}", whole[at - 1]);
        assert_eq!((bench.mode().as_str(), bench.owed()), ("25", 0), "{when}");
        was_left
    });
    assert!(left_on_3g.iter().filter(|was_left| **was_left).count() > 3, "{whole:?}");
}

#[test]
fn an_interrupted_run_puts_the_radio_back_itself() {
    let whole = Bench::new().fall_back(None);
    side_by_side(1..=whole.len(), |at| {
        let signal = if at % 2 == 0 { Signal::INT } else { Signal::TERM };
        let mut bench = Bench::new();
        bench.fall_back(Some(Stop { at, is_heard: true, signal }));
        let when = format!("{signal:?} at {:?}", whole[at - 1]);
        assert_eq!((bench.mode().as_str(), bench.owed()), ("25", 0), "{when}");
    });
}

#[test]
fn what_one_modem_is_owed_no_other_is_given() {
    let mut bench = Bench::new();
    let whole = Bench::new().fall_back(None);
    let at = 1 + whole.iter().position(|line| line == "AT+WS46=22").unwrap();
    bench.fall_back(Some(Stop { at, is_heard: true, signal: Signal::KILL }));
    let ours = std::mem::replace(
        &mut bench.modem,
        modem(&format!("{MODEM}start = \"22\"\n[identity]\nimei = \"350000000000014\"\n")),
    );
    let child = bench.saldo(&["sim", "status"]);
    bench.serve(child, None);
    assert_eq!((bench.mode().as_str(), bench.owed()), ("22", 1), "the same port, another modem");
    bench.modem = ours;
    let child = bench.saldo(&["sim", "status"]);
    bench.serve(child, None);
    assert_eq!((bench.mode().as_str(), bench.owed()), ("25", 0));
}

/// When the program is stopped, and how.
struct Stop {
    /// Behind so many commands.
    at: usize,
    /// Whether the modem got the last of them.
    is_heard: bool,
    signal: Signal,
}

/// A modem on a terminal, and the folders of whoever uses it.
struct Bench {
    modem: Modem,
    line: File,
    far_end: File,
    typed: Receiver<Vec<u8>>,
    path: PathBuf,
    folder: tempfile::TempDir,
}

fn modem(rows: &str) -> Modem {
    Modem::from_text("rows.toml", rows).unwrap()
}

impl Bench {
    fn new() -> Self {
        let line = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&line).unwrap();
        unlockpt(&line).unwrap();
        let name = ptsname(&line, Vec::new()).unwrap();
        let path = Path::new(OsStr::from_bytes(name.as_bytes())).to_owned();
        let far_end = File::options().read(true).write(true).open(&path).unwrap();
        let mut settings = tcgetattr(&far_end).unwrap();
        settings.make_raw();
        tcsetattr(&far_end, OptionalActions::Now, &settings).unwrap();
        let line = File::from(line);
        let (sender, typed) = channel();
        let mut reader = line.try_clone().unwrap();
        thread::spawn(move || {
            let mut octets = [0; 512];
            while let Ok(count @ 1..) = reader.read(&mut octets) {
                if sender.send(octets[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let folder = tempfile::tempdir().unwrap();
        Self { modem: modem(MODEM), line, far_end, typed, path, folder }
    }

    /// `saldo balance --fallback`; the commands that came.
    fn fall_back(&mut self, stop: Option<Stop>) -> Vec<String> {
        let child = self.saldo(&["balance", "--fallback"]);
        self.serve(child, stop)
    }

    fn saldo(&self, args: &[&str]) -> Child {
        // A port forgets TIOCEXCL with its last close, which our own open end prevents.
        ioctl_tiocnxcl(&self.far_end).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_saldo"));
        command.args(args).arg("--port").arg(&self.path);
        command.env_clear().env("HOME", self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Lets the modem answer until the program has ended; gives the commands that came.
    fn serve(&mut self, mut child: Child, stop: Option<Stop>) -> Vec<String> {
        /// How often it is looked whether the program has ended.
        const LOOK: Duration = Duration::from_millis(5);
        let (mut commands, mut line) = (Vec::new(), Vec::new());
        loop {
            self.speak();
            if child.try_wait().unwrap().is_some() {
                break;
            }
            let now = Instant::now();
            let next = self.modem.poll_timeout().map_or(LOOK, |next| next.duration_since(now));
            let Ok(octets) = self.typed.recv_timeout(next.min(LOOK)) else { continue };
            line.extend(&octets);
            let is_whole = octets.ends_with(b"\r");
            if is_whole {
                commands.push(String::from_utf8_lossy(&line).trim().to_owned());
                line.clear();
            }
            let stops = stop.as_ref().filter(|stop| is_whole && stop.at == commands.len());
            if let Some(stop) = stops {
                kill_process(Pid::from_child(&child), stop.signal).unwrap();
                if stop.signal == Signal::KILL {
                    child.wait().unwrap();
                }
            }
            if stops.is_none_or(|stop| stop.is_heard) {
                self.modem.handle_input(Instant::now(), &octets);
            }
        }
        self.speak();
        commands
    }

    fn speak(&mut self) {
        while let Some(output) = self.modem.poll_output(Instant::now()) {
            if let Output::Bytes(octets) = output {
                self.line.write_all(&octets).unwrap();
            }
        }
    }

    /// How the radio is set, as the modem itself knows it.
    fn mode(&mut self) -> String {
        self.modem.handle_input(Instant::now(), b"\x1b\rAT+WS46?\r");
        let mut said = String::new();
        while let Some(output) = self.modem.poll_output(Instant::now()) {
            if let Output::Bytes(octets) = output {
                said += &String::from_utf8_lossy(&octets);
            }
        }
        let answer = said.split("+WS46: ").nth(1).unwrap_or_else(|| panic!("{said}"));
        answer.lines().next().unwrap().to_owned()
    }

    /// How many journals stand.
    fn owed(&self) -> usize {
        let folder = self.folder.path().join(".local/state/saldo/journal");
        fs::read_dir(folder).map_or(0, Iterator::count)
    }
}
