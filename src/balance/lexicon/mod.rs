//! What words mean: one TOML file a language, read when a reply first needs that language.
//!
//! A file is a list of `class = ["word", "stem*", "two words"]`. The classes are [`Class`]; what
//! each means to the reader is said there. Words are matched without accents and without case, so
//! one spelling is enough. A new language is one file, one row of [`LANGUAGES`], and examples in
//! `fixtures/replies`.
//!
//! A TOML parser of general use costs more than the whole rest of a run, so these files are read
//! by a small one that knows this one shape; a test reads every file with both.

use std::borrow::Cow;
use std::sync::LazyLock;

use nom::bytes::complete::take_until;
use nom::character::complete::{alphanumeric1, char, multispace0};
use nom::combinator::recognize;
use nom::multi::many0_count;
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use super::dictionary::{Dictionary, Hashed};
use super::scan::fold::fold_word;
use crate::packed::{self, packed};

mod class;

pub(crate) use class::{Class, Classes};

/// What a word means in the languages that are read with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sense {
    /// Everything it can mean.
    pub(crate) classes: Classes,
    /// Month number, or the power of ten of a word for a multiple.
    pub(crate) value: u8,
    /// How many words the longest phrase that begins with it has.
    pub(crate) phrase: u8,
    /// How many words it has itself.
    pub(crate) words: u8,
}

impl Sense {
    pub(super) fn merge(self, other: Self) -> Self {
        Self {
            classes: self.classes | other.classes,
            value: self.value.max(other.value),
            phrase: self.phrase.max(other.phrase),
            words: self.words.max(other.words),
        }
    }
}

/// The words of one language.
pub(crate) struct Lexicon {
    words: Dictionary<Sense>,
    /// Whether words are written as one: `Startguthaben`, `beltegoed`.
    pub(crate) compounds: bool,
}

impl Lexicon {
    /// The sense of a word or phrase.
    pub(crate) fn find(&self, word: &Hashed<'_>) -> Option<Sense> {
        self.words.find(word)
    }

    /// Whether the word itself, and no stem, is listed.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// The longest word that `text` begins with, for text without spaces.
    pub(crate) fn longest(&self, text: &str) -> Option<(usize, Sense)> {
        self.words.longest(text)
    }
}

/// The languages to read a reply with.
pub(crate) fn of_languages(codes: &str) -> Vec<&'static Lexicon> {
    let known = |code: &str| LANGUAGES.iter().find(|(name, _)| *name == code);
    let mut lexicons: Vec<&'static Lexicon> = Vec::with_capacity(4);
    for code in std::iter::once("en").chain(codes.split_whitespace()) {
        lexicons.extend(known(code).map(|(_, lexicon)| &**lexicon));
    }
    lexicons
}

/// Every language there is, for replies of an unknown country.
pub(crate) fn all() -> Vec<&'static Lexicon> {
    LANGUAGES.iter().map(|(_, lexicon)| &**lexicon).collect()
}

macro_rules! languages {
    ($($code:literal)*) => {
        /// ISO 639-1 code and words.
        static LANGUAGES: [(&str, LazyLock<Lexicon>); [$($code),*].len()] = [
            $(($code, LazyLock::new(|| {
                build(packed!(concat!("src/balance/lexicon/", $code, ".toml")))
            }))),*
        ];

        #[cfg(test)]
        fn files() -> Vec<(String, String)> {
            let text = |octets| packed::text(octets, DICTIONARY);
            vec![$((
                $code.to_owned(), text(packed!(concat!("src/balance/lexicon/", $code, ".toml")))
            )),*]
        }
    };
}

languages! {
    "am" "ar" "az" "bg" "bn" "cs" "da" "de" "el" "en" "es" "et" "fa" "fi" "fr" "ha" "he" "hi" "ht" "hu" "hy" "id" "it" "ja" "ka" "kk"
    "km" "ko" "ky" "lo" "lt" "lv" "mg" "mn" "my" "nl" "no" "pl" "pt" "ro" "ru" "rw" "sk" "sl" "so" "sq" "sr" "sv" "sw" "th" "tk"
    "tl" "tr" "uk" "ur" "uz" "vi" "zh"
}

const DICTIONARY: &[u8] = packed!("src/balance/lexicon/dictionary");

/// Made once and kept to the end, and so is the text that its words stand in.
fn build(packed: &[u8]) -> Lexicon {
    let file = packed::text(packed, DICTIONARY).leak();
    let mut words = Dictionary::with_capacity(file.len() / 12);
    let mut compounds = false;
    let (_, rows) = rows(file).unwrap_or_default();
    for (name, list) in rows {
        compounds |= name == "compounds";
        let Some(class) = Class::named(name) else { continue };
        for (at, written) in list.into_iter().enumerate() {
            add(&mut words, class, at, written);
        }
    }
    words.inherit(Sense::merge);
    Lexicon { words, compounds }
}

