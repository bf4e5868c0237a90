//! One question and what came of it, as it is remembered.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::balance::{self, Confidence, Kind, PotType, Role};

/// One question to one modem.
///
/// As JSON it is one object, the form of a history in lines and of what a broker gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When the answer, or the failure, was there.
    pub time: Timestamp,
    /// The modem's name in the configuration, its port where it has none.
    pub modem: String,
    /// By what the SIM is known again; none where it could not be read.
    pub sim: Option<SimKey>,
    /// The ICCID with its middle left out.
    pub iccid: Option<String>,
    /// The SIM's home network: MCC and MNC.
    pub plmn: Option<String>,
    /// The operator's `id` in the data.
    pub operator: Option<String>,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// By what a SIM is known again: its ICCID, or a hash of it, as the user chose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SimKey(pub String);

impl fmt::Display for SimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The operator answered something.
    Answer(Answer),
    /// Nothing came, or nothing could be asked.
    Failure(Failure),
}

/// What the operator said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What kind of reply it is.
    pub kind: Kind,
    /// How sure its amounts are.
    pub confidence: Confidence,
    /// `ussd`, `menu`, `sms` or `modemmanager`.
    pub via: String,
    /// The words that were read, numbers masked.
    pub text: String,
    /// The lines of the modem they came in.
    pub raw: Vec<String>,
    /// The amounts that belong to the account, in text order.
    pub pots: Vec<Pot>,
    /// Validity dates, in text order.
    pub expires: Vec<Date>,
}

/// One amount, as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pot {
    /// Money, data, voice, SMS or points.
    #[serde(rename = "type")]
    pub pot_type: PotType,
    /// What the operator calls it.
    pub role: Role,
    /// How much, with the digits shown.
    pub amount: Decimal,
    /// As in [`balance::Pot`].
    pub unit: Option<String>,
    /// Until when, where the text says it of this pot.
    pub expires: Option<Date>,
}

impl From<&balance::Pot> for Pot {
    fn from(pot: &balance::Pot) -> Self {
        Self {
            pot_type: pot.pot_type,
            role: pot.role,
            amount: pot.amount.0,
            unit: pot.unit.map(str::to_owned),
            expires: pot.expires,
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// As in the JSON of an error: `port`, `modem`, `sim`, `network`, `reply` or `usage`.
    pub class: String,
    /// What happened.
    pub message: String,
    /// What helps, where we know it.
    pub hint: Option<String>,
}

impl Record {
    /// The answer, where there is one whose amounts can be relied on.
    pub fn reliable(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Answer(answer) if answer.is_reliable() => Some(answer),
            _ => None,
        }
    }

    /// The main money pot of a reliable answer.
    pub fn main(&self) -> Option<&Pot> {
        self.reliable().and_then(Answer::main)
    }
}

impl Answer {
    /// Whether an amount or an allowance is stated that can be relied on.
    pub fn is_reliable(&self) -> bool {
        let states = matches!(self.kind, Kind::Balance | Kind::Bundle);
        states && self.confidence >= Confidence::Likely
    }

    /// The main money pot.
    pub fn main(&self) -> Option<&Pot> {
        self.pots.iter().find(|pot| pot.pot_type == PotType::Money && pot.role == Role::Main)
    }

    /// The last day on which the account is valid: of the main pot, else the first date stated.
    pub fn valid_until(&self) -> Option<Date> {
        self.main().and_then(|pot| pot.expires).or_else(|| self.expires.first().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_object_and_reads_back() {
        let text = r#"{"time":"2026-11-22T10:00:00Z","modem":"attic","sim":"8f3a","iccid":"8932…0010","plmn":"20601","operator":"be-proximus-prepaid","answer":{"kind":"balance","confidence":"sure","via":"ussd","text":"12,34 EUR","raw":[],"pots":[{"type":"money","role":"main","amount":"12.34","unit":"EUR","expires":"2026-12-31"}],"expires":["2026-12-31"]}}"#;
        let record: Record = serde_json::from_str(text).unwrap();
        assert_eq!(record.main().unwrap().amount.to_string(), "12.34");
        assert_eq!(serde_json::to_string(&record).unwrap(), text);
    }
}
