//! Every way to read the octets of a body, each weighed.

use crate::gsm7::{self, Shift};
use crate::{hex, ucs2};

use super::votes::Votes;
use super::{Encoding, Reading, lossy, plausible};

/// All readings of a body in no order, the plain one always among them.
pub(super) fn all(body: &[u8], votes: &Votes) -> Vec<Reading> {
    if body.is_empty() {
        return Vec::new();
    }
    let lossy = lossy::looks_lossy(body);
    let raw = raw_drafts(body, lossy, votes).into_iter().map(|draft| draft.weigh(None, votes));
    let raw = raw.map(|reading| Reading { lossy, ..reading });
    let digits = Hexadecimal::of(body);
    let digits = digits.iter().flat_map(|hexadecimal| {
        hexadecimal.drafts().into_iter().map(|draft| draft.weigh(Some(hexadecimal), votes))
    });
    // Half a unit of UCS2 is no text, whatever the DCS says.
    raw.chain(digits).filter(|reading| !reading.text.is_empty()).collect()
}

/// A body of nothing but hexadecimal digits.
struct Hexadecimal {
    octets: Vec<u8>,
    digits: usize,
    /// Not a letter among the digits, or nothing but letters: octets of a text are hardly ever so.
    uniform: bool,
    /// A digit without its partner stands at the end.
    cut: bool,
}

impl Hexadecimal {
    fn of(body: &[u8]) -> Option<Self> {
        let mut digits: Vec<u8> =
            body.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
        let uniform =
            digits.iter().all(u8::is_ascii_digit) || digits.iter().all(u8::is_ascii_alphabetic);
        let cut = digits.len() % 2 == 1;
        digits.truncate(digits.len() - usize::from(cut));
        let octets = hex::octets(&digits).filter(|octets| !octets.is_empty())?;
        Some(Self { octets, digits: digits.len(), uniform, cut })
    }

    fn drafts(&self) -> Vec<Draft> {
        let octets = &self.octets;
        let mut drafts = from_ucs2(octets);
        drafts.extend(with_bare(from_packed(octets)));
        drafts.extend(one_each(octets).into_iter().map(|draft| match draft.encoding {
            Encoding::Gsm7Octets => draft,
            _ => Draft { encoding: Encoding::Octets, ..draft },
        }));
        drafts.iter_mut().for_each(|draft| draft.truncated |= self.cut);
        drafts
    }

    /// Bits against taking digits for more than digits: `FACE` and phone numbers are text.
    fn guard(&self) -> f64 {
        match (self.digits, self.uniform) {
            (..=7, _) => SHORT,
            // Cut in the middle of an octet, and not a letter in it: a number.
            (_, true) if self.cut => SHORT,
            (_, true) => UNIFORM,
            _ => 0.0,
        }
    }
}

/// A reading not weighed yet.
struct Draft {
    text: String,
    encoding: Encoding,
    truncated: bool,
    /// Octets that no character of the text stands for.
    dropped: usize,
    tag: Tag,
    /// Bits against it before its text is looked at.
    handicap: f64,
}

/// The language in front of the text, which DCS 16 and 17 announce.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Absent,
    Kept,
    Stripped,
}

impl Draft {
    fn new(text: String, encoding: Encoding, handicap: f64) -> Self {
        Self { text, encoding, truncated: false, dropped: 0, tag: Tag::Absent, handicap }
    }

    fn weigh(self, hexadecimal: Option<&Hexadecimal>, votes: &Votes) -> Reading {
        let guard =
            hexadecimal.filter(|_| !votes.announce(self.encoding)).map_or(0.0, Hexadecimal::guard);
        #[expect(clippy::cast_precision_loss, reason = "a body has some hundred octets")]
        let dropped = DROPPED_OCTET * self.dropped as f64;
        let against = self.handicap + guard + dropped + votes.against(self.tag);
        let favour = votes.favour(self.encoding, hexadecimal.is_some());
        let text = line_breaks(self.text);
        Reading {
            score: favour - against - plausible::bits(&text),
            text,
            encoding: self.encoding,
            truncated: self.truncated,
            lossy: false,
        }
    }
}

/// Where the high octets are gone, every reading is noise, and the shortest would win.
const LOSSY: f64 = 80.0;
const SHORT: f64 = 40.0;
/// Not so much that three digits of UCS2, which are decimal themselves (`0035`), stay unread.
const UNIFORM: f64 = 24.0;
/// What a dropped octet costs: less than a random one would, or the garbage that firmware appends
/// would speak against the text before it.
const DROPPED_OCTET: f64 = 5.0;

/// As it stands, and where some octet is not printable, as what firmware leaves unconverted.
fn raw_drafts(body: &[u8], lossy: bool, votes: &Votes) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = one_each(body).into_iter().flat_map(with_bare).collect();
    if is_printable(body) {
        for draft in drafts.iter_mut().filter(|draft| draft.encoding == Encoding::Gsm7Octets) {
            draft.handicap += votes.against_conversion();
        }
    } else {
        let unconverted = from_ucs2(body).into_iter().chain([from_packed(body)]);
        drafts.extend(unconverted.map(|draft| Draft { handicap: 4.0, ..draft }));
    }
    for draft in drafts.iter_mut().filter(|draft| lossy && draft.encoding != Encoding::Plain) {
        draft.handicap += LOSSY;
    }
    drafts
}

