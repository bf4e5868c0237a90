//! One conversation: a command goes out, lines come back, and others come in between.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::code::{self, FinalResult};
use super::{Command, Frame, Framer, urc};

/// AT commands as a state machine: no port, no clock.
///
/// * Input: [`Session::send`], [`Session::send_text`], [`Session::handle_input`], [`Session::handle_timeout`].
/// * Output: [`Session::poll_output`] for the port, [`Session::poll_timeout`] for the timer,
///   [`Session::poll_event`] for the caller. Poll all three after every input.
#[derive(Debug, Default)]
pub struct Session {
    framer: Framer,
    pending: Option<Pending>,
    output: VecDeque<u8>,
    events: VecDeque<Event>,
    /// When a line held back by the framer is taken as it is.
    silence: Option<Instant>,
    echo: bool,
    /// Whether a command of ours has had its answer: what comes before it may answer somebody else.
    has_answered: bool,
}

/// What the caller learns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The command has ended.
    Done {
        /// The data lines of its answer, without echo and unsolicited lines.
        lines: Vec<Vec<u8>>,
        /// How it ended.
        outcome: Outcome,
    },
    /// A line nobody asked for.
    Urc(Vec<u8>),
    /// The modem waits for text; answer with [`Session::send_text`].
    Prompt,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `OK`.
    Ok,
    /// Any other final result.
    Failed(FinalResult),
    /// Data lines and then silence: firmware without a final result for this command.
    Unfinished,
    /// Nothing within the limit.
    Silent,
}

#[derive(Debug)]
struct Pending {
    command: Command,
    prefixes: Vec<String>,
    lines: Vec<Vec<u8>>,
    deadline: Instant,
    idle_deadline: Option<Instant>,
    is_echoed: bool,
    /// How many lines of others were echoed, whose final results come before ours.
    foreign: usize,
}

/// Lines kept of one answer; a flood beyond it is dropped, and the hard limit ends the command.
const MOST_LINES: usize = 1000;

/// Events kept for a caller that does not come; of a flood beyond it the noise is dropped.
const MOST_EVENTS: usize = 1024;

/// How long an unfinished line is awaited after the last octet.
const SILENCE: Duration = Duration::from_millis(1000);

impl Session {
    /// Starts a command. An earlier one still pending is given up.
    pub fn send(&mut self, now: Instant, command: Command) {
        self.output.extend(command.text().bytes());
        self.output.push_back(b'\r');
        self.framer.expect_prompt(command.expects_prompt());
        let prefixes = command.prefixes().collect();
        let (lines, deadline) = (Vec::new(), now + command.limit());
        self.pending = Some(Pending {
            command,
            prefixes,
            lines,
            deadline,
            idle_deadline: None,
            is_echoed: false,
            foreign: 0,
        });
    }

    /// Text for a prompt, as it is: the caller ends it with Ctrl-Z or ESC.
    pub fn send_text(&mut self, text: &[u8]) {
        self.output.extend(text);
        self.framer.expect_prompt(false);
    }

    /// The next `>` at a line start is a prompt, though no command asked for one: menus may end so.
    pub fn expect_prompt(&mut self, now: Instant) {
        self.framer.expect_prompt(true);
        self.take_frames(now);
    }

    /// Whether a command awaits its final result, or has one that nobody has taken yet.
    pub fn is_busy(&self) -> bool {
        let is_done = |event: &Event| matches!(event, Event::Done { .. });
        self.pending.is_some() || self.events.iter().any(is_done)
    }

    /// Whether the modem has echoed a command since the session began.
    pub fn has_echo(&self) -> bool {
        self.echo
    }

    /// Octets from the port.
    pub fn handle_input(&mut self, now: Instant, octets: &[u8]) {
        self.framer.push(octets);
        self.take_frames(now);
        self.silence = self.framer.holds_back().then(|| now + SILENCE);
    }

