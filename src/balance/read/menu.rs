//! Menus: numbered choices in a row, and what each says.

use super::super::lexicon::Class;
use super::super::scan::fold::Folded;
use super::super::scan::{Lexeme, Token};

/// A menu: its numbered items, by the lexeme that holds each number.
#[derive(Debug)]
pub(super) struct Menu {
    items: Vec<Item>,
    /// Whether the items state balances instead of offering a choice.
    is_list: bool,
}

#[derive(Clone, Copy, Debug)]
struct Item {
    at: usize,
    number: u16,
    /// The lexeme at which its text begins.
    text: usize,
    /// Whether it opens a line.
    opens: bool,
    /// Whether a sign stands between number and text.
    marked: bool,
}

impl Menu {
    /// Whether lexeme `at` belongs to a choice and is no amount of the account.
    pub(super) fn holds(&self, at: usize) -> bool {
        let number = self.items.iter().any(|item| (item.at..item.text).contains(&at));
        number || !self.is_list && self.items.first().is_some_and(|first| at >= first.at)
    }

    /// How many choices there are.
    pub(super) fn len(&self) -> usize {
        if self.is_list { 0 } else { self.items.len() }
    }

    /// The answers and their texts, in the operator's own writing.
    pub(super) fn choices(
        &self,
        text: &str,
        folded: &Folded,
        lexemes: &[Lexeme<'_>],
    ) -> Vec<(String, String)> {
        let start = |at: usize| {
            lexemes.get(at).map_or(text.len(), |lexeme| folded.origin(lexeme.start).min(text.len()))
        };
        let mut choices = Vec::new();
        for (at, item) in self.items.iter().enumerate().filter(|_| !self.is_list) {
            let end = self.items.get(at + 1).map_or(text.len(), |next| start(next.at));
            let words = text.get(start(item.text)..end).unwrap_or_default();
            let words = words
                .lines()
                .next()
                .unwrap_or_default()
                .trim()
                .trim_end_matches([';', ',', '(', '[']);
            let number = lexemes
                .get(item.at)
                .map_or_else(|| item.number.to_string(), |lexeme| marker(lexeme.text));
            choices.push((number, words.trim_end().to_owned()));
        }
        choices
    }
}

fn marker(text: &str) -> String {
    text.chars().take_while(char::is_ascii_digit).collect()
}

/// The first menu of the text: at least two items, numbered in a row or opening lines.
pub(super) fn find(lexemes: &[Lexeme<'_>]) -> Option<Menu> {
    let candidates: Vec<Item> = (0..lexemes.len()).filter_map(|at| item(lexemes, at)).collect();
    for (at, first) in candidates.iter().enumerate().filter(|(_, item)| item.number <= 1) {
        let items = in_a_row(first, candidates.get(at + 1..).unwrap_or_default());
        if items.len() >= 2 {
            let is_list = states_balances(lexemes, &items);
            return Some(Menu { items, is_list });
        }
    }
    None
}

fn in_a_row(first: &Item, others: &[Item]) -> Vec<Item> {
    let mut items = vec![*first];
    for item in others {
        let before = items.last().map_or(0, |item| item.number);
        let next = item.number == before + 1;
        // "20 minutes" below "0 minutes" is the second of two allowances.
        let jumps = item.number == 0 || item.marked && first.marked && item.number > before;
        let last = item.opens && first.opens && jumps || before == 1 && item.number == 0;
        if next || last {
            items.push(*item);
        }
    }
    items
}

/// A number that opens an item: `1.`, `2>`, `3)`, `4:`, `5-`, or a bare one at the start of a line.
fn item(lexemes: &[Lexeme<'_>], at: usize) -> Option<Item> {
    let lexeme = lexemes.get(at)?;
    let before = at.checked_sub(1).and_then(|before| lexemes.get(before));
    let bracket = before.filter(|lexeme| matches!(lexeme.token, Token::Mark('(' | '['))).is_some();
    let outer =
        if bracket { at.checked_sub(2).and_then(|before| lexemes.get(before)) } else { before };
    let opens = outer.is_none_or(|lexeme| lexeme.token == Token::Line);
    let number = match lexeme.token {
        Token::Number(number) => number.small().filter(|_| lexeme.text.len() <= 2)?,
        // "2:50 MB" at the start of a line is item 2.
        Token::Clock(clock) if opens => {
            u16::try_from(clock.first).ok().filter(|number| *number < 100)?
        }
        _ => return None,
    };
    if matches!(lexeme.token, Token::Clock(_)) {
        return Some(Item { at, number, text: at, opens, marked: true });
    }
    let next = lexemes.get(at + 1)?;
    let marked = matches!(next.token, Token::Mark('.' | ')' | ':' | '>' | '-' | '=' | ']'));
    let text = if marked { at + 2 } else { at + 1 };
    let text = text
        + usize::from(
            marked
                && lexemes.get(text).is_some_and(|lexeme| {
                    matches!(lexeme.token, Token::Mark('.' | ')' | '>' | '-'))
                }),
        );
    let word = lexemes.get(text)?;
    let starts = word.token == Token::Word && word.money.is_none_or(|money| !money.is_plain);
    let is_unit = word.sense.classes.any(&[
        Class::Megabyte,
        Class::Gigabyte,
        Class::Minute,
        Class::Day,
        Class::Sms,
    ]);
    let apart = lexeme.spaced || before.is_none_or(|before| before.token != Token::Word);
    let listed = before.is_some_and(|before| matches!(before.token, Token::Mark(',' | ';')));
    let asked = opens || is_asked_for(lexemes, at);
    let fits = if marked {
        (starts || asked && matches!(word.token, Token::Number(_) | Token::Word))
            && apart
            && (listed || !next.spaced)
            && !is_amount(lexemes, at)
            || starts && opens
    } else {
        starts
            && (opens || asked && (listed || outer.is_some_and(asks_on)))
            && !is_unit
            && word.spaced
    };
    fits.then_some(Item { at, number, text, opens, marked })
}

/// "Choose 1: 1 GB for 5 EUR 2: 3 GB for 10 EUR": the word before the first number asks for one, and
/// what stands between the others begins with the number before.
fn is_asked_for(lexemes: &[Lexeme<'_>], at: usize) -> bool {
    let before = lexemes.get(..at).unwrap_or_default();
    match lexemes.get(at).map(|lexeme| lexeme.text) {
        Some("1") => before
            .last()
            .is_some_and(|last| chooses(last) || asks_on(last) && before.iter().any(chooses)),
        _ => before.iter().any(chooses),
    }
}

fn chooses(lexeme: &Lexeme<'_>) -> bool {
    lexeme.sense.classes.any(&[Class::Choose, Class::Prompt])
}

/// The colon of `Your choice: 1 Balance, 2 Top-up`.
fn asks_on(lexeme: &Lexeme<'_>) -> bool {
    lexeme.token == Token::Mark(':')
}

/// `Rp.0.Aktif`: a currency makes the number an amount, unless it is that of a number before it.
fn is_amount(lexemes: &[Lexeme<'_>], at: usize) -> bool {
    let before = lexemes.get(..at).unwrap_or_default().iter().rev();
    let mut before = before.skip_while(|mark| matches!(mark.token, Token::Mark('.' | ':' | '=')));
    before.next().is_some_and(|word| word.money.is_some_and(|money| money.is_plain))
        && !before.next().is_some_and(|number| matches!(number.token, Token::Number(_)))
}

/// `1. Main: 5.00 GHS 2. Bonus: 3.00 GHS` is a list of balances.
fn states_balances(lexemes: &[Lexeme<'_>], items: &[Item]) -> bool {
    items.iter().enumerate().all(|(at, item)| {
        let end = items.get(at + 1).map_or(lexemes.len(), |next| next.at);
        let words = lexemes.get(item.text..end).unwrap_or_default();
        let named = words.iter().any(|word| {
            word.sense.classes.any(&[
                Class::Balance,
                Class::Bonus,
                Class::Main,
                Class::Data,
                Class::Left,
                Class::Sms,
                Class::Minute,
            ])
        });
        let marked = words.windows(2).any(|pair| match pair {
            [mark, next] => {
                matches!(mark.token, Token::Mark(':' | '='))
                    && (next.money.is_some() || matches!(next.token, Token::Number(_)))
            }
            _ => false,
        });
        named && marked
    })
}
