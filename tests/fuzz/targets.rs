//! What must hold for any octets at all: no panic, no end that never comes, nothing that grows.
//!
//! One definition for two users: `fuzz/` searches for octets that break it, `tests/fuzz.rs` tries some.

use std::time::{Duration, Instant};

use saldo::answers::decode;
use saldo::at::{Command, Event, Frame, Framer, Outcome, Session};
use saldo::balance::{self, Hints};
use saldo::euicc;
use saldo::pdu::Pdu;
use saldo::sim::Modem;
use saldo::transcript::{Mark, Step, Transcript, read, redacted};
use saldo::ussd::{decode as body, reply};
use saldo::{hex, sms};

/// What is tried on octets; it panics where something does not hold.
type Target = fn(&[u8]);

/// Each by its name.
pub(crate) const TARGETS: &[(&str, Target)] = &[
    ("cusd", cusd),
    ("decode", answer),
    ("euicc", card),
    ("line", line),
    ("parse", reading),
    ("pdu", message),
    ("script", script),
    ("session", session),
];

/// Octets cut in two come out as the lines they are whole, and no octet comes out twice.
pub(crate) fn line(octets: &[u8]) {
    let (cut, wire) = split(octets);
    let (before, behind) = wire.split_at(usize::from(cut).min(wire.len()));
    let whole = frames(&[wire], false);
    assert_eq!(frames(&[before, behind], false), whole, "cut at {cut}");
    assert!(size(&whole) <= wire.len(), "more than there was");
    frames(&[before, behind], true);
}

fn frames(pieces: &[&[u8]], prompt: bool) -> Vec<Frame> {
    let mut framer = Framer::default();
    framer.expect_prompt(prompt);
    let mut frames = Vec::new();
    for piece in pieces {
        framer.push(piece);
        frames.extend(std::iter::from_fn(|| framer.next_frame()));
    }
    framer.silence();
    frames.extend(std::iter::from_fn(|| framer.next_frame()));
    assert!(!framer.holds_back());
    frames
}

fn size(frames: &[Frame]) -> usize {
    let size = |frame: &Frame| if let Frame::Line(line) = frame { line.len() } else { 0 };
    frames.iter().map(size).sum()
}

/// What is asked in a session that is fuzzed.
const COMMANDS: &[&str] =
    &["AT", "AT+CSQ", "AT+CREG?", "AT+CUSD=1,\"*100#\",15", "AT+CPIN?", "AT+CMGS=9"];

/// Every command ends once, and not later than its limit, whatever is said meanwhile and how it is cut.
pub(crate) fn session(octets: &[u8]) {
    let (mut session, mut now) = (Session::default(), Instant::now());
    // A sign that no modem sends ends each piece; behind it stands what is done next.
    for piece in octets.split(|octet| *octet == 0xFE) {
        let (action, said) = split(piece);
        let command = COMMANDS.get(usize::from(action) % (COMMANDS.len() * 2));
        if let Some(command) = command.filter(|_| !session.is_busy()) {
            let command = Command::new(*command);
            let command =
                if command.text().ends_with('9') { command.with_prompt() } else { command };
            session.send(now, command);
        }
        session.handle_input(now, said);
        now += Duration::from_millis(u64::from(action) * 4);
        session.handle_timeout(now);
        // A text that stays open is handed over later, in its lines.
        let ends = events(&mut session, octets.len() + 1);
        assert!(ends <= 1, "one command ends {ends} times");
    }
    let (mut ends, mut turns) = (0, 0);
    let was_busy = session.is_busy();
    while let Some(due) = session.poll_timeout() {
        turns += 1;
        assert!(turns < 8, "time passes and nothing comes of it");
        now = now.max(due);
        session.handle_timeout(now);
        ends += events(&mut session, octets.len() + 1);
    }
    assert!(!session.is_busy() && ends == usize::from(was_busy));
}

/// Takes all events, which may not be more than the octets of late; gives how many were ends.
fn events(session: &mut Session, most: usize) -> usize {
    let events: Vec<Event> = std::iter::from_fn(|| session.poll_event()).collect();
    let unanswered = session.poll_output().len();
    assert!(unanswered < 64 && events.len() <= most, "{} events", events.len());
    let end = |event: &&Event| match event {
        Event::Done { lines, outcome } => *outcome != Outcome::Silent || lines.is_empty(),
        _ => false,
    };
    events.iter().filter(end).count()
}

/// A reply and its readings: the best first, none empty, none twice.
pub(crate) fn cusd(octets: &[u8]) {
    const CHARSETS: &[Option<&str>] = &[None, Some("GSM"), Some("UCS2"), Some("HEX"), Some("IRA")];
    let (charset, line) = split(octets);
    let (dcs, text) = split(line);
    let charset = CHARSETS.get(usize::from(charset) % CHARSETS.len()).copied().flatten();
    reply::cusd(line);
    let reply = [b"+CUSD: 0,\"", text, b"\",15"].concat();
    assert!(reply::cusd(&reply).is_some_and(|reply| reply.body.is_some()));
    let readings = body::decode(text, Some(dcs.into()), charset);
    assert_eq!(readings.is_empty(), text.is_empty());
    assert!(readings.is_sorted_by(|better, worse| better.score >= worse.score));
    assert!(readings.iter().all(|reading| reading.text.len() <= 4 * text.len()));
}

