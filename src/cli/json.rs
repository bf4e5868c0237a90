//! The objects of `--json`: keys and their order are promised.

use jiff::Timestamp;
use saldo::Error;
use saldo::answers::Retries;
use saldo::balance::{Kind, Reading};
use saldo::client::{Asked, Balance, Credited, Plan, SimLock, Turn};
use saldo::ids::{Imei, mask_number};
use saldo::modems::Identity;
use saldo::operators::{Operator, SimFacts};
use saldo::transcript::redacted_answer;
use serde::Serialize;

use super::Globals;
#[cfg(feature = "esim")]
use super::esim::ProfileObject;
use super::with_modem::AnyModem;

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

/// What of the modem the JSON shows.
pub(super) struct Facts<'a> {
    pub(super) port: String,
    pub(super) identity: Option<&'a Identity>,
    pub(super) imei: Option<&'a Imei>,
    pub(super) sim: &'a SimFacts,
    pub(super) show_ids: bool,
}

impl<'a> Facts<'a> {
    pub(super) fn of(modem: &'a AnyModem, globals: &Globals) -> Self {
        Self {
            port: modem.port_name(),
            identity: modem.known_identity(),
            imei: modem.imei(),
            sim: modem.known_sim(),
            show_ids: globals.show_ids,
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

/// Class, message and hint of an error.
#[derive(Serialize)]
pub(super) struct ErrorObject {
    class: &'static str,
    message: String,
    hint: Option<String>,
}

impl ErrorLine {
    /// `message` may say more than the error, for example of which modem it speaks.
    pub(super) fn of(error: &Error, message: String) -> Self {
        Self { schema: 1, error: ErrorObject::of(error, message) }
    }
}

impl ErrorObject {
    pub(super) fn of(error: &Error, message: String) -> Self {
        Self { class: error.class(), message, hint: error.hint() }
    }
}

#[derive(Serialize)]
struct ModemObject {
    manufacturer: Option<String>,
    model: Option<String>,
    firmware: Option<String>,
    imei: Option<String>,
    port: String,
}

impl ModemObject {
    fn of(facts: &Facts<'_>) -> Self {
        let known = |text: fn(&Identity) -> &String| {
            facts.identity.map(text).filter(|text| !text.is_empty()).cloned()
        };
        Self {
            manufacturer: known(|identity| &identity.manufacturer),
            model: known(|identity| &identity.model),
            firmware: known(|identity| &identity.firmware),
            imei: facts.imei.map(|imei| imei.shown(facts.show_ids)),
            port: facts.port.clone(),
        }
    }
}

#[derive(Serialize)]
struct SimObject<'a> {
    iccid: Option<String>,
    plmn: Option<String>,
    name: Option<&'a str>,
}

impl<'a> SimObject<'a> {
    fn of(facts: &Facts<'a>, operator: Option<&Operator>) -> Self {
        let plmn = facts.sim.home(operator).map(|plmn| plmn.as_str().to_owned());
        let iccid = facts.sim.iccid.as_ref().map(|iccid| iccid.shown(facts.show_ids));
        Self { iccid, plmn, name: facts.sim.spn.as_deref() }
    }
}

#[derive(Serialize)]
struct OperatorObject<'a> {
    id: &'a str,
    name: &'a str,
    country: Option<&'a str>,
}

impl<'a> OperatorObject<'a> {
    fn of(operator: &'a Operator) -> Self {
        Self { id: &operator.id, name: &operator.name, country: operator.country.as_deref() }
    }
}

/// One line of a menu.
#[derive(Serialize)]
struct ChoiceObject {
    answer: String,
    text: String,
}

impl ChoiceObject {
    fn all(reading: &Reading) -> Vec<Self> {
        let choices = reading.choices.iter().cloned();
        choices.map(|(answer, text)| Self { answer, text }).collect()
    }
}

/// How it was asked: `code` is the USSD code, or number and text of the message.
#[derive(Serialize)]
struct AskObject<'a> {
    method: &'static str,
    code: String,
    path: Vec<&'a str>,
}

impl<'a> AskObject<'a> {
    fn of(ask: &'a Asked) -> Self {
        match ask {
            Asked::Ussd { code, path, .. } => {
                let path = path.iter().map(saldo::ussd::Answer::as_str).collect();
                Self { method: "ussd", code: code.to_string(), path }
            }
            Asked::Sms { to, text } => Self {
                method: "sms",
                code: format!("{to} {text}").trim_end().to_owned(),
                path: Vec::new(),
            },
        }
    }
}

/// What the network said, as it came and as it reads; after a message only its text.
#[derive(Serialize)]
struct Reply {
    status: Option<u32>,
    text: String,
    raw: Vec<String>,
    dcs: Option<i32>,
    encoding: Option<&'static str>,
    truncated: bool,
}

impl Reply {
    fn of(turns: &[Turn], text: &str) -> Self {
        let last = turns.last();
        let reading = last.and_then(|turn| turn.readings.first());
        Self {
            status: last.map(|turn| turn.reply.status.number()),
            text: text.to_owned(),
            raw: turns
                .iter()
                .map(|turn| String::from_utf8_lossy(&turn.reply.raw).into_owned())
                .collect(),
            dcs: last.and_then(|turn| turn.reply.dcs),
            encoding: reading.map(|reading| reading.encoding.as_str()),
            truncated: last.is_some_and(Turn::is_truncated),
        }
    }
}

impl Reply {
    /// The SIM's own number is shown masked, in the text and inside the line it came from.
    fn mask(&mut self, number: &str, masked: &str) {
        self.text = mask_number(&self.text, number, masked);
        for line in &mut self.raw {
            let plain = mask_number(line, number, masked);
            let coded = || redacted_answer(b"AT+CUSD", &[line.as_bytes().to_vec()]).concat();
            *line =
                if plain == *line { String::from_utf8_lossy(&coded()).into_owned() } else { plain };
        }
    }
}

/// RFC 3339, UTC, whole seconds.
pub(super) fn now() -> String {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// A phone number as the JSON shows it without `--show-ids`.
pub(super) fn masked(number: &str) -> String {
    saldo::ids::Msisdn::parse(number).map_or_else(|_| "…".into(), |number| number.shown(false))
}
