//! The whole question: whose SIM is it, how is that operator asked, and what did it say.

use std::time::{Duration, Instant};

use super::plan::{self, Asked, Plan, Question};
use super::run::now;
use super::sender::Fit;
use super::ussd::Turn;
use super::{Modem, Registration, why};
use crate::Error;
use crate::balance::{self, Confidence, Hints, Kind, Reading};
use crate::operators::{By, Found, Operator, Operators};
use crate::port::Line;
use crate::ussd::UssdCode;

/// How long a message may take that a USSD session ended for.
pub(crate) const WITHOUT_TEXT: Duration = Duration::from_secs(15);

/// How far a text that the operator pushes may be ahead of the answer.
const PUSHED: Duration = Duration::from_secs(3);

/// By which way the balance came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// In the USSD reply.
    Ussd,
    /// Behind a menu.
    Menu,
    /// In a message.
    Sms,
    /// In a USSD reply or behind a menu, through ModemManager.
    ModemManager,
}

impl Via {
    /// As the JSON words it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ussd => "ussd",
            Self::Menu => "menu",
            Self::Sms => "sms",
            Self::ModemManager => "modemmanager",
        }
    }
}

/// The operator's answer and what it says.
#[derive(Clone, Debug)]
pub struct Balance {
    /// How it was asked.
    pub plan: Plan,
    /// By which way it came.
    pub via: Via,
    /// The network's turns, oldest first; none where a message was sent.
    pub turns: Vec<Turn>,
    /// The words that were read.
    pub text: String,
    /// What they say.
    pub reading: Reading,
    /// From the first command to the last word of the answer.
    pub elapsed: Duration,
}

impl Balance {
    /// Reads what the operator said, at the end of `turns` or in a message.
    pub(crate) fn new(
        plan: Plan,
        turns: Vec<Turn>,
        (text, via): (String, Via),
        fit: Fit,
        elapsed: Duration,
    ) -> Self {
        let mut reading = read(&text, plan.operator.as_ref());
        if turns.last().is_some_and(Turn::is_truncated) {
            distrust_end(&mut reading);
        }
        fit.distrust(&mut reading);
        Self { plan, via, turns, text, reading, elapsed }
    }

    /// The announced message takes the place of the announcement.
    pub(crate) fn came_by_message(&mut self, text: String, fit: Fit) {
        self.reading = read(&text, self.plan.operator.as_ref());
        fit.distrust(&mut self.reading);
        self.text = text;
        self.via = Via::Sms;
    }

    /// Whether an amount or an allowance is stated that can be relied on.
    pub fn is_reliable(&self) -> bool {
        is_reliable(&self.reading)
    }
}

/// The network's turns, the words that count and by which way they came, and whose they may be.
pub(crate) type Said = (Vec<Turn>, (String, Via), Fit);

impl<P: Line> Modem<P> {
    /// Finds out whose SIM this is and how its operator is asked; sends nothing on air.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] where it is missing or locked, [`Error::Network`] where the modem has no network,
    /// [`Error::Reply`] where no way to ask is known; its hint names the ways that remain.
    pub async fn plan(
        &mut self,
        question: &Question,
        operators: &Operators,
    ) -> Result<Plan, Error> {
        self.check_sim().await?;
        self.refuse_without_ussd(question)?;
        self.sim().await?;
        let wanted = question.operator.as_deref();
        let found = self.operator(wanted, question.code.is_none(), operators).await?;
        Plan::new(question, found, self.dialect().cannot.as_deref())
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
        let by_ussd = matches!(plan.ask, Asked::Ussd { .. });
        // While the modem is at its next answer, not between the last octet of the reply and ours.
        let prepared = async { balance::prepare(&hints(plan.operator.as_ref())) };
        let network = tokio::join!(self.is_ready(question, by_ussd), prepared).0?;
        if by_ussd {
            match question.fallback {
                true => self.fall_back_from(&network).await?,
                false => self.check_circuit(&network).await?,
            }
        }
        let listens = question.wait_for_message && plan.ask.is_answered_by_message();
        let (turns, (text, via), fit) = match &plan.ask {
            Asked::Ussd { code, .. } => self.by_ussd(code, &plan, question, listens).await?,
            Asked::Sms { to, text } => self.by_message(to, text, &plan, question.limit).await?,
        };
        let mut balance = Balance::new(plan, turns, (text, via), fit, now() - started);
        let kind = balance.reading.kind;
        let is_open = kind == Kind::Pending || listens && kind == Kind::Other;
        if is_open && question.wait_for_message && via != Via::Sms {
            if !listens {
                self.prepare_messages().await?;
                self.check_room()?;
            }
            match self.wait_for_text(&mut balance, question.limit).await {
                // No announcement: then what was said is the answer, whatever it is.
                Err(Error::Network { .. }) if kind == Kind::Other => {}
                came => came?,
            }
            balance.elapsed = now() - started;
        }
        if question.all_facts {
            let _ = self.complete_facts().await; // the answer is there all the same
        }
        Ok(balance)
    }

    /// The network that has taken the modem; nothing of it where that is not worth a round trip to know.
    async fn is_ready(
        &mut self,
        question: &Question,
        by_ussd: bool,
    ) -> Result<Registration, Error> {
        match self.may_ask_more() || question.fallback {
            true => self.registered(question.limit, by_ussd).await,
            false => Ok(Registration::default()),
        }
    }

