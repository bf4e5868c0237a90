//! The session under fire: a thousand lines that go wrong, a flood, and a wire that gives one octet at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use saldo::Error;
use saldo::balance::{Confidence, Kind};
use saldo::client::{Balance, Modem};
use tokio::time::timeout;

use super::bench::{ask, run};
use super::wire::{Random, Wire};

/// Scenarios, the amount that each states, and the start of what may go on air.
#[rustfmt::skip]
const MODEMS: &[(&str, Option<&str>, &[&str])] = &[
    ("be-base-sms",   Some("10.75"), &[]),
    ("be-lyca-menu",  None,          &["*103#"]),
    ("be-orange",     Some("8.50"),  &["#123#"]),
    ("be-proximus",   Some("12.34"), &["#121#"]),
    ("be-sms-later",  Some("12.34"), &["#121#"]),
    ("huawei-e3372",  Some("12.34"), &["#121#"]),
    ("lte-only",      None,          &["#121#"]),
    ("no-service",    None,          &["#121#"]),
    ("noisy",         Some("12.34"), &["#121#"]),
    ("quectel-ec25",  Some("8.50"),  &["#123#"]),
    ("sim7600",       Some("12.34"), &["#121#"]),
    ("sim800",        None,          &["*103#"]),
    ("telit-he910",   Some("8.50"),  &["#123#"]),
];

/// What other programs may have left.
const FOUND: &[&str] =
    &["AT", "AT+CMEE=2", "AT+CSCS=\"IRA\"", "AT+CMGF=1;+CNMI=1,1,0,0,0", "ATE0+CMEE=1"];

/// Longer than any run may take, on the clock that jumps.
const FOREVER: Duration = Duration::from_secs(600);

#[test]
fn a_thousand_faults_end_in_a_result_or_a_clear_error() {
    // `FAULTS=50000 cargo test --test client fire` plays more; `FAULTS=4711..4712` plays one again.
    let wanted = std::env::var("FAULTS").unwrap_or("1000".into());
    let (first, last) = wanted.split_once("..").unwrap_or(("0", &wanted));
    let (first, last): (u64, u64) = (first.parse().unwrap(), last.parse().unwrap());
    let mut ends = BTreeMap::new();
    let mut failures = Vec::new();
    for seed in first..last {
        match run(play(seed)) {
            Ok(end) => *ends.entry(end).or_insert(0) += 1,
            Err(failure) => failures.push(failure),
        }
    }
    println!("seeds {first} to {last}: {ends:?}");
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        last - first,
        failures[..failures.len().min(20)].join("\n")
    );
}

/// One run; how it ended, or what was wrong with it.
async fn play(seed: u64) -> Result<&'static str, String> {
    let mut random = Random::new(seed);
    let (scenario, amount, codes) = random.of(MODEMS);
    let found = random.of(FOUND);
    let mut wire = Wire::new(scenario, found, random);
    let before = wire.bench.state().await;
    let mut modem = Modem::new(wire);
    let asked = timeout(FOREVER, ask(&mut modem)).await;
    let closed = timeout(FOREVER, modem.close()).await;
    let Ok(mut wire) = closed else {
        return Err(format!("seed {seed}, {scenario}: never lets go"));
    };
    let log = wire.log.join("\n    ");
    let failure = |what: String| {
        Err(format!("seed {seed}, {scenario} found with {found}: {what}\n    {log}"))
    };
    let Ok(asked) = asked else { return failure("never ends".into()) };
    let end = match judge(&asked, amount) {
        Ok(end) => end,
        Err(what) => return failure(what),
    };
    if let Some(code) = other_code(&wire, codes) {
        return failure(format!("{code} went on air"));
    }
    if wire.is_dead {
        return Ok(end);
    }
    wire.calm();
    if wire.may_be_late() {
        wire.settle().await;
    }
    wire.bench.type_line("AT").await;
    let after = wire.bench.state().await;
    if after != before {
        return failure(format!("{after}, was {before}; {:?}", wire.bench.commands()));
    }
    Ok(end)
}

/// A wrong amount is the worst there is; an error has something to say.
fn judge(asked: &Result<Balance, Error>, amount: Option<&str>) -> Result<&'static str, String> {
    match asked {
        Ok(balance) => {
            let reading = &balance.reading;
            let main = reading.main().map(|pot| pot.amount.to_string());
            let is_sure = reading.kind == Kind::Balance && reading.confidence == Confidence::Sure;
            match is_sure && main.as_deref() != amount {
                true => Err(format!("sure of {main:?} in {:?}", balance.text)),
                false if main.as_deref() == amount && amount.is_some() => Ok("the balance"),
                false => Ok("another text"),
            }
        }
        Err(error) if error.to_string().len() < 10 => Err(format!("`{error}` says nothing")),
        Err(error) => match error.exit_status() {
            2 => Ok("nobody's SIM"),
            3 => Ok("the port"),
            4 => Ok("modem or SIM"),
            5 => Ok("the network"),
            6 => Ok("the reply"),
            status => Err(format!("exit status {status}: {error}")),
        },
    }
}

/// A code that is not this operator's.
fn other_code(wire: &Wire, codes: &[&str]) -> Option<String> {
    let forms = |code: &&str| {
        let code = saldo::ussd::UssdCode::parse(code).unwrap();
        [saldo::ussd::Form::Plain, saldo::ussd::Form::Packed, saldo::ussd::Form::Ucs2]
            .map(|form| form.request(code.as_str()).unwrap().text().to_owned())
    };
    let known: Vec<_> = codes.iter().flat_map(forms).collect();
    wire.bench.requests().into_iter().find(|request| !known.contains(request))
}

#[test]
fn a_balance_reads_the_same_octet_by_octet() {
    for (scenario, amount, _) in MODEMS {
        let asked = run(async {
            let mut modem = Modem::new(Wire::in_octets(scenario));
            let asked = ask(&mut modem).await;
            modem.close().await;
            asked
        });
        let main = asked.ok().and_then(|balance| Some(balance.reading.main()?.amount.to_string()));
        assert_eq!(main.as_deref(), *amount, "{scenario}");
    }
}
