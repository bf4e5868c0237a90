//! What may be answered to a menu.

use std::fmt;
use std::str::FromStr;

/// An answer within an open USSD dialogue: most often one digit, at times a name or an amount.
///
/// Free text, but nothing that would end the AT line it is sent in.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Answer(String);

/// Why a text is not an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// Nothing was given.
    #[error("an answer is needed, for example 1")]
    Empty,

    /// More than one request can carry.
    #[error("an answer has at most {LONGEST} characters, this has {0}")]
    TooLong(usize),

    /// A quote or a control character, which would end the AT command.
    #[error("an answer may not contain {0:?}")]
    Character(char),
}

/// The most characters that fit into 160 octets of packed GSM 7-bit (TS 23.038 clause 6.1.2.3).
const LONGEST: usize = 182;

impl Answer {
    /// # Errors
    ///
    /// [`AnswerError`] for nothing, for more than 182 characters, and for `"` or a control character.
    pub fn parse(text: &str) -> Result<Self, AnswerError> {
        let found = text.chars().count();
        match text.chars().find(|c| *c == '"' || c.is_control()) {
            Some(other) => Err(AnswerError::Character(other)),
            None if found == 0 => Err(AnswerError::Empty),
            None if found > LONGEST => Err(AnswerError::TooLong(found)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The answer whole, for the modem.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Choices are shown; what is longer may be a voucher or a PIN and is not.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.chars().count() > 3 { f.write_str("…") } else { f.write_str(&self.0) }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({self})")
    }
}

impl FromStr for Answer {
    type Err = AnswerError;

    fn from_str(text: &str) -> Result<Self, AnswerError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_text_that_cannot_end_the_command() {
        for good in ["1", "00", "*", "Ja", "Größe", " 1", &"9".repeat(182)] {
            assert_eq!(Answer::parse(good).unwrap().as_str(), good);
        }
        for (bad, error) in [
            ("", AnswerError::Empty),
            ("1\"", AnswerError::Character('"')),
            ("1\r", AnswerError::Character('\r')),
            ("\u{1a}", AnswerError::Character('\u{1a}')),
            (&"ä".repeat(183), AnswerError::TooLong(183)),
        ] {
            assert_eq!(Answer::parse(bad), Err(error), "{bad:?}");
        }
    }

    #[test]
    fn a_choice_is_shown_and_a_secret_is_not() {
        assert_eq!(Answer::parse("12").unwrap().to_string(), "12");
        assert_eq!(format!("{:?}", Answer::parse("1234").unwrap()), "Answer(…)");
    }
}
