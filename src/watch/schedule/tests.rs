use proptest::prelude::*;

use super::super::example::at;
use super::*;

fn schedule(toml: &str) -> Schedule {
    toml::from_str(toml).unwrap()
}

fn brussels() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

/// A civil time of Brussels with its offset, as `2026-03-29T03:30+02`.
fn shown(at: Timestamp) -> String {
    at.to_zoned(brussels()).strftime("%Y-%m-%dT%H:%M%:::z").to_string()
}

#[test]
#[rustfmt::skip]
fn the_next_question_in_brussels() {
    for (toml, after, expected) in [
        ("every = '6h'",                                       "2026-01-05T10:00+01",  "2026-01-05T16:00+01"),
        ("every = '1d'",                                       "2026-03-28T10:00+01",  "2026-03-29T11:00+02"),
        ("at = ['07:30', '19:00']",                            "2026-01-05T07:29+01",  "2026-01-05T07:30+01"),
        ("at = ['07:30', '19:00']",                            "2026-01-05T07:30+01",  "2026-01-05T19:00+01"),
        ("at = ['07:30', '19:00']",                            "2026-01-05T19:00+01",  "2026-01-06T07:30+01"),
        ("at = ['19:00', '07:30']",                            "2026-01-05T19:01+01",  "2026-01-06T07:30+01"),
        ("at = ['07:30']",                                     "2026-03-28T07:30+01",  "2026-03-29T07:30+02"),
        ("every = '6h'\nat = ['07:30']",                       "2026-01-05T03:00+01",  "2026-01-05T07:30+01"),
        ("every = '6h'\nat = ['07:30']",                       "2026-01-05T08:00+01",  "2026-01-05T14:00+01"),
        // 2026-01-05 is a Monday.
        ("cron = '30 7 * * 1-5'",                              "2026-01-09T08:00+01",  "2026-01-12T07:30+01"),
        ("cron = '0 0 29 2 *'",                                "2026-01-09T08:00+01",  "2028-02-29T00:00+01"),
        ("cron = '0 0 29 2 *'",                                "2096-03-01T08:00+01",  "2104-02-29T00:00+01"),
        ("cron = '0 12 1 * *'\nat = ['07:30']",                "2025-12-31T08:00+01",  "2026-01-01T07:30+01"),
        // The hour that the clock skips: 02:30 comes at 03:30, and 03:00 comes once.
        ("at = ['02:30']",                                     "2026-03-28T12:00+01",  "2026-03-29T03:30+02"),
        ("at = ['02:30']",                                     "2026-03-29T03:30+02",  "2026-03-30T02:30+02"),
        ("at = ['02:30', '03:00']",                            "2026-03-28T12:00+01",  "2026-03-29T03:00+02"),
        ("at = ['02:00', '03:00']",                            "2026-03-29T03:00+02",  "2026-03-30T02:00+02"),
        ("cron = '*/30 * * * *'",                              "2026-03-29T01:30+01",  "2026-03-29T03:00+02"),
        // The hour that comes twice: once.
        ("at = ['02:30']",                                     "2026-10-24T12:00+02",  "2026-10-25T02:30+02"),
        ("at = ['02:30']",                                     "2026-10-25T02:30+02",  "2026-10-26T02:30+01"),
        ("at = ['02:30']",                                     "2026-10-25T02:10+01",  "2026-10-26T02:30+01"),
        // Quiet hours.
        ("every = '6h'\nquiet = '22:00-07:00'",                "2026-01-05T15:59+01",  "2026-01-05T21:59+01"),
        ("every = '6h'\nquiet = '22:00-07:00'",                "2026-01-05T16:00+01",  "2026-01-06T07:00+01"),
        ("every = '6h'\nquiet = '22:00-07:00'",                "2026-01-05T18:30+01",  "2026-01-06T07:00+01"),
        ("every = '6h'\nquiet = '22:00-07:00'",                "2026-01-06T01:00+01",  "2026-01-06T07:00+01"),
        ("every = '6h'\nquiet = '22:00-07:00'",                "2026-03-28T20:00+01",  "2026-03-29T07:00+02"),
        ("every = '6h'\nquiet = '12:00-13:00'",                "2026-01-05T06:30+01",  "2026-01-05T13:00+01"),
        ("every = '6h'\nquiet = '22:00-02:30'",                "2026-03-28T19:00+01",  "2026-03-29T03:30+02"),
        ("at = ['23:00']\nquiet = '22:00-07:00'",              "2026-01-05T12:00+01",  "2026-01-06T07:00+01"),
    ] {
        let after: Timestamp = format!("{after}:00").replace("+01:00", ":00+01").replace("+02:00", ":00+02").parse().unwrap();
        assert_eq!(shown(schedule(toml).next(after, &brussels(), 1)), expected, "{toml} after {after}");
    }
}

