//! Tokens to a reading: which amounts are pots, what role each has, how sure that is and why.
//!
//! One pass a question, each in its file: amounts and their units ([`figure`]), the words that
//! govern each amount ([`cue`]), what each amount is ([`judge`], [`never`], [`advert`] and [`among`]),
//! dates that end something ([`expiry`]), menus ([`menu`]), the SIM's own number ([`own`]), the whole
//! ([`verdict`]), what speaks against it ([`doubt`]), and all that in words ([`reasons`]).

use super::country;
use super::lexicon::Class;
use super::reading::{Amount, Hints, Kind, Pot, PotType, Reading};
use super::scan::fold::{Folded, fold};
use super::scan::{Lexeme, Token, Vocabulary, scan};

mod advert;
mod among;
mod bound;
mod cue;
mod doubt;
mod expiry;
mod figure;
mod judge;
mod menu;
mod never;
mod own;
mod reasons;
mod unit;
mod verdict;

use figure::Figure;
use judge::{Finding, Judged};
use unit::Unit;

/// Everything found in one reply, before it is put together.
struct Page<'t> {
    lexemes: Vec<Lexeme<'t>>,
    figures: Vec<Figure>,
    /// The first lexeme of a menu's choices.
    menu: Option<menu::Menu>,
    languages: Languages,
}

/// Whose languages the words were looked up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Languages {
    /// Those of the reply's country.
    Local,
    /// All, as the country is not known.
    Any,
    /// All, as those of the country explain nothing.
    Foreign,
}

/// Reads a reply; `explain` fills in the reasons.
pub(super) fn read(text: &str, hints: &Hints<'_>, explain: bool) -> Reading {
    let folded = fold(text);
    let country = hints.country.and_then(country::by_code);
    let local = Vocabulary::new(country, hints.currency, hints.decimal);
    let languages = if country.is_some() { Languages::Local } else { Languages::Any };
    let lexemes = scan(&folded.text, &local);
    let is_understood = country.is_none() || is_understood(&lexemes);
    let reading = read_with(text, &folded, lexemes, &local, languages, explain);
    if is_understood || verdict::is_explained(&reading) {
        return reading;
    }
    let foreign = Vocabulary::of_all_languages(country, hints.currency, hints.decimal);
    let lexemes = scan(&folded.text, &foreign);
    let other = read_with(text, &folded, lexemes, &foreign, Languages::Foreign, explain);
    if verdict::explains_more(&other, &reading) { other } else { reading }
}

