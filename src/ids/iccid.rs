//! Which SIM this is.

use super::IdError;
use super::digits::{Digits, personal, unquoted};

/// Integrated circuit card identifier: which SIM or eSIM profile this is (ITU-T E.118).
///
/// 89, country and issuer, account, check digit: 19 digits, on many cards 20. The account part of
/// some cards holds letters from A to F.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Iccid(Digits);

impl Iccid {
    /// Takes an ICCID as modems write it: in quotes, padded with `F`, or with its digits swapped in
    /// pairs as the card stores them (it then starts with 98, which no ICCID does).
    ///
    /// # Errors
    ///
    /// [`IdError`] for anything but 18 to 20 digits (18: a modem that leaves the check digit out).
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, IdError> {
        let mut digits = unquoted(text.as_ref()).to_ascii_uppercase();
        if digits.starts_with(b"98") {
            digits = swapped(&digits);
        }
        let padding = digits.iter().rev().take_while(|octet| **octet == b'F').count();
        digits.truncate(digits.len() - padding);
        if !digits.iter().take(2).all(u8::is_ascii_digit) {
            return Err(IdError::NotDigits { id: "an ICCID" });
        }
        Digits::new("an ICCID", &digits, 18..=20).map(Self)
    }

    /// Takes the ten octets of EF_ICCID, digits swapped in pairs (ETSI TS 102 221
    /// clause 13.2).
    ///
    /// # Errors
    ///
    /// [`IdError`] as for [`Iccid::parse`].
    pub fn from_bcd(octets: &[u8]) -> Result<Self, IdError> {
        let digits: Vec<u8> = octets.iter().flat_map(|o| [hex(o & 15), hex(o >> 4)]).collect();
        Self::parse(digits)
    }

    /// The ten octets of EF_ICCID, as eUICC commands want them.
    pub fn to_bcd(&self) -> [u8; 10] {
        let mut digits = self.0.octets().iter().map(|octet| nibble(*octet));
        let mut next = || digits.next().unwrap_or(15);
        std::array::from_fn(|_| next() | next() << 4)
    }

    /// Whether both may be of one card: some modems leave the check digit out, which makes 18 digits.
    pub fn is_of_card(&self, other: &Self) -> bool {
        let [short, long] = if self.expose().len() <= other.expose().len() {
            [self.expose(), other.expose()]
        } else {
            [other.expose(), self.expose()]
        };
        short == long || short.len() == WITHOUT_CHECK && long.starts_with(short)
    }

    /// Whether the last digit is the check digit of the others.
    ///
    /// Known for information only: cards with letters, or without check digit, are in use.
    pub fn luhn_holds(&self) -> bool {
        self.0.luhn_holds()
    }
}
personal!(Iccid);

/// The digits of a whole ICCID without its check digit.
const WITHOUT_CHECK: usize = 18;

/// Every pair the other way round; a last digit alone stays.
fn swapped(digits: &[u8]) -> Vec<u8> {
    digits.chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect()
}

fn hex(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 }
}

fn nibble(hex: u8) -> u8 {
    if hex.is_ascii_digit() { hex - b'0' } else { hex - b'A' + 10 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn iccids_as_modems_write_them() {
        for (text, expected) in [
            ("8932000000000000017",        Some("8932000000000000017")),
            ("\"8932000000000000017F\"",   Some("8932000000000000017")),
            ("982300000000000010F7",       Some("8932000000000000017")),
            ("\"982300000000000010f7\"\r", Some("8932000000000000017")),
            ("98230000000000001078",       Some("89320000000000000187")),
            ("898600F0000000000017",       Some("898600F0000000000017")),
            ("893200000000000001",         Some("893200000000000001")),
            ("89320000000000001",          None),
            ("893200000000000001700",      None),
            ("FFFFFFFFFFFFFFFFFFFF",       None),
            ("ERROR",                      None),
            ("",                           None),
        ] {
            assert_eq!(Iccid::parse(text).ok().as_ref().map(Iccid::expose), expected, "{text:?}");
        }
    }

    #[test]
    fn the_check_digit_is_told_but_not_enforced() {
        assert!(Iccid::parse("8932000000000000014").unwrap().luhn_holds());
        assert!(!Iccid::parse("8932000000000000010").unwrap().luhn_holds());
        assert!(!Iccid::parse("898600F0000000000017").unwrap().luhn_holds());
    }

    #[test]
    #[rustfmt::skip]
    fn a_card_is_known_also_without_its_check_digit() {
        for (one, other, expected) in [
            ("8932000000000000017",  "8932000000000000017", true),
            ("893200000000000001",   "8932000000000000017", true),
            ("8932000000000000017",  "893200000000000001",  true),
            ("893200000000000001",   "893200000000000001",  true),
            ("893200000000000002",   "8932000000000000017", false),
            ("8932000000000000017",  "8932000000000000025", false),
            ("8932000000000000017", "89320000000000000170", false),
        ] {
            let [one, other] = [one, other].map(|digits| Iccid::parse(digits).unwrap());
            assert_eq!(one.is_of_card(&other), expected, "{} {}", one.expose(), other.expose());
        }
    }

    #[test]
    fn an_iccid_is_shown_masked() {
        let iccid = Iccid::parse("8932020000000000010").unwrap();
        assert_eq!(
            (iccid.to_string(), format!("{iccid:?}")),
            ("8932…0010".into(), "Iccid(8932…0010)".into())
        );
    }

    proptest! {
        #[test]
        fn any_octets_are_an_iccid_or_an_error(octets in prop::collection::vec(any::<u8>(), 0..48)) {
            let _ = (Iccid::parse(&octets), Iccid::from_bcd(&octets));
        }

        #[test]
        fn what_the_card_stores_reads_back(digits in "89[0-9]{10}[0-9A-E]{4}[0-9]{2,4}") {
            let iccid = Iccid::parse(&digits).unwrap();
            prop_assert_eq!(Iccid::from_bcd(&iccid.to_bcd()), Ok(iccid));
        }
    }
}
