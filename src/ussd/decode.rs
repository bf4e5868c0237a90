//! The body of a `+CUSD` turned into text: every reading that fits, the most plausible first.
//!
//! The DCS and the character set of `+CSCS` say how a body should be read, and firmware disregards
//! both. So each way to read the octets is tried, each text is weighed by how much surprise it holds
//! (`plausible`, in bits), and DCS and character set only add a few bits (`votes`). What can surprise:
//!
//! * Digits alone are a number unless another reading is far better; so is `FACE`.
//! * A reading that shortens the body is not better for that: what it drops is charged for.
//! * Raw octets may be UCS2, packed or unpacked septets, or a code page nobody has announced.
//!
//! ```
//! use saldo::ussd::decode::{Encoding, decode};
//!
//! let readings = decode(b"04110430043B0430043D0441", Some(15), None);
//! assert_eq!(readings[0].text, "Баланс");
//! assert_eq!(readings[0].encoding, Encoding::Ucs2);
//! ```

mod candidates;
mod lossy;
mod plausible;
mod script;
mod votes;

use super::Form;
use votes::Votes;

/// One way to read a body.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The text; line breaks are `\n`.
    pub text: String,
    /// How it was written.
    pub encoding: Encoding,
    /// The body ends inside a character.
    pub truncated: bool,
    /// The text looks like UCS2 whose high octets the modem's character set has dropped. Digits are
    /// right, letters are not: ask again under `AT+CSCS="UCS2"`.
    pub lossy: bool,
    /// How plausible the text is, in bits of surprise below zero; only differences mean something.
    pub score: f64,
}

impl Reading {
    /// Whether this is noise and no text: the request was taken in a form that the modem did not mean, or
    /// the coding of the answer is none that we know.
    ///
    /// Texts cost some 5 bits a character in alphabets and some 9 in scripts of many characters; most of what
    /// is taken wrongly costs more. A short one is no ground to judge on.
    pub fn is_garbage(&self) -> bool {
        const SHORTEST: usize = 6;
        let dearest = |c: char| if c < '\u{2E80}' { 7.2 } else { 12.0 };
        self.text.chars().count() >= SHORTEST
            && plausible::bits(&self.text) > self.text.chars().map(dearest).sum()
    }
}

/// How the octets of a body stand for text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it stands: ASCII, or UTF-8 from a broker.
    Plain,
    /// Packed GSM 7-bit septets, in hexadecimal or raw (3GPP TS 23.038 clause 6.1.2.3).
    Gsm7Packed,
    /// One GSM 7-bit septet in each octet, which the firmware should have converted.
    Gsm7Octets,
    /// UCS2, in hexadecimal or raw.
    Ucs2,
    /// One character in each octet, in hexadecimal, or raw in a code page other than Latin-1.
    Octets,
    /// Raw octets of Latin-1.
    Latin1,
}

impl Encoding {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gsm7Packed => "gsm7-packed",
            Self::Gsm7Octets => "gsm7-octets",
            Self::Ucs2 => "ucs2",
            Self::Octets => "octets",
            Self::Latin1 => "latin1",
        }
    }
}

/// All readings of a body, best first; empty only for an empty body.
///
/// `dcs` is the number behind the body, `cscs` what `AT+CSCS?` answers (`GSM`, `UCS2`, ...). Readings
/// that give the same text are one.
pub fn decode(body: &[u8], dcs: Option<i32>, cscs: Option<&str>) -> Vec<Reading> {
    decode_expecting(body, dcs, cscs, &[])
}

/// The same from a modem that is known to answer in these forms, likeliest first: where the text leaves
/// two readings alike, that decides.
pub fn decode_expecting(
    body: &[u8],
    dcs: Option<i32>,
    cscs: Option<&str>,
    expected: &[Form],
) -> Vec<Reading> {
    let votes = Votes::new(dcs, cscs).expecting(expected);
    let mut readings: Vec<Reading> = candidates::all(body, &votes);
    readings.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut distinct: Vec<Reading> = Vec::with_capacity(readings.len());
    for reading in readings {
        if distinct.iter().all(|earlier| earlier.text != reading.text) {
            distinct.push(reading);
        }
    }
    distinct
}

#[cfg(test)]
mod tests;
