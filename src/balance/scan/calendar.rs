//! Dates with the month as a word: `31 Dec 2025`, `Aug 28, 2021`, `06AUG2015`, `28 de agosto de 2021`.

use super::super::lexicon::Class;
use super::date::{date, plausible_year};
use super::word::Vocabulary;
use super::{Lexeme, Token};

/// Puts one lexeme in the place of each date that is written with a month's name.
pub(super) fn join_dates(lexemes: &mut Vec<Lexeme<'_>>, vocabulary: &Vocabulary) {
    if !lexemes.iter().any(|lexeme| lexeme.sense.classes.has(Class::Month)) {
        return;
    }
    let mut at = 0;
    while at < lexemes.len() {
        let rest = lexemes.get(at..).unwrap_or_default();
        if let Some((length, token)) =
            day_first(rest, vocabulary).or_else(|| month_first(rest, vocabulary))
        {
            replace(lexemes, at, length, token);
        }
        at += 1;
    }
}

fn replace(lexemes: &mut Vec<Lexeme<'_>>, at: usize, length: usize, token: Token) {
    if let Some(lexeme) = lexemes.get_mut(at) {
        lexeme.token = token;
        lexeme.sense = Default::default();
        lexeme.money = None;
    }
    let end = (at + length).min(lexemes.len());
    if at + 1 < end {
        lexemes.drain(at + 1..end);
    }
}

/// Day, month and perhaps year, from the first lexeme on: how many there are, and what they make.
fn day_first(lexemes: &[Lexeme<'_>], vocabulary: &Vocabulary) -> Option<(usize, Token)> {
    let day = small(lexemes.first()?).filter(|day| (1..=31).contains(day))?;
    let between = skip(lexemes, 1);
    let month = month(lexemes.get(between)?)?;
    let behind = skip(lexemes, between + 1);
    match year(lexemes, between + 1, behind) {
        Some((year, digits)) => {
            Some((behind + 1, Token::Date(date(year, month, day, digits, vocabulary.buddhist))))
        }
        None => Some((between + 1, Token::DayOfMonth)),
    }
}

/// Month, day and perhaps year.
fn month_first(lexemes: &[Lexeme<'_>], vocabulary: &Vocabulary) -> Option<(usize, Token)> {
    let month = month(lexemes.first()?)?;
    let at = skip(lexemes, 1);
    let day = small(lexemes.get(at)?).filter(|day| (1..=31).contains(day))?;
    let behind = skip(lexemes, at + 1);
    match year(lexemes, at + 1, behind).filter(|(_, digits)| *digits == 4) {
        Some((year, _)) => {
            Some((behind + 1, Token::Date(date(year, month, day, 4, vocabulary.buddhist))))
        }
        // "May 12.50" is no date.
        None if lexemes.get(at).is_some_and(|lexeme| lexeme.text.len() <= 2) && at == 1 => {
            Some((at + 1, Token::DayOfMonth))
        }
        None => None,
    }
}

/// Past one mark, ordinal ending or word for of.
fn skip(lexemes: &[Lexeme<'_>], at: usize) -> usize {
    let joins = |lexeme: &&Lexeme<'_>| match lexeme.token {
        Token::Mark(mark) => matches!(mark, '-' | '/' | '.' | ',' | '\''),
        Token::Word => matches!(lexeme.text, "de" | "of" | "del" | "th" | "st" | "nd" | "rd" | "г"),
        _ => false,
    };
    at + lexemes.iter().skip(at).take(2).take_while(joins).count()
}

fn small(lexeme: &Lexeme<'_>) -> Option<u16> {
    match lexeme.token {
        Token::Number(number) => number.small(),
        _ => None,
    }
}

fn month(lexeme: &Lexeme<'_>) -> Option<u16> {
    let is_month = lexeme.token == Token::Word && lexeme.sense.classes.has(Class::Month);
    (is_month && lexeme.sense.value <= 12).then_some(u16::from(lexeme.sense.value))
}

/// The year at `at`, and with how many digits; two digits count only where they are joined on.
fn year(lexemes: &[Lexeme<'_>], from: usize, at: usize) -> Option<(u16, usize)> {
    let lexeme = lexemes.get(at)?;
    let year = small(lexeme)?;
    match lexeme.text.len() {
        4 if plausible_year((year, 4)).is_some() => Some((year, 4)),
        2 if !lexeme.spaced && (at > from || from == 2) || year >= 60 => Some((year, 2)),
        _ => None,
    }
}
