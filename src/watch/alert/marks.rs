//! From which amounts and times on somebody is told.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};

use super::super::unit::counted;
use super::super::{Answer, Pot, duration};
use crate::balance::PotType;

/// From which amounts and times on somebody is told; a mark that is not set tells nothing.
///
/// As TOML: `low = ["5 EUR", "500 MB"]`, `critical = "1 EUR"`, `margin = 5`, `expiry-lead = "7d"`,
/// `bundle-lead = "2d"`, `drain = 3`, `no-answer = 3`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Marks {
    /// It is low below any of these.
    pub low: MarkList,
    /// It is critical below any of these.
    pub critical: MarkList,
    /// How far above a mark it has recovered, in percent of the mark. 5 where nothing is said.
    pub margin: u8,
    /// How long before the last valid day somebody is told; whole days count. `7d` where nothing is said.
    #[serde(deserialize_with = "duration::in_toml")]
    pub expiry_lead: Option<Duration>,
    /// The same of a bundle that ends on a day of its own; `2d` where nothing is said.
    #[serde(deserialize_with = "duration::in_toml")]
    pub bundle_lead: Option<Duration>,
    /// The balance falls too fast where it lasts fewer days.
    pub drain: Option<u16>,
    /// How many questions in a row have no answer that can be relied on; 0 tells nothing. 3 where nothing is said.
    pub no_answer: u32,
}

impl Default for Marks {
    fn default() -> Self {
        let [expiry_lead, bundle_lead] =
            [7, 2].map(|days| Some(Duration::from_secs(days * duration::DAY)));
        let (low, critical) = (MarkList::default(), MarkList::default());
        Self { low, critical, margin: 5, expiry_lead, bundle_lead, drain: None, no_answer: 3 }
    }
}

impl Marks {
    /// Where nothing would be low before it is critical: a critical mark above each low one that it compares with, and
    /// one of those.
    pub fn wrong_way_round(&self) -> Option<(&Mark, &Mark)> {
        self.critical.0.iter().find_map(|critical| {
            let order = |low: &Mark| critical.compare(low);
            let mut alike = self.low.0.iter().filter(|low| order(low).is_some());
            let first = alike.next()?;
            let is_above = |low: &Mark| order(low) == Some(Ordering::Greater);
            (is_above(first) && alike.all(is_above)).then_some((first, critical))
        })
    }

    /// The marks of money in other currencies, where none of their list is in this one.
    pub(super) fn foreign_to<'a>(
        &'a self,
        unit: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Mark> {
        let lists = [&self.low.0, &self.critical.0].into_iter();
        let fits = move |mark: &Mark| mark.is_of_money() && !mark.is_foreign_to(unit);
        let unfit = lists.filter(move |list| !list.iter().any(fits));
        unfit.flatten().filter(move |mark| mark.is_foreign_to(unit))
    }
}

/// From so many days before on a last day is near; a day that has begun counts.
pub(super) fn lead_days(lead: Option<Duration>) -> Option<i64> {
    i64::try_from(lead?.as_secs().div_ceil(duration::DAY)).ok()
}

/// Marks of which each is for itself: one of money, one of data, and so on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkList(pub Vec<Mark>);

/// An amount, and its unit where the user named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Of money in the balance's own currency where no unit is named.
    pub amount: Decimal,
    /// A currency (ISO 4217), or `MB`, `min`, `SMS` and the like.
    pub unit: Option<String>,
}

impl Mark {
    /// Whether it is one of money in another currency. A balance that names none is taken to be in the mark's.
    pub(in crate::watch) fn is_foreign_to(&self, unit: Option<&str>) -> bool {
        let currency = self.unit.as_deref().filter(|_| self.is_of_money());
        currency.zip(unit).is_some_and(|(mark, balance)| mark != balance)
    }

    /// How much is left of what the mark is of, in the mark's unit: the main money pot, or all pots of data, talk or
    /// messages together. `None` where there is nothing of the kind, or in another currency.
    pub fn left_in(&self, pots: &[Pot]) -> Option<Decimal> {
        let Some((_, pot_type, factor)) = self.counted() else {
            let main = pots.iter().find(|pot| pot.is_main());
            let pot = main.filter(|pot| !self.is_foreign_to(pot.unit.as_deref()));
            return pot.map(|pot| pot.amount);
        };
        let stated = pots.iter().filter(|pot| pot.pot_type == pot_type);
        let stated = stated.filter_map(Pot::in_base_units);
        let left = stated.reduce(Decimal::saturating_add)?;
        left.checked_div(Decimal::from(factor)).map(|left| left.normalize())
    }

