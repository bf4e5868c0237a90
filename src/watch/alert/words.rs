//! What people are told.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::{Answer, Failure, Forecast, Left, Pot, Record};
use super::{Mark, Marks};
use crate::balance::Role;

/// `12.34 EUR`, `12.34` where no currency is stated.
pub(super) fn amount(number: Decimal, unit: Option<&str>) -> String {
    match unit {
        Some(unit) => format!("{number} {unit}"),
        None => number.to_string(),
    }
}

pub(super) fn balance(pot: &Pot) -> String {
    amount(pot.amount, pot.unit.as_deref())
}

/// `name` is `low` or `critical`; `left` is in the mark's unit.
pub(super) fn below(name: &str, mark: &Mark, answer: &Answer, left: Decimal) -> String {
    let until = mark.valid_until(answer).map(|day| format!("; valid until {day}"));
    let until = until.unwrap_or_default();
    format!("{} left, below the {name} mark of {mark}{until}", stated(mark, answer, left))
}

pub(super) fn above(name: &str, mark: &Mark, answer: &Answer, left: Decimal) -> String {
    format!("{} left again, above the {name} mark of {mark}", stated(mark, answer, left))
}

/// Money with the balance's own unit, which the mark may leave out.
fn stated(mark: &Mark, answer: &Answer, left: Decimal) -> String {
    let unit = mark.unit.as_deref().or_else(|| answer.main()?.unit.as_deref());
    let digits = if mark.is_of_money() { left } else { left.trunc_with_scale(2).normalize() };
    amount(digits, unit)
}

pub(super) fn foreign(marks: &Marks, pot: &Pot) -> String {
    let unit = pot.unit.as_deref();
    let names: Vec<_> = marks.foreign_to(unit).map(Mark::to_string).collect();
    let names = names.join(" and ");
    format!(
        "the balance is {}; it is not compared with {names}: name its currency in the marks",
        balance(pot)
    )
}

pub(super) fn ends_in(days: i64, last: Date) -> String {
    match days {
        0 => format!("valid only until today, {last}"),
        1 => format!("valid only until tomorrow, {last}"),
        _ => format!("valid only until {last}, {days} days from now"),
    }
}

/// `data bonus`.
pub(super) fn name(pot: &Pot) -> String {
    let (pot_type, role) = (pot.pot_type.to_string(), pot.role.to_string());
    if pot.role == Role::Main { pot_type } else { format!("{pot_type} {role}") }
}

pub(super) fn bundle(name: &str, days: i64, last: Date) -> String {
    if days < 0 {
        format!("{name}: it ended on {last}")
    } else {
        format!("{name}: valid until {last}")
    }
}

pub(super) fn fast(forecast: &Forecast, left: Left<'_>, days: Decimal) -> String {
    let rate = amount(forecast.per_day, left.unit);
    let day = forecast.empty_on.map(|day| format!(", on {day}")).unwrap_or_default();
    format!("{left} left; at {rate} a day it is empty in {days} days{day}")
}

pub(super) fn slow(days: Option<Decimal>) -> String {
    match days {
        Some(days) => format!("it lasts {days} days again"),
        None => "it no longer falls".into(),
    }
}

pub(super) fn another_sim(record: &Record) -> String {
    match &record.iccid {
        Some(iccid) => format!("another SIM is in the modem: {iccid}"),
        None => "another SIM is in the modem".into(),
    }
}

pub(super) fn with_hint(failure: &Failure) -> String {
    match &failure.hint {
        Some(hint) => format!("{}; {hint}", failure.message),
        None => failure.message.clone(),
    }
}

pub(super) fn no_answer(times: u32, why: &str) -> String {
    format!("{times} questions in a row had no answer that can be relied on; the last: {why}")
}
