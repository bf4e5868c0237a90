//! What a modem may do differently, and the standard that holds where a row says nothing.

use std::cmp::Reverse;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Fallback;
use crate::ussd::Form;

/// How to talk to one modem: the rows that fit it, over the standard (3GPP TS 27.007).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Dialect {
    /// The row's name, as reports show it: `huawei`, `simcom-lte`, `generic`.
    pub key: String,
    /// Why this modem has no USSD over AT at all, for the user; `None` where it has.
    pub cannot: Option<String>,
    /// What keeps answers away on this modem more often than on others, for a user who got none.
    pub note: Option<String>,
    /// How a USSD code is written in `AT+CUSD=1,"…"`, best first.
    pub request: Vec<Form>,
    /// In which forms answers come, likeliest first: a bonus for the decoder, never a rule; empty where
    /// nothing is expected.
    pub reply: Vec<Form>,
    /// The character set to select (`AT+CSCS`) before a request.
    pub cscs: Charset,
    /// Sent once before the first request; their errors do not matter and nothing is restored.
    pub before: Vec<String>,
    /// A setting that turns between text (0) and packed septets (1), such as `AT^USSDMODE`: read
    /// with `?`, set with `=`. Numbered the other way round by some, so the answer decides.
    pub ussd_mode: Option<String>,
    /// How long the modem is left alone after a cancel before the next request.
    pub settle: Duration,
    /// How an open dialogue is ended.
    pub cancel: Cancel,
    /// How long the final result of `AT+CUSD=1,…` may take; longer where it waits for the network.
    pub ok_limit: Duration,
    /// Whether `OK` comes before or after the network's answer.
    pub order: Order,
    /// Commands that give the ICCID, best first.
    pub iccid: Vec<String>,
    /// Commands that tell how many tries PIN and PUK have left, best first; each answer has its own
    /// order of numbers, which [`crate::answers`] knows by its prefix.
    pub retries: Vec<String>,
    /// How the modem is sent to 2G or 3G for a request; the first whose `read` it answers is its own.
    pub fallback: Vec<Fallback>,
    /// Commands that may tell of circuit-switched service, or of USSD over LTE, where `+CREG` tells of none.
    pub circuit: Vec<String>,
    /// Commands that show radio and temperature, best first; they read and change nothing.
    pub diag: Vec<String>,
    /// The reason for the row, as reports show it.
    pub why: String,
    /// Who says so.
    pub seen: String,
}

/// A TE character set, as `AT+CSCS` names it (3GPP TS 27.007 clause 5.5).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charset {
    /// Leave what is set.
    AsFound,
    /// `GSM`: the safest for requests.
    #[default]
    Gsm,
    /// `IRA`: loses what is not ASCII.
    Ira,
    /// `UCS2`: loses nothing, where it is taken.
    Ucs2,
}

impl Charset {
    /// The name for `AT+CSCS="…"`; `None` where nothing is to be set.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::AsFound => None,
            Self::Gsm => Some("GSM"),
            Self::Ira => Some("IRA"),
            Self::Ucs2 => Some("UCS2"),
        }
    }
}

/// Which comes first after a request.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// `OK`, and seconds later `+CUSD`.
    #[default]
    OkFirst,
    /// `+CUSD`, and then `OK`: the port is blocked until the network has answered.
    AnswerFirst,
}

/// How an open USSD dialogue is ended.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Cancel {
    /// `AT+CUSD=2`; some say ERROR when nothing is open, and no answer to it matters.
    #[default]
    Cusd,
    /// The dialogue is a prompt `>`: the answer is text and Ctrl-Z, ESC ends it.
    Escape,
}

impl Default for Dialect {
    fn default() -> Self {
        let iccid = ["AT+CCID", "AT+ICCID", "AT+CRSM=176,12258,0,0,10"];
        Self {
            key: "generic".into(),
            cannot: None,
            note: None,
            request: vec![Form::Plain, Form::Ucs2],
            reply: Vec::new(),
            cscs: Charset::default(),
            before: Vec::new(),
            ussd_mode: None,
            settle: Duration::from_secs(1),
            cancel: Cancel::default(),
            ok_limit: Duration::from_secs(15),
            order: Order::default(),
            iccid: iccid.map(str::to_owned).into(),
            retries: vec!["AT+CPINR".into()],
            fallback: Vec::new(),
            circuit: Vec::new(),
            diag: ["AT+CSQ", "AT+CESQ"].map(str::to_owned).into(),
            why: String::new(),
            seen: String::new(),
        }
    }
}

