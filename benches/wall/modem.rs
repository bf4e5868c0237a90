//! A modem on a pseudo-terminal with no latency of its own, and what it saw.

use std::fs;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// How this modem differs from the plain one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ways {
    /// Answers `ERROR` to several commands on one line.
    pub(crate) refuses_joined: bool,
    /// How long the network takes.
    pub(crate) delay: Duration,
}

/// What the modem saw of one run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// Command lines before the first request, and in all.
    pub(crate) before: u32,
    pub(crate) lines: u32,
    /// When the last octet of the network's reply was written.
    pub(crate) replied: Option<Instant>,
    /// Largest resident size of the program, in KiB, as of its last command.
    pub(crate) peak_kib: u64,
    /// What the program did while the network was silent.
    pub(crate) waiting_cpu: Duration,
    pub(crate) waiting_wakes: u64,
}

/// The far end for the program, and a view on what passes.
pub(crate) struct Modem {
    pub(crate) path: String,
    seen: Arc<Mutex<Seen>>,
    /// The program to look at while it waits; 0 for none.
    pub(crate) pid: Arc<AtomicU32>,
    /// Held open, so that a program that leaves does not break the line.
    _far_end: OwnedFd,
}

/// What the program shows for it.
pub(crate) const AMOUNT: &str = "12,34";

const REPLY: &str = "\r\n+CUSD: 0,\"Uw saldo bedraagt 12,34 EUR.\",15\r\n";

impl Modem {
    /// A new one, whose thread answers until the process ends.
    pub(crate) fn start(ways: Ways) -> Self {
        let line = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
            .expect("a pseudo-terminal");
        grantpt(&line).expect("granted");
        unlockpt(&line).expect("unlocked");
        let path = ptsname(&line, Vec::new()).expect("a name").into_string().expect("ASCII");
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let far_end = rustix::fs::open(&path, flags, Mode::empty()).expect("its far end");
        let mut settings = tcgetattr(&far_end).expect("settings");
        settings.make_raw();
        tcsetattr(&far_end, OptionalActions::Now, &settings).expect("raw");
        let modem = Self { path, seen: Arc::default(), pid: Arc::default(), _far_end: far_end };
        let (seen, pid) = (Arc::clone(&modem.seen), Arc::clone(&modem.pid));
        thread::Builder::new()
            .stack_size(64 * 1024)
            .spawn(move || play(&line, ways, &seen, &pid))
            .expect("a thread");
        modem
    }

    /// What was seen since the last call.
    pub(crate) fn take_seen(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().expect("not poisoned"))
    }
}

fn play(line: &OwnedFd, ways: Ways, seen: &Mutex<Seen>, pid: &AtomicU32) {
    let mut typed = Vec::new();
    let mut octets = [0; 512];
    while let Ok(count) = rustix::io::read(line, &mut octets) {
        typed.extend_from_slice(&octets[..count]);
        while let Some(end) = typed.iter().position(|octet| *octet == b'\r') {
            let command = String::from_utf8_lossy(&typed[..end]).trim().to_uppercase();
            typed.drain(..=end);
            answer(line, &command, ways, seen, pid.load(Ordering::Relaxed));
        }
    }
}

fn answer(line: &OwnedFd, command: &str, ways: Ways, seen: &Mutex<Seen>, pid: u32) {
    let arrived = Instant::now();
    let is_request = command.starts_with("AT+CUSD=1,");
    {
        let mut seen = seen.lock().expect("not poisoned");
        seen.lines += 1;
        if seen.replied.is_none() && !is_request {
            seen.before += 1;
        }
        if pid != 0 {
            seen.peak_kib = peak_kib(pid).unwrap_or(seen.peak_kib);
        }
    }
    if !is_request {
        return write(line, &answers(command, ways));
    }
    if ways.delay.is_zero() {
        let mut seen = seen.lock().expect("not poisoned");
        // One write: the scheduler has no chance to stand between OK and the reply.
        write(line, &format!("\r\nOK\r\n{REPLY}"));
        seen.replied = Some(Instant::now());
        return;
    }
    write(line, "\r\nOK\r\n");
    thread::sleep(ways.delay / 10);
    let before = (cpu(pid), wakes(pid));
    thread::sleep((arrived + ways.delay * 9 / 10).saturating_duration_since(Instant::now()));
    let after = (cpu(pid), wakes(pid));
    thread::sleep((arrived + ways.delay).saturating_duration_since(Instant::now()));
    let mut seen = seen.lock().expect("not poisoned");
    seen.waiting_cpu = after.0.saturating_sub(before.0);
    seen.waiting_wakes = after.1 - before.1;
    write(line, REPLY);
    seen.replied = Some(Instant::now());
}

fn answers(command: &str, ways: Ways) -> String {
    let parts: Vec<_> = command.strip_prefix("AT").unwrap_or(command).split(';').collect();
    if ways.refuses_joined && parts.len() > 1 {
        return "\r\nERROR\r\n".to_owned();
    }
    let data = parts.iter().map(|part| data(part)).collect::<String>();
    format!("{data}\r\nOK\r\n")
}

#[rustfmt::skip]
fn data(part: &str) -> String {
    let line = match part {
        "+CCID" | "+QCCID" => "+CCID: 8932040000000000018",
        "+CEREG?"          => "+CEREG: 0,1",
        "+CGMI"            => "Quectel",
        "+CGMM"            => "EC25",
        "+CGMR"            => "EC25EFAR06A03M4G",
        "+CGSN"            => "867530000000006",
        "+CIMI"            => "206010000000001",
        "+CMEE?"           => "+CMEE: 0",
        "+COPS?"           => "+COPS: 0,0,\"Proximus\",7",
        "+CPIN?"           => "+CPIN: READY",
        "+CREG?"           => "+CREG: 0,1",
        "+CSCS?"           => "+CSCS: \"GSM\"",
        _ if part.starts_with("+CRSM=") => "+CRSM: 106,130",
        _ => return String::new(),
    };
    format!("\r\n{line}\r\n")
}

fn write(line: &OwnedFd, text: &str) {
    rustix::io::write(line, text.as_bytes()).expect("room in the line");
}

fn peak_kib(pid: u32) -> Option<u64> {
    field(&format!("/proc/{pid}/status"), "VmHWM:")
}

fn wakes(pid: u32) -> u64 {
    field(&format!("/proc/{pid}/status"), "voluntary_ctxt_switches:").unwrap_or(0)
}

fn field(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The first figure of schedstat: nanoseconds on a processor.
fn cpu(pid: u32) -> Duration {
    let text = fs::read_to_string(format!("/proc/{pid}/schedstat")).unwrap_or_default();
    let spent = text.split(' ').next().and_then(|figure| figure.parse().ok());
    Duration::from_nanos(spent.unwrap_or(0))
}
