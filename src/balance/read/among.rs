//! What the amounts of a reply say of each other: lists, the only one, the main one.

use super::super::lexicon::Class;
use super::super::reading::Role;
use super::super::scan::Token;
use super::Page;
use super::cue::Cue;
use super::figure::Figure;
use super::judge::{FOLLOWS, Finding, Judged, UNSAID, role_of_allowance};
use super::unit::Unit;

/// Looks at all amounts once each is judged by its own words.
pub(super) fn settle(page: &Page<'_>, judged: &mut [Judged]) {
    list_before(page, judged);
    list_with_nothing(page, judged);
    lone_amount(page, judged);
    one_main(page, judged);
}

/// A refusal may say how much some wallet holds; it is no answer to our question.
pub(super) fn demote(judged: &mut [Judged]) {
    for judged in judged.iter_mut().filter(|judged| judged.is(Role::Main)) {
        judged.finding = Finding::Pot(Role::Other);
        judged.is_clear = false;
    }
}

/// "500 MB and 20 min left": what is said behind the last of a list holds for all of it.
fn list_before(page: &Page<'_>, judged: &mut [Judged]) {
    for at in (1..judged.len()).rev() {
        let (Some(here), Some(next)) = (page.figures.get(at - 1), page.figures.get(at)) else {
            return;
        };
        let between = page.slice(here.last + 1, next.first);
        let joined = !between.is_empty()
            && between.iter().all(|lexeme| {
                lexeme.token == Token::Mark(',') || lexeme.sense.classes.has(Class::And)
            });
        let Some(said) = judged.get(at).copied() else { return };
        let Some(open) = judged.get_mut(at - 1) else { return };
        let allowances = here.unit.is_allowance() && next.unit.is_allowance();
        let follows = said.reason == FOLLOWS && matches!(said.finding, Finding::Pot(_));
        if joined && allowances && follows && open.reason == UNSAID {
            *open = said;
        }
    }
}

/// `Internet 120.0 MB; SMS 0; Calls 45 min`: nobody offers none of something, so a list that holds a
/// zero says what is left.
fn list_with_nothing(page: &Page<'_>, judged: &mut [Judged]) {
    const AGAINST: [Class; 5] =
        [Class::Offer, Class::Topup, Class::Charge, Class::Price, Class::Threshold];
    let allowances = || page.figures.iter().filter(|figure| figure.unit.is_allowance());
    let money = page.figures.iter().any(|figure| figure.unit.is_money());
    let has_zero = allowances().any(|figure| figure.value.is_zero());
    if money
        || !has_zero
        || allowances().count() < 2
        || AGAINST.iter().any(|class| page.any_word(*class))
    {
        return;
    }
    for judged in judged.iter_mut().filter(|judged| judged.reason == UNSAID) {
        let role = role_of_allowance(judged.label);
        *judged = Judged::pot(judged.label, role, "a list with nothing left of one").unclear();
    }
}

/// A reply that is little more than one amount of money states the balance.
fn lone_amount(page: &Page<'_>, judged: &mut [Judged]) {
    if judged.iter().any(|judged| matches!(judged.finding, Finding::Pot(_))) || page.menu.is_some()
    {
        return;
    }
    let words = page
        .lexemes
        .iter()
        .filter(|lexeme| lexeme.token == Token::Word && lexeme.money.is_none())
        .count();
    let mut open = judged
        .iter_mut()
        .zip(&page.figures)
        .filter(|(judged, figure)| judged.is_open && figure.unit.is_money());
    let (Some((only, figure)), None) = (open.next(), open.next()) else { return };
    let says = |class| page.any_word(class);
    let against = [
        Class::Offer,
        Class::Topup,
        Class::Charge,
        Class::Price,
        Class::Threshold,
        Class::Error,
        Class::Not,
    ];
    let is_all = words <= 3 && !against.into_iter().any(says);
    if figure.has_own_currency && (is_all || is_first_sentence(page, figure)) {
        *only = Judged::pot(only.label, Role::Main, "the whole reply is this amount").unclear();
    }
}

/// `44.00 р. Watch 100 channels!`: the amount is a sentence of its own, and the first.
fn is_first_sentence(page: &Page<'_>, figure: &Figure) -> bool {
    figure.first == 0
        && figure.value.scale() > 0
        && page.lexemes.len() > figure.last + 2
        && page.ends_sentence(figure.last + 1)
}

/// The one amount of a reply about a wallet or other account is what was asked for.
fn lone_wallet(page: &Page<'_>, judged: &mut [Judged]) {
    let mut money = judged.iter_mut().zip(&page.figures).filter(|(judged, figure)| {
        matches!(judged.finding, Finding::Pot(_)) && figure.unit.is_money()
    });
    let (Some((only, _)), None) = (money.next(), money.next()) else { return };
    let said = only.label.classes;
    let is_wallet = said.has(Class::Part) && !said.any(&[Class::Limit, Class::Package]);
    if only.is(Role::Other) && is_wallet && only.label.cue.is_account() {
        only.finding = Finding::Pot(Role::Main);
        only.is_clear = false;
    }
}

/// One pot is the main one: the one named so, else the first. A clean label beats a doubtful one.
fn one_main(page: &Page<'_>, judged: &mut [Judged]) {
    let is_money = |at: usize| {
        page.figures
            .get(at)
            .is_some_and(|figure| matches!(figure.unit, Unit::Money(_) | Unit::Bare))
    };
    let mains: Vec<usize> = (0..judged.len())
        .filter(|at| is_money(*at) && judged.get(*at).is_some_and(|judged| judged.is(Role::Main)))
        .collect();
    let score = |at: usize| {
        judged.get(at).map_or(0, |judged| {
            // "Recarga 10 euros": a word for the pot alone, with nothing that says it is left, is weak.
            let named = judged.label.classes.has(Class::Main)
                && (judged.is_clear || judged.is_carried || judged.label.is_marked);
            // "Previous balance: 10. Current balance: 5".
            let past = judged.label.classes.has(Class::Doubt);
            u8::from(!past) * 8
                + u8::from(named) * 4
                + u8::from(judged.is_clear) * 2
                + u8::from(judged.label.cue == Cue::Balance)
        })
    };
    let Some(best) = mains.iter().copied().max_by_key(|at| (score(*at), std::cmp::Reverse(*at)))
    else {
        return lone_wallet(page, judged);
    };
    for at in mains.into_iter().filter(|at| *at != best) {
        if let Some(other) = judged.get_mut(at) {
            other.finding = Finding::Pot(Role::Other);
            other.is_clear = false;
        }
    }
}
