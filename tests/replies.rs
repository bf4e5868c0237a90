//! Every reply in fixtures/replies, and how many of the collected ones read right.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::path::PathBuf;
use std::{env, fs};

use rust_decimal::Decimal;
use saldo::balance::{self, Confidence, Hints, Reading};
use serde_json::{Value, json};

/// How many of ours read right; it may only rise.
const RIGHT: usize = 1419;

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
fn collected_replies_read_right_and_none_is_wrong_and_sure() {
    let folder =
        env::var_os("SALDO_CORPUS").map_or_else(|| root().join("../shared/corpus"), PathBuf::from);
    let file = folder.join("replies.jsonl");
    if !file.exists() {
        println!("skipped: no collected replies at {}", file.display());
        return;
    }
    let rows = lines(&file);
    let (mut stated, mut right, mut false_finds, mut kinds, mut sure) = (0, 0, 0, 0, 0);
    let (mut ends, mut bundles, mut wrong_and_sure) =
        (Score::default(), Score::default(), Vec::new());
    for row in &rows {
        let reading = read(row);
        let wanted = collected_mains(row);
        let is_right = mains(&reading) == wanted;
        stated += usize::from(!wanted.is_empty());
        right += usize::from(!wanted.is_empty() && is_right);
        false_finds += usize::from(wanted.is_empty() && !is_right);
        kinds += usize::from(json!(reading.kind) == row["kind"]);
        sure += usize::from(reading.confidence == Confidence::Sure);
        if reading.confidence == Confidence::Sure && !is_right {
            wrong_and_sure.push(row["id"].clone());
        }
        ends.add(&list(&row["expected"]["expires"]), &expires(&reading));
        bundles.add(&collected_bundles(row), &allowances(&reading));
    }
    let (ends, bundles) = (ends.f1(), bundles.f1());
    println!("main amounts {right} of {stated}, false finds {false_finds}, sure {sure}");
    println!("kinds {kinds} of {}, F1 of dates {ends:.3}, of bundles {bundles:.3}", rows.len());
    assert!(wrong_and_sure.is_empty(), "wrong and sure: {wrong_and_sure:?}");
    assert!(right * 100 >= stated * 97 && false_finds == 0, "{right} of {stated}, {false_finds}");
    assert!(kinds * 100 >= rows.len() * 95, "kinds: {kinds} of {}", rows.len());
    assert!(ends >= 0.95 && bundles >= 0.9, "F1: {ends}, {bundles}");
}

/// What was found, what was missed, what was made up.
#[derive(Default)]
struct Score {
    found: usize,
    missed: usize,
    made_up: usize,
}

impl Score {
    fn add(&mut self, wanted: &[String], got: &[String]) {
        let mut left = got.to_vec();
        for item in wanted {
            match left.iter().position(|other| other == item) {
                Some(at) => {
                    left.swap_remove(at);
                    self.found += 1;
                }
                None => self.missed += 1,
            }
        }
        self.made_up += left.len();
    }

    #[allow(clippy::cast_precision_loss)]
    fn f1(&self) -> f64 {
        let twice = 2 * self.found;
        twice as f64 / (twice + self.missed + self.made_up).max(1) as f64
    }
}

/// `["data 1.5 GB", "voice 60 min", "sms 12 "]`.
fn collected_bundles(row: &Value) -> Vec<String> {
    let kinds = ["data", "voice", "sms"];
    let of = |kind: &'static str| {
        let pots = row["expected"][kind].as_array().cloned().unwrap_or_default();
        pots.into_iter().map(move |pot| bundle(kind, &pot["amount"], &pot["unit"]))
    };
    kinds.into_iter().flat_map(of).collect()
}

fn allowances(reading: &Reading) -> Vec<String> {
    let pots = serde_json::to_value(&reading.pots).unwrap();
    let pots = pots
        .as_array()
        .unwrap()
        .iter()
        .filter(|pot| matches!(pot["type"].as_str(), Some("data" | "voice" | "sms")));
    pots.map(|pot| bundle(pot["type"].as_str().unwrap(), &pot["amount"], &pot["unit"])).collect()
}

fn bundle(kind: &str, amount: &Value, unit: &Value) -> String {
    let amount = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
    let amount: Decimal = amount.parse().unwrap();
    let unit = unit.as_str().filter(|_| kind != "sms").unwrap_or_default();
    format!("{kind} {} {unit}", amount.normalize())
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
