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
            no_circuit(&network)
        }
        Ended::Refused { result, late: false } => match refused("AT+CUSD", &result) {
            error @ Error::Sim { .. } => error,
            error if network.is_registered() => error,
            _ => not_registered(),
        },
        Ended::Refused { result, late: true } => {
            told(&network, format!("the network refused the request: {result}"))
        }
        Ended::Silent => {
            let waited = limit.min(modem.dialect().ok_limit);
            Error::Silent { command: "AT+CUSD".into(), waited }
        }
        Ended::NoAnswer => {
            told(&network, format!("the network did not answer within {} s", limit.as_secs_f32()))
        }
        Ended::NotSupported => {
            told(&network, "USSD is not supported here, or not for this code".into())
        }
        Ended::NetworkTimeout => {
            told(&network, "the network gave the modem no answer in time".into())
        }
        Ended::Taken => told(&network, "another program on this modem took the answer".into()),
        _ => told(&network, "the network ended the session without a text".into()),
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
fn told(network: &Registration, symptom: String) -> Error {
    if !network.is_registered() {
        return not_registered();
    }
    if network.circuit.is_some() && !network.has_circuit() {
        return no_circuit(network);
    }
    Error::Network { message: symptom, hint: None }
}

/// USSD over AT is a circuit-switched service: without that domain no code will ever be answered.
fn no_circuit(network: &Registration) -> Error {
    if !network.is_registered() {
        return not_registered();
    }
    let message = if matches!(network.lte, Some(1 | 5)) {
        "USSD is not possible here: the modem is on LTE without circuit-switched service"
    } else {
        "USSD is not possible here: the modem has no circuit-switched service"
    };
    let hint = "set the modem to 2G or 3G where the operator still has them, or ask by SMS or app";
    Error::Network { message: message.into(), hint: Some(hint.into()) }
}
