//! What the page reads of the history.

use jiff::Timestamp;

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
