//! How much surprise a text holds, in bits: a model of what operators write, in any language.
//!
//! Each character costs about the logarithm of how rare it is where it stands. So the texts that
//! different decodings make of the same octets can be compared although they differ in length: the
//! right one is cheap, since people repeat themselves, and a wrong one is noise, at some seven bits
//! an octet. The numbers are judgement, rounded; only their differences matter, and the tests beside
//! this file hold them.

use super::script::{self, Script};

/// Bits of surprise in the whole text; 0 for none.
pub(super) fn bits(text: &str) -> f64 {
    let mut model = Model::default();
    text.chars().map(|c| model.step(c)).sum()
}

/// What stands before the next character.
#[derive(Clone, Copy, Debug, Default)]
struct Model {
    previous: Kind,
    character: char,
    /// The script of the last letter, wherever it stands.
    script: Option<Script>,
    /// Letters in a row without a vowel; only for small ASCII letters.
    consonants: u8,
    /// Capitals in a row.
    capitals: u8,
    /// The character before the previous one was a letter.
    after_letter: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Start,
    Blank,
    Digit,
    /// Small letters, and letters of scripts without case.
    Small,
    Capital,
    /// The punctuation of plain texts.
    Point,
    /// ASCII that plain texts hardly have.
    Odd,
    /// Currency signs, typographic and other symbols.
    Sign,
    Control,
}

impl Kind {
    fn is_letter(self) -> bool {
        matches!(self, Self::Small | Self::Capital)
    }

    fn is_gap(self) -> bool {
        matches!(self, Self::Start | Self::Blank)
    }
}

impl Model {
    fn step(&mut self, c: char) -> f64 {
        let (kind, bits) = self.look(c);
        let capital = kind == Kind::Capital;
        let consonant = c.is_ascii_lowercase() && !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
        self.capitals = if capital { self.capitals.saturating_add(1) } else { 0 };
        self.consonants = if consonant { self.consonants.saturating_add(1) } else { 0 };
        self.after_letter = self.previous.is_letter();
        self.previous = kind;
        self.character = c;
        bits
    }

    fn look(&mut self, c: char) -> (Kind, f64) {
        match c {
            ' ' | '\n' | '\t' => (Kind::Blank, self.blank(c)),
            '0'..='9' => (Kind::Digit, self.digit()),
            'a'..='z' | 'A'..='Z' => self.latin(c),
            '!'..='~' => self.punctuation(c),
            '\0'..='\u{9F}' => (Kind::Control, 17.0),
            _ => self.beyond_ascii(c),
        }
    }

    fn blank(&self, c: char) -> f64 {
        match (c, self.previous) {
            (' ', Kind::Blank) => 3.5,
            (' ', _) => 2.2,
            ('\n', Kind::Blank) => 3.5,
            ('\n', _) => 4.5,
            _ => 7.0,
        }
    }

    fn digit(&self) -> f64 {
        match self.previous {
            Kind::Digit => 3.4,
            Kind::Point => 3.9,
            Kind::Start | Kind::Blank => 4.2,
            Kind::Sign | Kind::Odd => 5.0,
            Kind::Capital => 6.0,
            Kind::Small | Kind::Control => 6.5,
        }
    }

    fn latin(&mut self, c: char) -> (Kind, f64) {
        let rank = c.to_ascii_lowercase();
        let bits = LATIN.iter().find(|(letter, _)| *letter == rank).map_or(9.0, |(_, bits)| *bits);
        let kind = if c.is_ascii_uppercase() { Kind::Capital } else { Kind::Small };
        let crowd = if self.consonants >= 4 { 1.5 } else { 0.0 };
        (kind, bits + crowd + self.case(kind) + self.odd_inside() + self.switch(Script::Latin))
    }

    /// Where capitals stand, and where not.
    fn case(&self, kind: Kind) -> f64 {
        match (kind, self.previous) {
            (Kind::Capital, Kind::Small) => 5.0,
            (Kind::Capital, Kind::Digit | Kind::Odd) => 2.0,
            (Kind::Capital, _) => 1.0,
            (_, Kind::Capital) if self.capitals > 2 => 3.0,
            (_, Kind::Digit | Kind::Odd) => 2.0,
            (_, Kind::Point) => 1.0,
            _ => 0.0,
        }
    }

    /// A letter behind `{` or its like, which stood behind a letter: no word looks so.
    fn odd_inside(&self) -> f64 {
        let inside = self.previous == Kind::Odd && self.after_letter && is_national(self.character);
        if inside { 3.0 } else { 0.0 }
    }

    fn switch(&mut self, script: Script) -> f64 {
        let Some(before) = self.script.replace(script) else {
            return if script == Script::Latin { 1.0 } else { 3.0 };
        };
        if before.mixes_with(script) {
            0.0
        } else if !self.previous.is_letter() {
            4.0
        } else if before.is_unspaced() != script.is_unspaced() {
            5.0 // words of Latin touch those of Chinese or Thai
        } else {
            10.0
        }
    }

