//! What came into an account and what went out of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::Serialize;

use super::Record;
use super::account::{Step, steps};

/// A rise of what an account has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopUp {
    /// When it was first seen: the top-up was made between this question and the one before.
    pub time: Timestamp,
    /// By how much the account rose; what was spent since the question before hides as much of it.
    pub amount: Decimal,
    /// The currency, where one is stated.
    pub unit: Option<String>,
}

/// What an account lost in one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spending {
    /// The year of our era.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
    /// The sum of all falls; zero where it was asked and lost nothing.
    pub amount: Decimal,
    /// The currency, where one is stated.
    pub unit: Option<String>,
}

/// Every rise from one reliable record to the next of the same SIM and currency, oldest first.
///
/// However small it is: who gives ten cents tops up ten cents. Bonus pots are no part of it.
pub fn top_ups(records: &[Record]) -> Vec<TopUp> {
    let top_up = |step: Step<'_>| {
        let unit = step.to.unit.map(str::to_owned);
        step.rise().map(|amount| TopUp { time: step.to.time, amount, unit })
    };
    steps(records).filter_map(top_up).collect()
}

/// What was spent by month and currency, oldest first; top-ups left out.
///
/// A fall belongs to the month in which it was seen. Months without two readings to compare are left out.
pub fn spending_by_month(records: &[Record], tz: &TimeZone) -> Vec<Spending> {
    let mut months: BTreeMap<(i16, i8, Option<&str>), Decimal> = BTreeMap::new();
    for step in steps(records) {
        let day = step.to.time.to_zoned(tz.clone()).date();
        let sum = months.entry((day.year(), day.month(), step.to.unit)).or_default();
        let fall = step.fall().unwrap_or_default().max(Decimal::ZERO);
        *sum = sum.saturating_add(fall);
    }
    let spending = |((year, month, unit), amount): ((i16, i8, Option<&str>), Decimal)| Spending {
        year,
        month,
        amount,
        unit: unit.map(str::to_owned),
    };
    months.into_iter().map(spending).collect()
}

#[cfg(test)]
mod tests {
    use super::super::example::{at, failure, record};
    use super::*;
    use crate::balance::Role;

    fn history() -> Vec<Record> {
        vec![
            record(at("2026-01-30"), "10.00 EUR"),
            record(at("2026-01-31"), "8.50 EUR"),
            record(at("2026-01-31T22:30:00Z"), "8.00 EUR"),
            record(at("2026-01-31T23:30:00Z"), "7.00 EUR"),
            record(at("2026-02-01"), "99.00 EUR").unsure(),
            failure(at("2026-02-01"), "network", "no"),
            record(at("2026-02-01"), "50.00 EUR").of_sim("B"),
            record(at("2026-02-02"), "50.00 EUR").with(|answer| answer.pots[0].role = Role::Bonus),
            record(at("2026-02-02"), "27.00 EUR"),
            record(at("2026-02-03"), "27.01 EUR"),
            record(at("2026-02-03"), "45.00 EUR").of_sim("B"),
            record(at("2026-03-01"), "30.00 USD"),
            record(at("2026-03-02"), "29.00 USD"),
        ]
    }

    #[test]
    fn every_rise_of_one_account_is_a_top_up() {
        let found: Vec<_> = top_ups(&history())
            .into_iter()
            .map(|found| format!("{} {} {}", found.time, found.amount, found.unit.unwrap()))
            .collect();
        assert_eq!(found, ["2026-02-02T00:00:00Z 20.00 EUR", "2026-02-03T00:00:00Z 0.01 EUR"]);
    }

    #[test]
    fn spending_is_counted_in_the_month_of_the_place() {
        let months = |tz: &TimeZone| -> Vec<String> {
            spending_by_month(&history(), tz)
                .into_iter()
                .map(|s| format!("{}-{:02} {} {}", s.year, s.month, s.amount, s.unit.unwrap()))
                .collect()
        };
        assert_eq!(
            months(&TimeZone::UTC),
            ["2026-01 3.00 EUR", "2026-02 5.00 EUR", "2026-03 1.00 USD"]
        );
        let brussels = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        assert_eq!(months(&brussels), ["2026-01 2.00 EUR", "2026-02 6.00 EUR", "2026-03 1.00 USD"]);
    }
}
