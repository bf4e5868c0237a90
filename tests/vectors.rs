//! Every row of `fixtures/vectors`, and the collected messages where they are there.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
#![allow(clippy::print_stdout)]

use std::fs;
use std::path::PathBuf;

use saldo::dcs::{Alphabet, Cbs, Sms};
use saldo::gsm7::{self, Language, Shift};
use saldo::pdu::{Pdu, Tpdu};
use saldo::sms::{self, Entry};
use saldo::{hex, ucs2};

#[test]
fn packed_ussd_text() {
    for [octets, text, why] in rows("gsm7-ussd.txt") {
        let text = unescaped(&text);
        assert_eq!(gsm7::text_from_ussd(&octets_of(&octets)), text, "{octets}: {why}");
    }
}

#[test]
fn packed_ussd_text_is_packed_again_the_same() {
    for [octets, text, why] in rows("gsm7-ussd.txt").filter(|row| !row[2].contains("one way")) {
        let packed = gsm7::ussd_from_text(&unescaped(&text)).unwrap();
        assert_eq!(hex::digits(&packed), octets, "{text}: {why}");
    }
}

#[test]
fn septets_behind_national_tables() {
    for [input, text, why] in rows("gsm7-shift.txt") {
        let [locking, single, octets] = words(&input);
        let language = |id: &str| Language::from_id(id.parse().unwrap());
        let shift = Shift { locking: language(locking), single: language(single) };
        let text = unescaped(&text);
        assert_eq!(gsm7::text_from_septets(&octets_of(octets), shift), text, "{input}: {why}");
    }
}

#[test]
fn ucs2_text() {
    for [octets, expected, why] in rows("ucs2.txt") {
        let text = ucs2::text_from_octets(&octets_of(&octets));
        let mark = if text.truncated { " ..." } else { "" };
        assert_eq!(text.text + mark, unescaped(&expected), "{octets}: {why}");
    }
}

#[test]
fn data_coding_schemes() {
    for [input, expected, why] in rows("dcs.txt") {
        let [clause, value] = words(&input);
        let dcs = u8::from_str_radix(value, 16).unwrap();
        let found = match clause {
            "cbs" => described(Cbs(dcs).alphabet(), Cbs(dcs).class(), cbs_remarks(Cbs(dcs))),
            _ => described(Sms(dcs).alphabet(), Sms(dcs).class(), sms_remarks(Sms(dcs))),
        };
        assert_eq!(found, expected, "{input}: {why}");
    }
}

#[test]
fn stored_messages() {
    for [input, expected, why] in rows("pdu.txt") {
        let lines: Vec<&[u8]> = input.split(" / ").map(str::as_bytes).collect();
        let found = match lines[..] {
            [line] => message(&Pdu::from_line(line, None)),
            _ => sms::entries(lines).iter().map(entry).collect::<Vec<_>>().join(" / "),
        };
        assert_eq!(found, expected, "{input}: {why}");
    }
}

#[test]
fn every_prefix_of_a_stored_message_is_read_or_refused() {
    for [input, ..] in rows("pdu.txt") {
        for line in input.split(" / ") {
            for end in 0..line.len() {
                let _ = message(&Pdu::from_line(&line.as_bytes()[..end], None));
            }
        }
    }
}

/// The collected transcripts are not part of the package. Fields that only some of them carry count too.
#[test]
fn collected_messages_are_read_right() {
    let Some(text) = collected() else { return };
    let (mut right, mut wrong) = (0, Vec::new());
    for line in text.lines() {
        let transcript: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(expected) = transcript["decoded"].get("sms") else { continue };
        let response = transcript["response"].as_str().unwrap();
        let missing = Some("no message".to_owned());
        let difference = match transcript["decoded"].get("nli") {
            Some(tables) => difference_behind(tables, response, expected),
            None => first_message(response).map_or(missing, |pdu| difference(&pdu, expected)),
        };
        match difference {
            Some(difference) => wrong.push(format!("{}: {difference}", transcript["id"])),
            None => right += 1,
        }
    }
    let all = right + wrong.len();
    println!("collected messages read right: {right} of {all}; wrong: {wrong:#?}");
    assert!(right * 100 >= all * 95, "{right} of {all}: {wrong:#?}");
}

