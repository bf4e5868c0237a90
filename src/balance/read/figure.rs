//! Amounts: each number with the currency, data unit, or word for talk and messages that it counts.

use rust_decimal::Decimal;

use super::super::currency;
use super::super::lexicon::Class;
use super::super::scan::{Clock, Lexeme, Number, Token, Vocabulary, is_unspaced};
use super::bound::Bound;
use super::unit::Unit;

/// A number and what it counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figure {
    /// The first lexeme that belongs to it: a sign, a currency, or the number.
    pub(super) first: usize,
    /// The number itself.
    pub(super) number: usize,
    /// The last lexeme that belongs to it.
    pub(super) last: usize,
    /// The amount, negative where the text says so.
    pub(super) value: Decimal,
    /// What is counted.
    pub(super) unit: Unit,
    /// Whether another reading of the digits is as good.
    pub(super) is_doubtful: bool,
    /// Whether the text may have been cut off inside the number.
    pub(super) may_be_cut: bool,
    /// Whether a currency stands at it, rather than being taken from another amount.
    pub(super) has_own_currency: bool,
    /// Whether it goes on from the figure before: `2Gb 593Mb`.
    pub(super) continues: bool,
}

impl Figure {
    /// As the text shows it.
    pub(super) fn shown(&self, lexemes: &[Lexeme<'_>]) -> String {
        let parts = lexemes.get(self.first..=self.last).unwrap_or_default();
        parts.iter().map(|lexeme| lexeme.text).collect::<Vec<_>>().join(" ")
    }
}

/// Every figure of the text, in text order.
pub(super) fn find(lexemes: &[Lexeme<'_>], vocabulary: &Vocabulary) -> Vec<Figure> {
    let decimal = Notation::of(lexemes, vocabulary);
    let mut figures: Vec<Figure> = Vec::new();
    let mut free = 0;
    for at in 0..lexemes.len() {
        if at < free {
            continue;
        }
        let Some(figure) = figure(lexemes, at, free, &decimal) else { continue };
        free = figure.last + 1;
        match figures.last_mut().filter(|before| before.takes_in(&figure, lexemes)) {
            Some(before) => before.take_in(&figure),
            None => {
                let continues =
                    figures.last().is_some_and(|before| figure.goes_on_from(before, lexemes));
                figures.push(Figure { continues, ..figure });
            }
        }
    }
    share_currency(&mut figures, lexemes);
    figures
}

/// What the text and the country say about the mark before decimals.
struct Notation {
    decimal: Option<char>,
    /// Whether some number of the text itself shows it.
    is_proven: bool,
    home: Option<&'static str>,
}

impl Notation {
    fn of(lexemes: &[Lexeme<'_>], vocabulary: &Vocabulary) -> Self {
        let proof = lexemes.iter().find_map(|lexeme| match lexeme.token {
            Token::Number(number) => number.proof,
            _ => None,
        });
        Self {
            decimal: proof.or(vocabulary.decimal),
            is_proven: proof.is_some(),
            home: vocabulary.home,
        }
    }

    /// The value, and whether it could as well be another.
    fn value(&self, number: Number, unit: Unit) -> (Decimal, bool) {
        let Some(doubt) = number.doubt else { return (number.value('\0'), false) };
        let code = match unit {
            Unit::Money(code) => code.or(self.home),
            _ => None,
        };
        if code.is_some_and(currency::has_three_decimals) {
            return (number.value(doubt), doubt == ',' && self.decimal != Some(doubt));
        }
        let is_whole = code.is_some_and(currency::is_whole);
        match self.decimal {
            // A point between three digits and three is what groups thousands where commas are decimal.
            Some(decimal) if decimal != doubt => {
                (number.value(decimal), !is_whole && !self.is_proven && doubt == '.')
            }
            Some(decimal) if is_whole => (number.value(other(decimal)), false),
            Some(decimal) => {
                let usual = decimal == '.' && code.is_some_and(currency::shows_thousandths);
                (number.value(decimal), !usual && !self.is_proven)
            }
            None if is_whole => (number.value(other(doubt)), false),
            None => (number.value('.'), true),
        }
    }
}

fn other(mark: char) -> char {
    if mark == '.' { ',' } else { '.' }
}

fn figure(lexemes: &[Lexeme<'_>], at: usize, free: usize, notation: &Notation) -> Option<Figure> {
    let lexeme = lexemes.get(at)?;
    if ends_a_name(lexemes, at) {
        return None;
    }
    let number = match lexeme.token {
        Token::Number(number) => number,
        Token::Phone(Some(number)) => number,
        Token::Clock(clock) => return talk(lexemes, at, clock),
        _ => return None,
    };
    let mut bound =
        Bound { first: at, last: at, unit: Unit::Bare, power: 0, own: false, is_subunit: false };
    bound.look_left(lexemes, at, free);
    bound.look_right(lexemes, at, free, notation.home);
    bound.whole_units(lexemes, notation.home);
    // `0611` is a number to call; no amount begins with zeros.
    let is_phone = matches!(lexeme.token, Token::Phone(_))
        || number.plain && lexeme.text.starts_with('0') && lexeme.text.len() > 2;
    if is_phone && !bound.unit.is_money() {
        return None;
    }
    let number = bound.subunit(lexemes, number);
    let (mut value, is_doubtful) = notation.value(number, bound.unit);
    if bound.power > 0 {
        value = (value * Decimal::from(10_u64.pow(u32::from(bound.power.min(9))))).normalize();
    }
    if bound.is_subunit {
        let decimals = if notation.home.is_some_and(currency::has_three_decimals) { 3 } else { 2 };
        value *= Decimal::new(1, decimals);
    }
    if bound.is_negative(lexemes) {
        value.set_sign_negative(true);
    }
    let may_be_cut = bound.last == at && value.scale() < 2 && is_cut_behind(lexemes, at);
    Some(Figure {
        first: bound.first,
        number: at,
        last: bound.last,
        value,
        unit: bound.unit,
        is_doubtful: is_doubtful || number.spaced && !bound.own,
        may_be_cut,
        has_own_currency: bound.own,
        continues: false,
    })
}

/// Whether the text ends where more digits could stand: `12`, `12,`, `1 2`.
fn is_cut_behind(lexemes: &[Lexeme<'_>], at: usize) -> bool {
    // A network cuts where a message is full, never after a few words.
    const SHORTEST_CUT: usize = 60;
    let mut behind = lexemes.get(at + 1..).unwrap_or_default().iter().map(|lexeme| lexeme.token);
    let ends = match behind.next() {
        None | Some(Token::Mark(',' | '\'') | Token::Number(_)) => true,
        Some(Token::Mark('.')) => {
            lexemes.get(at).is_some_and(|number| number.start >= SHORTEST_CUT)
        }
        Some(_) => false,
    };
    ends && behind.next().is_none()
}

/// The digit of a name, such as `Tele2`: glued behind a word that means nothing here.
fn ends_a_name(lexemes: &[Lexeme<'_>], at: usize) -> bool {
    let (Some(here), Some(before)) =
        (lexemes.get(at), at.checked_sub(1).and_then(|at| lexemes.get(at)))
    else {
        return false;
    };
    // The decimals of a number too long to be one.
    let cut = matches!(before.token, Token::Mark(',' | '.'))
        && at
            .checked_sub(2)
            .and_then(|at| lexemes.get(at))
            .is_some_and(|long| matches!(long.token, Token::Phone(_)))
        && !here.spaced
        && !before.spaced;
    if cut {
        return true;
    }
    // Where no spaces are written, nothing is glued.
    let unspaced = before.text.chars().next_back().is_some_and(is_unspaced);
    let means_something = before.money.is_some() || !before.sense.classes.is_empty() || unspaced;
    // `KM1: 5`: the digit of a label.
    let label = lexemes.get(at + 1).is_some_and(|next| next.token == Token::Mark(':'))
        && lexemes.get(at + 2).is_some_and(|value| matches!(value.token, Token::Number(_)))
        && before.money.is_none();
    !here.spaced && before.token == Token::Word && (!means_something || label)
}

/// A length of talk written as a clock: `BAL(HH:MM) - 09:27`, `Talktime left: 01:20:15`.
fn talk(lexemes: &[Lexeme<'_>], at: usize, clock: Clock) -> Option<Figure> {
    let before = lexemes.get(at.saturating_sub(6)..at).unwrap_or_default();
    let said = |word: &str| before.iter().any(|lexeme| lexeme.text == word);
    let (value, unit) = match clock.third {
        None if said("hh") && said("mm") => (clock.first * 60 + clock.second, Unit::Minutes),
        None if said("mm") && said("ss") => (clock.first * 60 + clock.second, Unit::Seconds),
        Some(seconds) => ((clock.first * 60 + clock.second) * 60 + seconds, Unit::Seconds),
        None => return None,
    };
    Some(Figure {
        first: at,
        number: at,
        last: at,
        value: Decimal::from(value),
        unit,
        is_doubtful: false,
        may_be_cut: false,
        has_own_currency: false,
        continues: false,
    })
}

impl Figure {
    fn follows_closely(&self, before: &Self, lexemes: &[Lexeme<'_>]) -> bool {
        let between = lexemes.get(before.last + 1..self.first).unwrap_or_default();
        between.len() <= 1
            && between.iter().all(|lexeme| {
                matches!(lexeme.token, Token::Mark('.')) || lexeme.sense.classes.has(Class::And)
            })
    }

    /// Whether `next` is the smaller part of this length of talk: `3HR 46MIN`, `114 minute and 34 second`.
    fn takes_in(&self, next: &Self, lexemes: &[Lexeme<'_>]) -> bool {
        let smaller = matches!(
            (self.unit, next.unit),
            (Unit::Hours, Unit::Minutes | Unit::Seconds) | (Unit::Minutes, Unit::Seconds)
        );
        let clock = |figure: &Self| {
            lexemes.get(figure.number).is_some_and(|lexeme| matches!(lexeme.token, Token::Clock(_)))
        };
        smaller
            && next.value < Decimal::from(60)
            && !clock(next)
            && next.follows_closely(self, lexemes)
    }

    fn take_in(&mut self, part: &Self) {
        let sixty = Decimal::from(60);
        let minutes = if self.unit == Unit::Hours { self.value * sixty } else { self.value };
        (self.value, self.unit) = match part.unit {
            Unit::Minutes => (minutes + part.value, Unit::Minutes),
            _ if part.value.is_zero() => (minutes, Unit::Minutes),
            _ => (minutes * sixty + part.value, Unit::Seconds),
        };
        self.last = part.last;
    }

    fn goes_on_from(&self, before: &Self, lexemes: &[Lexeme<'_>]) -> bool {
        let data = |unit| matches!(unit, Unit::Data(_));
        data(self.unit)
            && data(before.unit)
            && self.unit != before.unit
            && self.first == before.last + 1
            && !lexemes.get(self.first).is_some_and(|lexeme| lexeme.token == Token::Line)
    }
}

/// `46,06; 0,00; 0,00 hrn`: one currency at the end of a list is that of all of it.
fn share_currency(figures: &mut [Figure], lexemes: &[Lexeme<'_>]) {
    for at in (0..figures.len().saturating_sub(1)).rev() {
        let (Some(here), Some(next)) = (figures.get(at).copied(), figures.get(at + 1).copied())
        else {
            return;
        };
        let between = lexemes.get(here.last + 1..next.first).unwrap_or_default();
        let list = between
            .iter()
            .filter(|lexeme| !matches!(lexeme.token, Token::Word))
            .all(|lexeme| matches!(lexeme.token, Token::Mark(',' | ';' | ':' | '+')));
        let words = between.iter().filter(|lexeme| lexeme.token == Token::Word).count();
        if here.unit == Unit::Bare
            && next.unit.is_money()
            && next.number < next.last
            && list
            && words <= 3
        {
            if let Some(figure) = figures.get_mut(at) {
                figure.unit = next.unit;
            }
        }
    }
}
