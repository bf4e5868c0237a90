//! Whether a network has taken the modem, and for what.

use super::{Check, Said, info, just, problem, say, warning};
use crate::diag::cause::Cause;
use crate::diag::facts::Facts;
use crate::diag::{Finding, Level};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    problem("network-denied",           denied),
    problem("network-selection-manual", manual),
    problem("network-deregistered",     deregistered),
    problem("network-emergency-only",   emergency),
    problem("network-searching",        searching),
    problem("network-not-registered",   not_registered),
    problem("network-no-circuit-service", no_circuit),
    warning("network-sms-only",         sms_only),
    warning("network-held-to",          held_to),
    info("network-roaming",             roaming),
];

/// The name of the finding for a cause that no row tells.
pub(super) const OTHER_CAUSE: &str = "reject-other";

/// Why the network refuses, by its own cause. Where the modem is registered all the same, it is old news.
pub(super) fn refusal(facts: &Facts) -> Option<Finding> {
    let cause = facts.network.reject_cause()?;
    let is_data = matches!(cause, Cause(27 | 29 | 33));
    let stands = match facts.network.is_registered() {
        Some(true) => is_data && !has_data(facts),
        _ => facts.sim.is_ready(),
    };
    let row = cause.row();
    let name = row.map_or(OTHER_CAUSE, |row| row.1);
    let words = match row {
        Some((number, _, _, words, _)) => format!("{words} (cause {number})"),
        None => format!("the network refuses the modem (cause {})", cause.0),
    };
    let hint = row.and_then(|row| row.4).map(str::to_owned);
    stands.then_some(Finding { name, level: Level::Problem, message: words, hint })
}

fn has_data(facts: &Facts) -> bool {
    facts.service.contexts.iter().any(|context| context.has_address == Some(true))
}

/// Whether registration is what stands in the way: below it all is well, and no cause says more.
fn is_open(facts: &Facts) -> bool {
    facts.sim.is_ready()
        && !facts.sim.has_no_imsi
        && !facts.is_radio_off()
        && facts.network.is_registered() == Some(false)
        && refusal(facts).is_none()
        && !facts.radio.is_deaf
}

fn denied(facts: &Facts) -> Option<Said> {
    (is_open(facts) && facts.network.any(3)).then(|| {
        let more = facts.network.last_error.as_ref().map(|words| format!(": {words}"));
        say(
            format!("the network refuses the modem{}", more.unwrap_or_default()),
            "ask the operator whether the SIM is active, and may be used here",
        )
    })
}

fn manual(facts: &Facts) -> Option<Said> {
    (is_open(facts) && facts.network.selection == Some(1)).then(|| {
        say(
            "the modem waits for one network that was chosen by hand",
            "let it choose by itself with `AT+COPS=0`",
        )
    })
}

fn deregistered(facts: &Facts) -> Option<Said> {
    (is_open(facts) && facts.network.selection == Some(2)).then(|| {
        say("the modem was told to leave all networks", "let it choose one with `AT+COPS=0`")
    })
}

fn emergency(facts: &Facts) -> Option<Said> {
    (is_open(facts) && (facts.network.any(8) || facts.network.is_limited)).then(|| {
        say(
            "a network is there for emergency calls only",
            "ask the operator whether the SIM is active, and may be used here",
        )
    })
}

fn is_told(facts: &Facts) -> bool {
    let all: [fn(&Facts) -> Option<Said>; 4] = [denied, manual, deregistered, emergency];
    all.iter().any(|check| check(facts).is_some())
}

fn searching(facts: &Facts) -> Option<Said> {
    (is_open(facts) && facts.network.any(2) && !is_told(facts)).then(|| {
        say(
            "the modem searches for a network that takes it",
            "move the antenna while `saldo signal` runs; a new SIM may need its activation first",
        )
    })
}

fn not_registered(facts: &Facts) -> Option<Said> {
    (is_open(facts) && !facts.network.any(2) && !is_told(facts)).then(|| {
        say(
            "the modem is on no network, and looks for none",
            "turn it off and on again; a new SIM may need its activation first",
        )
    })
}

/// USSD over AT is a circuit-switched service.
fn no_circuit(facts: &Facts) -> Option<Said> {
    let network = &facts.network;
    let stat = network.stat("cs")?;
    let is_so = network.is_registered() == Some(true)
        && matches!(stat, 0 | 2 | 3 | 4 | 8)
        // A modem for things has no calls to lose, and that is said.
        && facts.modem.cannot.is_none();
    is_so.then(|| {
        let place = if network.is_on_lte() { "on LTE without" } else { "without" };
        say(
            format!("USSD is not possible here: the modem is {place} circuit-switched service"),
            "`saldo balance --fallback` goes to 2G or 3G for the question, where the operator has them",
        )
    })
}

fn sms_only(facts: &Facts) -> Option<Said> {
    matches!(facts.network.stat("cs"), Some(6 | 7)).then(|| {
        say(
            "the network takes messages from this modem, and no calls or USSD",
            "`saldo balance --fallback` goes to 2G or 3G for the question, where the operator has them",
        )
    })
}

fn held_to(facts: &Facts) -> Option<Said> {
    let what = facts.modem.held_to?;
    (facts.network.is_registered() != Some(true) || facts.network.has_circuit() == Some(false))
        .then(|| {
            just(format!(
                "the modem is held to {what}: a network of another kind is not looked for"
            ))
        })
}

fn roaming(facts: &Facts) -> Option<Said> {
    let roams = facts.network.any(5) || facts.network.any(7) || facts.network.any(10);
    let name = facts.network.name.as_deref().unwrap_or("another operator's network");
    roams.then(|| just(format!("the SIM roams on {name}: some operators answer no USSD there")))
}
