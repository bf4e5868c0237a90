//! One question and its answer: `OK` and `+CUSD` in either order, late errors, and two timers.

use std::time::{Duration, Instant};

use super::reply::{self, Status};
use crate::at::code::{self, FinalResult};
use crate::at::{Outcome, urc};

/// The waiting for one answer, as a state machine: no port, no clock.
///
/// The first timer is the command's own limit (the modem takes the request), which [`crate::at::Session`]
/// holds; the second one, here, is the network's.
#[derive(Debug)]
pub struct Exchange {
    deadline: Instant,
    /// A registration report came: the modem changes network for us, which takes longer. Counts once.
    extended: bool,
    accepted: bool,
    /// `OK` comes behind the network's answer, so its absence is the network's silence.
    answer_first: bool,
    /// A line that may not be the answer yet, and until when a better one may follow.
    held: Option<(Reply, Instant)>,
    ended: Option<Ended>,
}

/// A `+CUSD` with the line it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What the network expects next.
    pub status: Status,
    /// The text as the modem wrote it; see [`crate::ussd::decode`].
    pub body: Option<Vec<u8>>,
    /// The data coding scheme as the modem gave it.
    pub dcs: Option<i32>,
    /// Whether the end of the text was seen.
    pub closed: bool,
    /// The whole line.
    pub raw: Vec<u8>,
}

impl Reply {
    /// Whether it carries no text.
    pub fn is_bare(&self) -> bool {
        self.body.as_ref().is_none_or(Vec::is_empty)
    }
}

/// How an exchange ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Text came, or a bare "done".
    Answered(Reply),
    /// `ERROR` or `+CME ERROR` to the request itself, or late, after `OK`.
    Refused {
        /// What the modem said.
        result: FinalResult,
        /// Whether it had said `OK` first: then the request may have reached the network.
        late: bool,
    },
    /// The network ended the session without a text (`+CUSD: 2`).
    Terminated,
    /// Another client on the modem took the answer (`+CUSD: 3`).
    Taken,
    /// Code unknown, or no circuit-switched service (`+CUSD: 4`).
    NotSupported,
    /// The network did not answer the modem (`+CUSD: 5`).
    NetworkTimeout,
    /// `OK`, and then nothing within the limit.
    NoAnswer,
    /// Not even `OK`.
    Silent,
    /// The modem started anew in the middle: most often a supply that dips under load.
    Restarted,
}

/// How much longer a change of network may take: circuit-switched fallback adds 4 to 10 s.
pub const FALLBACK: Duration = Duration::from_secs(15);

/// How long after an announcement without figures the text itself may follow.
const SETTLE: Duration = Duration::from_millis(300);

/// How long the answer may take to follow the end of an older session: networks take 1 to 10 s.
const STALE: Duration = Duration::from_secs(10);

/// Unsolicited lines that a modem says only when it starts or stops.
const RESTARTS: &[&str] = &[
    "*ATREADY",
    "*EMRDY",
    "NORMAL POWER DOWN",
    "POWERED DOWN",
    "RDY",
    "UNDER-VOLTAGE WARNNING",
    "^SYSSTART",
];

impl Exchange {
    /// The request goes out now; the network has `limit` to answer.
    pub fn new(now: Instant, limit: Duration) -> Self {
        Self {
            deadline: now + limit,
            extended: false,
            accepted: false,
            answer_first: false,
            held: None,
            ended: None,
        }
    }

    /// On a modem that says `OK` only when the network has answered.
    #[must_use]
    pub fn with_answer_first(self) -> Self {
        Self { answer_first: true, ..self }
    }

