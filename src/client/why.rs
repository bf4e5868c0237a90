//! Why the network gave no text: asks the modem what it knows, and says whose move is next.

use std::time::Duration;

use super::run::refused;
use super::{Modem, Registration};
use crate::Error;
use crate::port::Line;
use crate::ussd::Ended;

/// An exchange that ended without text, in words; where nothing better is known, with what this modem
/// is known for.
pub(super) async fn explain<P: Line>(modem: &mut Modem<P>, ended: Ended, limit: Duration) -> Error {
    match cause(modem, ended, limit).await {
        Error::Network { message, hint: None } => {
            Error::Network { message, hint: modem.dialect().note }
        }
        error => error,
    }
}

async fn cause<P: Line>(modem: &mut Modem<P>, ended: Ended, limit: Duration) -> Error {
    if ended == Ended::Restarted {
        let hint = Some(
            "a supply that dips under load does this: try another cable or a powered hub".into(),
        );
        return Error::Port {
            message: "the modem restarted in the middle of the request (power?)".into(),
            hint,
        };
    }
    let silent = ended == Ended::Silent;
    let network = if silent {
        Registration::default()
    } else {
        modem.registration().await.unwrap_or_default()
    };
    match ended {
        Ended::Refused { result, .. } if result.code == Some(NO_NETWORK_SERVICE) => {
            no_circuit(modem, &network)
        }
        Ended::Refused { result, late: false } => match refused("AT+CUSD", &result) {
            error @ Error::Sim { .. } => error,
            error if network.is_registered() => error,
            _ => not_registered(),
        },
        Ended::Refused { result, late: true } => {
            told(modem, &network, format!("the network refused the request: {result}"))
        }
        Ended::Silent => {
            let waited = limit.min(modem.dialect().ok_limit);
            Error::Silent { command: "AT+CUSD".into(), waited }
        }
        Ended::NoAnswer => {
            let symptom = format!("the network did not answer within {} s", limit.as_secs_f32());
            silent_on_lte(modem, &network, told(modem, &network, symptom))
        }
        Ended::NotSupported => {
            told(modem, &network, "USSD is not supported here, or not for this code".into())
        }
        Ended::NetworkTimeout => {
            let symptom = "the network gave the modem no answer in time".to_owned();
            silent_on_lte(modem, &network, told(modem, &network, symptom))
        }
        Ended::Taken => {
            told(modem, &network, "another program on this modem took the answer".into())
        }
        _ => told(modem, &network, "the network ended the session without a text".into()),
    }
}

/// Not registered anywhere: nothing can be asked.
pub(crate) fn not_registered() -> Error {
    let message = "the modem is not registered on any network".to_owned();
    Error::Network {
        message,
        hint: Some("check antenna and reception; a new SIM may need its activation first".into()),
    }
}

/// A module that has no USSD over AT at all, in the words of its row.
pub(super) fn no_ussd(cannot: &str) -> Error {
    Error::Network { message: format!("this modem has no USSD: {cannot}"), hint: None }
}

/// `+CME ERROR: 30`, no network service (3GPP TS 27.007 clause 9.2.1).
const NO_NETWORK_SERVICE: u32 = 30;

/// The cause behind the symptom where the registration shows one, else the symptom.
fn told<P: Line>(modem: &Modem<P>, network: &Registration, symptom: String) -> Error {
    if !network.is_registered() {
        return not_registered();
    }
    if network.circuit.is_some() && !network.has_circuit() {
        return no_circuit(modem, network);
    }
    Error::Network { message: symptom, hint: None }
}

/// LTE is silent more often than 3G and 2G: then these are named, with what this modem is known for.
fn silent_on_lte<P: Line>(modem: &Modem<P>, network: &Registration, error: Error) -> Error {
    let Error::Network { message, hint: None } = error else { return error };
    let note = modem.dialect().note;
    let hint = match (note, network.is_on_lte() && modem.can_fall_back()) {
        (Some(note), true) => Some(format!("{note}; `--fallback` asks over 3G or 2G")),
        (None, true) => Some("`--fallback` asks over 3G or 2G, where answers are surer".to_owned()),
        (note, false) => note,
    };
    Error::Network { message, hint }
}

/// USSD over AT is a circuit-switched service: without that domain no code will ever be answered.
pub(super) fn no_circuit<P: Line>(modem: &Modem<P>, network: &Registration) -> Error {
    if !network.is_registered() {
        return not_registered();
    }
    let message = match network.is_on_lte() {
        true => "USSD is not possible here: the modem is on LTE without circuit-switched service",
        false => "USSD is not possible here: the modem has no circuit-switched service",
    };
    let hint = match network.is_on_lte() && modem.can_fall_back() {
        true => "`--fallback` asks over 3G or 2G and comes back; its data stops meanwhile",
        false => BY_HAND,
    };
    Error::Network { message: message.into(), hint: Some(hint.into()) }
}

/// For a modem that we cannot send there.
pub(super) const BY_HAND: &str =
    "set the modem to 2G or 3G where the operator still has them, or ask by SMS or app";
