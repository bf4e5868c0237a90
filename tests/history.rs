//! What was asked is remembered, whatever happens: processes killed at any moment, full disks, broken files.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use saldo::store::{Filter, History};
use saldo::watch::{Outcome, Record};
use tempfile::TempDir;

const SALDO: &str = env!("CARGO_BIN_EXE_saldo");

/// Set in a process that writes: its folder, its name, and how many records, 0 for ever.
const INSIDE: &str = "SALDO_HISTORY";

/// Kills at moments that are drawn anew for each.
const KILLS: usize = 1000;

fn record(text: &str) -> Record {
    let json = r##"{"time":"2026-11-22T10:00:00Z","modem":"MODEM","sim":"8f3a","iccid":"8932…0010",
        "plmn":"20601","operator":"be-proximus-prepaid","answer":{"kind":"balance","confidence":"sure",
        "via":"ussd","text":"TEXT","raw":["+CUSD: 0"],"pots":[{"type":"money","role":"main",
        "amount":"12.34","unit":"EUR","expires":null}],"expires":[]}}"##;
    serde_json::from_str(&json.replace("TEXT", text).replace("MODEM", modem(text))).unwrap()
}

/// The writer, of `writer.number`.
fn modem(text: &str) -> &str {
    text.split('.').next().unwrap()
}

fn text(record: &Record) -> &str {
    let Outcome::Answer(answer) = &record.outcome else { panic!("{record:?}") };
    &answer.text
}

/// The process that writes: a record, and when that is acknowledged its number and text on a line.
#[test]
fn inside() {
    let Ok(wishes) = env::var(INSIDE) else { return };
    let wishes: Vec<_> = wishes.split('|').collect();
    let [folder, name, count] = wishes[..] else { panic!("{wishes:?}") };
    let count: usize = count.parse().unwrap();
    let mut history = History::open(Path::new(folder)).unwrap();
    let mut stdout = std::io::stdout();
    for number in (0..).take(if count == 0 { usize::MAX } else { count }) {
        let text = format!("{name}.{number}");
        let id = history.note(&record(&text)).unwrap();
        stdout.write_all(format!("\nnoted {id} {text}\n").as_bytes()).unwrap();
    }
}

fn writer(folder: &Path, name: &str, count: usize) -> Child {
    let mut inside = Command::new(env::current_exe().unwrap());
    inside.args(["--exact", "inside", "--nocapture"]);
    inside.env(INSIDE, format!("{}|{name}|{count}", folder.display()));
    inside.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// What was acknowledged on whole lines.
fn acknowledged(said: &str) -> Vec<(i64, String)> {
    let lines = said.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    let noted = lines.filter_map(|line| line.strip_prefix("noted ")?.split_once(' '));
    noted.map(|(id, text)| (id.parse().unwrap(), text.to_owned())).collect()
}

fn finished(mut child: Child) -> Vec<(i64, String)> {
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    child.wait().unwrap();
    acknowledged(&said)
}

/// A small generator: the same moments in every run of the test, as far as the machine lets it.
struct Dice(u64);

impl Dice {
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % 10_000) as f64 / 10_000.0
    }
}

/// Four at a time on one history, each killed at a moment of its own.
#[test]
fn what_was_acknowledged_survives_being_killed_at_any_moment() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    let usual = time_to_first(folder);
    let lane = |lane: usize| {
        let mut dice = Dice(0x5A1D0 + lane as u64);
        let killed = |run: usize| {
            // From before the file is opened to some records later.
            let moment = usual.mul_f64(0.4 + 1.6 * dice.share());
            kill_at(folder, &format!("run{lane}-{run}"), moment)
        };
        (0..KILLS / 4).map(killed).collect::<Vec<_>>()
    };
    let runs: Vec<_> = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..4).map(|number| scope.spawn(move || lane(number))).collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap()).collect()
    });
    let within = runs.iter().filter(|noted| !noted.is_empty()).count();
    assert!(within > KILLS / 10, "{within} of {KILLS} were killed while they wrote");
    check_all(folder, &runs.concat());
}

/// What a process was acknowledged before it was killed; the history opens after that, and holds it.
fn kill_at(folder: &Path, name: &str, moment: Duration) -> Vec<(i64, String)> {
    let mut child = writer(folder, name, 0);
    std::thread::sleep(moment);
    child.kill().unwrap();
    let noted = finished(child);
    let mut history = History::open(folder).unwrap();
    assert_eq!(history.take_notice(), None, "it was broken");
    let modem = Some(name.to_owned());
    let records = history.records(&Filter { modem, ..Filter::default() }).unwrap();
    for (id, said) in &noted {
        let found = records.iter().find(|(known, _)| known == id);
        assert_eq!(found.map(|(_, record)| text(record)), Some(said.as_str()), "{id}");
    }
    assert!(records.len() <= noted.len() + 1, "{records:?}");
    noted
}

