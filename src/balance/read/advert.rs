//! Adverts: amounts that are sold, lent or asked for.

use super::super::lexicon::{Class, Classes};
use super::super::scan::Token;
use super::Page;
use super::cue::{Cue, Label};
use super::figure::Figure;

/// An advert before the amount in its sentence, or before it in the text with no label between.
pub(super) fn advert(page: &Page<'_>, figure: &Figure, label: &Label) -> Option<&'static str> {
    let start = page.sentence_start(figure.first);
    // "120 sms en 500 MB": what a figure counts is no call to text somebody.
    let is_unit =
        |at: usize| page.figures.iter().any(|figure| (figure.first..=figure.last).contains(&at));
    let sells = |from: usize, to: usize| {
        page.slice(from, to).iter().zip(from..).any(|(lexeme, at)| {
            lexeme.sense.classes.has(Class::Offer) && !is_unit(at)
                || matches!(lexeme.token, Token::Code | Token::Link)
        })
    };
    let stated = label.word.filter(|_| label.cue.is_account()).unwrap_or(figure.first);
    let from =
        if label.cue == Cue::Balance && label.is_near { label.start.max(start) } else { start };
    let here = sells(from, stated);
    let left = label.classes.any(&[Class::Left, Class::Main, Class::Account, Class::New])
        && label.is_marked;
    if here && !(label.cue == Cue::Balance && left) && !(label.cue == Cue::Have) {
        return Some("an advert");
    }
    if !label.cue.is_account() && sells(0, start) {
        return Some("behind an advert");
    }
    if is_urged(page, figure, label) {
        return Some("an advert that ends with its verb");
    }
    if is_condition(page, figure, label) {
        return Some("what an advert asks for");
    }
    let owed = (label.classes | label.behind).has(Class::Debt) && !label.is_marked;
    let lends = |classes: Classes| classes.has(Class::Debt) && classes.has(Class::Offer);
    let next = page.lexemes.get(figure.last + 1).map(|next| next.sense.classes).unwrap_or_default();
    let lent = owed && (lends(label.classes) || is_dialled_for(page, figure))
        || lends(next) && !label.classes.has(Class::Debt);
    lent.then_some("a loan that is offered")
}

/// "Rs 239 recharge karein": a verb that asks for something ends the sentence. What is stated has its own
/// verb before that: "balance Rs 5 hai, recharge karein".
fn is_urged(page: &Page<'_>, figure: &Figure, label: &Label) -> bool {
    const STATED: [Class; 4] = [Class::Is, Class::Left, Class::Have, Class::And];
    let behind = page.slice(figure.last + 1, page.sentence_end(figure.last + 1));
    let urge = behind
        .iter()
        .take_while(|word| {
            let ends = matches!(word.token, Token::Mark(',' | ';') | Token::Code);
            !ends && !word.sense.classes.any(&STATED)
        })
        .any(|word| word.sense.classes.has(Class::Urge));
    urge && !label.is_marked && !label.classes.any(&[Class::Left, Class::Main])
}

/// "Load P50 to get 2 GB", "Carga 10 y lleva 20": what is given in return stands behind it.
fn is_condition(page: &Page<'_>, figure: &Figure, label: &Label) -> bool {
    const STATED: [Class; 3] = [Class::Left, Class::Have, Class::New];
    if !figure.unit.is_money() || label.is_marked || label.classes.any(&STATED) {
        return false;
    }
    let at = |at: usize| page.lexemes.get(at).filter(|lexeme| lexeme.token == Token::Word);
    let is = |index: usize, class| at(index).is_some_and(|word| word.sense.classes.has(class));
    let comma =
        page.lexemes.get(figure.last + 1).is_some_and(|mark| mark.token == Token::Mark(','));
    let joint = figure.last + 1 + usize::from(comma);
    let gives = is(joint + 1, Class::Offer);
    let then_gives = at(joint + 1).is_some() && is(joint + 2, Class::Offer);
    is(joint, Class::And) && (gives || then_gives)
        || leads_to(page, joint) && gives && !is_said(page, figure, label)
}

/// To, for: what follows is what the amount is for.
pub(super) fn leads_to(page: &Page<'_>, at: usize) -> bool {
    page.lexemes.get(at).is_some_and(|lexeme| {
        lexeme.token == Token::Word
            && (lexeme.text == "to" || lexeme.sense.classes.any(&[Class::For, Class::Toward]))
    })
}

/// A word for is between the label and the amount.
fn is_said(page: &Page<'_>, figure: &Figure, label: &Label) -> bool {
    let word = label.word.map_or(figure.first, |word| word + 1);
    page.slice(word, figure.first).iter().any(|word| word.sense.classes.has(Class::Is))
}

/// `Promised payment 100 for 3 days: *106#`.
fn is_dialled_for(page: &Page<'_>, figure: &Figure) -> bool {
    // The dot of an abbreviated currency ends no sentence here.
    let end = page.sentence_end(figure.last + 2);
    page.slice(figure.last + 1, end).iter().any(|lexeme| lexeme.token == Token::Code)
}
