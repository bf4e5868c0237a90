//! One USSD dialogue: a code, its text, answers to menus, and the way out.

use std::time::Duration;

use super::ladder::{Ladder, is_about_form};
use super::run::now;
use super::setup::QUIET;
use super::{Modem, why};
use crate::Error;
use crate::at::Command;
use crate::port::Line;
use crate::ussd::decode::{self, Reading};
use crate::ussd::reply::Status;
use crate::ussd::{Ended, Form, Reply, UssdCode};

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

impl<P: Line> Modem<P> {
    /// Dials `code` and waits up to `limit` for the network.
    ///
    /// The forms in which the modem may want the code are tried in its family's order, and only while
    /// it refuses at once, or gives noise for a text: what may have reached the network is not sent
    /// again. Where characters were lost on the way, a character set that has them is tried. A code
    /// that is no plain query (`is_query` false) goes out once, in one form.
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
        self.get_ready().await?;
        if let Some(cannot) = self.dialect().cannot {
            return Err(why::no_ussd(&cannot));
        }
        self.forget_arrivals();
        let mut ladder = Ladder::new(self.rungs(), is_query);
        let (mut ended, mut flawed) = (Ended::Silent, None);
        while let Some(rung) = ladder.next() {
            if !self.use_rung(rung).await? {
                continue;
            }
            if ladder.tried > 0 {
                self.settle().await?;
            }
            ladder.tried += 1;
            self.rung = Some(rung);
            let started = now();
            ended = self.request(rung.form, code.as_str(), limit).await?;
            match self.judge(&ended, now() - started) {
                Verdict::Whole(turn) => {
                    self.note_winner(rung, ladder.tried);
                    return Ok(turn);
                }
                Verdict::Lossy(turn) => {
                    ladder.without_loss(rung);
                    flawed = Some(turn); // better than noise
                }
                Verdict::Noise(turn) => {
                    flawed.get_or_insert(turn);
                }
                Verdict::AnotherForm => {}
                Verdict::Final => break,
            }
        }
        match flawed {
            Some(turn) => Ok(turn),
            None => Err(why::explain(self, ended, limit).await),
        }
    }

    /// Answers the open menu.
    ///
    /// # Errors
    ///
    /// As [`Modem::ussd`].
    pub async fn answer(&mut self, text: &str, limit: Duration) -> Result<Turn, Error> {
        let form = self.rung.map_or(Form::Plain, |rung| rung.form);
        let ended = if std::mem::take(&mut self.settings.ussd_prompt) {
            self.type_answer(form, text, limit).await?
        } else {
            self.request(form, text, limit).await?
        };
        match ended {
            Ended::Answered(reply) => Ok(self.turn(reply)),
            ended => Err(why::explain(self, ended, limit).await),
        }
    }

    /// A text that comes by itself within `limit`; none where nothing does.
    pub(super) async fn next_text(&mut self, limit: Duration) -> Result<Option<Turn>, Error> {
        match self.listen(limit).await? {
            Ended::Answered(reply) => Ok(Some(self.turn(reply))),
            _ => Ok(None),
        }
    }

    /// Ends the session where the network still waits; a refusal is of no interest.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`].
    pub async fn end_ussd(&mut self) -> Result<(), Error> {
        let is_open = std::mem::take(&mut self.settings.ussd_open);
        if std::mem::take(&mut self.settings.ussd_prompt) {
            self.leave_prompt().await?;
            self.hush(QUIET).await?;
        } else if is_open {
            self.command(Command::new("AT+CUSD=2")).await?;
        }
        Ok(())
    }

    /// What is to be done about the end of a request that took so long.
    fn judge(&self, ended: &Ended, took: Duration) -> Verdict {
        match ended {
            Ended::Answered(reply) => {
                let turn = self.turn(reply.clone());
                match turn.readings.first() {
                    Some(best) if best.lossy => Verdict::Lossy(turn),
                    Some(best) if best.is_garbage() => Verdict::Noise(turn),
                    _ => Verdict::Whole(turn),
                }
            }
            Ended::Refused { result, late: false } if took < AT_ONCE && is_about_form(result) => {
                Verdict::AnotherForm
            }
            _ => Verdict::Final,
        }
    }

    fn turn(&self, reply: Reply) -> Turn {
        let charset = self.settings.charset.as_deref();
        let body = reply.body.as_deref().unwrap_or_default();
        let expected = self.dialect().reply;
        let readings = match body {
            [] => Vec::new(),
            body => decode::decode_expecting(body, reply.dcs, charset, &expected),
        };
        Turn { reply, readings }
    }
}

/// What the end of a request means for the next one.
enum Verdict {
    /// A text, or none, as the network gave it.
    Whole(Turn),
    /// Characters were lost on the way.
    Lossy(Turn),
    /// No text under any coding.
    Noise(Turn),
    /// Nothing went on air: the modem wants another form.
    AnotherForm,
    /// Whatever it was, asking again is no help.
    Final,
}

/// A refusal within this is the modem's own; a later one may be the network's.
const AT_ONCE: Duration = Duration::from_secs(2);
