//! Messages that come in answer to a question: announced, or found where none was before.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::batch::Answers;
use super::inbox::{receiving_room, storage_names};
use super::run::now;
use super::{Modem, Step};
use crate::Error;
use crate::at::{Command, Event, Outcome};
use crate::port::Line;
use crate::sms::{self, Entry, Message};

/// How long the other parts of a long message may take.
const PARTS: Duration = Duration::from_secs(15);

/// How long a better message than the one that came may take.
pub(crate) const BETTER: Duration = Duration::from_secs(20);

/// How often the storage is looked at, for modems that announce nothing or on another port.
const LOOK: Duration = Duration::from_secs(5);

/// More messages than any storage holds; what a modem announces beyond is not kept.
const MOST: usize = 256;

/// What a message is worth that may be the answer. The most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// It answers the question.
    Answer,
    /// The operator says something else: an advert, a welcome, an answer to an older question.
    Perhaps,
    /// It says that the answer will come.
    Announcement,
}

/// What came since the question, and what was there before it.
#[derive(Default)]
pub(super) struct Arrivals {
    /// Announcements, and messages handed over without being stored.
    lines: VecDeque<Vec<u8>>,
    /// Places that were empty before.
    places: VecDeque<u16>,
    /// The places in use that are none of ours; none where the modem does not tell.
    known: Option<Vec<u16>>,
    /// The storages in use, with their quotes: the one read from comes first.
    storages: Vec<String>,
    /// Places in use and places in all where new messages go, where the modem tells.
    room: Option<(u16, u16)>,
    /// Whether the modem reads a message and leaves it new; none before it was tried.
    can_peek: Option<bool>,
}

/// Five digits (3GPP TS 27.005 clause 3.4.1); with one lost on the way it would be another setting.
fn is_report(text: &str) -> bool {
    let is_digit = |field: &str| field.len() == 1 && field.bytes().all(|b| b.is_ascii_digit());
    text.split(',').all(is_digit) && text.split(',').count() == 5
}

impl<P: Line> Modem<P> {
    /// PDU mode, and new messages announced; both are put back at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`]; [`Error::Refused`] by a modem without messages.
    pub async fn prepare_messages(&mut self) -> Result<(), Error> {
        let answers = self.ask(&["+CMGF?", "+CNMI?", "+CPMS?", PLACES]).await?;
        let report = answers.value("+CNMI?").map(|report| report.replace(' ', ""));
        let report = report.filter(|report| is_report(report));
        self.arrivals.known = places(&answers);
        let names = answers.value("+CPMS?").map(storage_names).unwrap_or_default();
        self.arrivals.storages = names.into_iter().map(str::to_owned).collect();
        self.arrivals.room = answers.value("+CPMS?").and_then(receiving_room);
        self.pdu_mode(&answers).await?;
        // Without it the storage is looked at. What cannot be put back is not changed.
        if let Some(report) = report {
            self.owe(format!("AT+CNMI={report}"));
            self.command(Command::new("AT+CNMI=2,1,0,0,0")).await?;
        }
        Ok(())
    }

    /// Whether an answer by message has a place to go to: the network keeps one back for which there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] where it has none.
    pub(super) fn check_room(&self) -> Result<(), Error> {
        let full = self.arrivals.room.filter(|(used, total)| used >= total && *total > 0);
        let Some((used, total)) = full else { return Ok(()) };
        let message = format!(
            "the storage for messages is full ({used} of {total}): the answer has no place to go to"
        );
        Err(Error::Sim { message, hint: Some("`saldo sms delete` makes room".into()) })
    }

    /// Waits up to `limit` for a message that is worth something, and joins its parts.
    ///
    /// Only those count that are announced from now on, or stand where none stood before: what was in
    /// storage may be the answer to an older question. Others stay there, and stay new where the modem
    /// can read without marking. A message that only may be the answer gives a better one some time to come.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] where none came.
    pub async fn next_message(
        &mut self,
        limit: Duration,
        worth: impl Fn(&Message) -> Option<Worth>,
    ) -> Result<Message, Error> {
        self.progress.set(Step::Message);
        let mut until = now() + limit;
        let mut entries = Vec::new();
        while let Some(more) = self.next_entries(until).await? {
            entries.extend(more);
            if entries.len() > MOST {
                break;
            }
            match best(&entries, &worth) {
                Some((Worth::Answer, message)) if message.missing.is_empty() => return Ok(message),
                Some((Worth::Answer, _)) => until = until.min(now() + PARTS),
                Some((Worth::Perhaps, _)) => until = until.min(now() + BETTER),
                Some((Worth::Announcement, _)) | None => {}
            }
        }
        let found = best(&entries, &worth).map(|(_, message)| message);
        found.ok_or_else(|| no_message(limit, !entries.is_empty()))
    }

    /// Keeps what announces or is a new message, for [`Modem::next_message`].
    pub(super) fn note_arrival(&mut self, line: Vec<u8>) {
        let lines = &mut self.arrivals.lines;
        let follows = lines.back().is_some_and(|last| last.starts_with(b"+CMT:"));
        let is_message = follows && line.iter().all(u8::is_ascii_hexdigit);
        if lines.len() >= MOST && !is_message {
            return;
        }
        if is_message || line.starts_with(b"+CMTI:") || line.starts_with(b"+CMT:") {
            lines.push_back(line);
        }
    }

    /// What was announced before a question is no answer to it.
    pub(super) fn forget_arrivals(&mut self) {
        self.arrivals.lines.clear();
        self.urcs.clear();
    }

