//! Short messages as modems store and carry them: SMSC address and TPDU (3GPP TS 23.040 clause 9).
//!
//! - [`Pdu`] is what stands on the line behind `+CMGL`, `+CMGR`, `+CMT`: [`Pdu::from_line`].
//! - [`Tpdu`] is the message in it: [`Deliver`], [`Submit`] or [`StatusReport`].
//! - [`UserData`] is its text or octets, with the [`Header`] that joins parts.
//! - [`Submit::parts`] makes of any text what has to be sent.
//!
//! ```
//! use saldo::pdu::{Pdu, Tpdu};
//!
//! let line = b"000405810350F60000621172010000400ED3309BFC06C564AC190DB42903";
//! let Tpdu::Deliver(deliver) = Pdu::from_line(line, None).unwrap().tpdu else { panic!() };
//! assert_eq!(deliver.from.to_string(), "30056");
//! assert_eq!(deliver.data.text(), Some("Saldo 12,34 €"));
//! ```
//!
//! **The trap:** what a SIM holds is not always what the standard says. Data ends before its length
//! does, records are filled up with 0xFF, the coding scheme is wrong. What can be read is read, and what
//! was odd is marked ([`UserData::truncated`], [`UserData::dcs_contradicted`]); only a message that ends
//! before its user data is an [`Error`].

mod address;
mod data;
mod header;
mod reader;
mod time;
mod tpdu;
mod validity;

pub use address::{Address, NotANumber};
pub use data::{Content, TooLong, UserData};
pub use header::{Concat, Element, Header, Ports};
pub use time::Time;
pub use tpdu::{Deliver, StatusReport, Submit, Tpdu};
pub use validity::Validity;

use crate::hex;
use reader::Reader;

/// A short message with the service centre it came or goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdu {
    /// The service centre; `None` is the one the SIM names.
    pub smsc: Option<Address>,
    /// The message.
    pub tpdu: Tpdu,
}

impl Pdu {
    /// A message from the octets that a modem writes as digits.
    ///
    /// # Errors
    ///
    /// See [`Error`]; a message whose user data is cut is none.
    pub fn from_octets(octets: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(octets);
        let smsc = Address::read_smsc(&mut reader)?;
        Ok(Self { smsc, tpdu: Tpdu::read(&mut reader)? })
    }

    /// A message from its line of digits; `length` is what the header line says, in octets without the
    /// service centre (3GPP TS 27.005 clause 3.1).
    ///
    /// The length is often wrong. It counts only where it says that there is no service centre at all.
    ///
    /// # Errors
    ///
    /// [`Error::NotHex`] for anything but digits, else as [`Pdu::from_octets`].
    pub fn from_line(line: &[u8], length: Option<usize>) -> Result<Self, Error> {
        let line = line.trim_ascii();
        let even = line.get(..line.len() & !1).unwrap_or_default();
        let octets = hex::octets(even).ok_or(Error::NotHex)?;
        if length == Some(octets.len()) && !starts_with_smsc(&octets) {
            return Ok(Self { smsc: None, tpdu: Tpdu::from_octets(&octets)? });
        }
        Self::from_octets(&octets)
    }

    /// Whether a line of digits starts as a message does and ends before its user data: a service centre
    /// and another address, both with their types, and then too little.
    pub(crate) fn is_cut(line: &[u8]) -> bool {
        let even = line.get(..line.len() & !1).unwrap_or_default();
        let octets = hex::octets(even).unwrap_or_default();
        let started = addresses(&mut Reader::new(&octets)).is_ok_and(|(centre, other)| {
            let typed = |address: &Address| address.toa() & 0x80 != 0;
            typed(&other) && centre.is_some_and(|centre| typed(&centre) && centre.is_whole())
        });
        started && Self::from_octets(&octets).is_err()
    }

    /// The octets of the message, and how many of them `AT+CMGS=<length>` counts.
    pub fn octets(&self) -> (Vec<u8>, usize) {
        let mut octets = self.smsc.as_ref().map_or_else(|| vec![0], Address::smsc_octets);
        let tpdu = self.tpdu.octets();
        octets.extend_from_slice(&tpdu);
        (octets, tpdu.len())
    }

    /// The line of digits, and the length for `AT+CMGS=<length>`.
    pub fn line(&self) -> (String, usize) {
        let (octets, length) = self.octets();
        (hex::digits(&octets), length)
    }
}

/// Why octets are no short message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The line holds something else than hexadecimal digits.
    #[error("expected hexadecimal digits")]
    NotHex,

    /// The octets end before the user data.
    #[error("the message ends before its {0}")]
    Truncated(&'static str),

    /// The message type is the one value that the standard reserves (clause 9.2.3.1).
    #[error("the message type is reserved")]
    ReservedType,

    /// An address is longer than any can be (clause 9.1.2.5).
    #[error("expected an address of at most 20 digits, found {0}")]
    Address(u8),
}

/// The service centre and the sender or recipient, which a reference stands before in all but DELIVER.
fn addresses(reader: &mut Reader<'_>) -> Result<(Option<Address>, Address), Error> {
    let centre = Address::read_smsc(reader)?;
    if reader.octet("message type")? & 0x03 != 0 {
        reader.octet("reference")?;
    }
    Ok((centre, Address::read(reader)?))
}

/// A length and a type of address, which has its highest bit set (clause 9.1.2.5).
fn starts_with_smsc(octets: &[u8]) -> bool {
    matches!(octets, [length @ 1..=11, 0x80..=0xFF, ..] if usize::from(*length) < octets.len())
}
