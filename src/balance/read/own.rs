//! The SIM's own number, where the reply states it.

use super::super::lexicon::Class;
use super::super::scan::{Lexeme, Token};
use super::Page;

/// The first phone number that the text says is the SIM's.
pub(super) fn number(page: &Page<'_>) -> Option<String> {
    page.lexemes.iter().enumerate().find_map(|(at, lexeme)| {
        let spaced = matches!(lexeme.token, Token::Number(number) if number.spaced);
        let is_phone =
            matches!(lexeme.token, Token::Phone(_)) || spaced && digits(lexeme.text).len() >= 9;
        let shown = digits(lexeme.text);
        let plausible = is_phone && (8..=15).contains(&shown.trim_start_matches('+').len());
        let whole = !lexeme.text.contains('x')
            && page.lexemes.get(at + 1).is_none_or(|next| !next.text.starts_with("xx"));
        (plausible && whole && is_own(page, at)).then_some(shown)
    })
}

fn digits(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

fn is_own(page: &Page<'_>, at: usize) -> bool {
    let start = page.sentence_start(at);
    let label = page.slice(start, at);
    let says = |lexeme: &Lexeme<'_>, class| lexeme.sense.classes.has(class);
    if opens(page, at) {
        return true;
    }
    let nearest = label.iter().rev().take(6).find(|lexeme| {
        lexeme.sense.classes.any(&[
            Class::Own,
            Class::Toward,
            Class::Dial,
            Class::Topup,
            Class::Reference,
        ])
    });
    nearest.is_some_and(|lexeme| says(lexeme, Class::Own))
}

/// The number opens the text, or stands behind nothing but a time stamp.
fn opens(page: &Page<'_>, at: usize) -> bool {
    let stamp = page.slice(0, at).iter().all(|lexeme| {
        matches!(
            lexeme.token,
            Token::DayOfMonth | Token::Clock(_) | Token::Date(_) | Token::Mark(_) | Token::Line
        ) || matches!(lexeme.token, Token::Number(number) if number.small().is_some())
    });
    let goes_on = page.lexemes.get(at + 1).is_some_and(|next| {
        matches!(next.token, Token::Mark('.' | ':' | ',' | '-' | ';') | Token::Line | Token::Word)
    });
    stamp && goes_on
}
