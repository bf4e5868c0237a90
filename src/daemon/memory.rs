//! What of one modem outlives the process beside its history: when it was asked, and how often that day.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::store::{History, HistoryError};

/// As JSON in the history's small state, under `watch/NAME`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    /// When a question was put last.
    pub(super) asked: Option<Timestamp>,
    /// The day on which `count` questions were put.
    day: Option<Date>,
    count: u32,
    /// Which PIN file the SIM has refused: it is not tried again until it is another one.
    pub(super) refused_pin: Option<String>,
}

impl Memory {
    /// What is remembered of this modem; nothing where that does not read.
    pub(super) fn of(history: &History, modem: &str) -> Self {
        let text = history.state(&key(modem));
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    pub(super) fn keep(&self, history: &mut History, modem: &str) -> Result<(), HistoryError> {
        history.set_state(&key(modem), &serde_json::to_string(self).unwrap_or_default())
    }

    /// Counts a question that is put now.
    pub(super) fn count(&mut self, now: Timestamp) {
        self.count = self.today(now) + 1;
        self.day = Some(day(now));
        self.asked = Some(now);
    }

    /// How many questions were put on the day of `now`.
    pub(super) fn today(&self, now: Timestamp) -> u32 {
        if self.day == Some(day(now)) { self.count } else { 0 }
    }
}

/// The first moment of the day after.
pub(super) fn tomorrow(now: Timestamp) -> Timestamp {
    let zoned = now.to_zoned(TimeZone::system());
    let next = zoned.tomorrow().and_then(|next| next.start_of_day());
    next.map_or(Timestamp::MAX, |next| next.timestamp())
}

fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::system()).date()
}

fn key(modem: &str) -> String {
    format!("watch/{modem}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_so_many_questions_and_the_next_begins_anew() {
        let mut memory = Memory::default();
        let noon: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        memory.count(noon);
        memory.count(noon);
        let kept: Memory = serde_json::from_str(&serde_json::to_string(&memory).unwrap()).unwrap();
        assert_eq!(kept, memory);
        assert_eq!(kept.today(noon), 2);
        assert_eq!(kept.today(tomorrow(noon)), 0);
    }
}
