//! What was asked before: every question and what came of it, on disk before it is acknowledged.
//!
//! SQLite in `history.db` with the feature `history`, lines of JSON in `history.jsonl` without; either way
//! several processes may have it open at once, and only its owner may read it. What can surprise you:
//!
//! * A file that cannot be understood is kept aside under another name, and a new one begun;
//!   [`History::take_notice`] says so. A file of a later version is left alone.
//! * Times are kept in whole seconds.
//! * Numbers of records rise and are never given twice.
//!
//! | file | holds |
//! |---|---|
//! | `sqlite`, `schema` | the database, and how older ones become today's |
//! | `lines` | the same in lines |
//! | `aside` | where what is broken is kept |
//! | `salt` | by what a SIM is known again |

mod aside;
#[cfg(any(test, not(feature = "history")))]
mod lines;
mod salt;
#[cfg(feature = "history")]
mod schema;
#[cfg(feature = "history")]
mod sqlite;

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use tracing::debug;

use crate::Error;
use crate::watch::{Record, SimKey};

#[cfg(not(feature = "history"))]
use lines::Lines as Backend;
#[cfg(feature = "history")]
use sqlite::Sqlite as Backend;

pub use salt::Salt;

/// What was asked before, of every modem.
#[derive(Debug)]
pub struct History {
    file: PathBuf,
    backend: Backend,
    notice: Option<String>,
    /// How often a new file was begun since this was opened.
    begun: u32,
}

/// Which records are wanted; nothing set is all of them.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Not older than this.
    pub since: Option<Timestamp>,
    /// Of this modem.
    pub modem: Option<String>,
    /// Of this SIM.
    pub sim: Option<SimKey>,
    /// So many, the latest ones.
    pub last: Option<usize>,
}

/// Why something cannot be remembered, or is not known any more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// A later saldo wrote it.
    #[error("{} is of version {found}, and this saldo knows versions up to {known}", file.display())]
    Newer {
        /// The history.
        file: PathBuf,
        /// Its version.
        found: i64,
        /// The latest we know.
        known: i64,
    },
    /// It is not a history, or no longer one.
    #[error("{} is damaged: {reason}", file.display())]
    Damaged {
        /// The history.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It cannot be read or written: no permission, a full disk, another program.
    #[error("{}: {reason}", file.display())]
    Failed {
        /// The history, or its folder.
        file: PathBuf,
        /// What the system says.
        reason: String,
    },
}

impl From<HistoryError> for Error {
    fn from(error: HistoryError) -> Self {
        Self::Usage { message: error.to_string(), hint: None }
    }
}

impl History {
    /// The history in a folder, begun where there is none.
    ///
    /// # Errors
    ///
    /// Where it cannot be made, opened or brought to today's version.
    pub fn open(folder: &Path) -> Result<Self, HistoryError> {
        Self::open_file(Self::file(folder))
    }

    /// As [`History::open`], of simulated modems: they pose as operators that a user may really have.
    ///
    /// # Errors
    ///
    /// As [`History::open`].
    pub fn open_simulated(folder: &Path) -> Result<Self, HistoryError> {
        Self::open_file(Self::simulated_file(folder))
    }

    /// Where the history of a folder is, or will be.
    pub fn file(folder: &Path) -> PathBuf {
        folder.join(format!("history.{}", Backend::ENDING))
    }

    /// As [`History::file`], of simulated modems.
    pub fn simulated_file(folder: &Path) -> PathBuf {
        folder.join(format!("history-sim.{}", Backend::ENDING))
    }

    fn open_file(file: PathBuf) -> Result<Self, HistoryError> {
        make_folder(folder_of(&file))?;
        let (backend, notice) = match Backend::open(&file) {
            Err(HistoryError::Damaged { reason, .. }) => begin_anew(&file, &reason)?,
            opened => (opened?, None),
        };
        Ok(Self { file, backend, notice, begun: 0 })
    }

    /// What the user should know of the file itself, once.
    pub fn take_notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    /// Rises where a damaged file was put aside and a new one begun: its numbers begin anew too.
    pub fn begun(&self) -> u32 {
        self.begun
    }

    /// As if this one had been begun in place of a damaged one.
    #[cfg(all(test, feature = "mqtt"))]
    pub(crate) fn begun_anew(self) -> Self {
        Self { begun: self.begun + 1, ..self }
    }

