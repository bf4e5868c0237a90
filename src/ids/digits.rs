//! What all the numbers share: a few digits, their mask, their check digit.

use std::fmt;
use std::ops::RangeInclusive;

/// Why a text is not the number it should be. The text itself is not repeated: it may be somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// Something that is no digit of this number stands in it.
    #[error("{id} is made of digits")]
    NotDigits {
        /// Which number was expected, with its article.
        id: &'static str,
    },

    /// Too many digits, or too few.
    #[error("{id} has {least} to {most} digits, this has {found}")]
    Length {
        /// Which number was expected, with its article.
        id: &'static str,
        /// The fewest digits it may have.
        least: usize,
        /// The most digits it may have.
        most: usize,
        /// The digits found.
        found: usize,
    },
}

/// Up to 32 digits without a heap, so that every number can be copied.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Digits {
    octets: [u8; LONGEST],
    len: usize,
}

/// An EID is the longest.
const LONGEST: usize = 32;

impl Digits {
    /// Takes decimal digits, or hexadecimal ones in upper case, of a length within `lengths`.
    pub(super) fn new(
        id: &'static str,
        digits: &[u8],
        lengths: RangeInclusive<usize>,
    ) -> Result<Self, IdError> {
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(IdError::NotDigits { id });
        }
        let mut octets = [0; LONGEST];
        match octets.get_mut(..digits.len()) {
            Some(room) if lengths.contains(&digits.len()) => room.copy_from_slice(digits),
            _ => {
                let (least, most) = (*lengths.start(), *lengths.end());
                return Err(IdError::Length { id, least, most, found: digits.len() });
            }
        }
        Ok(Self { octets, len: digits.len() })
    }

    /// Decimal digits only.
    pub(super) fn decimal(
        id: &'static str,
        text: &[u8],
        lengths: RangeInclusive<usize>,
    ) -> Result<Self, IdError> {
        let digits = unquoted(text);
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(IdError::NotDigits { id });
        }
        Self::new(id, digits, lengths)
    }

    /// The first `len` digits of a longer number that was read already.
    pub(super) fn prefix(digits: &[u8], len: usize) -> Self {
        let mut octets = [0; LONGEST];
        for (to, from) in octets.iter_mut().zip(digits).take(len) {
            *to = *from;
        }
        Self { octets, len }
    }

    pub(super) fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(self.octets()).unwrap_or_default()
    }

    /// Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1 annex B).
    pub(super) fn luhn_holds(&self) -> bool {
        let mut sum = 0;
        for (place, octet) in self.octets().iter().rev().enumerate() {
            let Some(digit) = char::from(*octet).to_digit(10) else { return false };
            let weighed = if place % 2 == 0 { digit } else { 2 * digit };
            sum += weighed / 10 + weighed % 10;
        }
        sum % 10 == 0
    }
}

/// First four, last four; a number of fewer than nine digits not at all.
impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.as_str();
        match (digits.get(..4), digits.get(self.len.saturating_sub(4)..)) {
            (Some(first), Some(last)) if self.len > 8 => write!(f, "{first}…{last}"),
            _ => f.write_str("…"),
        }
    }
}

/// Without the blanks and quotes that modems put round a number.
pub(super) fn unquoted(text: &[u8]) -> &[u8] {
    let noise = |octet: &u8| octet.is_ascii_whitespace() || *octet == b'"';
    let start = text.iter().position(|octet| !noise(octet)).unwrap_or(text.len());
    let end = text.iter().rposition(|octet| !noise(octet)).map_or(start, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}

/// Writes `text` with what may be a voucher or a phone number in it masked: of eight digits in a row
/// or more, the last four are shown.
pub(crate) fn write_masked(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        match digits.get(digits.len().saturating_sub(4)..) {
            Some(last) if digits.len() > 7 => write!(f, "{before}…{last}")?,
            _ => write!(f, "{before}{digits}")?,
        }
        rest = after;
    }
    f.write_str(rest)
}

/// `Display` and `Debug` masked, `FromStr` by `parse`, the digits by `expose`.
macro_rules! personal {
    ($name:ident) => {
        impl $name {
            /// The digits themselves, for the modem or a user who asked for them with `--show-ids`.
            pub fn expose(&self) -> &str {
                self.0.as_str()
            }

            /// For output: the digits where `whole`, else masked.
            pub fn shown(&self, whole: bool) -> String {
                if whole { self.expose().to_owned() } else { self.to_string() }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::ids::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
    };
}
pub(super) use personal;

/// International Mobile Equipment Identity: which modem this is (3GPP TS 23.003 clause 6.2).
///
/// 14 digits and a check digit; modems also give it without the check digit, or with two digits of
/// software version in its place (IMEISV).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Imei(Digits);

impl Imei {
    /// # Errors
    ///
    /// [`IdError`] for anything but 14 to 16 digits, quotes and blanks round them aside.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, IdError> {
        Digits::decimal("an IMEI", text.as_ref(), 14..=16).map(Self)
    }

    /// Whether the check digit is right; `None` where there is none (14 or 16 digits).
    pub fn luhn_holds(&self) -> Option<bool> {
        (self.0.octets().len() == 15).then(|| self.0.luhn_holds())
    }
}
personal!(Imei);

/// eUICC identifier: which eSIM chip this is (GSMA SGP.02 clause 2.2.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Eid(Digits);

impl Eid {
    /// # Errors
    ///
    /// [`IdError`] for anything but 32 digits, quotes and blanks round them aside.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, IdError> {
        Digits::decimal("an EID", text.as_ref(), 32..=32).map(Self)
    }

    /// Whether the two check digits are right: the whole number is 1 modulo 97.
    pub fn check_holds(&self) -> bool {
        let digits = self.0.octets().iter().map(|octet| u32::from(octet - b'0'));
        digits.fold(0, |rest, digit| (10 * rest + digit) % 97) == 1
    }
}
personal!(Eid);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_shown_masked() {
        let imei = Imei::parse("\"490154203237518\"\r\n").unwrap();
        assert_eq!(imei.to_string(), "4901…7518");
        assert_eq!(format!("{imei:?}"), "Imei(4901…7518)");
        assert_eq!(imei.expose(), "490154203237518");
        assert_eq!(
            (imei.shown(false), imei.shown(true)),
            ("4901…7518".into(), "490154203237518".into())
        );
    }

    #[test]
    fn an_error_does_not_repeat_the_number() {
        let error = Imei::parse("4901542032375X8").unwrap_err().to_string();
        assert_eq!(error, "an IMEI is made of digits");
        let error = Imei::parse("49015420").unwrap_err().to_string();
        assert_eq!(error, "an IMEI has 14 to 16 digits, this has 8");
    }

    #[test]
    fn only_an_imei_of_15_digits_has_a_check_digit() {
        let holds = |text| Imei::parse(text).unwrap().luhn_holds();
        assert_eq!(holds("490154203237518"), Some(true));
        assert_eq!(holds("490154203237519"), Some(false));
        assert_eq!(holds("4901542032375101"), None);
        assert_eq!(holds("49015420323751"), None);
    }

    #[test]
    fn an_eid_is_one_modulo_97() {
        assert!(Eid::parse("89033023000000000000000000012394").unwrap().check_holds());
        assert!(!Eid::parse("89033023000000000000000000012395").unwrap().check_holds());
        assert!(Eid::parse("8903302300000000000000000001239").is_err());
    }

    proptest! {
        #[test]
        fn any_octets_are_a_number_or_an_error(octets in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = (Imei::parse(&octets), Eid::parse(&octets));
        }
    }
}
