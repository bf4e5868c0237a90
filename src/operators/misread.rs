//! Whether the replies in a row read as the row says.

use super::{Operator, Reply};
use crate::balance::{self, Hints, Pot};

/// A reply that does not give what its row says it does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{id}`: {text:?} does not give {gives}, it reads as {read}")]
#[non_exhaustive]
pub struct Misread {
    /// The operator's `id`.
    pub id: String,
    /// The reply.
    pub text: String,
    /// What the row says.
    pub gives: String,
    /// What it reads as: the main amount, or `no balance`.
    pub read: String,
}

impl Operator {
    /// What is known of this operator's replies before they are read.
    pub fn hints(&self) -> Hints<'_> {
        Hints {
            country: self.country.as_deref(),
            currency: self.currency.as_deref(),
            decimal: self.decimal,
        }
    }

    /// The replies of its row that read otherwise than the row says.
    pub fn misread(&self) -> impl Iterator<Item = Misread> + '_ {
        self.reply.iter().filter_map(|reply| {
            let read = self.main_of(reply);
            (read != reply.gives).then(|| Misread {
                id: self.id.clone(),
                text: reply.text.clone(),
                gives: reply.gives.clone(),
                read,
            })
        })
    }

    fn main_of(&self, reply: &Reply) -> String {
        let reading = balance::read(&reply.text, &self.hints());
        let shown = |pot: &Pot| format!("{} {}", pot.amount, pot.unit.unwrap_or_default());
        reading.main().map_or("no balance".into(), |pot| shown(pot).trim_end().to_owned())
    }
}
