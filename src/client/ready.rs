//! What is said before a request, once a run, and what changes from one form to the next.

use super::batch::Answers;
use super::ladder::{self, Found, Rung};
use super::run::now;
use super::{Modem, setup};
use crate::Error;
use crate::at::{Command, Event, Outcome};
use crate::modems::Dialect;
use crate::port::Line;

/// Ends a USSD session (3GPP TS 27.007 clause 7.15).
pub(super) const CANCEL: &str = "+CUSD=2";

const CHARSET: &str = "+CSCS?";

impl<P: Line> Modem<P> {
    /// Who the modem is, and all that its family wants said before a request: at most two lines.
    pub(super) async fn get_ready(&mut self) -> Result<(), Error> {
        if !self.settings.prepared {
            self.prepare(&[CANCEL]).await?;
            self.settings.cancelled = true;
        }
        self.check_profile()?;
        let words = self.words_before_request();
        if !words.is_empty() || self.settings.found_errors.is_some() {
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let answers = self.ask(&words).await?;
            self.note_words(&answers);
        }
        Ok(())
    }

    /// What is still to be said before the first request, without `AT`: the mode is read, the character
    /// set of the first form selected, an older session ended, whose text would come in place of ours.
    ///
    /// The set is read back on the same line: which of several silent commands failed, a line does not tell.
    pub(super) fn words_before_request(&mut self) -> Vec<String> {
        let mut words = Vec::new();
        if !self.settings.ready {
            let dialect = self.dialect();
            let bare = |command: &String| command.strip_prefix("AT").map(str::to_owned);
            words.extend(self.mode_question());
            if let Some(charset) = self.first_charset() {
                self.owe_charset();
                words.extend([format!("+CSCS=\"{charset}\""), CHARSET.into()]);
            }
            words.extend(dialect.before.iter().filter_map(bare));
        }
        if !self.settings.cancelled {
            words.push(CANCEL.into());
        }
        words
    }

    /// The answers to [`Modem::words_before_request`].
    pub(super) fn note_words(&mut self, answers: &Answers) {
        self.settings.ready = true;
        self.settings.cancelled = true;
        self.note_mode(answers);
        if let Some(charset) = answers.value(CHARSET) {
            self.settings.charset = setup::charset_name(charset);
        }
    }

    /// Reads the mode between text and packed septets, where the family has one and it was not read yet.
    pub(super) fn mode_question(&self) -> Option<String> {
        let name = mode_name(&self.dialect()).filter(|_| !self.settings.knows_mode)?;
        Some(format!("{name}?"))
    }

    /// The answer to [`Modem::mode_question`].
    pub(super) fn note_mode(&mut self, answers: &Answers) {
        let Some(question) = self.mode_question() else { return };
        let mode = answers.value(&question).and_then(|mode| mode.trim().parse().ok());
        (self.settings.mode, self.settings.found_mode) = (mode, mode);
        self.settings.knows_mode = true;
    }

    /// The rungs for this modem, as it was found.
    pub(super) fn rungs(&mut self) -> Vec<Rung> {
        let learned = self.learned();
        let charset = self.settings.found_charset.as_deref();
        let found = Found { charset, mode: self.settings.found_mode };
        ladder::rungs(&self.dialect(), found, learned)
    }

    /// The character set that the first request needs and that is not set; `None` where a mode
    /// still has to tell which request is the first, or a line of its own would be needed anyhow.
    fn first_charset(&mut self) -> Option<String> {
        if self.mode_question().is_some() || !self.settings.joins {
            return None;
        }
        let first = self.rungs().into_iter().next()?;
        let found = self.settings.found_charset.as_deref()?;
        let charset = first.charset(Some(found))?;
        (self.settings.charset.as_deref() != Some(charset)).then(|| charset.to_owned())
    }

    /// Makes ready for a rung; `false` where it cannot be tried. Without the character set that a
    /// form needs, its digits would go on air as if they were the code.
    pub(super) async fn use_rung(&mut self, rung: Rung) -> Result<bool, Error> {
        let found = self.settings.found_charset.clone();
        let is_set = match rung.charset(found.as_deref()) {
            Some(charset) => self.use_charset(charset).await? || rung.works_under_any(),
            None => true,
        };
        Ok(is_set && self.use_mode(rung.mode).await?)
    }

    /// Changes the mode between text and packed septets; gives whether it is this one now.
    async fn use_mode(&mut self, mode: Option<u8>) -> Result<bool, Error> {
        let (Some(wanted), Some(name)) = (mode, mode_name(&self.dialect())) else {
            return Ok(mode.is_none());
        };
        let Some(before) = self.settings.mode.filter(|before| *before != wanted) else {
            return Ok(self.settings.mode.is_some());
        };
        self.owe(format!("AT{name}={before}"));
        let answer = self.command(Command::new(format!("AT{name}={wanted}"))).await?;
        let is_set = answer.outcome == Outcome::Ok;
        if is_set {
            self.settings.mode = Some(wanted);
        }
        Ok(is_set)
    }

    /// Changes the character set of strings, where it is another one; gives whether it is this one now.
    pub(super) async fn use_charset(&mut self, charset: &str) -> Result<bool, Error> {
        match self.settings.charset.as_deref() {
            None => return Ok(false),
            Some(before) if before == charset => return Ok(true),
            Some(_) => {}
        }
        self.owe_charset();
        let answer = self.command(Command::new(format!("AT+CSCS=\"{charset}\""))).await?;
        if answer.outcome == Outcome::Ok {
            self.settings.charset = Some(charset.to_owned());
        }
        Ok(answer.outcome == Outcome::Ok)
    }

    fn owe_charset(&mut self) {
        if let Some(before) = self.settings.found_charset.clone() {
            self.owe(format!("AT+CSCS=\"{before}\""));
        }
    }

    /// Ends what the last request may have left open, and lets the modem come to rest.
    pub(super) async fn settle(&mut self) -> Result<(), Error> {
        self.settings.ussd_open = true;
        self.end_ussd().await?;
        let quiet = self.dialect().settle;
        let end = now() + 2 * quiet;
        while let Some(event) = self.next_line_or_event(end.min(now() + quiet)).await? {
            if let Event::Urc(line) = event {
                self.note_arrival(line);
            }
        }
        Ok(())
    }
}

/// The command of [`Dialect::ussd_mode`] without its `AT`.
fn mode_name(dialect: &Dialect) -> Option<String> {
    dialect.ussd_mode.as_deref()?.strip_prefix("AT").map(str::to_owned)
}