    /// Until when that is valid; of several pots the first day on which one of them ends.
    pub(super) fn valid_until(&self, answer: &Answer) -> Option<Date> {
        match self.counted() {
            Some((_, pot_type, _)) => answer.pots_of(pot_type).filter_map(|pot| pot.expires).min(),
            None => answer.valid_until(),
        }
    }

    pub(super) fn is_of_money(&self) -> bool {
        self.counted().is_none()
    }

    /// Whether both are of money, of data, or of whatever else it is.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let of = |mark: &Self| mark.counted().map(|(_, pot_type, _)| pot_type);
        of(self) == of(other)
    }

    /// Which of two marks is higher; `None` where they cannot be compared.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        let base_units = |mark: &Self, factor: i64| mark.amount.checked_mul(Decimal::from(factor));
        match (self.counted(), other.counted()) {
            (Some((_, ours, factor)), Some((_, theirs, per))) if ours == theirs => {
                base_units(self, factor)?.partial_cmp(&base_units(other, per)?)
            }
            (None, None) if self.unit == other.unit => self.amount.partial_cmp(&other.amount),
            _ => None,
        }
    }

    fn counted(&self) -> Option<(&'static str, PotType, i64)> {
        self.unit.as_deref().and_then(counted)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::words::amount(self.amount, self.unit.as_deref()))
    }
}

/// What is no mark.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no amount: expected a number and its unit, such as 5, \"2.50 EUR\", \"500 MB\", \"10 min\" or \"5 SMS\""
)]
pub struct NotAMark(pub String);

impl FromStr for Mark {
    type Err = NotAMark;

    fn from_str(text: &str) -> Result<Self, NotAMark> {
        let mut words = text.split_whitespace();
        let amount = words.next().and_then(|word| Decimal::from_str(word).ok());
        let unit = words.next();
        let known = unit.map(|word| match counted(word) {
            Some((ours, ..)) => Some(ours.to_owned()),
            None => Some(word.to_ascii_uppercase()).filter(|word| is_currency(word)),
        });
        match (amount, known) {
            (Some(amount), None) => Ok(Self { amount, unit: None }),
            (Some(amount), Some(Some(unit))) if words.next().is_none() => {
                Ok(Self { amount, unit: Some(unit) })
            }
            _ => Err(NotAMark(text.to_owned())),
        }
    }
}

/// The form of ISO 4217.
fn is_currency(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|octet| octet.is_ascii_uppercase())
}

impl<'de> Deserialize<'de> for MarkList {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        let marks = match toml::Value::deserialize(value)? {
            toml::Value::Array(several) => several.into_iter().map(mark).collect(),
            one => mark(one).map(|mark| vec![mark]),
        };
        marks.map(Self).map_err(de::Error::custom)
    }
}

fn mark(value: toml::Value) -> Result<Mark, NotAMark> {
    match value {
        toml::Value::String(text) => text.parse(),
        toml::Value::Integer(number) => number.to_string().parse(),
        toml::Value::Float(number) => number.to_string().parse(),
        other => Err(NotAMark(other.type_str().to_owned())),
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
            ("low = \"1.5 gb\"",  Some("1.5 GB")),
            ("low = \"10 MIN\"",  Some("10 min")),
            ("low = [5, '1 GB']", Some("5, 1 GB")),
            ("low = []",           Some("")),
            ("low = \"-1 EUR\"",   Some("-1 EUR")),
            ("low = \"EUR 5\"",    None),
            ("low = \"5 euro\"",   None),
            ("low = \"5 EUR x\"",  None),
            ("low = \"5,00\"",     None),
            ("low = \"\"",         None),
            ("low = true",         None),
            ("low = ['x']",        None),
            ("low = '5 MB x'",     None),
            ("low = inf",          None),
        ] {
            let read = toml::from_str::<Marks>(text).ok().map(|marks| marks.low.0);
            let shown = read.map(|marks| marks.iter().map(Mark::to_string).collect::<Vec<_>>().join(", "));
            assert_eq!(shown.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn all_of_them_and_none_of_them() {
        let text = "low = '5 EUR'\ncritical = 1\nmargin = 10\nexpiry-lead = '36h'\ndrain = 3\nno-answer = 0";
        let marks: Marks = toml::from_str(text).unwrap();
        assert_eq!((marks.margin, marks.drain, marks.no_answer), (10, Some(3), 0));
        assert_eq!(lead_days(marks.expiry_lead), Some(2), "a day that has begun counts");
        assert_eq!(toml::from_str::<Marks>("").unwrap(), Marks::default());
        let error = toml::from_str::<Marks>("expiry-lead = '7'").unwrap_err().to_string();
        assert!(error.contains("expected a number with s, m, h or d"), "{error}");
        let error = toml::from_str::<Marks>("lo = 5").unwrap_err().to_string();
        assert!(error.contains("expected one of `low`, `critical`"), "{error}");
    }
}
