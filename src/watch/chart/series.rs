//! What of a history can be drawn on one scale.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::watch::account::{Reading, readings};
use crate::watch::{Record, top_ups};

/// What an account has left over time, in one unit: that of the latest reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Oldest first.
    pub points: Vec<Point>,
    /// The currency, where one is stated.
    pub unit: Option<String>,
    /// Until when the account is valid, as of the latest reading.
    pub expires: Option<Date>,
}

/// One reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When, in seconds since 1970.
    pub second: f64,
    /// How much.
    pub amount: f64,
    /// How much, with the digits shown.
    pub exact: Decimal,
    /// Whether it had risen since the reading before.
    pub is_top_up: bool,
}

impl Series {
    /// Of the records of one SIM or one modem, oldest first.
    pub fn new(records: &[Record]) -> Self {
        let readings = readings(records);
        let Some(last) = readings.last() else { return Self::default() };
        let rises: Vec<Timestamp> = top_ups(records).iter().map(|top_up| top_up.time).collect();
        let is_drawn =
            |reading: &&Reading<'_>| reading.unit == last.unit && reading.is_same_account(last);
        let points = readings.iter().filter(is_drawn);
        let points = points.map(|reading| Point {
            second: seconds(reading.time),
            amount: reading.amount.to_f64().unwrap_or_default(),
            exact: reading.amount,
            is_top_up: rises.contains(&reading.time),
        });
        Self { points: points.collect(), unit: last.unit.map(str::to_owned), expires: last.expires }
    }

    /// The first and the last second to draw: from the first reading to now, or to the last valid day where
    /// that does not press the readings together.
    pub fn span(&self, now: Timestamp) -> [f64; 2] {
        const HOUR: f64 = 3600.0;
        let start = self.points.first().map_or_else(|| seconds(now), |first| first.second);
        let last = self.points.last().map_or(start, |last| last.second);
        let end = seconds(now).max(last).max(start + HOUR);
        let until = self.expiry().filter(|until| *until > end && until - end < (end - start) / 2.0);
        [start, until.unwrap_or(end)]
    }

    /// The end of the last valid day, in seconds since 1970.
    pub fn expiry(&self) -> Option<f64> {
        let behind = self.expires?.tomorrow().ok()?;
        behind.to_zoned(TimeZone::UTC).ok().map(|midnight| seconds(midnight.timestamp()))
    }

    /// The least and the greatest amount to draw; an empty account is always in sight.
    pub fn range(&self) -> [f64; 2] {
        let amounts = || self.points.iter().map(|point| point.amount);
        let (least, most) = (amounts().fold(0.0, f64::min), amounts().fold(0.0, f64::max));
        if most > least { [least, most] } else { [least, least + 1.0] }
    }
}

/// Round numbers from below `least` to above `most`, about `count` of them.
pub fn ticks([least, most]: [f64; 2], count: f64) -> Vec<f64> {
    let rough = ((most - least) / count).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
    let step = step.into_iter().find(|step| *step >= rough * 0.999).unwrap_or(rough);
    let first = (least / step).floor();
    let ticks = (0..).map(|place| (first + f64::from(place)) * step);
    let mut shown: Vec<f64> = Vec::new();
    for tick in ticks.take(32) {
        shown.push(tick);
        if tick >= most {
            break;
        }
    }
    shown
}

fn seconds(time: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a second in 1e-7 of the range is near enough")]
    let second = time.as_second() as f64;
    second
}
