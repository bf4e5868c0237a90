//! One USSD dialogue: a code, its text, answers to menus, and the way out.

use std::time::Duration;

use tracing::debug;

use super::facts::{MANUFACTURER, MODEL};
use super::run::{log_urc, now};
use super::setup::CANCEL;
use super::{Modem, Step, why};
use crate::Error;
use crate::at::code::{Class, FinalResult};
use crate::at::{Command, Event};
use crate::port::Line;
use crate::transcript::redacted_command;
use crate::ussd::decode::{self, Reading};
use crate::ussd::reply::Status;
use crate::ussd::{Ended, Exchange, Form, Reply, UssdCode};

/// One turn of a dialogue: what the network said.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The line, as it came.
    pub reply: Reply,
    /// Its text, best reading first; empty where the network said nothing.
    pub readings: Vec<Reading>,
}

impl Turn {
    /// The text in its best reading; empty where the network said nothing.
    pub fn text(&self) -> &str {
        self.readings.first().map_or("", |reading| &reading.text)
    }

    /// Whether its end was lost on the way.
    pub fn is_truncated(&self) -> bool {
        !self.reply.closed || self.readings.first().is_some_and(|reading| reading.truncated)
    }

    /// Whether the network waits for an answer.
    pub fn wants_answer(&self) -> bool {
        self.reply.status == Status::NeedsAnswer
    }
}

/// Requests that one question may put on air while the form is searched.
const MOST_REQUESTS: usize = 3;

impl<P: Line> Modem<P> {
    /// Dials `code` and waits up to `limit` for the network.
    ///
    /// The forms in which the modem may want the code are tried in its family's order, and only while
    /// it refuses at once: what may have reached the network is never sent again. A code that is no
    /// plain query (`is_query` false) is sent in one form only.
    ///
    /// # Errors
    ///
    /// [`Error::Network`], [`Error::Sim`], [`Error::Refused`] with the reason, [`Error::Unplugged`].
    pub async fn ussd(
        &mut self,
        code: &UssdCode,
        limit: Duration,
        is_query: bool,
    ) -> Result<Turn, Error> {
        if !self.settings.prepared {
            self.prepare(&[MANUFACTURER, MODEL, CANCEL]).await?;
            self.settings.cancelled = true;
        }
        let forms = self.forms();
        let tries = if is_query { MOST_REQUESTS } else { 1 };
        self.forget_arrivals();
        self.cancel_stale().await?;
        let (mut ended, mut sent) = (Ended::Silent, 0);
        for form in forms {
            if sent == tries || !self.use_form(form).await? {
                continue;
            }
            sent += 1;
            ended = self.exchange(form, code.as_str(), limit).await?;
            match &ended {
                Ended::Refused { result, late: false } if is_about_form(result) => {}
                _ => break,
            }
        }
        self.conclude(ended, limit).await
    }

    /// Answers the open menu.
    ///
    /// # Errors
    ///
    /// As [`Modem::ussd`].
    pub async fn answer(&mut self, text: &str, limit: Duration) -> Result<Turn, Error> {
        let form = self.form.unwrap_or(Form::Plain);
        let ended = self.exchange(form, text, limit).await?;
        self.conclude(ended, limit).await
    }

    /// Ends the session where the network still waits; a refusal is of no interest.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`].
    pub async fn end_ussd(&mut self) -> Result<(), Error> {
        if std::mem::take(&mut self.settings.ussd_open) {
            self.command(Command::new("AT+CUSD=2")).await?;
        }
        Ok(())
    }

    /// The forms to try, in order. Where the modem already speaks UCS2, that one needs no change of a setting.
    fn forms(&self) -> Vec<Form> {
        let mut forms = self.dialect().request.clone();
        let ucs2_now = self.settings.charset.as_deref() == Some("UCS2");
        if ucs2_now && forms.first() == Some(&Form::Plain) {
            forms.retain(|form| *form != Form::Ucs2);
            forms.insert(0, Form::Ucs2);
        }
        forms
    }

    /// Makes ready for a form; `false` where the modem has not the character set it needs. Its digits
    /// would go on air as if they were the code.
    async fn use_form(&mut self, form: Form) -> Result<bool, Error> {
        let Some(charset) = form.charset() else { return Ok(true) };
        let is_set = self.use_charset(charset).await?;
        Ok(is_set || form == Form::Plain) // under another set a code is at worst refused
    }

    async fn exchange(&mut self, form: Form, text: &str, limit: Duration) -> Result<Ended, Error> {
        let unencodable = |_| Error::Usage {
            message: "this modem takes no such characters in a USSD answer".into(),
            hint: None,
        };
        let command = form.request(text).map_err(unencodable)?;
        self.form = Some(form);
        self.finish_pending().await?; // so that a stale reply is here already
        self.progress.set(Step::Network);
        self.set_aside_earlier_lines();
        self.settings.ussd_open = true;
        let mut exchange = Exchange::new(now(), limit);
        let shown = redacted_command(command.text().as_bytes());
        debug!(at = %shown.escape_ascii(), ?form, "asking the network");
        self.start(command).await?;
        loop {
            if let Some(ended) = exchange.poll_end() {
                self.settings.ussd_open = leaves_open(&ended);
                return Ok(ended);
            }
            match self.next_line_or_event(exchange.poll_timeout()).await? {
                Some(Event::Done { outcome, .. }) => exchange.handle_outcome(outcome),
                Some(Event::Urc(line)) => {
                    log_urc(&line);
                    exchange.handle_urc(now(), &line);
                    self.note_arrival(line);
                }
                Some(Event::Prompt) => {}
                None => exchange.handle_timeout(now()),
            }
        }
    }

    async fn conclude(&mut self, ended: Ended, limit: Duration) -> Result<Turn, Error> {
        let Ended::Answered(reply) = ended else {
            return Err(why::explain(self, ended, limit).await);
        };
        let charset = self.settings.charset.as_deref();
        let body = reply.body.as_deref().unwrap_or_default();
        let readings =
            if body.is_empty() { Vec::new() } else { decode::decode(body, reply.dcs, charset) };
        Ok(Turn { reply, readings })
    }

    /// What came before the request is none of its news: neither an answer, nor an error, nor a
    /// restart. Announcements of messages are kept.
    fn set_aside_earlier_lines(&mut self) {
        for line in std::mem::take(&mut self.urcs) {
            self.note_arrival(line);
        }
    }
}

/// Whether the network still holds the session after this.
fn leaves_open(ended: &Ended) -> bool {
    match ended {
        Ended::Answered(reply) => reply.status == Status::NeedsAnswer,
        Ended::NoAnswer => true,
        _ => false,
    }
}

/// Refusals by which firmware says that it wants the code in another form.
fn is_about_form(result: &FinalResult) -> bool {
    /// 3 and 4: not allowed, not supported; 50: incorrect parameters; 100: unknown; 304: Huawei's
    /// invalid PDU mode parameter.
    const CODES: [u32; 5] = [3, 4, 50, 100, 304];
    match result.class {
        Class::Error => true,
        Class::Cme => result.code.is_none_or(|code| CODES.contains(&code)),
        _ => result.text.as_deref() == Some("COMMAND NOT SUPPORT"),
    }
}
