//! Operators as others have collected them: what a line of theirs knows, our rows know too.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{env, fs};

use saldo::operators::{Operator, Operators, Way};
use serde_json::Value;

/// Facts that we leave out on purpose: country, brand, fact, and why.
#[rustfmt::skip]
const LEFT_OUT: &[(&str, &str, &str, &str)] = &[
    ("BE", "Telenet Mobile", "network 20601", "Telenet left this network; its SIMs are of 20605"),
    ("RE", "SFR Réunion",    "own number +33621012555 ABCD84367", "a person's number, not the operator's"),
];

#[test]
fn what_others_have_collected_is_in_our_rows() {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = env::var_os("SALDO_CORPUS").map_or_else(beside, PathBuf::from);
    let file = corpus.join("../data/operators.jsonl");
    let Ok(text) = fs::read_to_string(&file) else {
        println!("skipped: no collected operators at {}", file.display());
        return;
    };
    let ours = Operators::built_in().all();
    let mut missing = BTreeSet::new();
    let mut lines = 0;
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        lines += 1;
        let (country, brand) = (string(&line["country"]), string(&line["brand"]));
        let rows = rows_of(&ours, &line);
        let wanted = if rows.is_empty() { vec!["a row".into()] } else { facts(&line) };
        let known: BTreeSet<_> = rows.iter().flat_map(|row| known(row)).collect();
        // One list has Russian networks under Uganda, with the money and the languages there.
        let elsewhere = rows.iter().all(|row| row.country.as_ref() != Some(&country));
        let of_country = |fact: &str| fact.starts_with("currency") || fact.starts_with("language");
        let lacks = wanted
            .into_iter()
            .filter(|fact| !(known.contains(fact) || elsewhere && of_country(fact)));
        missing.extend(lacks.map(|fact| (country.clone(), brand.clone(), fact)));
    }
    for (country, brand, fact, _) in LEFT_OUT {
        let entry = (country.to_string(), brand.to_string(), fact.to_string());
        assert!(missing.remove(&entry), "{entry:?} is not left out any more");
    }
    assert!(missing.is_empty(), "{missing:#?}");
    let countries: BTreeSet<_> = ours.iter().filter_map(|row| row.country.as_deref()).collect();
    println!("{lines} lines are in {} brands of {} countries", ours.len(), countries.len());
}

/// Our rows for a line: those of its networks that are called alike, else all of its networks; for a brand
/// without one, those called alike.
fn rows_of<'o>(ours: &'o [Operator], line: &Value) -> Vec<&'o Operator> {
    let networks = networks(line);
    let on_it = |row: &&Operator| row.plmn().any(|plmn| networks.contains(plmn.as_str()));
    let at_home = |row: &&Operator| row.country.as_deref() == line["country"].as_str();
    let brand = plain(&string(&line["brand"]));
    let called_alike = |row: &&Operator| {
        let own = plain(&row.name);
        own.contains(&brand) || brand.contains(&own)
    };
    let candidates: Vec<_> = ours.iter().filter(|row| at_home(row) || on_it(row)).collect();
    let named: Vec<_> = candidates.iter().copied().filter(called_alike).collect();
    if named.is_empty() { candidates.into_iter().filter(on_it).collect() } else { named }
}

/// What a line knows, each fact in words.
fn facts(line: &Value) -> Vec<String> {
    let mut facts: Vec<String> =
        networks(line).into_iter().map(|network| format!("network {network}")).collect();
    for (field, word) in
        [("prepaid_balance", "asks"), ("data_balance", "asks"), ("own_number", "own number")]
    {
        let ways = line[field].as_array().into_iter().flatten();
        facts.extend(ways.filter_map(|way| fact(word, way)));
    }
    let patterns = line["topup"].as_array().into_iter().flatten().map(string);
    facts.extend(patterns.map(|pattern| {
        let sms = pattern.strip_prefix("SMS ").and_then(|sms| sms.split_once(": "));
        let shown = sms.map(|(to, text)| way_by_sms(to, &text.replace("{15-digit PIN}", "{PIN}")));
        format!("top up {}", shown.unwrap_or(pattern))
    }));
    let languages = line["language"].as_array().into_iter().flatten().map(string);
    facts.extend(languages.map(|language| format!("language {}", primary(&language))));
    facts.extend(line["currency"].as_str().map(|currency| format!("currency {currency}")));
    facts
}

fn fact(word: &str, way: &Value) -> Option<String> {
    Some(match way["method"].as_str()? {
        "ussd" => format!("{word} {}", string(&way["code"])),
        "sms" => {
            format!("{word} {}", way_by_sms(&string(&way["sms_to"]), &string(&way["sms_text"])))
        }
        "call" => format!("call {}", string(&way["code"])),
        _ => return None,
    })
}

/// The same of our rows; a code is known wherever it stands, since lists differ in what they call data.
fn known(row: &Operator) -> Vec<String> {
    let mut facts: Vec<String> = row.plmn().map(|plmn| format!("network {plmn}")).collect();
    for ask in row.ask.iter().chain(&row.data).chain(&row.number) {
        let way = match &ask.way {
            Way::Ussd { code, .. } => code.as_str().to_owned(),
            Way::Sms(sms) => way_by_sms(sms.to.as_str(), &sms.text),
            _ => continue,
        };
        facts.extend(["asks", "own number"].map(|word| format!("{word} {way}")));
    }
    facts.extend(row.topup.iter().map(|topup| {
        let pattern = topup.pattern();
        let sms = pattern.strip_prefix("SMS \"").and_then(|sms| sms.split_once("\" to "));
        format!("top up {}", sms.map(|(text, to)| way_by_sms(to, text)).unwrap_or(pattern))
    }));
    facts.extend(row.hotline.iter().map(|number| format!("call {number}")));
    facts.extend(row.language.iter().map(|language| format!("language {}", primary(language))));
    facts.extend(row.currency.iter().map(|currency| format!("currency {currency}")));
    facts
}

fn networks(line: &Value) -> BTreeSet<String> {
    let codes = line["mnc"].as_array().into_iter().flatten();
    codes.map(|mnc| string(&line["mcc"]) + &string(mnc)).collect()
}

fn way_by_sms(to: &str, text: &str) -> String {
    format!("{to} {}", text.to_uppercase()).trim_end().to_owned()
}

/// `zh` of `zh_Hant`.
fn primary(language: &str) -> &str {
    language.split('_').next().unwrap_or(language)
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
