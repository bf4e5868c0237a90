//! The page of `saldo doctor --report`, in a real browser and through a validator, where they are installed.

#![allow(clippy::panic, clippy::print_stdout, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// `PROGRAM --version` runs, or one line says what is skipped.
fn has(program: &Path) -> bool {
    let runs =
        Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success());
    if !runs {
        println!("skipped: no {}", program.display());
    }
    runs
}

fn target() -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    fs::create_dir_all(&target).unwrap();
    target
}

/// The page about this simulated modem.
fn page(scenario: &str) -> PathBuf {
    let file = target().join(format!("report-{scenario}.html"));
    let status = Command::new(env!("CARGO_BIN_EXE_saldo"))
        .env_clear()
        .args(["doctor", "--port", &format!("sim:{scenario}"), "--report"])
        .arg(&file)
        .output()
        .unwrap()
        .status;
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
    file
}

const SCENARIOS: [&str; 3] = ["quectel-ec25", "pin-locked", "no-service"];

#[test]
fn the_page_is_valid_html() {
    let validator = target().join("html-validate/node_modules/.bin/html-validate");
    if !has(&validator) {
        return;
    }
    for scenario in SCENARIOS {
        let out = Command::new(&validator).arg(page(scenario)).output().unwrap();
        assert!(out.status.success(), "{scenario}: {}", String::from_utf8_lossy(&out.stdout));
    }
}

/// The shape of a telephone and of a desk.
const WINDOWS: [(&str, &str); 2] = [("phone", "390,844"), ("desk", "1280,900")];

#[test]
fn a_browser_shows_the_findings_and_complains_of_nothing() {
    let browser = Path::new("chromium");
    if !has(browser) {
        return;
    }
    for scenario in SCENARIOS {
        let page = page(scenario);
        let said = browse(browser, &page, &["--dump-dom"]);
        let dom = String::from_utf8_lossy(&said.stdout);
        assert!(dom.contains("id=\"findings\"") && dom.contains("</html>"), "{scenario}: {dom}");
        let log = String::from_utf8_lossy(&said.stderr);
        assert!(!log.contains("CONSOLE"), "{scenario}: {log}");
    }
    for (name, size) in WINDOWS {
        let picture = target().join(format!("report-{name}.png"));
        let _ = fs::remove_file(&picture);
        let window = format!("--window-size={size}");
        let screenshot = format!("--screenshot={}", picture.display());
        browse(browser, &page("pin-locked"), &[&window, &screenshot]);
        assert!(fs::metadata(&picture).unwrap().len() > 5_000, "{name}: an empty picture");
    }
}

fn browse(browser: &Path, page: &Path, options: &[&str]) -> Output {
    let profile = tempfile::tempdir().unwrap();
    let fixed = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--enable-logging=stderr",
    ];
    Command::new(browser)
        .args(fixed)
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(options)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap()
}
