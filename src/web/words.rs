//! Values in words and marks that a page shows.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::balance::{PotType, Role};
use crate::diag::report::text::Text;
use crate::watch::{AlertKind, Answer, Outcome, Pot, Record, View};

/// How a modem is, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Critical,
    Gone,
    Low,
    Unknown,
    Ok,
}

impl State {
    /// The worst of what is known.
    pub(super) fn of(view: &View) -> Self {
        let worst = view.alerts.iter().filter_map(|kind| Self::behind(*kind)).min();
        match worst {
            Some(state) => state,
            None if !view.is_present => Self::Gone,
            None if view.last_good.is_none() => Self::Unknown,
            None => Self::Ok,
        }
    }

    fn behind(alert: AlertKind) -> Option<Self> {
        match alert {
            AlertKind::Critical | AlertKind::Expired | AlertKind::PinNeeded => Some(Self::Critical),
            AlertKind::ModemGone => Some(Self::Gone),
            AlertKind::Low
            | AlertKind::Expiring
            | AlertKind::BundleExpiring
            | AlertKind::FastDrain
            | AlertKind::ForeignMark => Some(Self::Low),
            AlertKind::NoAnswer => Some(Self::Unknown),
            AlertKind::SimChanged => None,
        }
    }

    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Low => "low",
            Self::Critical => "critical",
            Self::Unknown => "unknown",
            Self::Gone => "gone",
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Ok => "All is well",
            Self::Low => "Needs attention soon",
            Self::Critical => "Needs you now",
            Self::Unknown => "Not known",
            Self::Gone => "Modem is gone",
        }
    }

    /// A sign of its own, on a field of 16 by 16: not told apart by colour alone.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Ok => "M3 8.5 6.5 12 13 4.5",
            Self::Low => "M8 2.5 14.5 13.5H1.5ZM8 6.5v3.2M8 11.6v.4",
            Self::Critical => "M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2ZM8 4.8v4M8 11v.4",
            Self::Unknown => "M5.5 5.8C5.5 2.4 10.6 2.6 10.6 5.7 10.6 8 8 7.9 8 10M8 13v.4",
            Self::Gone => "M5 2.5v3M11 2.5v3M3.5 5.5h9v2.3c0 5.6-9 5.6-9 0ZM8 12v2.5M2 14 14 2",
        }
    }
}

/// What an alert means to the reader.
pub(super) fn alert(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Low => "It is below its low mark.",
        AlertKind::Critical => "It is below its critical mark. Top up.",
        AlertKind::Expiring => "The balance expires soon.",
        AlertKind::Expired => "The balance has expired.",
        AlertKind::BundleExpiring => "A bundle ends soon.",
        AlertKind::FastDrain => "At this rate it is empty too soon.",
        AlertKind::ModemGone => "The modem is not there. Check its cable and supply.",
        AlertKind::SimChanged => "Another SIM is in it than before.",
        AlertKind::PinNeeded => "The SIM asks for its PIN.",
        AlertKind::ForeignMark => "The balance is in another currency than its marks.",
        AlertKind::NoAnswer => "Several questions had no answer that can be relied on.",
    }
}

/// What kind of pot it is: `Data`, `Money (bonus)`.
pub(super) fn pot_name(pot: &Pot) -> String {
    let kind = match pot.pot_type {
        PotType::Money => "Money",
        PotType::Data => "Data",
        PotType::Voice => "Calls",
        PotType::Sms => "Messages",
        PotType::Points => "Points",
    };
    match pot.role {
        Role::Main | Role::Other => kind.to_owned(),
        role => format!("{kind} ({role})"),
    }
}

/// The pot that stands for the whole: main money, else the first.
pub(super) fn first(answer: &Answer) -> Option<&Pot> {
    answer.main().or_else(|| answer.pots.first())
}

