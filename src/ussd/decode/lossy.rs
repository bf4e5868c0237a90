//! Text that the modem's character set has not: Cyrillic "Баланс" arrives as `\x110;0=A`, its high octets
//! dropped, or as `??????`.

/// Whether a body looks like that.
pub(super) fn looks_lossy(body: &[u8]) -> bool {
    looks_dropped(body) || looks_replaced(body)
}

/// Question marks where the letters of words were.
fn looks_replaced(body: &[u8]) -> bool {
    const FEWEST: usize = 6;
    let replaced = body.iter().filter(|octet| **octet == b'?').count();
    let letters =
        body.iter().filter(|octet| octet.is_ascii_alphabetic() || !octet.is_ascii()).count();
    replaced >= FEWEST && replaced > letters
}

/// Low octets of Cyrillic, Arabic or Greek letters fall on digits, capitals, punctuation and control
/// codes, mixed inside words, and hardly ever on small letters. High octets that were kept, as in raw
/// UCS2, are below 0x10.
fn looks_dropped(body: &[u8]) -> bool {
    let mut count = Count::default();
    let mut previous = Class::Blank;
    for octet in body {
        let class = Class::of(*octet);
        count.add(class, previous);
        previous = class;
    }
    count.says_lossy()
}

const SHORTEST: usize = 10;

#[derive(Default)]
struct Count {
    marks: usize,
    foreign: usize,
    odd: usize,
    mixed: usize,
}

impl Count {
    fn add(&mut self, class: Class, previous: Class) {
        let inside = !matches!(class, Class::Blank | Class::Point)
            && !matches!(previous, Class::Blank | Class::Point);
        self.marks += usize::from(class != Class::Blank);
        self.foreign += usize::from(class == Class::Foreign);
        self.odd += usize::from(class == Class::Odd);
        self.mixed += usize::from(inside && class != previous);
    }

    fn says_lossy(&self) -> bool {
        let Self { marks, foreign, odd, mixed } = *self;
        marks >= SHORTEST && 10 * foreign <= marks && 10 * odd >= marks && 4 * mixed >= marks
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Capital,
    Digit,
    /// What texts do have between letters or digits.
    Point,
    /// Punctuation that stands inside the words of nobody.
    Odd,
    /// Cyrillic capitals; but also what GSM 7-bit has for Greek ones.
    Control,
    /// What dropping leaves none of.
    Foreign,
}

impl Class {
    fn of(octet: u8) -> Self {
        match octet {
            b' ' | b'\r' | b'\n' | b'\t' => Self::Blank,
            b'A'..=b'Z' => Self::Capital,
            b'0'..=b'9' => Self::Digit,
            b'.' | b',' | b'*' | b'#' | b'/' | b'-' => Self::Point,
            b'a'..=b'z' | 0x00..=0x0F | 0x7F.. => Self::Foreign,
            0x10..=0x1F => Self::Control,
            _ => Self::Odd,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn low_octets(text: &str) -> Vec<u8> {
        text.encode_utf16().map(|unit| unit.to_be_bytes()[1]).collect()
    }

    #[test]
    fn dropped_high_octets_are_seen() {
        for text in [
            "Баланс: 152.30 руб. Услуга бесплатна",
            "На вашому рахунку 45.60 грн",
            "رصيدك الحالي هو 25.50 ريال",
        ] {
            assert!(looks_lossy(&low_octets(text)), "{text}");
        }
    }

    #[test]
    fn question_marks_in_place_of_words_are_seen() {
        assert!(looks_lossy(b"??????: 152.30 ???. ?????? ?????????"));
        assert!(!looks_lossy(b"Top up now??????? *111#"));
        assert!(!looks_lossy(b"??? 5"));
    }

    #[test]
    fn plain_texts_are_whole() {
        for text in [
            "Your balance is 12.50 EUR",
            "SALDO: 12,50 EUR. VALIDO 31/12/2026",
            "OCTATOK 0.51 p.",
            "TO Y\x16O\x14OI\x16O \x18A\x18 EINAI 5,00 EYP\x15",
            "*100*1# *100*2# *100*3#",
            "{\"a\":1,\"b\":[2,3]}",
            "1A2B-3C4D-5E6F-7A8B",
        ] {
            assert!(!looks_lossy(text.as_bytes()), "{text}");
        }
        let raw: Vec<u8> = "Баланс: 152.30 руб".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(!looks_lossy(&raw));
    }
}
