//! The module itself: supply, warmth, firmware, whether its radio is on.

use super::{Check, Said, info, just, problem, say, warning};
use crate::diag::facts::Facts;

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    problem("modem-undervoltage", undervoltage),
    problem("modem-restarted",    restarted),
    problem("modem-overheated",   overheated),
    warning("modem-hot",          |facts| warm(facts, 70.0, 85.0)),
    warning("modem-cold",         cold),
    problem("modem-off",          off),
    problem("modem-airplane-mode", airplane),
    warning("modem-no-ussd",      no_ussd),
    warning("modem-ussd-doubtful", doubtful),
    info("modem-clock-wrong",     clock),
    info("modem-unknown",         unknown),
    info("modem-imei-missing",    no_imei),
];

/// Below this a module resets when it transmits; most are specified from 3.3 V or 3.4 V.
const LOW_MV: u32 = 3350;

/// Some firmware gives a level or nonsense instead of millivolts.
const PLAUSIBLE_MV: std::ops::Range<u32> = 2500..30_000;

fn undervoltage(facts: &Facts) -> Option<Said> {
    let supply = facts.modem.supply_mv.filter(|mv| PLAUSIBLE_MV.contains(mv) && *mv < LOW_MV);
    let message = match supply {
        Some(mv) => format!("the modem's supply is too low: {}.{:02} V", mv / 1000, mv % 1000 / 10),
        None if facts.modem.undervoltage => "the modem complains that its supply is too low".into(),
        None => return None,
    };
    Some(say(message, "use a shorter cable or a powered hub: it takes up to 2 A when it transmits"))
}

fn restarted(facts: &Facts) -> Option<Said> {
    facts.modem.restarted.then(|| {
        say(
            "the modem started anew while it was asked (power?)",
            "a supply that dips under load does this: try another cable or a powered hub",
        )
    })
}

fn overheated(facts: &Facts) -> Option<Said> {
    let told = || {
        facts.modem.overheated.then(|| {
            say(
                "the modem complains of heat",
                "give it air or a heat sink, and keep it out of the sun",
            )
        })
    };
    warm(facts, 85.0, f64::INFINITY).or_else(told)
}

fn warm(facts: &Facts, from: f64, to: f64) -> Option<Said> {
    let celsius = facts.modem.temperature.as_ref()?.max_c?.value();
    (from <= celsius && celsius < to).then(|| {
        say(
            format!("the modem is {celsius} °C warm, and slows down or lets go when it is hotter"),
            "give it air or a heat sink, and keep it out of the sun",
        )
    })
}

fn cold(facts: &Facts) -> Option<Said> {
    let celsius = facts.modem.temperature.as_ref()?.max_c?.value();
    (celsius < -25.0).then(|| just(format!("the modem is {celsius} °C cold")))
}

/// 3GPP TS 27.007 clause 8.2.
const OFF: u8 = 0;

fn off(facts: &Facts) -> Option<Said> {
    (facts.modem.functionality == Some(OFF)).then(|| {
        say("the radio is off (`+CFUN: 0`)", "turn it on with `AT+CFUN=1`, or replug the modem")
    })
}

fn airplane(facts: &Facts) -> Option<Said> {
    let mode = facts.modem.functionality.filter(|mode| *mode != OFF && facts.is_radio_off());
    mode.map(|mode| {
        say(
            format!("the modem is in airplane mode (`+CFUN: {mode}`)"),
            "turn the radio on with `AT+CFUN=1`, or free the modem's W_DISABLE pin",
        )
    })
}

fn no_ussd(facts: &Facts) -> Option<Said> {
    let why = facts.modem.cannot.as_ref()?;
    Some(say(format!("this modem has no USSD: {why}"), "ask by SMS, or with another modem"))
}

fn doubtful(facts: &Facts) -> Option<Said> {
    let note = facts.modem.note.as_ref().filter(|_| facts.network.is_on_lte())?;
    Some(say(note.clone(), "`saldo balance --fallback` goes to 2G or 3G for the question"))
}

/// Without network time a modem counts from its birth: only certificates and logs mind.
fn clock(facts: &Facts) -> Option<Said> {
    const DAY: i64 = 86_400;
    let clock = facts.modem.clock.as_ref()?;
    let ahead = clock.ahead_s?;
    (ahead.abs() > DAY).then(|| {
        let days = ahead.abs() / DAY;
        let way = if ahead > 0 { "ahead of" } else { "behind" };
        just(format!("the modem's clock is {days} days {way} this computer's"))
    })
}

fn unknown(facts: &Facts) -> Option<Said> {
    let is_generic = facts.modem.dialect.as_deref() == Some("generic");
    let model = facts.modem.model.as_ref().filter(|_| is_generic)?;
    Some(just(format!("the modem data have no row for `{model}`: the standard is assumed")))
}

fn no_imei(facts: &Facts) -> Option<Said> {
    let answered = facts.modem.model.is_some();
    (answered && facts.modem.imei.is_none()).then(|| just("the modem tells no valid IMEI"))
}