#[test]
fn days_have_a_limit() {
    let tz = brussels();
    let after = at("2026-01-05T10:00:00Z");
    for (toml, asked, expected) in [
        ("every = '1h'\nper-day = 4", 3, "2026-01-05T12:00+01"),
        ("every = '1h'\nper-day = 4", 4, "2026-01-06T00:00+01"),
        ("every = '1h'\nper-day = 4\nquiet = '22:00-07:00'", 4, "2026-01-06T07:00+01"),
        ("at = ['12:00', '13:00']\nper-day = 4", 4, "2026-01-06T12:00+01"),
        ("every = '1h'", 400, "2026-01-05T12:00+01"),
    ] {
        let mut count = DayCount::default();
        (0..asked).for_each(|_| count.note(after, &tz));
        let next = schedule(toml).next_within(after, &count, &tz, 1);
        assert_eq!(shown(next), expected, "{toml}");
    }
    let mut count = DayCount::default();
    count.note(at("2026-01-05T22:30:00Z"), &tz);
    count.note(at("2026-01-05T23:30:00Z"), &tz);
    let [first, second] = ["2026-01-05", "2026-01-06"].map(|day| day.parse().unwrap());
    assert_eq!((count.on(first), count.on(second)), (1, 1), "a new day of Brussels began");
}

#[test]
#[rustfmt::skip]
fn the_first_question_after_a_start() {
    for (toml, last, expected) in [
        ("every = '6h'",                        None,                         "2026-01-05T11:00+01"),
        ("every = '6h'",                        Some("2026-01-05T08:00:00Z"), "2026-01-05T15:00+01"),
        ("every = '6h'",                        Some("2026-01-01T08:00:00Z"), "2026-01-05T11:00+01"),
        ("every = '6h'",                        Some("2036-01-01T08:00:00Z"), "2026-01-05T17:00+01"),
        ("every = '6h'\nafter-boot = '2m'",     Some("2026-01-05T08:00:00Z"), "2026-01-05T11:02+01"),
        ("every = '6h'\nafter-boot = '2m'",     None,                         "2026-01-05T11:02+01"),
        ("every = '6h'\nquiet = '10:00-12:00'", None,                         "2026-01-05T12:00+01"),
    ] {
        let first = schedule(toml).first(at("2026-01-05T10:00:00Z"), last.map(at), &brussels(), 1);
        assert_eq!(shown(first), expected, "{toml}, last {last:?}");
    }
}

#[test]
fn failures_are_tried_again_ever_later() {
    let schedule = schedule("every = '6h'");
    let after = at("2026-01-05");
    let minutes =
        |failures| schedule.retry(after, failures, &brussels(), 1).duration_since(after).as_mins();
    let waits: Vec<_> = (0..=10).map(minutes).collect();
    assert_eq!(waits, [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 360]);
    assert_eq!(minutes(u32::MAX), 360);
}

#[test]
fn jitter_spreads_a_fleet_and_is_the_same_each_time() {
    let schedule = schedule("at = ['07:30']\njitter = '10m'");
    let after = at("2026-01-05");
    let next = |seed| schedule.next(after, &TimeZone::UTC, seed);
    let due: std::collections::BTreeSet<_> = (0..100).map(next).collect();
    assert!(due.len() > 90, "{} of 100 differ", due.len());
    let due = |at: &Timestamp| at.duration_since(crate::watch::example::at("2026-01-05T07:30:00Z"));
    assert!((0..100).map(next).all(|at| (0..600).contains(&due(&at).as_secs())));
    assert_eq!(next(5), next(5));
    // Asked by hand between the time and its jitter: it is still due.
    let by_hand = at("2026-01-05T07:30:01Z");
    assert_eq!(schedule.next(by_hand, &TimeZone::UTC, 5), next(5));
    assert_eq!(schedule.next(next(5), &TimeZone::UTC, 5).to_string().get(..10), Some("2026-01-06"));
}

proptest! {
    /// Later than before, within the longest wait, out of quiet hours, and the same each time.
    #[test]
    fn the_next_question_comes(second in 1_700_000_000_i64..1_900_000_000, which in 0_usize..6, seed: u64) {
        let toml = [
            "every = '1h'\njitter = '30m'\nquiet = '22:00-07:00'",
            "at = ['02:30', '02:45', '23:59']\njitter = '12h'",
            "cron = '*/7 1-3 * * *'\njitter = '1h'\nquiet = '02:00-02:15'",
            "cron = '0 0 1 * mon'\nquiet = '23:30-00:30'",
            "every = '7h'\nat = ['12:00']\ncron = '0 3 * * 0'\nquiet = '01:00-05:00'\njitter = '2h'",
            "",
        ][which];
        let schedule = schedule(toml);
        let tz = brussels();
        let after = Timestamp::from_second(second).unwrap();
        let next = schedule.next(after, &tz, seed);
        prop_assert!(next > after);
        prop_assert!(next.duration_since(after).as_hours() < 24 * 8);
        prop_assert!(!schedule.is_quiet(next, &tz), "{next} is quiet");
        prop_assert_eq!(next, schedule.next(after, &tz, seed));
    }

    #[test]
    fn no_instant_panics(second in -377_705_023_201_i64..253_402_207_200, which in 0_usize..3, failures: u32) {
        let toml = ["every = '3653d'", "at = ['00:00']\njitter = '12h'\nquiet = '22:00-23:59'", "cron = '0 0 29 2 *'\nafter-boot = '5m'"][which];
        let schedule = schedule(toml);
        let at = Timestamp::from_second(second).unwrap();
        let mut count = DayCount::default();
        (0..9).for_each(|_| count.note(at, &brussels()));
        for at in [at, Timestamp::MIN, Timestamp::MAX] {
            let _ = schedule.next_within(at, &count, &brussels(), 3);
            let _ = schedule.first(at, Some(at), &brussels(), 3);
            let _ = schedule.retry(at, failures, &brussels(), 3);
        }
    }
}
