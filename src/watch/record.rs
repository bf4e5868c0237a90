//! One question and what came of it, as it is remembered.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Mark;
use crate::balance::{self, Confidence, Kind, PotType, Role};

/// What data is compared in.
pub(super) const MEGABYTES: &str = "MB";

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

impl Pot {
    pub(super) fn is_main(&self) -> bool {
        self.pot_type == PotType::Money && self.role == Role::Main
    }
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

/// What an account has left, in one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Left<'a> {
    /// How much.
    pub amount: Decimal,
    /// The currency where one is stated, or `MB`.
    pub unit: Option<&'a str>,
    /// Whether it is data and no money.
    pub is_data: bool,
}

impl fmt::Display for Left<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.amount)?;
        self.unit.map_or(Ok(()), |unit| write!(f, " {unit}"))
    }
}

impl Record {
    /// The answer, where there is one whose amounts can be relied on.
    pub fn reliable(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Answer(answer) if answer.is_reliable() => Some(answer),
            _ => None,
        }
    }

    /// What a reliable answer says is left.
    pub fn left(&self) -> Option<Left<'_>> {
        self.reliable().and_then(Answer::left)
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
        self.pots.iter().find(|pot| pot.is_main())
    }

    /// What stands for the account: its main money pot, or all its data together where it states no money.
    pub fn left(&self) -> Option<Left<'_>> {
        if let Some(Pot { amount, unit, .. }) = self.main() {
            return Some(Left { amount: *amount, unit: unit.as_deref(), is_data: false });
        }
        let states_money = self.pots_of(PotType::Money).next().is_some();
        let amount = self.megabytes().filter(|_| !states_money)?;
        Some(Left { amount, unit: Some(MEGABYTES), is_data: true })
    }

    /// All its data together.
    pub fn megabytes(&self) -> Option<Decimal> {
        Mark { amount: Decimal::ZERO, unit: Some(MEGABYTES.into()) }.left_in(&self.pots)
    }

    pub(super) fn pots_of(&self, pot_type: PotType) -> impl Iterator<Item = &Pot> {
        self.pots.iter().filter(move |pot| pot.pot_type == pot_type)
    }

    /// The last day on which the account is valid: of the main pot, else the first date stated of no other pot. Of an
    /// answer without a main pot it is the first date.
    pub fn valid_until(&self) -> Option<Date> {
        let Some(main) = self.main() else { return self.expires.first().copied() };
        let is_of_another = |day: &&Date| self.pots.iter().any(|pot| pot.expires == Some(**day));
        main.expires.or_else(|| self.expires.iter().find(|day| !is_of_another(day)).copied())
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

    #[test]
    #[rustfmt::skip]
    fn a_bundle_that_ends_does_not_end_the_account() {
        for (main, data, stated, expected) in [
            (Some("2026-12-31"), Some("2026-01-31"), &["2026-01-31", "2026-12-31"][..], Some("2026-12-31")),
            (None,               Some("2026-01-31"), &["2026-01-31", "2026-12-31"],     Some("2026-12-31")),
            (None,               Some("2026-01-31"), &["2026-01-31"],                   None),
            (None,               None,               &["2026-12-31"],                   Some("2026-12-31")),
            (None,               None,               &[],                               None),
        ] {
            let day = |text: &str| text.parse::<Date>().unwrap();
            let answer = answer(main.map(day), data.map(day), stated.iter().map(|text| day(text)).collect());
            assert_eq!(answer.valid_until(), expected.map(day), "{main:?} {data:?} {stated:?}");
        }
        let mut bundle = answer(None, Some(Date::MAX), vec![Date::MAX]);
        bundle.pots.remove(0);
        assert_eq!(bundle.valid_until(), Some(Date::MAX), "a bundle is all there is");
    }

    fn answer(main: Option<Date>, data: Option<Date>, expires: Vec<Date>) -> Answer {
        let pot = |pot_type, expires| Pot {
            pot_type,
            role: Role::Main,
            amount: Decimal::ONE,
            unit: None,
            expires,
        };
        Answer {
            kind: Kind::Balance,
            confidence: Confidence::Sure,
            via: "ussd".into(),
            text: String::new(),
            raw: Vec::new(),
            pots: vec![pot(PotType::Money, main), pot(PotType::Data, data)],
            expires,
        }
    }
}
