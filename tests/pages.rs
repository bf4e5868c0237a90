//! Runs every console block of README.md and tests/cli/*.md as it is written.
//!
//! `TRYCMD=overwrite cargo test --test pages` writes what the program says now into the pages, with
//! `[..]` for times; read the diff before you commit it.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

const SALDO: &str = env!("CARGO_BIN_EXE_saldo");

/// Set in the process that runs the blocks.
const INSIDE: &str = "SALDO_PAGES";

/// What a block may call; trycmd passes over every other program in silence.
const PROGRAMS: &[&str] = &["cat", "saldo", "sh"];

/// The blocks run in a process of their own: trycmd can add to an environment but not clear it, and
/// whoever runs this may have `SALDO_PORT`, settings and modems.
#[test]
fn every_console_block_is_true() {
    match env::var_os(INSIDE) {
        Some(folder) => run_blocks(Path::new(&folder)),
        None => run_inside(),
    }
}

fn run_inside() {
    let folder = tempfile::tempdir().unwrap();
    let mut inside = Command::new(env::current_exe().unwrap());
    inside.args(["--exact", "every_console_block_is_true", "--nocapture"]).env_clear();
    inside.env(INSIDE, folder.path()).envs(env::vars_os().filter(|(name, _)| name == "TRYCMD"));
    let output = inside.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    if env::var_os("TRYCMD").is_some_and(|mode| mode == "overwrite") {
        for (path, page) in pages() {
            fs::write(&path, elided(&page, path == "tests/cli/saldo.md")).unwrap();
        }
    }
}

/// A page without what differs from run to run, and with the global options on one page only.
fn elided(page: &str, shows_globals: bool) -> String {
    /// What stands before and behind it. trycmd turns `\"` into `/"`, which `raw` is full of.
    const VOLATILE: &[(&str, &str, &str)] = &[
        ("\"time\":\"", "[..]", "\","),
        ("\"elapsed_ms\":", "[..]", ","),
        ("\"raw\":[", "[..]", "],\"dcs\""),
        ("\"key\":\"", "[..]", "\","),
        ("Global options:\n", "...", "\n\n```"),
    ];
    let rows = if shows_globals { &VOLATILE[..4] } else { VOLATILE };
    rows.iter().fold(page.to_owned(), |page, (before, instead, behind)| {
        let mut parts = page.split(before);
        let first = parts.next().unwrap().to_owned();
        let rest = parts.map(|part| {
            let end = part.find(behind).unwrap_or(0);
            format!("{before}{instead}{}", &part[end..])
        });
        first + &rest.collect::<String>()
    })
}

fn run_blocks(folder: &Path) {
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let programs = Path::new(SALDO).parent().unwrap().display();
    let pages = |modems: &str| {
        let pages = trycmd::TestCases::new();
        pages.register_bin("saldo", Path::new(SALDO));
        pages.register_bin("sh", Path::new("/bin/sh")).register_bin("cat", Path::new("/bin/cat"));
        pages.env("HOME", at("home")).env("SYSFS_PATH", at(modems)).env("TZ", "UTC");
        pages.env("PATH", format!("{programs}:/usr/bin:/bin"));
        pages
    };
    fs::create_dir(folder.join("home")).unwrap();
    fs::create_dir(folder.join("no-modem")).unwrap();
    plug_in(&folder.join("two-modems"));
    let with_modems = pages("two-modems");
    with_modems.case("tests/cli/ports.md");
    with_modems.run();
    let without = pages("no-modem");
    without.case("README.md").case("tests/cli/*.md");
    without.skip("tests/cli/ports.md").skip("tests/cli/doctor.md").run();
    // What the other pages have asked would be a finding.
    let doctor = pages("no-modem");
    doctor.case("tests/cli/doctor.md").env("XDG_STATE_HOME", at("doctor"));
    doctor.run();
}

/// A sysfs with a module of four ports, a stick whose ports nobody has listed, and a UART.
fn plug_in(sys: &Path) {
    let quectel = [("idVendor", "2c7c"), ("idProduct", "0125"), ("manufacturer", "Quectel")];
    let huawei = [("idVendor", "12d1"), ("idProduct", "1506"), ("manufacturer", "HUAWEI")];
    usb_device(sys, "1-1.2", &[&quectel[..], &[("product", "EC25")]].concat());
    usb_device(sys, "1-1.4", &[&huawei[..], &[("product", "HUAWEI Mobile")]].concat());
    for number in 0..4 {
        usb_tty(sys, &format!("ttyUSB{number}"), "1-1.2", number, "00");
    }
    for (number, protocol) in ["12", "13", "10"].into_iter().enumerate() {
        usb_tty(sys, &format!("ttyUSB{}", number + 4), "1-1.4", number, protocol);
    }
    link(&sys.join("class/tty/ttyS0/device"), &sys.join("devices/platform/serial8250"));
    write(&sys.join("class/tty/ttyS0/type"), "4");
}

fn usb_device(sys: &Path, topology: &str, attributes: &[(&str, &str)]) {
    for (name, value) in attributes {
        write(&sys.join("devices/usb1").join(topology).join(name), value);
    }
}

