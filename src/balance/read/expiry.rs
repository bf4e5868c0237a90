//! Dates until which something is valid; dates of calls, sessions and payments end nothing.

use jiff::civil::Date;

use super::super::lexicon::Class;
use super::super::scan::{Lexeme, Token};
use super::Page;
use super::figure::Figure;
use super::judge::{Finding, Judged};

/// A validity date and the lexeme that states it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expiry {
    pub(super) at: usize,
    pub(super) date: Date,
}

/// `30.06` behind a word for until is a day of a month, not thirty and six hundredths.
pub(super) fn mark_days(lexemes: &mut [Lexeme<'_>]) {
    for at in 1..lexemes.len() {
        let Some([before, day]) = lexemes.get(at - 1..=at) else { continue };
        let Some((left, right)) = day.text.split_once('.') else { continue };
        let number = |text: &str| text.parse::<u8>().ok();
        let is_day = text_is_short(left, right)
            && number(left).is_some_and(|day| (1..=31).contains(&day))
            && number(right).is_some_and(|month| (1..=12).contains(&month));
        let at_day = [Class::Until, Class::Expiry, Class::AsOf, Class::Dial, Class::Toward];
        let ended = before.sense.classes.any(&at_day);
        let paid = lexemes.get(at + 1).is_some_and(|next| next.money.is_some());
        if is_day && ended && !paid {
            if let Some(day) = lexemes.get_mut(at) {
                day.token = Token::DayOfMonth;
            }
        }
    }
}

fn text_is_short(left: &str, right: &str) -> bool {
    matches!(left.len(), 1 | 2) && right.len() == 2
}

/// Every validity date, in text order.
pub(super) fn find(page: &Page<'_>, judged: &[Judged]) -> Vec<Expiry> {
    let mut found = Vec::new();
    for (at, lexeme) in page.lexemes.iter().enumerate() {
        let Token::Date(Some(date)) = lexeme.token else { continue };
        if ends_something(page, judged, at) {
            found.push(Expiry { at, date });
        }
    }
    found
}

/// Each date once.
pub(super) fn once_each(dates: &[Expiry]) -> Vec<Date> {
    let mut once: Vec<Date> = Vec::with_capacity(dates.len());
    for expiry in dates {
        if !once.contains(&expiry.date) {
            once.push(expiry.date);
        }
    }
    once
}

/// Whether the sentence of a date buys, gets or dials something before it: an offer ends, no account.
pub(super) fn is_of_offer(page: &Page<'_>, date: &Expiry) -> bool {
    let words = page.slice(page.sentence_start(date.at), date.at);
    words.iter().any(|word| word.sense.classes.has(Class::Offer))
}

/// The date that follows this figure before the next one, in the same sentence or the next.
pub(super) fn of_figure(page: &Page<'_>, figure: &Figure, dates: &[Expiry]) -> Option<Date> {
    let next = page.figures.iter().map(|other| other.first).find(|first| *first > figure.last);
    let end = next.unwrap_or(page.lexemes.len());
    dates.iter().find(|date| date.at > figure.last && date.at < end).map(|date| date.date)
}

fn ends_something(page: &Page<'_>, judged: &[Judged], at: usize) -> bool {
    let start = (0..at)
        .rev()
        .find(|before| {
            page.ends_sentence(*before)
                || page
                    .lexemes
                    .get(*before)
                    .is_some_and(|lexeme| matches!(lexeme.token, Token::Date(_)))
        })
        .map_or(0, |before| before + 1);
    let words = page.slice(start, at);
    for (offset, lexeme) in words.iter().enumerate().rev() {
        let classes = lexeme.sense.classes;
        if classes.has(Class::Expiry) {
            return true;
        }
        // "Expires on": the word before says which day it is.
        let before = offset.checked_sub(1).and_then(|before| words.get(before));
        if before.is_some_and(|before| before.sense.classes.has(Class::Expiry)) {
            return true;
        }
        if classes.any(&[Class::AsOf, Class::Topup, Class::Charge]) && !classes.has(Class::Until) {
            return follows_pot(page, judged, at);
        }
        if classes.has(Class::Until) {
            return true;
        }
    }
    let heading = start
        .checked_sub(1)
        .and_then(|end| end.checked_sub(1))
        .and_then(|before| page.lexemes.get(before));
    let headed =
        start + 1 >= at && heading.is_some_and(|lexeme| lexeme.sense.classes.has(Class::Expiry));
    headed || follows_pot(page, judged, at) || behind(page, at) || goes_on(page, judged, start, at)
}

/// "Valid for calls: 01.02.2027, for SMS: 01.05.2027": a label and its date behind such a date.
fn goes_on(page: &Page<'_>, judged: &[Judged], start: usize, at: usize) -> bool {
    let before = start.checked_sub(1);
    let date = before.and_then(|before| page.lexemes.get(before)).map(|before| before.token);
    let marked = page.slice(start, at).last().is_some_and(|last| last.token == Token::Mark(':'));
    marked
        && matches!(date, Some(Token::Date(Some(_))))
        && before.is_some_and(|before| ends_something(page, judged, before))
}

/// `2026-12-31 asti`, `15.02.2027 gacha`: some languages say until behind the date.
fn behind(page: &Page<'_>, at: usize) -> bool {
    let next = page.slice(at + 1, at + 4).iter();
    next.take_while(|lexeme| matches!(lexeme.token, Token::Word | Token::Mark('-' | '.')))
        .any(|lexeme| lexeme.sense.classes.any(&[Class::Expiry, Class::Until]))
}

/// A date right behind a pot, with nothing but a comma or bracket between.
fn follows_pot(page: &Page<'_>, judged: &[Judged], at: usize) -> bool {
    page.figures.iter().zip(judged).any(|(figure, judged)| {
        let between = page.slice(figure.last + 1, at);
        let marks = figure.last < at
            && !between.is_empty()
            && between.iter().all(|lexeme| matches!(lexeme.token, Token::Mark(',' | '(')));
        marks && matches!(judged.finding, Finding::Pot(_))
    })
}
