//! What programs read: the values of [`crate::watch`], `"schema":1` first, nothing in them that is personal.

use serde::Serialize;
use serde_json::json;

use crate::ids::Iccid;
use crate::watch::{AlertKind, Outcome, Record, SimKey, View};

/// One modem.
pub(super) fn modem(view: &View) -> String {
    with_schema(&text(&shown(view)))
}

/// Every modem.
pub(super) fn modems(views: &[View]) -> String {
    let views: Vec<String> = views.iter().map(|view| text(&shown(view))).collect();
    format!("{{\"schema\":1,\"modems\":[{}]}}", views.join(","))
}

/// One question, with its number.
pub(super) fn record(id: i64, record: &Record) -> String {
    with_schema(&numbered(id, record))
}

/// Several.
pub(super) fn records(records: &[(i64, Record)]) -> String {
    let records: Vec<String> = records.iter().map(|(id, record)| numbered(*id, record)).collect();
    format!("{{\"schema\":1,\"records\":[{}]}}", records.join(","))
}

/// Something that began to be wrong, or ended.
pub(super) fn alert(modem: &str, kind: AlertKind, is_raised: bool, message: &str) -> String {
    with_schema(&format!(
        "{{\"modem\":{},\"kind\":{},\"raised\":{is_raised},\"message\":{}}}",
        text(&modem),
        text(&kind),
        text(&message)
    ))
}

/// That a modem will be asked.
pub(super) fn accepted(modem: &str) -> String {
    format!("{{\"schema\":1,\"modem\":{},\"accepted\":true}}", text(&modem))
}

/// Why not.
pub(super) fn error(message: &str, hint: Option<&str>) -> String {
    let error = json!({ "class": "usage", "message": message, "hint": hint });
    format!("{{\"schema\":1,\"error\":{error}}}")
}

fn numbered(id: i64, record: &Record) -> String {
    let record = text(&without_numbers(record));
    format!("{{\"id\":{id},{}", record.strip_prefix('{').unwrap_or("}"))
}

fn with_schema(object: &str) -> String {
    format!("{{\"schema\":1,{}", object.strip_prefix('{').unwrap_or("}"))
}

/// Maps have text as keys and no number is infinite: nothing of ours fails to be written.
fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".into())
}

fn shown(view: &View) -> View {
    let mut view = view.clone();
    view.last = view.last.as_ref().map(without_numbers);
    view.last_good = view.last_good.as_ref().map(without_numbers);
    view
}

/// The lines of the modem may hold the SIM's number in any coding, so they stay in the history; an ICCID that
/// serves as key is masked.
fn without_numbers(record: &Record) -> Record {
    let mut record = record.clone();
    if let Outcome::Answer(answer) = &mut record.outcome {
        answer.raw.clear();
    }
    let iccid = record.sim.as_ref().and_then(|sim| Iccid::parse(&sim.0).ok());
    if let Some(iccid) = iccid {
        record.sim = Some(SimKey(iccid.to_string()));
    }
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_personal_stays_in_the_history() {
        let kept: Record = serde_json::from_str(
            r#"{"time":"2026-11-22T10:00:00Z","modem":"attic","sim":"8932000000000000010","iccid":"8932…0010","plmn":null,"operator":null,"answer":{"kind":"balance","confidence":"sure","via":"ussd","text":"5 EUR","raw":["+CUSD: 0,\"0470123456\",15"],"pots":[],"expires":[]}}"#,
        )
        .unwrap();
        let shown = record(7, &kept);
        assert!(
            shown.starts_with(r#"{"schema":1,"id":7,"time":"2026-11-22T10:00:00Z""#),
            "{shown}"
        );
        assert!(!shown.contains("0470123456") && !shown.contains("8932000000000000010"), "{shown}");
        assert!(serde_json::from_str::<serde_json::Value>(&shown).is_ok());
        assert!(serde_json::from_str::<serde_json::Value>(&records(&[(7, kept)])).is_ok());
    }

    #[test]
    fn words_of_others_are_quoted() {
        for text in [alert("a\"b", AlertKind::Low, true, "line\nbreak"), error("\"", Some("`x`"))] {
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
            assert!(!text.contains('\n'));
        }
    }
}