/// How long a process takes from its start to its first record.
fn time_to_first(folder: &Path) -> Duration {
    let started = Instant::now();
    let mut child = writer(folder, "first", 1);
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("noted ") {
        line.clear();
        assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "it ended early");
    }
    let took = started.elapsed();
    child.wait().unwrap();
    took
}

fn check_all(folder: &Path, noted: &[(i64, String)]) {
    let records = History::open(folder).unwrap().records(&Filter::default()).unwrap();
    let texts: Vec<_> = records.iter().map(|(_, record)| text(record)).collect();
    let once: BTreeSet<_> = texts.iter().copied().collect();
    assert_eq!(once.len(), texts.len(), "a record is there twice");
    let ids: BTreeSet<_> = noted.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), noted.len(), "a number was given twice");
    for (id, said) in noted {
        assert!(once.contains(said.as_str()), "{id} {said} is lost");
    }
    #[cfg(feature = "history")]
    {
        let connection = rusqlite::Connection::open(History::file(folder)).unwrap();
        let said: String =
            connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(said, "ok");
    }
}

#[test]
fn several_processes_write_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let writers: Vec<_> =
        (0..4).map(|name| writer(folder.path(), &format!("writer{name}"), 25)).collect();
    let noted: Vec<_> = writers.into_iter().flat_map(finished).collect();
    assert_eq!(noted.len(), 100);
    check_all(folder.path(), &noted);
}

/// `saldo` with a home of its own.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn state(&self) -> std::path::PathBuf {
        self.0.path().join("state/saldo")
    }

    fn command(&self) -> Command {
        let mut saldo = Command::new(SALDO);
        saldo.env_clear().env("PATH", "/usr/bin:/bin").env("TZ", "UTC");
        saldo.env("XDG_STATE_HOME", self.0.path().join("state"));
        saldo.env("XDG_CONFIG_HOME", self.0.path().join("config"));
        saldo
    }

    fn run(&self, arguments: &str) -> Output {
        self.command().args(arguments.split_whitespace()).output().unwrap()
    }

    /// What it prints, where it ends well and has nothing to remark.
    fn says(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments}");
        assert!(output.status.success(), "{arguments}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

const BALANCE: &str = "balance --port sim:be-proximus";

/// The balance is printed all the same, and a note says that it was not remembered.
fn assert_printed_and_not_remembered(output: &Output) {
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("12.34 EUR"), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("note: this could not be remembered: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_balance_is_remembered_after_it_was_printed() {
    let home = Home::new();
    home.says(BALANCE);
    home.says("--port sim:be-proximus");
    let failed = home.run("balance --port sim:no-service");
    assert_eq!(failed.status.code(), Some(5), "{failed:?}");
    assert!(home.says("history").contains("nothing was asked yet"), "real modems have another");
    let lines = home.says("history --json --port sim:");
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["pots"][0]["amount"], "12.34");
    assert_eq!(lines[0]["sim"]["key"], lines[1]["sim"]["key"]);
    assert_eq!(lines[2]["error"]["class"], "network");
    let one = home.says("history --json --port sim:no-service");
    assert_eq!(one.lines().count(), 1);
}

#[test]
fn nothing_is_remembered_where_the_user_says_so() {
    let home = Home::new();
    fs::create_dir_all(home.0.path().join("config/saldo")).unwrap();
    fs::write(home.0.path().join("config/saldo/config.toml"), "history = false\n").unwrap();
    home.says(BALANCE);
    assert!(!home.state().exists());
}

#[test]
fn arguments_that_are_wrong_are_no_history() {
    let home = Home::new();
    let output = home.run("balance --port sim:be-proximus --operator nobody");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!home.state().exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_a_note() {
    let home = Home::new();
    let output =
        home.command().env("XDG_STATE_HOME", "/dev/null").args(BALANCE.split(' ')).output();
    assert_printed_and_not_remembered(&output.unwrap());
    let quiet = home
        .command()
        .env("XDG_STATE_HOME", "/dev/null")
        .arg("-q")
        .args(BALANCE.split(' '))
        .output();
    assert_eq!(quiet.unwrap().stderr, b"");
}

/// As on a full disk: no file may grow beyond 512 octets.
#[test]
fn a_file_that_cannot_grow_is_a_note() {
    let home = Home::new();
    home.says(BALANCE);
    let before = home.says("history --json --port sim:");
    let mut limited = home.command();
    let saldo = std::mem::replace(&mut limited, Command::new("sh"));
    limited.envs(saldo.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.args(["-c", &format!("trap '' XFSZ; ulimit -f 1; exec {SALDO} {BALANCE}")]);
    assert_printed_and_not_remembered(&limited.output().unwrap());
    assert_eq!(home.says("history --json --port sim:"), before, "what was there stays");
    home.says(BALANCE);
    assert_eq!(home.says("history --json --port sim:").lines().count(), 2);
}

#[test]
fn a_full_disk_is_a_note() {
    let home = Home::new();
    fs::create_dir_all(home.state()).unwrap();
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "saldo-test"])
        .arg(home.state())
        .stderr(Stdio::null())
        .status();
    if !mount.is_ok_and(|status| status.success()) {
        println!("skipped: a small disk can be made by root alone");
        return;
    }
    let _ = fs::write(home.state().join("ballast"), vec![0; 1 << 20]);
    let outputs = (0..2).map(|_| home.run(BALANCE)).collect::<Vec<_>>();
    fs::remove_file(home.state().join("ballast")).unwrap();
    let after = home.run(BALANCE);
    Command::new("umount").arg(home.state()).status().unwrap();
    outputs.iter().for_each(assert_printed_and_not_remembered);
    assert_eq!(String::from_utf8_lossy(&after.stderr), "", "room was made");
}

#[test]
fn a_broken_history_is_kept_aside() {
    let home = Home::new();
    fs::create_dir_all(home.state()).unwrap();
    let file = History::simulated_file(&home.state());
    fs::write(&file, "no history at all\n".repeat(500)).unwrap();
    let output = home.run(BALANCE);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("is kept as"), "{said}");
    let names = fs::read_dir(home.state()).unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    assert!(names.iter().any(|name| name.starts_with("history-sim.broken-1.")), "{names:?}");
    assert_eq!(home.says("history --json --port sim:").lines().count(), 1);
}

