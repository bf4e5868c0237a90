//! Why a reading is what it is, for people: every amount, and every digit that is none.

use std::borrow::Cow;

use super::super::reading::Reading;
use super::super::scan::{Lexeme, Token};
use super::judge::{Finding, Judged};
use super::{Page, verdict};

/// A line for everything that holds digits, in text order, then one for the whole.
pub(super) fn of(page: &Page<'_>, judged: &[Judged], reading: &Reading) -> Vec<String> {
    let figure = |at: usize| {
        page.figures
            .iter()
            .zip(judged)
            .find(|(figure, _)| (figure.first..=figure.last).contains(&at))
    };
    let mut reasons = Vec::new();
    for (at, lexeme) in page.lexemes.iter().enumerate() {
        match (figure(at), not_an_amount(lexeme.token)) {
            (Some((figure, judged)), _) if figure.first == at => {
                reasons.push(reason(&figure.shown(&page.lexemes), judged));
            }
            (None, Some(why)) => reasons.push(format!("{}: no amount, {why}", shown(lexeme))),
            _ => {}
        }
    }
    let why = verdict::reason(page, judged);
    reasons.push(format!("{}, {}: {why}", reading.kind, reading.confidence));
    reasons
}

fn reason(shown: &str, judged: &Judged) -> String {
    match judged.finding {
        Finding::Pot(role) => format!("{shown}: {role}, {}", judged.reason),
        Finding::NotAPot => format!("{shown}: no pot, {}", judged.reason),
    }
}

/// Numbers to call are somebody's: how long they are is all that is shown.
fn shown<'t>(lexeme: &Lexeme<'t>) -> Cow<'t, str> {
    match lexeme.token {
        Token::Phone(_) => {
            let digits = lexeme.text.bytes().filter(u8::is_ascii_digit).count();
            format!("{digits} digits").into()
        }
        _ => lexeme.text.into(),
    }
}

/// Why digits outside of every figure are no amount.
fn not_an_amount(token: Token) -> Option<&'static str> {
    Some(match token {
        Token::Phone(_) => "a number to call, or a reference",
        Token::Date(_) | Token::DayOfMonth => "a date",
        Token::Clock(_) => "a time",
        Token::Code => "a code to dial",
        Token::Number(_) => "part of a name, or a number to call",
        Token::Word | Token::Link | Token::Mark(_) | Token::Line => return None,
    })
}
