//! One way of writing: small letters without accents, ASCII digits, ASCII punctuation.
//!
//! Operators send `Beträgt`, `betragt` and `BETRAGT`, digits in six scripts, and spaces that are
//! none. Words of the lexicon are folded by the same rules, so both sides meet.

use std::borrow::Cow;

/// Folded text and where each of its octets came from.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// The text to read.
    pub(crate) text: String,
    /// For every octet of `text`, the octet of the original that its character began at; empty where it
    /// is the same one.
    origin: Vec<u32>,
}

impl Folded {
    /// The octet of the original text that octet `at` of the folded one stands for.
    pub(crate) fn origin(&self, at: usize) -> usize {
        if self.origin.is_empty() {
            return at;
        }
        self.origin.get(at).map_or(usize::MAX, |origin| *origin as usize)
    }
}

/// Folds a reply. Replies are short; what is beyond 4 GiB would lose its origin only.
pub(crate) fn fold(text: &str) -> Folded {
    if text.is_ascii() {
        let octets = text.bytes().map(ascii).collect();
        return Folded { text: String::from_utf8(octets).unwrap_or_default(), origin: Vec::new() };
    }
    let mut folded = Folded {
        text: String::with_capacity(text.len() + 8),
        origin: Vec::with_capacity(text.len() + 8),
    };
    for (at, c) in text.char_indices() {
        push(c, &mut folded.text);
        folded.origin.resize(folded.text.len(), u32::try_from(at).unwrap_or(u32::MAX));
    }
    folded
}

/// Folds a word of the lexicon.
pub(crate) fn fold_word(word: &str) -> Cow<'_, str> {
    // As most are written; a lexicon has thousands of words.
    if word.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b' ' | b'*')) {
        return Cow::Borrowed(word);
    }
    let mut text = String::with_capacity(word.len());
    word.chars().for_each(|c| push(c, &mut text));
    Cow::Owned(text)
}

fn push(c: char, text: &mut String) {
    match c {
        '\0'..='\u{7f}' => text.push(u8::try_from(c).map_or(' ', |octet| char::from(ascii(octet)))),
        '\u{2028}' | '\u{2029}' => text.push('\n'),
        '\u{80}'..='\u{a1}' => text.push(' '),
        _ => push_beyond_ascii(c, text),
    }
}

fn ascii(octet: u8) -> u8 {
    match octet {
        b'\r' | b'\n' => b'\n',
        ..=0x1f | 0x7f => b' ',
        b'`' => b'\'',
        _ => octet.to_ascii_lowercase(),
    }
}

fn push_beyond_ascii(c: char, text: &mut String) {
    if let Some(digit) = digit(c) {
        text.push(digit);
    } else if let Some(base) = latin(c) {
        text.push_str(base);
    } else if let Some(mark) = mark(c) {
        text.push_str(mark);
    } else {
        text.extend(c.to_lowercase().map(letter));
    }
}

/// Zeros of the scripts whose ten digits stand in a row.
#[rustfmt::skip]
const ZEROS: &[char] = &[
    '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}', '\u{ce6}',
    '\u{d66}', '\u{e50}', '\u{ed0}', '\u{1040}', '\u{17e0}', '\u{ff10}',
];

fn digit(c: char) -> Option<char> {
    if c < '\u{660}' {
        return None;
    }
    let after = ZEROS.partition_point(|zero| *zero <= c);
    let zero = ZEROS.get(after.checked_sub(1)?)?;
    let value = (c as u32).checked_sub(*zero as u32)?;
    char::from_digit(value, 10)
}

