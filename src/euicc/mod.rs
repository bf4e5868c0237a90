//! The eUICC of a consumer eSIM: BER-TLV, APDUs and the functions of ES10c that look and switch
//! (GSMA SGP.22 v2, clause 5.7). Octets in, values out; who carries the octets is not known here.
//!
//! There is no disable, no delete, no memory reset and no removal of notifications, on purpose.
//!
//! What can surprise you:
//!
//! * The status word is "done" whatever became of an enable: only its result tells.
//! * An ICCID is stored with its digits swapped in pairs, an EID is not.
//! * A card gives no owner and no policy rules unless they are asked for by their tags.
//!
//! | file | holds |
//! |---|---|
//! | `tlv` | data objects, read and written |
//! | `apdu` | commands, blocks, and what waits |
//! | `status` | the status word |
//! | `request` | what is asked |
//! | `profile` | one profile on the card |
//! | `choice` | whether a profile may be enabled, and how |
//! | `info` | the card itself |
//! | `notification` | what it still wants to tell |
//! | `outcome` | what became of a change |
//!
//! ```
//! use saldo::euicc::{Exchange, Framing, info, request};
//!
//! let mut exchange = Exchange::new(Framing::session(1), &request::eid());
//! assert_eq!(saldo::hex::digits(&exchange.poll_apdu().unwrap()), "81E2910006BF3E035C015A00");
//! let answer = saldo::hex::octets(b"BF3E125A10890330230000000000000000000123949000").unwrap();
//! exchange.handle_response(&answer)?;
//! assert_eq!(info::eid(&exchange.into_answer())?.to_string(), "8903…2394");
//! # Ok::<(), saldo::euicc::Error>(())
//! ```

pub mod apdu;
mod choice;
pub mod info;
mod notification;
mod outcome;
mod profile;
pub mod request;
mod status;
#[cfg(test)]
mod tests;
pub mod tlv;

pub use apdu::{Exchange, Framing};
pub use choice::{Obstacle, attempts, enabled, is_one_way, obstacle};
pub use info::{Addresses, Info, Version};
pub use notification::{Notification, Operation, notifications};
pub use outcome::{EnableResult, NicknameResult};
pub use profile::{Class, Policy, Profile, State, profiles};
pub use request::{Identifier, Nickname};
pub use status::Status;

/// Why what the card said is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Its end is missing.
    #[error("the card's answer is cut off")]
    Truncated,

    /// A tag or length is written as no eUICC writes it.
    #[error("the card's answer is no BER-TLV of an eUICC")]
    Form,

    /// It goes on and on.
    #[error("the card's answer has no end")]
    TooLong,

    /// What must be in it is not.
    #[error("the card's answer lacks {0:X}")]
    Missing(u16),

    /// A value is none of its kind.
    #[error("the card's answer has a value in {0:X} that does not read")]
    Value(u16),

    /// The status word says no.
    #[error("the card refuses: {0}")]
    Refused(Status),

    /// The function says no, by a number of its own.
    #[error("the card gives no list: result {0}")]
    Declined(u8),
}

/// The body of an answer that is a list (A0), or a number that says why there is none (81).
fn list(body: &[u8]) -> Result<&[u8], Error> {
    match tlv::find(body, 0xA0) {
        Err(Error::Missing(tag)) => match tlv::find(body, 0x81) {
            Ok([.., code]) => Err(Error::Declined(*code)),
            _ => Err(Error::Missing(tag)),
        },
        found => found,
    }
}

/// The numbers of the bits set in a BIT STRING, the first one 0 (X.690 clause 8.6).
fn bits(value: &[u8]) -> Vec<u8> {
    let Some((unused, octets)) = value.split_first() else { return Vec::new() };
    let count = (octets.len() * 8).saturating_sub(usize::from(*unused)).min(256);
    let is_set =
        |bit: &usize| octets.get(bit / 8).is_some_and(|octet| octet & (0x80 >> (bit % 8)) != 0);
    (0..count).filter(is_set).filter_map(|bit| u8::try_from(bit).ok()).collect()
}

/// Policy rules, as a BIT STRING (PprIds).
fn policy(value: &[u8]) -> Vec<Policy> {
    let rule = |bit| match bit {
        1 => Policy::NoDisable,
        2 => Policy::NoDelete,
        other => Policy::Other(other),
    };
    bits(value).into_iter().map(rule).collect()
}