    fn punctuation(&self, c: char) -> (Kind, f64) {
        let common = POINTS.iter().find(|(point, _)| *point == c).map(|(_, bits)| *bits);
        let Some(bits) = common else { return (Kind::Odd, self.odd(c)) };
        let place = match self.previous {
            _ if c == self.character => -1.5,
            Kind::Digit if matches!(c, '.' | ',' | '/' | ':' | '-') => -1.0,
            Kind::Point => 1.0,
            Kind::Blank if !matches!(c, '(' | '*' | '#' | '-' | '"' | '+' | '\'' | '/') => 1.5,
            _ => 0.0,
        };
        (Kind::Point, bits + place)
    }

    fn odd(&self, c: char) -> f64 {
        let bits = match c {
            '$' => 7.5,
            '@' | '_' => 8.0,
            '<' | '>' | '[' | ']' => 8.5,
            '|' | '~' => 10.0,
            _ => 10.5,
        };
        let inside = self.previous.is_letter() && (is_national(c) || c == '$');
        bits + if inside { 3.0 } else { 0.0 }
    }

    fn beyond_ascii(&mut self, c: char) -> (Kind, f64) {
        let Some((script, bits)) = script::letter(c).filter(|_| !matches!(c, '×' | '÷')) else {
            return (Kind::Sign, self.sign(c));
        };
        if c.is_numeric() && !c.is_alphabetic() {
            let foreign =
                if self.script == Some(script) || self.script.is_none() { 0.0 } else { 4.0 };
            return (Kind::Digit, self.digit() + 0.5 + foreign);
        }
        let kind = if c.is_uppercase() { Kind::Capital } else { Kind::Small };
        // Capitals of Greek stand among those of Latin where GSM 7-bit has to write Greek.
        if self.is_gsm_greek(c) {
            return (Kind::Capital, 6.5);
        }
        let start = if kind == Kind::Capital && self.previous == Kind::Small { 5.0 } else { 0.0 };
        let rare = match kind {
            Kind::Capital => 1.0,
            // A mark needs a letter that it marks.
            _ if !c.is_alphanumeric() && !self.previous.is_letter() => 6.0,
            _ => 0.0,
        };
        (kind, bits + start + rare + self.odd_inside() + self.switch(script))
    }

    fn is_gsm_greek(&self, c: char) -> bool {
        let in_word = self.previous == Kind::Capital || self.previous.is_gap();
        in_word
            && matches!(c, 'Δ' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ')
            && self.script == Some(Script::Latin)
    }

    fn sign(&self, c: char) -> f64 {
        match c {
            '¡' | '¿' if self.previous.is_gap() => 8.0,
            '£' | '€' | '\u{A0}' | '°' | 'º' | 'ª' | '«' | '»' | '\u{20A0}'..='\u{20CF}' => {
                8.5
            }
            '¥' => 9.5,
            '¡' | '¿' | '§' | '¤' => 12.5,
            '\u{A1}'..='\u{BF}' | '×' | '÷' => 12.0,
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' => 11.0,
            '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '№' | '℮' | '™' => 9.0,
            '\u{3000}'..='\u{303F}' | '\u{FF01}'..='\u{FF65}' | '\u{FFE0}'..='\u{FFE6}' => {
                if self.script.is_some_and(Script::is_unspaced) { 8.0 } else { 14.0 }
            }
            '\u{2070}'..='\u{2BFF}' | '\u{1F300}'..='\u{1FAFF}' => {
                if self.previous == Kind::Sign {
                    18.0
                } else {
                    15.0
                }
            }
            '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{10FFFF}' => 20.0,
            _ => 18.0,
        }
    }
}

/// What national variants of ISO 646 and unconverted GSM septets put in place of letters.
fn is_national(c: char) -> bool {
    matches!(c, '[' | '\\' | ']' | '^' | '`' | '{' | '|' | '}' | '~')
}

/// Bits of each letter, over the languages of the replies we know; vowels first.
#[rustfmt::skip]
const LATIN: &[(char, f64)] = &[
    ('a', 3.3), ('e', 3.2), ('i', 3.7), ('o', 3.8), ('u', 4.7), ('y', 6.0),
    ('b', 5.6), ('c', 5.2), ('d', 4.7), ('f', 6.3), ('g', 5.7), ('h', 5.5), ('j', 7.2), ('k', 5.5), ('l', 4.6),
    ('m', 5.0), ('n', 3.9), ('p', 5.3), ('q', 9.0), ('r', 4.1), ('s', 4.1), ('t', 4.1), ('v', 6.0), ('w', 7.0),
    ('x', 8.5), ('z', 6.8),
];

/// Bits of each common mark.
#[rustfmt::skip]
const POINTS: &[(char, f64)] = &[
    ('.', 4.0), (',', 4.5), (':', 5.0), ('-', 5.5), ('/', 5.5), ('*', 6.0), ('#', 6.0), ('(', 6.5), (')', 6.0),
    ('!', 6.5), ('?', 7.0), ('\'', 6.5), ('"', 6.5), ('%', 7.0), ('+', 7.0), ('&', 7.5), ('=', 7.5), (';', 7.0),
];
