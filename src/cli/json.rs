//! The objects of `--json`: keys and their order are promised.

mod object;

use crate::Error;
use crate::answers::Retries;
use crate::balance::{Kind, Reading};
use crate::client::{Balance, Credited, Plan, SimLock, Turn};
use crate::operators::Operator;
use jiff::Timestamp;
use serde::Serialize;

#[cfg(feature = "esim")]
use super::esim::ProfileObject;
use object::{AskObject, ChoiceObject, ModemObject, OperatorObject, Reply, SimObject};

pub(super) use object::{ErrorObject, Facts};

/// `saldo ussd --json`: one object a turn.
#[derive(Serialize)]
pub(super) struct TurnLine {
    schema: u8,
    time: String,
    reply: Reply,
    wants_answer: bool,
}

impl TurnLine {
    pub(super) fn of(turn: &Turn) -> Self {
        let reply = Reply::of(std::slice::from_ref(turn), turn.text());
        Self { schema: 1, time: now(), reply, wants_answer: turn.wants_answer() }
    }
}

/// `saldo balance --json`.
#[derive(Serialize)]
pub(super) struct BalanceLine<'a> {
    schema: u8,
    /// Only where every profile of an eSIM is asked.
    #[cfg(feature = "esim")]
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileObject>,
    time: String,
    elapsed_ms: u128,
    modem: ModemObject,
    sim: SimObject<'a>,
    operator: Option<OperatorObject<'a>>,
    ask: AskObject<'a>,
    via: &'static str,
    reply: Reply,
    #[serde(flatten)]
    reading: Reading,
    /// What a menu offers; only there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<ChoiceObject>,
    /// Only where the reply is no balance, or not surely one.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorObject>,
}

/// `saldo balance --dry-run --json`: what would be sent.
#[derive(Serialize)]
pub(super) struct DryRunLine<'a> {
    schema: u8,
    modem: ModemObject,
    sim: SimObject<'a>,
    operator: Option<OperatorObject<'a>>,
    ask: AskObject<'a>,
}

impl<'a> DryRunLine<'a> {
    pub(super) fn of(plan: &'a Plan, facts: &Facts<'a>) -> Self {
        let operator = plan.operator.as_ref();
        Self {
            schema: 1,
            modem: ModemObject::of(facts),
            sim: SimObject::of(facts, operator),
            operator: operator.map(OperatorObject::of),
            ask: AskObject::of(&plan.ask),
        }
    }
}

impl<'a> BalanceLine<'a> {
    pub(super) fn of(balance: &'a Balance, error: Option<&Error>, facts: &Facts<'a>) -> Self {
        let operator = balance.plan.operator.as_ref();
        let mut reading = balance.reading.clone();
        let mut reply = Reply::of(&balance.turns, &balance.text);
        if let (Some(number), false) = (reading.msisdn.clone(), facts.show_ids) {
            let masked = masked(&number);
            reply.mask(&number, &masked);
            reading.msisdn = Some(masked);
        }
        Self {
            schema: 1,
            #[cfg(feature = "esim")]
            profile: None,
            time: now(),
            elapsed_ms: balance.elapsed.as_millis(),
            modem: ModemObject::of(facts),
            sim: SimObject::of(facts, operator),
            operator: operator.map(OperatorObject::of),
            ask: AskObject::of(&balance.plan.ask),
            via: balance.via.as_str(),
            reply,
            choices: ChoiceObject::all(&reading),
            reading,
            error: error.map(|error| ErrorObject::of(error, error.to_string())),
        }
    }
}

#[cfg(feature = "esim")]
impl BalanceLine<'_> {
    /// The same as what one profile answered.
    pub(super) fn of_profile(self, profile: ProfileObject) -> Self {
        Self { profile: Some(profile), ..self }
    }
}

/// `saldo topup --json`: what the network said to a voucher.
#[derive(Serialize)]
pub(super) struct TopUpLine<'a> {
    schema: u8,
    time: String,
    modem: ModemObject,
    sim: SimObject<'a>,
    operator: OperatorObject<'a>,
    reply: Reply,
    kind: Kind,
    /// Only where the operator asks something first.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorObject>,
}

impl<'a> TopUpLine<'a> {
    /// The operator may say the voucher back: `voucher` and how it is shown.
    pub(super) fn of(
        credited: &Credited,
        operator: &'a Operator,
        (voucher, masked): (&str, &str),
        error: Option<&Error>,
        facts: &Facts<'a>,
    ) -> Self {
        let mut reply = Reply::of(credited.turn.as_slice(), &credited.text);
        reply.mask(voucher, masked);
        Self {
            schema: 1,
            time: now(),
            modem: ModemObject::of(facts),
            sim: SimObject::of(facts, Some(operator)),
            operator: OperatorObject::of(operator),
            reply,
            kind: credited.kind,
            error: error.map(|error| ErrorObject::of(error, error.to_string())),
        }
    }
}

/// `saldo sim status --json`.
#[derive(Serialize)]
pub(super) struct SimLine<'a> {
    schema: u8,
    time: String,
    modem: ModemObject,
    sim: SimObject<'a>,
    operator: Option<OperatorObject<'a>>,
    /// As `+CPIN` words it.
    state: Option<&'a str>,
    retries: Retries,
}

impl<'a> SimLine<'a> {
    pub(super) fn of(lock: &'a SimLock, operator: Option<&'a Operator>, facts: &Facts<'a>) -> Self {
        Self {
            schema: 1,
            time: now(),
            modem: ModemObject::of(facts),
            sim: SimObject::of(facts, operator),
            operator: operator.map(OperatorObject::of),
            state: lock.state.as_deref(),
            retries: lock.retries,
        }
    }
}

/// `saldo sim unlock --json`: `unlocked` is false where the SIM wanted no PIN.
#[derive(Serialize)]
pub(super) struct UnlockLine<'a> {
    schema: u8,
    time: String,
    modem: ModemObject,
    sim: SimObject<'a>,
    unlocked: bool,
}

impl<'a> UnlockLine<'a> {
    pub(super) fn of(unlocked: bool, facts: &Facts<'a>) -> Self {
        let (modem, sim) = (ModemObject::of(facts), SimObject::of(facts, None));
        Self { schema: 1, time: now(), modem, sim, unlocked }
    }
}

/// One command of the user's own and its answer; of a line that nobody asked for only the line.
#[derive(Serialize)]
pub(super) struct PassedLine<'a> {
    schema: u8,
    command: Option<&'a str>,
    lines: &'a [String],
    #[serde(rename = "final")]
    result: Option<&'a str>,
}

impl<'a> PassedLine<'a> {
    pub(super) fn of(command: &'a str, lines: &'a [String], result: Option<&'a str>) -> Self {
        Self { schema: 1, command: Some(command), lines, result }
    }

    pub(super) fn unsolicited(line: &'a String) -> Self {
        Self { schema: 1, command: None, lines: std::slice::from_ref(line), result: None }
    }
}

/// An error by itself, where there is no result.
#[derive(Serialize)]
pub(super) struct ErrorLine {
    schema: u8,
    error: ErrorObject,
}

impl ErrorLine {
    /// `message` may say more than the error, for example of which modem it speaks.
    pub(super) fn of(error: &Error, message: String) -> Self {
        Self { schema: 1, error: ErrorObject::of(error, message) }
    }
}

/// RFC 3339, UTC, whole seconds.
pub(super) fn now() -> String {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// A phone number as the JSON shows it without `--show-ids`.
pub(super) fn masked(number: &str) -> String {
    crate::ids::Msisdn::parse(number).map_or_else(|_| "…".into(), |number| number.shown(false))
}
