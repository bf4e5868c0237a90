//! A data file to operators, or the line and field that are wrong in it.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};

use super::entry::{Ask, Confidence, Operator, ReplyBy, Sms, Way};
use super::number::NumberRange;
use super::topup::{PLACE, Pattern, TopUp};
use crate::rows::{self, Fault};
use crate::ussd::{Answer, CodeError, UssdCode};

/// What is wrong in a data file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
#[non_exhaustive]
pub struct DataError {
    /// The file as the caller names it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong, with the field, and the known fields where it is not one of them.
    pub message: String,
}

/// Reads one file: country-wide fields first, then `[[operator]]` by `[[operator]]`.
///
/// # Errors
///
/// [`DataError`] for anything that is not TOML, for unknown fields, for codes that cannot be dialled
/// or are no question, for marks that no SIM can show, and for an `id` that stands there twice.
pub(super) fn operators(text: &str, file: &str) -> Result<Vec<Operator>, DataError> {
    let read: File = rows::read(text).map_err(|fault| located(&fault, text, file))?;
    let operators: Vec<_> =
        read.operator.into_iter().map(|own| own.or_from(&read.country)).collect();
    let mut ids = BTreeSet::new();
    for (place, operator) in operators.iter().enumerate() {
        let twice = || format!("`id`: `{}` stands here twice", operator.id);
        let wrong = (!ids.insert(&operator.id)).then(twice).or_else(|| operator.impossible_mark());
        if let Some(message) = wrong {
            let line = line_of_entry(text, place);
            return Err(DataError { file: file.to_owned(), line, message });
        }
    }
    Ok(operators)
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    country: Country,
    #[serde(default)]
    operator: Vec<Operator>,
}

/// What all brands of a country share.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Country {
    iso: Option<String>,
    name: Option<String>,
    /// Country calling code, the digits after 89 in its ICCIDs (ITU-T E.118).
    pub(super) calling: Option<String>,
    currency: Option<String>,
    decimal: Option<char>,
    #[serde(default)]
    language: Vec<String>,
    /// Short numbers for messages that bill whoever writes to them: `4xxx`.
    #[serde(default)]
    premium: Vec<Parsed<NumberRange>>,
}

impl Operator {
    fn or_from(mut self, country: &Country) -> Self {
        if self.id.is_empty() {
            self.id = self.name.to_lowercase().replace(' ', "-");
        }
        if self.country.is_none() {
            self.country.clone_from(&country.iso);
            self.country_name = self.country_name.or_else(|| country.name.clone());
        }
        self.calling.clone_from(&country.calling);
        self.premium = country.premium.iter().map(|range| range.0.clone()).collect();
        self.currency = self.currency.or_else(|| country.currency.clone());
        self.decimal = self.decimal.or(country.decimal);
        if self.language.is_empty() {
            self.language.clone_from(&country.language);
        }
        self
    }

    /// What it does not say itself, as another brand of its country has it.
    pub(super) fn or_from_neighbour(self, neighbour: &Self) -> Self {
        if self.country.is_some() && self.country != neighbour.country {
            return self;
        }
        self.or_from(&Country {
            iso: neighbour.country.clone(),
            name: neighbour.country_name.clone(),
            calling: neighbour.calling.clone(),
            currency: neighbour.currency.clone(),
            decimal: neighbour.decimal,
            language: neighbour.language.clone(),
            premium: neighbour.premium.iter().cloned().map(Parsed).collect(),
        })
    }

    /// A mark that no SIM can show.
    fn impossible_mark(&self) -> Option<String> {
        let decimal = |text: &String| text.bytes().all(|octet| octet.is_ascii_digit());
        let hexadecimal = |text: &String| text.bytes().all(|octet| octet.is_ascii_hexdigit());
        let of = |field, marks: &[String], what, is_right: &dyn Fn(&String) -> bool| {
            let wrong = marks.iter().find(|mark| mark.is_empty() || !is_right(mark))?;
            Some(format!("`{field}`: `{wrong}` is no {what}"))
        };
        of("gid1", &self.gid1, "hexadecimal", &hexadecimal)
            .or_else(|| of("iccid", &self.iccid, "beginning of an ICCID", &decimal))
            .or_else(|| of("imsi", &self.imsi, "beginning of an IMSI", &decimal))
            .or_else(|| of("spn", &self.spn, "name", &|_| true))
    }
}

/// An `ask` as it is written, before we know that it makes sense.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AskRow {
    ussd: Option<Parsed<UssdCode>>,
    #[serde(default)]
    path: Vec<Parsed<Answer>>,
    #[serde(default)]
    says: Vec<String>,
    sms: Option<Sms>,
    #[serde(default)]
    reply: ReplyBy,
    cost: Option<String>,
    #[serde(default)]
    free: bool,
    note: Option<String>,
    why: Option<String>,
    confidence: Option<Confidence>,
}

