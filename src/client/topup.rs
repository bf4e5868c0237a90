//! A voucher, sent once.

use std::time::Duration;

use super::ussd::Turn;
use super::{Modem, why};
use crate::Error;
use crate::balance::{self, Kind};
use crate::operators::{Filled, Operator};
use crate::port::Line;

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

impl<P: Line> Modem<P> {
    /// Sends a voucher, once, whatever comes of it.
    ///
    /// # Errors
    ///
    /// As [`Modem::ussd`] and [`Modem::send_message`]: after one, the voucher may or may not have been used.
    pub async fn top_up(
        &mut self,
        operator: &Operator,
        filled: &Filled,
        limit: Duration,
    ) -> Result<Credited, Error> {
        let by_ussd = matches!(filled, Filled::Ussd(_));
        if !self.is_registered(limit, by_ussd).await? {
            return Err(why::not_registered());
        }
        let kind = |text: &str| balance::read(text, &operator.hints()).kind;
        if let Filled::Ussd(code) = filled {
            let turn = self.ussd(code, limit, false).await?;
            self.end_ussd().await?;
            let text = turn.text().to_owned();
            return Ok(Credited { kind: kind(&text), turn: Some(turn), text });
        }
        let mut asked = None;
        if let Filled::Sms(sms) = filled {
            self.prepare_messages().await?;
            self.send_message(sms.to.as_str(), &sms.text).await?;
            asked = Some(sms.to.as_str());
        }
        let text = self.answer_by_message(asked, Some(operator), limit).await?.0.text;
        Ok(Credited { kind: kind(&text), turn: None, text })
    }
}
