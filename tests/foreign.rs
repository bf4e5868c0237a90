//! The program against modems that we did not write, or wrote in another language: real
//! pseudo-terminals, real processes, other habits than our simulator's.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// What the network says in every mode that has one.
const REPLY: &str = "Saldo: 12,34 EUR";

#[test]
#[rustfmt::skip]
fn a_code_is_answered_whatever_the_habits_of_the_modem() {
    for (mode, why) in [
        ("old",          "no ATE0, no joined commands, LF alone"),
        ("answer-first", "+CUSD before OK"),
        ("bytes",        "every octet in a write of its own"),
        ("chatter",      "unsolicited lines inside every answer"),
        ("no-dcs",       "no coding scheme"),
        ("no-quotes",    "no quotes round the text, no blank"),
        ("quoted-dcs",   "quotes round the coding scheme too"),
        ("strict-ucs2",  "takes the code in UCS2 only"),
        ("three-lines",  "line feeds inside the text"),
        ("ucs2",         "text in UCS2 hexadecimal"),
    ] {
        let Some(modem) = Foreign::start(mode) else { return };
        let output = modem.saldo(&["ussd", "*100#"]);
        assert!(shown(&output).contains(REPLY), "{mode} ({why}): {output:?}");
        assert_eq!(output.status.code(), Some(0), "{mode} ({why}): {output:?}");
    }
}

#[test]
fn a_menu_is_answered_from_the_command_line() {
    let Some(modem) = Foreign::start("menu") else { return };
    let output = modem.saldo(&["ussd", "*100#", "2"]);
    assert_eq!((output.status.code(), shown(&output).trim()), (Some(0), REPLY), "{output:?}");
}

#[test]
fn a_balance_is_asked_with_the_users_code() {
    let Some(modem) = Foreign::start("old") else { return };
    let output = modem.saldo(&["balance", "--code", "*100#"]);
    assert!(shown(&output).contains("12.34 EUR"), "{output:?}");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
#[rustfmt::skip]
fn what_goes_wrong_has_its_exit_status() {
    for (mode, arguments, status) in [
        ("error",      &["ussd", "*100#"][..],                      4),
        ("hang-up",    &["ussd", "*100#"],                          3),
        ("no-network", &["ussd", "*100#", "--timeout", "0.5"],      5),
        ("pin",        &["balance"],                                4),
        ("silent",     &["ussd", "*100#"],                          4),
    ] {
        let Some(modem) = Foreign::start(mode) else { return };
        let output = modem.saldo(arguments);
        assert_eq!(output.status.code(), Some(status), "{mode}: {output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: "), "{mode}: {output:?}");
    }
}

#[test]
fn the_fake_modems_of_python_gsmmodem_are_understood() {
    let Some(file) = fake_modems() else {
        println!("skipped: no fakemodems.py of python-gsmmodem; SALDO_FAKEMODEMS names one");
        return;
    };
    for name in FAKE {
        let Some(modem) = Foreign::start_with(&[name.as_ref(), file.as_os_str()]) else { return };
        let output = modem.saldo(&["ussd", "*100#"]);
        assert_eq!(shown(&output).trim(), REPLY, "{name}: {output:?}");
    }
}

/// All of them but `HuaweiE1752`, which refuses every form of a code until `AT^USSDMODE=0`; the stick
/// itself takes the packed form that we send it.
const FAKE: [&str; 6] = [
    "GenericTestModem",
    "HuaweiK3715",
    "NokiaN79",
    "QualcommM6280",
    "WavecomMultiband900E1800",
    "ZteK3565Z",
];

/// Where its source package was unpacked: by hand, or by the gate below `target`.
fn fake_modems() -> Option<PathBuf> {
    let unpacked = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../gsmmodem/test/fakemodems.py");
    let named = std::env::var_os("SALDO_FAKEMODEMS").map(PathBuf::from);
    Some(named.unwrap_or(unpacked)).filter(|file| file.exists())
}

/// A modem in a process of its own, which ends with this.
struct Foreign {
    process: Child,
    path: String,
}

impl Foreign {
    fn start(mode: &str) -> Option<Self> {
        Self::start_with(&[mode.as_ref()])
    }

    /// `None`, and a line that says so, where there is no Python.
    fn start_with(arguments: &[&std::ffi::OsStr]) -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/foreign/modem.py");
        let started = Command::new("python3")
            .arg(script)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut process) = started else {
            println!("skipped: no python3");
            return None;
        };
        let mut path = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut path).unwrap();
        assert!(path.starts_with('/'), "the modem did not start: {arguments:?}");
        Some(Self { process, path: path.trim().to_owned() })
    }

    fn saldo(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_saldo"))
            .args(arguments)
            .args(["--port", &self.path])
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .env("XDG_STATE_HOME", "/dev/null") // nothing is remembered
            .env_remove("SALDO_PORT")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
