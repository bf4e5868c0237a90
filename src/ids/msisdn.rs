//! A phone number.

use std::fmt;

use super::IdError;
use super::digits::{Digits, unquoted};

/// A phone number, own or other (3GPP TS 23.003 clause 3.3): digits, perhaps with a `+` in front.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Msisdn {
    international: bool,
    digits: Digits,
}

impl Msisdn {
    /// Takes a number as people and modems write it: `+32 470 12-34-56`, `0470/123456`.
    ///
    /// # Errors
    ///
    /// [`IdError`] for letters, or for fewer than 3 or more than 20 digits (TS 24.008 clause 10.5.4.7).
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, IdError> {
        let text = unquoted(text.as_ref());
        let (international, national) = match text.strip_prefix(b"+") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let between = |octet: &u8| matches!(octet, b' ' | b'-' | b'.' | b'/' | b'(' | b')');
        let digits: Vec<u8> = national.iter().copied().filter(|octet| !between(octet)).collect();
        let digits = Digits::decimal("a phone number", &digits, 3..=20)?;
        Ok(Self { international, digits })
    }

    /// The same number with its `+`, as type of address 145 says it is (TS 24.008 clause 10.5.4.7).
    #[must_use]
    pub fn international(self) -> Self {
        Self { international: true, ..self }
    }

    /// The number itself, with its `+` where it has one.
    pub fn expose(&self) -> String {
        format!("{}{}", self.plus(), self.digits.as_str())
    }

    /// For output: the number where `whole`, else masked.
    pub fn shown(&self, whole: bool) -> String {
        if whole { self.expose() } else { self.to_string() }
    }

    fn plus(&self) -> &'static str {
        if self.international { "+" } else { "" }
    }
}

impl fmt::Display for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.plus(), self.digits)
    }
}

impl fmt::Debug for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Msisdn({self})")
    }
}

impl std::str::FromStr for Msisdn {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn phone_numbers_are_taken_as_people_write_them() {
        for (text, expected) in [
            ("+32 470 12.34.56", Some("+32470123456")),
            ("0470/12-34-56",    Some("0470123456")),
            ("\"+32470123456\"", Some("+32470123456")),
            ("(0470) 123456",    Some("0470123456")),
            ("1984",             Some("1984")),
            ("++32470123456",    None),
            ("Proximus",         None),
            ("",                 None),
            ("12",               None),
            ("123456789012345678901", None),
        ] {
            assert_eq!(Msisdn::parse(text).ok().map(|n| n.expose()).as_deref(), expected, "{text:?}");
        }
        assert_eq!(Msisdn::parse("32470123456").unwrap().international().expose(), "+32470123456");
    }

    #[test]
    fn a_number_is_shown_masked() {
        assert_eq!(Msisdn::parse("+32470123456").unwrap().to_string(), "+3247…3456");
        assert_eq!(Msisdn::parse("12345678").unwrap().to_string(), "…");
        assert_eq!(format!("{:?}", Msisdn::parse("1984").unwrap()), "Msisdn(…)");
    }

    proptest! {
        #[test]
        fn any_octets_are_a_number_or_an_error(octets in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = Msisdn::parse(&octets);
        }

        #[test]
        fn a_mask_never_shows_more_than_eight_digits(digits in "[0-9]{3,20}") {
            let shown = Msisdn::parse(&digits).unwrap().to_string();
            prop_assert!(shown.chars().filter(char::is_ascii_digit).count() <= 8);
            prop_assert!(shown.contains('…'));
        }
    }
}
