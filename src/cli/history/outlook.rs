//! One line an account of what is to be expected.

use crate::watch::{Forecast, Record, forecast};
use jiff::Timestamp;

use crate::cli::out;

/// None where a history is too short to tell.
pub(super) fn lines(records: &[(i64, Record)], now: Timestamp) -> Vec<String> {
    let accounts = super::accounts(records);
    let is_alone = accounts.len() == 1;
    let line = |(name, records): &(String, Vec<Record>)| {
        let words = words(&forecast(records, now)?);
        Some(out::visible(&if is_alone { words } else { format!("{name}: {words}") }))
    };
    accounts.iter().filter_map(line).collect()
}

fn words(forecast: &Forecast) -> String {
    let Forecast { per_day, unit, days_left, empty_on, expires, ends_before_expiry } = forecast;
    let unit = unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let (Some(days), Some(day)) = (days_left, empty_on) else {
        return "nothing is being spent".to_owned();
    };
    let (cent, days) = (per_day.round_dp(2), days.trunc());
    let until = match (expires, ends_before_expiry) {
        (Some(expires), false) => format!("; it is valid until {expires} only"),
        _ => String::new(),
    };
    format!("{cent}{unit} a day: enough for {days} days, until {day}{until}")
}
