//! The five fields of a cron line: minute, hour, day of month, month, day of week.

use std::str::FromStr;

use jiff::civil::{Date, Time, date};

/// When a line of cron is due, as POSIX `crontab` has it, with the steps and names of Vixie's cron.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Whether a day has to fit both its fields: one of them begins with `*`. Else one of them is enough.
    fits_both: bool,
}

/// What is no cron line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCron {
    /// There are not five fields.
    #[error(
        "`{0}`: expected five fields, minute, hour, day of month, month and day of week, as in 30 7 * * mon-fri"
    )]
    Fields(String),
    /// One of them cannot be read.
    #[error("`{field}`: expected {name} from {low} to {high}, as *, 5, 1-10, 1,2 or */5")]
    Field {
        /// As it was written.
        field: String,
        /// What it should be.
        name: &'static str,
        /// The least it may be.
        low: u8,
        /// The most it may be.
        high: u8,
    },
    /// No day of any year fits, as 30 February.
    #[error("`{0}` never comes: no month has such a day")]
    Never(String),
}

impl FromStr for Cron {
    type Err = NotCron;

    fn from_str(text: &str) -> Result<Self, NotCron> {
        let fields: Vec<_> = text.split_ascii_whitespace().collect();
        let &[minute, hour, day, month, weekday] = fields.as_slice() else {
            return Err(NotCron::Fields(text.to_owned()));
        };
        let weekdays = WEEKDAY.read(weekday)?;
        let cron = Self {
            minutes: MINUTE.read(minute)?,
            hours: HOUR.read(hour)?,
            days: DAY.read(day)?,
            months: MONTH.read(month)?,
            // 7 is Sunday too.
            weekdays: weekdays | (weekdays >> 7),
            fits_both: day.starts_with('*') || weekday.starts_with('*'),
        };
        let mut leap_cycle = date(2000, 1, 1).series(jiff::ToSpan::days(1)).take(4 * 366);
        match leap_cycle.any(|day| cron.fits(day)) {
            true => Ok(cron),
            false => Err(NotCron::Never(text.to_owned())),
        }
    }
}

impl Cron {
    /// Whether it is due on this day at all.
    pub(super) fn fits(&self, day: Date) -> bool {
        let in_month = has(self.days, day.day());
        let in_week = has(self.weekdays, day.weekday().to_sunday_zero_offset());
        let fits = if self.fits_both { in_month && in_week } else { in_month || in_week };
        fits && has(self.months, day.month())
    }

    /// The times of a day on which it is due.
    pub(super) fn times(self) -> impl Iterator<Item = Time> {
        let (hours, minutes) = (self.hours, self.minutes);
        let hours = (0..24).filter(move |hour| has(hours, *hour));
        hours.flat_map(move |hour| {
            let minutes = (0..60).filter(move |minute| has(minutes, *minute));
            minutes.filter_map(move |minute| Time::new(hour, minute, 0, 0).ok())
        })
    }
}

fn has(set: u64, number: i8) -> bool {
    set & (1 << number) != 0
}

/// What one of the fields may say.
struct Field {
    name: &'static str,
    low: u8,
    high: u8,
    /// In order, the first of them for `first`.
    names: &'static [&'static str],
    first: u8,
}

