//! The offline decoder: our own rows, and how much it reads right of what modems really said.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use saldo::answers::{Item, decode};
use serde_json::{Map, Value, json};

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

/// Every row of `fixtures/vectors/answers.txt`: the command, what the modem said, the items that must come
/// out of it, and why the row is there.
#[test]
fn answers_are_explained_as_their_rows_say() {
    for [asked, said, expected, why] in answer_rows() {
        let asked = (asked != "-").then_some(asked);
        let answer = decode(&unescaped(said), None, asked);
        let found: Vec<_> = answer.items.iter().map(told).collect();
        assert_eq!(found, stated(expected), "{said}: {why}");
    }
}

#[test]
fn an_answer_cut_anywhere_is_some_answer() {
    for [asked, said, ..] in answer_rows() {
        let said = unescaped(said);
        for end in 0..said.len() {
            let _ = decode(&said[..end], None, Some(asked)).masked();
        }
    }
}

fn answer_rows() -> impl Iterator<Item = [&'static str; 4]> {
    let rows = include_str!("../fixtures/vectors/answers.txt").lines();
    rows.filter(|row| !row.is_empty() && !row.starts_with('#')).map(|row| {
        let columns: Vec<_> = row.split(" | ").map(str::trim).collect();
        columns.try_into().unwrap_or_else(|_| panic!("four columns: {row}"))
    })
}

/// An item as its kind and the fields that say something; meanings and hints are words about those.
fn told(item: &Item) -> (String, Map<String, Value>) {
    let Value::Object(mut fields) = serde_json::to_value(item).unwrap() else {
        panic!("an object")
    };
    fields.retain(|name, value| {
        let about = matches!(name.as_str(), "kind" | "meaning" | "hint");
        !about && !value.is_null() && *value != json!(false)
    });
    (item.kind().to_owned(), fields)
}

/// `kind{...} kind{...}`
fn stated(items: &str) -> Vec<(String, Map<String, Value>)> {
    let mut stated = Vec::new();
    let mut rest = items.trim();
    while let Some(start) = rest.find('{') {
        let (kind, object) = rest.split_at(start);
        let mut objects = serde_json::Deserializer::from_str(object).into_iter();
        stated.push((kind.trim().to_owned(), objects.next().unwrap().unwrap()));
        rest = &object[objects.byte_offset()..];
    }
    stated
}

/// The shares below which nothing may fall, in percent.
const REPLIES: usize = 99;
const ALL: usize = 97;

/// Every item that a label states, field by field; how many there are of its kind; what nobody asked for;
/// and how the answer ended.
#[test]
fn most_of_what_modems_said_is_read_right() {
    let Some(corpus) = corpus() else { return };
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for line in corpus.lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        for (kind, wrong) in row.judged() {
            scores.entry(kind).or_default().count(wrong, &row.id);
        }
    }
    let mut items = Score::default();
    for (kind, score) in &scores {
        println!("{kind}: {} of {} right; not {:#?}", score.right, score.all, score.wrong);
        let beside = matches!(*kind, "urcs" | "final");
        assert!(!beside || score.reaches(ALL), "{kind}: {:#?}", score.wrong);
        if !beside {
            items.add(score);
        }
    }
    println!("all items: {} of {} right", items.right, items.all);
    assert!(scores["cusd"].reaches(REPLIES), "{:#?}", scores["cusd"].wrong);
    assert!(items.reaches(ALL), "{} of {}", items.right, items.all);
}

#[derive(Default)]
struct Score {
    right: usize,
    all: usize,
    wrong: Vec<String>,
}

impl Score {
    fn count(&mut self, wrong: Option<String>, id: &str) {
        self.all += 1;
        match wrong {
            None => self.right += 1,
            Some(why) => self.wrong.push(format!("{id}: {why}")),
        }
    }

    fn add(&mut self, other: &Self) {
        self.right += other.right;
        self.all += other.all;
    }