    /// How the request command itself ended.
    pub fn handle_outcome(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Ok | Outcome::Unfinished => self.accept(),
            Outcome::Failed(result) => self.end(Ended::Refused { result, late: false }),
            Outcome::Silent => self.end(self.silence()),
        }
    }

    /// Any unsolicited line.
    pub fn handle_urc(&mut self, now: Instant, line: &[u8]) {
        if let Some(cusd) = reply::cusd(line) {
            let body = cusd.body.map(<[u8]>::to_vec);
            let reply = Reply {
                status: cusd.status,
                body,
                dcs: cusd.dcs,
                closed: cusd.closed,
                raw: line.to_vec(),
            };
            self.handle_reply(now, reply);
        } else if let Some(result) = code::final_result(line).filter(|result| !result.is_ok()) {
            self.end(Ended::Refused { result, late: true });
        } else if urc::name(line).is_some_and(|name| RESTARTS.contains(&name)) {
            self.end(Ended::Restarted);
        } else if !self.extended && urc::name(line).is_some_and(|name| name.ends_with("REG")) {
            self.extended = true;
            self.deadline += FALLBACK;
        }
    }

    /// Time has passed; call at or after [`Exchange::poll_timeout`].
    pub fn handle_timeout(&mut self, now: Instant) {
        if let Some((reply, _)) = self.held.take_if(|(_, due)| *due <= now) {
            self.end(if reply.is_bare() && reply.status != Status::NeedsAnswer {
                Ended::Terminated
            } else {
                Ended::Answered(reply)
            });
        }
        if self.deadline <= now {
            self.end(self.silence());
        }
    }

    /// When [`Exchange::handle_timeout`] is due.
    pub fn poll_timeout(&self) -> Instant {
        self.held.as_ref().map_or(self.deadline, |(_, due)| self.deadline.min(*due))
    }

    /// How it ended, once it has.
    pub fn poll_end(&mut self) -> Option<Ended> {
        self.ended.take()
    }

    fn silence(&self) -> Ended {
        if self.accepted || self.answer_first { Ended::NoAnswer } else { Ended::Silent }
    }

    fn accept(&mut self) {
        self.accepted = true;
    }

    fn handle_reply(&mut self, now: Instant, reply: Reply) {
        let has_text = !reply.is_bare();
        match reply.status {
            Status::NotSupported => self.end(Ended::NotSupported),
            Status::NetworkTimeout => self.end(Ended::NetworkTimeout),
            Status::OtherClient => self.end(Ended::Taken),
            // A body-less line never replaces a text that is in hand.
            _ if !has_text && self.held.is_some() => {}
            Status::EndedByNetwork if !has_text && self.accepted => self.end(Ended::Terminated),
            // Before `OK` this may be the end of an older session that we have just cancelled.
            Status::EndedByNetwork if !has_text => self.held = Some((reply, now + STALE)),
            _ if has_text && !announces_only(&reply) => self.end(Ended::Answered(reply)),
            _ => self.held = Some((reply, now + SETTLE)),
        }
    }

    fn end(&mut self, ended: Ended) {
        let ended = match (ended, self.held.take()) {
            (Ended::Terminated | Ended::NoAnswer, Some((reply, _))) if reply.body.is_some() => {
                Ended::Answered(reply)
            }
            (ended, _) => ended,
        };
        self.ended.get_or_insert(ended);
    }
}

