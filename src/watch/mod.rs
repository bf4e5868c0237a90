//! What was asked before, and what follows from it: plain values, no clock and no file.
//!
//! A [`Record`] is one question and what came of it. A history of them says how fast an account empties
//! ([`Forecast`]) and when somebody has to be told ([`AlertKind`]); a [`View`] is one modem as the page, the
//! metrics and a broker show it.
//!
//! | file | holds |
//! |---|---|
//! | `record` | one question, as it is remembered |
//! | `view` | one modem, as it is shown |
//! | `alert` | when somebody has to be told |
//! | `duration` | lengths of time as people write them |
//! | `account` | which records may be compared with which |
//! | `forecast` | how fast an account empties |
//! | `ledger` | what came in and what went out |

mod account;
mod alert;
mod duration;
mod forecast;
mod ledger;
mod record;
mod view;

pub use alert::{Alert, AlertState, Alerts, Event, Mark, Marks, NotAMark, Severity};
pub use duration::{NotADuration, duration};
pub use forecast::forecast;
pub use ledger::{Spending, TopUp, spending_by_month, top_ups};
pub use record::{Answer, Failure, Outcome, Pot, Record, SimKey};
pub use view::{AlertKind, Forecast, Radio, View};

#[cfg(test)]
mod example;
