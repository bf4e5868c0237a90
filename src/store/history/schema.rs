//! The tables, and how an older database becomes today's.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::HistoryError;
use super::sqlite::told;

/// What leads from each version to the next; the number of them is today's version, kept as `user_version`.
///
/// Times are RFC 3339 in UTC, amounts decimal text. `amount`, `unit` and `expires` of a record are those of
/// its main pot, for whoever reads it with the program `sqlite3`; `dates` and `raw` are JSON.
const STEPS: &[&str] = &[
    "CREATE TABLE record (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        time TEXT NOT NULL,
        modem TEXT NOT NULL,
        sim TEXT,
        iccid TEXT,
        plmn TEXT,
        operator TEXT,
        kind TEXT,
        confidence TEXT,
        amount TEXT,
        unit TEXT,
        expires TEXT,
        via TEXT,
        text TEXT,
        raw TEXT,
        dates TEXT,
        error TEXT,
        message TEXT,
        hint TEXT
    );
    CREATE INDEX record_by_time ON record (time);
    CREATE TABLE pot (
        record INTEGER NOT NULL REFERENCES record ON DELETE CASCADE,
        place INTEGER NOT NULL,
        type TEXT NOT NULL,
        role TEXT NOT NULL,
        amount TEXT NOT NULL,
        unit TEXT,
        expires TEXT,
        PRIMARY KEY (record, place)
    ) WITHOUT ROWID;
    CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;",
    "ALTER TABLE record ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX record_undelivered ON record (id) WHERE NOT delivered;",
];

/// Brings a database to today's version, as a whole or not at all; a new one is of version 0.
///
/// # Errors
///
/// [`HistoryError::Newer`] where a later saldo wrote it, and where it cannot be written.
pub(super) fn migrate(connection: &mut Connection, file: &Path) -> Result<(), HistoryError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let version = |connection: &Connection| {
        connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
    };
    let told = |error| told(file, &error);
    if version(connection).map_err(told)? == known {
        return Ok(());
    }
    let alone = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let alone = alone.map_err(told)?;
    let found = version(&alone).map_err(told)?; // another process may have been first
    if found > known {
        return Err(HistoryError::Newer { file: file.to_owned(), found, known });
    }
    let steps = STEPS.iter().skip(usize::try_from(found).unwrap_or_default());
    for step in steps {
        alone.execute_batch(step).map_err(told)?;
    }
    alone.pragma_update(None, "user_version", known).map_err(told)?;
    alone.commit().map_err(told)
}
