//! An answer in words, for people.

use std::fmt;

use crate::Error;
use crate::answers::{Answer, Cusd, Failure, Item};
use crate::ussd::reply::Status;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::cli::out;

/// One paragraph an item, then what nobody asked for and how it ended.
pub(super) fn answer(answer: &Answer) -> Result<(), Error> {
    if *answer == Answer::default() {
        return out::line("nothing known");
    }
    for item in &answer.items {
        for line in lines(item) {
            out::line(out::visible(&line))?;
        }
    }
    if !answer.urcs.is_empty() {
        out::line(out::visible(&format!("unsolicited: {}", answer.urcs.join(", "))))?;
    }
    match &answer.final_result {
        Some(result) if result.is_ok() => {
            out::line(out::visible(&format!("final result: {result}")))
        }
        _ => Ok(()),
    }
}

fn lines(item: &Item) -> Vec<String> {
    match item {
        Item::Cusd(reply) => reply_lines(reply),
        Item::CusdSetting(setting) => vec![match setting.enabled {
            Some(true) => "setting: USSD replies are reported (not a reply)".into(),
            Some(false) => {
                "setting: USSD replies are not reported; `AT+CUSD=1` turns them on".into()
            }
            None => "setting: USSD replies, a value of this firmware's own".into(),
        }],
        Item::Error(failure) => error_lines(failure),
        Item::Other(other) => vec![format!("not explained: {}", other.line)],
        item => vec![format!("{}: {}", item.kind(), facts(item))],
    }
}

fn reply_lines(reply: &Cusd) -> Vec<String> {
    let status = reply.status.map(|number| (number, Status::from(number).meaning()));
    let mut lines = vec![match status {
        Some((number, meaning)) => format!("USSD reply: {meaning} (status {number})"),
        None => "USSD text without its line".into(),
    }];
    match &reply.text {
        Some(text) => lines.extend(text.lines().map(|line| format!("    {line}"))),
        None if reply.alternatives.is_empty() => lines.push("  no text".into()),
        None => lines.push("  no text of the network's; what came is our own request".into()),
    }
    lines.extend(reply.encoding.map(|encoding| read_as(reply, encoding)));
    if reply.lossy {
        lines.push("  letters are lost; ask again after `AT+CSCS=\"UCS2\"`".into());
    }
    let other = |reading: &crate::answers::Alternative| {
        format!("  as {}: {}", reading.encoding, shortened(&reading.text))
    };
    lines.extend(reply.alternatives.iter().map(other));
    lines
}

fn read_as(reply: &Cusd, encoding: &str) -> String {
    let dcs = reply.dcs.map_or_else(|| "no DCS".into(), |dcs| format!("DCS {dcs}"));
    let cut = if reply.truncated { ", cut off" } else { "" };
    format!("  read as {encoding} ({dcs}{cut})")
}

/// A reading that nobody chose on one line.
fn shortened(text: &str) -> String {
    let one_line = text.replace('\n', " ");
    match one_line.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", one_line.get(..end).unwrap_or_default()),
        None => one_line,
    }
}

const WIDEST: usize = 60;

fn error_lines(failure: &Failure) -> Vec<String> {
    let class = match failure.class {
        "cme" => "+CME ERROR",
        "cms" => "+CMS ERROR",
        "error" => "ERROR",
        _ => failure.text.as_deref().unwrap_or("error"),
    };
    let code = failure.code.map(|code| format!(" {code}")).unwrap_or_default();
    let reason = failure.meaning.or(failure.text.as_deref()).filter(|reason| *reason != class);
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let hint = failure.hint.map(|hint| format!("  hint: {hint}"));
    [format!("error: {class}{code}{reason}")].into_iter().chain(hint).collect()
}

/// The fields of the JSON that hold something, with their units.
fn facts(item: &Item) -> String {
    let json = serde_json::to_string(item).unwrap_or_default();
    let Fields(fields) = serde_json::from_str(&json).unwrap_or_default();
    let facts: Vec<String> = fields.iter().filter_map(|(key, value)| fact(key, value)).collect();
    if facts.is_empty() { "nothing known".into() } else { facts.join(", ") }
}

/// The fields of an object in its own order, which a [`Value`] does not keep.
#[derive(Default)]
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self::default())
    }
}

impl<'de> Visitor<'de> for Fields {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(field) = map.next_entry()? {
            self.0.push(field);
        }
        Ok(self)
    }
}

fn fact(key: &str, value: &Value) -> Option<String> {
    let (name, unit) = UNITS
        .iter()
        .find_map(|(ending, unit)| Some((key.strip_suffix(ending)?, *unit)))
        .unwrap_or((key, ""));
    let name = name.replace('_', " ");
    match value {
        _ if key == "kind" => None,
        Value::Null | Value::Bool(false) => None,
        Value::Bool(true) => Some(name),
        Value::String(text) => Some(format!("{name} {text}")),
        Value::Object(fields) if fields.is_empty() => None,
        Value::Object(fields) => {
            let inner: Vec<_> =
                fields.iter().map(|(key, value)| format!("{key} {value}")).collect();
            Some(format!("{name} ({})", inner.join(", ")))
        }
        value => Some(format!("{name} {value}{unit}")),
    }
}

const UNITS: &[(&str, &str)] = &[("_dbm", " dBm"), ("_db", " dB"), ("_c", " °C")];

#[cfg(test)]
mod tests {
    use crate::answers::decode;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn answers_in_words() {
        for (response, words) in [
            ("+CUSD: 0,\"Saldo 5\",15",        &["USSD reply: done (status 0)", "    Saldo 5", "  read as plain (DCS 15)"][..]),
            ("+CUSD: 4",                       &["USSD reply: operation not supported (status 4)", "  no text"]),
            ("+CME ERROR: 111",                &["error: +CME ERROR 111: PLMN not allowed"]),
            ("+CMS ERROR: gooseberry",         &["error: +CMS ERROR: gooseberry"]),
            ("+QCSQ: \"LTE\",-66,-94,142,-9",  &["signal: rat LTE, rssi -66 dBm, rsrp -94 dBm, rsrq -9 dB, sinr 8.4 dB"]),
            ("+CPMUTEMP: 46",                  &["temperature: max 46 °C, sensors (1 46)"]),
            ("+CSQ: 99,99",                    &["signal: nothing known"]),
            ("+CSCS: \"GSM\"",                 &["not explained: +CSCS: \"GSM\""]),
        ] {
            let answer = decode(response.as_bytes(), None, None);
            let got: Vec<String> = answer.items.iter().flat_map(lines).collect();
            assert_eq!(got, words, "{response}");
        }
    }

    #[test]
    fn an_error_says_what_to_do_where_we_know_it() {
        let answer = decode(b"+CME ERROR: 14", None, None);
        let got: Vec<String> = answer.items.iter().flat_map(lines).collect();
        assert_eq!(got[0], "error: +CME ERROR 14: SIM busy");
        assert!(got[1].starts_with("  hint: "), "{}", got[1]);
    }
}
