//! Which network: country code and network code.

use std::fmt;
use std::str::FromStr;

use super::IdError;
use super::digits::{Digits, unquoted};

/// A mobile network: three digits of country (MCC) and two or three of network (MNC), 3GPP TS 23.003
/// clause 2.2. `01` and `001` are different networks, so the digits are kept as they are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Plmn(Digits);

impl Plmn {
    /// Takes `20601`, `206-01` or `206 01`.
    ///
    /// # Errors
    ///
    /// [`IdError`] for anything but 5 or 6 digits.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, IdError> {
        let digits = unquoted(text.as_ref());
        match digits.split_at_checked(3) {
            Some((mcc, [b'-' | b' ', mnc @ ..])) => Self::of_digits(&[mcc, mnc].concat()),
            _ => Self::of_digits(digits),
        }
    }

    /// Takes the three octets of a PLMN as SIM and network code it (TS 24.008 clause 10.5.1.3).
    ///
    /// # Errors
    ///
    /// [`IdError::NotDigits`] where a nibble is no digit; the third digit of the MNC may be `F`.
    pub fn from_bcd(octets: [u8; 3]) -> Result<Self, IdError> {
        let [first, second, third] = octets;
        let nibbles = [first & 15, first >> 4, second & 15, third & 15, third >> 4, second >> 4];
        let digits = nibbles.map(|nibble| b'0' + nibble);
        match digits {
            [shorter @ .., last] if last == b'0' + 15 => Self::of_digits(&shorter),
            whole => Self::of_digits(&whole),
        }
    }

    /// Mobile country code, three digits.
    pub fn mcc(&self) -> &str {
        self.0.as_str().get(..3).unwrap_or_default()
    }

    /// Mobile network code, two or three digits, zeros kept.
    pub fn mnc(&self) -> &str {
        self.0.as_str().get(3..).unwrap_or_default()
    }

    /// Country and network in one, as `AT+COPS` and our JSON write it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The first digits of `imsi` read with two and with three digits of network code.
    pub(super) fn both_lengths(imsi: &[u8]) -> [Self; 2] {
        [5, 6].map(|len| Self(Digits::prefix(imsi, len)))
    }

    /// Whether network codes of this country have three digits.
    pub(super) fn country_has_long_codes(&self) -> bool {
        LONG_CODES.binary_search(&self.mcc()).is_ok()
    }

    fn of_digits(digits: &[u8]) -> Result<Self, IdError> {
        Digits::decimal("a PLMN", digits, 5..=6).map(Self)
    }
}

impl fmt::Display for Plmn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Plmn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plmn({self})")
    }
}

impl FromStr for Plmn {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::parse(text)
    }
}

/// Countries whose network codes have three digits (ITU-T E.212, operational bulletin list).
///
/// India (405), Honduras (708) and a few Caribbean countries have both; the older codes there are short.
#[rustfmt::skip]
const LONG_CODES: &[&str] = &[
    "302", "310", "311", "312", "313", "314", "315", "316", "334", "338", "342", "344", "346", "348",
    "352", "354", "356", "358", "360", "365", "366", "376", "708", "722", "732", "750",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn plmns_as_people_and_modems_write_them() {
        for (text, expected) in [
            ("20601",       Some(("206", "01"))),
            ("\"20601\"",   Some(("206", "01"))),
            ("206-01",      Some(("206", "01"))),
            ("310 260",     Some(("310", "260"))),
            ("310260",      Some(("310", "260"))),
            ("2060",        None),
            ("2060100",     None),
            ("206-",        None),
            ("Proximus",    None),
            ("€€€",         None),
            ("206--1",      None),
        ] {
            let plmn = Plmn::parse(text);
            assert_eq!(plmn.as_ref().ok().map(|p| (p.mcc(), p.mnc())), expected, "{text:?}");
        }
    }

    #[test]
    fn a_plmn_is_read_from_the_sim_octets() {
        assert_eq!(Plmn::from_bcd([0x02, 0xF6, 0x10]), Plmn::parse("20601"));
        assert_eq!(Plmn::from_bcd([0x13, 0x00, 0x62]), Plmn::parse("310260"));
        assert!(Plmn::from_bcd([0xFF; 3]).is_err());
    }

    #[test]
    fn countries_with_long_codes_are_sorted() {
        assert!(LONG_CODES.is_sorted());
    }

    proptest! {
        #[test]
        fn any_octets_are_a_plmn_or_an_error(octets in prop::collection::vec(any::<u8>(), 0..12)) {
            let _ = Plmn::parse(&octets);
        }

        #[test]
        fn any_sim_octets_are_a_plmn_or_an_error(octets in any::<[u8; 3]>()) {
            let _ = Plmn::from_bcd(octets);
        }
    }
}
