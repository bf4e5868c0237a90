//! How fast an account empties, and until when it lasts.
//!
//! The rate is the sum of all falls over the time they took. A median of slopes would be 0 for every account that is
//! asked hourly and pays daily, and a line through all points is bent by each top-up. A step in which the account rose
//! is left out whole, with its time: what was spent beside the top-up nobody knows.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::{Decimal, RoundingStrategy};

use super::account::{Reading, Step, readings};
use super::{Forecast, Record};

/// What a history says of the days to come: of the account, and in the currency, that the last reliable record states.
///
/// `records` may hold other SIMs, failures and unsure answers; they count nothing, and neither do records of a time
/// after `now`. The last month counts, and more where it holds less than three readings. `None` where there are fewer
/// than three, or where they cover less than a day. Days are those of UTC.
pub fn forecast(records: &[Record], now: Timestamp) -> Option<Forecast> {
    forecast_of(readings(records.iter().rev()), now)
}

/// The same of readings, newest first.
pub(super) fn forecast_of(readings: Vec<Reading<'_>>, now: Timestamp) -> Option<Forecast> {
    let readings = recent(readings, now);
    let last = readings.first()?;
    let per_day = burn(&readings)?;
    let days_left = days_left(last, per_day, now);
    let empty_on = days_left.and_then(|days| day_after(now, days));
    Some(Forecast {
        per_day: per_day.round_dp(4).normalize(),
        unit: last.unit.map(str::to_owned),
        days_left: days_left.map(rounded_down),
        empty_on,
        expires: last.expires,
        ends_before_expiry: empty_on.zip(last.expires).is_some_and(|(empty, end)| empty <= end),
    })
}

