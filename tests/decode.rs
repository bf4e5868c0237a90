//! The offline decoder: our own rows, and how much it reads right of what modems really said.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use saldo::answers::{Item, decode};
use serde_json::{Map, Value};

/// Every row of `fixtures/vectors/cusd.txt`: what the modem said, the character set, the text that must
/// come out first, and how it was written.
#[test]
fn replies_are_read_as_their_rows_say() {
    for row in include_str!("../fixtures/vectors/cusd.txt").lines() {
        if row.is_empty() || row.starts_with('#') {
            continue;
        }
        let columns: Vec<_> = row.split(" | ").map(str::trim).collect();
        let [said, cscs, text, encoding, why] = columns[..] else { panic!("five columns: {row}") };
        let cscs = (cscs != "-").then_some(cscs);
        let answer = decode(&unescaped(said), cscs, None);
        let reply = answer.items.iter().find_map(|item| match item {
            Item::Cusd(reply) => Some(reply),
            _ => None,
        });
        let reply = reply.unwrap_or_else(|| panic!("no reply in {said}"));
        let expected = (text != "-").then(|| String::from_utf8(unescaped(text)).unwrap());
        assert_eq!(reply.text, expected, "{said}: {why}");
        assert_eq!(reply.encoding.unwrap_or("-"), encoding, "{said}: {why}");
    }
}

/// The shares that may only rise, in percent: replies first, then every other kind.
#[rustfmt::skip]
const BARS: &[(&str, usize)] = &[
    ("cusd", 97), ("error", 100), ("apdu", 100), ("cell", 100), ("identity", 100), ("operator", 100),
    ("registration", 100), ("retries", 100), ("signal", 100), ("sim", 100), ("sms", 93),
    ("temperature", 100), ("urcs", 100),
];

#[test]
fn most_of_what_modems_said_is_read_right() {
    let Some(corpus) = corpus() else { return };
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for line in corpus.lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        for (kind, right) in row.judged() {
            scores.entry(kind).or_default().count(right, &row.id);
        }
    }
    for (kind, score) in &scores {
        println!("{kind}: {} of {} right; not {:?}", score.right, score.all, score.wrong);
    }
    for (kind, bar) in BARS {
        let score = &scores[kind];
        assert!(score.right * 100 >= bar * score.all, "{kind}: {} of {}", score.right, score.all);
    }
}

#[derive(Default)]
struct Score {
    right: usize,
    all: usize,
    wrong: Vec<String>,
}

impl Score {
    fn count(&mut self, right: bool, id: &str) {
        self.all += 1;
        self.right += usize::from(right);
        if !right {
            self.wrong.push(id.to_owned());
        }
    }
}

