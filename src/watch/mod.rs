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
//! | `fleet` | who needs somebody first |
//! | `metrics` | the page that Prometheus scrapes |
//! | `schedule` | when a modem is asked next |
//! | `account` | which records may be compared with which |
//! | `unit` | what amounts are counted in |
//! | `forecast` | how fast an account empties |
//! | `trail` | the readings that a running watch makes it of |
//! | `ledger` | what came in and what went out |
//! | `chart/` | a balance over time, drawn |

mod account;
mod alert;
pub mod chart;
mod duration;
mod fleet;
mod forecast;
mod ledger;
mod metrics;
mod record;
mod schedule;
mod trail;
mod unit;
mod view;

pub use alert::{Alert, AlertState, Alerts, Event, Mark, MarkList, Marks, NotAMark, Severity};
pub use duration::{NotADuration, duration};
pub use fleet::Urgency;
pub use forecast::forecast;
pub use ledger::{Spending, TopUp, spending_by_month, top_ups};
pub use metrics::metrics;
pub use record::{Answer, Failure, Left, Outcome, Pot, Record, SimKey};
pub use schedule::{DayCount, Moment, NotASchedule, NotCron, Schedule, ScheduleWords};
pub use trail::Trail;
pub use view::{AlertKind, Forecast, Radio, View};

#[cfg(test)]
mod example;
