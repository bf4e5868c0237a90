//! UCS2 as networks send it: UTF-16, big end first (3GPP TS 23.038 clause 6.2.3).

/// What octets of UCS2 say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The text; U+FFFD where a surrogate has no partner.
    pub text: String,
    /// The octets end inside a character.
    pub truncated: bool,
}

/// The text that octets of UCS2 stand for.
///
/// Surrogates are joined. The text ends at U+0000, behind which firmwares send what their memory held,
/// and before units of 0xFFFF at the end; a byte order mark at the start is no character.
///
/// ```
/// let text = saldo::ucs2::text_from_octets(&[0x00, 0x41, 0x20]);
/// assert_eq!((text.text.as_str(), text.truncated), ("A", true));
/// ```
pub fn text_from_octets(octets: &[u8]) -> Text {
    let ended = octets.chunks_exact(2).position(|unit| unit == [0, 0]);
    let whole = octets.len() & !1;
    let used = octets.get(..ended.map_or(whole, |units| units * 2)).unwrap_or_default();
    let used = without_filler(used);
    let used = used.strip_prefix(&[0xFE, 0xFF]).unwrap_or(used);
    let units =
        used.chunks_exact(2).filter_map(|unit| unit.try_into().ok()).map(u16::from_be_bytes);
    let signs = char::decode_utf16(units).map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER));
    let half = ended.is_none() && octets.len() != whole;
    Text { text: signs.collect(), truncated: half || ends_in_high_surrogate(used) }
}

/// A text as octets of UCS2; characters above U+FFFF take two units.
pub fn octets_from_text(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// Whether octets read as a text somebody wrote: signs of at most three blocks of 256, none of which is
/// half a character or a control, and nothing behind its end.
///
/// Packed septets and arbitrary octets are as varied in their high octets as in their low ones.
pub fn is_plausible(octets: &[u8]) -> bool {
    let mut blocks: Vec<u8> = octets.chunks(2).filter_map(|unit| unit.first().copied()).collect();
    blocks.sort_unstable();
    blocks.dedup();
    let strange =
        |sign: char| sign == '\u{FFFD}' || (sign.is_control() && !matches!(sign, '\n' | '\r'));
    let text = text_from_octets(octets).text;
    let whole = text.encode_utf16().count() * 2 == octets.len();
    whole && blocks.len() <= 3 && !text.contains(strange)
}

fn without_filler(mut octets: &[u8]) -> &[u8] {
    while let Some(rest) = octets.strip_suffix(&[0xFF, 0xFF]) {
        octets = rest;
    }
    octets
}

fn ends_in_high_surrogate(octets: &[u8]) -> bool {
    matches!(octets, [.., 0xD8..=0xDB, _])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Text, is_plausible, octets_from_text, text_from_octets};

    #[test]
    fn every_cut_of_a_pair_is_seen() {
        let octets = octets_from_text("a😀");
        let cuts: Vec<Text> =
            (0..=octets.len()).map(|end| text_from_octets(&octets[..end])).collect();
        let texts: Vec<(&str, bool)> =
            cuts.iter().map(|cut| (cut.text.as_str(), cut.truncated)).collect();
        #[rustfmt::skip]
        assert_eq!(texts, [
            ("", false), ("", true), ("a", false), ("a", true), ("a\u{FFFD}", true), ("a\u{FFFD}", true),
            ("a😀", false),
        ]);
    }

    #[test]
    fn an_odd_octet_behind_the_end_is_no_truncation() {
        assert!(!text_from_octets(&[0, 0x41, 0, 0, 7]).truncated);
    }

    #[test]
    fn a_text_is_told_from_octets_that_are_none() {
        for text in ["Saldo 5,00 €", "Баланс: 12 р.\r\n«ок»", "余额", "ยอดเงิน 20"]
        {
            assert!(is_plausible(&octets_from_text(text)), "{text}");
        }
        let packed = crate::gsm7::pack(b"Saldo: 20,00 eur", 0);
        for octets in [&packed, &octets_from_text("a\u{1}b"), &vec![0x04], &vec![0x04, 0x31, 0, 0]]
        {
            assert!(!is_plausible(octets), "{octets:x?}");
        }
    }

    proptest! {
        #[test]
        fn texts_come_back(text in "[^\0\u{FEFF}\u{FFFF}]*") {
            prop_assert_eq!(text_from_octets(&octets_from_text(&text)), Text { text, truncated: false });
        }

        #[test]
        fn any_octets_are_some_text(octets: Vec<u8>) {
            prop_assert!(text_from_octets(&octets).text.chars().count() <= octets.len() / 2);
        }
    }
}
