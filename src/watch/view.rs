//! One modem as the page, the metrics and a broker show it.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Record;

/// One modem that is watched, as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Its name in the configuration.
    pub modem: String,
    /// The port it was last met on.
    pub port: Option<String>,
    /// Whether it was there when it was last looked for.
    pub is_present: bool,
    /// The operator's name for people.
    pub operator: Option<String>,
    /// The last question, whatever came of it.
    pub last: Option<Record>,
    /// The last question whose answer can be relied on.
    pub last_good: Option<Record>,
    /// What follows from the history.
    pub forecast: Option<Forecast>,
    /// What is wrong now.
    pub alerts: Vec<AlertKind>,
    /// Level and registration when it was last asked.
    pub radio: Option<Radio>,
    /// When it is asked next.
    pub next: Option<Timestamp>,
}

/// What a history says of the days to come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// What the account loses a day, top-ups left out.
    pub per_day: Decimal,
    /// In what: the currency where one is stated, or `MB`.
    #[serde(default)]
    pub unit: Option<String>,
    /// Days until it is empty at this rate, 0 where it is; none where it does not fall, or lasts above ten years.
    pub days_left: Option<Decimal>,
    /// The day on which it is empty at this rate.
    pub empty_on: Option<Date>,
    /// Until when it is valid.
    pub expires: Option<Date>,
    /// Whether it is empty before it expires.
    pub ends_before_expiry: bool,
}

/// What the modem said of its network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Radio {
    /// Level in dBm.
    pub rssi_dbm: Option<i16>,
    /// `<stat>` of the best domain (3GPP TS 27.007 clause 7.2).
    pub registration: Option<u8>,
}

/// What somebody may have to be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlertKind {
    /// What is left is below a low mark.
    Low,
    /// What is left is below a critical mark.
    Critical,
    /// Its validity ends within the lead time.
    Expiring,
    /// Its validity has ended.
    Expired,
    /// A bundle beside the account ends within its lead time.
    BundleExpiring,
    /// At this rate it is empty too soon.
    FastDrain,
    /// The modem is not there.
    ModemGone,
    /// Another SIM is in it than before.
    SimChanged,
    /// The SIM asks for its PIN.
    PinNeeded,
    /// Several questions in a row had no answer that can be relied on.
    NoAnswer,
    /// A mark is in another currency than the balance, so they are not compared.
    ForeignMark,
}

impl AlertKind {
    /// All of them, in order.
    #[rustfmt::skip]
    pub const ALL: [Self; 11] = [
        Self::Low, Self::Critical, Self::Expiring, Self::Expired, Self::BundleExpiring, Self::FastDrain,
        Self::ModemGone, Self::SimChanged, Self::PinNeeded, Self::NoAnswer, Self::ForeignMark,
    ];

    /// As in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Critical => "critical",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::BundleExpiring => "bundle-expiring",
            Self::FastDrain => "fast-drain",
            Self::ModemGone => "modem-gone",
            Self::SimChanged => "sim-changed",
            Self::PinNeeded => "pin-needed",
            Self::NoAnswer => "no-answer",
            Self::ForeignMark => "foreign-mark",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_are_named_as_in_json() {
        assert!(AlertKind::ALL.is_sorted());
        for kind in AlertKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.name()));
        }
    }
}
