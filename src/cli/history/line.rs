//! The objects of `--json`: keys and their order are promised.

use crate::Error;
use crate::balance::{Confidence, Kind};
use crate::ids::Iccid;
use crate::watch::{Answer, Failure, Outcome, Pot, Record, SimKey};
use jiff::civil::Date;
use serde::Serialize;

use crate::cli::{Globals, out};

pub(super) fn print(records: &[(i64, Record)], globals: &Globals) -> Result<(), Error> {
    records.iter().try_for_each(|(id, record)| out::json(&Line::of(*id, record, globals)))
}

#[derive(Serialize)]
struct Line<'a> {
    schema: u8,
    id: i64,
    time: String,
    modem: &'a str,
    sim: Sim<'a>,
    operator: Option<&'a str>,
    via: Option<&'a str>,
    reply: Option<Reply<'a>>,
    kind: Option<Kind>,
    confidence: Option<Confidence>,
    pots: &'a [Pot],
    expires: &'a [Date],
    error: Option<&'a Failure>,
}

#[derive(Serialize)]
struct Sim<'a> {
    key: Option<String>,
    iccid: Option<&'a str>,
    plmn: Option<&'a str>,
}

#[derive(Serialize)]
struct Reply<'a> {
    text: &'a str,
    raw: &'a [String],
}

impl<'a> Line<'a> {
    fn of(id: i64, record: &'a Record, globals: &Globals) -> Self {
        let (answer, error) = match &record.outcome {
            Outcome::Answer(answer) => (Some(answer), None),
            Outcome::Failure(failure) => (None, Some(failure)),
        };
        let reply = |answer: &'a Answer| Reply { text: &answer.text, raw: &answer.raw };
        Self {
            schema: 1,
            id,
            time: record.time.to_string(),
            modem: &record.modem,
            sim: Sim {
                key: record.sim.as_ref().map(|key| shown(key, globals)),
                iccid: record.iccid.as_deref(),
                plmn: record.plmn.as_deref(),
            },
            operator: record.operator.as_deref(),
            via: answer.map(|answer| answer.via.as_str()),
            reply: answer.map(reply),
            kind: answer.map(|answer| answer.kind),
            confidence: answer.map(|answer| answer.confidence),
            pots: answer.map(|answer| answer.pots.as_slice()).unwrap_or_default(),
            expires: answer.map(|answer| answer.expires.as_slice()).unwrap_or_default(),
            error,
        }
    }
}

/// A hash is no secret; a card number is.
fn shown(SimKey(key): &SimKey, globals: &Globals) -> String {
    Iccid::parse(key).map_or_else(|_| key.clone(), |iccid| iccid.shown(globals.show_ids))
}
