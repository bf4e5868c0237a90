//! The history as an SQLite database.
//!
//! A commit is on the disk when it returns: write-ahead log with `synchronous=FULL`. The log stays beside the
//! database when it is closed, which saves a run that only adds one record three waits for the disk; whoever
//! opens the database next reads it.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::types::{FromSql, Value};
use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, Row, Statement, Transaction,
    TransactionBehavior, params, params_from_iter,
};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as NoSuchWord;
use tracing::debug;

use super::{Filter, HistoryError, aside, failed, folder_of, schema};
use crate::watch::{Answer, Failure, Outcome, Pot, Record, SimKey};

/// An open database.
#[derive(Debug)]
pub(super) struct Sqlite {
    connection: Connection,
    file: PathBuf,
}

/// How long another process may write; each commit takes as long as the disk.
const PATIENCE: Duration = Duration::from_secs(10);

/// A log of so many octets is moved into the database: each run that opens it reads all of it first.
const LONG_LOG: u64 = 256 * 1024;

impl Sqlite {
    pub(super) const ENDING: &'static str = "db";

    pub(super) fn open(file: &Path) -> Result<Self, HistoryError> {
        make(file)?;
        let mut connection = connect(file).map_err(|error| told(file, &error))?;
        schema::migrate(&mut connection, file)?;
        Ok(Self { connection, file: file.to_owned() })
    }

    /// Itself, where all of it can be read.
    pub(super) fn checked(self) -> Result<Self, HistoryError> {
        let query = "PRAGMA quick_check(1)";
        let said: String = self
            .connection
            .query_row(query, [], |row| row.get(0))
            .map_err(|error| self.told(error))?;
        match said.as_str() {
            "ok" => Ok(self),
            _ => Err(HistoryError::Damaged { file: self.file, reason: said }),
        }
    }

    pub(super) fn note_all(&mut self, records: &[Record]) -> Result<i64, HistoryError> {
        let insert = |connection: &mut Connection| {
            let alone = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut id = 0;
            for record in records {
                id = insert(&alone, record)?;
            }
            alone.commit().map(|()| id)
        };
        let inserted = insert(&mut self.connection);
        self.written(inserted)
    }

    pub(super) fn records(&self, filter: &Filter) -> Result<Vec<(i64, Record)>, HistoryError> {
        let mut wanted: Vec<(&str, Value)> = Vec::new();
        wanted.extend(filter.since.map(|since| ("time >= ?", Value::Text(whole_seconds(since)))));
        wanted.extend(filter.modem.clone().map(|modem| ("modem = ?", Value::Text(modem))));
        wanted.extend(filter.sim.clone().map(|SimKey(sim)| ("sim = ?", Value::Text(sim))));
        let mut conditions = String::from("1");
        for (condition, _) in &wanted {
            conditions.push_str(" AND ");
            conditions.push_str(condition);
        }
        let last = filter.last.map_or(-1, |last| i64::try_from(last).unwrap_or(i64::MAX));
        let values = wanted.into_iter().map(|(_, value)| value).chain([Value::Integer(last)]);
        let order = "ORDER BY time DESC, id DESC LIMIT ?";
        let mut records = self.select(&format!("{conditions} {order}"), values)?;
        records.reverse();
        Ok(records)
    }

    /// How many records are older, and how many there are.
    pub(super) fn count_before(&self, time: Timestamp) -> Result<(usize, usize), HistoryError> {
        let any = "SELECT EXISTS (SELECT 1 FROM record WHERE time < ?)";
        let count = "SELECT count(*) FILTER (WHERE time < ?), count(*) FROM record";
        let counted = || {
            let time = whole_seconds(time);
            if !self.connection.query_row(any, [&time], |row| row.get::<_, bool>(0))? {
                return Ok((0, 0)); // as ever but once a day
            }
            self.connection.query_row(count, [&time], |row| Ok((row.get(0)?, row.get(1)?)))
        };
        counted().map_err(|error| self.told(error))
    }

    pub(super) fn forget_before(&mut self, time: Timestamp) -> Result<usize, HistoryError> {
        let delete = "DELETE FROM record WHERE time < ?";
        self.written(self.connection.execute(delete, [whole_seconds(time)]))
    }

