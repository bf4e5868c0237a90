//! Septets to text and back.

use super::alphabet::{ESCAPE, UTF8};
use super::{Shift, Unencodable};

/// The text that septets stand for. The high bit of each octet is ignored.
///
/// A septet behind an escape that has nothing there is the one without the escape; two escapes, or one
/// at the end, are a space (3GPP TS 23.038 clause 6.2.1.1). U+FFFD where a national table is empty.
///
/// ```
/// use saldo::gsm7::{Shift, text_from_septets};
///
/// assert_eq!(text_from_septets(b"\x00 \x1Be", Shift::default()), "@ €");
/// ```
pub fn text_from_septets(septets: &[u8], shift: Shift) -> String {
    if shift == Shift::default() {
        return default_text(septets);
    }
    let mut text = String::with_capacity(septets.len() * 3);
    let mut septets = septets.iter().map(|octet| octet & 0x7F);
    while let Some(septet) = septets.next() {
        text.push(if septet == ESCAPE {
            behind_escape(septets.next(), shift)
        } else {
            shift.plain(septet)
        });
    }
    text
}

/// The septets of a text, escapes among them.
///
/// # Errors
///
/// [`Unencodable`] with the first character that neither table has.
pub fn septets_from_text(text: &str, shift: Shift) -> Result<Vec<u8>, Unencodable> {
    let mut septets = Vec::with_capacity(text.len());
    for character in text.chars() {
        match code(character, shift).ok_or(Unencodable(character))? {
            Code::Plain(septet) => septets.push(septet),
            Code::Escaped(septet) => septets.extend([ESCAPE, septet]),
        }
    }
    Ok(septets)
}

/// Text of the default alphabet from blocks of eight septets, the first `count` of which count.
pub(super) fn text_from_blocks(blocks: impl Iterator<Item = u64>, count: usize) -> String {
    let mut text = Text { utf8: Vec::with_capacity(count + count / 4 + 8), escaped: false };
    let mut left = count;
    for block in blocks {
        let here = left.min(8);
        text.push_block(block, here);
        left -= here;
        if left == 0 {
            break;
        }
    }
    text.finish()
}

fn default_text(septets: &[u8]) -> String {
    let blocks = septets.chunks(8).map(|chunk| match chunk.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight) & SEPTETS,
        None => chunk.iter().rev().fold(0, |block, octet| (block << 8) | u64::from(octet & 0x7F)),
    });
    text_from_blocks(blocks, septets.len())
}

/// Text of the default alphabet as it grows.
struct Text {
    utf8: Vec<u8>,
    /// The last septet was an escape that waits for its partner.
    escaped: bool,
}

impl Text {
    /// The first `count` septets of a block: runs of ASCII whole, the rest one by one.
    #[inline]
    fn push_block(&mut self, mut block: u64, mut count: usize) {
        while count > 0 {
            let run = if self.escaped { 0 } else { ascii_run(block).min(count) };
            // Eight octets at a fixed length and back again cost less than a copy of any length.
            let end = self.utf8.len() + run;
            self.utf8.extend_from_slice(&block.to_le_bytes());
            self.utf8.truncate(end);
            if run == count {
                break;
            }
            block >>= 8 * run;
            self.push_septet(block);
            block >>= 8;
            count -= run + 1;
        }
    }

    /// The lowest septet of a block.
    #[inline]
    fn push_septet(&mut self, block: u64) {
        let [septet, ..] = (block & 0x7F).to_le_bytes();
        if self.escaped {
            self.escaped = false;
            self.push_char(behind_escape(Some(septet), Shift::default()));
        } else if septet == ESCAPE {
            self.escaped = true;
        } else {
            let [first, second, count] = UTF8.get(usize::from(septet)).copied().unwrap_or_default();
            let end = self.utf8.len() + usize::from(count);
            self.utf8.extend_from_slice(&[first, second]);
            self.utf8.truncate(end);
        }
    }

