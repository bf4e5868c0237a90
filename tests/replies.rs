//! Every reply in fixtures/replies, and how many of the collected ones read right.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::path::PathBuf;
use std::{env, fs};

use rust_decimal::Decimal;
use saldo::balance::{self, Confidence, Hints, Reading};
use serde_json::{Value, json};

/// How many of ours read right; it may only rise.
const RIGHT: usize = 61;

#[test]
fn our_own_replies_read_as_they_say() {
    let (mut right, mut rows, mut wrong_and_sure) = (0, Vec::new(), Vec::new());
    for file in fs::read_dir(root().join("fixtures/replies")).unwrap() {
        rows.extend(lines(&file.unwrap().path()));
    }
    for row in &rows {
        let reading = read(row);
        let got =
            json!({ "kind": reading.kind, "pots": short(&reading), "expires": expires(&reading) });
        let wanted =
            json!({ "kind": row["kind"], "pots": row["pots"], "expires": list(&row["expires"]) });
        right += usize::from(got == wanted);
        if got != wanted {
            println!("{}\n  wanted {wanted}\n  got    {got} {}", row["text"], reading.confidence);
        }
        if reading.confidence == Confidence::Sure && mains(&reading) != mains_of(row) {
            wrong_and_sure.push(row["text"].clone());
        }
    }
    println!("{right} of {} right", rows.len());
    assert!(wrong_and_sure.is_empty(), "wrong and sure: {wrong_and_sure:#?}");
    assert!(right >= RIGHT, "{right} of {} read right; {RIGHT} did before", rows.len());
}

#[test]
fn no_beginning_of_a_reply_panics() {
    for row in lines(&root().join("fixtures/replies/blind.jsonl")) {
        let text = row["text"].as_str().unwrap();
        for (end, _) in text.char_indices() {
            balance::read(
                &text[..end],
                &Hints { country: row["country"].as_str(), ..Hints::default() },
            );
        }
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text: String, words in "[ -~áß€₽д0-9.,:/#*\n]{0,160}") {
        for text in [text, words] {
            let reading = balance::read(&text, &Hints::default());
            assert!(reading.pots.len() <= text.len());
        }
    }
}

#[test]
fn most_collected_replies_read_right_and_none_is_wrong_and_sure() {
    let folder =
        env::var_os("SALDO_CORPUS").map_or_else(|| root().join("../shared/corpus"), PathBuf::from);
    let file = folder.join("replies.jsonl");
    if !file.exists() {
        println!("skipped: no collected replies at {}", file.display());
        return;
    }
    let rows = lines(&file);
    let (mut stated, mut right, mut kinds, mut sure, mut wrong_and_sure) = (0, 0, 0, 0, Vec::new());
    for row in &rows {
        let reading = read(row);
        let wanted = collected_mains(row);
        let is_right = same(&mains(&reading), &wanted);
        stated += usize::from(!wanted.is_empty());
        right += usize::from(!wanted.is_empty() && is_right);
        kinds += usize::from(json!(reading.kind) == row["kind"]);
        sure += usize::from(reading.confidence == Confidence::Sure);
        if reading.confidence == Confidence::Sure && !is_right {
            wrong_and_sure.push(row["id"].clone());
        }
    }
    println!("main amounts {right} of {stated}, kinds {kinds} of {}, {sure} sure", rows.len());
    assert!(wrong_and_sure.is_empty(), "wrong and sure: {wrong_and_sure:?}");
    assert!(right * 100 >= stated * 88, "main amounts: {right} of {stated}");
    assert!(kinds * 100 >= rows.len() * 90, "kinds: {kinds} of {}", rows.len());
}

type Main = (Decimal, Option<String>);

fn read(row: &Value) -> Reading {
    let country = row["country"].as_str().filter(|country| *country != "ZZ");
    balance::read(row["text"].as_str().unwrap(), &Hints { country, ..Hints::default() })
}

fn mains(reading: &Reading) -> Vec<Main> {
    let pots = serde_json::to_value(&reading.pots).unwrap();
    let is_main = |pot: &&Value| pot["type"] == "money" && pot["role"] == "main";
    pots.as_array()
        .unwrap()
        .iter()
        .filter(is_main)
        .map(|pot| main(&pot["amount"], &pot["unit"]))
        .collect()
}

fn collected_mains(row: &Value) -> Vec<Main> {
    let money = row["expected"]["money"].as_array().cloned().unwrap_or_default();
    let mains = money.iter().filter(|money| money["role"] == "main");
    mains.map(|money| main(&money["amount"], &money["currency"])).collect()
}

/// The main money among `["main 12.34 EUR", "bonus 500 MB"]`.
fn mains_of(row: &Value) -> Vec<Main> {
    let pots = list(&row["pots"]);
    let words = pots.iter().map(|pot| pot.split(' ').collect::<Vec<_>>());
    let money = |unit: &str| unit.len() == 3 && unit != "min" && unit != "sms" || unit == "money";
    let mains = words.filter(|words| words[0] == "main" && money(words[2]));
    mains
        .map(|words| main(&json!(words[1]), &json!((words[2] != "money").then_some(words[2]))))
        .collect()
}

fn main(amount: &Value, currency: &Value) -> Main {
    // The old Belarusian rouble counts as the new one.
    let currency =
        currency.as_str().map(|code| if code == "BYR" { "BYN" } else { code }.to_owned());
    (amount.as_str().unwrap().parse::<Decimal>().unwrap().normalize(), currency)
}

fn same(got: &[Main], wanted: &[Main]) -> bool {
    got == wanted
}

fn short(reading: &Reading) -> Vec<String> {
    let pots = serde_json::to_value(&reading.pots).unwrap();
    let row = |pot: &Value| {
        let unit = pot["unit"].as_str().or(pot["type"].as_str()).unwrap();
        format!("{} {} {unit}", pot["role"].as_str().unwrap(), pot["amount"].as_str().unwrap())
    };
    pots.as_array().unwrap().iter().map(row).collect()
}

fn expires(reading: &Reading) -> Vec<String> {
    reading.expires.iter().map(ToString::to_string).collect()
}

fn list(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn lines(file: &std::path::Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    let rows = text.lines().filter(|line| !line.trim().is_empty());
    rows.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
