//! Why an eUICC cannot be reached, or does not do what it was asked.

use super::super::run::refused;
use super::channel::OPEN_SESSION;
use crate::Error;
use crate::at::code::FinalResult;
use crate::euicc::{self, Class, EnableResult, Obstacle, Status};
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
    /// The card opens one that the class of a command cannot name: the first three are in use.
    NoneLeft,
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
        (_, NoWay::NoneLeft) => sim(
            "no channel to the card is left: the three that AT+CSIM can use are open already",
            "unplug the modem, plug it in again, and try once more",
        ),
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
        NoWay::NoneLeft => "no channel is left".into(),
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

/// Why a profile is not enabled: nothing was asked of the card.
pub fn forbidden(obstacle: Obstacle) -> Error {
    let message = match obstacle {
        Obstacle::Enabled => "this profile is enabled already",
        Obstacle::Class(Class::Test) => "this is a test profile: it is not for use on a network",
        Obstacle::Class(_) => "this profile is for downloading others: it is not for use",
        Obstacle::Held => "a rule of the profile in use (PPR1) forbids that it is disabled",
    };
    let hint = (obstacle != Obstacle::Enabled)
        .then(|| "`saldo esim list` shows what may be enabled".into());
    Error::Sim { message: message.into(), hint }
}

/// Why a profile is not even tried, where the one before is to come back.
pub(super) fn one_way() -> Error {
    let message =
        "a rule of this profile (PPR1) forbids that it is disabled: it could not be left again";
    Error::Sim { message: message.into(), hint: None }
}

/// The card was asked, and said no.
pub(super) fn not_enabled(result: EnableResult) -> Error {
    let reason = match result {
        EnableResult::NotFound => "it knows no such profile".to_owned(),
        EnableResult::NotDisabled => "the profile is not in a state to be enabled".to_owned(),
        EnableResult::WrongReenabling => "it may not be enabled again now".to_owned(),
        EnableResult::ToolkitBusy => {
            return sim(
                "the card does not enable the profile: it is in a dialogue with the modem",
                "unplug the modem, plug it in again, and try once more",
            );
        }
        EnableResult::Other(number) => format!("result {number}"),
        _ => "it does not say why".to_owned(),
    };
    Error::Sim { message: format!("the card does not enable the profile: {reason}"), hint: None }
}

pub(super) fn nothing_enabled() -> Error {
    sim(
        "no profile is in use on this card, so there is none to come back to",
        "`saldo esim enable PROFILE` puts one in use",
    )
}

pub(super) fn not_seen() -> Error {
    sim(
        "the card took the profile, and the modem does not see it within 60 s",
        "unplug the modem, plug it in again, and look with `saldo esim list`",
    )
}

/// The PIN of a profile that is not to stay in use; `outcome` is what follows.
pub(super) fn wants_its_pin(outcome: &str) -> Error {
    sim(
        &format!("the profile wants its PIN, so {outcome}"),
        "a phone gives it its PIN, or switches its PIN request off",
    )
}

pub(super) fn denied() -> Error {
    let message = "the network does not admit this profile (registration denied)";
    let hint = "its operator knows whether it is paid for and may roam here";
    Error::Network { message: message.into(), hint: Some(hint.into()) }
}

/// Not even that it is on none.
pub(super) fn not_told() -> Error {
    let message = "the modem does not say whether a network has it";
    let hint = "unplug the modem, plug it in again, and try once more";
    Error::Network { message: message.into(), hint: Some(hint.into()) }
}

pub(super) fn unknown_again() -> Error {
    let message = "the modem tells no IMEI of its own: an interrupted run could not put its profile back, so \
                   nothing is switched";
    Error::Sim { message: message.into(), hint: None }
}

fn sim(message: &str, hint: &str) -> Error {
    Error::Sim { message: message.to_owned(), hint: Some(hint.to_owned()) }
}
