//! Which choice of a menu leads to the balance: its words decide, not its place.

use super::ussd::Turn;
use crate::balance::{self, Hints};
use crate::ussd::Answer;

/// How the menus behind a code are answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Follow {
    /// As the user said, whatever the menu is.
    AsGiven,
    /// Only where the choice says what is expected of it: one text a menu, in the operator's words. Where
    /// the data hold none, it has to speak of the balance.
    ByWords(Vec<String>),
}

impl Follow {
    /// What to answer at the menu number `step`; `None` where this is not the menu that was expected:
    /// another choice may buy something.
    pub(super) fn answer(
        &self,
        step: usize,
        listed: &Answer,
        turn: &Turn,
        hints: &Hints<'_>,
    ) -> Option<Answer> {
        let Self::ByWords(words) = self else { return Some(listed.clone()) };
        let choices = balance::read(turn.text(), hints).choices;
        let Some(expected) = words.get(step) else {
            let (_, text) = choices.iter().find(|(number, _)| number == listed.as_str())?;
            return balance::speaks_of_balance(text, hints).then(|| listed.clone());
        };
        let mut fitting = choices.iter().filter(|(_, text)| balance::has_words(text, expected));
        match (fitting.next(), fitting.next()) {
            (Some((number, _)), None) => Answer::parse(number).ok(),
            _ => None,
        }
    }
}
