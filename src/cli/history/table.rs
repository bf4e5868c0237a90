//! A line a question, and below them what is to be expected.

use crate::Error;
use crate::balance::Role;
use crate::watch::{Answer, Left, Outcome, Pot, Record};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::outlook;
use crate::cli::out;

pub(super) fn print(records: &[(i64, Record)], now: Timestamp) -> Result<(), Error> {
    let zone = TimeZone::system();
    let head =
        ["TIME", "MODEM", "OPERATOR", "BALANCE", "CHANGE", "UNTIL", "VIA"].map(str::to_owned);
    let mut rows = vec![head];
    for (place, (_, record)) in records.iter().enumerate() {
        let before = records.get(..place).unwrap_or_default();
        rows.push(row(record, before, &zone));
    }
    out::columns(&rows).into_iter().try_for_each(out::line)?;
    outlook::lines(records, now).into_iter().try_for_each(out::line)
}

fn row(record: &Record, before: &[(i64, Record)], zone: &TimeZone) -> [String; 7] {
    let time = record.time.to_zoned(zone.clone()).datetime();
    let time = format!("{} {:02}:{:02}", time.date(), time.hour(), time.minute());
    let [balance, until, via] = match &record.outcome {
        Outcome::Answer(answer) => answered(answer),
        Outcome::Failure(failure) => ["-".into(), String::new(), failure.class.clone()],
    };
    let operator = record.operator.clone().unwrap_or_else(|| "-".into());
    let cells = [time, record.modem.clone(), operator, balance, change(record, before), until, via];
    cells.map(|cell| out::visible(&cell).replace('\n', " "))
}

/// What is left, until when, and by which way that came.
fn answered(answer: &Answer) -> [String; 3] {
    let pot = answer.main().or_else(|| answer.pots.first());
    let balance = match pot.filter(|_| answer.is_reliable()) {
        Some(pot) => amount(pot),
        None => format!(
            "({})",
            if answer.pots.is_empty() { answer.kind.to_string() } else { "unsure".into() }
        ),
    };
    let until = answer.valid_until().filter(|_| answer.is_reliable());
    [balance, until.map(|day| day.to_string()).unwrap_or_default(), answer.via.clone()]
}

/// `12.34 EUR`, `500 MB bonus`.
fn amount(pot: &Pot) -> String {
    let unit = pot.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let role = if pot.role == Role::Main { String::new() } else { format!(" {}", pot.role) };
    format!("{}{unit}{role}", pot.amount)
}

/// What came in or went out since the account was last seen, with its sign.
fn change(record: &Record, before: &[(i64, Record)]) -> String {
    let same = |earlier: &&Record| match &record.sim {
        Some(_) => earlier.sim == record.sim,
        None => earlier.sim.is_none() && earlier.modem == record.modem,
    };
    let Some(left) = record.left() else { return String::new() };
    let mut earlier = before.iter().rev().map(|(_, earlier)| earlier).filter(same);
    let is_alike = |earlier: &Left<'_>| earlier.is_data == left.is_data;
    let last = earlier.find_map(|earlier| earlier.left().filter(is_alike));
    let change = last.filter(|last| last.unit == left.unit);
    let unit =
        left.unit.filter(|_| left.is_data).map(|unit| format!(" {unit}")).unwrap_or_default();
    match change.and_then(|last| left.amount.checked_sub(last.amount)) {
        Some(rise) if rise > Decimal::ZERO => format!("+{rise}{unit}"),
        Some(fall) if fall < Decimal::ZERO => format!("{fall}{unit}"),
        _ => String::new(),
    }
}
