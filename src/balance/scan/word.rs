//! Where words begin and end, and what they mean in the languages that are read with.

use std::ops::Range;

use super::super::country::{self, Country};
use super::super::currency::{self, Money};
use super::super::dictionary::Hashed;
use super::super::lexicon::{self, Class, Lexicon, Sense};
use super::letters::{cyrillic_twin, is_letter, is_unspaced, joined, run_length};
use super::{Lexeme, Token};

/// What is known before a reply is read: its languages, and how its country writes.
pub(in crate::balance) struct Vocabulary {
    lexicons: Vec<&'static Lexicon>,
    /// ISO 4217 of the account.
    pub(in crate::balance) home: Option<&'static str>,
    /// The mark before decimals, where the country or operator is known.
    pub(in crate::balance) decimal: Option<char>,
    /// Whether a space may stand between thousands.
    pub(in crate::balance) spaces: bool,
    /// Whether the month comes first in dates.
    pub(in crate::balance) month_first: bool,
    /// Whether years may be Buddhist with two digits.
    pub(in crate::balance) buddhist: bool,
    compounds: bool,
    /// With every language at once, glued words would come apart at random.
    cuts: bool,
    scripts: Scripts,
}

/// What needs a second look to find a word.
struct Scripts {
    cyrillic: bool,
}

/// A word or part of one, relative to where the scanner stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    pub(super) start: usize,
    end: usize,
    pub(super) sense: Sense,
    pub(super) money: Option<Money>,
}

impl Part {
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    fn is_known(&self) -> bool {
        self.money.is_some() || self.sense != Sense::default()
    }
}

const MOST_PARTS: usize = 6;

/// Letters and marks of the longest word for money in a script without spaces: `ကျပ်`, `រៀល`.
const LONGEST_MONEY: usize = 4;

impl Vocabulary {
    /// For a reply from `country`; every language where that is not known.
    pub(in crate::balance) fn new(
        country: Option<&'static Country>,
        currency: Option<&str>,
        decimal: Option<char>,
    ) -> Self {
        let lexicons = country.map_or_else(lexicon::all, |at| lexicon::of_languages(at.languages));
        Self::with(lexicons, country, currency, decimal)
    }

    /// As [`Self::new`] with every language, for a reply that its country's do not explain.
    pub(in crate::balance) fn of_all_languages(
        country: Option<&'static Country>,
        currency: Option<&str>,
        decimal: Option<char>,
    ) -> Self {
        Self::with(lexicon::all(), country, currency, decimal)
    }

    fn with(
        lexicons: Vec<&'static Lexicon>,
        country: Option<&'static Country>,
        currency: Option<&str>,
        decimal: Option<char>,
    ) -> Self {
        let home = currency.and_then(currency::code).or_else(|| country.map(|at| at.currency));
        let decimal = decimal.or_else(|| country.map(|at| at.decimal));
        let has = |code: &str| {
            country.is_none_or(|at: &country::Country| {
                at.languages.split(' ').any(|known| known == code)
            })
        };
        Self {
            compounds: lexicons.iter().any(|lexicon| lexicon.compounds),
            cuts: lexicons.len() < 8,
            lexicons,
            home,
            decimal,
            spaces: decimal != Some('.') || country.is_some_and(|at| at.code == "ZA"),
            month_first: country.is_some_and(Country::month_first),
            buddhist: country.is_some_and(|at| at.code == "TH"),
            scripts: Scripts {
                cyrillic: ["ru", "uk", "bg", "sr", "mn", "kk", "ky"].into_iter().any(has),
            },
        }
    }

    /// The money that a sign or word stands for.
    pub(super) fn money(&self, word: &str) -> Option<Money> {
        currency::money(&Hashed::new(word), self.home)
    }

    pub(super) fn sense(&self, word: &str) -> Sense {
        self.sense_of(&Hashed::new(word))
    }

    fn sense_of(&self, word: &Hashed<'_>) -> Sense {
        let mut sense = Sense::default();
        for lexicon in &self.lexicons {
            if let Some(found) = lexicon.find(word) {
                sense = sense.merge(found);
            }
        }
        sense
    }

    fn look_up(&self, word: &str, start: usize, end: usize) -> Part {
        let word = Hashed::new(word);
        Part { start, end, sense: self.sense_of(&word), money: currency::money(&word, self.home) }
    }

