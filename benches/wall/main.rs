//! From start to exit, beside a bare loop in C that does nothing but ask.
//!
//! `cargo bench --bench wall [-- RUNS]`. Both are asked in turn, on the same pseudo-terminal, so
//! that a busy machine is busy for both; what counts is the ratio of the medians. Under
//! `chrt -r 1` the figures hardly move with the load.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]
#![allow(missing_docs)]

mod modem;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use modem::{AMOUNT, Modem, Seen, Ways};

/// `SALDO=PROGRAM` measures another build.
fn saldo() -> Command {
    let named = std::env::var_os("SALDO").filter(|program| !program.is_empty());
    Command::new(named.unwrap_or(env!("CARGO_BIN_EXE_saldo").into()))
}

const CODE: &str = "#121#";
const RUNS: usize = 101;
const FORGETFUL: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/forgetful.toml");
const MANY: usize = 256;

fn main() {
    // Cargo adds `--bench` to what the user gives.
    let runs = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(RUNS);
    let folder = tempfile::tempdir().expect("a folder");
    let bound = compile(folder.path());
    if bound.is_none() {
        println!("no C compiler here: only saldo is measured, without its bound");
    }
    println!("medians of {runs} runs, in turn; in brackets the tenth and the ninetieth hundredth");
    one_modem(bound.as_deref(), runs);
    one_command_a_line(runs);
    slow_network();
    many_modems(bound.as_deref(), runs / 10 + 1);
}

/// One run of a program against one modem.
struct Run {
    wall: Duration,
    /// From the last octet of the reply to the end of the process.
    exit: Duration,
    seen: Seen,
}

fn one_modem(bound: Option<&Path>, runs: usize) {
    let modem = Modem::start(Ways::default());
    let (mut floor, mut ussd, mut balance) = (Vec::new(), Vec::new(), Vec::new());
    std::fs::write(FORGETFUL, "history = false\n").expect("a file");
    let mut forgetful = Vec::new();
    for _ in 0..runs {
        floor.extend(bound.map(|bound| run(&modem, &mut asks(bound, &modem))));
        ussd.push(run(&modem, &mut dials(&modem)));
        balance.push(run(&modem, &mut balances(&modem)));
        forgetful.push(run(&modem, balances(&modem).args(["--config", FORGETFUL])));
    }
    let base = (!floor.is_empty()).then(|| report("bound", &floor, None));
    report("saldo ussd", &ussd, base);
    report("saldo balance", &balance, base);
    report("  with nothing remembered", &forgetful, base);
    let peak = watched(&modem, &mut balances(&modem)).seen.peak_kib;
    println!("{:<28}{peak} KiB at its last command", "memory of balance");
}

fn one_command_a_line(runs: usize) {
    let modem = Modem::start(Ways { refuses_joined: true, ..Ways::default() });
    let ussd: Vec<_> = (0..runs).map(|_| run(&modem, &mut dials(&modem))).collect();
    let balance: Vec<_> = (0..runs).map(|_| run(&modem, &mut balances(&modem))).collect();
    println!("a modem that takes one command a line:");
    report("saldo ussd", &ussd, None);
    report("saldo balance", &balance, None);
}

fn slow_network() {
    let delay = Duration::from_secs(2);
    let modem = Modem::start(Ways { delay, ..Ways::default() });
    println!("a network that takes {} s:", delay.as_secs());
    for (name, mut command) in [("saldo ussd", dials(&modem)), ("saldo balance", balances(&modem))]
    {
        let run = watched(&modem, &mut command);
        println!(
            "  {name:<26}{} more than that; {} of CPU and {} wake-ups while it waits; {} KiB",
            ms(run.wall.saturating_sub(delay)),
            ms(run.seen.waiting_cpu),
            run.seen.waiting_wakes,
            run.seen.peak_kib
        );
    }
}

