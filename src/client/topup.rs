//! A voucher, sent once.

use std::time::Duration;

use super::ussd::Turn;
use super::{Modem, why};
use crate::Error;
use crate::balance::{self, Kind};
use crate::operators::{Filled, Operator};
use crate::port::Line;
use crate::ussd::Answer;

/// What came back for a voucher.
#[derive(Clone, Debug)]
pub struct Credited {
    /// What the network said; none where it answered by message.
    pub turn: Option<Turn>,
    /// The operator's words.
    pub text: String,
    /// What kind of reply they are: [`Kind::Error`] where the voucher was refused.
    pub kind: Kind,
}

impl Credited {
    /// Whether the operator asks something before it takes the voucher.
    pub fn wants_answer(&self) -> bool {
        self.turn.as_ref().is_some_and(Turn::wants_answer)
    }

    fn said(turn: Turn, operator: &Operator) -> Self {
        let text = turn.text().to_owned();
        Self { kind: kind(&text, operator), turn: Some(turn), text }
    }
}

impl<P: Line> Modem<P> {
    /// Sends a voucher, once, whatever comes of it. Where the operator asks something first, the session
    /// stays open for [`Modem::answer_top_up`], until [`Modem::end_ussd`] or [`Modem::close`].
    ///
    /// # Errors
    ///
    /// As [`Modem::ussd`] and [`Modem::send_message`]. Where the voucher may have been used all the same, the
    /// message says so.
    pub async fn top_up(
        &mut self,
        operator: &Operator,
        filled: &Filled,
        limit: Duration,
    ) -> Result<Credited, Error> {
        let by_ussd = matches!(filled, Filled::Ussd(_));
        let network = self.registered(limit, by_ussd).await?;
        let sent = match filled {
            Filled::Ussd(code) => {
                if let Some(cannot) = self.dialect().cannot {
                    return Err(why::no_ussd(&cannot));
                }
                self.check_circuit(&network).await?;
                let turn = self.ussd(code, limit, false).await;
                turn.map(|turn| Credited::said(turn, operator))
            }
            Filled::Sms(sms) => {
                self.prepare_messages().await?;
                self.check_room()?;
                let (to, text) = (sms.to.as_str(), &sms.text);
                self.send_and_wait(to, text, operator, limit).await
            }
        };
        sent.map_err(|error| if self.settings.in_doubt { in_doubt(&error) } else { error })
    }

    /// Answers what the operator asks before it takes the voucher.
    ///
    /// # Errors
    ///
    /// As [`Modem::top_up`].
    pub async fn answer_top_up(
        &mut self,
        operator: &Operator,
        answer: &Answer,
        limit: Duration,
    ) -> Result<Credited, Error> {
        let turn = self.answer(answer.as_str(), limit).await;
        let said = turn.map(|turn| Credited::said(turn, operator));
        said.map_err(|error| if self.settings.in_doubt { in_doubt(&error) } else { error })
    }

    async fn send_and_wait(
        &mut self,
        to: &str,
        text: &str,
        operator: &Operator,
        limit: Duration,
    ) -> Result<Credited, Error> {
        self.send_message(to, text).await?;
        self.settings.in_doubt = true; // until the operator says what became of it
        let (message, _) = self.answer_by_message(Some(to), Some(operator), limit).await?;
        Ok(Credited { kind: kind(&message.text, operator), turn: None, text: message.text })
    }
}

fn kind(text: &str, operator: &Operator) -> Kind {
    balance::read(text, &operator.hints()).kind
}

/// The voucher went out, and nobody knows what became of it.
fn in_doubt(error: &Error) -> Error {
    let message = format!("{error}; the voucher may have been used all the same");
    let hint = Some("`saldo` shows whether the balance has grown; it is not sent again".into());
    match error {
        Error::Unplugged { .. } | Error::Port { .. } => Error::Port { message, hint },
        Error::Refused { .. } | Error::Silent { .. } | Error::Sim { .. } => {
            Error::Sim { message, hint }
        }
        _ => Error::Network { message, hint },
    }
}
