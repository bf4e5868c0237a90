//! What the errors of D-Bus and of ModemManager mean, and whose move is next.

use std::time::Duration;

use crate::Error;
use crate::client::shared::not_registered;

/// What an error says, by the end of its name.
enum Meaning {
    Port(&'static str, &'static str),
    Gone,
    Taken,
    Sim(&'static str),
    Network(&'static str),
    NotRegistered,
}

use Meaning::{Gone, Network, NotRegistered, Port, Sim, Taken};

/// Names as ModemManager and the bus give them, without `org.freedesktop.` and what is common to all.
#[rustfmt::skip]
const MEANINGS: &[(&str, Meaning)] = &[
    ("Core.Aborted",                      Network("the network ended the session without a text")),
    ("Core.Cancelled",                    Network("the session was cancelled")),
    ("Core.InProgress",                   Taken),
    ("Core.NotFound",                     Gone),
    ("Core.Timeout",                      Network("the network gave the modem no answer in time")),
    ("Core.Unauthorized",                 Port(DENIED, LOCAL)),
    ("Core.Unsupported",                  Network(UNSUPPORTED)),
    ("DBus.Error.AccessDenied",           Port(DENIED, LOCAL)),
    ("DBus.Error.NameHasNoOwner",         Gone),
    ("DBus.Error.NoReply",                Gone),
    ("DBus.Error.ServiceUnknown",         Gone),
    ("DBus.Error.UnknownObject",          Gone),
    ("MobileEquipment.NetworkNotAllowed", NotRegistered),
    ("MobileEquipment.NetworkTimeout",    Network("the network gave the modem no answer in time")),
    ("MobileEquipment.NoNetwork",         NotRegistered),
    ("MobileEquipment.NotAllowed",        Network(UNSUPPORTED)),
    ("MobileEquipment.NotSupported",      Network(UNSUPPORTED)),
    ("MobileEquipment.SimBusy",           Sim("the SIM is busy")),
    ("MobileEquipment.SimFailure",        Sim("the SIM failed")),
    ("MobileEquipment.SimNotInserted",    Sim("SIM not inserted")),
    ("MobileEquipment.SimPin",            Sim("the SIM is locked by its PIN")),
    ("MobileEquipment.SimPuk",            Sim("the SIM is blocked: it wants its PUK")),
    ("MobileEquipment.SimWrong",          Sim("the modem takes no such SIM")),
];

const DENIED: &str = "ModemManager does not let this user do that";
const LOCAL: &str =
    "`sudo saldo`, or a login at the machine itself, is what its rules (polkit) let through";
const UNSUPPORTED: &str = "USSD is not supported here, or not for this code";

/// An error of a call about the modem that the user calls `port`.
pub(super) fn explain(port: &str, error: zbus::Error) -> Error {
    let zbus::Error::MethodError(name, words, _) = &error else { return lost(&error) };
    let words = words.as_deref().unwrap_or_default();
    let known = MEANINGS.iter().find(|(end, _)| name.ends_with(end)).map(|(_, meaning)| meaning);
    match known {
        Some(Port(message, hint)) => {
            Error::Port { message: format!("{port}: {message}"), hint: Some((*hint).into()) }
        }
        Some(Gone) => Error::Unplugged { port: port.to_owned() },
        Some(Taken) => session_of_another(port),
        Some(Sim(message)) => Error::Sim { message: (*message).into(), hint: None },
        Some(Network(message)) => Error::Network { message: (*message).into(), hint: None },
        Some(NotRegistered) => not_registered(),
        None if words.contains("already active") => session_of_another(port),
        None if name.ends_with("UnknownMethod") && words.contains("Object does not exist") => {
            Error::Unplugged { port: port.to_owned() }
        }
        None if words.contains("No such interface") => no_ussd(),
        None => Error::Refused {
            command: "USSD through ModemManager".into(),
            reason: if words.is_empty() { name.to_string() } else { words.to_owned() },
            hint: Some("`journalctl -u ModemManager` may say more".into()),
        },
    }
}

/// The session is not ours to end: somebody may be waiting for it.
pub(super) fn session_of_another(port: &str) -> Error {
    let number = port.trim_start_matches("mm:");
    Error::Network {
        message: "another program has a USSD session on this modem".into(),
        hint: Some(format!(
            "`mmcli -m {number} --3gpp-ussd-status` shows it; try again in a minute"
        )),
    }
}

pub(super) fn no_answer(limit: Duration) -> Error {
    let message = format!("the network did not answer within {} s", limit.as_secs_f32());
    Error::Network { message, hint: None }
}

pub(super) fn no_bus(error: &zbus::Error) -> Error {
    Error::Port {
        message: format!("ModemManager cannot be reached: no system bus ({error})"),
        hint: Some("give the port itself: `saldo ports` lists them".into()),
    }
}

pub(super) fn not_running() -> Error {
    Error::Port {
        message: "ModemManager does not run".into(),
        hint: Some("give the port itself: `saldo ports` lists them".into()),
    }
}

fn no_ussd() -> Error {
    Error::Network {
        message: "this modem has no USSD: ModemManager offers none for it".into(),
        hint: None,
    }
}

fn lost(error: &zbus::Error) -> Error {
    Error::Port {
        message: format!("ModemManager does not answer: {error}"),
        hint: Some("`systemctl status ModemManager` shows how it is".into()),
    }
}
