//! Numbers that name things: who the SIM is, what the modem is, which network it is on.
//!
//! [`Iccid`], [`Imsi`], [`Imei`], [`Eid`] and [`Msisdn`] tell one person from another, so `Display`
//! and `Debug` write them masked (`8932…0010`); [`Iccid::expose`] and its like give the digits.
//! [`Plmn`] names a network, which is no secret; a [`Pin`] is never shown at all.
//!
//! What can surprise you:
//!
//! * A modem may read the ICCID with its digits swapped in pairs, padded with `F`, in quotes.
//! * How long the network code of an IMSI is cannot be seen in the IMSI:
//!   [`Imsi::home_plmn_candidates`] gives both readings, the likelier first.
//! * Check digits are known ([`Imei::luhn_holds`]) and never enforced: test SIMs and cheap modems
//!   get them wrong, and saldo must work with those too.
//!
//! ```
//! use saldo::ids::{Iccid, Imsi};
//!
//! let iccid = Iccid::parse("982320000000000010F0")?;
//! assert_eq!(iccid.to_string(), "8932…0010");
//! assert_eq!(Imsi::parse("206010000000010")?.home_plmn_candidates()[0].to_string(), "20601");
//! # Ok::<(), saldo::ids::IdError>(())
//! ```

mod digits;
mod iccid;
mod imsi;
mod mask;
mod msisdn;
mod pin;
mod plmn;

pub(crate) use digits::write_masked;
pub use digits::{Eid, IdError, Imei};
pub use iccid::Iccid;
pub use imsi::Imsi;
pub use mask::mask_number;
pub use msisdn::Msisdn;
pub use pin::Pin;
pub use plmn::Plmn;