/// The readings that count, newest first.
fn recent(readings: Vec<Reading<'_>>, now: Timestamp) -> Vec<Reading<'_>> {
    let mut counted: Vec<Reading<'_>> = Vec::new();
    for reading in readings {
        if reading.time > now {
            continue;
        }
        if let Some(last) = counted.first() {
            if !reading.is_same_account(last) {
                continue;
            }
            let age = last.time.duration_since(reading.time);
            let is_old = age > MONTH && counted.len() >= FEWEST;
            if reading.unit != last.unit || is_old || age > YEAR {
                break;
            }
        }
        counted.push(reading);
    }
    counted
}

/// What is spent a day.
fn burn(readings: &[Reading<'_>]) -> Option<Decimal> {
    if readings.len() < FEWEST {
        return None;
    }
    let mut spent = Decimal::ZERO;
    let mut covered = SignedDuration::ZERO;
    for (to, from) in readings.iter().zip(readings.iter().skip(1)) {
        let step = Step { from: *from, to: *to };
        // A clock that was set back between two readings says nothing of the time between them.
        let took = to.time.duration_since(from.time).max(SignedDuration::ZERO);
        if step.rise().is_none() && !took.is_zero() {
            spent = spent.checked_add(step.fall()?)?;
            covered = covered.checked_add(took)?;
        }
    }
    if covered < DAY {
        return None;
    }
    spent.checked_mul(Decimal::from(DAY.as_secs()))?.checked_div(Decimal::from(covered.as_secs()))
}

/// How long it lasts from `now`: what is left was less every day since it was read.
fn days_left(last: &Reading<'_>, per_day: Decimal, now: Timestamp) -> Option<Decimal> {
    if last.amount <= Decimal::ZERO {
        return Some(Decimal::ZERO);
    }
    let since = now.duration_since(last.time).as_secs();
    let since = Decimal::from(since).checked_div(Decimal::from(DAY.as_secs()))?;
    let days = last.amount.checked_div(per_day)?.checked_sub(since)?;
    (days <= LONGEST).then_some(days.max(Decimal::ZERO))
}

/// To a tenth: never more than there is.
fn rounded_down(days: Decimal) -> Decimal {
    days.round_dp_with_strategy(1, RoundingStrategy::ToZero).normalize()
}

fn day_after(now: Timestamp, days: Decimal) -> Option<Date> {
    let seconds = i64::try_from(days.checked_mul(Decimal::from(DAY.as_secs()))?.trunc()).ok()?;
    let empty = now.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    Some(empty.to_zoned(TimeZone::UTC).date())
}

/// With fewer readings one bundle that was bought looks like a habit.
const FEWEST: usize = 3;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Fees and bundles come by the month; a window of a month holds one of each.
const MONTH: SignedDuration = SignedDuration::from_hours(31 * 24);

/// What an account lost more than a year ago says nothing of it today.
const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Ten years. What lasts longer does not fall in any sense that helps somebody.
const LONGEST: Decimal = Decimal::from_parts(3653, 0, 0, false, 0);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::example::{at, failure, record};
    use super::*;
    use crate::balance::Role;

    fn of(rows: &[(&str, &str)], now: &str) -> Option<(String, Option<String>, Option<String>)> {
        let records: Vec<_> = rows.iter().map(|(time, amount)| record(at(time), amount)).collect();
        let forecast = forecast(&records, at(now))?;
        let text = |value: Option<&dyn ToString>| value.map(ToString::to_string);
        let days = forecast.days_left.as_ref().map(|days| days as &dyn ToString);
        let empty = forecast.empty_on.as_ref().map(|day| day as &dyn ToString);
        Some((forecast.per_day.to_string(), text(days), text(empty)))
    }

    /// A reply that states data alone.
    fn data(time: &str, pots: &[&str]) -> Record {
        record(at(time), "0").with(|answer| answer.pots.clear()).with_data(pots)
    }

    #[test]
    fn an_account_of_data_alone_empties_too() {
        let records = [
            data("2026-01-01", &["3 GB"]),
            data("2026-01-02", &["2 GB", "500 MB"]),
            data("2026-01-03", &["2000 MB"]),
        ];
        let forecast = forecast(&records, at("2026-01-03")).unwrap();
        assert_eq!((forecast.per_day, forecast.days_left), (500.into(), Some(4.into())));
    }

    #[test]
    fn a_bundle_that_is_asked_for_now_and_then_changes_nothing() {
        let money = [("2026-01-01", "10 EUR"), ("2026-01-02", "9 EUR"), ("2026-01-03", "8 EUR")];
        let mut records: Vec<_> = money.map(|(time, amount)| record(at(time), amount)).to_vec();
        let now = at("2026-01-04");
        let before = forecast(&records, now);
        assert!(before.is_some());
        records
            .extend(["2026-01-03T01:00:00Z", "2026-01-03T02:00:00Z"].map(|it| data(it, &["1 GB"])));
        assert_eq!(forecast(&records, now), before);
    }

    #[test]
    #[rustfmt::skip]
    fn rate_days_and_day() {
        for (what, rows, now, expected) in [
            ("a steady fall", &[("2026-01-01", "10 EUR"), ("2026-01-02", "9 EUR"), ("2026-01-03", "8 EUR")][..], "2026-01-03",
                Some(("1", Some("8"), Some("2026-01-11")))),
            ("it falls on while nobody asks", &[("2026-01-01", "10 EUR"), ("2026-01-02", "9 EUR"), ("2026-01-03", "8 EUR")], "2026-01-06",
                Some(("1", Some("5"), Some("2026-01-11")))),
            ("and is empty in the end", &[("2026-01-01", "10 EUR"), ("2026-01-02", "9 EUR"), ("2026-01-03", "8 EUR")], "2026-02-20",
                Some(("1", Some("0"), Some("2026-02-20")))),
            ("a top-up is left out with its time", &[("2026-01-01", "3 EUR"), ("2026-01-02", "2 EUR"), ("2026-01-10", "21 EUR"), ("2026-01-11", "20 EUR")], "2026-01-11",
                Some(("1", Some("20"), Some("2026-01-31")))),
            ("a gap is time like any other", &[("2026-01-01", "10 EUR"), ("2026-01-02", "10 EUR"), ("2026-01-11", "5 EUR")], "2026-01-11",
                Some(("0.5", Some("10"), Some("2026-01-21")))),
            ("equal readings", &[("2026-01-01", "10 EUR"), ("2026-01-02", "10 EUR"), ("2026-01-03", "10 EUR")], "2026-01-03",
                Some(("0", None, None))),
            ("a cent in a month is no fall", &[("2026-01-01", "100.01 EUR"), ("2026-01-15", "100.01 EUR"), ("2026-01-31", "100 EUR")], "2026-01-31",
                Some(("0.0003", None, None))),
            ("a day without a fall", &[("2026-01-01", "12 EUR"), ("2026-01-02", "11 EUR"), ("2026-01-04", "10 EUR"), ("2026-01-05", "10 EUR")], "2026-01-05",
                Some(("0.5", Some("20"), Some("2026-01-25")))),
            ("rates are rounded", &[("2026-01-01", "11 EUR"), ("2026-01-02", "10.5 EUR"), ("2026-01-04", "10 EUR")], "2026-01-04",
                Some(("0.3333", Some("30"), Some("2026-02-03")))),
            ("empty already", &[("2026-01-01", "1 EUR"), ("2026-01-02", "0 EUR"), ("2026-01-03", "-0.50 EUR")], "2026-01-03",
                Some(("0.75", Some("0"), Some("2026-01-03")))),
            ("two readings", &[("2026-01-01", "10 EUR"), ("2026-01-09", "9 EUR")], "2026-01-09", None),
            ("less than a day", &[("2026-01-01", "10 EUR"), ("2026-01-01T08:00:00Z", "9 EUR"), ("2026-01-01T23:00:00Z", "8 EUR")], "2026-01-02", None),
            ("rises only", &[("2026-01-01", "10 EUR"), ("2026-01-02", "11 EUR"), ("2026-01-03", "12 EUR")], "2026-01-03", None),
            ("another currency starts anew", &[("2026-01-01", "900 BGN"), ("2026-01-02", "800 BGN"), ("2026-01-03", "400 EUR"), ("2026-01-04", "399 EUR")], "2026-01-04", None),
            ("no currency at all", &[("2026-01-01", "10"), ("2026-01-02", "9"), ("2026-01-03", "8")], "2026-01-03",
                Some(("1", Some("8"), Some("2026-01-11")))),
            ("a clock that was years behind", &[("1970-01-01", "90 EUR"), ("2026-01-01", "10 EUR"), ("2026-01-02", "9 EUR"), ("2026-01-03", "8 EUR")], "2026-01-03",
                Some(("1", Some("8"), Some("2026-01-11")))),
            ("a clock that was years ahead", &[("2036-01-01", "90 EUR"), ("2026-01-01", "10 EUR"), ("2026-01-02", "9 EUR"), ("2026-01-03", "8 EUR")], "2026-01-03",
                Some(("1", Some("8"), Some("2026-01-11")))),
            ("a clock that was set back an hour", &[("2026-01-01", "10 EUR"), ("2026-01-02T01:00:00Z", "9 EUR"), ("2026-01-02", "9 EUR"), ("2026-01-03", "8 EUR")], "2026-01-03",
                Some(("0.9796", Some("8.1"), Some("2026-01-11")))),
            ("an account that is asked each month", &[("2026-01-01", "10 EUR"), ("2026-02-10", "6 EUR"), ("2026-03-22", "2 EUR")], "2026-03-22",
                Some(("0.1", Some("20"), Some("2026-04-11")))),
            ("what was before the last month is old", &[("2026-01-01", "99 EUR"), ("2026-02-01", "10 EUR"), ("2026-03-01", "10 EUR"), ("2026-03-02", "10 EUR")], "2026-03-02",
                Some(("0", None, None))),
            ("nothing", &[], "2026-01-03", None),
        ] {
            let expected = expected.map(|(rate, days, day)| (rate.to_owned(), days.map(str::to_owned), day.map(str::to_owned)));
            assert_eq!(of(rows, now), expected, "{what}");
        }
    }

    #[test]
    fn what_is_no_reading_of_this_account_changes_nothing() {
        let days = ["2026-01-01", "2026-01-02", "2026-01-03"];
        let clean: Vec<_> =
            days.iter().zip(["10 EUR", "9 EUR", "8 EUR"]).map(|(d, a)| record(at(d), a)).collect();
        let mixed: Vec<_> = clean
            .iter()
            .flat_map(|reading| {
                let time = reading.time;
                let bonus = record(time, "77 EUR").with(|answer| answer.pots[0].role = Role::Bonus);
                [
                    record(time, "1 EUR").unsure(),
                    record(time, "500 EUR").of_sim("B"),
                    failure(time, "network", "no"),
                    bonus,
                    reading.clone(),
                ]
            })
            .collect();
        let now = at("2026-01-03");
        assert_eq!(forecast(&mixed, now), forecast(&clean, now));
        assert_eq!(forecast(&clean, now).unwrap().per_day, Decimal::ONE);
    }

    #[test]
    fn another_sim_starts_anew() {
        let mut records: Vec<_> = ["2026-01-01", "2026-01-02", "2026-01-03"]
            .iter()
            .zip(["10 EUR", "9 EUR", "8 EUR"])
            .map(|(day, amount)| record(at(day), amount))
            .collect();
        records.push(record(at("2026-01-04"), "20 EUR").of_sim("B"));
        assert_eq!(forecast(&records, at("2026-01-04")), None);
    }

    #[test]
    #[rustfmt::skip]
    fn it_ends_before_it_expires_or_not() {
        for (until, expected) in [("2026-01-10", false), ("2026-01-11", true), ("2026-02-01", true)] {
            let records: Vec<_> = [("2026-01-01", "10 EUR"), ("2026-01-02", "9 EUR"), ("2026-01-03", "8 EUR")]
                .iter().map(|(day, amount)| record(at(day), amount).until(until)).collect();
            let forecast = forecast(&records, at("2026-01-03")).unwrap();
            assert_eq!(forecast.expires.unwrap().to_string(), until);
            assert_eq!(forecast.ends_before_expiry, expected, "{until}");
        }
    }

    proptest! {
        #[test]
        fn top_ups_never_make_it_fall_faster(falls in prop::collection::vec(0_u32..500, 3..40), every in 2_usize..9) {
            let mut cents = 1_000_000_i64;
            let mut records = Vec::new();
            for (day, fall) in falls.iter().enumerate() {
                let time = at("2026-01-01") + SignedDuration::from_hours(24 * day as i64);
                cents += if day % every == 1 { 50_000 } else { -i64::from(*fall) };
                records.push(record(time, &format!("{} EUR", Decimal::new(cents, 2))));
            }
            let now = records.last().unwrap().time;
            if let Some(forecast) = forecast(&records, now) {
                let most = Decimal::new(i64::from(*falls.iter().max().unwrap()), 2);
                prop_assert!(forecast.per_day >= Decimal::ZERO && forecast.per_day <= most);
            }
        }
    }
}