/// A month is a list of its names, a multiple begins with its power of ten.
fn add(words: &mut Dictionary<Sense>, class: Class, at: usize, written: &'static str) {
    let (value, names) = match class {
        Class::Month => (u8::try_from(at + 1).unwrap_or(0), written),
        Class::Multiple => {
            let (power, names) = written.split_once(' ').unwrap_or(("0", written));
            (power.parse().unwrap_or(0), names)
        }
        _ => (0, written),
    };
    let listed = matches!(class, Class::Month | Class::Multiple);
    for name in names.split(if listed { ' ' } else { '\0' }) {
        let mut name = fold_word(name);
        if name.bytes().any(|octet| matches!(octet, b'\'' | b'.' | b'/')) {
            name.to_mut().retain(|c| !matches!(c, '\'' | '.' | '/'));
        }
        let blanks = name.bytes().filter(|octet| *octet == b' ').count();
        let length = u8::try_from(blanks + 1).unwrap_or(1);
        let sense = Sense { classes: class.into(), value, phrase: 0, words: length };
        if let Some(end) = name.find(' ') {
            let head = match &name {
                Cow::Borrowed(name) => Cow::Borrowed(name.get(..end).unwrap_or_default()),
                Cow::Owned(name) => Cow::Owned(name.get(..end).unwrap_or_default().to_owned()),
            };
            words.add(head, Sense { phrase: length, ..Sense::default() }, Sense::merge);
        }
        words.add(name, sense, Sense::merge);
    }
}

type Row<'t> = (&'t str, Vec<&'t str>);

fn rows(file: &str) -> IResult<&str, Vec<Row<'_>>> {
    let name =
        recognize(many0_count(nom::branch::alt((alphanumeric1, nom::bytes::complete::tag("_")))));
    // Words hold neither quotes nor brackets, so every second piece between quotes is one.
    let list = delimited(char('['), take_until("]"), char(']'))
        .map(|list: &str| list.split('"').skip(1).step_by(2).collect());
    let row = (terminated(name, (blank, char('='), blank)), terminated(list, blank));
    preceded(blank, nom::multi::many0(row)).parse(file)
}

/// Spaces, line ends and comments.
fn blank(input: &str) -> IResult<&str, ()> {
    let comment = (char('#'), nom::character::complete::not_line_ending);
    let (rest, _) = (multispace0, many0_count(terminated(comment, multispace0))).parse(input)?;
    Ok((rest, ()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_file_is_toml_and_read_whole() {
        for (code, file) in &files() {
            let expected: BTreeMap<String, Vec<String>> =
                toml::from_str(file).unwrap_or_else(|error| panic!("{code}.toml: {error}"));
            let (rest, rows) = rows(file).unwrap();
            assert_eq!(rest, "", "{code}.toml");
            let got: BTreeMap<String, Vec<String>> = rows
                .into_iter()
                .map(|(name, list)| {
                    (name.to_owned(), list.into_iter().map(str::to_owned).collect())
                })
                .collect();
            assert_eq!(got, expected, "{code}.toml");
        }
    }

    #[test]
    fn every_file_in_the_folder_is_built_in() {
        packed::assert_same_as_folder("src/balance/lexicon", &files());
    }

    #[test]
    fn every_class_named_in_a_file_is_known() {
        for (code, file) in &files() {
            for (name, list) in rows(file).unwrap().1 {
                assert!(name == "compounds" || Class::named(name).is_some(), "{code}.toml: {name}");
                assert!(name != "month" || list.len() == 12, "{code}.toml: {} months", list.len());
            }
        }
    }

    /// A language that knows the balance and not the price reads adverts as balances.
    #[test]
    fn every_language_knows_what_is_no_balance() {
        #[rustfmt::skip]
        const ALL: [&str; 17] = [
            "balance", "charge", "debt", "doubt", "error", "expiry", "have", "left", "need", "not", "offer", "own",
            "pending", "price", "threshold", "topup", "until",
        ];
        for (code, file) in &files() {
            let rows = rows(file).unwrap().1;
            for name in ALL {
                let words = rows.iter().find(|row| row.0 == name).map_or(0, |row| row.1.len());
                assert!(words > 0, "{code}.toml has no word for {name}");
            }
        }
    }

    #[test]
    fn no_stem_is_too_long_to_be_found() {
        use super::super::dictionary::MAX_STEM;
        for (code, file) in &files() {
            let words = rows(file).unwrap().1.into_iter().flat_map(|(_, list)| list);
            for stem in words.filter_map(|word| word.strip_suffix('*')) {
                assert!(fold_word(stem).len() <= MAX_STEM, "{code}.toml: {stem}");
            }
        }
    }

    #[test]
    fn languages_are_sorted_and_the_countries_know_no_others() {
        assert!(LANGUAGES.is_sorted_by(|a, b| a.0 < b.0));
        for code in crate::balance::country::languages() {
            assert!(LANGUAGES.iter().any(|(name, _)| *name == code), "no lexicon of {code}");
        }
    }

    #[test]
    fn words_are_found_without_accents_and_as_stems() {
        let french = of_languages("fr");
        let sense = |word| {
            french.iter().find_map(|lexicon| lexicon.find(&Hashed::new(word))).unwrap_or_default()
        };
        assert!(sense("credit").classes.has(Class::Balance));
        assert_eq!(sense("aout").value, 8);
        assert_eq!(sense("xyzzy"), Sense::default());
    }
}
