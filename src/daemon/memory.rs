//! What of one modem outlives the process beside its history: when it was asked, how often that day, and what was
//! told.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::store::{History, HistoryError};
use crate::watch::{AlertKind, AlertState, DayCount};

/// As JSON in the history's small state, under `watch/NAME`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    /// When a question was put last.
    pub(super) asked: Option<Timestamp>,
    /// How many were put on each day.
    pub(super) count: DayCount,
    /// Which PIN file the SIM has refused: it is not tried again until it is another one.
    pub(super) refused_pin: Option<String>,
    /// What is wrong and was told.
    pub(super) alerts: AlertState,
    /// On which day an alert went out as a message.
    messages: BTreeMap<AlertKind, Date>,
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

    /// How many questions were put on the day of `now`.
    pub(super) fn today(&self, now: Timestamp, tz: &TimeZone) -> u32 {
        self.count.on(day(now, tz))
    }

    /// Whether an alert of this kind may go out as a message today; it may once.
    pub(super) fn take_message(&mut self, kind: AlertKind, now: Timestamp, tz: &TimeZone) -> bool {
        self.messages.insert(kind, day(now, tz)) != Some(day(now, tz))
    }
}

fn day(now: Timestamp, tz: &TimeZone) -> Date {
    tz.to_datetime(now).date()
}

fn key(modem: &str) -> String {
    format!("watch/{modem}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_so_many_questions_and_one_message_a_kind() {
        let mut memory = Memory::default();
        let (noon, tz) = ("2026-11-22T12:00:00Z".parse().unwrap(), TimeZone::UTC);
        let next = "2026-11-23T12:00:00Z".parse().unwrap();
        memory.count.note(noon, &tz);
        memory.count.note(noon, &tz);
        assert!(memory.take_message(AlertKind::Critical, noon, &tz));
        let mut kept: Memory =
            serde_json::from_str(&serde_json::to_string(&memory).unwrap()).unwrap();
        assert_eq!(kept, memory);
        assert_eq!((kept.today(noon, &tz), kept.today(next, &tz)), (2, 0));
        let wrong = "2024-01-01T00:00:00Z".parse().unwrap();
        kept.count.note(wrong, &tz); // the clock after a start, before the network's time
        assert_eq!((kept.today(noon, &tz), kept.today(wrong, &tz)), (2, 1));
        assert!(!kept.take_message(AlertKind::Critical, noon, &tz));
        assert!(kept.take_message(AlertKind::Expired, noon, &tz));
        assert!(kept.take_message(AlertKind::Critical, next, &tz));
    }
}