    /// The word at the start of `rest`, in its parts, and how many octets it has.
    pub(super) fn words(
        &self,
        rest: &str,
        first: char,
    ) -> (impl Iterator<Item = Part> + use<>, usize) {
        let mut parts = [Part::default(); MOST_PARTS];
        let [one, ..] = &mut parts;
        let length = if let Some((length, letters)) = joined(rest) {
            *one = self.look_up(&letters, 0, length);
            length
        } else if is_unspaced(first) {
            *one = self.unspaced(rest);
            one.end
        } else {
            let run = rest.get(..run_length(rest)).unwrap_or(rest);
            self.spaced(run, &mut parts);
            run.len()
        };
        (parts.into_iter().filter(|part| part.end > 0), length)
    }

    /// A word between spaces: as a whole, else by its apostrophes, its letters' twins, its parts.
    fn spaced(&self, run: &str, parts: &mut [Part; MOST_PARTS]) {
        let bare;
        let word = if run.bytes().any(|octet| matches!(octet, b'\'' | b'"')) {
            bare = run.replace(['\'', '"'], "");
            bare.as_str()
        } else {
            run
        };
        let mut whole = self.look_up(word, 0, run.len());
        if !whole.is_known() {
            if word.len() != run.len() && self.by_apostrophes(run, parts) {
                return;
            }
            if self.cut(word, parts, word.len() == run.len()) {
                return;
            }
            whole = self.otherwise(word, whole);
        }
        if let Some(first) = parts.first_mut() {
            *first = whole;
        }
    }

    fn by_apostrophes(&self, run: &str, parts: &mut [Part; MOST_PARTS]) -> bool {
        let mut start = 0;
        for (part, piece) in parts.iter_mut().zip(run.split('\'')) {
            *part = self.look_up(piece, start, start + piece.len());
            start += piece.len() + 1;
        }
        let known = parts.iter().any(Part::is_known);
        if !known {
            *parts = [Part::default(); MOST_PARTS];
        }
        known
    }

    /// Twins of another script, compounds, and what some scripts glue to a word's beginning or end.
    fn otherwise(&self, word: &str, part: Part) -> Part {
        let Part { start, end, .. } = part;
        if word.bytes().any(|octet| octet.is_ascii()) {
            if self.scripts.cyrillic {
                if let Some(twin) = cyrillic_twin(word) {
                    let found = self.look_up(&twin, start, end);
                    if found.is_known() {
                        return found;
                    }
                }
            }
            if self.compounds && word.len() >= 8 {
                return self.compound(word, part);
            }
            return part;
        }
        if word.starts_with(|c| matches!(c, '\u{600}'..='\u{6ff}')) {
            for prefix in ["وال", "بال", "لل", "ال", "و", "ب", "ل"] {
                let Some(bare) = word.strip_prefix(prefix) else { continue };
                let found = self.look_up(bare, start, end);
                if found.is_known() {
                    return found;
                }
            }
        }
        if word.starts_with(|c| matches!(c, '\u{ac00}'..='\u{d7a3}')) {
            for particle in ["입니다", "은", "는", "이", "가", "을", "를", "의", "에", "로"]
            {
                let Some(bare) = word.strip_suffix(particle) else { continue };
                let found = self.look_up(bare, start, end);
                if found.is_known() {
                    return found;
                }
            }
        }
        part
    }

    /// `Bonusguthaben`: the end says what it is, the beginning which one.
    fn compound(&self, word: &str, part: Part) -> Part {
        const ENDS: [Class; 5] =
            [Class::Balance, Class::Data, Class::Minute, Class::Charge, Class::Debt];
        let ends = word.char_indices().map(|(at, _)| at).skip(2);
        for at in ends.take_while(|at| at + 5 <= word.len()) {
            let end = self.sense(word.get(at..).unwrap_or_default());
            if end.classes.any(&ENDS) {
                let beginning = word.get(..at).unwrap_or_default();
                let first =
                    self.sense(beginning).merge(self.sense(beginning.trim_end_matches('s')));
                return Part { sense: end.merge(Sense { value: 0, phrase: 0, ..first }), ..part };
            }
        }
        part
    }

    /// `MAINBAL`, `CallCost`: known words with nothing between them.
    fn cut(&self, word: &str, parts: &mut [Part; MOST_PARTS], in_place: bool) -> bool {
        let possible = self.cuts && in_place && word.is_ascii() && (5..=32).contains(&word.len());
        let mut cuts = [0; MOST_PARTS];
        let Some(count) = possible.then(|| self.cuts(word, 0, &mut cuts, 0)).flatten() else {
            return false;
        };
        let mut start = 0;
        for (part, end) in parts.iter_mut().zip(cuts.into_iter().take(count)) {
            *part = self.look_up(word.get(start..end).unwrap_or_default(), start, end);
            start = end;
        }
        true
    }

