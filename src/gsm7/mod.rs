//! GSM 7-bit text: the alphabets of 3GPP TS 23.038, packed and unpacked.
//!
//! - [`text_from_ussd`], [`ussd_from_text`]: a whole USSD string, padding and all.
//! - [`unpack`], [`pack`]: septets of a short message, behind a user data header or not.
//! - [`text_from_septets`], [`septets_from_text`]: one septet an octet, with national tables.
//!
//! ```
//! use saldo::gsm7;
//!
//! let packed = gsm7::ussd_from_text("*101*4#").unwrap();
//! assert_eq!(packed, [0xAA, 0x18, 0x2C, 0xA6, 0xA2, 0x8D, 0x1A]);
//! assert_eq!(gsm7::text_from_ussd(&packed), "*101*4#");
//! ```
//!
//! **The trap:** a USSD string does not say how many characters it has. Where seven bits are left over
//! they hold a CR that is no character, and senders that forget it leave what reads as `@`. Both
//! directions here keep one rule, so that every text comes back; see [`text_from_ussd`].

mod alphabet;
mod locking;
mod national;
mod packing;
mod single;
mod text;

pub use national::{Language, Shift};
pub use packing::{pack, unpack};
pub use text::{septets_from_text, text_from_septets};

use packing::{Blocks, whole};

/// A character that the alphabet does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not in the GSM 7-bit alphabet")]
pub struct Unencodable(pub char);

/// The text of a packed USSD string (3GPP TS 23.038 clause 6.1.2.3).
///
/// n octets hold floor(8n/7) characters. The last one is dropped
/// - where n is a multiple of seven and it is CR (the padding of clause 6.1.2.3.1) or `@` (the zeros
///   of a sender that does not know the clause);
/// - where it is a CR one septet behind such a place, and CR or `@` stands there: it was added to say
///   that the one before is no padding. A text that really ends so loses a CR that nobody sees:
///   CR CR means the same as CR (clause 6.1.1).
pub fn text_from_ussd(octets: &[u8]) -> String {
    let count = whole(octets, 0);
    let padding = match octets.len() % 7 {
        0 => is_padding(octets, count),
        1 => septet(octets, count) == Some(CR) && is_padding(octets, count - 1),
        _ => false,
    };
    text::text_from_blocks(Blocks(octets), count - usize::from(padding))
}

/// A text packed as a USSD string, padded with CR where the clause asks (6.1.2.3.1).
///
/// A text of 8, 16, 24 ... characters that ends in CR or `@` gets one CR more, or the receiver would
/// take its end for padding.
///
/// # Errors
///
/// [`Unencodable`] with the first character that the default alphabet does not have.
pub fn ussd_from_text(text: &str) -> Result<Vec<u8>, Unencodable> {
    let mut septets = septets_from_text(text, Shift::default())?;
    let looks_padded = matches!(septets.last(), Some(&(CR | AT)));
    match septets.len() % 8 {
        7 => septets.push(CR),
        0 if looks_padded => septets.push(CR),
        _ => {}
    }
    Ok(pack(&septets, 0))
}

const AT: u8 = 0x00;
const CR: u8 = 0x0D;

/// Whether the `number`th septet may be what a sender filled the last octet with.
fn is_padding(octets: &[u8], number: usize) -> bool {
    matches!(septet(octets, number), Some(AT | CR)) && !escape_before(octets, number)
}

/// Behind an escape there is a character, whatever the value.
fn escape_before(octets: &[u8], number: usize) -> bool {
    number > 1 && septet(octets, number - 1) == Some(alphabet::ESCAPE)
}

/// The `number`th septet, counted from 1.
fn septet(octets: &[u8], number: usize) -> Option<u8> {
    let bit = number.checked_sub(1)?.checked_mul(7)?;
    let low = u16::from(*octets.get(bit / 8)?);
    let high = octets.get(bit / 8 + 1).map_or(0, |octet| u16::from(*octet));
    let [septet, _] = (((high << 8) | low) >> (bit % 8) & 0x7F).to_le_bytes();
    Some(septet)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_length_comes_back_whatever_stands_at_its_end() {
        for length in 0..=182 {
            for end in ["a", "@", "\r", "\n", " ", "@@", "a\r", "\r@", "€", "à"] {
                let end: String = end.chars().take(length).collect();
                let text = "x".repeat(length - end.chars().count()) + &end;
                let packed = ussd_from_text(&text).unwrap();
                assert_eq!(text_from_ussd(&packed), text, "length {length}, end {end:?}");
            }
        }
    }

    #[test]
    fn padding_is_no_character() {
        #[rustfmt::skip]
        let rows: &[(&[u8], &str)] = &[
            (b"1234567\r",   "1234567"),
            (b"1234567\x00", "1234567"),
            (b"123456\r",    "123456\r"),
            (b"12345678\r",  "12345678\r"),
            (b"1234567\r\r", "1234567\r"),
            (b"123456\x1B\r", "123456\r"),
            (b"\x00",        "@"),
            (b"123456\x00",  "123456@"),
        ];
        for (septets, text) in rows {
            assert_eq!(text_from_ussd(&pack(septets, 0)), *text, "{septets:?}");
        }
    }

    #[test]
    fn every_truncation_is_a_beginning() {
        let text = "Saldo: 12,34 € {geldig t/m 01.02.2027} @ ÄÖÜ ñ 100% [~]^| ".repeat(3);
        let packed = ussd_from_text(&text).unwrap();
        for end in 0..packed.len() {
            let cut = text_from_ussd(&packed[..end]);
            let shared = cut.chars().zip(text.chars()).take_while(|(a, b)| a == b).count();
            // A cut between an escape and its character leaves a space.
            assert!(shared + 1 >= cut.chars().count(), "{end}: {cut:?}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_some_text(octets: Vec<u8>) {
            let text = text_from_ussd(&octets);
            prop_assert!(text.chars().count() <= octets.len() * 8 / 7);
        }

        #[test]
        fn any_text_of_the_alphabet_comes_back(septets in prop::collection::vec(0..128_u8, 0..=182)) {
            let text = text_from_septets(&septets, Shift::default());
            let again = text_from_ussd(&ussd_from_text(&text).unwrap());
            let less = text.strip_suffix('\r').filter(|rest| rest.ends_with(['\r', '@']));
            prop_assert!(again == text || Some(again.as_str()) == less, "{:?}", again);
        }
    }
}
