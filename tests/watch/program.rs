//! The program: how a round ends, what ends a watch, whom it tells.

use std::fs;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};
use saldo::store::{Filter, History};
use tempfile::TempDir;

use super::running::{DEADLINE, Running, text, within};

/// A simulated modem whose credit has no end: what is said of it is the same on any day.
const LASTING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/watch.in/attic.toml");

fn attic() -> String {
    format!("[[modem]]\nname = 'attic'\nport = 'sim:{LASTING}'\n")
}

/// Says `^MODE` when `*100#` is on its way to a network that never answers, and speaks HEX before.
const SILENT: &str = r#"
base = ["be-proximus"]
charset = "HEX"

[[row]]
command = 'AT+CUSD=1,"*100#",15'
says = ["^MODE: 5,4"]
"#;

#[test]
fn a_round_ends_with_the_highest_status() {
    for (modems, status) in [
        (&[LASTING][..], 0),
        (&[LASTING, "no-sim"], 4),
        (&["no-service", LASTING], 5),
        (&["no-sim", "no-service"], 5),
        (&["nowhere"], 3),
    ] {
        let home = Home::new("");
        let mut config = String::new();
        for modem in modems {
            config += &format!("[[modem]]\nname = '{modem}'\nport = 'sim:{modem}'\n");
        }
        home.configure(&config);
        let output = within(home.saldo().args(["watch", "--once", "--json"]));
        assert_eq!(output.status.code(), Some(status), "{modems:?} {}", text(&output.stderr));
        assert_eq!(text(&output.stdout).lines().count(), modems.len(), "a line a modem");
        assert_eq!(home.remembered(), modems.len());
    }
}

#[test]
fn metrics_stand_in_a_file_that_anybody_may_read() {
    let home = Home::new(&attic());
    let file = home.path("saldo.prom");
    let output = within(home.saldo().args(["watch", "--once", "--textfile"]).arg(&file));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let metrics = fs::read_to_string(&file).unwrap();
    assert!(metrics.contains("12.34") && metrics.contains("modem=\"attic\""), "{metrics}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o644);
}

#[test]
fn an_alert_runs_the_users_command() {
    let home = Home::new("");
    let out = home.path("out");
    let script = home.path("alert.sh");
    let lines = "#!/bin/sh\necho \"$1 $SALDO_MODEM $SALDO_ALERT $SALDO_SEVERITY $SALDO_STATE $SALDO_BALANCE $SALDO_CURRENCY\" >\"$OUT\"\n\
                 echo \"$SALDO_MESSAGE\" >>\"$OUT\"\ncat >>\"$OUT\"\necho told\necho whispered >&2\nexit $CODE\n";
    fs::write(&script, lines).unwrap();
    let config = format!(
        "[watch]\nlow = '20 EUR'\n[[modem]]\nname = 'attic'\nport = 'sim:{LASTING}'\n\
         [alert]\ncommand = ['/bin/sh', '{}', '$HOME; exit']\n",
        script.display()
    );
    home.configure(&config);
    let watch =
        |code| within(home.saldo().env("OUT", &out).env("CODE", code).args(["watch", "--once"]));
    let output = watch("3");
    assert_eq!(output.status.code(), Some(1));
    let told = fs::read_to_string(&out).unwrap();
    let mut told = told.lines();
    assert_eq!(told.next(), Some("$HOME; exit attic low warning raised 12.34 EUR"));
    let message = "12.34 EUR left, below the low mark of 20 EUR";
    assert_eq!(told.next(), Some(message));
    let json: serde_json::Value = serde_json::from_str(told.next().unwrap()).unwrap();
    assert_eq!((&json["kind"], &json["message"]), (&"low".into(), &message.into()));
    assert_eq!(json["balance"]["amount"], "12.34");
    let said = text(&output.stderr);
    for line in [message, "it failed: exit status: 3", "/bin/sh`: told", "/bin/sh`: whispered"] {
        assert!(said.contains(line), "{line} in {said}");
    }
    // What could not be told is told again, and what was told is not.
    for is_told in [true, false] {
        fs::remove_file(&out).unwrap_or_default();
        watch("0");
        assert_eq!(out.exists(), is_told);
    }
}

#[test]
fn a_command_that_hangs_is_killed_with_all_it_started() {
    let home = Home::new(&format!(
        "[watch]\nlow = '20 EUR'\n[[modem]]\nname = 'attic'\nport = 'sim:{LASTING}'\n\
         [alert]\nshell = true\ntime-limit = '1s'\n\
         command = ['echo $$ >\"$OUT\"; sleep 600 & sleep 600']\n"
    ));
    let out = home.path("out");
    let output = within(home.saldo().env("OUT", &out).args(["watch", "--once"]));
    assert!(text(&output.stderr).contains("it took longer than 1 s and was killed"));
    let group = fs::read_to_string(&out).unwrap().trim().parse().unwrap();
    let group = Pid::from_raw(group).unwrap();
    // A killed orphan is a process until somebody has taken note of its end.
    let alive = || rustix::process::test_kill_process_group(group).is_ok() && !all_dead(group);
    let started = Instant::now();
    while alive() {
        assert!(started.elapsed() < DEADLINE, "its children live on");
        thread::yield_now();
    }
}

/// Whether each process of that group is a zombie.
fn all_dead(group: Pid) -> bool {
    fs::read_dir("/proc").unwrap().filter_map(Result::ok).all(|entry| {
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { return true };
        let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        fields[2] != group.as_raw_nonzero().to_string() || fields[0] == "Z"
    })
}

#[test]
fn a_signal_in_the_middle_of_a_question_puts_the_modem_back() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let home = Home::new("");
        let (rows, link) = (home.path("modem.toml"), home.path("modem"));
        fs::write(&rows, SILENT).unwrap();
        let mut simulate = home.saldo();
        simulate.arg("simulate").arg(&rows).arg("--link").arg(&link);
        let modem = Running::start(&mut simulate);
        modem.line();
        home.configure(&format!(
            "[[modem]]\nname = 'attic'\ncode = '*100#'\nport = '{}'\n",
            link.display()
        ));
        let mut watch = home.saldo();
        watch.args(["watch", "-v", "--timeout", "600"]);
        let mut watch = Running::start_err(&mut watch);
        watch.until("^MODE");
        assert_eq!(watch.end(signal).code(), Some(status));
        let output = within(
            home.saldo()
                .arg("record")
                .arg(home.path("heard"))
                .args(["AT+CSCS?", "--port"])
                .arg(&link),
        );
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(said.contains("HEX"), "{said}");
    }
}

