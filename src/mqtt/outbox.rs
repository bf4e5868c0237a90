//! What has to arrive: records from the history and alerts, one at a time, each until the broker has it.
//!
//! One message is in flight, the next follows its acknowledgement: so all arrive in order, and at most one of
//! them twice (clauses 4.3.2 and 4.4). A radio link of 100 ms passes ten a second, more than a month of questions
//! in a minute.

use std::collections::VecDeque;

use super::fault::Fault;
use super::message;
use super::packet::Publish;
use super::topics::{Leaf, Topics};
use crate::store::History;
use crate::watch::Record;

/// Records read from the history at once.
const BATCH: usize = 32;

/// Alerts that wait for a broker; the state of a modem says what holds in the end.
const ALERTS: usize = 64;

#[derive(Default)]
pub(super) struct Outbox {
    /// Sent and not acknowledged, with the number of its record.
    in_flight: Option<(Publish, Option<i64>)>,
    records: VecDeque<(i64, Record)>,
    /// The number of the last record that was read.
    last: i64,
    /// Which of the histories it was.
    begun: u32,
    alerts: VecDeque<Publish>,
    /// The packet identifier given last.
    id: u16,
}

impl Outbox {
    /// Keeps an alert until its turn comes.
    pub(super) fn add_alert(&mut self, alert: Publish) {
        if self.alerts.len() == ALERTS {
            self.alerts.pop_front();
        }
        self.alerts.push_back(alert);
    }

    /// Whether nothing is in flight.
    pub(super) fn is_idle(&self) -> bool {
        self.in_flight.is_none()
    }

    /// What was sent on the connection before and may not have arrived. A broker that remembers us may have it
    /// already, and is told so.
    pub(super) fn again(&mut self, has_session: bool) -> Option<&Publish> {
        let (message, _) = self.in_flight.as_mut()?;
        message.is_again = has_session;
        Some(message)
    }

    /// What is to be sent next; `None` while something is in flight, or nothing waits.
    ///
    /// # Errors
    ///
    /// Where the history cannot be read.
    pub(super) fn next(
        &mut self,
        history: &History,
        topics: &Topics,
    ) -> Result<Option<&Publish>, Fault> {
        if self.begun != history.begun() {
            self.begin_anew(history.begun());
        }
        if self.in_flight.is_some() {
            return Ok(None);
        }
        if self.records.is_empty() {
            self.records = history.undelivered(self.last, BATCH)?.into();
        }
        let next = match self.records.pop_front() {
            Some((id, record)) => {
                self.last = id;
                let topic = topics.of(&record.modem, Leaf::Record);
                Some((message::record(topic, id, record), Some(id)))
            }
            None => self.alerts.pop_front().map(|alert| (alert, None)),
        };
        let Some((mut message, record)) = next else { return Ok(None) };
        self.id = self.id.checked_add(1).unwrap_or(0).max(2); // 1 is the subscription's
        message.id = Some(self.id);
        Ok(Some(&self.in_flight.insert((message, record)).0))
    }

    /// The numbers of records begin anew, and what is in flight is none of them.
    fn begin_anew(&mut self, begun: u32) {
        (self.begun, self.last) = (begun, 0);
        self.records.clear();
        if let Some((_, record)) = &mut self.in_flight {
            *record = None;
        }
    }

    /// The broker has the message of that identifier.
    ///
    /// # Errors
    ///
    /// Where that cannot be noted; then the record is sent again by the next run.
    pub(super) fn acknowledged(&mut self, id: u16, history: &mut History) -> Result<(), Fault> {
        match self.in_flight.take() {
            Some((message, record)) if message.id == Some(id) => {
                record.map_or(Ok(()), |record| history.delivered(record)).map_err(Fault::from)
            }
            other => {
                self.in_flight = other;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    const RECORD: &str = r#"{"time":"2026-11-22T10:00:00Z","modem":"attic","sim":null,"iccid":null,"plmn":null,"operator":null,"failure":{"class":"network","message":"no answer","hint":null}}"#;

    #[test]
    fn a_history_that_was_begun_anew_is_delivered_from_its_beginning() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut old = History::open(old.path()).unwrap();
        let mut new = History::open(new.path()).unwrap().begun_anew();
        let record: Record = serde_json::from_str(RECORD).unwrap();
        let settings = Settings::of("mqtt://localhost".parse().unwrap());
        let topics = Topics::new(&settings, "house");
        let mut outbox = Outbox::default();
        for count in 1..=3 {
            old.note(&record).unwrap();
            let id = outbox.next(&old, &topics).unwrap().unwrap().id.unwrap();
            if count < 3 {
                outbox.acknowledged(id, &mut old).unwrap();
            }
        }
        new.note(&record).unwrap();
        assert!(outbox.next(&new, &topics).unwrap().is_none(), "one of the old is on its way");
        outbox.acknowledged(4, &mut new).unwrap();
        assert!(outbox.next(&new, &topics).unwrap().is_some());
        outbox.acknowledged(5, &mut new).unwrap();
        assert_eq!(new.undelivered(0, 9).unwrap(), []);
    }
}