/// Whether most words mean something: what they leave unsaid, no other language says.
fn is_understood(lexemes: &[Lexeme<'_>]) -> bool {
    let words = || lexemes.iter().filter(|lexeme| lexeme.token == Token::Word);
    let known = words().filter(|word| !word.sense.classes.is_empty() || word.money.is_some());
    known.count() * 4 >= words().count() * 3
}

/// Whether a choice of a menu leads to the balance.
pub(super) fn speaks_of_balance(choice: &str, hints: &Hints<'_>) -> bool {
    const FOR: [Class; 4] = [Class::Balance, Class::Account, Class::Main, Class::Left];
    const AGAINST: [Class; 6] =
        [Class::Offer, Class::Topup, Class::Price, Class::For, Class::Debt, Class::Points];
    let vocabulary =
        Vocabulary::new(hints.country.and_then(country::by_code), hints.currency, hints.decimal);
    let folded = fold(choice);
    let lexemes = scan(&folded.text, &vocabulary);
    let says = |classes: &[Class]| lexemes.iter().any(|word| word.sense.classes.any(classes));
    says(&FOR) && !says(&AGAINST)
}

/// The words of the languages are read as they are first asked for.
pub(super) fn prepare(hints: &Hints<'_>) {
    let country = hints.country.and_then(country::by_code);
    drop(Vocabulary::new(country, hints.currency, hints.decimal));
}

fn read_with(
    text: &str,
    folded: &Folded,
    mut lexemes: Vec<Lexeme<'_>>,
    vocabulary: &Vocabulary,
    languages: Languages,
    explain: bool,
) -> Reading {
    expiry::mark_days(&mut lexemes);
    let menu = menu::find(&lexemes);
    let figures = figure::find(&lexemes, vocabulary);
    let page = Page { lexemes, figures, menu, languages };
    let mut judged = judge::all(&page);
    let mut dates = expiry::find(&page, &judged);
    let mut reading = verdict::of(&page, &judged, &dates);
    if reading.kind == Kind::Other {
        dates.retain(|date| !expiry::is_of_offer(&page, date));
    }
    if reading.kind == Kind::Error {
        among::demote(&mut judged);
    }
    reading.expires = expiry::once_each(&dates);
    reading.pots = pots(&page, &judged, &dates);
    reading.msisdn = own::number(&page);
    if let Some(menu) = &page.menu {
        reading.choices = menu.choices(text, folded, &page.lexemes);
    }
    if explain {
        reading.reasons = reasons::of(&page, &judged, &reading);
    }
    reading
}

fn pots(page: &Page<'_>, judged: &[Judged], dates: &[expiry::Expiry]) -> Vec<Pot> {
    let mut pots = Vec::new();
    let currency = only_currency(page);
    for (figure, judged) in page.figures.iter().zip(judged) {
        let Finding::Pot(role) = judged.finding else { continue };
        let Some((pot_type, unit)) = figure.unit.pot() else { continue };
        let unit = if pot_type == PotType::Money { unit.or(currency) } else { unit };
        pots.push(Pot {
            pot_type,
            role,
            amount: Amount(figure.value),
            unit,
            expires: expiry::of_figure(page, figure, dates),
        });
    }
    pots
}

/// The one currency that the text names anywhere: what it says of a price holds for a bare balance.
fn only_currency(page: &Page<'_>) -> Option<&'static str> {
    let in_menu =
        |figure: &Figure| page.menu.as_ref().is_some_and(|menu| menu.holds(figure.number));
    let mut named = page.figures.iter().filter_map(|figure| match figure.unit {
        Unit::Money(code) if !in_menu(figure) => code,
        _ => None,
    });
    let first = named.next()?;
    named.all(|code| code == first).then_some(first)
}

impl Page<'_> {
    /// Whether a sentence ends at this lexeme.
    fn ends_sentence(&self, at: usize) -> bool {
        ends_sentence(&self.lexemes, at)
    }

    /// The first lexeme of the sentence that lexeme `at` stands in.
    fn sentence_start(&self, at: usize) -> usize {
        (0..at).rev().find(|before| self.ends_sentence(*before)).map_or(0, |before| before + 1)
    }

    /// The lexeme behind the last of the sentence that lexeme `at` stands in.
    fn sentence_end(&self, at: usize) -> usize {
        (at..self.lexemes.len())
            .find(|behind| self.ends_sentence(*behind))
            .unwrap_or(self.lexemes.len())
    }

    fn slice(&self, start: usize, end: usize) -> &[Lexeme<'_>] {
        let end = end.min(self.lexemes.len());
        self.lexemes.get(start..end).unwrap_or_default()
    }

    fn any_word(&self, class: Class) -> bool {
        self.lexemes.iter().any(|lexeme| lexeme.sense.classes.has(class))
    }
}

/// Whether a sentence ends here; the dot of `Rs. 5` and `Bal. 5` ends none.
fn ends_sentence(lexemes: &[Lexeme<'_>], at: usize) -> bool {
    let Some(lexeme) = lexemes.get(at) else { return false };
    match lexeme.token {
        Token::Line | Token::Mark('!' | '?') => true,
        Token::Mark('.') => {
            let before = at.checked_sub(1).and_then(|before| lexemes.get(before));
            let abbreviates = before.is_some_and(|before| {
                before.token == Token::Word && (before.text.len() <= 4 || before.money.is_some())
            });
            let amount = lexemes.get(at + 1).is_some_and(|next| {
                next.money.is_some()
                    || matches!(next.token, Token::Number(_) | Token::Mark('-' | '/' | ':' | '='))
            });
            !(abbreviates && !lexeme.spaced && amount)
        }
        _ => false,
    }
}