/// Whatever a modem said is some answer, not much larger than what it said.
pub(crate) fn answer(octets: &[u8]) {
    const REQUESTS: &[Option<&str>] = &[
        None,
        Some("ATI"),
        Some("AT+CUSD?"),
        Some("AT+CMGR=1"),
        Some("AT+CPIN?"),
        Some("AT!GSTATUS?"),
        Some("AT+CSIM=8,\"00200001\""),
    ];
    let (request, said) = split(octets);
    let request = REQUESTS.get(usize::from(request) % REQUESTS.len()).copied().flatten();
    let answer = decode(said, None, request);
    assert!(answer.items.len() + answer.urcs.len() <= 2 * said.len() + 8);
    let answer = answer.masked();
    assert!(answer.items.iter().all(|item| !item.kind().is_empty()));
}

/// A card that answers anything is asked no more than a bounded number of times, and what it says is some
/// answer or an error, with no more in it than there was.
pub(crate) fn card(octets: &[u8]) {
    let (framing, said) = split(octets);
    let framing = euicc::Framing::session(framing.into()).with_segment(framing);
    let mut exchange = euicc::Exchange::new(framing, &euicc::request::profiles());
    let mut said = said.split(|octet| *octet == 0xFE).cycle();
    for turn in 0.. {
        assert!(turn < 10_000, "it asks for ever");
        let Some(apdu) = exchange.poll_apdu() else { break };
        assert!((5..=261).contains(&apdu.len()));
        if exchange.handle_response(said.next().unwrap_or_default()).is_err() {
            break;
        }
    }
    for answer in [octets, &exchange.into_answer()] {
        let objects = euicc::tlv::objects(answer).flatten();
        assert!(objects.map(|object| object.value.len() + 2).sum::<usize>() <= answer.len());
        let profiles = euicc::profiles(answer).unwrap_or_default();
        assert!(profiles.len() <= answer.len() / 12); // an ICCID has as many octets
        let waiting = euicc::notifications(answer).unwrap_or_default();
        assert!(waiting.len() <= answer.len() / 6);
        let card = euicc::Info::decode(answer).unwrap_or_default();
        assert!(card.trusted_keys.concat().len() <= answer.len());
        let _ = (euicc::info::eid(answer), euicc::Addresses::decode(answer));
        let _ = (euicc::EnableResult::decode(answer), euicc::NicknameResult::decode(answer));
    }
}

/// A message that reads, written and read again, is the same one; and a listing of it joins.
pub(crate) fn message(octets: &[u8]) {
    let digits = hex::digits(octets);
    for line in [octets, digits.as_bytes()] {
        let Ok(pdu) = Pdu::from_line(line, None) else { continue };
        let (written, length) = pdu.line();
        let _ = Pdu::from_line(written.as_bytes(), Some(length));
    }
    let listed = format!("+CMGL: 1,1,,9\r\n{digits}");
    let lines =
        listed.split("\r\n").map(str::as_bytes).chain(octets.split(|octet| *octet == b'\n'));
    let entries = sms::entries(lines);
    let inbox = sms::join(&entries);
    assert!(inbox.messages.len() <= entries.len());
}

/// A file that reads is written and read again the same, keeps its shape when it is masked, and plays to an end.
pub(crate) fn script(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let text = format!("# saldo script 1\n{text}");
    let Ok(transcript) = read("fuzz.at", &text) else { return };
    let again = read("fuzz.at", &transcript.to_string()).expect("what was written reads");
    assert_eq!(again.to_string(), transcript.to_string());
    let masked = redacted(&transcript);
    let sizes =
        |transcript: &Transcript| transcript.steps.iter().map(octets_of).collect::<Vec<_>>();
    assert_eq!(sizes(&masked), sizes(&transcript), "one octet for one");
    read("fuzz.at", &masked.to_string()).expect("what was masked reads");
    if let Ok(mut modem) = Modem::from_text("fuzz.at", &text) {
        play(&mut modem);
    }
}

fn octets_of(step: &Step) -> usize {
    match &step.mark {
        Mark::Command(octets) | Mark::Always(octets) | Mark::Line(octets) | Mark::Bytes(octets) => {
            octets.len()
        }
        _ => 0,
    }
}

/// The modem answers some commands, and does not talk without end between two of them.
fn play(modem: &mut Modem) {
    let mut now = Instant::now();
    for typed in ["AT\r", "AT+CUSD=1,\"*100#\",15\r", "\x1B\r", "AT+CMGS=1\rx\x1A", "AT+CSQ\r"] {
        modem.handle_input(now, typed.as_bytes());
        for _ in 0..64 {
            let said = std::iter::from_fn(|| modem.poll_output(now)).take(10_000).count();
            assert!(said < 10_000, "it never stops");
            let Some(due) = modem.poll_timeout() else { break };
            now = now.max(due);
        }
    }
}

/// Any words are some reading: no more amounts than words, each with the digits that stand there.
pub(crate) fn reading(octets: &[u8]) {
    const COUNTRIES: &[Option<&str>] =
        &[None, Some("BE"), Some("NG"), Some("ID"), Some("TH"), Some("US")];
    let (country, text) = split(octets);
    let country = COUNTRIES.get(usize::from(country) % COUNTRIES.len()).copied().flatten();
    let text = String::from_utf8_lossy(text);
    let hints = Hints { country, ..Hints::default() };
    let reading = balance::read(&text, &hints);
    assert!(reading.pots.len() <= text.len() && reading.expires.len() <= text.len());
    balance::speaks_of_balance(&text, &hints);
}

/// The first octet, which steers, and the others.
fn split(octets: &[u8]) -> (u8, &[u8]) {
    octets.split_first().map_or((0, octets), |(first, rest)| (*first, rest))
}
