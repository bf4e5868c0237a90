//! The whole question: whose SIM is it, how is that operator asked, and what did it say.

use std::time::{Duration, Instant};

use super::menu::Follow;
use super::run::now;
use super::sender::Fit;
use super::ussd::Turn;
use super::{Modem, why};
use crate::Error;
use crate::balance::{self, Confidence, Hints, Kind, Reading};
use crate::ids::Plmn;
use crate::operators::{Ask, By, Found, Operator, Operators, ReplyBy, Sms, Way};
use crate::port::Line;
use crate::ussd::{Answer, UssdCode};

/// What the user wants to know, and how far saldo may go for it.
#[derive(Clone, Debug)]
pub struct Question {
    /// Dial this instead of what the operator data say.
    pub code: Option<UssdCode>,
    /// Take the SIM for this operator's.
    pub operator: Option<String>,
    /// Answers to the menus that follow, in place of the data's.
    pub answers: Vec<Answer>,
    /// Wait for a message where the operator announces one.
    pub wait_for_message: bool,
    /// Send a message that is not known to cost nothing.
    pub may_cost: bool,
    /// How long the network may take for each answer.
    pub limit: Duration,
    /// Ask also what the question does not need: identity, ICCID.
    pub all_facts: bool,
}

/// What would be sent, and to whom.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The operator, where one was found.
    pub operator: Option<Operator>,
    /// What told the operator; `None` where the user did.
    pub found_by: Option<By>,
    /// How it is asked.
    pub ask: Asked,
}

/// One way to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A code, and answers to its menus.
    Ussd {
        /// The code.
        code: UssdCode,
        /// Menu by menu.
        path: Vec<Answer>,
        /// When `path` is followed.
        follow: Follow,
        /// The operator answers by message.
        by_message: bool,
    },
    /// A message, exactly as listed.
    Sms {
        /// The operator's number.
        to: String,
        /// The text.
        text: String,
    },
}

/// By which way the balance came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// In the USSD reply.
    Ussd,
    /// Behind a menu.
    Menu,
    /// In a message.
    Sms,
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
    /// Whether an amount or an allowance is stated that can be relied on.
    pub fn is_reliable(&self) -> bool {
        matches!(self.reading.kind, Kind::Balance | Kind::Bundle)
            && self.reading.confidence > Confidence::Unsure
    }
}

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
        let (operator, found_by) =
            self.operator(wanted, question.code.is_none(), operators).await?;
        let ask = choose(question, operator.as_ref(), self.dialect().cannot.as_deref())?;
        Ok(Plan { operator, found_by, ask })
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
        // While the modem is at its next answer, not between the last octet of the reply and ours.
        let prepared = async { balance::prepare(&hints(plan.operator.as_ref())) };
        if !tokio::join!(self.is_ready(question.limit), prepared).0? {
            return Err(why::not_registered());
        }
        let mut turns = Vec::new();
        let mut fit = Fit::Operator;
        let (text, via) = match &plan.ask {
            Asked::Ussd { code, path, follow, by_message } => {
                if *by_message && question.wait_for_message {
                    self.prepare_messages().await?;
                }
                turns = self.dialogue(code, (path, follow), question.limit, &plan).await?;
                let text = turns.last().map(|turn| turn.text().to_owned()).unwrap_or_default();
                (text, if turns.len() > 1 { Via::Menu } else { Via::Ussd })
            }
            Asked::Sms { to, text } => {
                self.prepare_messages().await?;
                self.send_message(to, text).await?;
                let operator = plan.operator.as_ref();
                let message;
                (message, fit) = self.answer_by_message(Some(to), operator, question.limit).await?;
                (message.text, Via::Sms)
            }
        };
        let mut reading = read(&text, plan.operator.as_ref());
        if turns.last().is_some_and(Turn::is_truncated) {
            distrust_end(&mut reading);
        }
        fit.distrust(&mut reading);
        let mut balance = Balance { plan, via, turns, text, reading, elapsed: now() - started };
        if balance.reading.kind == Kind::Pending && question.wait_for_message && via != Via::Sms {
            self.wait_for_text(&mut balance, question.limit).await?;
            balance.elapsed = now() - started;
        }
        if question.all_facts {
            self.complete_facts().await?;
        }
        Ok(balance)
    }

    /// Registered, or not worth a round trip to know.
    async fn is_ready(&mut self, limit: Duration) -> Result<bool, Error> {
        Ok(!self.may_ask_more() || self.is_registered(limit).await?)
    }

    async fn dialogue(
        &mut self,
        code: &UssdCode,
        (path, follow): (&[Answer], &Follow),
        limit: Duration,
        plan: &Plan,
    ) -> Result<Vec<Turn>, Error> {
        let listed = plan.operator.as_ref().is_some_and(|operator| operator.lists(code));
        let mut turns = vec![self.ussd(code, limit, code.check_query(listed).is_ok()).await?];
        for (step, listed) in path.iter().enumerate() {
            let Some(menu) = turns.last().filter(|turn| turn.wants_answer()) else { break };
            let hints = hints(plan.operator.as_ref());
            let Some(answer) = follow.answer(step, listed, menu, &hints) else { break };
            turns.push(self.answer(answer.as_str(), limit).await?);
        }
        self.end_ussd().await?;
        Ok(turns)
    }

    /// The announced message takes the place of the announcement.
    async fn wait_for_text(&mut self, balance: &mut Balance, limit: Duration) -> Result<(), Error> {
        self.prepare_messages().await?;
        let operator = balance.plan.operator.as_ref();
        let (message, fit) = self.answer_by_message(None, operator, limit).await?;
        balance.reading = read(&message.text, operator);
        fit.distrust(&mut balance.reading);
        balance.text = message.text;
        balance.via = Via::Sms;
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
        operator.ok_or_else(|| unknown(None))
    }

    async fn operator(
        &mut self,
        id: Option<&str>,
        is_needed: bool,
        operators: &Operators,
    ) -> Result<(Option<Operator>, Option<By>), Error> {
        if let Some(id) = id {
            return operators
                .by_id(id)
                .map(|operator| (Some(operator), None))
                .ok_or_else(|| no_such_operator(id));
        }
        let mut found = operators.find(&self.sim);
        // Brands that share a network are told apart by names on the SIM, which take a question of their own.
        let is_open = matches!(found, Found::Several(_));
        if is_open || self.may_ask_more() && shares_network(&found, operators) {
            self.sim_names().await?;
            found = operators.find(&self.sim);
        }
        match found {
            Found::One { operator, by } => Ok((Some(*operator), Some(by))),
            Found::Several(brands) if is_needed => Err(several(&brands)),
            Found::Unknown(plmn) if is_needed => Err(unknown(plmn)),
            _ => Ok((None, None)),
        }
    }

    /// Modules that have no USSD at all are told so at once; asking by message needs none.
    fn refuse_without_ussd(&self, question: &Question) -> Result<(), Error> {
        match self.dialect().cannot {
            Some(cannot) if question.code.is_some() => Err(no_ussd(&cannot)),
            _ => Ok(()),
        }
    }
}

