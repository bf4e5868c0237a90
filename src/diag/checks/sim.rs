//! The SIM, or the profile in its place.

use super::{Check, Said, problem, say, warning};
use crate::diag::facts::Facts;

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    problem("sim-missing",          missing),
    problem("esim-no-profile",      no_profile),
    problem("sim-blocked",          blocked),
    problem("sim-puk-required",     puk),
    problem("sim-pin-last-try",     last_try),
    problem("sim-pin-required",     pin),
    problem("modem-locked-to-network", locked),
    problem("sim-failed",           failed),
    problem("sim-busy",             busy),
    problem("sim-unreadable",       unreadable),
    warning("sim-tries-used",       tries_used),
];

/// 3GPP TS 27.007 clause 9.2.
const NOT_INSERTED: u32 = 10;
const PIN_REQUIRED: u32 = 11;
const PUK_REQUIRED: u32 = 12;
const FAILURE: u32 = 13;
const BUSY: u32 = 14;
const WRONG: u32 = 15;
/// Personalisation: to a SIM, a network, part of it, a provider, a company.
const LOCKED: [u32; 11] = [5, 6, 7, 40, 41, 42, 43, 44, 45, 46, 47];

fn missing(facts: &Facts) -> Option<Said> {
    // Many say plain ERROR where no card is; one that is registered has one.
    let is_refused = facts.sim.is_refused && facts.network.is_registered() == Some(false);
    let is_so = facts.sim.error == Some(NOT_INSERTED)
        || has_state(facts, &["NOT INSERTED", "SIM REMOVED"])
        || !facts.sim.is_ready() && (facts.sim.is_gone || facts.sim.state.is_none() && is_refused);
    (is_so && facts.sim.is_euicc != Some(true)).then(|| {
        say(
            "no SIM is in the modem, or it does not make contact",
            "check tray and orientation, then restart the modem; one with two slots may be on the other",
        )
    })
}

fn no_profile(facts: &Facts) -> Option<Said> {
    let is_empty = facts.sim.error == Some(NOT_INSERTED)
        || facts.sim.is_gone && !facts.sim.is_ready()
        || facts.sim.has_no_imsi && (facts.sim.is_ready() || facts.sim.state.is_none());
    (facts.sim.is_euicc == Some(true) && is_empty).then(|| {
        say("the eSIM has no profile enabled", "enable one with the tool that installed it")
    })
}

fn blocked(facts: &Facts) -> Option<Said> {
    let retries = facts.sim.retries.as_ref()?;
    let wants_puk = has_state(facts, &["SIM PUK"]) || facts.sim.error == Some(PUK_REQUIRED);
    (wants_puk && retries.puk == Some(0)).then(|| {
        say(
            "the SIM is blocked for good: no try of its PUK is left",
            "ask the operator for another SIM",
        )
    })
}

fn puk(facts: &Facts) -> Option<Said> {
    let is_so = has_state(facts, &["SIM PUK"]) || facts.sim.error == Some(PUK_REQUIRED);
    if !is_so || blocked(facts).is_some() {
        return None;
    }
    let left = facts.sim.retries.as_ref().and_then(|retries| retries.puk);
    let left = left.map(|left| format!(", {left} tries left")).unwrap_or_default();
    Some(say(
        format!("the SIM is blocked after wrong PINs and wants its PUK{left}"),
        "unblock it in a phone with the operator's PUK: ten wrong ones end the card",
    ))
}

fn last_try(facts: &Facts) -> Option<Said> {
    let left = facts.sim.retries.as_ref()?.pin?;
    (wants_pin(facts) && left <= 1).then(|| {
        say(
            format!("the SIM wants its PIN, and {left} try is left"),
            "look the PIN up first: the next wrong one blocks the SIM",
        )
    })
}

fn pin(facts: &Facts) -> Option<Said> {
    if !wants_pin(facts) || last_try(facts).is_some() {
        return None;
    }
    let left = facts.sim.retries.as_ref().and_then(|retries| retries.pin);
    let left = left.map(|left| format!(", {left} tries left")).unwrap_or_default();
    Some(say(format!("the SIM is locked by its PIN{left}"), "`saldo sim unlock`"))
}

fn locked(facts: &Facts) -> Option<Said> {
    let state = facts.sim.state.as_ref().filter(|state| state.starts_with("PH-"));
    let by = match (state, facts.sim.error) {
        (Some(state), _) => format!("`{state}`"),
        (None, Some(error)) if LOCKED.contains(&error) => format!("error {error}"),
        _ => return None,
    };
    Some(say(
        format!("the modem is locked to another SIM or network ({by})"),
        "ask whoever sold the modem for its unlock code",
    ))
}

fn failed(facts: &Facts) -> Option<Said> {
    matches!(facts.sim.error, Some(FAILURE | WRONG)).then(|| {
        say("the modem cannot read the SIM", "clean its contacts, and try it in another device")
    })
}

fn busy(facts: &Facts) -> Option<Said> {
    let is_so = facts.sim.error == Some(BUSY) || has_state(facts, &["NOT READY"]);
    is_so.then(|| say("the SIM is still starting", "wait half a minute, then ask again"))
}

fn unreadable(facts: &Facts) -> Option<Said> {
    let is_so = facts.sim.is_ready() && facts.sim.has_no_imsi && facts.sim.is_euicc != Some(true);
    is_so.then(|| {
        say(
            "the SIM is open, and tells no subscriber",
            "try it in a phone: it may not be provisioned",
        )
    })
}

/// A PIN has three tries, a PUK ten.
fn tries_used(facts: &Facts) -> Option<Said> {
    let retries = facts.sim.retries.as_ref()?;
    let used = retries.pin.filter(|left| (1..3).contains(left))?;
    (facts.sim.is_ready())
        .then(|| say(format!("{used} of 3 tries of the PIN are left"), "`saldo sim status`"))
}

fn wants_pin(facts: &Facts) -> bool {
    has_state(facts, &["SIM PIN"]) || facts.sim.error == Some(PIN_REQUIRED)
}

fn has_state(facts: &Facts, states: &[&str]) -> bool {
    facts.sim.state.as_deref().is_some_and(|state| states.contains(&state))
}
