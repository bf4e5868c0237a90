//! A line that loses, doubles, tears and invents what a modem says, the same way for the same seed.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use saldo::port::{Line, SimPort};
use saldo::sim;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep, timeout_at};

use super::bench::Bench;

/// Numbers that look random and are not (SplitMix64, Steele and others 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }

    pub(crate) fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    fn range(&mut self, within: usize, most: usize) -> Range<usize> {
        let start = self.below(within);
        start..within.min(start + 1 + self.below(most))
    }
}

/// What may happen to a portion of what the modem says.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Octets are lost.
    Drop,
    /// All of it is lost.
    Lose,
    /// Its end is lost.
    Cut,
    /// It comes twice.
    Double,
    /// Octets that nobody sent.
    Garbage,
    /// Unsolicited lines before, behind or inside it.
    Noise,
    /// A result that belongs to nothing, before or behind it.
    Stray,
    /// It comes in pieces.
    Pieces,
    /// It comes late.
    Stall,
    /// Something is said in a silence.
    Later,
    /// The next command line never reaches the modem.
    Swallow,
    /// The modem starts anew, with its stored settings.
    Restart,
    /// The cable is pulled.
    Hangup,
}

const FAULTS: &[Fault] = &[
    Fault::Drop,
    Fault::Drop,
    Fault::Lose,
    Fault::Cut,
    Fault::Double,
    Fault::Garbage,
    Fault::Garbage,
    Fault::Noise,
    Fault::Noise,
    Fault::Stray,
    Fault::Pieces,
    Fault::Pieces,
    Fault::Stall,
    Fault::Later,
    Fault::Later,
    Fault::Swallow,
    Fault::Restart,
    Fault::Hangup,
];

const NOISE: &[&str] = &[
    "RING",
    "^RSSI:17",
    "^HCSQ:\"LTE\",51,52,140,24",
    "^BOOT:12345678,0,0,0,75",
    "^DSFLOWRPT:00000001,00000000,00000000,0000000000000000,0000000000000000,00000000,00000000",
    "+CREG: 5,\"2AF9\",\"00C3D501\",7",
    "+CEREG: 1",
    "+CIEV: 2,3",
    "+CMTI: \"SM\",7",
    "+ZUSIMR:2",
    "+CTZV: +04",
    "NO CARRIER",
];

/// The last one is a text that the operator pushes; what they all lack is an amount.
const STRAYS: &[&str] = &[
    "ERROR",
    "+CME ERROR: 100",
    "+CME ERROR:",
    "+CMS ERROR: 500",
    "+CUSD: 2",
    "+CUSD: 4",
    "+CUSD: (0-2)",
    "> ",
    "+CUSD: 0,\"Welkom! Bezoek onze winkel.\",15",
];

/// A simulated modem behind such a line.
pub(crate) struct Wire {
    pub(crate) bench: Bench,
    random: Random,
    scenario: &'static str,
    found: &'static str,
    /// How many faults are still to come.
    left: usize,
    /// What happened, for the message of a failure.
    pub(crate) log: Vec<String>,
    /// Said, and not yet read.
    queue: VecDeque<u8>,
    /// The largest portion that is read at once.
    piece: usize,
    pause: Option<Pin<Box<Sleep>>>,
    later: Option<(Pin<Box<Sleep>>, Vec<u8>)>,
    swallows: bool,
    has_swallowed: bool,
    pub(crate) is_dead: bool,
}

impl Wire {
    /// `found` is a command line that an earlier program has typed.
    pub(crate) fn new(scenario: &'static str, found: &'static str, mut random: Random) -> Self {
        let left = random.below(7);
        let mut wire = Self {
            bench: Bench::new(sim::Modem::named(scenario).unwrap()),
            random,
            scenario,
            found,
            left,
            log: Vec::new(),
            queue: VecDeque::new(),
            piece: usize::MAX,
            pause: None,
            later: None,
            swallows: false,
            has_swallowed: false,
            is_dead: false,
        };
        wire.start_modem();
        wire
    }

    /// No faults, and one octet at a time.
    pub(crate) fn in_octets(scenario: &'static str) -> Self {
        let mut wire = Self::new(scenario, "AT", Random::new(0));
        (wire.left, wire.piece) = (0, 1);
        wire
    }

    /// Its line is clean from now on; what is under way still comes.
    pub(crate) fn calm(&mut self) {
        (self.left, self.swallows) = (0, false);
    }

    pub(crate) fn may_be_late(&self) -> bool {
        self.log.iter().any(|fault| fault.starts_with("Stall") || fault.starts_with("Later"))
    }

    /// Longer than anything late can take.
    pub(crate) async fn settle(&mut self) {
        let (until, mut octets) = (Instant::now() + millis(60_000), [0; 1024]);
        while let Ok(Ok(1..)) = timeout_at(until, self.read(&mut octets)).await {}
    }

    fn start_modem(&mut self) {
        let mut modem = sim::Modem::named(self.scenario).unwrap();
        let now = Instant::now().into_std();
        modem.handle_input(now, format!("{}\r", self.found).as_bytes());
        while modem.poll_output(now).is_some() {}
        self.bench.sim = SimPort::new(modem);
    }

