//! One channel to the card: APDUs there and back (3GPP TS 27.007 clauses 8.17 and 8.43), and what is owed
//! for it.

use std::time::Duration;

use super::super::Modem;
use super::super::run::now;
use crate::Error;
use crate::answers::{Apdu, Item, decode};
use crate::at::code::final_result;
use crate::at::{Command, Event, Outcome};
use crate::euicc::{self, Exchange, Framing, apdu};
use crate::hex;
use crate::port::Line;

/// A channel that is open.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) way: Way,
    pub(super) framing: Framing,
}

/// By which command APDUs go.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// `+CGLA`, on a session that the modem has opened.
    Session(u32),
    /// `+CSIM`, the channel in the class of each command.
    Raw(u8),
}

/// How long the card may take for one command; slow modems need 8 s.
const CARD: Duration = Duration::from_secs(10);

/// How long a request and all of its answer may take: a full card says 4 KiB, 200 octets at a time.
const EXCHANGE: Duration = Duration::from_secs(300);

/// For closing: behind a command that went wrong the modem may still be at it.
const CLOSING: Duration = Duration::from_secs(30);

/// A session that nobody has told of may be open all the same: it would be the first, and closing one that
/// is not open does nothing. A channel of the card's may be the modem's own, and is left.
const UNKNOWN: Way = Way::Session(1);

/// What opens a channel by `+CCHO`.
pub(super) const OPEN_SESSION: &str = "AT+CCHO";
/// What opens one by `+CSIM`.
pub(super) const RAW: &str = "AT+CSIM";

impl Way {
    /// The command that closes the channel.
    pub(super) fn closing(self) -> String {
        match self {
            Self::Session(session) => close_session(session),
            Self::Raw(number) => raw(&apdu::close_channel(number)),
        }
    }

    fn command(self, apdu: &[u8]) -> String {
        match self {
            Self::Session(session) => {
                format!("AT+CGLA={session},{},\"{}\"", apdu.len() * 2, hex::digits(apdu))
            }
            Self::Raw(_) => raw(apdu),
        }
    }
}

pub(super) fn close_session(session: u32) -> String {
    format!("AT+CCHC={session}")
}

/// `+CSIM` counts digits, not octets.
pub(super) fn raw(apdu: &[u8]) -> String {
    format!("{RAW}={},\"{}\"", apdu.len() * 2, hex::digits(apdu))
}

impl<P: Line> Modem<P> {
    /// A request and all of its answer. The inner error is the card's, the outer one the modem's.
    pub(super) async fn carry(
        &mut self,
        way: Way,
        mut exchange: Exchange,
    ) -> Result<Result<Vec<u8>, euicc::Error>, Error> {
        let until = now() + EXCHANGE;
        while let Some(apdu) = exchange.poll_apdu() {
            if now() >= until {
                return Ok(Err(euicc::Error::TooLong));
            }
            let response = self.transmit(way, &apdu).await?;
            if let Err(error) = exchange.handle_response(&response) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(exchange.into_answer()))
    }

    /// One APDU; gives data and status word.
    pub(super) async fn transmit(&mut self, way: Way, apdu: &[u8]) -> Result<Vec<u8>, Error> {
        let command = Command::new(way.command(apdu)).within(CARD);
        let (text, shown) = (command.text().to_owned(), command.loggable().to_owned());
        let answer = match self.expect(command).await {
            Err(error @ Error::Silent { .. }) => {
                self.await_end().await?;
                return Err(error);
            }
            answer => answer?,
        };
        let whole = |apdu: Apdu| hex::octets((apdu.data? + &apdu.sw?).as_bytes());
        said(&answer.lines, &text).and_then(whole).ok_or_else(|| {
            let reason = "its answer holds no octets of the card".into();
            Error::Refused { command: shown, reason, hint: None }
        })
    }

    /// Sends what opens a channel; where it is interrupted, what comes of it is still noted.
    pub(super) async fn opening(
        &mut self,
        name: &'static str,
        text: String,
    ) -> Result<Opened, Error> {
        let command = Command::new(text).within(CARD);
        self.finish_pending().await?; // what comes now answers us
        self.settings.opening = Some(name);
        let answer = self.command(command).await?;
        if answer.outcome != Outcome::Silent {
            self.settings.opening = None;
        }
        Ok(match answer.outcome {
            Outcome::Silent => {
                if name == OPEN_SESSION {
                    self.owe_channel(UNKNOWN);
                }
                self.await_end().await?;
                self.settings.opening = None;
                return Err(Error::Silent { command: name.into(), waited: CARD });
            }
            Outcome::Failed(result) => Opened::Refused(result),
            Outcome::Ok | Outcome::Unfinished => match read_opened(&answer.lines, name) {
                Some(Ok(way)) => {
                    self.owe_channel(way);
                    Opened::Channel(way)
                }
                Some(Err(status)) => Opened::ByCard(status),
                None => Opened::Unreadable,
            },
        })
    }

