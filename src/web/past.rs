//! What the page reads of the history.

use std::cell::RefCell;

use jiff::Timestamp;

use crate::store::{Filter, History};
use crate::watch::Record;

/// What was asked before.
pub trait Past {
    /// At most `limit` questions to a modem, the newest there are, none before `since`; oldest first, each with its
    /// number in the history.
    ///
    /// # Errors
    ///
    /// Why the history cannot be read, in words.
    fn records(
        &self,
        modem: &str,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<(i64, Record)>, String>;
}

/// The history that the watch itself writes.
impl Past for RefCell<History> {
    fn records(
        &self,
        modem: &str,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<(i64, Record)>, String> {
        let modem = Some(modem.to_owned());
        let filter = Filter { since, modem, last: Some(limit), ..Filter::default() };
        self.borrow().records(&filter).map_err(|error| error.to_string())
    }
}
