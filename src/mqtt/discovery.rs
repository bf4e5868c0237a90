//! What Home Assistant has to know to show a modem: one device with its entities, in one message.
//!
//! Device discovery (Home Assistant 2024.11 and later): `PREFIX/device/ID/config` holds `device` with
//! `identifiers`, `origin` with `name`, and `components`, each with `platform` and `unique_id`. A component
//! that has nothing but its platform is taken away; an empty message takes the device away. A monetary sensor
//! may have no other `state_class` than `total`; dates and times have none.

use serde_json::{Value, json};

use super::message::{answer, data};
use super::packet::Publish;
use super::topics::{Leaf, Topics, object_id};
use crate::watch::{Answer, View};

/// One row, one entity: what it is named by in the state, its name for people, and the rest.
type Row = (&'static str, &'static str, Option<&'static str>, Option<&'static str>);

#[rustfmt::skip]
const SENSORS: &[Row] = &[
    // field         name            device_class             state_class
    ("balance",      "Balance",      Some("monetary"),        Some("total")),
    ("data_left",    "Data left",    Some("data_size"),       Some("measurement")),
    ("signal_dbm",   "Signal",       Some("signal_strength"), Some("measurement")),
    ("valid_until",  "Valid until",  Some("date"),            None),
    ("last_success", "Last success", Some("timestamp"),       None),
    ("days_left",    "Days left",    Some("duration"),        Some("measurement")),
];

/// Tells of a modem; `has_commands` gives it a button.
pub(super) fn device(topics: &Topics, device: &str, view: &View, has_commands: bool) -> Publish {
    let id = format!("saldo_{}_{}", object_id(device), object_id(&view.modem));
    let state = topics.of(&view.modem, Leaf::State);
    let mut components = serde_json::Map::new();
    for (field, name, class, state_class) in SENSORS {
        let mut sensor = json!({
            "platform": "sensor", "unique_id": format!("{id}_{field}"), "name": name,
            "state_topic": state, "value_template": format!("{{{{ value_json.{field} }}}}"),
        });
        set(&mut sensor, "device_class", *class);
        set(&mut sensor, "state_class", *state_class);
        set(&mut sensor, "unit_of_measurement", unit(field, view));
        components.insert((*field).to_owned(), sensor);
    }
    let problem = json!({
        "platform": "binary_sensor", "unique_id": format!("{id}_problem"), "name": "Problem",
        "device_class": "problem", "state_topic": state,
        "value_template": "{{ 'ON' if value_json.problem else 'OFF' }}",
    });
    components.insert("problem".to_owned(), problem);
    let mut button = json!({ "platform": "button" });
    if has_commands {
        set(&mut button, "unique_id", Some(&format!("{id}_check")));
        set(&mut button, "name", Some("Check now"));
        set(&mut button, "command_topic", Some(&topics.of(&view.modem, Leaf::Command)));
        set(&mut button, "payload_press", Some("check"));
    }
    components.insert("check".to_owned(), button);
    let config = json!({
        "device": { "identifiers": [id], "name": view.modem, "model": view.operator, "manufacturer": "saldo" },
        "origin": { "name": "saldo", "sw_version": env!("CARGO_PKG_VERSION") },
        "availability_topic": topics.status(),
        "components": components,
    });
    let topic = topics.discovery(&view.modem);
    Publish { topic, payload: config.to_string().into(), is_retained: true, ..Publish::default() }
}

fn unit<'a>(field: &str, view: &'a View) -> Option<&'a str> {
    match field {
        "balance" => answer(view).and_then(Answer::main).and_then(|pot| pot.unit.as_deref()),
        "data_left" => Some(data(view).map_or("MB", |(_, unit)| unit)),
        "signal_dbm" => Some("dBm"),
        "days_left" => Some("d"),
        _ => None,
    }
}

fn set(object: &mut Value, key: &str, value: Option<&str>) {
    if let (Some(fields), Some(value)) = (object.as_object_mut(), value) {
        fields.insert(key.to_owned(), value.into());
    }
}