    /// Waits for the end of a command that was not answered in time: it would be taken for the end of the
    /// next one, and so on with each that follows.
    async fn await_end(&mut self) -> Result<(), Error> {
        let (until, earlier) = (now() + CARD, std::mem::take(&mut self.urcs));
        let mut lines = Vec::new();
        while let Some(event) = self.next_line_or_event(until).await? {
            let Event::Urc(line) = event else { continue };
            if final_result(&line).is_some() {
                if self.settings.opening.is_some() {
                    self.no_longer_owe(&UNKNOWN.closing());
                }
                self.note_late_channel(&lines);
                break;
            }
            lines.push(line);
        }
        self.urcs = earlier;
        lines.into_iter().for_each(|line| self.keep_urc(line));
        Ok(())
    }

    /// The end of a command that opened a channel, though the run was interrupted meanwhile.
    pub(in crate::client) fn note_late_channel(&mut self, lines: &[Vec<u8>]) {
        let Some(name) = self.settings.opening.take() else { return };
        let lines: Vec<_> =
            lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        if let Some(Ok(way)) = read_opened(&lines, name) {
            self.owe_channel(way);
        }
    }

    /// How long a card that is at work is waited for before its channel is closed.
    pub(in crate::client) fn patience_with_card(&self) -> Option<Duration> {
        let is_open = || self.owed().iter().any(|owed| closes_channel(owed));
        (self.settings.opening.is_some() || is_open()).then_some(CARD)
    }

    fn owe_channel(&mut self, way: Way) {
        self.owe(way.closing());
    }

    /// Closes a channel; one that the modem knows no more is closed already.
    pub(super) async fn close_channel(&mut self, channel: &Channel) -> Result<(), Error> {
        let closing = channel.way.closing();
        let answer = self.command(Command::new(closing.as_str()).within(CLOSING)).await?;
        if answer.outcome != Outcome::Silent {
            self.no_longer_owe(&closing);
        }
        Ok(())
    }

    /// Closes what a run that was killed has left open.
    pub(super) async fn close_left_behind(&mut self) -> Result<(), Error> {
        for closing in
            self.owed().iter().filter(|owed| closes_channel(owed)).cloned().collect::<Vec<_>>()
        {
            let answer = self.command(Command::new(closing.as_str()).within(CARD)).await?;
            if answer.outcome == Outcome::Silent {
                self.await_end().await?;
            }
            self.no_longer_owe(&closing);
        }
        Ok(())
    }
}

/// What came of opening a channel.
#[derive(Debug)]
pub(super) enum Opened {
    Channel(Way),
    /// The modem says no.
    Refused(crate::at::code::FinalResult),
    /// The card says no, to what went through by `+CSIM`.
    ByCard(euicc::Status),
    /// The modem says yes, and no number.
    Unreadable,
}

fn closes_channel(command: &str) -> bool {
    command.starts_with("AT+CCHC=") || command.starts_with(RAW)
}

/// The channel that the answer gives, or the card's refusal.
fn read_opened(lines: &[String], name: &str) -> Option<Result<Way, euicc::Status>> {
    let apdu = said(lines, name)?;
    if name == OPEN_SESSION {
        return apdu.session.map(|session| Ok(Way::Session(session)));
    }
    let data = hex::octets(apdu.data?.as_bytes())?;
    let status = euicc::Status(u16::from_str_radix(&apdu.sw?, 16).ok()?);
    match data[..] {
        [number] if status.is_done() && number != 0 => Some(Ok(Way::Raw(number))),
        _ if status.is_done() => None,
        _ => Some(Err(status)),
    }
}

/// What the lines say of the card; `request` tells a bare number from other noise.
fn said(lines: &[String], request: &str) -> Option<Apdu> {
    let request = if request == OPEN_SESSION { "AT+CCHO=\"\"" } else { request };
    decode(lines.join("\r\n").as_bytes(), None, Some(request))
        .items
        .into_iter()
        .find_map(|item| if let Item::Apdu(apdu) = item { Some(apdu) } else { None })
}
