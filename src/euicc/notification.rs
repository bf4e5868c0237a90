//! What the card still wants to tell those who sold its profiles (SGP.22 clause 5.7.9).
//!
//! saldo lists them. Sending them is work for a program with internet; removing them unsent is nobody's.

use super::request::ICCID;
use super::{Error, bits, tlv};
use crate::ids::Iccid;

/// One notification that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its number; later ones have higher ones.
    pub number: u32,
    /// What was done with the profile.
    pub operation: Operation,
    /// Where it wants to go: the server's name.
    pub address: String,
    /// Of which profile it speaks.
    pub iccid: Option<Iccid>,
}

/// What was done with a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// It was installed.
    Install,
    /// It was enabled.
    Enable,
    /// It was disabled.
    Disable,
    /// It was deleted.
    Delete,
    /// Something we do not know, by its bit; 255 for none.
    Other(u8),
}

/// Reads the answer to ListNotification.
///
/// # Errors
///
/// [`Error`] where it is none, and [`Error::Declined`] where the card gives no list.
pub fn notifications(answer: &[u8]) -> Result<Vec<Notification>, Error> {
    let list = super::list(tlv::find(answer, LIST)?)?;
    let each = tlv::objects(list).map(|object| {
        let object = object?;
        if object.tag == METADATA { decode(object.value).map(Some) } else { Ok(None) }
    });
    each.filter_map(Result::transpose).collect()
}

pub(super) const LIST: u16 = 0xBF28;
const METADATA: u16 = 0xBF2F;

fn decode(body: &[u8]) -> Result<Notification, Error> {
    let number = tlv::find(body, 0x80)?;
    let number = number.iter().fold(0, |number: u32, octet| number << 8 | u32::from(*octet));
    let operation = match bits(tlv::find(body, 0x81)?).first() {
        Some(0) => Operation::Install,
        Some(1) => Operation::Enable,
        Some(2) => Operation::Disable,
        Some(3) => Operation::Delete,
        Some(other) => Operation::Other(*other),
        None => Operation::Other(u8::MAX),
    };
    let address = tlv::find(body, 0x0C).unwrap_or_default();
    let address = String::from_utf8_lossy(address).into_owned();
    let iccid = tlv::find(body, ICCID).ok().and_then(|octets| Iccid::from_bcd(octets).ok());
    Ok(Notification { number, operation, address, iccid })
}
