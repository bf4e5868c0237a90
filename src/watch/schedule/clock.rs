//! Whether it is due, with two clocks: one shows the time and may jump, the other only runs on.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Schedule;

/// One instant on both clocks of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The time of day, as far as the machine knows it.
    pub wall: Timestamp,
    /// How long the machine runs, from any start; never set.
    pub mono: Duration,
}

impl Schedule {
    /// How long to wait for a question that was planned for `next` at the moment `planned`; zero where it is due.
    ///
    /// * A clock that is set forward past `next` makes it due once: the next is planned from then on.
    /// * A clock that is set back makes it no later: as long after `planned` as it was to be, it is due.
    /// * In quiet hours it waits for their end, by whichever clock it became due.
    ///
    /// The time of day may be set while somebody waits: ask again every minute or so.
    pub fn wait(&self, next: Timestamp, planned: Moment, now: Moment, tz: &TimeZone) -> Duration {
        let by_wall = between(now.wall, next);
        let in_all = between(planned.wall, next);
        let by_mono = in_all.saturating_sub(now.mono.saturating_sub(planned.mono));
        let wait = by_wall.min(by_mono);
        match self.quiet.and_then(|quiet| quiet.end(now.wall, tz)) {
            Some(end) if wait.is_zero() => between(now.wall, end),
            _ => wait,
        }
    }
}

/// Zero where `to` is past.
fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::super::example::at;
    use super::*;

    fn moment(wall: &str, hours: u64) -> Moment {
        Moment { wall: at(wall), mono: Duration::from_secs(3600 * hours) }
    }

    #[test]
    #[rustfmt::skip]
    fn clocks_that_jump() {
        let schedule: Schedule = toml::from_str("every = '6h'\nquiet = '22:00-07:00'").unwrap();
        let planned = moment("2026-01-01T08:00:00Z", 100);
        let next = at("2026-01-01T14:00:00Z");
        for (what, now, hours) in [
            ("nothing jumps",                  moment("2026-01-01T08:00:00Z", 100), 6),
            ("half the time is over",          moment("2026-01-01T11:00:00Z", 103), 3),
            ("it is due",                      moment("2026-01-01T14:00:00Z", 106), 0),
            ("it is overdue",                  moment("2026-01-01T15:00:00Z", 107), 0),
            ("set forward an hour",            moment("2026-01-01T12:00:00Z", 103), 2),
            ("set forward a year",             moment("2027-01-01T11:00:00Z", 103), 0),
            ("set back an hour",               moment("2026-01-01T10:00:00Z", 103), 3),
            ("set back a year",                moment("2025-01-01T11:00:00Z", 103), 3),
            ("set back a year, and due",       moment("2025-01-01T14:00:00Z", 106), 0),
            ("set back to where it is quiet",  moment("2025-01-01T03:00:00Z", 106), 4),
            ("asleep until it is quiet",       moment("2026-01-01T23:00:00Z", 101), 8),
            ("quiet, and not due",             moment("2025-01-01T23:00:00Z", 101), 5),
            ("the machine was started anew",   moment("2026-01-01T11:00:00Z", 0),   3),
        ] {
            let wait = schedule.wait(next, planned, now, &TimeZone::UTC);
            assert_eq!(wait, Duration::from_secs(3600 * hours), "{what}");
        }
    }

    /// However the time of day is set, each hour that runs by makes at most one question, and six make one.
    #[test]
    fn a_clock_that_is_set_again_and_again_makes_no_burst() {
        let schedule: Schedule = toml::from_str("every = '6h'").unwrap();
        let mut planned = moment("2026-01-01", 0);
        let mut next = schedule.next(planned.wall, &TimeZone::UTC, 7);
        let mut asked = Vec::new();
        for hour in 1..=48_u64 {
            let year = if hour % 12 < 6 { 2026 } else { 2036 };
            let now = moment(&format!("{year}-02-01T{:02}:00:00Z", hour % 12), hour);
            if schedule.wait(next, planned, now, &TimeZone::UTC).is_zero() {
                asked.push(hour);
                planned = now;
                next = schedule.next(now.wall, &TimeZone::UTC, 7);
            }
        }
        assert!(asked.windows(2).all(|pair| pair[1] - pair[0] <= 6), "{asked:?}");
        assert!(asked.len() <= 12, "{asked:?}");
    }
}
