//! Which way leads to the ISD-R: a session of the modem's (`+CCHO`), or a channel of our own (`+CSIM`).

use std::time::Duration;

use super::super::Modem;
use super::super::run::{now, refused};
use super::channel::{Channel, OPEN_SESSION, Opened, RAW, Way, close_session, raw};
use super::why::{self, NoWay};
use crate::Error;
use crate::at::code::{Class, FinalResult};
use crate::at::{Command, Outcome};
use crate::euicc::{self, Exchange, Framing, Status, apdu, info, request};
use crate::hex;
use crate::ids::Eid;
use crate::port::Line;

/// How often a card that is busy is asked for a session.
const ATTEMPTS: usize = 10;

/// Between two of them.
const PAUSE: Duration = Duration::from_millis(250);

/// The channels that a card may have beside the first (ETSI TS 102 221 clause 11.1.17).
const CHANNELS: std::ops::RangeInclusive<u8> = 1..=3;

impl<P: Line> Modem<P> {
    /// A channel by which the ISD-R has told its EID.
    pub(super) async fn open_isd_r(&mut self) -> Result<(Channel, Eid), Error> {
        if !self.settings.prepared {
            self.prepare(&[]).await?;
        }
        if let Some(setting) = self.number_errors() {
            self.command(Command::new(format!("AT{setting}"))).await?;
        }
        self.close_left_behind().await?;
        let session = match self.session().await? {
            Ok(found) => return Ok(found),
            Err(no_way) => no_way,
        };
        match self.raw_channel().await? {
            Ok(found) => Ok(found),
            Err(raw) => Err(why::no_way(&session, &raw, self.known_identity())),
        }
    }

    /// By `+CCHO` (3GPP TS 27.007 clause 8.45). It is not asked for by its test form: firmware that has it
    /// may be silent to that.
    async fn session(&mut self) -> Result<Result<(Channel, Eid), NoWay>, Error> {
        let (mut has_closed, mut attempts) = (false, 0);
        loop {
            let text = format!("{OPEN_SESSION}=\"{}\"", hex::digits(&apdu::ISD_R));
            let result = match self.opening(OPEN_SESSION, text).await? {
                Opened::Channel(way @ Way::Session(session)) => {
                    return self.first_words(way, Framing::session(session)).await;
                }
                Opened::Refused(result) => result,
                Opened::Channel(Way::Raw(_)) | Opened::ByCard(_) | Opened::Unreadable => {
                    return Ok(Err(NoWay::Modem("it gives no number for its session".into())));
                }
            };
            attempts += 1;
            if is_busy(&result) {
                if attempts >= ATTEMPTS {
                    return Ok(Err(NoWay::Busy(result)));
                }
                self.next_event(Some(now() + PAUSE)).await?;
            } else if is_not_found(&result) {
                return Ok(Err(NoWay::NoIsdR));
            } else if is_of_sim(&result) {
                return Err(refused(OPEN_SESSION, &result));
            } else if has_closed || !self.close_sessions().await? {
                return Ok(Err(NoWay::Modem(result.to_string())));
            } else {
                has_closed = true;
            }
        }
    }

    /// Sessions that an earlier run left open take the place of ours. Whether there was one.
    async fn close_sessions(&mut self) -> Result<bool, Error> {
        let mut was_open = false;
        for number in CHANNELS {
            let closing = Command::new(close_session(number.into()));
            was_open |= self.command(closing).await?.outcome == Outcome::Ok;
        }
        Ok(was_open)
    }

