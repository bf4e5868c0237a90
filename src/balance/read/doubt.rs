//! What speaks against calling a balance sure.

use super::super::lexicon::Class;
use super::super::reading::{Confidence, Role};
use super::super::scan::{Lexeme, Token};
use super::advert::leads_to;
use super::cue::Cue;
use super::figure::Figure;
use super::judge::Judged;
use super::unit::Unit;
use super::verdict::{Says, main};
use super::{Languages, Page};

/// The first thing that speaks against calling the balance sure.
pub(super) fn of(
    page: &Page<'_>,
    judged: &[Judged],
    says: &Says,
) -> Option<(Confidence, &'static str)> {
    let Some((figure, main)) = main(page, judged) else {
        return Some((Confidence::Likely, "only other pots are stated"));
    };
    let others = page.figures.iter().zip(judged).filter(|(other, _)| other.number != figure.number);
    let open = others.clone().any(|(other, judged)| judged.is_open && other.number < figure.number);
    let rival = others.clone().any(|(other, judged)| {
        matches!(other.unit, Unit::Money(_) | Unit::Bare)
            && !judged.is_clear
            && judged.is(Role::Other)
    });
    let money_elsewhere = others.clone().any(|(other, _)| other.unit.is_money());
    let checks = [
        (speaks_of_another(page, figure), "it may be another time's, another person's, or a claim"),
        (is_asked(page, figure), "it stands in a question"),
        (names_a_number(page, main, figure), "it may be the balance of the number before it"),
        (goes_on_unknown(page, figure), "it may be what an advert asks for"),
        (is_written_oddly(page, figure), "the digits stand oddly"),
        (is_sign_foreign(page, figure), "its sign means another currency elsewhere"),
        (figure.is_doubtful, "its digits can be read in two ways"),
        (page.languages != Languages::Local, "the words are of a language not expected"),
        (figure.may_be_cut, "the text may end inside the amount"),
        (!main.is_clear || main.is_carried, "the words around it leave room"),
        (
            main.label.cue != Cue::Balance
                && !(main.label.cue.is_account() && figure.has_own_currency),
            "no balance word stands at it",
        ),
        (main.label.is_heading, "its label stands in another sentence"),
        (open || rival, "another amount may be meant"),
        (figure.unit == Unit::Bare && money_elsewhere, "only other amounts name a currency"),
        (figure.unit == Unit::Money(None), "its currency is not known"),
        (is_label_unclear(page, figure, main), "a word between label and amount is not known"),
        (is_unit_unknown(page, figure), "a word behind it may be its currency"),
        (says.error || says.short, "the reply speaks of an error"),
        (page.menu.as_ref().is_some_and(|menu| menu.holds(figure.number)), "it stands in a menu"),
    ];
    let unsure = [!main.is_clear && !figure.has_own_currency, open && !main.is_clear];
    let why = checks.iter().find(|(holds, _)| *holds)?.1;
    let confidence = if unsure.contains(&true) { Confidence::Unsure } else { Confidence::Likely };
    Some((confidence, why))
}

/// "Your balance was 5 EUR", "balance due", "expired": words in the same sentence as the amount.
fn speaks_of_another(page: &Page<'_>, figure: &Figure) -> bool {
    let sentence =
        page.slice(page.sentence_start(figure.first), page.sentence_end(figure.last + 1));
    sentence.iter().any(|lexeme| lexeme.sense.classes.any(&[Class::Doubt, Class::Not]))
}

/// "Transfer 5 EUR of your balance?"
fn is_asked(page: &Page<'_>, figure: &Figure) -> bool {
    let end = page.lexemes.get(page.sentence_end(figure.last + 1));
    end.is_some_and(|end| end.token == Token::Mark('?'))
}

