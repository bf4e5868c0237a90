//! The signal as it is now, asked again and again.

use std::time::Duration;

use super::{Modem, Step};
use crate::Error;
use crate::at::{Command, Outcome};
use crate::diag::{self, Asked, Facts};
use crate::port::Line;

/// A question that takes longer than this makes the picture old.
const ONE: Duration = Duration::from_millis(900);

/// Which network, and the levels that every modem knows (3GPP TS 27.007 clauses 7.3, 8.5, 8.69).
const STANDARD: [&str; 3] = ["AT+COPS?", "AT+CESQ", "AT+CSQ"];

/// The commands that tell something of the signal, found out by the first round.
#[derive(Clone, Debug, Default)]
pub struct SignalCommands(Option<Vec<String>>);

impl<P: Line> Modem<P> {
    /// Levels and cell, the rest of the facts left empty.
    ///
    /// The first round asks all that the dialect knows, later ones what told something.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`]; [`Error::Silent`] where nothing answers.
    pub async fn signal(&mut self, commands: &mut SignalCommands) -> Result<Facts, Error> {
        if !self.settings.prepared {
            self.prepare(&[]).await?;
            self.identify().await?;
        }
        self.progress.set(Step::Examining);
        let standard = STANDARD.map(str::to_owned);
        let asked = commands.0.take().unwrap_or_else(|| {
            let mut all = self.dialect().diag;
            all.retain(|command| !standard.contains(command));
            [all.as_slice(), &standard].concat()
        });
        let mut facts = Facts::default();
        let mut telling = Vec::new();
        for command in asked {
            let answer = self.command(Command::new(command.as_str()).within(ONE)).await?;
            let is_ok = matches!(answer.outcome, Outcome::Ok | Outcome::Unfinished);
            let before = (facts.radio.clone(), facts.network.clone());
            let asked = Asked { command: &command, lines: &answer.lines, is_ok, error: None };
            facts.note(&asked, 0);
            if before != (facts.radio.clone(), facts.network.clone()) {
                telling.push(command);
            }
        }
        // On another technology other commands may tell: all are asked again.
        let tells_power = diag::signal(&facts).first().is_some_and(Option::is_some);
        commands.0 = Some(telling).filter(|_| tells_power);
        Ok(facts)
    }
}