    fn push_char(&mut self, character: char) {
        self.utf8.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn finish(mut self) -> String {
        if self.escaped {
            self.push_char(' ');
        }
        // Only whole characters were pushed: the other arm is for the compiler.
        String::from_utf8(self.utf8)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

const SEPTETS: u64 = 0x7F7F_7F7F_7F7F_7F7F;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// How many septets from the lowest on are the ASCII characters of the same value.
#[inline]
fn ascii_run(block: u64) -> usize {
    (not_ascii(block).trailing_zeros() / 8) as usize
}

/// The high bit of each octet whose septet is not the ASCII character of the same value.
///
/// Eight at once: those below a space, `$`, and in the columns from `@` on everything but letters.
/// An octet is at most 0x7F, so that adding never carries into the next.
#[inline]
fn not_ascii(block: u64) -> u64 {
    let from = |value: u64, first: u64| value + ONES * (0x80 - first);
    let differs = |value: u64, other: u64| (value ^ (ONES * other)) + SEPTETS;
    let low = !from(block, 0x20);
    let dollar = !differs(block, 0x24);
    let in_column = block & (ONES * 0x1F);
    let beside_letters = from(in_column, 0x1B) | !from(in_column, 0x01);
    (low | dollar | (beside_letters & (block << 1))) & HIGH_BITS
}

fn behind_escape(septet: Option<u8>, shift: Shift) -> char {
    match septet {
        None | Some(ESCAPE) => ' ',
        Some(septet) => shift.escaped(septet).unwrap_or_else(|| shift.plain(septet)),
    }
}

enum Code {
    Plain(u8),
    Escaped(u8),
}

fn code(character: char, shift: Shift) -> Option<Code> {
    let plain = |septet: &u8| *septet != ESCAPE && shift.plain(*septet) == character;
    let escaped = |septet: &u8| shift.escaped(*septet) == Some(character);
    if character == char::REPLACEMENT_CHARACTER {
        return None;
    }
    (0..128).find(plain).map(Code::Plain).or_else(|| (0..128).find(escaped).map(Code::Escaped))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gsm7::{Language, alphabet, pack, unpack};

    #[test]
    fn escapes_are_read_as_the_clause_asks() {
        #[rustfmt::skip]
        let rows: &[(&[u8], &str)] = &[
            (b"\x1Be",             "€"),
            (b"a\x1B",             "a "),
            (b"a\x1B\x1Bb",        "a b"),
            (b"\x1B\x1B\x1Be",     " €"),
            (b"\x1Ba\x1B(",        "a{"),
            (b"\x1B\x0A\x1B\x0D",  "\u{c}\r"),
            (b"abcdefg\x1Be",      "abcdefg€"),
            (b"abcdefgh\x1Be",     "abcdefgh€"),
            (b"\xE1\x80",          "a@"),
        ];
        for (septets, text) in rows {
            assert_eq!(text_from_septets(septets, Shift::default()), *text, "{septets:x?}");
        }
    }

    #[test]
    fn eight_at_once_tell_ascii_as_the_table_does() {
        for septet in 0..128_u8 {
            let same = alphabet::plain(septet) == char::from(septet) && septet >= 0x20;
            for lane in 0..8 {
                let block = (ONES * 0x61) ^ ((0x61 ^ u64::from(septet)) << (8 * lane));
                let expected = if same { 0 } else { 0x80 << (8 * lane) };
                assert_eq!(not_ascii(block), expected, "{septet:#04x} in lane {lane}");
            }
        }
    }

    #[test]
    fn a_character_in_neither_table_is_named() {
        assert_eq!(septets_from_text("10 ₦", Shift::default()), Err(Unencodable('₦')));
        assert_eq!(septets_from_text("\u{FFFD}", Shift::default()), Err(Unencodable('\u{FFFD}')));
    }

    fn one_by_one(septets: &[u8]) -> String {
        let shift = Shift::default();
        let mut septets = septets.iter().map(|octet| octet & 0x7F);
        let mut text = String::new();
        while let Some(septet) = septets.next() {
            let escape = septet == ESCAPE;
            text.push(if escape {
                behind_escape(septets.next(), shift)
            } else {
                shift.plain(septet)
            });
        }
        text
    }

    fn any_shift() -> impl Strategy<Value = Shift> {
        let language = || (0..15_u8).prop_map(Language::from_id);
        (language(), language()).prop_map(|(locking, single)| Shift { locking, single })
    }

    proptest! {
        #[test]
        fn blocks_say_what_single_septets_say(septets: Vec<u8>) {
            prop_assert_eq!(text_from_septets(&septets, Shift::default()), one_by_one(&septets));
        }

        #[test]
        fn text_comes_back(septets in prop::collection::vec(0..128_u8, 0..200), shift in any_shift()) {
            let text = text_from_septets(&septets, shift).replace('\u{FFFD}', "");
            let again = septets_from_text(&text, shift).unwrap();
            prop_assert_eq!(text_from_septets(&again, shift), text);
            prop_assert_eq!(unpack(&pack(&again, 0), again.len(), 0), again);
        }
    }
}
