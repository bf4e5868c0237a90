//! Why an eUICC cannot be reached, or does not do what it was asked.

use super::super::run::refused;
use super::channel::OPEN_SESSION;
use crate::Error;
use crate::at::code::FinalResult;
use crate::euicc::{self, Status};
use crate::modems::Identity;

/// Why one way to the ISD-R is none.
#[derive(Debug)]
pub(super) enum NoWay {
    /// The card has no ISD-R.
    NoIsdR,
    /// The modem says again and again that the card is at something else.
    Busy(FinalResult),
    /// The modem does not take the command.
    Modem(String),
    /// The card opens no channel.
    Card(Status),
    /// A channel opens, and nothing goes through it.
    Afterwards(String),
}

/// The card says no, or says what does not read.
pub(super) fn card(error: euicc::Error) -> Error {
    Error::Sim { message: error.to_string(), hint: None }
}

/// Neither way leads there.
pub(super) fn no_way(session: &NoWay, raw: &NoWay, modem: Option<&Identity>) -> Error {
    let slots = modem.and_then(slot_hint);
    match (session, raw) {
        (NoWay::NoIsdR, _) | (_, NoWay::NoIsdR) => {
            let message = "this card has no consumer eSIM function (no ISD-R): it is a plain SIM, or an \
                           eUICC for M2M or IoT, which only its operator manages";
            Error::Sim { message: message.into(), hint: slots }
        }
        (NoWay::Afterwards(reason), _) | (_, NoWay::Afterwards(reason)) => {
            let command =
                if matches!(session, NoWay::Afterwards(_)) { "AT+CGLA" } else { "AT+CSIM" };
            let reason =
                format!("it opens a channel to the card and then carries nothing: {reason}");
            Error::Refused { command: command.into(), reason, hint: None }
        }
        (NoWay::Busy(result), _) => refused(OPEN_SESSION, result),
        (NoWay::Modem(session), NoWay::Card(status)) => {
            let reason = format!("{session}; and the card opens no channel by AT+CSIM: {status}");
            Error::Refused { command: "AT+CCHO".into(), reason, hint: slots }
        }
        (session, raw) => {
            let reason = format!(
                "{}; and AT+CSIM: {}. No AT command of this modem reaches an eUICC; one that is managed by QMI or \
                 MBIM alone is beyond saldo",
                words(session),
                words(raw)
            );
            Error::Refused { command: "AT+CCHO".into(), reason, hint: slots }
        }
    }
}

fn words(way: &NoWay) -> String {
    match way {
        NoWay::NoIsdR => "no ISD-R".into(),
        NoWay::Busy(result) => result.to_string(),
        NoWay::Modem(reason) | NoWay::Afterwards(reason) => reason.clone(),
        NoWay::Card(status) => status.to_string(),
    }
}

/// Only the card in the active slot can be reached; how the slot is chosen is each maker's own.
fn slot_hint(modem: &Identity) -> Option<String> {
    const SLOTS: &[(&str, &str)] =
        &[("Dell", "AT^SWITCH_SLOT"), ("Foxconn", "AT^SWITCH_SLOT"), ("Quectel", "AT+QUIMSLOT?")];
    let (_, command) = SLOTS.iter().find(|(maker, _)| modem.manufacturer.contains(maker))?;
    Some(format!("an eSIM in the modem's other slot is reached once that is chosen: `{command}`"))
}