/// Letters with marks, by their first and last code point, and what is left of them.
#[rustfmt::skip]
const LATIN: &[(u32, u32, &str)] = &[
    (0xaa, 0xaa, "a"), (0xba, 0xba, "o"), (0xc0, 0xc5, "a"), (0xc6, 0xc6, "ae"), (0xc7, 0xc7, "c"),
    (0xc8, 0xcb, "e"), (0xcc, 0xcf, "i"), (0xd0, 0xd0, "d"), (0xd1, 0xd1, "n"), (0xd2, 0xd6, "o"),
    (0xd8, 0xd8, "o"), (0xd9, 0xdc, "u"), (0xdd, 0xdd, "y"), (0xde, 0xde, "th"), (0xdf, 0xdf, "ss"),
    (0xe0, 0xe5, "a"), (0xe6, 0xe6, "ae"), (0xe7, 0xe7, "c"), (0xe8, 0xeb, "e"), (0xec, 0xef, "i"),
    (0xf0, 0xf0, "d"), (0xf1, 0xf1, "n"), (0xf2, 0xf6, "o"), (0xf8, 0xf8, "o"), (0xf9, 0xfc, "u"),
    (0xfd, 0xfd, "y"), (0xfe, 0xfe, "th"), (0xff, 0xff, "y"), (0x100, 0x105, "a"), (0x106, 0x10d, "c"),
    (0x10e, 0x111, "d"), (0x112, 0x11b, "e"), (0x11c, 0x123, "g"), (0x124, 0x127, "h"), (0x128, 0x131, "i"),
    (0x132, 0x133, "ij"), (0x134, 0x135, "j"), (0x136, 0x138, "k"), (0x139, 0x142, "l"), (0x143, 0x14b, "n"),
    (0x14c, 0x151, "o"), (0x152, 0x153, "oe"), (0x154, 0x159, "r"), (0x15a, 0x161, "s"), (0x162, 0x167, "t"),
    (0x168, 0x173, "u"), (0x174, 0x175, "w"), (0x176, 0x178, "y"), (0x179, 0x17e, "z"), (0x17f, 0x17f, "s"),
    (0x18f, 0x18f, "e"), (0x1a0, 0x1a1, "o"), (0x1af, 0x1b0, "u"), (0x1cd, 0x1ce, "a"), (0x218, 0x219, "s"),
    (0x21a, 0x21b, "t"), (0x259, 0x259, "e"), (0x300, 0x36f, ""), (0x64b, 0x65f, ""), (0x640, 0x640, ""),
    (0x1e00, 0x1e01, "a"), (0x1ea0, 0x1eb7, "a"), (0x1eb8, 0x1ec7, "e"), (0x1ec8, 0x1ecb, "i"),
    (0x1ecc, 0x1ee3, "o"), (0x1ee4, 0x1ef1, "u"), (0x1ef2, 0x1ef9, "y"), (0x200b, 0x200f, ""),
    (0x202a, 0x202e, ""), (0x2060, 0x2069, ""), (0xfe00, 0xfe0f, ""), (0xfeff, 0xfeff, ""),
];

fn latin(c: char) -> Option<&'static str> {
    let code = c as u32;
    if matches!(code, 0x400..0x640 | 0x660..0x1e00 | 0x2070..0xfe00 | 0xff00..) {
        return None;
    }
    LATIN.iter().find(|(first, last, _)| (*first..=*last).contains(&code)).map(|row| row.2)
}

fn mark(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        '‘' | '’' | 'ʼ' | 'ʹ' | '′' | 'ʻ' | '´' => "'",
        '“' | '”' | '„' | '«' | '»' => "\"",
        '‐'..='―' | '−' | '﹣' | '~' => "-",
        '…' => "...",
        '،' | '、' | '٬' => ",",
        '٫' | '。' | '।' | '።' | '·' => ".",
        '؛' => ";",
        '؟' => "?",
        '٪' => "%",
        '№' => "no",
        '¿' | '•' | '●' | '■' | '►' => " ",
        _ => return fullwidth(c),
    })
}

fn fullwidth(c: char) -> Option<&'static str> {
    const ASCII: &str = "!\"#$%&'()*+,-./0123456789:;<=>?@abcdefghijklmnopqrstuvwxyz[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    let at = (c as u32).checked_sub(0xff01)? as usize;
    ASCII.get(at..=at)
}

/// Letters of other scripts that are written in two ways.
fn letter(c: char) -> char {
    match c {
        'ё' => 'е',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' | 'ې' => 'ي',
        'ک' => 'ك',
        'ة' => 'ه',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn one_way_of_writing() {
        for (text, expected) in [
            ("Beträgt 5,00 €",      "betragt 5,00 €"),
            ("Đến Tài khoản gốc",   "den tai khoan goc"),
            ("ŁĄCZNIE Őszi Ťažký",  "lacznie oszi tazky"),
            ("٣٢٫٥٠ ﷼",            "32.50 ﷼"),
            ("۱۲۳ ४५ ๗ １２",        "123 45 7 12"),
            ("Баланс: Ёлка",        "баланс: елка"),
            ("余额：５元",            "余额:5元"),
            ("jusqu’au\u{a0}5",     "jusqu'au 5"),
            ("\u{200f}أب",          "اب"),
        ] {
            assert_eq!(fold(text).text, expected, "{text}");
        }
    }

    #[test]
    fn every_octet_knows_its_origin() {
        let folded = fold("ß Ünit");
        assert_eq!(folded.text, "ss unit");
        assert_eq!(folded.origin(0), 0);
        assert_eq!(folded.origin(1), 0);
        assert_eq!(folded.origin(3), "ß ".len());
        assert_eq!(folded.origin(99), usize::MAX);
    }

    #[test]
    fn ranges_do_not_overlap() {
        assert!(ZEROS.is_sorted());
        for (first, last, letters) in LATIN {
            assert!(first <= last, "{letters}");
            let holders = LATIN.iter().filter(|row| (row.0..=row.1).contains(first)).count();
            assert_eq!(holders, 1, "{first:x}");
        }
    }
}
