//! From the socket to the first `OK`.

use super::{Check, Said, info, just, problem, say, warning};
use crate::diag::facts::{Access, Facts};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    warning("host-undervoltage",    host_undervoltage),
    problem("modem-not-found",      |facts| refused(facts, Access::NoModem)),
    problem("modem-not-named",      |facts| refused(facts, Access::Several)),
    problem("port-missing",         |facts| refused(facts, Access::Missing)),
    problem("port-no-permission",   |facts| refused(facts, Access::Denied)),
    problem("port-held-by-modemmanager", held_by_modemmanager),
    problem("port-held",            held),
    problem("port-not-serial",      |facts| refused(facts, Access::NotSerial)),
    problem("port-failed",          |facts| refused(facts, Access::Failed)),
    problem("port-for-diagnosis",   |facts| wrong_role(facts, "diag", "it is for diagnosis and swallows commands")),
    problem("port-for-positions",   for_positions),
    problem("port-silent",          silent),
    info("port-noisy",              noisy),
];

fn refused(facts: &Facts, access: Access) -> Option<Said> {
    let port = &facts.port;
    let is_so = port.access == Some(access) && !is_for_something_else(facts);
    is_so.then(|| Said { message: port.error.clone().unwrap_or_default(), hint: port.hint.clone() })
}

fn held_by_modemmanager(facts: &Facts) -> Option<Said> {
    is_modemmanager(facts).then(|| refused(facts, Access::Held)).flatten()
}

fn held(facts: &Facts) -> Option<Said> {
    (!is_modemmanager(facts)).then(|| refused(facts, Access::Held)).flatten()
}

fn is_modemmanager(facts: &Facts) -> bool {
    facts.port.holder.as_ref().is_some_and(|holder| holder.starts_with("ModemManager"))
}

fn wrong_role(facts: &Facts, role: &str, why: &str) -> Option<Said> {
    let port = &facts.port;
    (port.role.as_deref() == Some(role) && port.answers != Some(true))
        .then(|| elsewhere(facts, format!("{} takes no commands: {why}", port.name)))
}

fn for_positions(facts: &Facts) -> Option<Said> {
    let port = &facts.port;
    wrong_role(facts, "nmea", "it sends positions").or_else(|| {
        (port.nmea && port.answers == Some(false)).then(|| {
            elsewhere(facts, format!("{} takes no commands: positions come out of it", port.name))
        })
    })
}

fn is_for_something_else(facts: &Facts) -> bool {
    matches!(facts.port.role.as_deref(), Some("diag" | "nmea"))
}

fn silent(facts: &Facts) -> Option<Said> {
    let port = &facts.port;
    let is_so = port.answers == Some(false) && !port.nmea && !is_for_something_else(facts);
    is_so
        .then(|| elsewhere(facts, format!("{} is open, and nothing on it answers `AT`", port.name)))
}

fn elsewhere(facts: &Facts, message: String) -> Said {
    match &facts.port.better {
        Some(port) => say(message, &format!("take the port for commands: `--port {port}`")),
        None => say(message, "`saldo ports` shows which port takes commands"),
    }
}

fn host_undervoltage(facts: &Facts) -> Option<Said> {
    (facts.port.host_undervoltage == Some(true)).then(|| {
        say(
            "this computer's own supply has been too low since it started",
            "give it a stronger supply, and the modem a powered hub",
        )
    })
}

fn noisy(facts: &Facts) -> Option<Said> {
    const MANY: usize = 20;
    (facts.port.noise >= MANY)
        .then(|| just(format!("{} lines came that nobody had asked for", facts.port.noise)))
}