    async fn next_entries(&mut self, until: Instant) -> Result<Option<Vec<Entry>>, Error> {
        loop {
            let entries = if let Some(line) = self.arrivals.lines.pop_front() {
                self.read_arrival(&line).await?
            } else if let Some(place) = self.arrivals.places.pop_front() {
                self.read_place(place).await?
            } else {
                match self.next_line_or_event(until.min(now() + LOOK)).await? {
                    Some(Event::Urc(line)) => self.note_arrival(line),
                    Some(_) => {}
                    None if now() >= until => return Ok(None),
                    None => self.look_for_messages().await?,
                }
                Vec::new()
            };
            if !entries.is_empty() {
                return Ok(Some(entries));
            }
        }
    }

    /// Which places are in use now that were not before (3GPP TS 27.005 clause 3.5.4): a listing would mark
    /// everybody's messages as read.
    async fn look_for_messages(&mut self) -> Result<(), Error> {
        let Some(known) = &mut self.arrivals.known else { return Ok(()) };
        let known = known.clone();
        let answers = self.ask(&[PLACES]).await?;
        for place in places(&answers).unwrap_or_default() {
            if !known.contains(&place) {
                self.arrivals.places.push_back(place);
            }
        }
        Ok(())
    }

    /// The message behind `+CMTI: "SM",3`, or the one that `+CMT` carries on its next line.
    async fn read_arrival(&mut self, line: &[u8]) -> Result<Vec<Entry>, Error> {
        if line.starts_with(b"+CMT:") {
            let Some(message) = self.arrivals.lines.pop_front() else { return Ok(Vec::new()) };
            return Ok(sms::entries([line, message.as_slice()]));
        }
        let Some((storage, place)) = announced(line) else { return Ok(Vec::new()) };
        self.read_from(&storage).await?;
        self.read_place(place).await
    }

    async fn read_place(&mut self, place: u16) -> Result<Vec<Entry>, Error> {
        if let Some(known) = self.arrivals.known.as_mut().filter(|known| !known.contains(&place)) {
            known.push(place);
        }
        let mut answer = None;
        if self.arrivals.can_peek != Some(false) {
            let peek = self.command(Command::new(format!("AT+CMGR={place},1"))).await?;
            let could = peek.outcome == Outcome::Ok;
            self.arrivals.can_peek = Some(could);
            answer = Some(peek).filter(|_| could);
        }
        let answer = match answer {
            Some(answer) => answer,
            None => self.command(Command::new(format!("AT+CMGR={place}"))).await?,
        };
        Ok(sms::entries(answer.lines.iter().map(|line| line.as_bytes())))
    }

    /// Reads from the storage that was announced; the one in use before is put back at the end.
    async fn read_from(&mut self, storage: &str) -> Result<(), Error> {
        let Some(used) = self.arrivals.storages.first().filter(|used| *used != storage) else {
            return Ok(());
        };
        let before = self.arrivals.storages.join(",");
        tracing::debug!(%used, %storage, "a message in another storage");
        self.owe(format!("AT+CPMS={before}"));
        let answer = self.command(Command::new(format!("AT+CPMS={storage}"))).await?;
        if answer.outcome == Outcome::Ok {
            self.arrivals.storages = vec![storage.to_owned()];
            // Its places are others.
            self.arrivals.known = None;
        }
        Ok(())
    }
}

/// The message that is worth most: whole ones before others, then the first that came.
fn best(entries: &[Entry], worth: impl Fn(&Message) -> Option<Worth>) -> Option<(Worth, Message)> {
    let messages = sms::join(entries).messages.into_iter();
    let ours = messages.filter_map(|message| Some((worth(&message)?, message)));
    ours.min_by_key(|(worth, message)| (*worth, !message.missing.is_empty()))
}

/// Asks which places of the storage are in use.
const PLACES: &str = "+CMGD=?";

fn places(answers: &Answers) -> Option<Vec<u16>> {
    answers.value(PLACES).and_then(sms::places_in_use)
}

/// The storage, with its quotes, and the place that `+CMTI` names (3GPP TS 27.005 clause 3.4.1).
fn announced(line: &[u8]) -> Option<(String, u16)> {
    let line = std::str::from_utf8(line).ok()?;
    let (storage, place) = line.split_once(':')?.1.split_once(',')?;
    Some((storage.trim().to_owned(), place.trim().parse().ok()?))
}

pub(crate) fn no_message(limit: Duration, others_came: bool) -> Error {
    let message = format!("the operator's message did not come within {} s", limit.as_secs_f32());
    let hint = if others_came {
        "messages of others came and were left alone: `saldo sms list` shows them"
    } else {
        "it may still come, or have come at once: `saldo sms list` shows it"
    };
    Error::Network { message, hint: Some(hint.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port::SimPort;
    use crate::sim;

    #[test]
    fn a_flood_of_announcements_stays_bounded_and_no_message_loses_its_second_line() {
        let line = sim::Modem::from_text("none.at", "# saldo script 1\n").unwrap();
        let mut modem = Modem::new(SimPort::new(line));
        for place in 0..2 * MOST {
            modem.note_arrival(b"+CMT: ,23".to_vec());
            modem.note_arrival(format!("{place:08}").into_bytes());
        }
        let lines = &modem.arrivals.lines;
        assert!(lines.len() <= MOST + 1, "{}", lines.len());
        assert!(lines.back().is_some_and(|last| last.iter().all(u8::is_ascii_digit)));
    }
}