fn is_printable(body: &[u8]) -> bool {
    body.iter().all(|octet| matches!(octet, b'\t' | b'\n' | b'\r' | 0x20..=0x7E))
}

/// One character in each octet; also up to the end of a string in the memory of the firmware.
fn one_each(octets: &[u8]) -> Vec<Draft> {
    let mut drafts = each_of(octets);
    let end = octets.iter().position(|octet| *octet == 0).filter(|end| *end >= SHORTEST_STRING);
    if let Some((text, behind)) = end.and_then(|end| octets.split_at_checked(end)) {
        let short =
            each_of(text).into_iter().filter(|draft| draft.encoding != Encoding::Gsm7Octets);
        drafts.extend(short.map(|draft| Draft { dropped: draft.dropped + behind.len(), ..draft }));
    }
    drafts
}

/// Less than this in front of a zero is no text that a zero ends.
const SHORTEST_STRING: usize = 6;

fn each_of(octets: &[u8]) -> Vec<Draft> {
    if octets.is_ascii() {
        let text = String::from_utf8_lossy(octets);
        // What ends a string in the memory of the firmware is no part of it.
        let text = text.trim_end_matches('\0');
        let ended = Draft {
            dropped: octets.len() - text.len(),
            ..Draft::new(text.to_owned(), Encoding::Plain, 0.0)
        };
        let septets = gsm7::text_from_septets(octets, Shift::default());
        return vec![ended, Draft::new(septets, Encoding::Gsm7Octets, 4.0)];
    }
    // UTF-8 is hardly ever valid by chance.
    let (text, handicap) = match std::str::from_utf8(octets) {
        Ok(text) => (text.to_owned(), -10.0),
        Err(_) => (String::from_utf8_lossy(octets).into_owned(), 10.0),
    };
    let utf8 = Draft::new(text, Encoding::Plain, handicap);
    let latin = Draft::new(windows_1252(octets), Encoding::Latin1, 0.0);
    let cyrillic = Draft::new(windows_1251(octets), Encoding::Octets, 8.0);
    vec![utf8, latin, cyrillic]
}

/// Latin-1, with 0x80 as Windows has it, since that is where an octet holds a euro sign.
fn windows_1252(octets: &[u8]) -> String {
    encoding_rs::mem::decode_latin1(octets).replace('\u{80}', "€")
}

/// Cyrillic as Windows has it; what is no letter there reads as in Latin-1.
fn windows_1251(octets: &[u8]) -> String {
    let letter = |octet: u8| match octet {
        0xC0.. => char::from_u32(0x0410 + u32::from(octet - 0xC0)).unwrap_or_default(),
        0xA8 => 'Ё',
        0xAA => 'Є',
        0xAF => 'Ї',
        0xB2 => 'І',
        0xB3 => 'і',
        0xB8 => 'ё',
        0xB9 => '№',
        0xBA => 'є',
        0xBF => 'ї',
        _ => char::from(octet),
    };
    octets.iter().map(|octet| letter(*octet)).collect()
}

fn from_packed(octets: &[u8]) -> Draft {
    Draft::new(gsm7::text_from_ussd(octets), Encoding::Gsm7Packed, 0.0)
}

/// As UCS2, and where two letters packed into two octets stand in front, without them too.
fn from_ucs2(octets: &[u8]) -> Vec<Draft> {
    let read = |octets: &[u8], tag| {
        let ucs2::Text { text, truncated } = ucs2::text_from_octets(octets);
        let dropped = octets.len().saturating_sub(2 * text.encode_utf16().count());
        let draft = Draft::new(text, Encoding::Ucs2, 0.0);
        Draft { truncated, dropped, tag, ..draft }
    };
    match octets.split_at_checked(2) {
        Some((tag, rest)) if !rest.is_empty() && is_language(&gsm7::text_from_ussd(tag)) => {
            vec![read(octets, Tag::Kept), read(rest, Tag::Stripped)]
        }
        _ => vec![read(octets, Tag::Absent)],
    }
}

/// As it is, and where two letters and a CR stand in front, without them too.
fn with_bare(draft: Draft) -> Vec<Draft> {
    let bare =
        draft.text.split_once('\r').filter(|(tag, rest)| is_language(tag) && !rest.is_empty());
    let Some((_, rest)) = bare else { return vec![draft] };
    let stripped = Draft {
        tag: Tag::Stripped,
        truncated: draft.truncated,
        ..Draft::new(rest.to_owned(), draft.encoding, draft.handicap)
    };
    vec![Draft { tag: Tag::Kept, ..draft }, stripped]
}

fn is_language(tag: &str) -> bool {
    tag.len() == 2 && tag.bytes().all(|octet| octet.is_ascii_lowercase())
}

fn line_breaks(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}
