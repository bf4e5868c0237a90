//! A message out, and the answer that comes as one (3GPP TS 27.005).

use std::time::{Duration, Instant};

use super::run::now;
use super::{Modem, Step};
use crate::Error;
use crate::at::{Command, Event, Outcome};
use crate::pdu::{self, Submit};
use crate::port::Line;
use crate::sms::{self, Entry, Message};

/// Ctrl-Z, which sends what was typed at the prompt.
const SEND: &[u8] = b"\x1a";

/// How long the other parts of a long message may take.
const PARTS: Duration = Duration::from_secs(15);

impl<P: Line> Modem<P> {
    /// PDU mode, and new messages announced; both are put back at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`]; [`Error::Refused`] by a modem without messages.
    pub async fn prepare_messages(&mut self) -> Result<(), Error> {
        let answers = self.ask(&["+CMGF?", "+CNMI?"]).await?;
        if let Some(mode @ "1") = answers.value("+CMGF?") {
            self.owe(format!("AT+CMGF={mode}"));
        }
        if let Some(report) = answers.value("+CNMI?") {
            self.owe(format!("AT+CNMI={}", report.replace(' ', "")));
        }
        self.expect("AT+CMGF=0").await?;
        // Some firmware refuses the buffering mode or the last fields; then its own setting must do.
        self.command(Command::new("AT+CNMI=2,1,0,0,0")).await?;
        Ok(())
    }

    /// Sends `text` to `number`, once.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] where it was not taken; then nothing is known to have been sent.
    pub async fn send_message(&mut self, number: &str, text: &str) -> Result<(), Error> {
        for part in Submit::to(number, text).map_err(|error| Error::Usage { message: error.to_string(), hint: None })? {
            self.send_part(&part).await?;
        }
        Ok(())
    }

    /// Waits up to `limit` for a message that arrives from now on, and joins its parts.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] where none came.
    pub async fn next_message(&mut self, limit: Duration) -> Result<Message, Error> {
        self.progress.set(Step::Message);
        let mut until = now() + limit;
        let mut parts = Vec::new();
        loop {
            if let Some(entry) = self.next_entry(until).await? {
                parts.push(entry);
                if let Some(message) = sms::join(&parts).into_iter().find(Message::is_complete) {
                    return Ok(message);
                }
                until = until.min(now() + PARTS);
            } else {
                return sms::join(&parts).into_iter().next().ok_or_else(|| no_message(limit));
            }
        }
    }

    /// Keeps what announces or is a new message, for [`Modem::next_message`].
    pub(super) fn note_arrival(&mut self, line: Vec<u8>) {
        if line.starts_with(b"+CMTI:") || line.starts_with(b"+CMT:") {
            self.arrivals.push_back(line);
        }
    }

    async fn next_entry(&mut self, until: Instant) -> Result<Option<Entry>, Error> {
        loop {
            if let Some(line) = self.arrivals.pop_front() {
                if let Some(entry) = self.read_arrival(&line).await? {
                    return Ok(Some(entry));
                }
            }
            match self.next_line_or_event(until).await? {
                None => return Ok(None),
                Some(Event::Urc(line)) => self.note_arrival(line),
                Some(_) => {}
            }
        }
    }
}
