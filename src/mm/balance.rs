//! The whole question, with ModemManager in between: the same decisions as over AT.

use std::time::{Duration, Instant};

use super::messages::Known;
use super::{Modem, USSD};
use crate::Error;
use crate::balance::Kind;
use crate::client::shared::{Fit, Said, WITHOUT_TEXT, named, settled};
use crate::client::{Asked, Balance, Plan, Question, Turn, Via};
use crate::operators::Operators;
use crate::ussd::UssdCode;

impl Modem {
    /// Finds out whose SIM this is and how its operator is asked; sends nothing on air.
    ///
    /// # Errors
    ///
    /// As [`crate::client::Modem::plan`].
    pub async fn plan(
        &mut self,
        question: &Question,
        operators: &Operators,
    ) -> Result<Plan, Error> {
        self.check_sim().await?;
        let found = match &question.operator {
            Some(id) => (Some(named(id, operators)?), None),
            None => settled(operators.find(&self.sim), question.code.is_none())?,
        };
        let has_ussd = self.bus.properties(&self.path, USSD).await.is_ok();
        let cannot = (!has_ussd).then_some("ModemManager offers none for it");
        Plan::new(question, found, cannot)
    }

    /// Asks as planned, and reads the answer.
    ///
    /// # Errors
    ///
    /// As [`Modem::ussd`]; a reply that states no balance is no error here.
    pub async fn ask_balance(
        &mut self,
        plan: Plan,
        question: &Question,
        started: Instant,
    ) -> Result<Balance, Error> {
        let limit = question.limit;
        let listens = question.wait_for_message && plan.ask.is_answered_by_message();
        let known = match question.wait_for_message {
            true => self.known_messages().await.ok(),
            false => None,
        };
        let (turns, answer, fit) = match &plan.ask {
            Asked::Ussd { code, .. } => {
                self.get_ready(limit).await?;
                let known = known.clone().filter(|_| listens);
                self.by_ussd(code, &plan, limit, known).await?
            }
            Asked::Sms { to, text } => {
                self.check_network(limit).await?;
                let known = self.known_messages().await?;
                self.send_message(to, text).await?;
                let operator = plan.operator.as_ref();
                let (text, fit) = self.next_message(known, Some(to), operator, limit).await?;
                (Vec::new(), (text, Via::Sms), fit)
            }
        };
        let mut balance = Balance::new(plan, turns, answer, fit, started.elapsed());
        let kind = balance.reading.kind;
        let is_open = kind == Kind::Pending || listens && kind == Kind::Other;
        if let (true, Some(known), Via::ModemManager) = (is_open, known, balance.via) {
            let operator = balance.plan.operator.as_ref();
            match self.next_message(known, None, operator, limit).await {
                Ok((text, fit)) => balance.came_by_message(text, fit),
                // No announcement: then what was said is the answer, whatever it is.
                Err(Error::Network { .. }) if kind == Kind::Other => {}
                Err(error) => return Err(error),
            }
            balance.elapsed = started.elapsed();
        }
        Ok(balance)
    }

    /// What the network said; where it ended the session without a text, the message that came instead, if
    /// those `known` are given.
    async fn by_ussd(
        &mut self,
        code: &UssdCode,
        plan: &Plan,
        limit: Duration,
        known: Option<Known>,
    ) -> Result<Said, Error> {
        let said = self.dialogue(code, plan, limit).await;
        if let (Err(Error::Network { .. }), Some(known)) = (&said, known) {
            let operator = plan.operator.as_ref();
            let came = self.next_message(known, None, operator, limit.min(WITHOUT_TEXT)).await;
            if let Ok((text, fit)) = came {
                return Ok((Vec::new(), (text, Via::Sms), fit));
            }
        }
        let turns = said?;
        let text = turns.last().map(|turn| turn.text().to_owned()).unwrap_or_default();
        Ok((turns, (text, Via::ModemManager), Fit::Operator))
    }

    async fn dialogue(
        &mut self,
        code: &UssdCode,
        plan: &Plan,
        limit: Duration,
    ) -> Result<Vec<Turn>, Error> {
        let mut turns = vec![self.dial(code, limit).await?];
        while let Some(answer) = plan.next_answer(&turns) {
            turns.push(self.answer(answer.as_str(), limit).await?);
        }
        self.end_ussd().await?;
        Ok(turns)
    }
}