    pub(super) fn undelivered(
        &self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, Record)>, HistoryError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = [after, limit].map(Value::Integer).into_iter();
        self.select("NOT delivered AND id > ? ORDER BY id LIMIT ?", values)
    }

    pub(super) fn delivered(&mut self, id: i64) -> Result<(), HistoryError> {
        let update = "UPDATE record SET delivered = 1 WHERE id = ?";
        self.written(self.connection.execute(update, [id]).map(|_| ()))
    }

    pub(super) fn state(&self, key: &str) -> Result<Option<String>, HistoryError> {
        let query = "SELECT value FROM state WHERE key = ?";
        let found = self.connection.query_row(query, [key], |row| row.get(0)).optional();
        found.map_err(|error| self.told(error))
    }

    pub(super) fn set_state(&mut self, key: &str, value: &str) -> Result<(), HistoryError> {
        let insert = "INSERT INTO state VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2";
        self.written(self.connection.execute(insert, [key, value]).map(|_| ()))
    }

    /// The records for which `conditions` hold, in their order.
    fn select(
        &self,
        conditions: &str,
        values: impl Iterator<Item = Value>,
    ) -> Result<Vec<(i64, Record)>, HistoryError> {
        let select = || {
            let query = format!("SELECT {COLUMNS} FROM record WHERE {conditions}");
            let mut statement = self.connection.prepare(&query)?;
            let mut pots = self.connection.prepare(POTS)?;
            let mut rows = statement.query(params_from_iter(values))?;
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                records.extend(numbered(row, &mut pots)?);
            }
            Ok(records)
        };
        select().map_err(|error| self.told(error))
    }

    /// After a change, which is on the disk: a log that has grown long is moved into the database and cut off.
    /// SQLite would begin it anew only for a process that stays.
    fn written<T>(&self, changed: rusqlite::Result<T>) -> Result<T, HistoryError> {
        let log = std::fs::metadata(aside::beside(&self.file, "-wal"));
        if log.is_ok_and(|log| log.len() > LONG_LOG) {
            // Where another process reads just then, a later change does it.
            let moved = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
            debug!(?moved, "a long log");
        }
        changed.map_err(|error| self.told(error))
    }

    fn told(&self, error: rusqlite::Error) -> HistoryError {
        told(&self.file, &error)
    }
}

/// SQLite gives its other files the mode of this one.
fn make(file: &Path) -> Result<(), HistoryError> {
    if file.exists() {
        return Ok(());
    }
    let made = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file);
    let folder = folder_of(file);
    made.and_then(|_| std::fs::File::open(folder)?.sync_all()).map_err(|error| failed(file, &error))
}

/// What is read is read rarely; a watch that runs for a year is to be as small as on its first day.
const CACHE_KIB: u32 = 128;

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.execute_batch(&format!(
        "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;
         PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-{CACHE_KIB};"
    ))?;
    write_ahead(&connection)?;
    Ok(connection)
}

/// SQLite does not wait for others where the mode changes, as it does everywhere else: of several that begin a
/// database at the same moment all but one are refused at once, and find it changed at their next look.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    const PAUSE: Duration = Duration::from_millis(5);
    let begun = Instant::now();
    loop {
        match connection.execute_batch("PRAGMA journal_mode=WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && begun.elapsed() < PATIENCE =>
            {
                std::thread::sleep(PAUSE);
            }
            changed => return changed,
        }
    }
}

/// What SQLite says, as one of ours.
pub(super) fn told(file: &Path, error: &rusqlite::Error) -> HistoryError {
    let (file, reason) = (file.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            HistoryError::Damaged { file, reason }
        }
        _ => HistoryError::Failed { file, reason },
    }
}

