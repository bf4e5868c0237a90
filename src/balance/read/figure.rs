//! Amounts: each number with the currency, data unit, or word for talk and messages that it counts.

use rust_decimal::Decimal;

use super::super::currency;
use super::super::lexicon::{Class, Classes};
use super::super::reading::PotType;
use super::super::scan::{Clock, Lexeme, Number, Token, Vocabulary};

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

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Money; none where the currency is not known.
    Money(Option<&'static str>),
    /// Data, with its unit.
    Data(&'static str),
    /// Talk time in minutes.
    Minutes,
    /// Talk time in seconds.
    Seconds,
    /// Hours, which are talk time only together with minutes.
    Hours,
    /// Messages.
    Sms,
    /// Points.
    Points,
    /// Days, percent, times: nothing that is left in an account.
    Foreign,
    /// Nothing is said: money where the words around it say so.
    Bare,
}

impl Unit {
    /// The pot it makes.
    pub(super) fn pot(self) -> Option<(PotType, Option<&'static str>)> {
        Some(match self {
            Self::Money(code) => (PotType::Money, code),
            Self::Data(unit) => (PotType::Data, Some(unit)),
            Self::Minutes => (PotType::Voice, Some("min")),
            Self::Seconds => (PotType::Voice, Some("s")),
            Self::Sms => (PotType::Sms, None),
            Self::Points => (PotType::Points, None),
            Self::Bare => (PotType::Money, None),
            Self::Hours | Self::Foreign => return None,
        })
    }

    pub(super) fn is_money(self) -> bool {
        matches!(self, Self::Money(_))
    }

    pub(super) fn is_allowance(self) -> bool {
        matches!(self, Self::Data(_) | Self::Minutes | Self::Seconds | Self::Sms)
    }

    fn is_talk(self) -> bool {
        matches!(self, Self::Minutes | Self::Seconds | Self::Hours)
    }

    fn of_word(classes: Classes) -> Option<Self> {
        const UNITS: [(Class, Unit); 11] = [
            (Class::Megabyte, Unit::Data("MB")),
            (Class::Gigabyte, Unit::Data("GB")),
            (Class::Kilobyte, Unit::Data("KB")),
            (Class::Terabyte, Unit::Data("TB")),
            (Class::Byte, Unit::Data("B")),
            (Class::Minute, Unit::Minutes),
            (Class::Second, Unit::Seconds),
            (Class::Hour, Unit::Hours),
            (Class::Sms, Unit::Sms),
            (Class::Points, Unit::Points),
            (Class::Day, Unit::Foreign),
        ];
        UNITS.iter().find(|(class, _)| classes.has(*class)).map(|(_, unit)| *unit)
    }
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
            return (number.value(doubt), self.decimal == Some(doubt));
        }
        let is_whole = code.is_some_and(currency::is_whole);
        match self.decimal {
            // A point between three digits and three is what groups thousands where commas are decimal.
            Some(decimal) if decimal != doubt => {
                (number.value(decimal), !is_whole && !self.is_proven && doubt == '.')
            }
            Some(decimal) if is_whole => (number.value(other(decimal)), false),
            Some(decimal) => (number.value(decimal), decimal == ',' && !self.is_proven),
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
    let mut bound = Bound { first: at, last: at, unit: Unit::Bare, power: 0, own: false };
    bound.to_the_left(lexemes, at, free);
    bound.to_the_right(lexemes, at, free);
    let is_phone = matches!(lexeme.token, Token::Phone(_));
    if is_phone && !bound.unit.is_money() {
        return None;
    }
    let number = bound.subunit(lexemes, number);
    let (mut value, is_doubtful) = notation.value(number, bound.unit);
    if bound.power > 0 {
        value = (value * Decimal::from(10_u64.pow(u32::from(bound.power.min(9))))).normalize();
    }
    if bound.is_negative(lexemes) {
        value.set_sign_negative(true);
    }
    let may_be_cut = bound.last == at && at + 1 == lexemes.len() && value.scale() < 2;
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

/// The digit of a name, such as `Tele2`: glued behind a word that means nothing here.
fn ends_a_name(lexemes: &[Lexeme<'_>], at: usize) -> bool {
    let (Some(here), Some(before)) = (lexemes.get(at), at.checked_sub(1).and_then(|at| lexemes.get(at))) else {
        return false;
    };
    let means_something = before.money.is_some() || !before.sense.classes.is_empty();
    !here.spaced && before.token == Token::Word && !means_something
}

/// How far a figure reaches, and what it counts.
struct Bound {
    first: usize,
    last: usize,
    unit: Unit,
    power: u8,
    own: bool,
}

impl Bound {
    /// A currency before the number: `Rs. 5`, `Rs:338.154`, `R-5`.
    fn to_the_left(&mut self, lexemes: &[Lexeme<'_>], at: usize, free: usize) {
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
    fn to_the_right(&mut self, lexemes: &[Lexeme<'_>], at: usize, free: usize) {
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
            None => self.by_label(lexemes, at, free),
        }
    }

    /// A unit in front: `MIN 85`, `SEC LEFT:1723`, `FREESEC BAL=2940`, `SMS: 5`.
    fn by_label(&mut self, lexemes: &[Lexeme<'_>], at: usize, free: usize) {
        if let Some(unit) = adjacent_unit(lexemes, at, free) {
            self.unit = unit;
        }
    }

    /// `12 rub. 34 kop.`
    fn subunit(&mut self, lexemes: &[Lexeme<'_>], number: Number) -> Number {
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
    fn is_negative(&self, lexemes: &[Lexeme<'_>]) -> bool {
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

/// Whether the word at `at` labels what comes behind it: `43.6 min=232`, `12 SMS: 5`.
fn is_label_of_next(lexemes: &[Lexeme<'_>], at: usize) -> bool {
    let marked =
        lexemes.get(at + 1).is_some_and(|next| matches!(next.token, Token::Mark('=' | ':')));
    let number = lexemes.get(at + 2).is_some_and(|next| matches!(next.token, Token::Number(_)));
    marked && number && lexemes.get(at).is_some_and(|word| word.spaced)
}

/// The unit that the label right before the number names.
fn adjacent_unit(lexemes: &[Lexeme<'_>], at: usize, free: usize) -> Option<Unit> {
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
