//! Which ideographs and syllables people write: what the national sets of the 1980s put first.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS};

/// Whether a Han character is among the first level of GB 2312, Big5 or JIS X 0208, or a Hangul
/// syllable in KS X 1001: some 9,000 of 21,000 and 2,350 of 11,172.
pub(super) fn is_common(c: char) -> bool {
    let (word, bit) = place(c);
    COMMON.get(word).is_some_and(|flags| flags & bit != 0)
}

const FIRST: u32 = 0x4E00;
const WORDS: usize = (0xD7A4 - 0x4E00) / 64 + 1;

static COMMON: LazyLock<Box<[u64]>> = LazyLock::new(|| {
    let mut flags = vec![0; WORDS].into_boxed_slice();
    for (set, leads, trails) in &SETS {
        for lead in leads.clone() {
            for trail in trails.clone() {
                mark(&mut flags, set, [lead, trail]);
            }
        }
    }
    flags
});

fn mark(flags: &mut [u64], set: &'static Encoding, code: [u8; 2]) {
    let text = set.decode_without_bom_handling_and_without_replacement(&code);
    for c in text.iter().flat_map(|text| text.chars()) {
        let (word, bit) = place(c);
        if let Some(flags) = flags.get_mut(word) {
            *flags |= bit;
        }
    }
}

/// Lead and trail octets of the first level of each set.
#[rustfmt::skip]
static SETS: [(&Encoding, RangeInclusive<u8>, RangeInclusive<u8>); 4] = [
    (GBK,       0xB0..=0xD7, 0xA1..=0xFE),
    (BIG5,      0xA4..=0xC6, 0x40..=0xFE),
    (SHIFT_JIS, 0x88..=0x97, 0x40..=0xFE),
    (EUC_KR,    0xB0..=0xC8, 0xA1..=0xFE),
];

fn place(c: char) -> (usize, u64) {
    let offset = u32::from(c).checked_sub(FIRST);
    let word = offset.map_or(usize::MAX, |offset| offset as usize / 64);
    (word, 1 << (u32::from(c) % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_these_and_not_those() {
        for c in "余额元余額円残高잔액원".chars() {
            assert!(is_common(c), "{c}");
        }
        for c in "\u{596F}\u{7520}\u{6861}\u{4100}\u{BDC1}aЖ\u{10FFFF}".chars() {
            assert!(!is_common(c), "{c}");
        }
    }

    #[test]
    fn as_many_as_the_sets_have() {
        let count: u32 = COMMON.iter().map(|flags| flags.count_ones()).sum();
        assert!((9_000..12_500).contains(&count), "{count}");
    }
}
