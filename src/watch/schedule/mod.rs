//! When a modem is asked next.
//!
//! What can surprise you:
//!
//! * `every` counts from the last question, `at` and `cron` follow the clock of the place; the earliest of them wins.
//! * A time that the clock skips in spring comes an hour later, one that comes twice in autumn counts once.
//! * What falls into quiet hours comes at their end, once.
//! * Jitter makes it later, never earlier, and the same seed makes the same jitter: a fleet spreads out.
//!
//! | file | holds |
//! |---|---|
//! | `read` | the words of the configuration |
//! | `cron` | the five fields of a cron line |
//! | `clock` | whether it is due, with two clocks of which one may jump |

mod clock;
mod cron;
mod read;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use cron::Cron;

pub use clock::Moment;
pub use cron::NotCron;
pub use read::{NotASchedule, ScheduleWords};

/// When one modem is asked.
///
/// As TOML: `every = "6h"`, `jitter = "10m"`, `at = ["07:30", "19:00"]`, `cron = "30 7 * * mon-fri"`,
/// `after-boot = "2m"`, `quiet = "22:00-07:00"`, `per-day = 24`. Every six hours where nothing is said.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ScheduleWords")]
pub struct Schedule {
    every: Option<Duration>,
    jitter: Duration,
    at: Vec<Time>,
    cron: Option<Cron>,
    after_boot: Option<Duration>,
    quiet: Option<Quiet>,
    per_day: Option<u32>,
}

/// Hours in which nothing is asked; past midnight where `from` is the later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quiet {
    from: Time,
    to: Time,
}

/// How often a modem was asked on each of the last days of the place. Several, since a machine whose clock is wrong
/// after each start comes back to a day on which it has asked already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DayCount(Vec<(Date, u32)>);

impl DayCount {
    /// Counts a question, whatever comes of it.
    pub fn note(&mut self, now: Timestamp, tz: &TimeZone) {
        const DAYS: usize = 8;
        let today = day_of(now, tz);
        let asked = self.on(today).saturating_add(1);
        self.0.retain(|(day, _)| *day != today);
        self.0.push((today, asked));
        let surplus = self.0.len().saturating_sub(DAYS);
        self.0.drain(..surplus);
    }

    /// How many questions were put on this day.
    pub fn on(&self, day: Date) -> u32 {
        self.0.iter().find(|(it, _)| *it == day).map_or(0, |(_, asked)| *asked)
    }
}

impl Schedule {
    /// When the question after `after` is due; always later than it.
    pub fn next(&self, after: Timestamp, tz: &TimeZone, seed: u64) -> Timestamp {
        let next = [self.by_length(after, seed), self.by_clock(after, tz, seed)];
        let next = next.into_iter().flatten().min();
        // Only the last days that a calendar knows have no next one.
        let next = next.unwrap_or_else(|| later(after, USUAL).unwrap_or(Timestamp::MAX));
        self.after_quiet(next, tz, seed)
    }

    /// As [`Schedule::next`], on another day where that day has had all its questions.
    pub fn next_within(
        &self,
        after: Timestamp,
        count: &DayCount,
        tz: &TimeZone,
        seed: u64,
    ) -> Timestamp {
        let next = self.next(after, tz, seed);
        let day = day_of(next, tz);
        if self.per_day.is_none_or(|most| count.on(day) < most) {
            return next;
        }
        let midnight = day.tomorrow().ok().and_then(|day| instant(day.at(0, 0, 0, 0), tz));
        match (midnight, self.every) {
            (None, _) => next,
            (Some(midnight), Some(_)) => self.after_quiet(self.jittered(midnight, seed), tz, seed),
            (Some(midnight), None) => {
                self.next(midnight.checked_sub(INSTANT).unwrap_or(midnight), tz, seed)
            }
        }
    }

    /// When the first question after a start is due, of a modem that was last asked at `last`.
    ///
    /// `after-boot` after the start where that is set; else when it would have been due, and now where that is past.
    pub fn first(
        &self,
        started: Timestamp,
        last: Option<Timestamp>,
        tz: &TimeZone,
        seed: u64,
    ) -> Timestamp {
        match self.after_boot {
            Some(wait) => self.after_quiet(later(started, wait).unwrap_or(started), tz, seed),
            None => self.resumed(started, last, tz, seed),
        }
    }

    /// When the next question is due where the schedule is another one from now on.
    pub fn resumed(
        &self,
        now: Timestamp,
        last: Option<Timestamp>,
        tz: &TimeZone,
        seed: u64,
    ) -> Timestamp {
        let first = match last {
            // A last question in times to come was noted by a clock that was wrong.
            Some(last) => self.next(last.min(now), tz, seed).max(now),
            None => now,
        };
        self.after_quiet(first, tz, seed)
    }

