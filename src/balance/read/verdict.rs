//! What kind of reply it is, and how sure.

use super::super::lexicon::{Class, Classes};
use super::super::reading::{Confidence, Kind, Reading, Role};
use super::super::scan::Token;
use super::expiry::Expiry;
use super::figure::Figure;
use super::judge::{Finding, Judged};
use super::unit::Unit;
use super::{Languages, Page, doubt};

/// Kind and confidence; the rest of the reading is left empty.
pub(super) fn of(page: &Page<'_>, judged: &[Judged], dates: &[Expiry]) -> Reading {
    let says = Says::of(page);
    let kind = kind(page, judged, dates, &says);
    let confidence = match kind {
        Kind::Balance => {
            doubt::of(page, judged, &says).map_or(Confidence::Sure, |(confidence, _)| confidence)
        }
        Kind::Bundle if judged.iter().all(|judged| judged.is_clear) => Confidence::Likely,
        Kind::Menu | Kind::Pending | Kind::Error => Confidence::Likely,
        Kind::Other if !judged.iter().any(|judged| judged.is_open) => Confidence::Likely,
        Kind::Bundle | Kind::Other => Confidence::Unsure,
    };
    Reading { kind, confidence, ..Reading::default() }
}

/// Why the kind and confidence are what they are.
pub(super) fn reason(page: &Page<'_>, judged: &[Judged]) -> &'static str {
    let says = Says::of(page);
    if main(page, judged).is_some() {
        return doubt::of(page, judged, &says)
            .map_or("nothing in the text says otherwise", |(_, why)| why);
    }
    "no main amount is stated"
}

/// Whether the languages of the country explain the reply.
pub(super) fn is_explained(reading: &Reading) -> bool {
    !reading.pots.is_empty() || !matches!(reading.kind, Kind::Other)
}

/// Whether `other` found what `reading` did not.
pub(super) fn explains_more(other: &Reading, reading: &Reading) -> bool {
    let main = |reading: &Reading| reading.main().is_some();
    main(other) && !main(reading) || other.kind != Kind::Other && reading.kind == Kind::Other
}

/// What the words say that belongs to no amount.
pub(super) struct Says {
    pub(super) error: bool,
    pub(super) short: bool,
    pending: bool,
    prompt: bool,
}

impl Says {
    fn of(page: &Page<'_>) -> Self {
        let mut says = Self {
            error: false,
            short: page.any_word(Class::Short),
            pending: page.any_word(Class::Pending),
            prompt: false,
        };
        let mut sentence = Sentence::default();
        for (at, lexeme) in page.lexemes.iter().enumerate() {
            if page.ends_sentence(at) {
                sentence = Sentence::default();
                continue;
            }
            let classes = lexeme.sense.classes;
            // Of all languages at once, one's "no" meets another's "active".
            let fails = page.languages != Languages::Foreign && sentence.fails(classes);
            says.error |= classes.has(Class::Error) || fails;
            says.pending |= sentence.announces(classes);
            says.prompt |= sentence.is_new() && classes.has(Class::Prompt);
            sentence.classes = sentence.classes | classes;
            sentence.words += usize::from(lexeme.token == Token::Word);
        }
        says
    }
}

#[derive(Default)]
struct Sentence {
    classes: Classes,
    words: usize,
}

impl Sentence {
    fn is_new(&self) -> bool {
        self.words == 0
    }

    /// Not, then possible; or the other way round.
    fn fails(&self, word: Classes) -> bool {
        self.classes.has(Class::Not) && word.has(Class::Able)
            || self.classes.has(Class::Able) && word.has(Class::Not)
    }

    /// A message, and that it will be sent.
    fn announces(&self, word: Classes) -> bool {
        let both = |a, b| self.classes.has(a) && word.has(b);
        both(Class::Sms, Class::Receive) || both(Class::Receive, Class::Sms)
    }
}

fn kind(page: &Page<'_>, judged: &[Judged], dates: &[Expiry], says: &Says) -> Kind {
    if page.lexemes.iter().all(|lexeme| {
        !matches!(lexeme.token, Token::Word | Token::Number(_) | Token::Phone(_) | Token::Code)
    }) {
        return Kind::Error;
    }
    let pots: Vec<(&Figure, Role)> = page
        .figures
        .iter()
        .zip(judged)
        .filter_map(|(figure, judged)| match judged.finding {
            Finding::Pot(role) => Some((figure, role)),
            Finding::NotAPot => None,
        })
        .collect();
    let money = pots.iter().any(|(figure, _)| matches!(figure.unit, Unit::Money(_) | Unit::Bare));
    if says.short && (says.error || pots.is_empty()) {
        return Kind::Error;
    }
    if money {
        return Kind::Balance;
    }
    let choices = page.menu.as_ref().map_or(0, super::menu::Menu::len);
    if choices >= 2 {
        return Kind::Menu;
    }
    if pots.iter().any(|(figure, _)| figure.unit.is_allowance()) {
        return Kind::Bundle;
    }
    if says.error {
        return Kind::Error;
    }
    if says.pending {
        return Kind::Pending;
    }
    if says.prompt {
        return Kind::Menu;
    }
    let named = page.figures.iter().any(|figure| figure.unit.is_allowance());
    if named && !dates.is_empty() && !page.any_word(Class::Offer) {
        return Kind::Bundle;
    }
    Kind::Other
}

/// The main amount, as judged.
pub(super) fn main<'p>(
    page: &'p Page<'_>,
    judged: &'p [Judged],
) -> Option<(&'p Figure, &'p Judged)> {
    let money = |figure: &Figure| matches!(figure.unit, Unit::Money(_) | Unit::Bare);
    page.figures.iter().zip(judged).find(|(figure, judged)| money(figure) && judged.is(Role::Main))
}
