//! Text as octets, hexadecimal and septets, as a modem writes it (3GPP TS 27.007 clause 5.5).

use crate::gsm7::{self, Shift};
use crate::{hex, ucs2};

/// The character set between modem and computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Charset {
    #[default]
    Gsm,
    Hex,
    Ira,
    Ucs2,
}

impl Charset {
    /// By its name, which may itself come in UCS2.
    pub(super) fn named(name: &str) -> Option<Self> {
        let plain = from_ucs2_hex(name).unwrap_or_else(|| name.to_owned());
        Some(match plain.to_ascii_uppercase().as_str() {
            "GSM" => Self::Gsm,
            "HEX" => Self::Hex,
            "IRA" => Self::Ira,
            "UCS2" => Self::Ucs2,
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gsm => "GSM",
            Self::Hex => "HEX",
            Self::Ira => "IRA",
            Self::Ucs2 => "UCS2",
        }
    }
}

/// Text as the modem writes it under a character set.
///
/// What the set lacks is lost as modems lose it: a question mark under GSM and HEX, the low octet
/// of its code under IRA.
pub(super) fn for_terminal(charset: Charset, text: &str) -> Vec<u8> {
    match charset {
        Charset::Gsm => septets(text),
        Charset::Hex => hex::digits(&septets(text)).into_bytes(),
        Charset::Ira => text.encode_utf16().map(low_octet).collect(),
        Charset::Ucs2 => ucs2_hex(text).into_bytes(),
    }
}

fn low_octet(unit: u16) -> u8 {
    let [_, low] = unit.to_be_bytes();
    low
}

/// What the computer wrote under a character set; `None` where it is no text of that set.
pub(super) fn from_terminal(charset: Charset, typed: &str) -> Option<String> {
    match charset {
        Charset::Gsm | Charset::Ira => Some(typed.to_owned()),
        Charset::Hex => Some(from_septets(&octets(typed)?)),
        Charset::Ucs2 => from_ucs2_hex(typed),
    }
}

/// Whether the default alphabet has every character.
pub(super) fn fits_gsm(text: &str) -> bool {
    gsm7::septets_from_text(text, Shift::default()).is_ok()
}

/// The septets of a text, one an octet; a question mark for what the default alphabet lacks.
pub(super) fn septets(text: &str) -> Vec<u8> {
    let one = |c: char| gsm7::septets_from_text(c.encode_utf8(&mut [0; 4]), Shift::default());
    text.chars().flat_map(|c| one(c).unwrap_or_else(|_| vec![b'?'])).collect()
}

/// The text that septets stand for, one an octet.
pub(super) fn from_septets(septets: &[u8]) -> String {
    gsm7::text_from_septets(septets, Shift::default())
}

/// Packed septets of a USSD string in hexadecimal.
pub(super) fn packed_hex(text: &str) -> String {
    gsm7::ussd_from_text(text).map(|octets| hex::digits(&octets)).unwrap_or_default()
}

pub(super) fn from_packed_hex(typed: &str) -> Option<String> {
    octets(typed).map(|octets| gsm7::text_from_ussd(&octets))
}

pub(super) fn ucs2_hex(text: &str) -> String {
    hex::digits(&ucs2::octets_from_text(text))
}

pub(super) fn from_ucs2_hex(typed: &str) -> Option<String> {
    let text = ucs2::text_from_octets(&octets(typed)?);
    (!text.truncated && !typed.is_empty()).then_some(text.text)
}

pub(super) fn octets(digits: &str) -> Option<Vec<u8>> {
    hex::octets(digits.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn text_under_each_charset() {
        for (charset, text, written) in [
            (Charset::Gsm,  "é@€",   &b"\x05\x00\x1Be"[..]),
            (Charset::Gsm,  "Ж1",    b"?1"),
            (Charset::Hex,  "*100#", b"2A31303023"),
            (Charset::Ira,  "éЖ",    b"\xE9\x16"),
            (Charset::Ucs2, "5 €",   b"0035002020AC"),
        ] {
            assert_eq!(for_terminal(charset, text), written, "{charset:?} {text}");
        }
    }

    #[test]
    fn packed_codes_are_the_octets_of_the_air() {
        assert_eq!(packed_hex("*100#"), "AA180C3602");
        assert_eq!(packed_hex("*101*4#"), "AA182CA6A28D1A");
        assert_eq!(packed_hex("#121#"), "A3982C3602");
        assert_eq!(from_packed_hex("a3982c3602").as_deref(), Some("#121#"));
        assert_eq!(from_packed_hex("#121#"), None);
    }

    #[test]
    fn a_charset_is_known_in_plain_and_in_ucs2() {
        assert_eq!(Charset::named("gsm"), Some(Charset::Gsm));
        assert_eq!(Charset::named("00470053004D"), Some(Charset::Gsm));
        assert_eq!(Charset::named("8859-1"), None);
    }
}
