//! A person at a terminal: a real one, as far as the program can tell.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tempfile::TempDir;

/// Long enough for any program on a busy machine; nothing here takes it when all is well.
const DEADLINE: Duration = Duration::from_secs(60);

/// The program, and the terminal it runs on.
struct Person {
    program: Child,
    terminal: File,
    said: Receiver<Vec<u8>>,
    heard: String,
    folder: TempDir,
}

impl Person {
    fn runs(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let line = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&line).unwrap();
        unlockpt(&line).unwrap();
        let name = ptsname(&line, Vec::new()).unwrap();
        let path = PathBuf::from(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let far_end = || OpenOptions::new().read(true).write(true).open(&path).unwrap();
        let program = Command::new(env!("CARGO_BIN_EXE_saldo"))
            .args(arguments)
            .arg("--record")
            .arg(folder.path().join("record.at"))
            .env("XDG_CONFIG_HOME", folder.path())
            .env("XDG_STATE_HOME", folder.path())
            .stdin(far_end())
            .stdout(far_end())
            .stderr(far_end())
            .spawn()
            .unwrap();
        let terminal = File::from(line);
        let said = listen(terminal.try_clone().unwrap().into());
        Self { program, terminal, said, heard: String::new(), folder }
    }

    /// Waits until the program has said this, behind whatever was waited for before.
    fn sees(&mut self, text: &str) -> &mut Self {
        let until = Instant::now() + DEADLINE;
        while !self.heard.contains(text) {
            let left = until.saturating_duration_since(Instant::now());
            match self.said.recv_timeout(left) {
                Ok(octets) => self.heard += &String::from_utf8_lossy(&octets),
                Err(_) => panic!("{text:?} did not come: {}", self.heard),
            }
        }
        let end = self.heard.find(text).unwrap() + text.len();
        self.heard.drain(..end);
        self
    }

    fn types(&mut self, line: &str) -> &mut Self {
        self.terminal.write_all(format!("{line}\n").as_bytes()).unwrap();
        self
    }

    fn interrupts(&mut self) -> &mut Self {
        let pid = Pid::from_child(&self.program);
        kill_process(pid, Signal::INT).unwrap();
        self
    }

