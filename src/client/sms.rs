//! A message out, in PDU mode (3GPP TS 27.005 clause 4).

use super::Modem;
use super::batch::Answers;
use super::run::{Answer, refused};
use crate::Error;
use crate::at::{Command, Event, Outcome};
use crate::pdu::{Address, Pdu, Submit, Tpdu};
use crate::port::Line;

/// Ctrl-Z sends what was typed at the prompt, ESC forgets it.
const SEND: &str = "\x1a";

impl<P: Line> Modem<P> {
    /// PDU mode, put back at the end where `+CMGF?` found another one (3GPP TS 27.005 clause 3.2.3).
    pub(super) async fn pdu_mode(&mut self, found: &Answers) -> Result<(), Error> {
        if found.value("+CMGF?") == Some("1") {
            self.owe("AT+CMGF=1".into());
        }
        self.expect(Command::new("AT+CMGF=0")).await.map(drop)
    }

    /// Sends `text` to `number`, once; gives in how many parts it went out.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where they make no message, [`Error::Refused`] where modem or network refused it.
    pub async fn send_message(&mut self, number: &str, text: &str) -> Result<usize, Error> {
        let usage = |message: String| Error::Usage { message, hint: None };
        self.forget_arrivals();
        let to: Address = number.parse().map_err(|error| usage(format!("`{number}`: {error}")))?;
        let parts = Submit::parts(&to, text, 0).map_err(|error| usage(error.to_string()))?;
        let count = parts.len();
        for part in parts {
            self.send_part(part).await?;
        }
        Ok(count)
    }

    async fn send_part(&mut self, part: Submit) -> Result<(), Error> {
        let (digits, length) = Pdu { smsc: None, tpdu: Tpdu::Submit(part) }.line();
        let command = Command::new(format!("AT+CMGS={length}")).with_prompt();
        let answer = self.type_text(command, &format!("{digits}{SEND}")).await?;
        match answer.outcome {
            Outcome::Ok | Outcome::Unfinished => Ok(()),
            Outcome::Failed(result) => Err(refused("AT+CMGS", &result)),
            Outcome::Silent => {
                self.settings.in_doubt = true;
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
}
