//! The last month of one account in memory, thinned: what a forecast is made of.

use std::collections::VecDeque;
use std::rc::Rc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::account::{Reading, of_one_kind};
use super::forecast::forecast_of;
use super::{Forecast, Record};

/// Reliable readings of one modem, oldest first. A watch keeps one of each for years: a point is small, and there
/// are no more than a hundred.
#[derive(Debug, Default)]
pub struct Trail(VecDeque<Point>);

/// What a [`Reading`] borrows from its record; the words that stay the same are shared.
#[derive(Clone, Debug)]
struct Point {
    is_sim: bool,
    account: Rc<str>,
    time: Timestamp,
    amount: Decimal,
    unit: Option<Rc<str>>,
    is_data: bool,
    expires: Option<Date>,
}

/// Readings nearer to each other than this say nothing more of a rate by the day.
const APART: SignedDuration = SignedDuration::from_hours(12);

/// A month of them, and some that came in between.
const MOST: usize = 100;

impl Trail {
    /// Adds a reading that is newer than the others; of those that are near to each other, the last stays.
    pub fn add(&mut self, record: &Record) {
        let Some(reading) = Reading::of(record) else { return };
        let point = Point::after(self.0.back(), &reading);
        if self.is_between(&reading) {
            self.0.pop_back();
        }
        self.0.push_back(point);
        if self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    /// What follows from it, as [`forecast`](super::forecast()) says.
    pub fn forecast(&self, now: Timestamp) -> Option<Forecast> {
        forecast_of(of_one_kind(self.0.iter().rev().map(Point::reading).collect()), now)
    }

    /// Whether the last reading is one of a steady fall, between its neighbour and the next.
    fn is_between(&self, next: &Reading<'_>) -> bool {
        let mut latest = self.0.iter().rev().map(Point::reading);
        let (Some(last), Some(before)) = (latest.next(), latest.next()) else { return false };
        let apart = next.time.duration_since(before.time);
        let is_near = (SignedDuration::ZERO..APART).contains(&apart);
        let is_one = before.is_same_account(&last) && last.is_same_account(next);
        let is_fall = before.amount >= last.amount && last.amount >= next.amount;
        is_near && is_one && is_fall && before.unit == last.unit && last.unit == next.unit
    }
}

impl Point {
    fn after(last: Option<&Self>, reading: &Reading<'_>) -> Self {
        let Reading { account: (is_sim, account), time, amount, unit, is_data, expires } = *reading;
        let shared = |text: &str, before: Option<&Rc<str>>| match before {
            Some(before) if **before == *text => Rc::clone(before),
            _ => Rc::from(text),
        };
        Self {
            is_sim,
            account: shared(account, last.map(|last| &last.account)),
            time,
            amount,
            unit: unit.map(|unit| shared(unit, last.and_then(|last| last.unit.as_ref()))),
            is_data,
            expires,
        }
    }

    fn reading(&self) -> Reading<'_> {
        Reading {
            account: (self.is_sim, &self.account),
            time: self.time,
            amount: self.amount,
            unit: self.unit.as_deref(),
            is_data: self.is_data,
            expires: self.expires,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{at, record};
    use super::super::forecast;
    use super::*;

    /// A cent an hour for so many hours, with a top-up in the middle.
    fn hourly(hours: i64) -> Vec<Record> {
        let start = at("2026-01-01");
        let mut cents = 5000;
        let each = (0..hours).map(|hour| {
            cents += if hour == hours / 2 { 1000 } else { -1 };
            let time = start + SignedDuration::from_hours(hour);
            record(time, &format!("{}.{:02} EUR", cents / 100, cents % 100))
        });
        each.collect()
    }

    #[test]
    fn a_month_of_hours_is_thinned_and_says_the_same() {
        let records = hourly(30 * 24);
        let mut trail = Trail::default();
        records.iter().for_each(|record| trail.add(record));
        assert!((60..80).contains(&trail.0.len()), "{}", trail.0.len());
        let now = records.last().unwrap().time;
        let (whole, thinned) = (forecast(&records, now).unwrap(), trail.forecast(now).unwrap());
        assert_eq!((whole.days_left, whole.empty_on), (thinned.days_left, thinned.empty_on));
        assert!((whole.per_day - thinned.per_day).abs() < Decimal::new(1, 2));
    }

    #[test]
    fn it_never_grows_beyond_its_bound() {
        let mut trail = Trail::default();
        for day in 0..400_i64 {
            let time = at("2026-01-01") + SignedDuration::from_hours(24 * day);
            trail.add(&record(time, &format!("{}.00 EUR", 10 + day % 7)));
        }
        assert_eq!(trail.0.len(), MOST);
    }
}
