//! Scripts by code point, and how many bits a letter of each carries.

/// Writing systems, as far as a text keeps to one. Blocks that one language mixes are one script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Hebrew,
    Arabic,
    Thaana,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Oriya,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Thai,
    Lao,
    Tibetan,
    Myanmar,
    Georgian,
    Ethiopic,
    Khmer,
    Mongolian,
    Kana,
    Hangul,
    Han,
    /// Letters that no operator is known to write in.
    Rare,
}

impl Script {
    /// Whether two scripts stand side by side in the words of one language.
    pub(super) fn mixes_with(self, other: Self) -> bool {
        self == other || matches!((self, other), (Self::Han, Self::Kana) | (Self::Kana, Self::Han))
    }

    /// Whether words of this script stand without blanks, so that foreign ones touch them.
    pub(super) fn is_unspaced(self) -> bool {
        use Script::{Han, Hangul, Kana, Khmer, Lao, Myanmar, Thai, Tibetan};
        matches!(self, Han | Kana | Hangul | Thai | Lao | Khmer | Myanmar | Tibetan)
    }
}

/// The script of a character outside ASCII and the bits that one of its letters carries; `None` for
/// what is no letter, mark or digit of any script.
pub(super) fn letter(c: char) -> Option<(Script, f64)> {
    let code = u32::from(c);
    let place = BLOCKS.partition_point(|(_, last, _, _)| *last < code);
    let (first, _, script, bits) = BLOCKS.get(place)?;
    if code < *first {
        return None;
    }
    let rare = match script {
        // Unassigned code points, punctuation and format characters of a block; marks too, cheaply.
        Script::Han | Script::Hangul => 0.0,
        _ if !c.is_alphanumeric() => 2.0,
        _ => 0.0,
    };
    Some((*script, bits + rare))
}

/// First, last, script, bits. The bits are about the logarithm of how many letters are in use.
#[rustfmt::skip]
const BLOCKS: &[(u32, u32, Script, f64)] = &[
    (0x00C0, 0x00FF, Script::Latin,       7.0),
    (0x0100, 0x017F, Script::Latin,       7.5),
    (0x0180, 0x024F, Script::Latin,       9.5),
    (0x0300, 0x036F, Script::Latin,       9.0), // combining marks
    (0x0370, 0x03FF, Script::Greek,       5.2),
    (0x0400, 0x040F, Script::Cyrillic,    8.0),
    (0x0410, 0x044F, Script::Cyrillic,    5.0),
    (0x0450, 0x045F, Script::Cyrillic,    6.5),
    (0x0460, 0x0489, Script::Cyrillic,   12.0), // historic
    (0x048A, 0x04FF, Script::Cyrillic,    7.0),
    (0x0500, 0x052F, Script::Cyrillic,   12.0),
    (0x0531, 0x0587, Script::Armenian,    5.5),
    (0x0591, 0x05F4, Script::Hebrew,      5.0),
    (0x060C, 0x06FF, Script::Arabic,      5.3),
    (0x0700, 0x074F, Script::Rare,       14.0), // Syriac
    (0x0750, 0x077F, Script::Arabic,      9.0),
    (0x0780, 0x07B1, Script::Thaana,      6.0),
    (0x07C0, 0x08FF, Script::Rare,       13.0), // NKo, Samaritan, Mandaic, Arabic extended
    (0x0900, 0x097F, Script::Devanagari,  5.5),
    (0x0980, 0x09FE, Script::Bengali,     5.5),
    (0x0A01, 0x0A76, Script::Gurmukhi,    5.5),
    (0x0A81, 0x0AFF, Script::Gujarati,    5.5),
    (0x0B01, 0x0B77, Script::Oriya,       5.5),
    (0x0B82, 0x0BFA, Script::Tamil,       5.5),
    (0x0C00, 0x0C7F, Script::Telugu,      5.5),
    (0x0C80, 0x0CF3, Script::Kannada,     5.5),
    (0x0D00, 0x0D7F, Script::Malayalam,   5.5),
    (0x0D81, 0x0DF4, Script::Sinhala,     5.8),
    (0x0E01, 0x0E5B, Script::Thai,        5.5),
    (0x0E81, 0x0EDF, Script::Lao,         5.5),
    (0x0F00, 0x0FDA, Script::Tibetan,     6.5),
    (0x1000, 0x109F, Script::Myanmar,     5.8),
    (0x10A0, 0x10CF, Script::Georgian,    9.0), // Asomtavruli
    (0x10D0, 0x10FF, Script::Georgian,    5.0),
    (0x1100, 0x11FF, Script::Hangul,     11.0), // conjoining letters
    (0x1200, 0x137C, Script::Ethiopic,    7.2),
    (0x1380, 0x1399, Script::Ethiopic,   10.0),
    (0x13A0, 0x177F, Script::Rare,       14.0), // Cherokee to Tagbanwa
    (0x1780, 0x17F9, Script::Khmer,       5.8),
    (0x1800, 0x18AA, Script::Mongolian,   6.5),
    (0x18B0, 0x1C8F, Script::Rare,       14.0),
    (0x1C90, 0x1CBF, Script::Georgian,    6.5), // Mtavruli
    (0x1CC0, 0x1DFF, Script::Rare,       14.0),
    (0x1E00, 0x1EFF, Script::Latin,       7.0), // Vietnamese
    (0x1F00, 0x1FFE, Script::Greek,      10.0),
    (0x2C00, 0x2DDF, Script::Rare,       14.0),
    (0x2E80, 0x2FDF, Script::Han,        12.0), // radicals
    (0x3005, 0x3007, Script::Han,         9.0),
    (0x3041, 0x30FF, Script::Kana,        6.0),
    (0x3105, 0x312F, Script::Rare,       13.0),
    (0x3131, 0x318E, Script::Hangul,     10.0),
    (0x31A0, 0x31BF, Script::Rare,       14.0),
    (0x3400, 0x4DBF, Script::Han,        13.0), // extension A, none of it common
    (0x4E00, 0x9FFF, Script::Han,        11.0),
    (0xA000, 0xABFF, Script::Rare,       15.0), // Yi to Meetei
    (0xAC00, 0xD7A3, Script::Hangul,      9.5),
    (0xF900, 0xFAD9, Script::Han,        13.0), // compatibility
    (0xFB1D, 0xFB4F, Script::Hebrew,      9.0),
    (0xFB50, 0xFDFB, Script::Arabic,      9.0), // presentation forms
    (0xFE70, 0xFEFC, Script::Arabic,      7.0),
    (0xFF66, 0xFF9F, Script::Kana,        8.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_sorted_and_apart() {
        assert!(BLOCKS.iter().all(|(first, last, ..)| first <= last));
        assert!(BLOCKS.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn letters_find_their_script() {
        for (c, script) in [
            ('é', Some(Script::Latin)),
            ('ы', Some(Script::Cyrillic)),
            ('د', Some(Script::Arabic)),
            ('่', Some(Script::Thai)),
            ('ሀ', Some(Script::Ethiopic)),
            ('元', Some(Script::Han)),
            ('원', Some(Script::Hangul)),
            ('€', None),
            ('\u{E000}', None),
            ('😀', None),
        ] {
            assert_eq!(letter(c).map(|(script, _)| script), script, "{c}");
        }
    }
}
