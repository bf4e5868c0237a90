//! Amounts that are nobody's balance, whatever else the text says: shares, references, names.

use super::super::lexicon::Class;
use super::super::scan::{Lexeme, Token};
use super::Page;
use super::cue::{Cue, Label};
use super::figure::Figure;
use super::unit::Unit;

/// What rules an amount out whatever its label says.
pub(super) fn never(page: &Page<'_>, figure: &Figure, label: &Label) -> Option<&'static str> {
    if figure.unit == Unit::Foreign || figure.unit == Unit::Hours {
        return Some("counts days, percent or hours");
    }
    if page.menu.as_ref().is_some_and(|menu| menu.holds(figure.number)) {
        return Some("a menu item");
    }
    if is_clock_of_call(page, figure, label) {
        return Some("how long a call lasted, or a time");
    }
    let next = page.lexemes.get(figure.last + 1);
    let after = page.lexemes.get(figure.last + 2);
    let mark = |at: usize, mark| {
        page.lexemes.get(at).is_some_and(|lexeme| lexeme.token == Token::Mark(mark))
    };
    let word = |at: usize, class| {
        page.lexemes.get(at).is_some_and(|lexeme| lexeme.sense.classes.has(class))
    };
    let slash = figure.last + 1 + usize::from(mark(figure.last + 1, '.'));
    let whole = page.figures.iter().find(|other| other.first == figure.last + 2);
    if mark(slash, '/') && !whole.is_some_and(|whole| is_whole_of(page, whole)) {
        return Some("a price or share per unit");
    }
    if mark(figure.last + 1, '=') {
        return Some("one side of an offer");
    }
    if next.is_some_and(|lexeme| lexeme.sense.classes.has(Class::Per))
        && after.is_some_and(|lexeme| lexeme.sense.classes.has(Class::Period))
    {
        return Some("a price or share per period");
    }
    let before = figure.first.checked_sub(1)?;
    if mark(before, '=') && before.checked_sub(1).is_some_and(|at| is_amount(page, at)) {
        return Some("one side of an offer");
    }
    let has_word = |class| word(before, class);
    if has_word(Class::Threshold) || figure.unit.is_money() && is_least_or_most(page, figure) {
        return Some("a threshold");
    }
    if has_word(Class::For) && !has_word(Class::Balance) && !label.is_marked {
        return Some("a price: for or at");
    }
    if figure.unit == Unit::Bare && is_reference(page, figure, before) {
        return Some("a number to call or refer to");
    }
    if figure.unit.is_allowance() && label.cue == Cue::Have && is_paid_for(page, figure) {
        return Some("what a price buys");
    }
    if figure.unit.is_allowance() && is_sold(page, figure, label) {
        return Some("what a price buys");
    }
    if figure.unit.is_allowance() && is_whole_of(page, figure) {
        return Some("what the amount before it is a part of");
    }
    if figure.unit.is_allowance() && is_package_name(page, figure, label) {
        return Some("part of a package's name");
    }
    None
}

/// `Min. load P12`, `min balance Rs 5`: short for minimum where no number stands before it.
fn is_least_or_most(page: &Page<'_>, figure: &Figure) -> bool {
    const MOST_WORDS: usize = 4;
    let before = page.slice(0, figure.first).iter().rev();
    let mut words = before
        .take_while(|lexeme| matches!(lexeme.token, Token::Word | Token::Mark('.')))
        .take(MOST_WORDS);
    let short = |lexeme: &Lexeme<'_>| {
        matches!(lexeme.text, "min" | "max" | "maks" | "мин" | "мін" | "макс")
    };
    let Some(at) = words.position(short) else { return false };
    let number = figure.first.checked_sub(at + 2).and_then(|at| page.lexemes.get(at));
    !number.is_some_and(|number| matches!(number.token, Token::Number(_)))
}

fn is_amount(page: &Page<'_>, at: usize) -> bool {
    page.lexemes.get(at).is_some_and(|lexeme| {
        matches!(lexeme.token, Token::Number(_))
            || lexeme.money.is_some()
            || lexeme.sense.classes.has(Class::Multiple)
    })
}

/// A clock is talk time only where its label says that it is left.
fn is_clock_of_call(page: &Page<'_>, figure: &Figure, label: &Label) -> bool {
    let token = page.lexemes.get(figure.number).map(|lexeme| lexeme.token);
    let is_date = |at: usize| {
        page.lexemes.get(at).is_some_and(|lexeme| matches!(lexeme.token, Token::Date(_)))
    };
    let dated = is_date(figure.last + 1) || figure.first.checked_sub(1).is_some_and(is_date);
    matches!(token, Some(Token::Clock(_)))
        && (!label.cue.is_account() || dated || label.classes.any(&[Class::Expiry, Class::Until]))
}

