//! What a reply says: the types, as `saldo parse` and `saldo balance` print them in JSON.

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};

/// What is known before reading: it settles what the text leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints<'a> {
    /// Where the SIM is at home, ISO 3166 alpha-2.
    pub country: Option<&'a str>,
    /// The account's currency, ISO 4217, where it is not the country's own.
    pub currency: Option<&'a str>,
    /// The operator's decimal mark, where it is not the country's usual one.
    pub decimal: Option<char>,
}

/// What one reply says, in the order and under the names of the JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// What kind of reply it is.
    pub kind: Kind,
    /// How sure kind, main amount and its currency are.
    pub confidence: Confidence,
    /// The amounts that belong to the account, in text order.
    pub pots: Vec<Pot>,
    /// Validity dates with a year stated, in text order, once each.
    #[serde(serialize_with = "iso_dates")]
    pub expires: Vec<Date>,
    /// The SIM's own number, as far as the text states it: digits, with the `+` it was shown with.
    pub msisdn: Option<String>,
    /// What a menu offers: the answer to send, and its text.
    #[serde(skip)]
    pub choices: Vec<(String, String)>,
    /// Why: one line a decision, for people.
    #[serde(skip)]
    pub reasons: Vec<String>,
}

impl Reading {
    /// The main money pot: what `saldo` prints first.
    pub fn main(&self) -> Option<&Pot> {
        self.pots.iter().find(|pot| pot.pot_type == PotType::Money && pot.role == Role::Main)
    }
}

/// What kind of reply it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An account amount is stated.
    Balance,
    /// Only data, voice or SMS allowances.
    Bundle,
    /// A choice or a free answer is asked for.
    Menu,
    /// The answer will come by SMS.
    Pending,
    /// The operator refuses or fails.
    Error,
    /// Anything else.
    #[default]
    Other,
}

/// How sure a reading is; the later, the surer.
///
/// A wrong amount called sure is the worst defect this program can have.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess: show the text beside it.
    #[default]
    Unsure,
    /// Probably right, but something in the text leaves room for another reading.
    Likely,
    /// The text says so, and nothing in it says otherwise.
    Sure,
}

/// One amount that belongs to the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pot {
    /// Money, data, voice, SMS or points.
    #[serde(rename = "type")]
    pub pot_type: PotType,
    /// What the operator calls it.
    pub role: Role,
    /// How much, with the digits shown.
    pub amount: Amount,
    /// ISO 4217 for money; `B` to `TB` for data; `min` or `s` for voice; none for SMS and points.
    pub unit: Option<&'static str>,
    /// Until when, where the text says it of this pot.
    #[serde(serialize_with = "iso_date")]
    pub expires: Option<Date>,
}

/// What a pot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PotType {
    /// Money, in the pot's currency where one is stated.
    Money,
    /// Mobile data.
    Data,
    /// Talk time.
    Voice,
    /// Messages.
    Sms,
    /// Loyalty points, which are no money.
    Points,
}

/// What the operator calls a pot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// What calls are paid from.
    Main,
    /// Given with something else.
    Bonus,
    /// Given for a time or a purpose.
    Promo,
    /// Owed to the operator.
    Debt,
    /// A limit, a spendable part, a second account.
    Other,
}

/// An exact decimal with the digits the operator showed: `12.50` stays `12.50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub Decimal);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

macro_rules! displayed_as_in_json {
    ($($type:ident { $($variant:ident => $word:literal,)* })*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Self::$variant => $word,)* })
            }
        }
    )*};
}

displayed_as_in_json! {
    Kind {
        Balance => "balance", Bundle => "bundle", Menu => "menu",
        Pending => "pending", Error => "error", Other => "other",
    }
    Confidence { Unsure => "unsure", Likely => "likely", Sure => "sure", }
    PotType { Money => "money", Data => "data", Voice => "voice", Sms => "sms", Points => "points", }
    Role { Main => "main", Bonus => "bonus", Promo => "promo", Debt => "debt", Other => "other", }
}

fn iso_date<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}

fn iso_dates<S: Serializer>(dates: &[Date], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(dates.iter().map(ToString::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_the_names_and_order_of_the_contract() {
        let pot = Pot {
            pot_type: PotType::Money,
            role: Role::Main,
            amount: Amount(Decimal::new(-50, 2)),
            unit: Some("EUR"),
            expires: Some(Date::constant(2026, 12, 31)),
        };
        let sms = Pot { pot_type: PotType::Sms, unit: None, expires: None, ..pot.clone() };
        let reading = Reading {
            kind: Kind::Balance,
            confidence: Confidence::Sure,
            pots: vec![pot, sms],
            expires: vec![Date::constant(2026, 12, 31)],
            ..Reading::default()
        };
        assert_eq!(
            serde_json::to_string(&reading).unwrap(),
            concat!(
                r#"{"kind":"balance","confidence":"sure","pots":["#,
                r#"{"type":"money","role":"main","amount":"-0.50","unit":"EUR","expires":"2026-12-31"},"#,
                r#"{"type":"sms","role":"main","amount":"-0.50","unit":null,"expires":null}],"#,
                r#""expires":["2026-12-31"],"msisdn":null}"#
            )
        );
    }
}
