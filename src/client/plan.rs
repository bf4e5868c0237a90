//! Whose SIM it is and how its operator is asked, decided from what is known: nothing here waits.

use std::time::Duration;

use super::balance::hints;
use super::menu::Follow;
use super::ussd::Turn;
use super::why;
use crate::Error;
use crate::ids::Plmn;
use crate::operators::{Ask, By, Found, Operator, Operators, ReplyBy, Way};
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
    /// Ask where that is known to cost something, or by a message that is not known to cost nothing.
    pub may_cost: bool,
    /// Send a modem that is on LTE to 3G or 2G for the question.
    pub fallback: bool,
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

impl Asked {
    /// Whether the operator is known to answer by message, or was asked by one.
    pub(crate) fn is_answered_by_message(&self) -> bool {
        !matches!(self, Self::Ussd { by_message: false, .. })
    }
}

impl Plan {
    /// How to ask the operator that was found, on a modem that has USSD or `cannot`, in words.
    pub(crate) fn new(
        question: &Question,
        (operator, found_by): (Option<Operator>, Option<By>),
        cannot: Option<&str>,
    ) -> Result<Self, Error> {
        let ask = choose(question, operator.as_ref(), cannot)?;
        Ok(Self { operator, found_by, ask })
    }

    /// Whether asking so is known to cost something, or is by a message that is not known to be free.
    pub fn may_cost(&self) -> bool {
        let known = self.operator.as_ref();
        match &self.ask {
            Asked::Ussd { code, .. } => known.is_some_and(|operator| operator.charges(code)),
            Asked::Sms { to, text } => !known.is_some_and(|operator| operator.sends_free(to, text)),
        }
    }

    /// Whether `code` only asks and costs nothing, so that it may be sent in another form.
    pub(super) fn is_query(&self, code: &UssdCode) -> bool {
        let listed = self.operator.as_ref().is_some_and(|operator| operator.lists(code));
        let costs = self.operator.as_ref().is_some_and(|operator| operator.charges(code));
        code.check_query(listed).is_ok() && !costs
    }

    /// What to answer to the last of `turns`; `None` where the dialogue is over, or none of the menus we know.
    pub(crate) fn next_answer(&self, turns: &[Turn]) -> Option<Answer> {
        let Asked::Ussd { path, follow, .. } = &self.ask else { return None };
        let menu = turns.last().filter(|turn| turn.wants_answer())?;
        let step = turns.len() - 1;
        follow.answer(step, path.get(step)?, menu, &hints(self.operator.as_ref()))
    }
}

/// The operator whose `id` the user gave.
pub(crate) fn named(id: &str, operators: &Operators) -> Result<Operator, Error> {
    operators.by_id(id).ok_or_else(|| no_such_operator(id))
}

/// The operator the SIM is of, and what told it; none is an error only where one `is_needed`.
pub(crate) fn settled(
    found: Found,
    is_needed: bool,
) -> Result<(Option<Operator>, Option<By>), Error> {
    match found {
        Found::One { operator, by } => Ok((Some(*operator), Some(by))),
        Found::Several(brands) if is_needed => Err(several(&brands)),
        Found::Unknown(plmn) if is_needed => Err(unknown(plmn)),
        _ => Ok((None, None)),
    }
}

/// The way to ask: the user's code, else the operator's best way that this modem can go.
fn choose(
    question: &Question,
    operator: Option<&Operator>,
    cannot: Option<&str>,
) -> Result<Asked, Error> {
    if let Some(code) = &question.code {
        let by_message = operator.is_some_and(|operator| operator.answers_by_message(code));
        let (path, follow) = (question.answers.clone(), Follow::AsGiven);
        return Ok(Asked::Ussd { code: code.clone(), path, follow, by_message });
    }
    let Some(operator) = operator else { return Err(unknown(None)) };
    let is_sms = |ask: &&Ask| matches!(ask.way, Way::Sms(_));
    let possible = operator
        .ask
        .iter()
        .find(|ask| if is_sms(ask) { question.wait_for_message } else { cannot.is_none() });
    match (possible, cannot) {
        (Some(ask), _) if !question.may_cost && ask.may_cost() => Err(may_cost(operator, ask)),
        (Some(ask), _) => Ok(asked(ask, question)),
        (None, Some(cannot)) if !operator.ask.is_empty() => Err(why::no_ussd(cannot)),
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

fn several(brands: &[Operator]) -> Error {
    let ids: Vec<_> = brands.iter().map(|brand| brand.id.as_str()).collect();
    let message = format!("the SIM may be of several brands: {}", ids.join(", "));
    let hint =
        brands.first().map(|brand| format!("name yours, for example `--operator {}`", brand.id));
    Error::Usage { message, hint }
}

pub(super) fn unknown(plmn: Option<Plmn>) -> Error {
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

fn may_cost(operator: &Operator, ask: &Ask) -> Error {
    let message = match &ask.cost {
        Some(cost) => format!("asking {} costs {cost}", operator.name),
        None => format!("{} answers by message; asking may cost one", operator.name),
    };
    let verb = if matches!(ask.way, Way::Sms(_)) { "sends" } else { "dials" };
    Error::Usage { message, hint: Some(format!("`--yes` {verb} {}, once", ask.way)) }
}

fn by_message_alone(operator: &Operator) -> Error {
    let message = format!("{} answers by SMS alone", operator.name);
    Error::Usage { message, hint: Some("leave `--no-sms` out to ask so".into()) }
}
