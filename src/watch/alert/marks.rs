//! From which amounts and times on somebody is told.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};

use super::super::duration;

/// From which amounts and times on somebody is told; a mark that is not set tells nothing.
///
/// As TOML: `low = "5 EUR"`, `critical = "1 EUR"`, `margin = 5`, `expiry-lead = "7d"`, `drain = 3`, `no-answer = 3`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Marks {
    /// The balance is low below this.
    pub low: Option<Mark>,
    /// The balance is critical below this.
    pub critical: Option<Mark>,
    /// How far above a mark it has recovered, in percent of the mark. 5 where nothing is said.
    pub margin: u8,
    /// How long before the last valid day somebody is told; whole days count. `7d` where nothing is said.
    #[serde(deserialize_with = "duration::in_toml")]
    pub expiry_lead: Option<Duration>,
    /// The balance falls too fast where it lasts fewer days.
    pub drain: Option<u16>,
    /// How many questions in a row have no answer that can be relied on; 0 tells nothing. 3 where nothing is said.
    pub no_answer: u32,
}

impl Default for Marks {
    fn default() -> Self {
        let expiry_lead = Some(Duration::from_secs(7 * duration::DAY));
        Self { low: None, critical: None, margin: 5, expiry_lead, drain: None, no_answer: 3 }
    }
}

impl Marks {
    /// The last valid day is near from so many days before.
    pub(super) fn lead_days(&self) -> Option<i64> {
        let days = self.expiry_lead?.as_secs().div_ceil(duration::DAY);
        i64::try_from(days).ok()
    }
}

/// An amount, and its currency where the user named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// In the balance's own currency where none is named.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: Option<String>,
}

impl Mark {
    /// Whether both name a currency, and not the same. A balance that names none is taken to be in the mark's.
    pub(in crate::watch) fn is_foreign_to(&self, unit: Option<&str>) -> bool {
        self.currency.as_deref().zip(unit).is_some_and(|(mark, balance)| mark != balance)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::words::money(self.amount, self.currency.as_deref()))
    }
}

/// What is no mark.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no amount: expected a number, with its currency where you like, such as 5 or \"2.50 EUR\""
)]
pub struct NotAMark(pub String);

impl FromStr for Mark {
    type Err = NotAMark;

    fn from_str(text: &str) -> Result<Self, NotAMark> {
        let mut words = text.split_whitespace();
        let amount = words.next().and_then(|word| Decimal::from_str(word).ok());
        let currency = words.next();
        let is_iso = |word: &str| word.len() == 3 && word.bytes().all(|c| c.is_ascii_alphabetic());
        match amount {
            Some(amount) if currency.is_none_or(is_iso) && words.next().is_none() => {
                Ok(Self { amount, currency: currency.map(str::to_ascii_uppercase) })
            }
            _ => Err(NotAMark(text.to_owned())),
        }
    }
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        let text = match toml::Value::deserialize(value)? {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Float(number) => number.to_string(),
            other => return Err(de::Error::custom(NotAMark(other.type_str().to_owned()))),
        };
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn marks_as_people_write_them() {
        for (text, expected) in [
            ("low = 5",            Some("5")),
            ("low = 2.50",         Some("2.5")),
            ("low = \"2.50\"",     Some("2.50")),
            ("low = \"5 EUR\"",    Some("5 EUR")),
            ("low = \" 5  eur \"", Some("5 EUR")),
            ("low = \"-1 EUR\"",   Some("-1 EUR")),
            ("low = \"EUR 5\"",    None),
            ("low = \"5 euro\"",   None),
            ("low = \"5 EUR x\"",  None),
            ("low = \"5,00\"",     None),
            ("low = \"\"",         None),
            ("low = true",         None),
            ("low = [5]",          None),
            ("low = inf",          None),
        ] {
            let read = toml::from_str::<Marks>(text).ok().and_then(|marks| marks.low);
            assert_eq!(read.map(|mark| mark.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn all_of_them_and_none_of_them() {
        let text = "low = '5 EUR'\ncritical = 1\nmargin = 10\nexpiry-lead = '36h'\ndrain = 3\nno-answer = 0";
        let marks: Marks = toml::from_str(text).unwrap();
        assert_eq!((marks.margin, marks.drain, marks.no_answer), (10, Some(3), 0));
        assert_eq!(marks.lead_days(), Some(2), "a day that has begun counts");
        assert_eq!(toml::from_str::<Marks>("").unwrap(), Marks::default());
        let error = toml::from_str::<Marks>("expiry-lead = '7'").unwrap_err().to_string();
        assert!(error.contains("expected a number with s, m, h or d"), "{error}");
        let error = toml::from_str::<Marks>("lo = 5").unwrap_err().to_string();
        assert!(error.contains("expected one of `low`, `critical`"), "{error}");
    }
}
