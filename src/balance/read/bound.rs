//! How far a figure reaches, and what the words around it say that it counts.

use super::unit::Unit;
use crate::balance::currency;
use crate::balance::lexicon::Class;
use crate::balance::scan::{Lexeme, Number, Token};

/// How far a figure reaches, and what it counts.
pub(super) struct Bound {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) unit: Unit,
    pub(super) power: u8,
    pub(super) own: bool,
    /// Whether it counts hundredths: `47p`, `50 paise`.
    pub(super) is_subunit: bool,
}

impl Bound {
    /// A currency before the number: `Rs. 5`, `Rs:338.154`, `R-5`.
    pub(super) fn look_left(&mut self, lexemes: &[Lexeme<'_>], at: usize, free: usize) {
        let before = lexemes.get(free..at).unwrap_or_default();
        let marks = before
            .iter()
            .rev()
            .take(2)
            .take_while(|lexeme| matches!(lexeme.token, Token::Mark('.' | ':' | '=' | '-')))
            .count();
        let Some(word) = at.checked_sub(marks + 1).filter(|word| *word >= free) else { return };
        if let Some(money) = lexemes.get(word).and_then(|lexeme| lexeme.money) {
            // "3 euro e 200 min": a word that joins is money only where the number is glued to it.
            let joins = lexemes.get(word).is_some_and(|word| word.sense.classes.has(Class::And));
            let glued = lexemes.get(at).is_some_and(|number| !number.spaced);
            let near = (marks == 0 || money.is_plain) && (glued || !joins);
            if near {
                *self = Self { first: word, unit: Unit::Money(money.code), own: true, ..*self };
            }
        }
    }

    /// What stands behind the number; else a unit in the label before it.
    pub(super) fn look_right(
        &mut self,
        lexemes: &[Lexeme<'_>],
        at: usize,
        free: usize,
        home: Option<&'static str>,
    ) {
        let mut next = at + 1;
        if let Some(word) = lexemes.get(next).filter(|word| !word.spaced || word.text.len() > 1) {
            let is_multiple = word.sense.classes.has(Class::Multiple) && word.money.is_none();
            if is_multiple && word.token == Token::Word {
                self.power = word.sense.value;
                self.last = next;
                next += 1;
            }
        }
        if self.unit.is_money() {
            // "Rs 5 EUR" is no amount; "₹5 Rs" names its currency twice.
            return;
        }
        let Some(word) = lexemes.get(next) else { return self.by_label(lexemes, at, free) };
        if self.counts_hundredths(word, home) {
            *self =
                Self { last: next, unit: Unit::Money(home), own: true, is_subunit: true, ..*self };
            return;
        }
        if let Some(money) = word.money.filter(|_| !is_prefix_of_next(lexemes, next)) {
            let talk = adjacent_unit(lexemes, at, free).filter(|unit| unit.is_talk());
            *self = match talk {
                Some(unit) => Self { last: next, unit, ..*self },
                None => Self { last: next, unit: Unit::Money(money.code), own: true, ..*self },
            };
            return;
        }
        if word.token == Token::Mark('%') {
            *self = Self { last: next, unit: Unit::Foreign, ..*self };
            return;
        }
        let unit = Unit::of_word(word.sense.classes).filter(|_| word.token == Token::Word);
        match unit.filter(|_| !is_label_of_next(lexemes, next)) {
            Some(unit) => *self = Self { last: next, unit, ..*self },
            None => match described_unit(lexemes, next) {
                Some((last, unit)) => *self = Self { last, unit, ..*self },
                None => self.by_label(lexemes, at, free),
            },
        }
    }

    fn counts_hundredths(&self, word: &Lexeme<'_>, home: Option<&str>) -> bool {
        let sign = home.is_some_and(|home| currency::is_subunit_sign(word.text, home));
        let named = word.sense.classes.has(Class::Subunit) && word.money.is_none();
        home.is_some() && word.token == Token::Word && (named || sign && !word.spaced)
    }

    /// `120/=`, `Rs. 120/-`: shillings and rupees without a hundredth.
    pub(super) fn whole_units(&mut self, lexemes: &[Lexeme<'_>], home: Option<&'static str>) {
        let glued = |at: usize| {
            let lexeme = lexemes.get(at).filter(|lexeme| !lexeme.spaced);
            lexeme.map(|lexeme| lexeme.token)
        };
        let stroke = glued(self.last + 1) == Some(Token::Mark('/'));
        let Some(Token::Mark(end @ ('=' | '-'))) = glued(self.last + 2).filter(|_| stroke) else {
            return;
        };
        if self.unit == Unit::Bare {
            let home = home.filter(|home| currency::ends_in_stroke(home, end));
            (self.unit, self.own) = (Unit::Money(home), home.is_some());
        }
        if self.unit.is_money() {
            self.last += 2;
        }
    }

    /// A unit in front: `MIN 85`, `SEC LEFT:1723`, `FREESEC BAL=2940`, `SMS: 5`.
    fn by_label(&mut self, lexemes: &[Lexeme<'_>], at: usize, free: usize) {
        if let Some(unit) = adjacent_unit(lexemes, at, free) {
            self.unit = unit;
        }
    }

    /// `12 rub. 34 kop.`
    pub(super) fn subunit(&mut self, lexemes: &[Lexeme<'_>], number: Number) -> Number {
        if !self.unit.is_money() {
            return number;
        }
        let dot =
            |at: usize| usize::from(lexemes.get(at).is_some_and(|l| l.token == Token::Mark('.')));
        let at = self.last + 1 + dot(self.last + 1);
        let at = at + usize::from(lexemes.get(at).is_some_and(|l| l.sense.classes.has(Class::And)));
        let (Some(part), Some(word)) = (lexemes.get(at), lexemes.get(at + 1)) else {
            return number;
        };
        let Token::Number(part) = part.token else { return number };
        if !word.sense.classes.has(Class::Subunit) {
            return number;
        }
        match number.with_subunit(&part) {
            Some(joined) => {
                self.last = at + 1;
                joined
            }
            None => number,
        }
    }

    /// A minus before the number or its currency, as a sign or a word.
    pub(super) fn is_negative(&self, lexemes: &[Lexeme<'_>]) -> bool {
        let inner = lexemes.get(self.first..self.last).unwrap_or_default();
        let inside = inner.windows(2).any(|pair| match pair {
            [word, minus] => minus.token == Token::Mark('-') && word.money.is_some(),
            _ => false,
        });
        let Some(before) = self.first.checked_sub(1) else { return inside };
        let Some(minus) = lexemes.get(before) else { return inside };
        if minus.sense.classes.has(Class::Minus) {
            return true;
        }
        let glued = lexemes.get(self.first).is_some_and(|lexeme| !lexeme.spaced);
        let earlier = before.checked_sub(1).and_then(|at| lexemes.get(at));
        let opens = earlier.is_none_or(|lexeme| {
            matches!(lexeme.token, Token::Mark(':' | '=' | '(') | Token::Line) || minus.spaced
        });
        inside || minus.token == Token::Mark('-') && glued && opens
    }
}

/// Whether the currency at `at` belongs to the number behind it: `5 Rs20`.
fn is_prefix_of_next(lexemes: &[Lexeme<'_>], at: usize) -> bool {
    let (Some(word), Some(next)) = (lexemes.get(at), lexemes.get(at + 1)) else { return false };
    let marked = matches!(next.token, Token::Mark('.' | ':'));
    let number = lexemes.get(at + 1 + usize::from(marked));
    let glued = |number: &Lexeme<'_>| matches!(number.token, Token::Number(_)) && !number.spaced;
    word.spaced && number.is_some_and(glued)
}

/// Whether the word at `at` labels what comes behind it: `43.6 min=232`, `12 SMS: 5`,
/// `29.00 Points earned: 3`.
fn is_label_of_next(lexemes: &[Lexeme<'_>], at: usize) -> bool {
    const MOST_WORDS: usize = 3;
    let mut behind = lexemes.get(at..).unwrap_or_default().iter();
    let mut words = behind.by_ref().take(MOST_WORDS + 1);
    let colon = words.find(|word| word.token != Token::Word);
    let marked = colon.is_some_and(|mark| matches!(mark.token, Token::Mark('=' | ':')));
    let number = behind.next().is_some_and(|next| matches!(next.token, Token::Number(_)));
    marked && number && lexemes.get(at).is_some_and(|word| word.spaced)
}

/// `20 free weekend minutes`: an allowance whose unit ends the line, behind words that describe it.
fn described_unit(lexemes: &[Lexeme<'_>], from: usize) -> Option<(usize, Unit)> {
    const MOST_WORDS: usize = 3;
    let words = lexemes.get(from..)?.iter().take_while(|word| word.token == Token::Word).count();
    let last = (from + words).checked_sub(1)?;
    let end = lexemes
        .get(last + 1)
        .is_none_or(|next| matches!(next.token, Token::Line | Token::Mark('.' | ',' | ';')));
    let describes = |word: &Lexeme<'_>| {
        const SAYS_MORE: [Class; 8] = [
            Class::Is,
            Class::And,
            Class::Expiry,
            Class::Until,
            Class::Balance,
            Class::Offer,
            Class::Left,
            Class::Topup,
        ];
        word.money.is_none() && !word.sense.classes.any(&SAYS_MORE)
    };
    let described = lexemes.get(from..last)?;
    let unit =
        Unit::of_word(lexemes.get(last)?.sense.classes).filter(|unit| unit.is_allowance())?;
    let fits =
        end && (1..=MOST_WORDS).contains(&described.len()) && described.iter().all(describes);
    fits.then_some((last, unit))
}

/// The unit that the label right before the number names.
pub(super) fn adjacent_unit(lexemes: &[Lexeme<'_>], at: usize, free: usize) -> Option<Unit> {
    const BETWEEN: [Class; 5] =
        [Class::Balance, Class::Left, Class::Is, Class::Charge, Class::Account];
    let before = lexemes.get(free.min(at)..at).unwrap_or_default();
    for lexeme in before.iter().rev().take(5) {
        match lexeme.token {
            Token::Mark(':' | '=' | '-' | '(' | ')' | '_') => {}
            Token::Word => {
                if let Some(unit) = Unit::of_word(lexeme.sense.classes) {
                    return (unit != Unit::Foreign).then_some(unit);
                }
                if !lexeme.sense.classes.any(&BETWEEN) {
                    return None;
                }
            }
            _ => return None,
        }
    }
    None
}