/// "Initiating release" and its like: the session ends, no figure is stated, the text may come next.
fn announces_only(reply: &Reply) -> bool {
    let body = reply.body.as_deref().unwrap_or_default();
    reply.status == Status::EndedByNetwork && !body.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens, in order: a final result, an unsolicited line, or time passing.
    enum Step {
        Result(&'static str),
        Line(&'static str),
        After(u64),
    }
    use Step::{After, Line, Result};

    fn play(steps: &[Step]) -> Option<Ended> {
        let mut now = Instant::now();
        let mut exchange = Exchange::new(now, Duration::from_secs(45));
        for step in steps {
            match step {
                Result("OK") => exchange.handle_outcome(Outcome::Ok),
                Result("") => exchange.handle_outcome(Outcome::Silent),
                Result(line) => exchange
                    .handle_outcome(Outcome::Failed(code::final_result(line.as_bytes()).unwrap())),
                Line(line) => exchange.handle_urc(now, line.as_bytes()),
                After(seconds) => {
                    now += Duration::from_secs(*seconds);
                    exchange.handle_timeout(now);
                }
            }
        }
        exchange.poll_end()
    }

    fn text(steps: &[Step]) -> String {
        match play(steps) {
            Some(Ended::Answered(reply)) => {
                String::from_utf8(reply.body.unwrap_or_default()).unwrap()
            }
            other => format!("{other:?}"),
        }
    }

    const TEXT: Step = Line("+CUSD: 0,\"Saldo 5 EUR\",15");

    #[test]
    fn the_text_counts_whenever_it_comes() {
        assert_eq!(text(&[Result("OK"), TEXT]), "Saldo 5 EUR");
        assert_eq!(text(&[TEXT, Result("OK")]), "Saldo 5 EUR");
        assert_eq!(text(&[TEXT]), "Saldo 5 EUR", "firmware that holds its OK back");
        assert_eq!(text(&[Result("OK"), After(30), TEXT]), "Saldo 5 EUR");
        assert_eq!(text(&[Result("OK"), Line("+CUSD: 2,\"Saldo 5 EUR\",15")]), "Saldo 5 EUR");
        assert_eq!(text(&[Result("OK"), Line("+CUSD: 6,\"Saldo 5 EUR\"")]), "Saldo 5 EUR");
    }

    #[test]
    fn a_bare_line_never_replaces_a_text() {
        assert_eq!(text(&[Result("OK"), TEXT, Line("+CUSD: 2")]), "Saldo 5 EUR");
        let release = Line("+CUSD: 2,\"Initiating release\",15");
        assert_eq!(text(&[Result("OK"), release, TEXT]), "Saldo 5 EUR");
        let goodbye = Line("+CUSD: 2,\"Goodbye\",15");
        assert_eq!(text(&[Result("OK"), goodbye, After(1)]), "Goodbye");
    }

    #[test]
    fn the_end_of_an_older_session_is_not_the_answer() {
        assert_eq!(text(&[Line("+CUSD: 2"), Result("OK"), After(8), TEXT]), "Saldo 5 EUR");
        assert_eq!(play(&[Line("+CUSD: 2"), Result("OK"), After(10)]), Some(Ended::Terminated));
    }

    #[test]
    fn failures_end_the_wait_at_once() {
        for (line, expected) in [
            ("+CUSD: 2", Ended::Terminated),
            ("+CUSD: 3", Ended::Taken),
            ("+CUSD: 4", Ended::NotSupported),
            ("+CUSD: 5,\"*b@\",15", Ended::NetworkTimeout),
            ("RDY", Ended::Restarted),
        ] {
            assert_eq!(play(&[Result("OK"), Line(line)]), Some(expected), "{line}");
        }
        let refused = |line: &str, late| {
            Some(Ended::Refused { result: code::final_result(line.as_bytes()).unwrap(), late })
        };
        assert_eq!(
            play(&[Result("OK"), Line("+CME ERROR: 258")]),
            refused("+CME ERROR: 258", true)
        );
        assert_eq!(play(&[Result("+CME ERROR: 304")]), refused("+CME ERROR: 304", false));
        assert_eq!(play(&[Result("ERROR")]), refused("ERROR", false));
    }

    #[test]
    fn silence_has_two_limits() {
        assert_eq!(play(&[Result("OK"), After(44)]), None);
        assert_eq!(play(&[Result("OK"), After(45)]), Some(Ended::NoAnswer));
        assert_eq!(play(&[Result("")]), Some(Ended::Silent));
    }

    #[test]
    fn silence_of_a_modem_that_holds_its_ok_back_is_the_networks() {
        let now = Instant::now();
        let exchange = || Exchange::new(now, Duration::from_secs(45)).with_answer_first();
        let (mut waited, mut gave_up) = (exchange(), exchange());
        waited.handle_timeout(now + Duration::from_secs(45));
        gave_up.handle_outcome(Outcome::Silent);
        for mut exchange in [waited, gave_up] {
            assert_eq!(exchange.poll_end(), Some(Ended::NoAnswer));
        }
    }

    #[test]
    fn a_change_of_network_gives_more_time_once() {
        let report = || Line("+CREG: 1,\"1ca4\",\"ca8b8\",2");
        assert_eq!(play(&[Result("OK"), report(), After(45)]), None);
        assert_eq!(play(&[Result("OK"), report(), report(), After(60)]), Some(Ended::NoAnswer));
    }

    #[test]
    fn other_lines_are_nobodys_answer() {
        assert_eq!(
            play(&[Result("OK"), Line("^RSSI:14"), Line("+CMTI: \"SM\",1"), After(10)]),
            None
        );
    }
}