/// Rows `input | expected | why`, blanks around the columns dropped.
fn rows(name: &str) -> impl Iterator<Item = [String; 3]> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/vectors").join(name);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows: Vec<[String; 3]> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<String> =
                line.split('|').map(|column| column.trim().to_owned()).collect();
            columns.try_into().unwrap_or_else(|_| panic!("three columns: {line}"))
        })
        .collect();
    assert!(!rows.is_empty(), "{name} has rows");
    rows.into_iter()
}

fn words<const N: usize>(text: &str) -> [&str; N] {
    let words: Vec<&str> = text.split(' ').collect();
    words.try_into().unwrap_or_else(|_| panic!("{N} words: {text}"))
}

fn octets_of(digits: &str) -> Vec<u8> {
    hex::octets(digits.as_bytes()).unwrap_or_else(|| panic!("digits: {digits}"))
}

/// `\n`, `\r`, `\f`, `\s` (a blank at an end), `\p` (a bar), `\u{...}`.
fn unescaped(text: &str) -> String {
    let plain = [("\\n", "\n"), ("\\r", "\r"), ("\\f", "\u{c}"), ("\\s", " "), ("\\p", "|")];
    let text =
        plain.iter().fold(text.to_owned(), |text, (escape, sign)| text.replace(escape, sign));
    let mut pieces = text.split("\\u{");
    let mut unescaped = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once('}').expect("a closing brace");
        unescaped.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        unescaped.push_str(rest);
    }
    unescaped
}

fn escaped(text: &str) -> String {
    let escapes = [("\n", "\\n"), ("\r", "\\r"), ("|", "\\p")];
    escapes.iter().fold(text.to_owned(), |text, (sign, escape)| text.replace(sign, escape))
}

fn name(alphabet: Alphabet) -> &'static str {
    match alphabet {
        Alphabet::Gsm7 => "gsm7",
        Alphabet::Octets => "octets",
        Alphabet::Ucs2 => "ucs2",
    }
}

fn described(alphabet: Alphabet, class: Option<u8>, remarks: String) -> String {
    let class = class.map_or_else(String::new, |class| format!(" class {class}"));
    format!("{}{class}{remarks}", name(alphabet))
}

fn cbs_remarks(dcs: Cbs) -> String {
    let language = dcs.language().map(|code| format!(" {code}")).unwrap_or_default();
    let prefix = if dcs.language_prefix() { " prefix" } else { "" };
    let compressed = if dcs.compressed() { " compressed" } else { "" };
    format!("{language}{prefix}{compressed}")
}

fn sms_remarks(dcs: Sms) -> String {
    let compressed = if dcs.compressed() { " compressed" } else { "" };
    let waiting = if dcs.message_waiting() { " waiting" } else { "" };
    format!("{compressed}{waiting}")
}

fn entry(entry: &Entry) -> String {
    let number = |number: Option<u16>| number.map_or("-".to_owned(), |number| number.to_string());
    let status = number(entry.status.map(u16::from));
    format!("{} {status} {}", number(entry.index), message(&entry.pdu))
}

/// One line that says everything of a message.
fn message(pdu: &Result<Pdu, saldo::pdu::Error>) -> String {
    let time =
        |time: Option<saldo::pdu::Time>| time.map_or("-".to_owned(), |time| time.to_string());
    let pdu = match pdu {
        Ok(pdu) => pdu,
        Err(error) => return format!("error: {error}"),
    };
    let smsc = pdu.smsc.as_ref().map(|smsc| format!("via {smsc} ")).unwrap_or_default();
    let message = match &pdu.tpdu {
        Tpdu::Deliver(deliver) => {
            format!("deliver {} {} {}", deliver.from, time(deliver.time), data(&deliver.data))
        }
        Tpdu::Submit(submit) => format!("submit {} {}", submit.to, data(&submit.data)),
        Tpdu::StatusReport(report) => format!(
            "report {} {} {} {} {}",
            report.to,
            report.reference,
            time(report.sent),
            time(report.discharged),
            report.status
        ),
    };
    smsc + &message
}