    /// Where to cut: the longest known beginning whose rest can be cut too.
    fn cuts(
        &self,
        word: &str,
        start: usize,
        cuts: &mut [usize; MOST_PARTS],
        depth: usize,
    ) -> Option<usize> {
        if start == word.len() {
            return (depth > 1).then_some(depth);
        }
        for end in (start + 2..=word.len()).rev() {
            let piece = word.get(start..end)?;
            if piece.len() == word.len() || !self.is_piece(piece) {
                continue;
            }
            *cuts.get_mut(depth)? = end;
            if let Some(count) = self.cuts(word, end, cuts, depth + 1) {
                return Some(count);
            }
        }
        None
    }

    fn is_piece(&self, piece: &str) -> bool {
        match piece.len() {
            0..=1 => false,
            2 => matches!(piece, "rs" | "mb" | "gb" | "kb" | "rp" | "tk"),
            _ => self.lexicons.iter().any(|lexicon| lexicon.has_word(piece)),
        }
    }

    /// A word of a script without spaces: the longest known one, else letters up to the next known.
    fn unspaced(&self, rest: &str) -> Part {
        let mut unknown = 0;
        for (at, c) in rest.char_indices() {
            if at > 0 && !is_letter(c) {
                break;
            }
            let here = rest.get(at..).unwrap_or_default();
            if let Some(part) = self.longest(here) {
                return if at == 0 { part } else { Part { end: at, ..Part::default() } };
            }
            unknown = at + c.len_utf8();
        }
        Part { end: unknown, ..Part::default() }
    }

    fn longest(&self, text: &str) -> Option<Part> {
        let mut longest: Option<Part> = None;
        for lexicon in &self.lexicons {
            let Some((length, sense)) = lexicon.longest(text) else { continue };
            match &mut longest {
                Some(part) if part.end > length => {}
                Some(part) if part.end == length => part.sense = part.sense.merge(sense),
                _ => longest = Some(Part { start: 0, end: length, sense, money: None }),
            }
        }
        let mut ends = [0; LONGEST_MONEY];
        for (end, (at, c)) in ends.iter_mut().zip(text.char_indices()) {
            *end = at + c.len_utf8();
        }
        for end in ends.into_iter().rev().filter(|end| *end > 0) {
            let money = text.get(..end).and_then(|sign| self.money(sign));
            if money.is_none() {
                continue;
            }
            if let Some(part) = longest.as_mut().filter(|part| part.end == end) {
                part.money = money;
            } else if longest.is_none_or(|part| part.end < end) {
                longest = Some(Part { start: 0, end, sense: Sense::default(), money });
            }
        }
        longest
    }

    /// Gives the first word of every known phrase the sense of the phrase, and takes the words' own away.
    pub(super) fn join_phrases(&self, lexemes: &mut [Lexeme<'_>]) {
        let mut phrase = String::new();
        for at in 0..lexemes.len() {
            let most = lexemes.get(at).map_or(0, |lexeme| usize::from(lexeme.sense.phrase));
            let words = lexemes.get(at..).unwrap_or_default();
            let run = words.iter().take(most).take_while(|word| word.token == Token::Word).count();
            for length in (2..=run).rev() {
                phrase.clear();
                for word in words.iter().take(length) {
                    if !phrase.is_empty() {
                        phrase.push(' ');
                    }
                    phrase.extend(word.text.chars().filter(|c| !matches!(c, '\'' | '.' | '/')));
                }
                let sense = self.sense(&phrase);
                if usize::from(sense.words) >= length {
                    take(lexemes, at, length, sense);
                    break;
                }
            }
        }
    }
}

fn take(lexemes: &mut [Lexeme<'_>], at: usize, length: usize, sense: Sense) {
    for (offset, lexeme) in lexemes.iter_mut().skip(at).take(length).enumerate() {
        lexeme.money = None;
        lexeme.sense = match offset {
            0 => Sense { phrase: 0, ..sense },
            // Known still: digits glued to it are no part of a name.
            _ => Sense { classes: Class::Plain.into(), ..Sense::default() },
        };
    }
}