/// The way to ask: the user's code, else the operator's best way that this modem can go.
fn choose(
    question: &Question,
    operator: Option<&Operator>,
    cannot: Option<&str>,
) -> Result<Asked, Error> {
    if let Some(code) = &question.code {
        return Ok(Asked::Ussd {
            code: code.clone(),
            path: question.answers.clone(),
            follow: Follow::AsGiven,
            by_message: false,
        });
    }
    let Some(operator) = operator else { return Err(unknown(None)) };
    let is_sms = |ask: &&Ask| matches!(ask.way, Way::Sms(_));
    let possible = operator
        .ask
        .iter()
        .find(|ask| if is_sms(ask) { question.wait_for_message } else { cannot.is_none() });
    match (possible, cannot) {
        (Some(Ask { way: Way::Sms(sms), free: false, .. }), _) if !question.may_cost => {
            Err(may_cost(operator, sms))
        }
        (Some(ask), _) => Ok(asked(ask, question)),
        (None, Some(cannot)) if !operator.ask.is_empty() => Err(no_ussd(cannot)),
        (None, _) if operator.ask.iter().any(|ask| is_sms(&ask)) => Err(by_message_alone(operator)),
        (None, _) => Err(no_way(operator)),
    }
}

fn asked(ask: &Ask, question: &Question) -> Asked {
    match &ask.way {
        Way::Ussd { code, path, says } => {
            let (path, follow) = match question.answers.as_slice() {
                [] => (path.clone(), Follow::ByWords(says.clone())),
                given => (given.to_vec(), Follow::AsGiven),
            };
            Asked::Ussd { code: code.clone(), path, follow, by_message: ask.reply == ReplyBy::Sms }
        }
        Way::Sms(sms) => Asked::Sms { to: sms.to.as_str().to_owned(), text: sms.text.clone() },
    }
}

pub(super) fn read(text: &str, operator: Option<&Operator>) -> Reading {
    balance::read(text, &hints(operator))
}

fn hints(operator: Option<&Operator>) -> Hints<'_> {
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

fn several(brands: &[Operator]) -> Error {
    let ids: Vec<_> = brands.iter().map(|brand| brand.id.as_str()).collect();
    let message = format!("the SIM may be of several brands: {}", ids.join(", "));
    let hint =
        brands.first().map(|brand| format!("name yours, for example `--operator {}`", brand.id));
    Error::Usage { message, hint }
}

fn unknown(plmn: Option<Plmn>) -> Error {
    let message = match plmn {
        Some(plmn) => format!("no balance code is known for the network {plmn} of this SIM"),
        None => "the SIM does not say its home network".to_owned(),
    };
    Error::Usage { message, hint: Some("give its balance code: `--code CODE`".into()) }
}

fn no_such_operator(id: &str) -> Error {
    let message = format!("no operator has the id `{id}`");
    Error::Usage { message, hint: Some("`saldo operators` lists them".into()) }
}

/// The operator answers neither USSD nor SMS; the ways that remain are the hint.
fn no_way(operator: &Operator) -> Error {
    let message =
        format!("{} answers no balance question by USSD or SMS that we know of", operator.name);
    Error::Network { message, hint: operator.other_ways() }
}

fn may_cost(operator: &Operator, sms: &Sms) -> Error {
    let message = format!("{} answers by message; asking may cost one", operator.name);
    Error::Usage { message, hint: Some(format!("`--yes` sends {sms}, once")) }
}

fn by_message_alone(operator: &Operator) -> Error {
    let message = format!("{} answers by SMS alone", operator.name);
    Error::Usage { message, hint: Some("leave `--no-sms` out to ask so".into()) }
}

fn no_ussd(cannot: &str) -> Error {
    Error::Network { message: format!("this modem has no USSD: {cannot}"), hint: None }
}
