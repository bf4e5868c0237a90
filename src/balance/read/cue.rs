//! The words that govern an amount: its label before it, and what stands right behind it.

use super::super::lexicon::{Class, Classes};
use super::super::scan::{Lexeme, Token};
use super::Page;
use super::figure::Figure;
use super::never::is_whole_of;

/// What the nearest word that matters says about an amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Cue {
    /// Nothing.
    #[default]
    None,
    /// An account, which may be charged as well as full.
    Account,
    /// You have.
    Have,
    /// Left, remaining.
    Left,
    /// Balance.
    Balance,
    /// A charge or use.
    Charge,
    /// A top-up or transfer.
    Topup,
    /// A price.
    Price,
    /// An advert.
    Offer,
    /// Less than, at least.
    Threshold,
}

impl Cue {
    /// Whether it says that the amount is in the account.
    pub(super) fn is_account(self) -> bool {
        matches!(self, Self::Have | Self::Left | Self::Balance)
    }

    /// Whether it says that the amount is something else.
    pub(super) fn is_against(self) -> bool {
        matches!(self, Self::Charge | Self::Topup | Self::Price | Self::Offer | Self::Threshold)
    }
}

/// What the words around one amount say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Label {
    /// The label before it.
    pub(super) cue: Cue,
    /// Everything that the words of the label are.
    pub(super) classes: Classes,
    /// Where the label begins.
    pub(super) start: usize,
    /// The nearest word that matters, as an index.
    pub(super) word: Option<usize>,
    /// Whether a colon or equals sign leads from it to the amount.
    pub(super) is_marked: bool,
    /// Whether the label stands in an earlier sentence.
    pub(super) is_heading: bool,
    /// What stands right behind the amount.
    pub(super) behind: Classes,
    /// Whether the words since the last comma alone say so.
    pub(super) is_near: bool,
}

/// Reads the label of `figure`, which begins no earlier than `free`.
pub(super) fn label(page: &Page<'_>, figure: &Figure, free: usize) -> Label {
    let sentence = page.sentence_start(figure.first).max(free);
    let mut label = of_words(page, sentence, figure.first);
    if label.cue == Cue::None && free < sentence && is_bare(page.slice(sentence, figure.first)) {
        let heading = page.sentence_start(sentence.saturating_sub(1)).max(free);
        label = Label { is_heading: true, ..of_words(page, heading, sentence) };
    }
    if is_source_of_charge(page, figure, free, &label) {
        label.cue = Cue::Charge;
    }
    label.behind = behind(page, figure);
    label
}

/// "Last call charge for 00:03:07 is from main bal: 0.100": the sentence is about a charge, and the
/// balance only where it was taken from.
fn is_source_of_charge(page: &Page<'_>, figure: &Figure, free: usize, label: &Label) -> bool {
    let taken = label.classes.has(Class::From) && !label.classes.any(&[Class::Left, Class::New]);
    let before = page.slice(page.sentence_start(figure.first), free);
    taken
        && label.cue.is_account()
        && before.iter().any(|word| word.sense.classes.has(Class::Charge))
}

fn is_bare(words: &[Lexeme<'_>]) -> bool {
    words
        .iter()
        .all(|word| word.token != Token::Word || word.sense.classes.any(&[Class::Is, Class::And]))
}

/// The label made of lexemes `start..end`: what stands behind the last comma, else all of it.
fn of_words(page: &Page<'_>, start: usize, end: usize) -> Label {
    let words = page.slice(start, end);
    let comma = words.iter().rposition(|word| matches!(word.token, Token::Mark(',' | ';')));
    let tail = comma.map_or(0, |comma| comma + 1);
    let mut label = governing(words, tail, start);
    label.is_near = label.cue != Cue::None;
    if label.cue == Cue::None && tail > 0 {
        let whole = governing(words, 0, start);
        label = Label { classes: whole.classes | label.classes, ..whole };
    }
    label.start = start;
    label.is_marked =
        words.iter().rev().take(3).any(|word| matches!(word.token, Token::Mark(':' | '=')));
    label
}

/// Goes through the words and lets each change what is said so far.
fn governing(words: &[Lexeme<'_>], from: usize, offset: usize) -> Label {
    let mut label = Label::default();
    let mut after = false;
    let is_named = words.last().is_some_and(|mark| matches!(mark.token, Token::Mark(':' | '=')));
    for (at, word) in words.iter().enumerate().skip(from) {
        let classes = word.sense.classes;
        if word.token != Token::Word || classes.is_empty() {
            continue;
        }
        label.classes = label.classes | classes;
        after |= classes.has(Class::After);
        let said = said(classes);
        let next = match (label.cue, said) {
            (before, Cue::None) => before,
            // "Balance after call", "saldo after top-up".
            (before, Cue::Charge | Cue::Topup) if after => before,
            // `Recharge balance: 5.00` names the pot by what filled it.
            (Cue::Topup, Cue::Balance)
                if is_named && at > 0 && label.word == Some(offset + at - 1) =>
            {
                said
            }
            // "Usage of airtime", "charged from main balance": still a charge, unless that is left.
            (before, Cue::Balance | Cue::Account | Cue::Have) if before.is_against() => {
                if classes.any(&[Class::Left, Class::New]) && before != Cue::Offer {
                    said
                } else {
                    before
                }
            }
            (before, Cue::Left) if before == Cue::Offer => before,
            (before, Cue::Account | Cue::Have | Cue::Left) if before == Cue::Balance => before,
            (before, Cue::Account) if before.is_account() => before,
            _ => said,
        };
        if next != label.cue || said == next {
            label.word = Some(offset + at);
        }
        label.cue = next;
    }
    if label.classes.has(Class::Need) {
        label.cue = Cue::Threshold;
    }
    label
}

fn said(classes: Classes) -> Cue {
    const CUES: [(Class, Cue); 12] = [
        (Class::Need, Cue::Threshold),
        (Class::Threshold, Cue::Threshold),
        (Class::Balance, Cue::Balance),
        (Class::Charge, Cue::Charge),
        (Class::Topup, Cue::Topup),
        (Class::Debt, Cue::Balance),
        (Class::Limit, Cue::Balance),
        (Class::Left, Cue::Left),
        (Class::Have, Cue::Have),
        (Class::Offer, Cue::Offer),
        (Class::Price, Cue::Price),
        (Class::Account, Cue::Account),
    ];
    if classes.has(Class::Balance) && classes.has(Class::From) {
        return Cue::Charge;
    }
    CUES.iter().find(|(class, _)| classes.has(*class)).map_or(Cue::None, |(_, cue)| *cue)
}

/// What stands right behind an amount and is not the label of the next one.
fn behind(page: &Page<'_>, figure: &Figure) -> Classes {
    let mut classes = Classes::default();
    // "500 MB of 2 GB used": what is said of the whole is said of its part.
    let whole = page.figures.iter().find(|other| other.first == figure.last + 2);
    let figure = whole.filter(|whole| is_whole_of(page, whole)).unwrap_or(figure);
    let next = page.figures.iter().map(|other| other.first).find(|first| *first > figure.last);
    for at in (figure.last + 1..page.lexemes.len()).take(6) {
        let Some(word) = page.lexemes.get(at) else { break };
        match word.token {
            _ if next == Some(at) => return Classes::default(),
            Token::Word if word.sense.classes.has(Class::And) => break,
            Token::Word => classes = classes | word.sense.classes,
            Token::Mark(':' | '=') => return Classes::default(),
            Token::Mark('.') if at == figure.last + 1 && !page.ends_sentence(at) => {}
            _ => break,
        }
    }
    classes
}