/// Digits behind a word for number, code, dial or text.
fn is_reference(page: &Page<'_>, figure: &Figure, before: usize) -> bool {
    let whole = figure.value.scale() == 0;
    let marked = page
        .lexemes
        .get(before)
        .is_some_and(|lexeme| matches!(lexeme.token, Token::Mark(':' | '.' | '#')));
    let at = before.saturating_sub(usize::from(marked));
    let Some(lexeme) = page.lexemes.get(at) else { return false };
    let classes = lexeme.sense.classes;
    let dialled = classes.has(Class::Dial) && !marked;
    whole
        && (classes.has(Class::Reference) || dialled)
        && !classes.any(&[Class::Balance, Class::Is])
}

/// "For 5 EUR a month you have 20 GB", "con 9,99 euro/mese hai 100 GB".
fn is_paid_for(page: &Page<'_>, figure: &Figure) -> bool {
    let start = page.sentence_start(figure.first);
    let word = |at: usize, class| {
        page.lexemes.get(at).is_some_and(|lexeme| lexeme.sense.classes.has(class))
    };
    let stroke =
        |at: usize| page.lexemes.get(at).is_some_and(|lexeme| lexeme.token == Token::Mark('/'));
    page.figures.iter().any(|price| {
        price.unit.is_money()
            && (start..figure.first).contains(&price.first)
            && (word(price.last + 1, Class::Per) || stroke(price.last + 1))
            && word(price.last + 2, Class::Period)
    })
}

/// `1GB @ TK 38`, `3 GB por $5`, `5 GB por solo 10 EUR`, `2 GB for only 5 EUR`, `500MB 3din 23Tk`.
fn is_sold(page: &Page<'_>, figure: &Figure, label: &Label) -> bool {
    let lasts = |other: &Figure| other.first == figure.last + 1 && other.unit == Unit::Foreign;
    if !label.cue.is_account() && page.figures.iter().any(lasts) {
        return true;
    }
    let sells = page.lexemes.get(figure.last + 1).is_some_and(|next| {
        next.sense.classes.any(&[Class::For, Class::Price]) && !next.sense.classes.has(Class::And)
    });
    let only = page.lexemes.get(figure.last + 2).is_some_and(|next| next.token == Token::Word);
    let price = |other: &Figure| {
        let near = figure.last + 2..=figure.last + 2 + usize::from(only);
        other.unit.is_money() && near.contains(&other.first)
    };
    sells && page.figures.iter().any(price)
}

/// `500 MB of 2 GB`, `120/500 min`: a small word or a stroke behind an amount of the same kind.
pub(super) fn is_whole_of(page: &Page<'_>, figure: &Figure) -> bool {
    let Some(between) = figure.first.checked_sub(1) else { return false };
    let part = page.figures.iter().find(|other| other.last + 1 == between);
    let joins = page.lexemes.get(between).is_some_and(|lexeme| match lexeme.token {
        Token::Word => lexeme.text.chars().count() <= 3 && !lexeme.sense.classes.has(Class::And),
        mark => mark == Token::Mark('/'),
    });
    let same = |other: &Figure| match (other.unit, figure.unit) {
        (Unit::Data(_), Unit::Data(_)) | (Unit::Sms, Unit::Sms) => true,
        (one, other) => one.is_talk() && other.is_talk(),
    };
    joins && part.is_some_and(same)
}

/// `Monthly Internet Package 12GB`, `Big Bytes 50 w/ 700 MB`: what was bought, not what is left.
fn is_package_name(page: &Page<'_>, figure: &Figure, label: &Label) -> bool {
    let unit_in_front = figure.unit.is_allowance() && figure.last == figure.number;
    // Nobody sells none of something.
    if label.cue.is_account() && label.is_near || unit_in_front || figure.value.is_zero() {
        return false;
    }
    let before =
        page.figures.iter().map(|other| other.last + 1).filter(|end| *end <= figure.first).max();
    let start = figure.first.saturating_sub(4).max(before.unwrap_or_default());
    let near = page.slice(start, figure.first);
    let own =
        near.iter().rposition(|lexeme| !matches!(lexeme.token, Token::Word | Token::Number(_)));
    let words = near.get(own.map_or(0, |at| at + 1)..).unwrap_or_default();
    let named =
        words.iter().any(|lexeme| lexeme.sense.classes.any(&[Class::Package, Class::Period]));
    let sold = label.behind.has(Class::For) || opens_a_name(page, figure);
    let plus = page.lexemes.get(figure.last + 1).is_some_and(|next| next.token == Token::Mark('+'));
    let held = label.behind.any(&[Class::Expiry, Class::Until])
        && page
            .slice(page.sentence_start(figure.first), figure.first)
            .iter()
            .any(|lexeme| lexeme.sense.classes.any(&[Class::Main, Class::Balance]));
    (named || sold || plus) && label.cue != Cue::Balance && !held
}

/// `60 min weekend pack`; "60 min left in your pack" names no package.
fn opens_a_name(page: &Page<'_>, figure: &Figure) -> bool {
    const PARTS: [Class; 6] =
        [Class::Is, Class::From, Class::AsOf, Class::Left, Class::And, Class::Dial];
    let behind = page.slice(figure.last + 1, figure.last + 5).iter();
    behind
        .take_while(|word| word.token == Token::Word && !word.sense.classes.any(&PARTS))
        .any(|word| word.sense.classes.has(Class::Package))
}