impl TryFrom<AskRow> for Ask {
    type Error = String;

    fn try_from(row: AskRow) -> Result<Self, String> {
        let AskRow { ussd, path, says, sms, reply, cost, free, note, why, confidence } = row;
        let way = match (ussd, sms) {
            (Some(Parsed(code)), None) => {
                allowed(&code, why.is_some())?;
                let path: Vec<_> = path.into_iter().map(|answer| answer.0).collect();
                if says.len() > path.len() {
                    return Err("`says` has a text for each answer of `path`".into());
                }
                Way::Ussd { code, path, says }
            }
            (None, Some(_)) if !path.is_empty() => return Err("`path` needs `ussd`".into()),
            (None, Some(sms)) => Way::Sms(sms),
            _ => return Err("each way to ask has either `ussd` or `sms`".into()),
        };
        if free && cost.is_some() {
            return Err("a way to ask is either `free` or has a `cost`".into());
        }
        Ok(Self { way, reply, cost, free, note, why, confidence })
    }
}

/// A code in the data must be a question; one that only a listing makes so must say why.
fn allowed(code: &UssdCode, has_why: bool) -> Result<(), String> {
    code.check_query(true).map_err(|objection| format!("`{code}` is no question: {objection}"))?;
    match code.check_query(false) {
        Err(objection) if !has_why => {
            Err(format!("`{code}` looks like no question ({objection}): say in `why` that it is"))
        }
        _ => Ok(()),
    }
}

/// A way to top up as it is written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TopUpRow {
    ussd: Option<String>,
    sms: Option<Sms>,
    digits: Option<usize>,
}

impl TryFrom<TopUpRow> for TopUp {
    type Error = String;

    fn try_from(row: TopUpRow) -> Result<Self, String> {
        let pattern = match (row.ussd, row.sms) {
            (Some(code), None) => Pattern::Ussd(code),
            (None, Some(sms)) => Pattern::Sms(sms),
            _ => return Err("each way to top up has either `ussd` or `sms`".into()),
        };
        let (Pattern::Ussd(text) | Pattern::Sms(Sms { text, .. })) = &pattern;
        if text.matches(PLACE).count() != 1 {
            return Err(format!("a top-up has {PLACE} where the voucher goes, once"));
        }
        if let Pattern::Ussd(code) = &pattern {
            dialable(code).map_err(|error| error.to_string())?;
        }
        Ok(Self { pattern, digits: row.digits })
    }
}

fn dialable(pattern: &str) -> Result<UssdCode, CodeError> {
    UssdCode::parse(&pattern.replace(PLACE, "1"))
}

/// Anything that is written as a string and checked when read.
#[derive(Clone, Debug)]
pub(super) struct Parsed<T>(pub(super) T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(de::Error::custom)
    }
}

/// The error with its line, and the field its value belongs to.
pub(crate) fn located(fault: &Fault, text: &str, file: &str) -> DataError {
    let before = text.get(..fault.at()).unwrap_or_default();
    let said = fault.message();
    let message = match field_before(before) {
        Some(field) if !said.contains(" field `") => format!("`{field}`: {said}"),
        _ => said.to_owned(),
    };
    DataError { file: file.to_owned(), line: fault.line(text), message }
}

/// The key whose value was being read: the last `key =` of the line.
fn field_before(text: &str) -> Option<&str> {
    let line = text.rsplit('\n').next()?;
    let (keys, _) = line.rsplit_once('=')?;
    keys.trim_end().rsplit([' ', '{', ',', '[']).next().filter(|key| !key.is_empty())
}

fn line_of_entry(text: &str, place: usize) -> usize {
    let entry = text.match_indices("[[operator]]").nth(place).map_or(0, |(at, _)| at);
    text.get(..entry).unwrap_or_default().matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_operators_or_an_error_with_its_line(text in "(?s).{0,200}") {
            if let Err(error) = operators(&text, "any.toml") {
                prop_assert!((1..=text.matches('\n').count() + 1).contains(&error.line), "{}", error);
            }
        }

        #[test]
        fn any_row_is_an_operator_or_an_error(key in "[a-z]{1,4}", value in "[ -~]{0,20}") {
            let fields = ["name", "plmn", "ask", "topup", "sms", "reply", &key];
            for field in fields {
                let text = format!("[[operator]]\nname = \"X\"\n{field} = {value}\n");
                let _ = operators(&text, "any.toml");
            }
        }
    }
}
