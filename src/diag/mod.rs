//! Why it works or not: facts in, findings out.
//!
//! [`Facts`] are what the port, the modem, its card and its network said; a gap is a fact too. [`judge`]
//! puts them through a table of checks, from the socket up to the operator, and gives [`Finding`]s, worst
//! first. What can surprise you:
//!
//! * A check that has not the facts it needs finds nothing: silence of a modem is never bad news twice.
//! * Within a level the lower layer comes first, since it is the cause of what is above it.
//! * Names are stable: scripts and reports quote them.
//!
//! | file | holds |
//! |---|---|
//! | `account` | what the history says of the SIM's account |
//! | `facts` | what can be known, in the shape of the JSON |
//! | `lines` | a modem's lines into facts |
//! | `unasked` | what a line tells that may come at any time |
//! | `held` | radio technologies a modem is held to |
//! | `quality` | how good a signal is, by radio technology |
//! | `cause` | why a network refuses a modem |
//! | `checks/` | the table, one file a layer |
//! | `report/` | one page for somebody else |
//!
//! ```
//! use saldo::diag::{Facts, judge};
//!
//! let mut facts = Facts::default();
//! facts.port.answers = Some(true);
//! facts.sim.state = Some("SIM PIN".into());
//! assert_eq!(judge(&facts)[0].name, "sim-pin-required");
//! ```

mod account;
mod cause;
mod checks;
mod facts;
mod held;
mod lines;
mod quality;
pub(crate) mod report;
mod unasked;

use std::fmt;

use serde::Serialize;

pub use account::Account;
pub use cause::Cause;
pub use facts::{
    Access, Card, Clock, Context, Facts, Home, ModemFacts, Network, PortFacts, Radio, Service,
    Store,
};
pub use lines::Asked;
pub use quality::{Measure, Quality};
pub use report::Report;

/// How bad it is; the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Nothing is wrong.
    Ok,
    /// Worth knowing.
    Info,
    /// It works, and may not for long, or not well.
    Warning,
    /// It does not work.
    Problem,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Problem => "problem",
        })
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable, in lower case with hyphens.
    pub name: &'static str,
    /// How bad it is.
    pub level: Level,
    /// One sentence, without its full stop.
    pub message: String,
    /// The one command or action that helps; `None` where we know none.
    pub hint: Option<String>,
}

/// Every finding, worst first, and within a level the lowest layer first; never empty.
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = checks::all(facts).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    if findings.iter().all(|finding| finding.level < Level::Warning) {
        findings.insert(0, healthy());
    }
    findings
}

/// The power of the signal and how clean it is, each on its scale; `None` where the modem does not tell.
pub fn signal(facts: &Facts) -> [Option<Measure>; 2] {
    let signal = &facts.radio.signal;
    [quality::power(signal, facts::rat(facts)), quality::cleanness(signal)]
}

/// The technology in use, where anything tells.
pub fn rat(facts: &Facts) -> Option<crate::answers::Rat> {
    facts::rat(facts)
}

/// The names of all findings there can be, in the order of their layers.
pub fn names() -> impl Iterator<Item = &'static str> {
    checks::names().chain(["healthy"])
}

fn healthy() -> Finding {
    Finding {
        name: "healthy",
        level: Level::Ok,
        message: "nothing stands in the way".into(),
        hint: None,
    }
}

#[cfg(test)]
mod tests;
