//! What the lines are made of.

use crate::Error;
use crate::balance::Reading;
use crate::client::{Asked, Turn};
use crate::ids::{Imei, mask_number};
use crate::modems::Identity;
use crate::operators::{Operator, SimFacts};
use crate::transcript::redacted_answer;
use serde::Serialize;

use super::super::Globals;
use super::super::with_modem::AnyModem;

/// Class, message and hint of an error.
#[derive(Serialize)]
pub(in crate::cli) struct ErrorObject {
    class: &'static str,
    message: String,
    hint: Option<String>,
}

impl ErrorObject {
    pub(in crate::cli) fn of(error: &Error, message: String) -> Self {
        Self { class: error.class(), message, hint: error.hint() }
    }
}

/// What of the modem the JSON shows.
pub(in crate::cli) struct Facts<'a> {
    pub(in crate::cli) port: String,
    pub(in crate::cli) identity: Option<&'a Identity>,
    pub(in crate::cli) imei: Option<&'a Imei>,
    pub(in crate::cli) sim: &'a SimFacts,
    pub(in crate::cli) show_ids: bool,
}

impl<'a> Facts<'a> {
    pub(in crate::cli) fn of(modem: &'a AnyModem, globals: &Globals) -> Self {
        Self {
            port: modem.port_name(),
            identity: modem.known_identity(),
            imei: modem.imei(),
            sim: modem.known_sim(),
            show_ids: globals.show_ids,
        }
    }
}

#[derive(Serialize)]
pub(in crate::cli) struct ModemObject {
    manufacturer: Option<String>,
    model: Option<String>,
    firmware: Option<String>,
    imei: Option<String>,
    port: String,
}

impl ModemObject {
    pub(in crate::cli) fn of(facts: &Facts<'_>) -> Self {
        let known = |text: fn(&Identity) -> &String| {
            facts.identity.map(text).filter(|text| !text.is_empty()).cloned()
        };
        Self {
            manufacturer: known(|identity| &identity.manufacturer),
            model: known(|identity| &identity.model),
            firmware: known(|identity| &identity.firmware),
            imei: facts.imei.map(|imei| imei.shown(facts.show_ids)),
            port: facts.port.clone(),
        }
    }
}

#[derive(Serialize)]
pub(in crate::cli) struct SimObject<'a> {
    iccid: Option<String>,
    plmn: Option<String>,
    name: Option<&'a str>,
}

impl<'a> SimObject<'a> {
    pub(in crate::cli) fn of(facts: &Facts<'a>, operator: Option<&Operator>) -> Self {
        let plmn = facts.sim.home(operator).map(|plmn| plmn.as_str().to_owned());
        let iccid = facts.sim.iccid.as_ref().map(|iccid| iccid.shown(facts.show_ids));
        Self { iccid, plmn, name: facts.sim.spn.as_deref() }
    }
}

#[derive(Serialize)]
pub(in crate::cli) struct OperatorObject<'a> {
    id: &'a str,
    name: &'a str,
    country: Option<&'a str>,
}

impl<'a> OperatorObject<'a> {
    pub(in crate::cli) fn of(operator: &'a Operator) -> Self {
        Self { id: &operator.id, name: &operator.name, country: operator.country.as_deref() }
    }
}

/// One line of a menu.
#[derive(Serialize)]
pub(in crate::cli) struct ChoiceObject {
    answer: String,
    text: String,
}

impl ChoiceObject {
    pub(in crate::cli) fn all(reading: &Reading) -> Vec<Self> {
        let choices = reading.choices.iter().cloned();
        choices.map(|(answer, text)| Self { answer, text }).collect()
    }
}

/// How it was asked: `code` is the USSD code, or number and text of the message.
#[derive(Serialize)]
pub(in crate::cli) struct AskObject<'a> {
    method: &'static str,
    code: String,
    path: Vec<&'a str>,
}

impl<'a> AskObject<'a> {
    pub(in crate::cli) fn of(ask: &'a Asked) -> Self {
        match ask {
            Asked::Ussd { code, path, .. } => {
                let path = path.iter().map(crate::ussd::Answer::as_str).collect();
                Self { method: "ussd", code: code.to_string(), path }
            }
            Asked::Sms { to, text } => Self {
                method: "sms",
                code: format!("{to} {text}").trim_end().to_owned(),
                path: Vec::new(),
            },
        }
    }
}

/// What the network said, as it came and as it reads; after a message only its text.
#[derive(Serialize)]
pub(in crate::cli) struct Reply {
    status: Option<u32>,
    text: String,
    raw: Vec<String>,
    dcs: Option<i32>,
    encoding: Option<&'static str>,
    truncated: bool,
}

impl Reply {
    pub(in crate::cli) fn of(turns: &[Turn], text: &str) -> Self {
        let last = turns.last();
        let reading = last.and_then(|turn| turn.readings.first());
        Self {
            status: last.map(|turn| turn.reply.status.number()),
            text: text.to_owned(),
            raw: turns
                .iter()
                .map(|turn| String::from_utf8_lossy(&turn.reply.raw).into_owned())
                .collect(),
            dcs: last.and_then(|turn| turn.reply.dcs),
            encoding: reading.map(|reading| reading.encoding.as_str()),
            truncated: last.is_some_and(Turn::is_truncated),
        }
    }

    /// The SIM's own number is shown masked, in the text and inside the line it came from.
    pub(in crate::cli) fn mask(&mut self, number: &str, masked: &str) {
        self.text = mask_number(&self.text, number, masked);
        for line in &mut self.raw {
            let plain = mask_number(line, number, masked);
            let coded = || redacted_answer(b"AT+CUSD", &[line.as_bytes().to_vec()]).concat();
            *line =
                if plain == *line { String::from_utf8_lossy(&coded()).into_owned() } else { plain };
        }
    }
}
