//! National languages: which tables a text is written with, beside the default alphabet.

use super::{alphabet, locking, single};

/// A national language identifier (3GPP TS 23.038 clause 6.2.1.2.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the whole story")]
pub enum Language {
    /// The default alphabet and its extension table.
    #[default]
    Default,
    Turkish,
    Spanish,
    Portuguese,
    Bengali,
    Gujarati,
    Hindi,
    Kannada,
    Malayalam,
    Oriya,
    Punjabi,
    Tamil,
    Telugu,
    Urdu,
}

impl Language {
    /// The language of an identifier; an unknown one is the default, as the clause asks.
    pub fn from_id(id: u8) -> Self {
        IDS.get(usize::from(id)).copied().unwrap_or_default()
    }

    /// The identifier that stands in the user data header.
    pub fn id(self) -> u8 {
        self as u8
    }
}

/// The two tables a text is written with; the default is the default alphabet and its extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shift {
    /// The table for septets that no escape precedes. Spanish has none of its own.
    pub locking: Language,
    /// The table for the septet behind an escape.
    pub single: Language,
}

impl Shift {
    /// The character of a septet that no escape precedes; U+FFFD where the table is empty.
    pub(super) fn plain(self, septet: u8) -> char {
        let (runs, base) = locking_table(self.locking);
        let inherited =
            || base.map_or_else(|| Some(alphabet::plain(septet)), |runs| find(runs, septet));
        find(runs, septet).or_else(inherited).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// The character of a septet behind an escape, where the table has one.
    pub(super) fn escaped(self, septet: u8) -> Option<char> {
        let (runs, base) = single_table(self.single);
        let inherited =
            || base.map_or_else(|| alphabet::escaped(septet), |runs| find(runs, septet));
        find(runs, septet).or_else(inherited)
    }
}

/// A septet, its character, and how many septets from there stand for the characters from there.
pub(super) type Run = (u8, char, u8);

/// What differs, and what it differs from; `None` is the default alphabet.
type Table = (&'static [Run], Option<&'static [Run]>);

const IDS: [Language; 14] = [
    Language::Default,
    Language::Turkish,
    Language::Spanish,
    Language::Portuguese,
    Language::Bengali,
    Language::Gujarati,
    Language::Hindi,
    Language::Kannada,
    Language::Malayalam,
    Language::Oriya,
    Language::Punjabi,
    Language::Tamil,
    Language::Telugu,
    Language::Urdu,
];

fn find(runs: &[Run], septet: u8) -> Option<char> {
    let behind = runs.partition_point(|(first, ..)| *first <= septet);
    let (first, from, count) = runs.get(behind.checked_sub(1)?)?;
    let steps = septet - first;
    let code = u32::from(*from) + u32::from(steps);
    (steps < *count).then(|| char::from_u32(code)).flatten()
}

#[rustfmt::skip]
fn locking_table(language: Language) -> Table {
    match language {
        Language::Default | Language::Spanish => (&[], None),
        Language::Turkish    => (locking::TURKISH, None),
        Language::Portuguese => (locking::PORTUGUESE, None),
        Language::Bengali    => (locking::BENGALI, Some(locking::INDIC)),
        Language::Gujarati   => (locking::GUJARATI, Some(locking::INDIC)),
        Language::Hindi      => (locking::HINDI, Some(locking::INDIC)),
        Language::Kannada    => (locking::KANNADA, Some(locking::INDIC)),
        Language::Malayalam  => (locking::MALAYALAM, Some(locking::INDIC)),
        Language::Oriya      => (locking::ORIYA, Some(locking::INDIC)),
        Language::Punjabi    => (locking::PUNJABI, Some(locking::INDIC)),
        Language::Tamil      => (locking::TAMIL, Some(locking::INDIC)),
        Language::Telugu     => (locking::TELUGU, Some(locking::INDIC)),
        Language::Urdu       => (locking::URDU, Some(locking::INDIC)),
    }
}

#[rustfmt::skip]
fn single_table(language: Language) -> Table {
    match language {
        Language::Default    => (&[], None),
        Language::Turkish    => (single::TURKISH, None),
        Language::Spanish    => (single::SPANISH, None),
        Language::Portuguese => (single::PORTUGUESE, None),
        Language::Bengali    => (single::BENGALI, Some(single::INDIC)),
        Language::Gujarati   => (single::GUJARATI, Some(single::INDIC)),
        Language::Hindi      => (single::HINDI, Some(single::INDIC)),
        Language::Kannada    => (single::KANNADA, Some(single::INDIC)),
        Language::Malayalam  => (single::MALAYALAM, Some(single::INDIC)),
        Language::Oriya      => (single::ORIYA, Some(single::INDIC)),
        Language::Punjabi    => (single::PUNJABI, Some(single::INDIC)),
        Language::Tamil      => (single::TAMIL, Some(single::INDIC)),
        Language::Telugu     => (single::TELUGU, Some(single::INDIC)),
        Language::Urdu       => (single::URDU, Some(single::INDIC)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn identifiers_are_read_back_and_unknown_ones_are_the_default() {
        for id in 0..14 {
            assert_eq!(Language::from_id(id).id(), id);
        }
        for id in 14..=255 {
            assert_eq!(Language::from_id(id), Language::Default);
        }
    }

    #[test]
    fn runs_are_sorted_and_never_overlap() {
        for language in IDS {
            for (runs, base) in [locking_table(language), single_table(language)] {
                for table in [runs, base.unwrap_or_default()] {
                    let apart = table.windows(2).all(|pair| pair[0].0 + pair[0].2 <= pair[1].0);
                    assert!(apart, "{language:?}");
                }
            }
        }
    }

    #[test]
    fn no_locking_table_has_a_character_twice_or_loses_digits_and_line_ends() {
        for language in IDS {
            let shift = Shift { locking: language, single: Language::Default };
            let mut seen = HashSet::new();
            for septet in (0..128).filter(|septet| *septet != 0x1B) {
                let character = shift.plain(septet);
                let new = seen.insert(character) || character == char::REPLACEMENT_CHARACTER;
                assert!(new, "{language:?} {septet:#04x} {character:?}");
            }
            for septet in (b'0'..=b'9').chain(b'a'..=b'z').chain(*b"\n\r !:;.?") {
                assert_eq!(shift.plain(septet), char::from(septet), "{language:?}");
            }
        }
    }

    #[test]
    fn every_single_shift_table_keeps_the_signs_all_have() {
        for language in IDS {
            let shift = Shift { locking: Language::Default, single: language };
            for (septet, sign) in
                [(0x0A, '\u{c}'), (0x14, '^'), (0x28, '{'), (0x40, '|'), (0x65, '€')]
            {
                assert_eq!(shift.escaped(septet), Some(sign), "{language:?}");
            }
            assert_eq!(shift.escaped(0x1B), None, "{language:?}: an escape behind an escape");
        }
    }
}