    fn reaches(&self, percent: usize) -> bool {
        self.right * 100 >= percent * self.all
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

/// A kind, and what is wrong with the item.
type Judged = (&'static str, Option<String>);

impl Row {
    fn judged(&self) -> Vec<Judged> {
        let answer = decode(&octets(&self.response), None, self.request.as_deref());
        let items: Vec<Value> =
            answer.items.iter().map(|item| serde_json::to_value(item).unwrap()).collect();
        let mut judged: Vec<Judged> = Vec::new();
        for (name, label) in &self.decoded {
            assert!(is_known(name), "{}: nobody compares the label `{name}`", self.id);
            let mut stated = several(name, label);
            if self.names_tables() {
                stated.iter_mut().for_each(|label| drop(label.remove("text")));
            }
            for row in LABELS.iter().filter(|row| row.name == name) {
                judged.extend(row.judged(&stated, &items));
            }
        }
        judged.extend(self.urcs().map(|stated| ("urcs", difference(&answer.urcs, &stated))));
        let end = answer.final_name().map(str::to_owned);
        judged.push(("final", difference(&end, &self.end())));
        judged
    }

    /// Whether the text is stated under national tables that no header of the message names: nobody can
    /// know them who has the message alone, and the test of the vectors reads it under them.
    fn names_tables(&self) -> bool {
        let tables = self.decoded.get("nli").and_then(Value::as_object);
        tables.is_some_and(|tables| tables.values().any(|table| table != "default"))
    }

    fn urcs(&self) -> Option<Vec<String>> {
        let named = |name: &Value| name.as_str().unwrap().trim_end_matches(':').to_owned();
        let urcs = self.decoded.get("urcs").and_then(Value::as_array);
        urcs.map(|urcs| urcs.iter().map(named).collect())
    }

    /// How the answer ended: the error that the label states, else `OK` where a line says so.
    fn end(&self) -> Option<String> {
        let error = self.decoded.get("error").map(|error| error["kind"].as_str().unwrap());
        let said_ok = || self.response.lines().any(|line| line.trim() == "OK");
        // A broker has lost the line end behind it.
        let said_ok = said_ok() || self.response.starts_with("OK+");
        match error {
            Some("cme") => Some("CME".into()),
            Some("cms") => Some("CMS".into()),
            Some("truncated-pdu") => None,
            Some(_) => Some("ERROR".into()),
            None => said_ok.then(|| "OK".into()),
        }
    }
}

fn difference<T: PartialEq + std::fmt::Debug>(ours: &T, theirs: &T) -> Option<String> {
    (ours != theirs).then(|| format!("{ours:?}, expected {theirs:?}"))
}

/// One label for each item that is expected; an empty one where none is.
fn several(name: &str, label: &Value) -> Vec<Map<String, Value>> {
    let plmns = label.get("plmns").and_then(Value::as_array);
    let plmns = plmns.map(|all| all.iter().map(|plmn| json!({ "plmn": plmn })).collect());
    let each: Vec<Value> =
        plmns.or_else(|| label.as_array().cloned()).unwrap_or_else(|| vec![label.clone()]);
    each.iter().filter(|label| !absent(name, label)).map(|label| flattened(name, label)).collect()
}

/// A label that says that there is nothing.
fn absent(name: &str, label: &Value) -> bool {
    let nothing = label.is_null() || label.as_object().is_some_and(Map::is_empty);
    nothing || (name == "error" && label["kind"] == "truncated-pdu")
}

/// A label as one object: what is nested comes up, a bare value gets the label's name.
fn flattened(name: &str, label: &Value) -> Map<String, Value> {
    let Value::Object(fields) = label else {
        return Map::from_iter([(name.to_owned(), label.clone())]);
    };
    let mut flat = Map::new();
    for (key, value) in fields {
        match value {
            Value::Object(_) if NESTED.contains(&key.as_str()) => {
                flat.extend(flattened(key, value))
            }
            value => drop(flat.insert(key.clone(), value.clone())),
        }
    }
    // The octets are UCS2 whatever the scheme says, and read as that.
    if let Some(text) = flat.remove("text_if_ucs2") {
        flat.extend([("text".into(), text), ("alphabet".into(), json!("ucs2"))]);
    }
    flat
}

const NESTED: &[&str] = &["lte", "umts", "gsm", "udh", "concat"];

/// A label's name, the kind it is about, and which of our fields each of its fields is.
struct Label {
    name: &'static str,
    kind: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

impl Label {
    /// Each item that the label states; items of the kind that it does not state are one more wrong.
    fn judged(&self, stated: &[Map<String, Value>], items: &[Value]) -> Vec<Judged> {
        let stated: Vec<_> = stated.iter().filter(|label| self.is_about(label)).collect();
        let ours: Vec<&Value> = items.iter().filter(|item| item["kind"] == self.kind).collect();
        let missing = Some("no item".to_owned());
        let mut judged: Vec<Judged> = stated
            .iter()
            .enumerate()
            .map(|(place, label)| {
                (self.kind, ours.get(place).map_or(missing.clone(), |ours| self.wrong(label, ours)))
            })
            .collect();
        if ours.len() > stated.len() && !stated.is_empty() {
            judged.push((self.kind, Some(format!("{} items too many", ours.len() - stated.len()))));
        }
        judged
    }

    fn is_about(&self, label: &Map<String, Value>) -> bool {
        self.fields.iter().any(|(theirs, _)| label.contains_key(*theirs))
    }

    /// The first field that differs.
    fn wrong(&self, label: &Map<String, Value>, ours: &Value) -> Option<String> {
        let differs = |(theirs, own): &(&str, &str)| {
            let stated = converted(theirs, label.get(*theirs)?)?;
            let same = same(own, &ours[*own], &stated);
            (!same).then(|| format!("{own} is {}, expected {stated}", ours[*own]))
        };
        self.fields.iter().find_map(differs)
    }
}

/// A label's value in the unit and the words of our field; `None` for one that says nothing of it.
fn converted(field: &str, value: &Value) -> Option<Value> {
    let number = value.as_f64();
    let words = |rows: &[(&str, &str)]| {
        let text = value.as_str()?;
        rows.iter().find(|(theirs, _)| *theirs == text).map(|(_, ours)| json!(ours))
    };
    match field {
        "kind" => words(ERRORS).or(Some(value.clone())),
        "cmd" => words(DOMAINS),
        "encoding" => words(ENCODINGS),
        "type" => words(DIRECTIONS),
        "status" if value.is_string() => words(DIRECTIONS),
        "qss" => words(CARDS),
        "band" => Some(json!(value.as_str().map_or(number?, number_behind))),
        "rsrp_level" | "rsrp_index" => number.map(|n| json!(n - 141.0)),
        "rsrq_level" | "rsrq_index" => number.map(|n| json!(n / 2.0 - 20.0)),
        "rscp_level" => number.map(|n| json!(n - 121.0)),
        "ecn0_level" => number.map(|n| json!(n / 2.0 - 24.5)),
        "rssnr_half_db" => number.map(|n| json!(n / 2.0)),
        "branches" => value
            .as_array()?
            .iter()
            .filter_map(Value::as_f64)
            .max_by(f64::total_cmp)
            .map(|n| json!(n)),
        "data" if value.is_string() => Some(value.clone()),
        // Indexes in the lines of one maker and levels in those of all others.
        "rxlev" if number.is_some_and(|n| n >= 0.0) => number.map(|n| json!(n - 111.0)),
        _ => Some(value.clone()),
    }
}

fn number_behind(name: &str) -> f64 {
    name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap()
}

#[rustfmt::skip]
const ERRORS: &[(&str, &str)] = &[
    ("modem", "other"), ("no-carrier", "other"), ("no-dialtone", "other"), ("not-supported", "other"),
];
#[rustfmt::skip]
const DOMAINS: &[(&str, &str)] = &[("CREG", "cs"), ("CGREG", "ps"), ("CEREG", "eps"), ("C5GREG", "5gs")];
#[rustfmt::skip]
const ENCODINGS: &[(&str, &str)] = &[
    ("hex-octets-gsm", "octets"), ("hex-octets-latin1", "octets"), ("packed7", "gsm7-packed"),
    ("plain", "plain"), ("raw-ucs2-octets", "ucs2"), ("ucs2", "ucs2"), ("ucs2+language-prefix", "ucs2"),
];
#[rustfmt::skip]
const DIRECTIONS: &[(&str, &str)] = &[
    ("REC READ", "received"), ("REC UNREAD", "received"), ("STO SENT", "sent"), ("STO UNSENT", "sent"),
    ("deliver", "received"), ("status-report", "report"), ("submit", "sent"),
];
#[rustfmt::skip]
const CARDS: &[(&str, &str)] = &[("inserted", "INSERTED"), ("ready", "READY"), ("removed", "NOT INSERTED")];

macro_rules! labels {
    ($(($name:literal, $kind:literal, [$($field:tt),* $(,)?]),)*) => {
        &[$(Label { name: $name, kind: $kind, fields: &[$($field),*] },)*]
    };
}

#[rustfmt::skip]
const LABELS: &[Label] = labels![
    ("cusd",      "cusd",         [("m", "status"), ("text", "text"), ("dcs", "dcs"), ("encoding", "encoding"), ("truncated", "truncated")]),
    ("cusd_read", "cusd-setting", [("n", "enabled")]),
    ("error",     "error",        [("kind", "class"), ("code", "code"), ("code_equiv", "code"), ("text", "text")]),
    ("reg",       "registration", [("cmd", "domain"), ("stat", "stat"), ("lac", "lac"), ("tac", "lac"), ("ci", "cell_id"), ("act", "act")]),
    ("cops",      "operator",     [("mode", "mode"), ("format", "format"), ("oper", "name"), ("plmn", "plmn"), ("act", "act")]),
    ("cops_scan", "operator",     [("plmn", "plmn")]),
    ("csq",       "signal",       [("rssi", "rssi_dbm")]),
    ("cesq",      "signal",       [("rsrp", "rsrp_dbm"), ("rsrq", "rsrq_db"), ("rscp", "rscp_dbm"), ("ecio", "ecio_db"), ("rxlev", "rssi_dbm")]),
    ("xcesq",     "signal",       [("rsrp_level", "rsrp_dbm"), ("rsrq_level", "rsrq_db"), ("rssnr_half_db", "sinr_db"), ("rscp_level", "rscp_dbm"), ("ecn0_level", "ecio_db"), ("rxlev", "rssi_dbm")]),
    ("hcsq",      "signal",       [("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("sinr", "sinr_db"), ("rsrq", "rsrq_db"), ("rscp", "rscp_dbm"), ("ecio", "ecio_db"), ("rat", "rat")]),
    ("qcsq",      "signal",       [("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("sinr", "sinr_db"), ("rsrq", "rsrq_db"), ("rat", "rat")]),
    ("qrsrp",     "signal",       [("branches", "rsrp_dbm"), ("rat", "rat")]),
    ("zrssi",     "signal",       [("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("sinr", "sinr_db"), ("rsrq", "rsrq_db")]),
    ("gstatus",   "signal",       [("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("system", "rat")]),
    ("gstatus",   "cell",         [("rx_chan", "channel"), ("band", "band")]),
    ("gstatus",   "temperature",  [("temperature", "max_c")]),
    ("rfsts",     "signal",       [("rxlev", "rssi_dbm")]),
    ("rfsts",     "cell",         [("arfcn", "channel"), ("lac", "tac")]),
    ("qeng",      "signal",       [("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("sinr", "sinr_db"), ("rsrq", "rsrq_db")]),
    ("qeng",      "cell",         [("rat", "rat"), ("mcc", "mcc"), ("mnc", "mnc"), ("ci", "cell_id"), ("pci", "pci"), ("earfcn", "channel"), ("band", "band"), ("tac", "tac")]),
    ("qnwinfo",   "cell",         [("channel", "channel"), ("band", "band")]),
    ("cpsi",      "signal",       [("rat", "rat"), ("rssi", "rssi_dbm"), ("rsrp", "rsrp_dbm"), ("snr", "sinr_db"), ("rsrq", "rsrq_db")]),
    ("cpsi",      "cell",         [("mcc", "mcc"), ("mnc", "mnc"), ("ci", "cell_id"), ("pci", "pci"), ("earfcn", "channel"), ("band", "band"), ("tac", "tac")]),
    ("ucged",     "signal",       [("rsrp_index", "rsrp_dbm"), ("rsrq_index", "rsrq_db"), ("sinr", "sinr_db")]),
    ("ucged",     "cell",         [("mcc", "mcc"), ("mnc", "mnc"), ("pci", "pci"), ("earfcn", "channel"), ("band", "band")]),
    ("retries",   "retries",      [("pin", "pin"), ("puk", "puk"), ("pin2", "pin2"), ("puk2", "puk2")]),
    ("cpin",      "sim",          [("cpin", "state")]),
    ("qss",       "sim",          [("qss", "state")]),
    ("iccid",     "sim",          [("iccid", "iccid")]),
    ("cnum",      "sim",          [("number", "msisdn")]),
    ("crsm",      "sim",          [("spn", "spn")]),
    ("crsm",      "apdu",         [("data", "data")]),
    ("cgla",      "apdu",         [("sw", "sw"), ("data", "data")]),
    ("csim",      "apdu",         [("sw", "sw")]),
    ("csim",      "retries",      [("retries", "pin")]),
    ("temp",      "temperature",  [("max", "max_c"), ("sensors", "sensors")]),
    ("revision",  "identity",     [("revision", "firmware")]),
    ("sms",       "sms",          [("type", "direction"), ("text", "text"), ("from", "from"), ("to", "to"), ("ts", "time"), ("alphabet", "alphabet"), ("part", "part"), ("total", "parts"), ("ref", "reference")]),
    ("sms_text",  "sms",          [("index", "index"), ("status", "direction"), ("from", "from"), ("ts", "time"), ("text", "text")]),
];

/// What no kind of item states: notes, settings, clocks, storages, ports, counters.
#[rustfmt::skip]
const BEYOND: &[&str] = &[
    "clck", "clock", "cmti", "commands", "cpms", "cpms_list", "cscs", "cscs_list", "cusd_test", "lines", "nli", "note",
    "ports", "qinistat", "result", "rx_bytes", "sysinfo", "sysinfoex", "time", "tx_bytes", "tz_quarters", "uptime_s",
    "urc", "urcs", "zpas",
];

/// A label of tomorrow is looked at as far as its name goes.
fn is_known(name: &str) -> bool {
    LABELS.iter().any(|row| row.name == name) || BEYOND.contains(&name)
}

fn same(field: &str, ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => {
            (ours.as_f64().unwrap() - theirs.as_f64().unwrap()).abs() < 0.06
        }
        (Value::String(ours), Value::String(theirs)) if field == "time" => {
            moment(ours) == moment(theirs)
        }
        (Value::String(ours), Value::String(theirs)) => words(ours) == words(theirs),
        (Value::Bool(ours), Value::Number(theirs)) => theirs.as_u64() == Some(u64::from(*ours)),
        _ => ours == theirs,
    }
}

/// RFC 3339, or as text mode has it.
fn moment(text: &str) -> jiff::Timestamp {
    let plain = || saldo::pdu::Time::from_text(text).and_then(saldo::pdu::Time::utc);
    text.parse().ok().or_else(plain).unwrap_or_else(|| panic!("a time: {text}"))
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