/// `3,50- EUR`, `12 EUR 34`, `05.00`: no amount is usually written so.
fn is_written_oddly(page: &Page<'_>, figure: &Figure) -> bool {
    let next = page.lexemes.get(figure.last + 1);
    let trailing_minus = next.is_some_and(|next| next.token == Token::Mark('-') && !next.spaced);
    let more_digits = next.is_some_and(|next| {
        matches!(next.token, Token::Number(_))
            && !page
                .figures
                .iter()
                .any(|other| other.number == figure.last + 1 && other.last > other.number)
    });
    let padded = page.lexemes.get(figure.number).is_some_and(|number| {
        let mut octets = number.text.bytes();
        octets.next() == Some(b'0') && octets.next().is_some_and(|octet| octet.is_ascii_digit())
    });
    // `2 150` where no space stands between thousands.
    let group = next.is_some_and(|next| {
        let bare = |other: &Figure| other.number == figure.last + 1 && other.unit == Unit::Bare;
        matches!(next.token, Token::Number(_))
            && next.text.len() == 3
            && page.figures.iter().any(bare)
    });
    trailing_minus || group || more_digits && figure.last > figure.number || padded
}

/// "The balance query costs 0.09": a word that means nothing to us may turn the label around.
fn is_label_unclear(page: &Page<'_>, figure: &Figure, main: &Judged) -> bool {
    let Some(label) = main.label.word.filter(|_| !main.label.is_marked) else { return false };
    const STATES: [Class; 4] = [Class::Is, Class::Left, Class::Have, Class::New];
    let between = page.slice(label + 1, figure.first);
    let states = |word: &Lexeme<'_>| word.sense.classes.any(&STATES);
    // "Tukar kredit RM5": a verb that means nothing to us may come first.
    let before = page.slice(main.label.start, label).iter().rev();
    let mut clause =
        before.take_while(|word| word.token == Token::Word).skip_while(|word| states(word));
    let is_stated =
        between.iter().any(states) || main.label.classes.any(&[Class::Left, Class::Have]);
    // "Load P50": the word for the balance is one for filling it up too.
    let tells = |word: &Lexeme<'_>| word.sense.classes.has(Class::Offer);
    let told = page.lexemes.get(label).is_some_and(tells);
    between.iter().any(is_unknown) || !is_stated && (told || clause.any(is_unknown))
}

/// "Balance of 08031234567 is N500": whose number that is, the text does not say.
fn names_a_number(page: &Page<'_>, main: &Judged, figure: &Figure) -> bool {
    let label = page.slice(main.label.word.unwrap_or(figure.first), figure.first);
    label.iter().any(|lexeme| matches!(lexeme.token, Token::Phone(_)))
}

/// "5 EUR and flonk 2 GB": an advert, as far as we can tell.
fn goes_on_unknown(page: &Page<'_>, figure: &Figure) -> bool {
    let next = page.lexemes.get(figure.last + 1);
    let joins = next.is_some_and(|next| next.sense.classes.has(Class::And))
        || leads_to(page, figure.last + 1);
    let behind = page.slice(figure.last + 2, page.sentence_end(figure.last + 1));
    let unknown = |word: &Lexeme<'_>| is_unknown(word) || word.sense.classes.has(Class::Offer);
    // "5 EUR and remains valid until".
    let ends = behind.iter().any(|word| word.sense.classes.any(&[Class::Expiry, Class::Until]));
    joins && behind.first().is_some_and(unknown) && !ends
}

fn is_unknown(word: &Lexeme<'_>) -> bool {
    word.token == Token::Word && word.sense.classes.is_empty() && word.money.is_none()
}

/// `12 gollars`: a word that means nothing to us stands where the currency would.
fn is_unit_unknown(page: &Page<'_>, figure: &Figure) -> bool {
    let next = page.lexemes.get(figure.last + 1);
    figure.unit == Unit::Bare && next.is_some_and(is_unknown)
}

/// `K12.75` in Japan, `N150` in India: letters that are money elsewhere. A dollar may be any.
fn is_sign_foreign(page: &Page<'_>, figure: &Figure) -> bool {
    let at = |at: usize| page.lexemes.get(at);
    let glued = at(figure.number).is_some_and(|number| !number.spaced);
    let before = figure.number.checked_sub(1).and_then(at);
    let letters = before.is_some_and(|before| {
        let is_short = before.token == Token::Word && before.text.len() <= 3;
        is_short && before.money.is_none() && (glued || is_unknown(before))
    });
    let signs = page.slice(figure.first, figure.last + 1).iter();
    let dollar = signs
        .clone()
        .any(|sign| sign.text == "$" && sign.money.is_some_and(|money| !money.is_home));
    figure.unit == Unit::Bare && letters || dollar
}