fn usb_tty(sys: &Path, name: &str, topology: &str, number: usize, protocol: &str) {
    let device = sys.join("devices/usb1").join(topology);
    let interface = device.join(format!("{topology}:1.{number}"));
    let number = format!("{number:02x}");
    let attributes =
        [("Number", &*number), ("Class", "ff"), ("SubClass", "02"), ("Protocol", protocol)];
    for (attribute, value) in attributes {
        write(&interface.join(format!("bInterface{attribute}")), value);
    }
    link(&interface.join("driver"), &sys.join("bus/usb/drivers/option"));
    link(&sys.join("class/tty").join(name).join("device"), &interface.join(name));
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn link(path: &Path, target: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::create_dir_all(target).unwrap();
    symlink(target, path).unwrap();
}

#[test]
fn no_subcommand_lacks_a_page() {
    for command in subcommands() {
        let path = format!("tests/cli/{command}.md");
        let page = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{path}: write this page"));
        assert!(page.contains(&format!("$ saldo {command} --help\n")), "{path}: show its --help");
        let readme = fs::read_to_string("README.md").unwrap();
        assert!(readme.contains(&format!("`saldo {command}")), "README.md: list `{command}`");
    }
}

/// Hints are most of what the program says in back quotes; a reader takes them by their word.
#[test]
fn every_command_that_a_text_names_is_there() {
    let known = subcommands();
    let mut named = 0;
    for path in sources(Path::new("src")) {
        let text = fs::read_to_string(&path).unwrap();
        for rest in text.split("`saldo ").skip(1) {
            let word: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
            assert!(word.is_empty() || known.contains(&word), "{}: no `{word}`", path.display());
            named += 1;
        }
    }
    assert!(named > 10, "the sources were not found");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The first words of the lines under `Commands:`.
fn subcommands() -> Vec<String> {
    let help = Command::new(SALDO).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = listed.take_while(|line| !line.is_empty());
    let names: Vec<_> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 5, "the list of commands was not found");
    names.into_iter().filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn no_block_is_passed_over() {
    for (path, page) in pages() {
        for command in commands(&page) {
            let words = command.split_whitespace().filter(|word| !word.contains('='));
            let program = words.into_iter().next().unwrap_or_default();
            assert!(
                PROGRAMS.contains(&program),
                "{path}: `{command}` would not run; fence it `sh`"
            );
        }
    }
}

/// The lines that begin with `$ ` in console blocks.
fn commands(page: &str) -> Vec<&str> {
    let blocks = page.split("```console\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("\n```").next().unwrap().lines());
    lines.filter_map(|line| line.strip_prefix("$ ")).collect()
}

#[test]
fn every_exit_status_has_its_block() {
    let page = fs::read_to_string("tests/cli/exit-status.md").unwrap();
    for status in 1..=6 {
        assert!(page.contains(&format!("\n? {status}\n")), "exit-status.md: show status {status}");
    }
}

#[test]
fn a_release_breaks_no_page() {
    for (path, page) in pages() {
        assert!(!page.contains(env!("CARGO_PKG_VERSION")), "{path}: holds the version number");
    }
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    for name in ["README.md", "DESIGN.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(name).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap();
            let is_elsewhere = file.contains("://") || file.is_empty();
            assert!(is_elsewhere || Path::new(file).exists(), "{name}: no {file}");
        }
    }
}

fn pages() -> Vec<(String, String)> {
    let folder = fs::read_dir("tests/cli").unwrap().map(|entry| entry.unwrap().path());
    let is_page = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "md");
    let paths = folder.filter(is_page).chain(["README.md".into()]);
    let pages = paths.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()));
    pages.collect()
}

/// Two terminals, which no block can show.
#[test]
fn the_simulated_modem_of_the_readme_answers_through_its_link() {
    let modem = Simulated::start();
    let first = modem.saldo().output().unwrap();
    let second = modem.saldo().arg("--json").output().unwrap();
    assert!(String::from_utf8_lossy(&first.stdout).contains("12.34 EUR"), "{first:?}");
    assert!(String::from_utf8_lossy(&second.stdout).contains(r#""port":"./modem""#), "{second:?}");
}

#[test]
fn a_signal_ends_with_its_status_and_takes_the_link_away() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut modem = Simulated::start();
        kill_process(Pid::from_child(&modem.program), signal).unwrap();
        assert_eq!(modem.program.wait().unwrap().code(), Some(status));
        assert!(modem.folder.path().join("modem").symlink_metadata().is_err(), "the link is there");
    }
}

/// `saldo simulate be-proximus --link ./modem` in a folder of its own.
struct Simulated {
    folder: TempDir,
    program: Child,
}

impl Simulated {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Command::new(SALDO);
        program.args(["simulate", "be-proximus", "--link", "./modem"]).current_dir(&folder);
        let mut program = program.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut path = String::new();
        BufReader::new(program.stdout.as_mut().unwrap()).read_line(&mut path).unwrap();
        assert!(path.starts_with("/dev/pts/"), "it says where it is when it is ready: {path:?}");
        Self { folder, program }
    }

    fn saldo(&self) -> Command {
        let mut saldo = Command::new(SALDO);
        saldo.args(["--port", "./modem"]).current_dir(&self.folder).env_clear();
        saldo.env("HOME", self.folder.path());
        saldo
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
