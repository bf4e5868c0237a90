//! The two octets that end every answer of a card.

use std::fmt;

/// A status word (ISO/IEC 7816-4 clause 5.6, ETSI TS 102 221 clause 10.2.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Status(pub u16);

impl Status {
    /// The command was carried out.
    pub const DONE: Self = Self(0x9000);
    /// No application or file of that name: no ISD-R, where it was selected.
    pub const NOT_FOUND: Self = Self(0x6A82);
    /// To MANAGE CHANNEL: all of them are in use.
    pub const NONE_LEFT: Self = Self(0x6A81);

    /// Whether the card did what it was told; 91xx also announces a proactive command for the modem.
    pub fn is_done(self) -> bool {
        self == Self::DONE || self.0 >> 8 == 0x91
    }

    /// How many octets wait (61xx), where any do; 0 stands for 256 or more.
    pub fn waiting(self) -> Option<u8> {
        self.detail(0x61)
    }

    /// The length that the card would have taken (6Cxx).
    pub fn right_length(self) -> Option<u8> {
        self.detail(0x6C)
    }

    /// What it says; `None` for a word that no table of ours has.
    pub fn meaning(self) -> Option<&'static str> {
        let place = MEANINGS.binary_search_by_key(&self.0, |row| row.0).ok()?;
        MEANINGS.get(place).map(|row| row.1)
    }

    fn detail(self, family: u8) -> Option<u8> {
        let [first, second] = self.0.to_be_bytes();
        (first == family).then_some(second)
    }
}

/// `6A82 (no such application)`.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            Some(meaning) => write!(f, "{:04X} ({meaning})", self.0),
            None => write!(f, "{:04X}", self.0),
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Status({self})")
    }
}

#[rustfmt::skip]
const MEANINGS: &[(u16, &str)] = &[
    (0x6581, "memory failure"),
    (0x6700, "wrong length"),
    (0x6881, "logical channel not supported"),
    (0x6882, "secure messaging not supported"),
    (0x6982, "security status not satisfied"),
    (0x6985, "conditions of use not satisfied"),
    (0x6999, "the application was not selected"),
    (0x6A80, "wrong data"),
    (0x6A81, "function not supported"),
    (0x6A82, "no such application"),
    (0x6A84, "not enough memory"),
    (0x6A86, "wrong parameters"),
    (0x6A88, "no such data"),
    (0x6D00, "instruction not supported"),
    (0x6E00, "class not supported"),
    (0x6F00, "technical problem"),
    (0x9000, "done"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_what_they_say() {
        assert!(MEANINGS.is_sorted());
        for (word, done, waiting, length) in [
            (0x9000, true, None, None),
            (0x910B, true, None, None),
            (0x61E6, false, Some(0xE6), None),
            (0x6100, false, Some(0), None),
            (0x6C15, false, None, Some(0x15)),
            (0x6A82, false, None, None),
        ] {
            let status = Status(word);
            let got = (status.is_done(), status.waiting(), status.right_length());
            assert_eq!(got, (done, waiting, length), "{status}");
        }
        assert_eq!(Status::NOT_FOUND.to_string(), "6A82 (no such application)");
        assert_eq!(Status(0x6FFF).to_string(), "6FFF");
    }
}