/// One row of a data file: whom it is about, what it sets, why, and where that was seen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Row {
    pub(super) key: String,
    /// Words of the model's name, without which the row is for every model of the maker.
    #[serde(default)]
    pub(super) models: Vec<String>,
    cannot: Option<String>,
    note: Option<String>,
    request: Option<Vec<Form>>,
    reply: Option<Vec<Form>>,
    cscs: Option<Charset>,
    before: Option<Vec<String>>,
    ussd_mode: Option<String>,
    settle_ms: Option<u64>,
    cancel: Option<Cancel>,
    ok_limit_ms: Option<u64>,
    order: Option<Order>,
    iccid: Option<Vec<String>>,
    retries: Option<Vec<String>>,
    fallback: Option<Vec<Fallback>>,
    circuit: Option<Vec<String>>,
    diag: Option<Vec<String>>,
    why: String,
    seen: String,
}

impl Row {
    /// Whether it says how requests are written, or in which character set.
    pub(super) fn names_request(&self) -> bool {
        self.request.is_some() || self.cscs.is_some()
    }

    /// Those of `rows` that fit the model, the closest first.
    pub(super) fn fitting<'a>(rows: &'a [Self], model: &str) -> Vec<&'a Self> {
        let mut fitting: Vec<_> =
            rows.iter().filter_map(|row| row.fit(model).map(|fit| (Reverse(fit), row))).collect();
        fitting.sort_by_key(|(fit, _)| *fit);
        fitting.into_iter().map(|(_, row)| row).collect()
    }

    /// How well the row fits: the length of its longest word in `model`, 0 for every model.
    fn fit(&self, model: &str) -> Option<usize> {
        if self.models.is_empty() {
            return Some(0);
        }
        let model = model.to_lowercase();
        let words = self.models.iter().filter(|word| model.contains(&word.to_lowercase()));
        words.map(String::len).max()
    }

    /// What this row leaves out, from one that fits more modems.
    pub(super) fn over(self, wider: &Self) -> Self {
        let wider = wider.clone();
        Self {
            cannot: self.cannot.or(wider.cannot),
            note: self.note.or(wider.note),
            request: self.request.or(wider.request),
            reply: self.reply.or(wider.reply),
            cscs: self.cscs.or(wider.cscs),
            before: self.before.or(wider.before),
            ussd_mode: self.ussd_mode.or(wider.ussd_mode),
            settle_ms: self.settle_ms.or(wider.settle_ms),
            cancel: self.cancel.or(wider.cancel),
            ok_limit_ms: self.ok_limit_ms.or(wider.ok_limit_ms),
            order: self.order.or(wider.order),
            iccid: self.iccid.or(wider.iccid),
            retries: self.retries.or(wider.retries),
            fallback: self.fallback.or(wider.fallback),
            circuit: self.circuit.or(wider.circuit),
            diag: self.diag.or(wider.diag),
            ..self
        }
    }
}

impl From<Row> for Dialect {
    fn from(row: Row) -> Self {
        let standard = Self::default();
        Self {
            key: row.key,
            cannot: row.cannot,
            note: row.note,
            request: row.request.unwrap_or(standard.request),
            reply: row.reply.unwrap_or(standard.reply),
            cscs: row.cscs.unwrap_or(standard.cscs),
            before: row.before.unwrap_or(standard.before),
            ussd_mode: row.ussd_mode,
            settle: row.settle_ms.map_or(standard.settle, Duration::from_millis),
            cancel: row.cancel.unwrap_or(standard.cancel),
            ok_limit: row.ok_limit_ms.map_or(standard.ok_limit, Duration::from_millis),
            order: row.order.unwrap_or(standard.order),
            iccid: row.iccid.unwrap_or(standard.iccid),
            retries: row.retries.unwrap_or(standard.retries),
            fallback: row.fallback.unwrap_or(standard.fallback),
            circuit: row.circuit.unwrap_or(standard.circuit),
            diag: row.diag.unwrap_or(standard.diag),
            why: row.why,
            seen: row.seen,
        }
    }
}
