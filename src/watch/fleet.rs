//! Which modem of a fleet needs somebody first.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::record::MEGABYTES;
use super::{Left, Mark, Record, View};

/// How soon an account ends; the lesser, the sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// In so many days it is empty or no longer valid, whichever comes first; 0 where it is.
    Days(Decimal),
    /// Nobody knows when; so much is left.
    Balance(Decimal),
    /// Nothing is known of it.
    Unknown,
}

impl View {
    /// How soon its account ends: what fleets are sorted by. Days are those of UTC.
    pub fn urgency(&self, now: Timestamp) -> Urgency {
        let amount = self.amount();
        let left = self.last_good.as_ref().and_then(Record::left);
        let is_of_data =
            self.forecast.as_ref().is_some_and(|it| it.unit.as_deref() == Some(MEGABYTES));
        let counts = |left: &Left<'_>| !left.is_data || is_of_data;
        let is_empty = left.filter(counts).is_some_and(|left| left.amount <= Decimal::ZERO);
        let ends = [is_empty.then_some(Decimal::ZERO), self.days_left(now), self.days_valid(now)];
        match (ends.into_iter().flatten().min(), amount) {
            (Some(days), _) => Urgency::Days(days.max(Decimal::ZERO)),
            (None, Some(amount)) => Urgency::Balance(amount),
            (None, None) => Urgency::Unknown,
        }
    }

    /// Whether what it has left is below the mark. A balance in another currency is not, and neither is what is
    /// unknown.
    pub fn is_below(&self, mark: &Mark) -> bool {
        let answer = self.last_good.as_ref().and_then(Record::reliable);
        answer.and_then(|answer| mark.left_in(&answer.pots)).is_some_and(|left| left < mark.amount)
    }

    fn amount(&self) -> Option<Decimal> {
        self.last_good.as_ref()?.main().map(|pot| pot.amount)
    }

    /// What the forecast said, less the days since: a modem that went silent spends on.
    pub(super) fn days_left(&self, now: Timestamp) -> Option<Decimal> {
        let days = self.forecast.as_ref()?.days_left?;
        let age =
            self.last.as_ref().map_or(0, |last| now.duration_since(last.time).as_hours() / 24);
        Some(days.saturating_sub(Decimal::from(age.max(0))).max(Decimal::ZERO))
    }

    fn days_valid(&self, now: Timestamp) -> Option<Decimal> {
        let stated = self.last_good.as_ref().and_then(|record| record.reliable()?.valid_until());
        let last: Date = stated.or_else(|| self.forecast.as_ref()?.expires)?;
        // The last valid day is a whole one.
        let first_without = last.tomorrow().unwrap_or(last);
        let days = now.to_zoned(TimeZone::UTC).date().until(first_without).ok()?.get_days();
        Some(Decimal::from(days))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Forecast;
    use super::super::example::{at, record, view};
    use super::*;

    fn reported(name: &str, amount: Option<&str>, days: Option<&str>, until: Option<&str>) -> View {
        let time = at("2026-01-05");
        let record = amount.map(|amount| record(time, amount));
        let record = match until {
            Some(until) => record.map(|record| record.until(until)),
            None => record,
        };
        let forecast = days.map(|days| Forecast {
            unit: Some("EUR".into()),
            per_day: Decimal::ONE,
            days_left: days.parse().ok(),
            empty_on: None,
            expires: None,
            ends_before_expiry: false,
        });
        View { modem: name.into(), last: record.clone(), last_good: record, forecast, ..view() }
    }

    #[test]
    #[rustfmt::skip]
    fn who_runs_out_first_comes_first() {
        let mut fleet = [
            reported("nothing is known",      None,              None,        None),
            reported("much, and no rate",     Some("90 EUR"),    None,        None),
            reported("little, and no rate",   Some("2 EUR"),     None,        None),
            reported("it does not fall",      Some("1 EUR"),     Some("-"),   None),
            reported("a year",                Some("9 EUR"),     Some("365"), None),
            reported("two days of validity",  Some("90 EUR"),    Some("90"),  Some("2026-01-06")),
            reported("a day and a half",      Some("3 EUR"),     Some("1.5"), Some("2027-01-05")),
            reported("expired",               Some("90 EUR"),    Some("90"),  Some("2026-01-04")),
            reported("empty, and no rate",    Some("0.00 EUR"),  None,        None),
        ];
        let now = at("2026-01-05T12:00:00Z");
        fleet.sort_by_key(|view| (view.urgency(now), std::cmp::Reverse(view.modem.clone())));
        let names: Vec<_> = fleet.iter().map(|view| view.modem.as_str()).collect();
        assert_eq!(names, [
            "expired", "empty, and no rate", "a day and a half", "two days of validity", "a year",
            "it does not fall", "little, and no rate", "much, and no rate", "nothing is known",
        ]);
    }

    #[test]
    fn a_silent_modem_spends_on() {
        let view = reported("silent", Some("9 EUR"), Some("10"), None);
        assert_eq!(view.urgency(at("2026-01-12")), Urgency::Days(Decimal::from(3)));
        assert_eq!(view.urgency(at("2026-03-12")), Urgency::Days(Decimal::ZERO));
    }

    #[test]
    #[rustfmt::skip]
    fn below_a_mark() {
        for (amount, mark, expected) in [
            (Some("4.99 EUR"), "5",     true),
            (Some("5.00 EUR"), "5",     false),
            (Some("4.99 EUR"), "5 EUR", true),
            (Some("4.99"),     "5 EUR", true),
            (Some("4.99 USD"), "5 EUR", false),
            (Some("4.99 EUR"), "1 GB",  false),
            (None,             "5",     false),
        ] {
            let view = reported("m", amount, None, None);
            assert_eq!(view.is_below(&mark.parse().unwrap()), expected, "{amount:?} {mark}");
        }
    }
}