    /// Time has passed; call at or after [`Session::poll_timeout`].
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.silence.is_some_and(|due| due <= now) {
            self.silence = None;
            self.framer.silence();
            self.take_frames(now);
        }
        let Some(pending) = &self.pending else { return };
        if pending.deadline <= now {
            let is_silent = pending.foreign > 0 || pending.lines.is_empty();
            self.finish(if is_silent { Outcome::Silent } else { Outcome::Unfinished });
        } else if pending.idle_deadline.is_some_and(|due| due <= now) {
            self.finish(Outcome::Unfinished);
        }
    }

    /// When [`Session::handle_timeout`] is due; `None` for never.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let pending = self.pending.as_ref();
        let deadline = pending.map(|pending| pending.deadline);
        let idle = pending.and_then(|pending| pending.idle_deadline);
        [self.silence, deadline, idle].into_iter().flatten().min()
    }

    /// Octets for the port; empty when there are none.
    pub fn poll_output(&mut self) -> Vec<u8> {
        self.output.drain(..).collect()
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn take_frames(&mut self, now: Instant) {
        while let Some(frame) = self.framer.next_frame() {
            match frame {
                Frame::Line(line) => self.take_line(now, line),
                Frame::Prompt => {
                    self.framer.expect_prompt(false);
                    self.events.push_back(Event::Prompt);
                }
            }
        }
    }

    fn take_line(&mut self, now: Instant, line: Vec<u8>) {
        let Some(pending) = &mut self.pending else {
            return self.note_urc(line);
        };
        if pending.is_echo(&line) {
            (self.echo, pending.is_echoed) = (true, true);
        } else if !self.has_answered && pending.is_echo_of_another(&line) {
            pending.foreign += 1;
        } else if pending.is_interrupted_by(&line) {
            self.note_urc(line);
        } else if let Some(result) = code::final_result(&line) {
            if pending.foreign > 0 {
                return pending.end_foreign();
            }
            self.has_answered = true;
            self.finish(if result.is_ok() { Outcome::Ok } else { Outcome::Failed(result) });
        } else {
            let idle = pending.command.idle().filter(|_| pending.foreign == 0);
            pending.idle_deadline = idle.map(|idle| now + idle);
            if pending.lines.len() < MOST_LINES {
                pending.lines.push(line);
            }
        }
    }

    fn note_urc(&mut self, line: Vec<u8>) {
        let most = if urc::is_awaited(&line) { 2 * MOST_EVENTS } else { MOST_EVENTS };
        if self.events.len() < most {
            self.events.push_back(Event::Urc(line));
        }
    }

    fn finish(&mut self, outcome: Outcome) {
        if let Some(Pending { lines, foreign, .. }) = self.pending.take() {
            self.framer.expect_prompt(false);
            let lines = if foreign == 0 { lines } else { Vec::new() };
            self.events.push_back(Event::Done { lines, outcome });
        }
    }
}

impl Pending {
    /// Equal to what we sent, or to its end where the start was lost; nothing else is an echo.
    fn is_echo(&self, line: &[u8]) -> bool {
        let sent = self.command.text().as_bytes();
        self.lines.is_empty()
            && (line == sent || line.len() > 3 && line.starts_with(b"AT") && sent.ends_with(line))
    }

    /// A line that a killed run or another program has sent, whose answer nobody has read.
    fn is_echo_of_another(&self, line: &[u8]) -> bool {
        !self.is_echoed && self.lines.is_empty() && line.starts_with(b"AT")
    }

    /// The answer of another has ended; ours is still to come.
    fn end_foreign(&mut self) {
        self.foreign -= 1;
        self.lines.clear();
        self.idle_deadline = None;
    }

    /// A URC that is not the answer to this command.
    fn is_interrupted_by(&self, line: &[u8]) -> bool {
        if !urc::is_known(line) {
            return false;
        }
        let own = self.prefixes.iter().find(|prefix| has_prefix(line, prefix.as_bytes()));
        match own {
            // `AT+CUSD=1` is answered by OK; every `+CUSD` that comes is the network's.
            Some(prefix) => {
                prefix == "+CUSD:" && self.is_request() || urc::interrupts(line, prefix.as_bytes())
            }
            None => true,
        }
    }

    fn is_request(&self) -> bool {
        self.command.text().get(..8).is_some_and(|head| head.eq_ignore_ascii_case("AT+CUSD="))
            && !self.command.text().ends_with('?')
    }
}

