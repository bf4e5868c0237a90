//! Commands of the user's own, and what the modem says by itself.

use std::time::Instant;

use super::Modem;
use super::run::now;
use crate::Error;
use crate::at::code::{FinalResult, final_result};
use crate::at::{Command, Event, Outcome};
use crate::port::Line;

/// What came back for a command.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The lines of its answer.
    pub lines: Vec<String>,
    /// How it ended; `None` where it did not.
    pub result: Option<FinalResult>,
}

impl<P: Line> Modem<P> {
    /// Sends a command as it was given, once. Nothing is asked before it but whether the modem is awake,
    /// and nothing that it changes is put back.
    ///
    /// # Errors
    ///
    /// [`Error::Silent`] from a modem that never answered, [`Error::Unplugged`].
    pub async fn pass(&mut self, command: &str) -> Result<Passed, Error> {
        if !self.settings.awake {
            self.open_with(Command::new("AT")).await?;
        }
        let answer = self.command(Command::new(command)).await?;
        let result = match answer.outcome {
            Outcome::Ok => final_result(b"OK"),
            Outcome::Failed(result) => Some(result),
            Outcome::Unfinished | Outcome::Silent => {
                self.leave_prompt().await?; // it may have asked for a text
                None
            }
        };
        Ok(Passed { lines: answer.lines, result })
    }

    /// The next line that the modem says by itself; `None` at `until`.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`].
    pub async fn overhear(&mut self, until: Instant) -> Result<Option<String>, Error> {
        while now() < until || !self.urcs.is_empty() {
            if let Some(Event::Urc(line)) = self.next_line_or_event(until).await? {
                return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
            }
        }
        Ok(None)
    }
}
