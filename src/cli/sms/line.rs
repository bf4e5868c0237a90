//! The objects of `saldo sms --json`: keys and their order are promised.

use crate::client::Storage;
use crate::pdu::{self, Address};
use crate::sms::{Direction, Message};
use serde::Serialize;

/// `saldo sms list --json` and `read --json`: one message, or a record that is none.
#[derive(Debug, Serialize)]
pub(super) struct MessageLine<'a> {
    schema: u8,
    storage: Option<&'a str>,
    indexes: Vec<u16>,
    unread: bool,
    /// None of a record that cannot be read.
    direction: Option<&'static str>,
    from: Option<String>,
    to: Option<String>,
    time: Option<String>,
    text: &'a str,
    octets: Option<String>,
    parts: u8,
    missing: &'a [u8],
    /// What became of the message that a report is about (3GPP TS 23.040 clause 9.2.3.15).
    report: Option<u8>,
    /// Why a record cannot be read.
    error: Option<String>,
}

impl<'a> MessageLine<'a> {
    pub(super) fn of(storage: &'a Storage, message: &'a Message, show_ids: bool) -> Self {
        let shown = |who: &Option<Address>| who.as_ref().map(|who| who.shown(show_ids));
        Self {
            direction: Some(match message.direction {
                Direction::Received => "received",
                Direction::Sent => "sent",
                Direction::Report => "report",
            }),
            from: shown(&message.from),
            to: shown(&message.to),
            time: message.time.and_then(|time| time.utc()).map(|time| time.to_string()),
            text: &message.text,
            octets: (!message.octets.is_empty()).then(|| crate::hex::digits(&message.octets)),
            parts: message.parts,
            missing: &message.missing,
            report: message.report,
            ..Self::at(storage, message.indexes.clone())
        }
    }

    pub(super) fn unreadable(storage: &'a Storage, index: Option<u16>, error: pdu::Error) -> Self {
        Self { error: Some(error.to_string()), ..Self::at(storage, index.into_iter().collect()) }
    }

    /// A record of which nothing is known but where it is.
    fn at(storage: &'a Storage, indexes: Vec<u16>) -> Self {
        Self {
            schema: 1,
            storage: named(&storage.name),
            unread: indexes.iter().any(|index| storage.unread.contains(index)),
            indexes,
            direction: None,
            from: None,
            to: None,
            time: None,
            text: "",
            octets: None,
            parts: 1,
            missing: &[],
            report: None,
            error: None,
        }
    }
}

/// `saldo sms delete --json`: one message that is gone.
#[derive(Debug, Serialize)]
pub(super) struct DeletedLine<'a> {
    schema: u8,
    storage: Option<&'a str>,
    deleted: Vec<u16>,
}

impl<'a> DeletedLine<'a> {
    pub(super) fn of(storage: &'a Storage, indexes: Vec<u16>) -> Self {
        Self { schema: 1, storage: named(&storage.name), deleted: indexes }
    }
}

/// `saldo sms send --json`: a message that the network took.
#[derive(Debug, Serialize)]
pub(super) struct SentLine {
    schema: u8,
    to: String,
    parts: usize,
}

impl SentLine {
    pub(super) fn of(to: String, parts: usize) -> Self {
        Self { schema: 1, to, parts }
    }
}

/// Modems that do not tell storages apart name none.
fn named(storage: &str) -> Option<&str> {
    Some(storage).filter(|name| !name.is_empty())
}
