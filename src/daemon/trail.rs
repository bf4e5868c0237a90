//! The last month of one account in memory, thinned: what a forecast is made of.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::watch::{Forecast, Outcome, Record, forecast};

/// Reliable readings, oldest first, without the words they came in.
#[derive(Debug, Default)]
pub(super) struct Trail(VecDeque<Record>);

/// Readings nearer to each other than this say nothing more of a rate by the day.
const APART: SignedDuration = SignedDuration::from_hours(12);

/// A month of them, and some that came in between.
const MOST: usize = 100;

impl Trail {
    /// Adds a reading that is newer than the others; of those that are near to each other, the last stays.
    pub(super) fn add(&mut self, record: &Record) {
        if record.main().is_none() {
            return;
        }
        let mut slim = record.clone();
        if let Outcome::Answer(answer) = &mut slim.outcome {
            (answer.text, answer.raw) = (String::new(), Vec::new());
        }
        if self.is_between(&slim) {
            self.0.pop_back();
        }
        self.0.push_back(slim);
        if self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    /// What follows from it.
    pub(super) fn forecast(&mut self, now: Timestamp) -> Option<Forecast> {
        forecast(self.0.make_contiguous(), now)
    }

    /// Whether the last reading is one of a steady fall, between its neighbour and the next.
    fn is_between(&self, next: &Record) -> bool {
        let mut latest = self.0.iter().rev();
        let (Some(last), Some(before)) = (latest.next(), latest.next()) else { return false };
        let amount = |record: &Record| record.main().map(|pot| (pot.amount, pot.unit.clone()));
        let (Some(first), Some(second), Some(third)) = (amount(before), amount(last), amount(next))
        else {
            return false;
        };
        let is_near = next.time.duration_since(before.time) < APART;
        let is_one = before.sim == last.sim && last.sim == next.sim;
        let is_fall = first.0 >= second.0 && second.0 >= third.0;
        is_near && is_one && is_fall && first.1 == second.1 && second.1 == third.1
    }
}