    /// The exit status, and the commands that went to the modem.
    fn ends(&mut self) -> (i32, Vec<String>) {
        let until = Instant::now() + DEADLINE;
        let status = loop {
            while let Ok(octets) = self.said.try_recv() {
                self.heard += &String::from_utf8_lossy(&octets);
            }
            if let Some(status) = self.program.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "it does not end: {}", self.heard);
            thread::yield_now();
        };
        (status.code().unwrap(), commands(&self.folder.path().join("record.at")))
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn listen(line: OwnedFd) -> Receiver<Vec<u8>> {
    let (tell, said) = channel();
    let mut line = File::from(line);
    thread::spawn(move || {
        let mut octets = [0; 1024];
        // The far end closes with an error, as terminals do.
        while let Ok(count @ 1..) = line.read(&mut octets) {
            if tell.send(octets[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    said
}

fn commands(record: &Path) -> Vec<String> {
    let text = fs::read_to_string(record).unwrap();
    text.lines().filter_map(|line| line.strip_prefix("> ").map(str::to_owned)).collect()
}

fn requests(commands: &[String]) -> Vec<&str> {
    let requests = commands.iter().filter(|command| command.starts_with("AT+CUSD=1,"));
    requests.map(String::as_str).collect()
}

/// Whether the session is ended behind the last request.
fn ends_session(commands: &[String]) -> bool {
    let last = commands.iter().rposition(|line| line.starts_with("AT+CUSD=1,")).unwrap();
    commands[last..].iter().any(|line| line == "AT+CUSD=2")
}

#[test]
fn a_balance_behind_a_menu_is_chosen_at_the_terminal() {
    let mut person = Person::runs(&["balance", "--port", "sim:be-lyca-menu"]);
    person.sees("1. Saldo / Solde").sees("> ").types("1").sees("7.05 EUR, until 2027-03-14");
    let (status, commands) = person.ends();
    assert_eq!(status, 0);
    assert_eq!(
        requests(&commands).len(),
        3,
        "the code, the code again and the choice: {commands:?}"
    );
}

#[test]
fn a_person_who_chooses_nothing_buys_nothing() {
    let mut person = Person::runs(&["balance", "--port", "sim:be-lyca-menu"]);
    for line in ["nothing, thanks", "7", "12345678901234"] {
        person.sees("> ").types(line).sees("the menu has no such choice");
    }
    person.sees("> ").types("");
    let (status, commands) = person.ends();
    assert_eq!((status, requests(&commands).len()), (6, 1));
    assert!(ends_session(&commands), "{commands:?}");
}

#[test]
fn a_dialogue_goes_on_until_the_network_ends_it() {
    let mut person = Person::runs(&["ussd", "--port", "sim:be-lyca-menu", "*103#"]);
    person.sees("2. Bundels").sees("> ").types("2").sees("Bundel M: 10 EUR").sees("> ").types("");
    let (status, commands) = person.ends();
    assert_eq!((status, requests(&commands).len()), (0, 2));
    assert!(ends_session(&commands), "{commands:?}");
}

#[test]
fn ctrl_c_at_a_menu_ends_the_session_first() {
    for arguments in [&["balance"][..], &["ussd", "*103#"]] {
        let mut person = Person::runs(&[arguments, &["--port", "sim:be-lyca-menu"]].concat());
        person.sees("0. Stop").sees("> ").interrupts();
        let (status, commands) = person.ends();
        assert_eq!(status, 130, "{arguments:?}");
        assert!(ends_session(&commands), "{commands:?}");
    }
}

#[test]
fn a_voucher_is_shown_masked_and_sent_after_a_yes() {
    let mut person = Person::runs(&["topup", "--port", "sim:be-topup"]);
    person.sees("voucher: ").types("1234 5678 9012 34");
    person.sees("this dials #125*…1234#, once (Orange prepaid). Go on? [y/N] ").types("y");
    person.sees("Nouveau crédit: 18,50 EUR.");
    let (status, commands) = person.ends();
    assert_eq!((status, requests(&commands).len()), (0, 1));
    assert!(!commands.concat().contains("1234567"), "{commands:?}");
}

#[test]
fn a_voucher_without_a_yes_stays_at_home() {
    for answer in ["", "n", "Yess", "1"] {
        let mut person = Person::runs(&["topup", "--port", "sim:be-topup"]);
        person.sees("voucher: ").types("12345678901234").sees("[y/N] ").types(answer);
        person.sees("nothing was done");
        let (status, commands) = person.ends();
        assert_eq!((status, requests(&commands).len()), (2, 0), "{answer:?}");
    }
}

#[test]
fn what_an_operator_asks_before_it_takes_a_voucher_is_asked_at_the_terminal() {
    let mut person = Person::runs(&["topup", "--port", "sim:be-topup", "--yes"]);
    person.sees("voucher: ").types("22222222222222");
    person.sees("1. Oui").sees("> ").types("1").sees("Nouveau crédit: 18,50 EUR.");
    let (status, commands) = person.ends();
    assert_eq!((status, requests(&commands).len()), (0, 2));
    let mut person = Person::runs(&["topup", "--port", "sim:be-topup", "--yes"]);
    person.sees("voucher: ").types("22222222222222").sees("> ").types("");
    let (status, commands) = person.ends();
    assert_eq!((status, requests(&commands).len()), (6, 1));
    assert!(ends_session(&commands), "{commands:?}");
}

#[test]
fn messages_are_deleted_after_a_yes() {
    for (answer, status, deleted) in [("y", 0, 2), ("n", 2, 0)] {
        let mut person = Person::runs(&["sms", "--port", "sim:inbox", "delete", "SM:1"]);
        person.sees("this deletes 1 message. Go on? [y/N] ").types(answer);
        let (ended, commands) = person.ends();
        let count = commands.iter().filter(|line| line.starts_with("AT+CMGD=")).count();
        assert_eq!((ended, count), (status, deleted), "{answer}");
    }
}

#[cfg(feature = "esim")]
#[test]
fn the_name_of_a_profile_does_not_move_the_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let card = folder.path().join("card.toml");
    let row = r#"[[euicc.profile]]
        iccid = "8933010000000000044"
        nickname = "\u001b[2JVoy\nage""#;
    fs::write(&card, format!("base = [\"esim-travel\"]\n{row}\n")).unwrap();
    let port = format!("sim:{}", card.display());
    let mut person = Person::runs(&["esim", "enable", "8933010000000000044", "--port", &port]);
    person.sees("\\u{1b}[2JVoy age will be enabled in place of Maison");
    person.sees("Go on? [y/N] ").types("n").sees("nothing was done");
    assert_eq!(person.ends().0, 2);
}