    /// When to try again after `failures` in a row in which nothing reached the network: after a minute, then after
    /// twice as long each time, and never later than the next question.
    pub fn retry(&self, after: Timestamp, failures: u32, tz: &TimeZone, seed: u64) -> Timestamp {
        let next = self.next(after, tz, seed);
        let wait = MINUTE.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(20)));
        let again = later(after, wait).map_or(next, |again| self.after_quiet(again, tz, seed));
        again.min(next)
    }

    /// `every` after the last question, and six hours where nothing else says when.
    fn by_length(&self, after: Timestamp, seed: u64) -> Option<Timestamp> {
        let says_more = !self.at.is_empty() || self.cron.is_some();
        let every = self.every.or((!says_more).then_some(USUAL))?;
        Some(self.jittered(later(after, every)?, seed))
    }

    /// The first time of `at` and `cron` whose jittered instant is after `after`.
    fn by_clock(&self, after: Timestamp, tz: &TimeZone, seed: u64) -> Option<Timestamp> {
        if self.at.is_empty() && self.cron.is_none() {
            return None;
        }
        // A time before `after` may be due after it by its jitter, which is less than a day.
        let mut day = day_of(after, tz).yesterday().ok()?;
        let mut found = None;
        for _ in 0..LONGEST_WAIT {
            let instants = self.times_on(day).filter_map(|time| instant(day.to_datetime(time), tz));
            let due = instants.map(|at| self.jittered(at, seed)).filter(|at| *at > after).min();
            // The next day's may be earlier by its jitter: look once further.
            match (found, due) {
                (Some(found), Some(due)) => return Some(due.min(found)),
                (Some(found), None) => return Some(found),
                (None, due) => found = due,
            }
            day = day.tomorrow().ok()?;
        }
        found
    }

    fn times_on(&self, day: Date) -> impl Iterator<Item = Time> {
        let cron = self.cron.filter(|cron| cron.fits(day));
        self.at.iter().copied().chain(cron.into_iter().flat_map(Cron::times))
    }

    /// The end of the quiet hours that it falls into, with jitter of its own: all that was kept waits for the same end.
    fn after_quiet(&self, at: Timestamp, tz: &TimeZone, seed: u64) -> Timestamp {
        let Some(end) = self.quiet.and_then(|quiet| quiet.end(at, tz)) else { return at };
        let spread = self.jittered(end, seed);
        if self.is_quiet(spread, tz) { end } else { spread }
    }

    fn is_quiet(&self, at: Timestamp, tz: &TimeZone) -> bool {
        self.quiet.is_some_and(|quiet| quiet.end(at, tz).is_some())
    }

    /// Later by what seed and instant say, by less than the jitter.
    fn jittered(&self, at: Timestamp, seed: u64) -> Timestamp {
        let Some(most) = u64::try_from(self.jitter.as_millis()).ok().filter(|most| *most > 0)
        else {
            return at;
        };
        let by = Duration::from_millis(mixed(seed, at.as_millisecond()) % most);
        later(at, by).unwrap_or(at)
    }
}

impl Default for Schedule {
    fn default() -> Self {
        let (every, jitter) = (Some(USUAL), MINUTE * 10);
        Self { every, jitter, at: vec![], cron: None, after_boot: None, quiet: None, per_day: None }
    }
}

impl Quiet {
    /// When the quiet hours end that this instant falls into; `None` where it falls into none.
    fn end(self, at: Timestamp, tz: &TimeZone) -> Option<Timestamp> {
        let here = tz.to_datetime(at);
        let (time, today) = (here.time(), here.date());
        let is_past_midnight = self.from > self.to;
        let end = match is_past_midnight {
            true if time >= self.from => today.tomorrow().ok()?,
            true if time < self.to => today,
            false if time >= self.from && time < self.to => today,
            _ => return None,
        };
        // An end inside a skipped hour, or one that comes twice, must not lie before what waits for it.
        instant(end.to_datetime(self.to), tz).filter(|end| *end > at)
    }
}

/// The instant of a civil time: the first of two, and an hour later where the clock skips it.
fn instant(at: DateTime, tz: &TimeZone) -> Option<Timestamp> {
    tz.to_ambiguous_timestamp(at).compatible().ok()
}

fn day_of(at: Timestamp, tz: &TimeZone) -> Date {
    tz.to_datetime(at).date()
}

fn later(at: Timestamp, by: Duration) -> Option<Timestamp> {
    at.checked_add(by).ok()
}

/// SplitMix64 (Steele, Lea and Flood, 2014): spreads seeds and instants that differ little.
fn mixed(seed: u64, at: i64) -> u64 {
    let at = u64::from_ne_bytes(at.to_ne_bytes());
    let z = (seed ^ at).wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// What is before midnight by this much is before it.
const INSTANT: Duration = Duration::from_millis(1);

const MINUTE: Duration = Duration::from_secs(60);

/// What an account needs, and no operator minds.
const USUAL: Duration = Duration::from_secs(6 * 3600);

/// In days: 29 February is at most eight years away.
const LONGEST_WAIT: usize = 8 * 366 + 2;
