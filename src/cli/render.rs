//! Results as text and as JSON.

use crate::Error;
use crate::balance::{Confidence, Kind, Pot, PotType, Reading, Role};
use crate::client::{Asked, Balance, Plan, Turn, Via};
use crate::watch::Mark;

use super::json::TurnLine;
use super::{Globals, out};

/// One turn of a dialogue: its text, or one JSON object.
pub(super) fn turn(turn: &Turn, globals: &Globals) -> Result<(), Error> {
    if globals.json {
        return out::json(&TurnLine::of(turn));
    }
    out::line(out::visible(turn.text()))
}

/// A balance: one line for the money, one for every other pot; `prefix` names the modem among several.
pub(super) fn balance(balance: &Balance, prefix: &str) -> Result<(), Error> {
    for text in lines(balance) {
        out::line(format_args!("{prefix}{}", out::visible(&text)))?;
    }
    Ok(())
}

/// What a person reads: pots where the reading is reliable, else the operator's own words.
pub(super) fn lines(balance: &Balance) -> Vec<String> {
    if !balance.is_reliable() {
        return vec![balance.text.clone()];
    }
    let reading = &balance.reading;
    let name = balance.plan.operator.as_ref().map_or("balance", |operator| &operator.name);
    let mut lines: Vec<String> = reading.pots.iter().map(|pot| pot_line(pot, reading)).collect();
    if let Some(first) = lines.first_mut() {
        *first = format!("{name}: {first}");
    }
    let remarks = [
        (balance.via == Via::Sms).then_some("by message"),
        (reading.confidence == Confidence::Likely).then_some("likely"),
    ];
    let remarks: Vec<_> = remarks.into_iter().flatten().collect();
    if let (Some(first), false) = (lines.first_mut(), remarks.is_empty()) {
        *first = format!("{first} ({})", remarks.join(", "));
    }
    lines
}

/// `12.34 EUR, until 2026-12-31`; a date that stands for the whole account is the main pot's.
fn pot_line(pot: &Pot, reading: &Reading) -> String {
    let unit = pot.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    let what = match pot.pot_type {
        PotType::Money | PotType::Data | PotType::Voice => "",
        PotType::Sms => " messages",
        PotType::Points => " points",
    };
    let role = match pot.role {
        Role::Main => "",
        Role::Bonus => " bonus",
        Role::Promo => " promo",
        Role::Debt => " owed",
        Role::Other => " (other)",
    };
    let sole = reading.pots.len() == 1 && reading.expires.len() == 1;
    let only = reading.expires.first().copied().filter(|_| sole);
    let until = pot.expires.or(only).map(|date| format!(", until {date}")).unwrap_or_default();
    format!("{}{unit}{what}{role}{until}", pot.amount)
}

/// A reading by itself: kind and confidence, the pots, then what else it holds and why.
pub(super) fn reading(reading: &Reading) -> Result<(), Error> {
    out::line(format_args!("{} ({})", reading.kind, reading.confidence))?;
    for pot in &reading.pots {
        out::line(format_args!("  {}", pot_line(pot, reading)))?;
    }
    for (answer, text) in &reading.choices {
        out::line(format_args!("  {} {}", out::visible(answer), out::visible(text)))?;
    }
    if let Some(number) = &reading.msisdn {
        out::line(format_args!("  own number {number}"))?;
    }
    for reason in &reading.reasons {
        out::line(format_args!("  because {}", out::visible(reason)))?;
    }
    Ok(())
}

/// What would be sent, to whom, and how that was found.
/// What costs something is sent after `--yes` only, and `is_allowed` says whether it is there.
pub(super) fn plan(plan: &Plan, is_allowed: bool) -> String {
    let whom = match (&plan.operator, plan.found_by) {
        (Some(operator), Some(by)) => format!("{}, known {by}", operator.name),
        (Some(operator), None) => operator.name.clone(),
        (None, _) => "an operator that is not known".into(),
    };
    let what = match &plan.ask {
        Asked::Ussd { code, path, .. } if path.is_empty() => format!("dial {code}"),
        Asked::Ussd { code, path, .. } => {
            let path: Vec<_> = path.iter().map(crate::ussd::Answer::as_str).collect();
            format!("dial {code} and answer {}", path.join(", "))
        }
        Asked::Sms { to, text } => format!("send `{text}` by SMS to {to}"),
    };
    let after = if plan.may_cost() && !is_allowed { " after `--yes`" } else { "" };
    format!("would {what}{after} ({whom})")
}

/// `--below` has nothing to compare: the reply states nothing of the kind.
pub(super) fn nothing_like(mark: &Mark) -> Error {
    let message = format!("the reply states nothing that compares with {mark}");
    Error::Reply { message, hint: Some("`--code` asks another way".into()) }
}

/// How the next answer is given: behind those that led to this menu.
fn choose(balance: &Balance) -> String {
    let path = match &balance.plan.ask {
        Asked::Ussd { path, .. } => path.as_slice(),
        Asked::Sms { .. } => &[],
    };
    let given = balance.turns.len().saturating_sub(1);
    let given: String =
        path.iter().take(given).map(|answer| format!("{},", answer.as_str())).collect();
    format!("choose with `--answer {given}N`")
}

/// Why a reply that came is not the balance that was asked for.
pub(super) fn not_a_balance(balance: &Balance) -> Error {
    let (message, hint) = match balance.reading.kind {
        Kind::Menu => {
            let message = "the operator answered with a menu".into();
            return Error::Reply { message, hint: Some(choose(balance)) };
        }
        Kind::Pending => {
            ("the operator will answer by message", Some("leave `--no-sms` out to wait for it"))
        }
        Kind::Error => ("the operator refused or failed", None),
        Kind::Balance | Kind::Bundle => {
            ("saldo is not sure of the amount; the text above says more", None)
        }
        _ => ("the operator answered, but states no balance", Some("`--code` asks another way")),
    };
    Error::Reply { message: message.into(), hint: hint.map(str::to_owned) }
}
