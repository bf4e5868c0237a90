//! Numbers that messages go to: an operator's own, and those that bill whoever writes to them.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};

use super::read::Parsed;

/// A number that messages go to: an operator's own, so short enough to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsNumber(String);

impl SmsNumber {
    /// The digits, for the modem.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SmsNumber {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        let short = (2..=15).contains(&digits.len());
        if short && digits.bytes().all(|octet| octet.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("a number for messages has 2 to 15 digits")
        }
    }
}

impl fmt::Display for SmsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for SmsNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Parsed::deserialize(deserializer).map(|number| number.0)
    }
}

/// Short numbers that begin alike: `4xxx`, where each `x` is any digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NumberRange {
    lead: String,
    digits: usize,
}

impl NumberRange {
    /// Blanks and the like between the digits are what a user typed, not what is sent.
    pub(super) fn holds(&self, number: &str) -> bool {
        let number: String = number.chars().filter(char::is_ascii_digit).collect();
        number.len() == self.digits && number.starts_with(&self.lead)
    }
}

impl FromStr for NumberRange {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let lead = text.trim_end_matches('x');
        if lead.is_empty() || !lead.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err("a range of numbers is written as `4xxx`");
        }
        Ok(Self { lead: lead.to_owned(), digits: text.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_the_numbers_of_its_length_alone() {
        let range: NumberRange = "4xxx".parse().unwrap();
        for (number, is_held) in
            [("4040", true), ("40 40", true), ("40400", false), ("1414", false), ("", false)]
        {
            assert_eq!(range.holds(number), is_held, "{number}");
        }
        for wrong in ["", "xxxx", "4x4x", "+4xx"] {
            assert!(wrong.parse::<NumberRange>().is_err(), "{wrong}");
        }
    }
}