fn many_modems(bound: Option<&Path>, runs: usize) {
    let modems: Vec<_> = (0..MANY).map(|_| Modem::start(Ways::default())).collect();
    let ports = || modems.iter().map(|modem| modem.path.as_str());
    let mut saldo = saldo();
    saldo.args(["balance", "--code", CODE]).args(ports().flat_map(|port| ["--port", port]));
    let mut floor = bound.map(|bound| {
        let mut command = Command::new(bound);
        command.arg(CODE).args(ports());
        command
    });
    println!("{MANY} modems, one process, medians of {runs}:");
    let (mut base, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        base.extend(floor.as_mut().map(|floor| run_all(&modems, floor)));
        ours.push(run_all(&modems, &mut saldo));
    }
    let base = median(&mut base);
    let ours = median(&mut ours);
    base.inspect(|base| println!("  {:<26}{}", "bound", ms(*base)));
    let ratio = base.zip(ours).map(|(base, ours)| ours.as_secs_f64() / base.as_secs_f64());
    println!(
        "  {:<26}{} {}",
        "saldo balance",
        ours.map(ms).unwrap_or_default(),
        ratio.map(|ratio| format!("  {ratio:.2} x")).unwrap_or_default()
    );
}

fn asks(bound: &Path, modem: &Modem) -> Command {
    let mut command = Command::new(bound);
    command.args([CODE, &modem.path]);
    command
}

fn dials(modem: &Modem) -> Command {
    let mut command = saldo();
    command.args(["ussd", CODE, "--port", &modem.path]);
    command
}

fn balances(modem: &Modem) -> Command {
    let mut command = saldo();
    command.args(["balance", "--port", &modem.path]);
    command
}

fn run(modem: &Modem, command: &mut Command) -> Run {
    let started = Instant::now();
    let child = spawn(command);
    finish(modem, child, started)
}

/// As [`run`], with the modem looking at the program's memory and CPU, which costs the program time.
fn watched(modem: &Modem, command: &mut Command) -> Run {
    let started = Instant::now();
    let child = spawn(command);
    modem.pid.store(child.id(), Ordering::Relaxed);
    let run = finish(modem, child, started);
    modem.pid.store(0, Ordering::Relaxed);
    run
}

fn finish(modem: &Modem, mut child: Child, started: Instant) -> Run {
    let status = child.wait().expect("an end");
    let ended = Instant::now();
    let mut text = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut text).expect("text");
    let seen = modem.take_seen();
    assert!(status.success() && shows_amount(&text), "{status}, {text:?}, {seen:?}");
    let replied = seen.replied.expect("a request came");
    Run { wall: ended - started, exit: ended.saturating_duration_since(replied), seen }
}

fn run_all(modems: &[Modem], command: &mut Command) -> Duration {
    let started = Instant::now();
    let mut child = spawn(command);
    let status = child.wait().expect("an end");
    let wall = started.elapsed();
    let mut text = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut text).expect("text");
    let shown = text.lines().filter(|line| shows_amount(line)).count();
    assert!(status.success() && shown == modems.len(), "{status}, {shown} shown");
    for modem in modems {
        modem.take_seen();
    }
    wall
}

fn shows_amount(text: &str) -> bool {
    text.contains(AMOUNT) || text.contains(&AMOUNT.replace(',', "."))
}

fn spawn(command: &mut Command) -> Child {
    command
        .env_clear()
        .env("HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/wall")) // where it remembers
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts")
}

/// Gives the median.
fn report(name: &str, runs: &[Run], base: Option<Duration>) -> Duration {
    let mut walls: Vec<_> = runs.iter().map(|run| run.wall).collect();
    let mut exits: Vec<_> = runs.iter().map(|run| run.exit).collect();
    let (wall, exit) = (median(&mut walls).unwrap_or_default(), median(&mut exits));
    let ratio = base.map(|base| format!("{:.2} x", wall.as_secs_f64() / base.as_secs_f64()));
    let seen = runs.last().map(|run| run.seen).unwrap_or_default();
    println!(
        "  {name:<26}{} ({} to {}) {:>8}   exit {} after the reply; {} commands before, {} in all",
        ms(wall),
        ms(walls[walls.len() / 10]),
        ms(walls[walls.len() * 9 / 10]),
        ratio.unwrap_or_default(),
        exit.map(ms).unwrap_or_default(),
        seen.before,
        seen.lines
    );
    wall
}

fn median(values: &mut [Duration]) -> Option<Duration> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// The bound as a static program, since a dynamic one pays for its loader; `None` without a compiler.
fn compile(folder: &Path) -> Option<PathBuf> {
    let program = folder.join("bound");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/wall/bound.c");
    let mut command = Command::new("cc");
    command.args(["-O2", "-static", "-o"]).arg(&program).arg(source);
    command.status().ok()?.success().then_some(program)
}