#[cfg(feature = "history")]
#[test]
fn a_later_version_is_left_alone() {
    let home = Home::new();
    home.says(BALANCE);
    let connection = rusqlite::Connection::open(History::simulated_file(&home.state())).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    assert_printed_and_not_remembered(&home.run(BALANCE));
    let output = home.run("history --port sim:");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("version 99"), "{output:?}");
}

#[cfg(feature = "history")]
#[test]
fn the_program_sqlite3_reads_it() {
    let home = Home::new();
    home.says(BALANCE);
    let query = "SELECT modem, operator, amount, unit, typeof(time) FROM record";
    let file = History::simulated_file(&home.state());
    let Ok(output) = Command::new("sqlite3").arg(file).arg(query).output() else {
        println!("skipped: no program sqlite3 here");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said, "sim:be-proximus|be-proximus-prepaid|12.34|EUR|text\n", "{output:?}");
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let home = Home::new();
    let mut history = History::open(&home.state()).unwrap();
    let records: Vec<_> = (0..2000).map(|number| record(&number.to_string())).collect();
    history.note_all(&records).unwrap();
    for way in ["", " --csv", " --json"] {
        let saldo = format!("history{way}");
        let mut child = home.command();
        child.args(saldo.split(' ')).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{saldo}: {output:?}");
    }
}

#[test]
fn a_drawing_replaces_its_file_whole() {
    let home = Home::new();
    home.says(BALANCE);
    let file = home.0.path().join("balance.svg");
    fs::write(&file, "an older drawing").unwrap();
    home.says(&format!("history --port sim: --svg {}", file.display()));
    let svg = fs::read_to_string(&file).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    assert!(svg.contains("12.34 EUR"), "{svg}");
    let failed = home.run("history --port sim: --svg /dev/null/balance.svg");
    assert_eq!(failed.status.code(), Some(2), "{failed:?}");
}

#[test]
fn the_doctor_knows_the_last_balance() {
    let home = Home::new();
    let doctor = home.run("doctor --port sim:be-proximus");
    assert!(!String::from_utf8_lossy(&doctor.stdout).contains("balance-known"), "{doctor:?}");
    home.says(BALANCE);
    for arguments in ["doctor --port sim:be-proximus", "doctor --port sim:be-proximus --show-ids"] {
        let doctor = String::from_utf8(home.run(arguments).stdout).unwrap();
        assert!(doctor.contains("the last balance was 12.34 EUR, 0 minutes ago"), "{doctor}");
    }
    let other = home.run("doctor --port sim:pin-locked");
    assert!(!String::from_utf8_lossy(&other.stdout).contains("balance-known"), "{other:?}");
}