fn corpus() -> Option<String> {
    let folder = std::env::var_os("SALDO_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let found = fs::read_to_string(folder.join("transcripts.jsonl")).ok();
    if found.is_none() {
        println!("skipped: no corpus of transcripts here (SALDO_CORPUS names its folder)");
    }
    found
}

#[derive(serde::Deserialize)]
struct Row {
    id: String,
    request: Option<String>,
    response: String,
    decoded: Map<String, Value>,
}

impl Row {
    /// Each thing that the row's label states, and whether we say the same.
    fn judged(&self) -> Vec<(&'static str, bool)> {
        let answer = decode(&octets(&self.response), None, self.request.as_deref());
        let items: Vec<Value> =
            answer.items.iter().map(|item| serde_json::to_value(item).unwrap()).collect();
        let mut judged = Vec::new();
        for (_, kind, fields, label) in self.labels() {
            let ours: Vec<&Value> = items.iter().filter(|item| item["kind"] == kind).collect();
            let same = label.iter().enumerate().all(|(place, label)| {
                ours.get(place).is_some_and(|ours| agrees(ours, label, fields))
            });
            judged.push((kind, same));
        }
        if let Some(urcs) = self.decoded.get("urcs").and_then(Value::as_array) {
            let urcs: Vec<_> =
                urcs.iter().map(|urc| urc.as_str().unwrap().trim_end_matches(':')).collect();
            judged.push(("urcs", answer.urcs == urcs));
        }
        judged
    }
}

impl Row {
    /// The rows of [`LABELS`] that the label has something for, and each thing it says there.
    fn labels(&self) -> impl Iterator<Item = (&str, &'static str, Fields, Vec<Value>)> {
        LABELS.iter().filter_map(|(name, kind, fields)| {
            let label = self.decoded.get(*name).filter(|label| !label.is_null())?;
            let each: Vec<Value> =
                several(label).into_iter().map(|label| flattened(name, &label)).collect();
            let known = each
                .iter()
                .all(|label| fields.iter().any(|(theirs, _)| label.get(theirs).is_some()));
            known.then_some((*name, *kind, *fields, each))
        })
    }
}

/// One label for each item that is expected; a scan names its networks only.
fn several(label: &Value) -> Vec<Value> {
    let plmns = label.get("plmns").and_then(Value::as_array);
    let plmns =
        plmns.map(|plmns| plmns.iter().map(|plmn| serde_json::json!({ "plmn": plmn })).collect());
    plmns.or_else(|| label.as_array().cloned()).unwrap_or_else(|| vec![label.clone()])
}

/// Name in a label, the kind it is about, and which of our fields each of its fields is.
type Fields = &'static [(&'static str, &'static str)];

#[rustfmt::skip]
const LABELS: &[(&str, &str, Fields)] = &[
    ("cusd",    "cusd",         &[("m", "status"), ("text", "text"), ("dcs", "dcs")]),
    ("error",   "error",        &[("code", "code"), ("code_equiv", "code"), ("text", "text")]),
    ("cusd_read", "cusd-setting", &[("n", "enabled")]),
    ("reg",     "registration", &[("stat", "stat"), ("lac", "lac"), ("tac", "lac"), ("ci", "cell_id"), ("act", "act")]),
    ("cops",    "operator",     &[("mode", "mode"), ("format", "format"), ("oper", "name"), ("plmn", "plmn"), ("act", "act")]),
    ("cops_scan", "operator",   &[("plmn", "plmn")]),
    ("csq",     "signal",       &[("rssi", "rssi_dbm")]),
    ("cesq",    "signal",       &[("rsrp", "rsrp_dbm"), ("rsrq", "rsrq_db"), ("rscp", "rscp_dbm"), ("ecio", "ecio_db"), ("rxlev", "rssi_dbm")]),
    ("hcsq",    "signal",       &[("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("sinr", "sinr_db"), ("rsrq", "rsrq_db"), ("rat", "rat")]),
    ("qcsq",    "signal",       &[("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("sinr", "sinr_db"), ("rsrq", "rsrq_db"), ("rat", "rat")]),
    ("zrssi",   "signal",       &[("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("sinr", "sinr_db"), ("rsrq", "rsrq_db")]),
    ("gstatus", "signal",       &[("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("system", "rat")]),
    ("rfsts",   "signal",       &[("rxlev", "rssi_dbm")]),
    ("qeng",    "cell",         &[("mcc", "mcc"), ("mnc", "mnc"), ("ci", "cell_id"), ("pci", "pci"), ("earfcn", "channel"), ("band", "band"), ("tac", "tac")]),
    ("cpsi",    "cell",         &[("mcc", "mcc"), ("mnc", "mnc"), ("ci", "cell_id"), ("pci", "pci"), ("earfcn", "channel"), ("band", "band"), ("tac", "tac")]),
    ("ucged",   "cell",         &[("mcc", "mcc"), ("mnc", "mnc"), ("pci", "pci"), ("earfcn", "channel"), ("band", "band")]),
    ("qeng",    "signal",       &[("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("sinr", "sinr_db"), ("rsrq", "rsrq_db")]),
    ("cpsi",    "signal",       &[("rat", "rat"), ("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("snr", "sinr_db"), ("rsrq", "rsrq_db")]),
    ("ucged",   "signal",       &[("sinr", "sinr_db")]),
    ("gstatus", "temperature",  &[("temperature", "max_c")]),
    ("gstatus", "cell",         &[("rx_chan", "channel")]),
    ("rfsts",   "cell",         &[("arfcn", "channel"), ("lac", "tac")]),
    ("qnwinfo", "cell",         &[("channel", "channel")]),
    ("retries", "retries",      &[("pin", "pin"), ("puk", "puk"), ("pin2", "pin2"), ("puk2", "puk2")]),
    ("cpin",    "sim",          &[("cpin", "state")]),
    ("iccid",   "sim",          &[("iccid", "iccid")]),
    ("cnum",    "sim",          &[("number", "msisdn")]),
    ("crsm",    "sim",          &[("spn", "spn")]),
    ("cgla",    "apdu",         &[("sw", "sw"), ("data", "data")]),
    ("csim",    "apdu",         &[("sw", "sw")]),
    ("csim",    "retries",      &[("retries", "pin")]),
    ("temp",    "temperature",  &[("max", "max_c")]),
    ("revision", "identity",    &[("revision", "firmware")]),
    ("sms",     "sms",          &[("text", "text"), ("from", "from"), ("to", "to"), ("ts", "time"), ("alphabet", "alphabet"), ("part", "part"), ("total", "parts"), ("ref", "reference")]),
];

/// A label as one object: what is nested comes up, a bare value gets the label's name.
fn flattened(name: &str, label: &Value) -> Value {
    let Value::Object(fields) = label else { return serde_json::json!({ name: label }) };
    let mut flat = Map::new();
    for (key, value) in fields {
        match value {
            Value::Object(_)
                if matches!(key.as_str(), "lte" | "umts" | "gsm" | "udh" | "concat") =>
            {
                flat.extend(flattened(key, value).as_object().cloned().unwrap_or_default());
            }
            value => drop(flat.insert(key.clone(), value.clone())),
        }
    }
    Value::Object(flat)
}

fn agrees(ours: &Value, label: &Value, fields: Fields) -> bool {
    fields.iter().all(|(theirs, own)| match label.get(theirs) {
        None => true,
        Some(value) => same(own, &ours[own], value),
    })
}

fn same(field: &str, ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => {
            (ours.as_f64().unwrap() - theirs.as_f64().unwrap()).abs() < 0.06
        }
        (Value::String(ours), Value::String(theirs)) if field == "time" => {
            ours.parse::<jiff::Timestamp>().unwrap() == theirs.parse::<jiff::Timestamp>().unwrap()
        }
        (Value::String(ours), Value::String(theirs)) => words(ours) == words(theirs),
        (Value::Bool(ours), Value::Number(theirs)) => theirs.as_u64() == Some(u64::from(*ours)),
        _ => ours == theirs,
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// A response whose characters stand for octets where all of them are below 256.
fn octets(response: &str) -> Vec<u8> {
    let octets = response.chars().map(|c| u8::try_from(u32::from(c)));
    octets.collect::<Result<_, _>>().unwrap_or_else(|_| response.as_bytes().to_vec())
}

/// `\r`, `\n`, `\t` and `\xNN` as they are written in the rows.
fn unescaped(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        octets.extend_from_slice(before.as_bytes());
        let (octet, length) = match escape.as_bytes()[0] {
            b'r' => (b'\r', 1),
            b'n' => (b'\n', 1),
            b't' => (b'\t', 1),
            b'x' => (u8::from_str_radix(&escape[1..3], 16).unwrap(), 3),
            other => panic!("unknown escape \\{}", char::from(other)),
        };
        octets.push(octet);
        rest = &escape[length..];
    }
    octets.extend_from_slice(rest.as_bytes());
    octets
}