    /// By `+CSIM` (clause 8.17), with a channel that we open and choose ourselves.
    async fn raw_channel(&mut self) -> Result<Result<(Channel, Eid), NoWay>, Error> {
        let mut open = apdu::OPEN_CHANNEL;
        let (mut has_closed, mut has_fitted) = (false, false);
        loop {
            match self.opening(RAW, raw(&open)).await? {
                Opened::Channel(Way::Raw(number)) if CHANNELS.contains(&number) => {
                    return self.select_isd_r(number).await;
                }
                // In the class of our commands it would be another one: 4 is the modem's own.
                Opened::Channel(way @ Way::Raw(number)) => {
                    let framing = Framing::channel(number);
                    self.close_channel(&Channel { way, framing }).await?;
                    return Ok(Err(NoWay::NoneLeft));
                }
                Opened::ByCard(status) => match status.right_length() {
                    Some(length) if !std::mem::replace(&mut has_fitted, true) => {
                        if let Some(last) = open.last_mut() {
                            *last = length;
                        }
                    }
                    _ if !has_closed && status == Status::NONE_LEFT => {
                        self.close_raw_channels().await?;
                        has_closed = true;
                    }
                    _ => return Ok(Err(NoWay::Card(status))),
                },
                Opened::Refused(result) if is_of_sim(&result) => return Err(refused(RAW, &result)),
                Opened::Refused(result) => return Ok(Err(NoWay::Modem(result.to_string()))),
                Opened::Channel(Way::Session(_)) | Opened::Unreadable => {
                    let reason = "it gives no number for the channel";
                    return Ok(Err(NoWay::Modem(reason.into())));
                }
            }
        }
    }

    async fn close_raw_channels(&mut self) -> Result<(), Error> {
        for number in CHANNELS {
            self.command(Command::new(raw(&apdu::close_channel(number)))).await?;
        }
        Ok(())
    }

    async fn select_isd_r(&mut self, number: u8) -> Result<Result<(Channel, Eid), NoWay>, Error> {
        let (way, framing) = (Way::Raw(number), Framing::channel(number));
        let no_way = match self.transmit(way, &apdu::select(number)).await {
            Ok(response) => match status(&response) {
                Some(status) if status.is_done() || status.waiting().is_some() => {
                    return self.first_words(way, framing).await;
                }
                Some(Status::NOT_FOUND) => NoWay::NoIsdR,
                Some(status) => NoWay::Afterwards(status.to_string()),
                None => NoWay::Afterwards("no status word".into()),
            },
            Err(Error::Refused { reason, .. }) => NoWay::Afterwards(reason),
            Err(error) => return Err(error),
        };
        self.close_channel(&Channel { way, framing }).await?;
        Ok(Err(no_way))
    }

    /// Asks the EID. Where the card or the modem minds the channel in the class, which is the modem's to
    /// put there (clause 8.43), it is asked without.
    async fn first_words(
        &mut self,
        way: Way,
        framing: Framing,
    ) -> Result<Result<(Channel, Eid), NoWay>, Error> {
        let without = matches!(way, Way::Session(_)) && framing.has_channel();
        let framings = [Some(framing), without.then(|| Framing::session(0))];
        let mut no_way = NoWay::Afterwards(String::new());
        for framing in framings.into_iter().flatten() {
            match self.carry(way, Exchange::new(framing, &request::eid())).await {
                Ok(Ok(answer)) => {
                    let eid = info::eid(&answer).map_err(why::card)?;
                    return Ok(Ok((Channel { way, framing }, eid)));
                }
                Ok(Err(euicc::Error::Refused(status))) => {
                    no_way = NoWay::Afterwards(status.to_string());
                }
                Ok(Err(error)) => {
                    no_way = NoWay::Afterwards(error.to_string());
                    if error == euicc::Error::TooLong {
                        break; // it took minutes to know
                    }
                }
                Err(Error::Refused { reason, .. }) => no_way = NoWay::Afterwards(reason),
                Err(error) => return Err(error),
            }
        }
        self.close_channel(&Channel { way, framing }).await?;
        Ok(Err(no_way))
    }
}

fn status(response: &[u8]) -> Option<Status> {
    response.last_chunk().map(|word| Status(u16::from_be_bytes(*word)))
}

/// The card is at something else, and may take us a moment later.
fn is_busy(result: &FinalResult) -> bool {
    let says_so = |text: &String| text.to_ascii_lowercase().contains("busy");
    has_code(result, &[13, 14]) || result.text.as_ref().is_some_and(says_so)
}

/// No application of that name.
fn is_not_found(result: &FinalResult) -> bool {
    has_code(result, &[22])
}

/// There is no card, or it wants a PIN.
fn is_of_sim(result: &FinalResult) -> bool {
    has_code(result, &[10, 11, 12, 15])
}

fn has_code(result: &FinalResult, codes: &[u32]) -> bool {
    result.class == Class::Cme && result.code.is_some_and(|code| codes.contains(&code))
}
