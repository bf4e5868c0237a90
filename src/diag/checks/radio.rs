//! What comes through the antenna.

use super::{Check, Said, info, just, problem, say, warning};
use crate::diag::facts::{Facts, rat};
use crate::diag::quality::{self, Quality};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    problem("antenna-missing",       antenna),
    problem("signal-too-weak",       |facts| power(facts, &[Quality::Bad])),
    warning("signal-weak",           |facts| power(facts, &[Quality::Weak])),
    warning("signal-noisy",          noisy),
    warning("antenna-branch-missing", branch),
    info("signal-fair",              |facts| power(facts, &[Quality::Fair])),
];

fn is_on(facts: &Facts) -> bool {
    !facts.is_radio_off()
}

/// Nothing is heard at all, or only by a branch that an antenna would lift by 30 dB.
fn antenna(facts: &Facts) -> Option<Said> {
    (is_on(facts) && facts.radio.is_deaf && facts.network.is_registered() != Some(true)).then(|| {
        say(
            "the modem hears no network at all",
            "check that the antenna is screwed to the main connector; without one nothing is heard",
        )
    })
}

fn power(facts: &Facts, qualities: &[Quality]) -> Option<Said> {
    let measure = quality::power(&facts.radio.signal, rat(facts))?;
    let quality = measure.quality();
    (is_on(facts) && qualities.contains(&quality)).then(|| {
        say(
            format!("the signal is {quality}: {measure}"),
            "move or turn the antenna while `saldo signal` runs",
        )
    })
}

fn noisy(facts: &Facts) -> Option<Said> {
    let clean = quality::cleanness(&facts.radio.signal)?;
    let power = quality::power(&facts.radio.signal, rat(facts))?;
    (clean.quality() == Quality::Bad && power.quality() >= Quality::Fair).then(|| {
        say(
            format!("the signal is strong enough, and drowned in noise: {clean}"),
            "turn the antenna away from other masts, and keep it off the computer and its cables",
        )
    })
}

/// A second antenna that is not there: 20 dB and more below the first.
fn branch(facts: &Facts) -> Option<Said> {
    let [Some(main), second, ..] = facts.radio.branches.as_slice() else { return None };
    let gap = second.map(|second| main - second);
    match gap {
        None => Some(just("the second antenna hears nothing")),
        Some(20..) => Some(say(
            format!("the second antenna hears {} dB less than the first", gap.unwrap_or_default()),
            "check its connector: a second antenna doubles what LTE carries",
        )),
        _ => None,
    }
}
