//! What the DCS and the character set say about a body, in bits: a vote, never a verdict.

use crate::dcs::{Alphabet, Cbs};

use super::candidates::Tag;
use super::{Encoding, Form};

/// The announced coding of one body.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Votes {
    alphabet: Option<Alphabet>,
    charset: Option<Charset>,
    language_prefix: bool,
    /// The forms in which this modem usually answers, likeliest first.
    expected: [Option<Form>; 2],
}

/// The families of `+CSCS` values that change what a body looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charset {
    Ucs2,
    Hex,
    Latin1,
    Utf8,
    Gsm,
    Other,
}

impl Votes {
    pub(super) fn new(dcs: Option<i32>, cscs: Option<&str>) -> Self {
        let dcs = dcs.and_then(|dcs| u8::try_from(dcs).ok()).map(Cbs);
        // One digit from 2 to 9 is more often the start of 64 or 72, cut off, than a language.
        let whole = dcs.filter(|Cbs(dcs)| !matches!(dcs, 2..=9));
        Self {
            alphabet: whole.map(Cbs::alphabet),
            charset: cscs.and_then(charset),
            language_prefix: whole.is_some_and(Cbs::language_prefix),
            expected: [None; 2],
        }
    }

    /// With what is known of the modem.
    pub(super) fn expecting(self, forms: &[Form]) -> Self {
        let nth = |place: usize| forms.get(place).copied();
        Self { expected: [nth(0), nth(1)], ..self }
    }

    /// Bits in favour of a reading.
    pub(super) fn favour(&self, encoding: Encoding, hexadecimal: bool) -> f64 {
        let alphabet = match (self.alphabet, encoding) {
            (Some(Alphabet::Ucs2), Encoding::Ucs2) => 8.0,
            (Some(Alphabet::Octets), Encoding::Octets | Encoding::Latin1) => 10.0,
            (Some(Alphabet::Gsm7), Encoding::Gsm7Packed) if hexadecimal => 4.0,
            (Some(Alphabet::Gsm7), Encoding::Plain) => 2.0,
            _ => 0.0,
        };
        let charset = match (self.charset, encoding) {
            (Some(Charset::Ucs2), Encoding::Ucs2) if hexadecimal => 12.0,
            (Some(Charset::Hex), Encoding::Octets) if hexadecimal => 10.0,
            (Some(Charset::Hex), Encoding::Gsm7Octets | Encoding::Gsm7Packed) if hexadecimal => 6.0,
            (Some(Charset::Latin1), Encoding::Latin1) => 8.0,
            (Some(Charset::Utf8 | Charset::Other), Encoding::Plain) => 4.0,
            // Some write the alphabet's own octets under this name, others ASCII.
            (Some(Charset::Gsm), Encoding::Plain | Encoding::Gsm7Octets) => 4.0,
            _ => 0.0,
        };
        alphabet + charset + self.habit(encoding, hexadecimal)
    }

    /// Less than any other voice: a row may be wrong, or the modem a newer one.
    fn habit(&self, encoding: Encoding, hexadecimal: bool) -> f64 {
        let form = match (encoding, hexadecimal) {
            (Encoding::Ucs2, true) => Form::Ucs2,
            (Encoding::Octets, true) => Form::Octets,
            (Encoding::Gsm7Packed, _) => Form::Packed,
            (Encoding::Plain | Encoding::Gsm7Octets | Encoding::Latin1, false) => Form::Plain,
            _ => return 0.0,
        };
        let place = self.expected.iter().position(|expected| *expected == Some(form));
        place.map_or(0.0, |place| if place == 0 { 2.0 } else { 1.0 })
    }

    /// Whether DCS or character set name this encoding, so that a short body may be it.
    pub(super) fn announce(&self, encoding: Encoding) -> bool {
        let by_dcs = matches!(
            (self.alphabet, encoding),
            (Some(Alphabet::Ucs2), Encoding::Ucs2) | (Some(Alphabet::Octets), Encoding::Octets)
        );
        let by_charset = matches!(
            (self.charset, encoding),
            (Some(Charset::Ucs2), Encoding::Ucs2) | (Some(Charset::Hex), Encoding::Octets)
        );
        by_dcs || by_charset
    }

    /// Bits against taking printable ASCII for septets that nobody converted. One brace inside a word is a
    /// brace until another agrees with it, or the character set is the GSM alphabet itself.
    pub(super) fn against_conversion(&self) -> f64 {
        if self.charset == Some(Charset::Gsm) { 0.0 } else { 8.0 }
    }

    /// Bits against a reading for what it does with a language in front of the text.
    pub(super) fn against(&self, tag: Tag) -> f64 {
        match (tag, self.language_prefix) {
            (Tag::Absent, _) | (Tag::Kept, false) => 0.0,
            (Tag::Kept, true) => 6.0,
            (Tag::Stripped, true) => 1.0,
            (Tag::Stripped, false) => 20.0,
        }
    }
}

fn charset(name: &str) -> Option<Charset> {
    let name = name.trim().trim_matches('"').to_ascii_uppercase();
    Some(match name.as_str() {
        "" => return None,
        "UCS2" | "UCS-2" | "UCS2-0X80" | "UCS2-0X81" => Charset::Ucs2,
        "HEX" => Charset::Hex,
        "8859-1" | "8859-15" | "PCDN" | "PCCP437" => Charset::Latin1,
        "UTF-8" | "UTF8" => Charset::Utf8,
        "GSM" => Charset::Gsm,
        _ => Charset::Other,
    })
}
