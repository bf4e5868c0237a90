//! A message out, in PDU mode (3GPP TS 27.005 clause 4).

use super::Modem;
use super::batch::Answers;
use super::run::{Answer, refused};
use crate::Error;
use crate::at::{Command, Event, Outcome, params};
use crate::pdu::{Address, Pdu, Submit, Tpdu};
use crate::port::Line;

/// Ctrl-Z sends what was typed at the prompt, ESC forgets it.
const SEND: &str = "\x1a";

const MODE: &str = "+CMGF?";

impl<P: Line> Modem<P> {
    /// PDU mode, put back at the end where `+CMGF?` found another one (3GPP TS 27.005 clause 3.2.3).
    pub(super) async fn pdu_mode(&mut self, found: &Answers) -> Result<(), Error> {
        let is_lost = |mode: &Answers| !matches!(mode.value(MODE), Some("0" | "1"));
        let mut is_text = found.value(MODE) == Some("1");
        if is_lost(found) {
            let again = self.ask(&[MODE]).await?;
            let is_unknown = [found, &again].iter().all(|mode| mode.failure(MODE).is_some());
            if is_lost(&again) && !is_unknown {
                // What nobody knows could not be put back.
                let (command, reason) = (format!("AT{MODE}"), "its answer does not read".into());
                return Err(Error::Refused { command, reason, hint: None });
            }
            is_text = again.value(MODE) == Some("1");
        }
        if is_text {
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
        let waited = command.limit();
        let (answer, is_typed) = self.type_text(command, &format!("{digits}{SEND}")).await?;
        self.settings.in_doubt = is_typed && leaves_doubt(&answer.outcome);
        let is_taken =
            answer.lines.iter().any(|line| params::after(line.as_bytes(), "+CMGS").is_some());
        if !is_typed {
            // Whatever came in place of the prompt may not have been meant: the line may be in it.
            self.leave_prompt().await?;
        }
        match answer.outcome {
            Outcome::Failed(result) => Err(refused("AT+CMGS", &result)),
            _ if !is_typed => Err(Error::Silent { command: "AT+CMGS".into(), waited }),
            Outcome::Ok => Ok(()),
            Outcome::Unfinished if is_taken => Ok(()),
            Outcome::Unfinished | Outcome::Silent => {
                self.leave_prompt().await?;
                Err(not_taken())
            }
        }
    }

    /// A command whose prompt is answered with `text`; and whether there was a prompt.
    async fn type_text(&mut self, command: Command, text: &str) -> Result<(Answer, bool), Error> {
        self.start(command).await?;
        let mut is_typed = false;
        loop {
            match self.next_event(None).await? {
                Some(Event::Prompt) => {
                    self.settings.in_doubt = true; // until the modem says what became of it
                    self.session.send_text(text.as_bytes());
                    is_typed = true;
                }
                Some(Event::Done { lines, outcome }) => {
                    return Ok((Answer::new(&lines, outcome), is_typed));
                }
                _ => {}
            }
        }
    }
}

/// Whether the message may have gone out, though nothing says so.
fn leaves_doubt(outcome: &Outcome) -> bool {
    /// `+CMS ERROR: 332`, network timeout (3GPP TS 27.005 clause 3.2.5).
    const NETWORK_TIMEOUT: u32 = 332;
    match outcome {
        Outcome::Ok => false,
        Outcome::Failed(result) => result.code == Some(NETWORK_TIMEOUT),
        Outcome::Unfinished | Outcome::Silent => true,
    }
}

pub(crate) fn not_taken() -> Error {
    let message = "the network did not take the message in time; it may or may not have gone out";
    Error::Network { message: message.into(), hint: None }
}