#[rustfmt::skip]
const MINUTE: Field = Field { name: "a minute", low: 0, high: 59, names: &[], first: 0 };
#[rustfmt::skip]
const HOUR: Field = Field { name: "an hour", low: 0, high: 23, names: &[], first: 0 };
#[rustfmt::skip]
const DAY: Field = Field { name: "a day of the month", low: 1, high: 31, names: &[], first: 0 };
#[rustfmt::skip]
const MONTH: Field = Field {
    name: "a month (or jan to dec)", low: 1, high: 12, first: 1,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
/// Sunday is 7 by name, so that `mon-sun` is a range.
#[rustfmt::skip]
const WEEKDAY: Field = Field {
    name: "a day of the week (or mon to sun)", low: 0, high: 7, first: 1,
    names: &["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
};

impl Field {
    /// A list of ranges, as a set of bits.
    fn read(&self, field: &str) -> Result<u64, NotCron> {
        let sets: Option<Vec<_>> = field.split(',').map(|range| self.range(range)).collect();
        let (name, low, high) = (self.name, self.low, self.high);
        let error = NotCron::Field { field: field.to_owned(), name, low, high };
        sets.map(|sets| sets.into_iter().fold(0, |sum, set| sum | set)).ok_or(error)
    }

    /// `*`, `5`, `1-10`, the first and last with a step behind `/`.
    fn range(&self, text: &str) -> Option<u64> {
        let (range, step) = match text.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0)?),
            None => (text, 1_u8),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (self.number(from)?, self.number(to)?),
            None if range == "*" => (self.low, self.high),
            // A step of a single number is read in two ways by two crons.
            None if text != range => return None,
            None => (self.number(range)?, self.number(range)?),
        };
        let numbers = (from..=to).step_by(usize::from(step));
        (from <= to).then(|| numbers.fold(0, |set, number| set | (1 << number)))
    }

    fn number(&self, text: &str) -> Option<u8> {
        let named = self.names.iter().zip(self.first..);
        let named = named.filter(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, at)| at);
        let is_number = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        let number = named.last().or_else(|| text.parse().ok().filter(|_| is_number))?;
        (self.low..=self.high).contains(&number).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The days of the given month of 2026 that fit, and the first and last time of them.
    fn days(cron: &str, month: i8) -> Vec<i8> {
        let cron: Cron = cron.parse().unwrap();
        let first = date(2026, month, 1);
        let days = first.series(jiff::ToSpan::days(1)).take_while(|day| day.month() == month);
        days.filter(|day| cron.fits(*day)).map(Date::day).collect()
    }

    #[test]
    #[rustfmt::skip]
    fn days_that_fit() {
        // June 2026 begins on a Monday.
        for (cron, expected) in [
            ("0 0 * * 1",         &[1, 8, 15, 22, 29][..]),
            ("0 0 * * mon",       &[1, 8, 15, 22, 29]),
            ("0 0 * * 0",         &[7, 14, 21, 28]),
            ("0 0 * * 7",         &[7, 14, 21, 28]),
            ("0 0 * * Sun",       &[7, 14, 21, 28]),
            ("0 0 * * sat-sun",   &[6, 7, 13, 14, 20, 21, 27, 28]),
            ("0 0 * * 0,6",       &[6, 7, 13, 14, 20, 21, 27, 28]),
            ("0 0 */10 * *",      &[1, 11, 21]),
            ("0 0 1-9/4 * *",     &[1, 5, 9]),
            ("0 0 13 * 5",        &[5, 12, 13, 19, 26]),
            ("0 0 13 jun,jul *",  &[13]),
            ("0 0 13 7 *",        &[]),
            ("0 0 */2 * mon",     &[1, 15, 29]),
            ("0 0 * 1-12/5 *",    &(1..=30).collect::<Vec<_>>()),
            ("0 0 31 * 1",        &[1, 8, 15, 22, 29]),
        ] {
            assert_eq!(days(cron, 6), expected, "{cron}");
        }
        assert_eq!(days("0 0 29 2 *", 2), [0_i8; 0], "2026 has no such day, other years do");
    }

    #[test]
    #[rustfmt::skip]
    fn times_that_fit() {
        for (cron, expected) in [
            ("30 7 * * *",        "07:30"),
            ("0,30 7,19 * * *",   "07:00 07:30 19:00 19:30"),
            ("*/20 0-2/2 * * *",  "00:00 00:20 00:40 02:00 02:20 02:40"),
            ("59 23 * * *",       "23:59"),
        ] {
            let times: Vec<_> = cron.parse::<Cron>().unwrap().times().map(|time| time.strftime("%H:%M").to_string()).collect();
            assert_eq!(times.join(" "), expected, "{cron}");
        }
        assert_eq!("* * * * *".parse::<Cron>().unwrap().times().count(), 1440);
    }

    #[test]
    #[rustfmt::skip]
    fn lines_that_are_none() {
        for (cron, expected) in [
            ("",                "``: expected five fields, minute, hour, day of month, month and day of week, as in 30 7 * * mon-fri"),
            ("0 0 * * * *",     "`0 0 * * * *`: expected five fields, minute, hour, day of month, month and day of week, as in 30 7 * * mon-fri"),
            ("60 0 * * *",      "`60`: expected a minute from 0 to 59, as *, 5, 1-10, 1,2 or */5"),
            ("0 24 * * *",      "`24`: expected an hour from 0 to 23, as *, 5, 1-10, 1,2 or */5"),
            ("0 0 0 * *",       "`0`: expected a day of the month from 1 to 31, as *, 5, 1-10, 1,2 or */5"),
            ("0 0 * 13 *",      "`13`: expected a month (or jan to dec) from 1 to 12, as *, 5, 1-10, 1,2 or */5"),
            ("0 0 * * 8",       "`8`: expected a day of the week (or mon to sun) from 0 to 7, as *, 5, 1-10, 1,2 or */5"),
            ("0 0 * * fri-mon", "`fri-mon`: expected a day of the week (or mon to sun) from 0 to 7, as *, 5, 1-10, 1,2 or */5"),
            ("*/0 0 * * *",     "`*/0`: expected a minute from 0 to 59, as *, 5, 1-10, 1,2 or */5"),
            ("5/10 0 * * *",    "`5/10`: expected a minute from 0 to 59, as *, 5, 1-10, 1,2 or */5"),
            ("1,,2 0 * * *",    "`1,,2`: expected a minute from 0 to 59, as *, 5, 1-10, 1,2 or */5"),
            ("+1 0 * * *",      "`+1`: expected a minute from 0 to 59, as *, 5, 1-10, 1,2 or */5"),
            ("0 0 30 2 *",      "`0 0 30 2 *` never comes: no month has such a day"),
        ] {
            assert_eq!(cron.parse::<Cron>().unwrap_err().to_string(), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String, fields in "[0-9*,/a-z-]{1,9}( [0-9*,/-]{1,5}){4}") {
            let _ = text.parse::<Cron>();
            let _ = fields.parse::<Cron>();
        }
    }
}