    /// Something happens to about one portion in four.
    fn pass(&mut self, said: Vec<u8>) {
        if self.left == 0 || self.random.below(4) > 0 {
            return self.queue.extend(said);
        }
        self.left -= 1;
        let fault = self.random.of(FAULTS);
        self.log.push(format!("{fault:?} at {}", said.escape_ascii()));
        let said = self.suffer(fault, said);
        self.queue.extend(said);
    }

    fn suffer(&mut self, fault: Fault, mut said: Vec<u8>) -> Vec<u8> {
        let random = &mut self.random;
        // A digit that is lost in the middle of a text is lost to anybody; its end is not.
        let is_text = [&b"+CUSD: "[..], b"+CMGR: ", b"+CMGL: ", b"+CMT: "]
            .iter()
            .any(|name| said.windows(name.len()).any(|part| part == *name));
        match fault {
            Fault::Drop if is_text => said.clear(),
            Fault::Drop => drop(said.drain(random.range(said.len(), 20))),
            Fault::Lose => said.clear(),
            Fault::Cut => said.truncate(random.below(said.len())),
            Fault::Double => said = said.repeat(2),
            Fault::Garbage => {
                let octets = (0..=random.below(30)).map(|_| random.next().to_le_bytes()[0]);
                let octets: Vec<u8> = octets.collect();
                let at = place(random, said.len(), !is_text);
                said.splice(at..at, octets);
            }
            Fault::Noise => {
                let lines = (0..=random.below(3)).map(|_| line(random.of(NOISE)));
                let lines: Vec<u8> = lines.flatten().collect();
                // Modems break into a text where one of its lines ends, if at all.
                let ends = said.iter().enumerate().filter(|(_, octet)| **octet == b'\n');
                let ends: Vec<_> = ends.map(|(at, _)| at + 1).chain([0]).collect();
                let at = if is_text { random.of(&ends) } else { place(random, said.len(), true) };
                said.splice(at..at, lines);
            }
            Fault::Stray => {
                let at = place(random, said.len(), false);
                said.splice(at..at, line(random.of(STRAYS)));
            }
            Fault::Pieces => self.piece = 1 + random.below(9),
            Fault::Stall => {
                let most = random.of(&[300, 1_500, 3_000, 12_000, 50_000]);
                self.pause = Some(Box::pin(sleep(millis(random.below(most)))));
            }
            Fault::Later => {
                let after = millis(random.below(6_000));
                let lines = if random.below(2) == 0 { NOISE } else { STRAYS };
                self.later = Some((Box::pin(sleep(after)), line(random.of(lines))));
            }
            // Two that are lost in a row are a dead line.
            Fault::Swallow => self.swallows = !std::mem::replace(&mut self.has_swallowed, true),
            Fault::Restart => {
                self.start_modem();
                self.later = None;
                said = [line("RDY"), line("+CFUN: 1"), line("+CPIN: READY")].concat();
            }
            Fault::Hangup => {
                self.is_dead = true;
                self.queue.clear();
                said.clear();
            }
        }
        said
    }
}

fn place(random: &mut Random, length: usize, inside: bool) -> usize {
    if inside { random.below(length + 1) } else { length * random.below(2) }
}

fn line(text: &str) -> Vec<u8> {
    format!("\r\n{text}\r\n").into_bytes()
}

fn millis(count: usize) -> Duration {
    Duration::from_millis(count as u64)
}

impl Line for Wire {
    fn name(&self) -> String {
        "the wire".into()
    }

    fn note_restore(&mut self, commands: &[String]) {
        self.bench.note_restore(commands);
    }

    fn take_left_behind(&mut self) -> Option<Vec<String>> {
        None
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = &mut *self;
        loop {
            if wire.is_dead {
                return Poll::Ready(Ok(()));
            }
            if let Some(pause) = &mut wire.pause {
                ready!(pause.as_mut().poll(cx));
                wire.pause = None;
            }
            if !wire.queue.is_empty() {
                let count = wire.queue.len().min(wire.piece).min(buf.remaining());
                buf.put_slice(&wire.queue.drain(..count).collect::<Vec<_>>());
                if wire.piece < usize::MAX && wire.random.below(8) == 0 {
                    wire.pause = Some(Box::pin(sleep(millis(wire.random.below(40)))));
                }
                return Poll::Ready(Ok(()));
            }
            if let Some((due, octets)) = &mut wire.later {
                if due.as_mut().poll(cx).is_ready() {
                    wire.queue.extend(octets.iter());
                    wire.later = None;
                    continue;
                }
            }
            let mut octets = [0; 1024];
            let mut said = ReadBuf::new(&mut octets);
            ready!(Pin::new(&mut wire.bench).poll_read(cx, &mut said))?;
            if said.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            let said = said.filled().to_vec();
            wire.pass(said);
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_dead {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if std::mem::take(&mut self.swallows) {
            return Poll::Ready(Ok(octets.len()));
        }
        Pin::new(&mut self.bench).poll_write(cx, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.bench).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.bench).poll_shutdown(cx)
    }
}