#[test]
fn the_service_manager_is_told() {
    let home = Home::new(&attic());
    let path = home.path("notify");
    let name = format!("saldo-test-{}", std::process::id());
    let abstract_name = SocketAddr::from_abstract_name(&name).unwrap();
    for (socket, named) in [
        (UnixDatagram::bind(&path).unwrap(), path.display().to_string()),
        (UnixDatagram::bind_addr(&abstract_name).unwrap(), format!("@{name}")),
    ] {
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut saldo = home.saldo();
        saldo.arg("watch").env("NOTIFY_SOCKET", named).env("WATCHDOG_USEC", "60000000");
        let mut watch = Running::start(&mut saldo);
        let until = |wanted: &str| {
            let mut seen = Vec::new();
            let mut message = [0; 500];
            loop {
                let length = socket.recv(&mut message).expect("something is said");
                let said = String::from_utf8_lossy(&message[..length]).into_owned();
                seen.push(said.clone());
                if said.starts_with(wanted) {
                    return (said, seen);
                }
            }
        };
        let (_, seen) = until("STATUS=watching 1, next attic at 20");
        assert!(seen.contains(&"READY=1".into()), "{seen:?}");
        kill_process(watch.pid(), Signal::HUP).unwrap();
        let (reloading, seen) = until("RELOADING=1\nMONOTONIC_USEC=");
        let micros: u64 = reloading.rsplit('=').next().unwrap().parse().unwrap();
        assert!(micros > 0);
        until("READY=1");
        let is_alive = seen.iter().any(|said| said == "WATCHDOG=1");
        assert_eq!(watch.end(Signal::TERM).code(), Some(143));
        let (_, rest) = until("STOPPING=1");
        assert!(is_alive || rest.iter().any(|said| said == "WATCHDOG=1"));
    }
}

#[test]
fn a_wrong_file_at_a_reload_is_refused_and_the_old_one_kept() {
    let home = Home::new(&attic());
    let mut saldo = home.saldo();
    let mut watch = Running::start_err(saldo.arg("watch").env("JOURNAL_STREAM", "8:1"));
    // It has read the file, and listens, before it asks.
    let started = Instant::now();
    while home.remembered() == 0 {
        assert!(started.elapsed() < DEADLINE, "it asks nothing");
        thread::yield_now();
    }
    home.configure("[[modem]]\nevery = 'often'\n");
    kill_process(watch.pid(), Signal::HUP).unwrap();
    let line = watch.line();
    assert!(line.starts_with("<3>the configuration stays as it was: "), "{line}");
    assert!(line.contains("config.toml:2: `often` is no length of time"), "{line}");
    assert_eq!(watch.end(Signal::TERM).code(), Some(143));
}

#[test]
fn sixty_four_modems_are_small() {
    const MANY: usize = 64;
    let modem = |number| format!("[[modem]]\nname = 'm{number}'\nport = 'sim:{LASTING}'\n");
    let home = Home::new(&(0..MANY).map(modem).collect::<String>());
    let mut saldo = home.saldo();
    let mut watch = Running::start(saldo.arg("watch"));
    for _ in 0..MANY {
        assert!(watch.line().contains("12.34 EUR"));
    }
    let status = fs::read_to_string(format!("/proc/{}/status", watch.pid().as_raw_nonzero()));
    let status = status.unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim();
    println!("{MANY} modems: {peak}");
    let peak: u64 = peak.trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 32 * 1024, "{peak} KiB");
    assert_eq!(watch.end(Signal::TERM).code(), Some(143));
}

/// A folder for settings and state.
struct Home(TempDir);

impl Home {
    fn new(config: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.configure(config);
        home
    }

    fn configure(&self, config: &str) {
        fs::create_dir_all(self.path("saldo")).unwrap();
        fs::write(self.path("saldo/config.toml"), config).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn saldo(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_saldo"));
        command.env_clear().env("XDG_CONFIG_HOME", self.0.path()).env("PATH", "/usr/bin:/bin");
        command.env("XDG_STATE_HOME", self.path("state"));
        command
    }

    /// How many questions.
    fn remembered(&self) -> usize {
        let folder = self.path("state/saldo");
        let histories = [History::open(&folder), History::open_simulated(&folder)];
        let count = |history: &History| history.records(&Filter::default()).unwrap().len();
        histories.iter().flatten().map(count).sum()
    }
}