fn data(data: &saldo::pdu::UserData) -> String {
    let part = data
        .header
        .concat
        .map(|concat| format!(" part {}/{} of {}", concat.part, concat.parts, concat.reference));
    let ports = data.header.ports.map(|ports| format!(" port {}", ports.to));
    let cut = if data.truncated { " cut" } else { "" };
    let contradicted = if data.dcs_contradicted { " not as said" } else { "" };
    let content = match &data.content {
        saldo::pdu::Content::Text(text) => escaped(text),
        saldo::pdu::Content::Octets(octets) => hex::digits(octets),
    };
    let remarks = part.unwrap_or_default() + &ports.unwrap_or_default() + cut + contradicted;
    format!("{}{remarks}: {content}", name(data.alphabet)).trim_end().to_owned()
}

fn collected() -> Option<String> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let folder = std::env::var_os("SALDO_CORPUS").map_or(beside, PathBuf::from);
    let text = fs::read_to_string(folder.join("transcripts.jsonl")).ok();
    if text.is_none() {
        println!("skipped: no transcripts in {}", folder.display());
    }
    text
}

/// The message in an answer, or in a bare line of digits; no prefix of it may panic.
fn first_message(response: &str) -> Option<Pdu> {
    let lines = response.lines().map(str::as_bytes);
    for line in lines.clone() {
        for end in 0..line.len() {
            let _ = Pdu::from_line(&line[..end], None);
        }
    }
    let entry = sms::entries(lines).into_iter().find_map(|entry| entry.pdu.ok());
    entry.or_else(|| Pdu::from_line(response.as_bytes(), None).ok())
}

/// What is not as expected, first of all.
fn difference(pdu: &Pdu, expected: &serde_json::Value) -> Option<String> {
    let time = |time: Option<saldo::pdu::Time>| time.map(|time| time.to_string());
    let (address, time, data) = match &pdu.tpdu {
        Tpdu::Deliver(deliver) => (&deliver.from, time(deliver.time), Some(&deliver.data)),
        Tpdu::Submit(submit) => (&submit.to, None, Some(&submit.data)),
        Tpdu::StatusReport(report) => (&report.to, time(report.sent), None),
    };
    let mut found = vec![
        (
            if matches!(pdu.tpdu, Tpdu::Deliver(_)) { "from" } else { "to" },
            Some(address.to_string()),
        ),
        ("ts", time),
        ("smsc", pdu.smsc.as_ref().map(ToString::to_string)),
    ];
    if let Some(data) = data {
        found.push((
            if data.dcs_contradicted { "text_if_ucs2" } else { "text" },
            data.text().map(str::to_owned),
        ));
        if let saldo::pdu::Content::Octets(octets) = &data.content {
            found.push(("data", Some(hex::digits(octets))));
        }
        if let Some(concat) = data.header.concat {
            let concat = serde_json::json!({"part": concat.part, "ref": concat.reference, "total": concat.parts});
            found.push(("concat", Some(concat.to_string())));
        }
    }
    let stated = |key: &str| match key {
        "concat" => expected["udh"].get(key).map(ToString::to_string),
        _ => expected.get(key).and_then(|value| value.as_str()).map(str::to_owned),
    };
    let wrong = found.into_iter().find(|(key, value)| *value != stated(key));
    wrong.map(|(key, value)| format!("{key} is {value:?}, expected {:?}", stated(key)))
}

/// Some messages are written with national tables that no header names.
fn difference_behind(
    tables: &serde_json::Value,
    response: &str,
    expected: &serde_json::Value,
) -> Option<String> {
    let language = |key: &str| match tables[key].as_str().unwrap().split(' ').next().unwrap() {
        "Turkish" => Language::Turkish,
        "Spanish" => Language::Spanish,
        "Portuguese" => Language::Portuguese,
        _ => Language::Default,
    };
    let shift = Shift { locking: language("locking"), single: language("single") };
    let octets = octets_of(response);
    let septets = gsm7::unpack(&octets[14..], octets[13].into(), 0);
    let text = gsm7::text_from_septets(&septets, shift);
    (expected["text"] != text).then(|| format!("text is {text:?}, expected {}", expected["text"]))
}
