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
mod tests;
