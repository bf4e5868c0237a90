//! What became of a function that changes something. The card's status word is "done" in all of them.

use super::{Error, tlv};

/// What the card says to EnableProfile (SGP.22 clause 5.7.16).
///
/// Even [`EnableResult::Done`] means no more than that the card took it: the modem has not noticed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnableResult {
    /// Taken.
    Done,
    /// It has no such profile, or does not take it by this identifier.
    NotFound,
    /// The profile is in use already.
    NotDisabled,
    /// A rule of the profile in use forbids it.
    Disallowed,
    /// That one may not be enabled again now.
    WrongReenabling,
    /// A dialogue of the card with the modem is open.
    ToolkitBusy,
    /// It does not say why.
    Undefined,
    /// A number we do not know.
    Other(u8),
}

impl EnableResult {
    /// Reads the whole answer.
    ///
    /// # Errors
    ///
    /// [`Error`] where it is none to this function.
    pub fn decode(answer: &[u8]) -> Result<Self, Error> {
        Ok(match result(answer, ENABLE)? {
            0 => Self::Done,
            1 => Self::NotFound,
            2 => Self::NotDisabled,
            3 => Self::Disallowed,
            4 => Self::WrongReenabling,
            5 => Self::ToolkitBusy,
            UNDEFINED => Self::Undefined,
            other => Self::Other(other),
        })
    }
}

/// What the card says to SetNickname (SGP.22 clause 5.7.21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NicknameResult {
    /// Taken.
    Done,
    /// It has no such profile.
    NotFound,
    /// It does not say why.
    Undefined,
    /// A number we do not know.
    Other(u8),
}

impl NicknameResult {
    /// Reads the whole answer.
    ///
    /// # Errors
    ///
    /// [`Error`] where it is none to this function.
    pub fn decode(answer: &[u8]) -> Result<Self, Error> {
        Ok(match result(answer, NICKNAME)? {
            0 => Self::Done,
            1 => Self::NotFound,
            UNDEFINED => Self::Undefined,
            other => Self::Other(other),
        })
    }
}

pub(super) const ENABLE: u16 = 0xBF31;
pub(super) const NICKNAME: u16 = 0xBF29;

const UNDEFINED: u8 = 127;

/// The one number in the answer to a function.
fn result(answer: &[u8], function: u16) -> Result<u8, Error> {
    match tlv::find(tlv::find(answer, function)?, 0x80)? {
        [result] => Ok(*result),
        _ => Err(Error::Value(0x80)),
    }
}