    /// Remembers a record and gives its number; when this returns it outlives a power cut.
    ///
    /// # Errors
    ///
    /// Where it cannot be written; then nothing of it is.
    pub fn note(&mut self, record: &Record) -> Result<i64, HistoryError> {
        self.note_all(std::slice::from_ref(record))
    }

    /// As [`History::note`], of several at once, all or none; gives the number of the last.
    ///
    /// # Errors
    ///
    /// As [`History::note`].
    pub fn note_all(&mut self, records: &[Record]) -> Result<i64, HistoryError> {
        match self.backend.note_all(records) {
            Err(HistoryError::Damaged { reason, .. }) => {
                let (backend, notice) = begin_anew(&self.file, &reason)?;
                self.backend = backend;
                self.begun += 1;
                self.notice = notice.or(self.notice.take());
                self.backend.note_all(records)
            }
            noted => noted,
        }
    }

    /// The records that are wanted, with their numbers, oldest first.
    ///
    /// # Errors
    ///
    /// Where they cannot be read.
    pub fn records(&self, filter: &Filter) -> Result<Vec<(i64, Record)>, HistoryError> {
        self.backend.records(filter)
    }

    /// Forgets what is older than `keep`; gives how many records that were.
    ///
    /// A clock that is years ahead for a moment must not cost the past: where more than half of it would go, it
    /// stays, unless less is to be kept than before.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn tidy(&mut self, now: Timestamp, keep: SignedDuration) -> Result<usize, HistoryError> {
        let Ok(time) = now.checked_sub(keep) else { return Ok(0) };
        let (old, all) = self.backend.count_before(time)?;
        let before = self.state(KEPT).and_then(|seconds| seconds.parse().ok());
        let is_less = before.is_some_and(|seconds: i64| keep.as_secs() < seconds);
        if old > all / 2 && !is_less {
            debug!(old, all, "more than half of it would be forgotten: is the clock right?");
            return Ok(0);
        }
        if before != Some(keep.as_secs()) {
            self.set_state(KEPT, &keep.as_secs().to_string())?;
        }
        if old == 0 { Ok(0) } else { self.backend.forget_before(time) }
    }

    /// Records that no broker has, with numbers above `after`, lowest first.
    ///
    /// # Errors
    ///
    /// Where they cannot be read.
    pub fn undelivered(
        &self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, Record)>, HistoryError> {
        self.backend.undelivered(after, limit)
    }

    /// The broker has this record.
    ///
    /// # Errors
    ///
    /// Where that cannot be written.
    pub fn delivered(&mut self, id: i64) -> Result<(), HistoryError> {
        self.backend.delivered(id)
    }

    /// What was kept under a name; `None` also where it cannot be read.
    pub fn state(&self, key: &str) -> Option<String> {
        self.backend.state(key).ok().flatten()
    }

    /// Keeps something small under a name: what alerts and counts of a day need after a restart.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn set_state(&mut self, key: &str, value: &str) -> Result<(), HistoryError> {
        self.backend.set_state(key, value)
    }

    /// What goes into the hash of an ICCID; made where there is none yet.
    ///
    /// # Errors
    ///
    /// Where it can be neither read nor written.
    pub fn salt(&self) -> Result<Salt, HistoryError> {
        Salt::in_folder(folder_of(&self.file))
    }
}

/// Keeps the broken file aside, unless another process has just done so, and begins a new one.
fn begin_anew(file: &Path, reason: &str) -> Result<(Backend, Option<String>), HistoryError> {
    let alone = aside::alone(folder_of(file)).map_err(|error| failed(file, &error))?;
    let checked = || Backend::open(file).and_then(Backend::checked);
    let kept = match file.exists() && matches!(checked(), Err(HistoryError::Damaged { .. })) {
        true => Some(aside::keep(file).map_err(|error| failed(file, &error))?),
        false => None,
    };
    drop(alone);
    let notice = kept.map(|kept| {
        let (file, kept) = (file.display(), kept.display());
        format!("{file} was damaged ({reason}); it is kept as {kept}, and a new one is begun")
    });
    Backend::open(file).map(|backend| (backend, notice))
}

/// Under this key stands how many seconds were kept at last.
const KEPT: &str = "keep";

fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new("."))
}

fn make_folder(folder: &Path) -> Result<(), HistoryError> {
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))
}

fn failed(file: &Path, error: &std::io::Error) -> HistoryError {
    HistoryError::Failed { file: file.to_owned(), reason: crate::error::words(error) }
}

#[cfg(test)]
mod tests;
