//! What is said: states, records and alerts, as JSON.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::packet::Publish;
use crate::balance::PotType;
use crate::ids::Iccid;
use crate::watch::{AlertKind, Answer, Pot, Record, SimKey, View};

/// `…/state`: what most want to know of a modem in plain fields, then all of it.
#[derive(Serialize)]
struct State<'a> {
    schema: u8,
    balance: Option<String>,
    currency: Option<&'a str>,
    data_left: Option<String>,
    data_unit: Option<&'static str>,
    valid_until: Option<Date>,
    days_left: Option<String>,
    last_success: Option<Timestamp>,
    signal_dbm: Option<i16>,
    problem: bool,
    #[serde(flatten)]
    view: &'a View,
}

/// `…/record`: the number says which, where one comes twice.
#[derive(Serialize)]
struct Numbered<'a> {
    schema: u8,
    id: i64,
    #[serde(flatten)]
    record: &'a Record,
}

/// `…/alert`.
#[derive(Serialize, Deserialize)]
struct Alert<'a> {
    schema: u8,
    time: Timestamp,
    modem: &'a str,
    kind: AlertKind,
    is_raised: bool,
    message: &'a str,
}

/// The state of a modem, which the broker keeps.
pub(super) fn state(topic: String, view: &View) -> Publish {
    let mut view = view.clone();
    view.last.iter_mut().chain(view.last_good.iter_mut()).for_each(strip);
    let answer = answer(&view);
    let main = answer.and_then(Answer::main);
    let data = data(&view);
    let state = State {
        schema: 1,
        balance: main.map(|pot| pot.amount.to_string()),
        currency: main.and_then(|pot| pot.unit.as_deref()),
        data_left: data.map(|(pot, _)| pot.amount.to_string()),
        data_unit: data.map(|(_, unit)| unit),
        valid_until: answer.and_then(Answer::valid_until),
        days_left: view.forecast.as_ref().and_then(|f| f.days_left).map(|days| days.to_string()),
        last_success: view.last_good.as_ref().map(|record| record.time),
        signal_dbm: view.radio.and_then(|radio| radio.rssi_dbm),
        problem: !view.alerts.is_empty(),
        view: &view,
    };
    Publish { topic, payload: json(&state), is_retained: true, ..Publish::default() }
}

/// One question and what came of it.
pub(super) fn record(topic: String, id: i64, mut record: Record) -> Publish {
    strip(&mut record);
    let payload = json(&Numbered { schema: 1, id, record: &record });
    Publish { topic, payload, ..Publish::default() }
}

/// What has begun to be wrong with a modem, or has ended.
pub(super) fn alert(
    topic: String,
    modem: &str,
    kind: AlertKind,
    is_raised: bool,
    message: &str,
) -> Publish {
    let time = Timestamp::now();
    let payload = json(&Alert { schema: 1, time, modem, kind, is_raised, message });
    Publish { topic, payload, ..Publish::default() }
}

/// A word that the broker keeps; the empty one takes back what it kept.
pub(super) fn word(topic: String, word: &str) -> Publish {
    Publish { topic, payload: word.into(), is_retained: true, ..Publish::default() }
}

/// The last answer that can be relied on.
pub(super) fn answer(view: &View) -> Option<&Answer> {
    view.last_good.as_ref().and_then(Record::reliable)
}

/// The first data pot, and its unit as Home Assistant writes it.
pub(super) fn data(view: &View) -> Option<(&Pot, &'static str)> {
    let pot = answer(view)?.pots.iter().find(|pot| pot.pot_type == PotType::Data)?;
    let unit = match pot.unit.as_deref()? {
        "B" => "B",
        "KB" => "kB",
        "MB" => "MB",
        "GB" => "GB",
        "TB" => "TB",
        _ => return None,
    };
    Some((pot, unit))
}

/// Leaves out what may hold numbers nobody has masked, and is of no use elsewhere.
fn strip(record: &mut Record) {
    if let crate::watch::Outcome::Answer(answer) = &mut record.outcome {
        answer.raw.clear();
    }
    let whole = record.sim.as_ref().and_then(|sim| Iccid::parse(&sim.0).ok());
    if let Some(iccid) = whole {
        record.sim = Some(SimKey(iccid.to_string()));
    }
}

/// What is made of strings and numbers cannot fail to be written.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
