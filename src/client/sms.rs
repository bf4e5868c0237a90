//! A message out, and the answer that comes as one (3GPP TS 27.005, PDU mode).

use std::time::{Duration, Instant};

use super::batch::Answers;
use super::run::{Answer, now, refused};
use super::{Modem, Step};
use crate::Error;
use crate::at::{Command, Event, Outcome};
use crate::pdu::{Address, Pdu, Submit, Tpdu};
use crate::port::Line;
use crate::sms::{self, Entry, Message};

/// Ctrl-Z sends what was typed at the prompt, ESC forgets it.
const SEND: &str = "\x1a";

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
        if let Some(report) = answers.value("+CNMI?") {
            self.owe(format!("AT+CNMI={}", report.replace(' ', "")));
        }
        self.pdu_mode(&answers).await?;
        // Some firmware refuses the buffering mode; then its own setting must do.
        self.command(Command::new("AT+CNMI=2,1,0,0,0")).await?;
        Ok(())
    }

    /// PDU mode, put back at the end where `+CMGF?` found another one (3GPP TS 27.005 clause 3.2.3).
    pub(super) async fn pdu_mode(&mut self, found: &Answers) -> Result<(), Error> {
        if found.value("+CMGF?") == Some("1") {
            self.owe("AT+CMGF=1".into());
        }
        self.expect(Command::new("AT+CMGF=0")).await.map(drop)
    }

    /// Sends `text` to `number`, once.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where they make no message, [`Error::Refused`] where modem or network refused it.
    pub async fn send_message(&mut self, number: &str, text: &str) -> Result<(), Error> {
        let usage = |message: String| Error::Usage { message, hint: None };
        self.forget_arrivals();
        let to: Address = number.parse().map_err(|error| usage(format!("`{number}`: {error}")))?;
        for part in Submit::parts(&to, text, 0).map_err(|error| usage(error.to_string()))? {
            self.send_part(part).await?;
        }
        Ok(())
    }

    /// Waits up to `limit` for a message that is announced from now on, and joins its parts.
    ///
    /// Only announced ones count: what is in storage already may be the answer to an older question.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] where none came.
    pub async fn next_message(&mut self, limit: Duration) -> Result<Message, Error> {
        self.progress.set(Step::Message);
        let mut until = now() + limit;
        let mut entries = Vec::new();
        while let Some(more) = self.next_entries(until).await? {
            entries.extend(more);
            let whole =
                sms::join(&entries).messages.into_iter().find(|message| message.missing.is_empty());
            if let Some(message) = whole {
                return Ok(message);
            }
            until = until.min(now() + PARTS);
        }
        sms::join(&entries).messages.into_iter().next().ok_or_else(|| no_message(limit))
    }

    /// Keeps what announces or is a new message, for [`Modem::next_message`].
    pub(super) fn note_arrival(&mut self, line: Vec<u8>) {
        let follows = self.arrivals.back().is_some_and(|last| last.starts_with(b"+CMT:"));
        let is_message = follows && line.iter().all(u8::is_ascii_hexdigit);
        if is_message || line.starts_with(b"+CMTI:") || line.starts_with(b"+CMT:") {
            self.arrivals.push_back(line);
        }
    }

    /// What was announced before a question is no answer to it.
    pub(super) fn forget_arrivals(&mut self) {
        self.arrivals.clear();
        self.urcs.clear();
    }

    async fn send_part(&mut self, part: Submit) -> Result<(), Error> {
        let (digits, length) = Pdu { smsc: None, tpdu: Tpdu::Submit(part) }.line();
        let command = Command::new(format!("AT+CMGS={length}")).with_prompt();
        let answer = self.type_text(command, &format!("{digits}{SEND}")).await?;
        match answer.outcome {
            Outcome::Ok | Outcome::Unfinished => Ok(()),
            Outcome::Failed(result) => Err(refused("AT+CMGS", &result)),
            Outcome::Silent => {
                self.leave_prompt().await?;
                let message =
                    "the network did not take the message in time; it may or may not have gone out";
                Err(Error::Network { message: message.into(), hint: None })
            }
        }
    }

    /// A command whose prompt is answered with `text`.
    async fn type_text(&mut self, command: Command, text: &str) -> Result<Answer, Error> {
        self.start(command).await?;
        loop {
            match self.next_event(None).await? {
                Some(Event::Prompt) => self.session.send_text(text.as_bytes()),
                Some(Event::Done { lines, outcome }) => return Ok(Answer::new(&lines, outcome)),
                _ => {}
            }
        }
    }

    async fn next_entries(&mut self, until: Instant) -> Result<Option<Vec<Entry>>, Error> {
        loop {
            if let Some(line) = self.arrivals.pop_front() {
                let entries = self.read_arrival(&line).await?;
                if !entries.is_empty() {
                    return Ok(Some(entries));
                }
            } else {
                match self.next_line_or_event(until).await? {
                    None => return Ok(None),
                    Some(Event::Urc(line)) => self.note_arrival(line),
                    Some(_) => {}
                }
            }
        }
    }

    /// The message behind `+CMTI: "SM",3`, or the one that `+CMT` carries on its next line.
    async fn read_arrival(&mut self, line: &[u8]) -> Result<Vec<Entry>, Error> {
        if line.starts_with(b"+CMT:") {
            let Some(message) = self.arrivals.pop_front() else { return Ok(Vec::new()) };
            return Ok(sms::entries([line, message.as_slice()]));
        }
        let index = line.rsplit(|octet| *octet == b',').next().unwrap_or_default().trim_ascii();
        let Some(index) =
            std::str::from_utf8(index).ok().and_then(|index| index.parse::<u16>().ok())
        else {
            return Ok(Vec::new());
        };
        let answer = self.command(Command::new(format!("AT+CMGR={index}"))).await?;
        Ok(sms::entries(answer.lines.iter().map(|line| line.as_bytes())))
    }
}

fn no_message(limit: Duration) -> Error {
    let message = format!("the operator's message did not come within {} s", limit.as_secs_f32());
    Error::Network {
        message,
        hint: Some("it may still come: try again with a longer `--timeout`".into()),
    }
}
