//! Messages, data, and whether the operator's balance can be asked.

use super::{Check, Said, info, just, problem, say, warning};
use crate::diag::facts::{Facts, Home};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    problem("message-store-full",    store_full),
    warning("message-store-nearly-full", store_nearly_full),
    warning("message-centre-missing", no_centre),
    warning("ussd-not-known",        no_ussd),
    problem("data-apn-missing",      no_apn),
    warning("data-not-attached",     not_attached),
    warning("data-no-address",       no_address),
    info("data-not-connected",       not_connected),
    info("calls-over-lte-missing",   no_ims),
    warning("operator-unknown",      unknown),
    warning("operator-ambiguous",    ambiguous),
    info("operator-no-way",          no_way),
    info("operator-known",           known),
];

fn is_registered(facts: &Facts) -> bool {
    facts.network.is_registered() == Some(true)
}

fn store_full(facts: &Facts) -> Option<Said> {
    let stores = &facts.service.stores;
    let full = stores.iter().find(|store| store.total > 0 && store.used >= store.total);
    let message = match full {
        Some(full) => {
            format!("the message store {} is full: {} of {}", full.name, full.used, full.total)
        }
        None if facts.service.is_full => "the modem complains that a message store is full".into(),
        None => return None,
    };
    Some(say(message, "make room with `saldo sms delete`: no message comes in until then"))
}

fn store_nearly_full(facts: &Facts) -> Option<Said> {
    let is_close = |used: u32, total: u32| used < total && (total - used) * 10 <= total;
    let store = facts.service.stores.iter().find(|store| is_close(store.used, store.total))?;
    Some(say(
        format!(
            "the message store {} is nearly full: {} of {}",
            store.name, store.used, store.total
        ),
        "make room with `saldo sms delete`",
    ))
}

fn no_centre(facts: &Facts) -> Option<Said> {
    (facts.service.has_smsc == Some(false)).then(|| {
        say(
            "no number of the message centre is set: messages cannot be sent",
            "set the operator's with `AT+CSCA=\"+…\"`",
        )
    })
}

fn no_ussd(facts: &Facts) -> Option<Said> {
    (facts.service.has_ussd == Some(false) && facts.sim.is_ready() && facts.modem.cannot.is_none())
        .then(|| just("the modem does not know `AT+CUSD`: it may have no USSD at all"))
}

/// LTE registers with the network's own APN; before it, and for data, one has to be set.
fn no_apn(facts: &Facts) -> Option<Said> {
    let contexts = &facts.service.contexts;
    let has_none = !contexts.is_empty() && contexts.iter().all(|context| context.apn.is_empty());
    let is_offline = facts.service.attached == Some(false)
        || contexts.iter().all(|context| context.has_address != Some(true));
    (is_registered(facts) && has_none && is_offline && !facts.network.is_on_lte()).then(|| {
        say("no APN is set", "set the operator's APN in the program that makes the connection")
    })
}

fn not_attached(facts: &Facts) -> Option<Said> {
    (is_registered(facts) && facts.service.attached == Some(false)).then(|| {
        say(
            "the modem is registered, and not attached for data",
            "check the APN, and whether the tariff has data and credit",
        )
    })
}

fn no_address(facts: &Facts) -> Option<Said> {
    let contexts = &facts.service.contexts;
    let stuck = contexts
        .iter()
        .find(|context| context.active == Some(true) && context.has_address == Some(false))?;
    Some(say(
        format!("data connection {} is up, and has no address", stuck.cid),
        "check the APN, and restart the connection",
    ))
}

fn not_connected(facts: &Facts) -> Option<Said> {
    let contexts = &facts.service.contexts;
    let is_down = contexts.iter().any(|context| context.active == Some(false))
        && contexts.iter().all(|context| context.active != Some(true));
    (is_registered(facts) && is_down).then(|| just("no data connection is up"))
}

fn no_ims(facts: &Facts) -> Option<Said> {
    (facts.network.is_on_lte() && facts.service.ims == Some(false)).then(|| {
        just("the modem is not registered for calls over LTE: it falls back to 2G or 3G for them")
    })
}

fn home(facts: &Facts) -> Option<&Home> {
    facts.operator.as_ref().filter(|_| facts.sim.is_ready())
}

fn unknown(facts: &Facts) -> Option<Said> {
    let home = home(facts)?;
    (home.id.is_none() && home.candidates.is_empty()).then(|| {
        let network = facts.sim.plmn.as_deref().unwrap_or("its home network");
        say(
            format!("no balance code is known for {network}"),
            "if you know it: `saldo balance --code CODE`",
        )
    })
}

fn ambiguous(facts: &Facts) -> Option<Said> {
    let home = home(facts).filter(|home| !home.candidates.is_empty())?;
    let first = home.candidates.first()?;
    Some(say(
        format!("the SIM may be of several brands: {}", home.candidates.join(", ")),
        &format!("name yours, for example `saldo balance --operator {first}`"),
    ))
}

fn no_way(facts: &Facts) -> Option<Said> {
    let home = home(facts)?;
    let name = home.name.as_ref().filter(|_| home.ask.is_none())?;
    Some(just(format!("{name} answers no balance question by USSD or SMS that we know of")))
}

fn known(facts: &Facts) -> Option<Said> {
    let home = home(facts)?;
    let (name, ask) = (home.name.as_ref()?, home.ask.as_ref()?);
    Some(say(format!("the SIM is of {name}, asked by {ask}"), "`saldo balance`"))
}