fn has_prefix(line: &[u8], prefix: &[u8]) -> bool {
    line.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(command: &str) -> (Session, Instant) {
        let (mut session, now) = (Session::default(), Instant::now());
        session.send(now, Command::new(command));
        assert_eq!(session.poll_output(), format!("{command}\r").into_bytes());
        (session, now)
    }

    fn events(session: &mut Session) -> Vec<Event> {
        std::iter::from_fn(|| session.poll_event()).collect()
    }

    fn urc(line: &str) -> Event {
        Event::Urc(line.into())
    }

    fn done(lines: &[&str], outcome: Outcome) -> Event {
        Event::Done { lines: lines.iter().map(|line| line.as_bytes().to_vec()).collect(), outcome }
    }

    #[test]
    #[rustfmt::skip]
    fn an_answer_reads_the_same_however_it_is_cut() {
        for (command, wire, expected) in [
            ("AT+CSQ", "AT+CSQ\r\r\n+CIEV: 7,1\r\n\r\n+CSQ: 17,99\r\n\r\nOK\r\n",
                vec![urc("+CIEV: 7,1"), done(&["+CSQ: 17,99"], Outcome::Ok)]),
            ("AT+CSQ", "+csq: 17,99\r\n\r\nOK\r\n\r\nRING\r\n",
                vec![done(&["+csq: 17,99"], Outcome::Ok), urc("RING")]),
            ("AT+CREG?", "+CREG: 5,\"00\"\r\n+CREG: 2,5,\"00\",\"01\"\r\nOK\r\n",
                vec![urc("+CREG: 5,\"00\""), done(&["+CREG: 2,5,\"00\",\"01\""], Outcome::Ok)]),
            ("AT+CUSD=1,\"*1#\",15", "+CUSD: 0,\"5\r\nEUR\",15\r\nOK\r\n",
                vec![urc("+CUSD: 0,\"5\r\nEUR\",15"), done(&[], Outcome::Ok)]),
            ("AT+CUSD?", "+CUSD: 1\r\nOK\r\n",
                vec![done(&["+CUSD: 1"], Outcome::Ok)]),
            ("AT+CGMR", "V 1.0\r\n24-11-08\r\nOK\r\n",
                vec![done(&["V 1.0", "24-11-08"], Outcome::Ok)]),
        ] {
            for cut in 0..=wire.len() {
                let (mut session, now) = sent(command);
                session.handle_input(now, &wire.as_bytes()[..cut]);
                session.handle_input(now, &wire.as_bytes()[cut..]);
                assert_eq!(events(&mut session), expected, "{wire:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn what_another_program_asked_before_is_not_our_answer() {
        for wire in [
            "AT+CSQ\r\r\n+CSQ: 9,99\r\n\r\nOK\r\nAT+CPIN?\r\r\n+CPIN: READY\r\n\r\nOK\r\n",
            "AT+CSQ\rAT+CPIN?\r\r\n+CSQ: 9,99\r\n\r\nOK\r\n\r\n+CPIN: READY\r\n\r\nOK\r\n",
            "ATD*1#\rAT\r\r\nERROR\r\n\r\nOK\r\nAT+CPIN?\r\r\n+CPIN: READY\r\n\r\nOK\r\n",
        ] {
            let (mut session, now) = sent("AT+CPIN?");
            session.handle_input(now, wire.as_bytes());
            assert_eq!(events(&mut session), [done(&["+CPIN: READY"], Outcome::Ok)], "{wire:?}");
        }
    }

    #[test]
    fn an_answer_that_is_anothers_is_none() {
        let (mut session, now) = sent("AT+CPIN?");
        session.handle_input(now, b"AT+CPIN=\r\r\n+CPIN: SIM PIN\r\n");
        let due = session.poll_timeout().unwrap();
        assert_eq!(due, now + Command::new("AT+CPIN?").limit(), "no answer of ours has begun");
        session.handle_timeout(due);
        assert_eq!(events(&mut session), [done(&[], Outcome::Silent)]);
    }

    #[test]
    fn a_line_of_the_answer_may_look_like_a_command() {
        let (mut session, now) = sent("AT+CLAC");
        session.handle_input(now, b"AT+CLAC\r\r\nATD\r\nAT+CPIN\r\n\r\nOK\r\n");
        assert_eq!(events(&mut session), [done(&["ATD", "AT+CPIN"], Outcome::Ok)]);
    }

    #[test]
    fn every_final_result_ends_the_command() {
        for line in [
            "ERROR",
            "+CME ERROR: 10",
            "+CME ERROR:",
            "+CMS ERROR: 302",
            "COMMAND NOT SUPPORT",
            "NO CARRIER",
        ] {
            let (mut session, now) = sent("AT+CUSD=1,\"*1#\",15");
            session.handle_input(now, format!("\r\n{line}\r\n").as_bytes());
            let result = code::final_result(line.as_bytes()).unwrap();
            assert_eq!(events(&mut session), [done(&[], Outcome::Failed(result))], "{line}");
            assert_eq!(session.poll_timeout(), None);
        }
    }

    #[test]
    fn a_late_error_is_nobodys_answer() {
        let (mut session, now) = sent("AT");
        session.handle_input(now, b"\r\nOK\r\n\r\n+CME ERROR: 258\r\n");
        assert_eq!(events(&mut session), [done(&[], Outcome::Ok), urc("+CME ERROR: 258")]);
    }

    #[test]
    fn data_without_a_final_result_ends_at_the_idle_limit() {
        let (mut session, now) = sent("AT+CPIN?");
        session.handle_input(now, b"\r\n+CPIN: READY\r\n");
        let due = session.poll_timeout().unwrap();
        assert!(due < now + Duration::from_secs(2));
        session.handle_timeout(due);
        assert_eq!(events(&mut session), [done(&["+CPIN: READY"], Outcome::Unfinished)]);
    }

    #[test]
    fn noise_does_not_put_off_the_hard_limit() {
        let (mut session, mut now) = sent("AT+CSQ");
        let deadline = session.poll_timeout().unwrap();
        while now < deadline {
            session.handle_input(now, b"\r\n^RSSI:14\r\n");
            assert_eq!(events(&mut session), [urc("^RSSI:14")]);
            now += Duration::from_millis(100);
            session.handle_timeout(now);
        }
        assert_eq!(events(&mut session), [done(&[], Outcome::Silent)]);
    }

    /// 10,000 lines a second for a minute, in reads of one kibibyte, which nobody takes out.
    #[test]
    fn a_flood_that_nobody_reads_stays_bounded_and_loses_neither_reply_nor_result() {
        let (mut session, mut now) = sent("AT+CUSD=1,\"*1#\",15");
        let flood = "\r\n^RSSI:14\r\n".repeat(100);
        let mut said = Vec::new();
        for turn in 0..6_000 {
            match turn {
                10 => said.extend(b"\r\nOK\r\n"),
                5_000 => said.extend(b"\r\n+CUSD: 0,\"5 EUR\",15\r\n"),
                _ => {}
            }
            said.extend(flood.as_bytes());
            for read in said.chunks(1024) {
                session.handle_input(now, read);
            }
            said.clear();
            now += Duration::from_millis(10);
            session.handle_timeout(now);
            assert!(session.events.len() <= MOST_EVENTS + 2);
        }
        let events = events(&mut session);
        assert!(events.contains(&done(&[], Outcome::Ok)));
        assert!(events.contains(&urc("+CUSD: 0,\"5 EUR\",15")));
    }

    #[test]
    fn a_text_cut_off_is_handed_over_after_silence() {
        let (mut session, now) = (Session::default(), Instant::now());
        session.handle_input(now, b"\r\n+CUSD: 0,\"Saldo 5");
        session.handle_timeout(session.poll_timeout().unwrap());
        assert_eq!(events(&mut session), [urc("+CUSD: 0,\"Saldo 5")]);
    }

    #[test]
    fn a_prompt_is_answered_with_text() {
        let (mut session, now) = (Session::default(), Instant::now());
        session.send(now, Command::new("AT+CMGS=20").with_prompt());
        session.handle_input(now, b"AT+CMGS=20\r\r\n> ");
        assert_eq!(events(&mut session), [Event::Prompt]);
        assert!(session.has_echo());
        session.poll_output();
        session.send_text(b"0001\x1a");
        assert_eq!(session.poll_output(), b"0001\x1a");
        session.handle_input(now, b"\r\n+CMGS: 7\r\n\r\nOK\r\n");
        assert_eq!(events(&mut session), [done(&["+CMGS: 7"], Outcome::Ok)]);
    }

    #[test]
    fn a_prompt_behind_a_menu_is_seen_before_and_after_it_is_expected() {
        for wire in [&b"\r\n+CUSD: 1,\"1 Saldo\",15\r\n\r\n> "[..], b"\r\n>"] {
            for expected_first in [true, false] {
                let (mut session, now) = (Session::default(), Instant::now());
                if expected_first {
                    session.expect_prompt(now);
                }
                session.handle_input(now, wire);
                if !expected_first {
                    session.expect_prompt(now);
                }
                assert_eq!(events(&mut session).last(), Some(&Event::Prompt));
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_octets_panic_or_fill_memory(octets: Vec<u8>) {
            let (mut session, now) = sent("AT+CSQ");
            session.handle_input(now, &octets);
            session.handle_timeout(now + Duration::from_secs(60));
            events(&mut session);
            assert!(!session.is_busy());
        }
    }
}