/// As the column of a time holds it, so that the order of the text is the order of time.
fn whole_seconds(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

fn insert(alone: &Transaction<'_>, record: &Record) -> rusqlite::Result<i64> {
    let Record { time, modem, sim, iccid, plmn, operator, outcome } = record;
    let sim = sim.as_ref().map(|SimKey(key)| key);
    alone.execute(
        "INSERT INTO record (time, modem, sim, iccid, plmn, operator) VALUES (?, ?, ?, ?, ?, ?)",
        params![whole_seconds(*time), modem, sim, iccid, plmn, operator],
    )?;
    let id = alone.last_insert_rowid();
    match outcome {
        Outcome::Answer(answer) => insert_answer(alone, id, answer)?,
        Outcome::Failure(Failure { class, message, hint }) => {
            let update = "UPDATE record SET error = ?, message = ?, hint = ? WHERE id = ?";
            alone.execute(update, params![class, message, hint, id])?;
        }
    }
    Ok(id)
}

fn insert_answer(alone: &Transaction<'_>, id: i64, answer: &Answer) -> rusqlite::Result<()> {
    let main = answer.main();
    let json = |texts: &[String]| serde_json::to_string(texts).unwrap_or_default();
    let dates: Vec<_> = answer.expires.iter().map(ToString::to_string).collect();
    alone.execute(
        "UPDATE record SET kind = ?, confidence = ?, amount = ?, unit = ?, expires = ?, via = ?,
             text = ?, raw = ?, dates = ? WHERE id = ?",
        params![
            answer.kind.to_string(),
            answer.confidence.to_string(),
            main.map(|pot| pot.amount.to_string()),
            main.and_then(|pot| pot.unit.as_deref()),
            answer.valid_until().map(|date| date.to_string()),
            answer.via,
            answer.text,
            json(&answer.raw),
            json(&dates),
            id
        ],
    )?;
    let mut insert = alone.prepare("INSERT INTO pot VALUES (?, ?, ?, ?, ?, ?, ?)")?;
    for (place, pot) in answer.pots.iter().enumerate() {
        insert.execute(params![
            id,
            i64::try_from(place).unwrap_or(i64::MAX),
            pot.pot_type.to_string(),
            pot.role.to_string(),
            pot.amount.to_string(),
            pot.unit,
            pot.expires.map(|date| date.to_string())
        ])?;
    }
    Ok(())
}

const COLUMNS: &str = "id, time, modem, sim, iccid, plmn, operator, \
    kind, confidence, via, text, raw, dates, error, message, hint";
const POTS: &str =
    "SELECT type, role, amount, unit, expires FROM pot WHERE record = ? ORDER BY place";

/// One row with its number. What somebody else has written there and we cannot read is passed over.
fn numbered(row: &Row<'_>, pots: &mut Statement<'_>) -> rusqlite::Result<Option<(i64, Record)>> {
    let id: i64 = row.get("id")?;
    let record = read(row, || {
        let pots = pots.query_map([id], |row| Ok(pot(row)))?;
        pots.collect::<rusqlite::Result<Option<Vec<_>>>>()
    })?;
    if record.is_none() {
        debug!(id, "a record that cannot be read");
    }
    Ok(record.map(|record| (id, record)))
}

fn read(
    row: &Row<'_>,
    pots: impl FnOnce() -> rusqlite::Result<Option<Vec<Pot>>>,
) -> rusqlite::Result<Option<Record>> {
    let outcome = match text::<String>(row, "error") {
        Some(class) => Some(Outcome::Failure(Failure {
            class,
            message: text(row, "message").unwrap_or_default(),
            hint: text(row, "hint"),
        })),
        None => pots()?.and_then(|pots| answer(row, pots)).map(Outcome::Answer),
    };
    let record = || {
        Some(Record {
            time: text::<String>(row, "time")?.parse().ok()?,
            modem: text(row, "modem")?,
            sim: text(row, "sim").map(SimKey),
            iccid: text(row, "iccid"),
            plmn: text(row, "plmn"),
            operator: text(row, "operator"),
            outcome: outcome?,
        })
    };
    Ok(record())
}

fn answer(row: &Row<'_>, pots: Vec<Pot>) -> Option<Answer> {
    Some(Answer {
        kind: word(row, "kind")?,
        confidence: word(row, "confidence")?,
        via: text(row, "via")?,
        text: text(row, "text")?,
        raw: serde_json::from_str(&text::<String>(row, "raw")?).ok()?,
        pots,
        expires: serde_json::from_str(&text::<String>(row, "dates")?).ok()?,
    })
}

fn pot(row: &Row<'_>) -> Option<Pot> {
    Some(Pot {
        pot_type: word(row, "type")?,
        role: word(row, "role")?,
        amount: text::<String>(row, "amount")?.parse().ok()?,
        unit: text(row, "unit"),
        expires: match text::<String>(row, "expires") {
            Some(date) => Some(date.parse().ok()?),
            None => None,
        },
    })
}

fn text<T: FromSql>(row: &Row<'_>, column: &str) -> Option<T> {
    row.get(column).ok().flatten()
}

/// A column that holds one of the words of a type.
fn word<'de, T: Deserialize<'de>>(row: &Row<'_>, column: &str) -> Option<T> {
    let word: String = text(row, column)?;
    T::deserialize(IntoDeserializer::<NoSuchWord>::into_deserializer(word)).ok()
}