/// `12.34 EUR`, with thousands apart.
pub(super) fn amount(pot: &Pot) -> String {
    let unit = match (pot.pot_type, &pot.unit) {
        (_, Some(unit)) => unit.as_str(),
        (PotType::Sms, None) => "messages",
        (PotType::Points, None) => "points",
        _ => "",
    };
    let (whole, rest) = digits(pot.amount);
    format!("{whole}{rest} {unit}").trim_end().to_owned()
}

/// What stands before the decimal point, in groups of three from five digits on, and what stands from it on.
pub(super) fn digits(number: Decimal) -> (String, String) {
    let text = number.to_string();
    let at = text.find('.').unwrap_or(text.len());
    let (whole, rest) = text.split_at(at);
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("\u{2212}", whole));
    let mut grouped = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        let left = whole.len() - at;
        if whole.len() > 4 && at > 0 && left % 3 == 0 {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    (grouped, rest.to_owned())
}

/// A question's outcome in a few words, escaped.
pub(super) fn outcome(record: &Record) -> String {
    match &record.outcome {
        Outcome::Failure(failure) => Text(&failure.message).to_string(),
        Outcome::Answer(answer) => match first(answer) {
            Some(pot) if answer.is_reliable() => Text(&amount(pot)).to_string(),
            Some(pot) => format!("{}, not sure", Text(&amount(pot))),
            None => format!("An answer without an amount ({})", answer.kind),
        },
    }
}

/// A day: `31 Dec 2026`.
pub(super) fn day(date: Date) -> String {
    let at = usize::try_from(date.month() - 1).unwrap_or_default();
    format!("{} {} {}", date.day(), MONTHS.get(at).unwrap_or(&""), date.year())
}

/// How far off a day is: `in 33 days`, `today`, `2 days ago`.
pub(super) fn days_off(date: Date, now: Timestamp) -> String {
    let today = now.to_zoned(TimeZone::UTC).date();
    let days = today.until(date).map(|span| span.get_days()).unwrap_or_default();
    match days {
        0 => "today".into(),
        1 => "tomorrow".into(),
        -1 => "yesterday".into(),
        days if days < 0 => format!("{} days ago", -days),
        days => format!("in {days} days"),
    }
}

/// A time; the script says it in the reader's own zone, and how long ago it is.
pub(super) fn time(time: Timestamp) -> String {
    let zoned = time.to_zoned(TimeZone::UTC);
    let seconds = Timestamp::from_second(time.as_second()).unwrap_or(time);
    let (hour, minute) = (zoned.hour(), zoned.minute());
    let day = day(zoned.date());
    format!("<time datetime=\"{seconds}\">{day}, {hour:02}:{minute:02} UTC</time>")
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn digits_stay_as_they_were_stated() {
        for (number, whole, rest) in [
            ("12.30",       "12",                       ".30"),
            ("0",           "0",                        ""),
            ("-0.50",       "\u{2212}0",                ".50"),
            ("1234",        "1234",                     ""),
            ("12345",       "12\u{202f}345",            ""),
            ("-123456.789", "\u{2212}123\u{202f}456",   ".789"),
            ("1000000",     "1\u{202f}000\u{202f}000",  ""),
        ] {
            assert_eq!(digits(number.parse().unwrap()), (whole.to_owned(), rest.to_owned()));
        }
    }

    #[test]
    fn days_are_counted_from_today() {
        let now: Timestamp = "2026-11-28T23:59:00Z".parse().unwrap();
        for (date, expected) in [
            ("2026-11-28", "today"),
            ("2026-11-29", "tomorrow"),
            ("2026-11-27", "yesterday"),
            ("2026-11-20", "8 days ago"),
            ("2026-12-31", "in 33 days"),
            ("2028-01-01", "in 399 days"),
        ] {
            assert_eq!(days_off(date.parse().unwrap(), now), expected);
        }
        assert_eq!(day("2026-12-31".parse().unwrap()), "31 Dec 2026");
        assert_eq!(
            time("2026-11-28T08:05:59.25Z".parse().unwrap()),
            "<time datetime=\"2026-11-28T08:05:59Z\">28 Nov 2026, 08:05 UTC</time>"
        );
    }
}
