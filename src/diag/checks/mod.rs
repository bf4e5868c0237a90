//! The table of checks, from the socket up: a name, how bad it is, and when it is so.

mod account;
mod modem;
mod network;
mod port;
mod radio;
mod service;
mod sim;

use super::cause;
use super::facts::Facts;
use super::{Finding, Level};

/// One question to the facts.
pub(super) struct Check {
    name: &'static str,
    level: Level,
    judge: fn(&Facts) -> Option<Said>,
}

/// What a check says where it is so.
pub(super) struct Said {
    message: String,
    hint: Option<String>,
}

/// The layers, lowest first. What the network's cause says stands before what follows from it.
const BELOW: [&[Check]; 4] = [port::CHECKS, modem::CHECKS, sim::CHECKS, radio::CHECKS];
const ABOVE: [&[Check]; 3] = [network::CHECKS, service::CHECKS, account::CHECKS];

/// Every finding, lowest layer first.
pub(super) fn all(facts: &Facts) -> impl Iterator<Item = Finding> {
    let of = |checks: [&'static [Check]; 3]| checks.into_iter().flatten();
    let below = BELOW.into_iter().flatten().filter_map(|check| check.finding(facts));
    below.chain(network::refusal(facts)).chain(of(ABOVE).filter_map(|check| check.finding(facts)))
}

/// The names of all of them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let causes = cause::ROWS.iter().map(|row| row.1).chain([network::OTHER_CAUSE]);
    let name = |check: &'static Check| check.name;
    BELOW.into_iter().flatten().map(name).chain(causes).chain(ABOVE.into_iter().flatten().map(name))
}

impl Check {
    fn finding(&self, facts: &Facts) -> Option<Finding> {
        let Said { message, hint } = (self.judge)(facts)?;
        Some(Finding { name: self.name, level: self.level, message, hint })
    }
}

const fn problem(name: &'static str, judge: fn(&Facts) -> Option<Said>) -> Check {
    Check { name, level: Level::Problem, judge }
}

const fn warning(name: &'static str, judge: fn(&Facts) -> Option<Said>) -> Check {
    Check { name, level: Level::Warning, judge }
}

const fn info(name: &'static str, judge: fn(&Facts) -> Option<Said>) -> Check {
    Check { name, level: Level::Info, judge }
}

/// What to say, and the one thing that helps.
fn say(message: impl Into<String>, hint: &str) -> Said {
    Said { message: message.into(), hint: Some(hint.to_owned()) }
}

/// What to say where nothing is known to help.
fn just(message: impl Into<String>) -> Said {
    Said { message: message.into(), hint: None }
}