    /// What the network said; where it ended the session without a text, the message that came instead, if
    /// this run `listens` for one.
    async fn by_ussd(
        &mut self,
        code: &UssdCode,
        plan: &Plan,
        question: &Question,
        listens: bool,
    ) -> Result<Said, Error> {
        if listens {
            self.prepare_messages().await?;
            self.check_room()?;
        }
        let turns = match self.dialogue(code, plan, question.limit).await {
            Err(error @ Error::Network { .. }) if listens => {
                let limit = question.limit.min(WITHOUT_TEXT);
                let came = self.answer_by_message(None, plan.operator.as_ref(), limit).await;
                let (message, fit) = came.map_err(|_| error)?;
                return Ok((Vec::new(), (message.text, Via::Sms), fit));
            }
            turns => turns?,
        };
        let text = turns.last().map(|turn| turn.text().to_owned()).unwrap_or_default();
        let via = if turns.len() > 1 { Via::Menu } else { Via::Ussd };
        Ok((turns, (text, via), Fit::Operator))
    }

    async fn by_message(
        &mut self,
        to: &str,
        text: &str,
        plan: &Plan,
        limit: Duration,
    ) -> Result<Said, Error> {
        self.prepare_messages().await?;
        self.check_room()?;
        self.send_message(to, text).await?;
        let came = self.answer_by_message(Some(to), plan.operator.as_ref(), limit).await;
        came.map(|(message, fit)| (Vec::new(), (message.text, Via::Sms), fit))
    }

    async fn dialogue(
        &mut self,
        code: &UssdCode,
        plan: &Plan,
        limit: Duration,
    ) -> Result<Vec<Turn>, Error> {
        let mut turns = vec![self.ussd(code, limit, plan.is_query(code)).await?];
        let may_follow = turns.first().is_some_and(|turn| may_be_pushed(turn, plan));
        let follows = if may_follow { self.next_text(PUSHED).await? } else { None };
        let is_answer = |turn: &Turn| is_reliable(&read(turn.text(), plan.operator.as_ref()));
        if let Some(turn) = follows.filter(is_answer) {
            turns = vec![turn];
        }
        while let Some(answer) = plan.next_answer(&turns) {
            turns.push(self.answer(answer.as_str(), limit).await?);
        }
        self.end_ussd().await?;
        Ok(turns)
    }

    async fn wait_for_text(&mut self, balance: &mut Balance, limit: Duration) -> Result<(), Error> {
        let operator = balance.plan.operator.as_ref();
        let (message, fit) = self.answer_by_message(None, operator, limit).await?;
        balance.came_by_message(message.text, fit);
        Ok(())
    }

    /// The operator of this SIM, or the one whose `id` is given.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] where the SIM is missing or locked, [`Error::Usage`] where it may be several brands'
    /// or nobody's that we know.
    pub async fn find_operator(
        &mut self,
        id: Option<&str>,
        operators: &Operators,
    ) -> Result<Operator, Error> {
        self.check_sim().await?;
        self.sim().await?;
        let (operator, _) = self.operator(id, true, operators).await?;
        operator.ok_or_else(|| plan::unknown(None))
    }

    /// The operator of this SIM as far as it lets itself be read, also while it is locked.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`] alone.
    pub async fn known_operator(
        &mut self,
        operators: &Operators,
    ) -> Result<Option<Operator>, Error> {
        self.sim().await?;
        self.operator(None, false, operators).await.map(|(operator, _)| operator)
    }

    async fn operator(
        &mut self,
        id: Option<&str>,
        is_needed: bool,
        operators: &Operators,
    ) -> Result<(Option<Operator>, Option<By>), Error> {
        if let Some(id) = id {
            return plan::named(id, operators).map(|operator| (Some(operator), None));
        }
        let mut found = operators.find(&self.sim);
        // Brands that share a network are told apart by names on the SIM, which take a question of their own.
        let is_open = matches!(found, Found::Several(_));
        if is_open || self.may_ask_more() && shares_network(&found, operators) {
            self.sim_names().await?;
            found = operators.find(&self.sim);
        }
        plan::settled(found, is_needed)
    }

    /// Modules that have no USSD at all are told so at once; asking by message needs none.
    fn refuse_without_ussd(&self, question: &Question) -> Result<(), Error> {
        match self.dialect().cannot {
            Some(cannot) if question.code.is_some() => Err(why::no_ussd(&cannot)),
            _ => Ok(()),
        }
    }
}

/// Whether a text may be one that was pushed just then: it says nothing, or nothing for sure, of what was
/// asked. The answer comes behind it.
fn may_be_pushed(turn: &Turn, plan: &Plan) -> bool {
    let reading = read(turn.text(), plan.operator.as_ref());
    let is_off = matches!(reading.kind, Kind::Balance | Kind::Bundle | Kind::Other);
    is_off && !is_reliable(&reading) && !turn.wants_answer() && !plan.ask.is_answered_by_message()
}

/// Whether it states what is left, and is not unsure of it.
fn is_reliable(reading: &Reading) -> bool {
    matches!(reading.kind, Kind::Balance | Kind::Bundle) && reading.confidence > Confidence::Unsure
}

pub(super) fn read(text: &str, operator: Option<&Operator>) -> Reading {
    balance::read(text, &hints(operator))
}

pub(super) fn hints(operator: Option<&Operator>) -> Hints<'_> {
    operator.map(Operator::hints).unwrap_or_default()
}

/// The end of a text that was cut off may be the middle of a date; what else it said is lost.
fn distrust_end(reading: &mut Reading) {
    reading.confidence = reading.confidence.min(Confidence::Likely);
    reading.expires.clear();
    reading.pots.iter_mut().for_each(|pot| pot.expires = None);
}

fn shares_network(found: &Found, operators: &Operators) -> bool {
    match found {
        Found::One { by: By::Plmn(plmn) | By::SameWay(plmn), .. } => {
            operators.by_plmn(*plmn).len() > 1
        }
        _ => false,
    }
}
