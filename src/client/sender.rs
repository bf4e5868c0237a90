//! Whose message it is: the operator's that was asked, or somebody else's that came meanwhile.

use std::time::Duration;

use super::Modem;
use super::balance::read;
use crate::Error;
use crate::balance::{Confidence, Kind, Reading};
use crate::operators::Operator;
use crate::pdu::Address;
use crate::port::Line;
use crate::sms::{Direction, Message};

impl<P: Line> Modem<P> {
    /// The next message whose sender fits the operator, which was asked by one to `asked` or otherwise.
    pub(super) async fn answer_by_message(
        &mut self,
        asked: Option<&str>,
        operator: Option<&Operator>,
        limit: Duration,
    ) -> Result<(Message, Fit), Error> {
        let fit = |message: &Message| Fit::of(message.from.as_ref(), asked, operator);
        let is_ours = |message: &Message| {
            message.direction == Direction::Received
                && fit(message).allows(&read(&message.text, operator))
        };
        let message = self.next_message(limit, is_ours).await?;
        let fit = fit(&message);
        Ok((message, fit))
    }
}

/// How well a sender fits the operator that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// The number that was asked, a short one, or the operator's name.
    Operator,
    /// A name that says nothing: the operator's own or a bank's.
    Unknown,
    /// A telephone number, as people have.
    Person,
}

/// Digits of the longest number that networks give to services, not to people.
const SHORT: usize = 6;

impl Fit {
    fn of(from: Option<&Address>, asked: Option<&str>, operator: Option<&Operator>) -> Self {
        let Some(from) = from else { return Self::Unknown };
        let shown = from.to_string();
        if asked == Some(shown.as_str()) {
            return Self::Operator;
        }
        if from.is_name() {
            let names = operator.map(|operator| [Some(&operator.name), operator.company.as_ref()]);
            let names = names.into_iter().flatten().flatten();
            let is_theirs = names.into_iter().any(|name| share_a_word(name, &shown));
            return if is_theirs { Self::Operator } else { Self::Unknown };
        }
        let is_short = !from.is_international() && shown.len() <= SHORT;
        if is_short { Self::Operator } else { Self::Person }
    }

    /// Another's balance would read as well as the operator's.
    pub(super) fn distrust(self, reading: &mut Reading) {
        if self != Self::Operator {
            reading.confidence = reading.confidence.min(Confidence::Likely);
        }
    }

    /// Whether a message with this reading may be the answer.
    fn allows(self, reading: &Reading) -> bool {
        match self {
            Self::Operator => true,
            Self::Unknown => matches!(reading.kind, Kind::Balance | Kind::Bundle),
            Self::Person => false,
        }
    }
}

/// `BASE` and `BASE Company`, `mobilevikings` and `Mobile Vikings`.
fn share_a_word(name: &str, sender: &str) -> bool {
    const SHORTEST: usize = 3;
    let folded = |text: &str| text.to_lowercase();
    let (name, sender) = (folded(name), folded(sender));
    let words = name.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| word.chars().count() >= SHORTEST).any(|word| sender.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::Operators;

    #[test]
    fn a_sender_is_the_operator_a_stranger_or_a_person() {
        let operator = Operators::built_in().by_id("be-base-prepaid").unwrap();
        for (from, asked, expected) in [
            ("1914", Some("1914"), Fit::Operator),
            ("1999", Some("1914"), Fit::Operator),
            ("BASE", None, Fit::Operator),
            ("MyBASE", None, Fit::Operator),
            ("KBC", None, Fit::Unknown),
            ("+32470123456", None, Fit::Person),
            ("0470123456", Some("1914"), Fit::Person),
        ] {
            let sender = Address::from_shown(from);
            assert_eq!(Fit::of(Some(&sender), asked, Some(&operator)), expected, "{from}");
        }
        assert_eq!(Fit::of(None, None, None), Fit::Unknown);
    }
}
