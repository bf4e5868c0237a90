//! What the history says of the account of the SIM at hand.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

/// The account when its balance was last stated for sure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The main money pot.
    pub amount: Decimal,
    /// Its currency, where one is stated.
    pub unit: Option<String>,
    /// Seconds since then.
    pub age_s: i64,
    /// The last day on which it is valid.
    pub expires: Option<Date>,
    /// Days until that day; below zero where it has passed.
    pub days_valid: Option<i32>,
}

impl Account {
    /// Since when, in words: `3 hours`.
    pub(super) fn age(&self) -> String {
        let (minute, hour, day) = (60, 3600, 86_400);
        let (count, unit) = match self.age_s {
            age if age < hour => (age / minute, "minute"),
            age if age < 2 * day => (age / hour, "hour"),
            age => (age / day, "day"),
        };
        if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
    }
}
