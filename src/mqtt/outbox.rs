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
