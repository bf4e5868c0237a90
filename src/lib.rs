//! saldo asks a cellular modem what is left on its SIM: money, data, minutes, and until when.
//!
//! Bytes and time go in, bytes and events come out: everything below the shell is plain values
//! that never touch a port, a file or a clock. `tests/architecture.rs` holds these layers:
//!
//! | layer | modules |
//! |---|---|
//! | words: values and how they are written | [`ids`], [`hex`], [`gsm7`], [`ucs2`], [`dcs`], [`balance`], [`transcript`] |
//! | protocols: bytes and time in, bytes and events out | [`at`], [`ussd`], [`pdu`], [`sms`], [`answers`], `euicc` |
//! | data: what differs, in rows | [`operators`], [`modems`] |
//! | rules: facts in, judgement out | [`diag`], [`watch`] |
//! | sim: a modem made of a script | [`sim`] |
//! | error: whose move is next | [`Error`] |
//! | shell: the only code that waits | [`port`], [`store`], [`client`], [`daemon`], `mqtt`, `web` |
//!
//! The program (`cli/`, called by `main.rs`) stands on top; it is no interface of the library. It is compiled with it,
//! since a second crate would hold what is generic a second time: 40 kB.

pub mod answers;
pub mod at;
pub mod balance;
#[doc(hidden)]
pub mod cli;
pub mod client;
pub mod daemon;
pub mod dcs;
pub mod diag;
mod error;
#[cfg(feature = "esim")]
pub mod euicc;
pub mod gsm7;
pub mod hex;
pub mod ids;
#[cfg(feature = "modemmanager")]
pub mod mm;
pub mod modems;
#[cfg(feature = "mqtt")]
pub mod mqtt;
pub mod operators;
mod packed;
pub mod pdu;
pub mod port;
pub mod rows;
pub mod sim;
pub mod sms;
pub mod store;
pub mod transcript;
pub mod ucs2;
pub mod ussd;
pub mod watch;
#[cfg(feature = "web")]
pub mod web;

pub use error::Error;
