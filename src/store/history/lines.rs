//! The history as lines of JSON, for builds without SQLite.
//!
//! ```text
//! {"version":1}
//! {"id":1,"time":"2026-11-22T10:00:00Z","modem":"attic",…}
//! {"delivered":1}
//! {"state":"alerts","value":"…"}
//! {"next":2}
//! ```
//!
//! A line is added whole and synced. What a power cut leaves of a last line is cut off before the next is
//! added; until then it is passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::debug;

use super::{Filter, HistoryError, aside, failed, folder_of};
use crate::watch::Record;

/// A file of lines; it is read anew for every question, since other processes add to it.
#[derive(Debug)]
pub(super) struct Lines {
    file: PathBuf,
}

const VERSION: i64 = 1;

/// What a line says.
enum Line<'a> {
    Version(i64),
    /// A record, with its number and all of the line.
    Record(i64, &'a str),
    Delivered(i64),
    Next(i64),
    State(State),
}

#[derive(Deserialize, Serialize)]
struct State {
    state: String,
    value: String,
}

impl Lines {
    pub(super) const ENDING: &'static str = "jsonl";

    pub(super) fn open(file: &Path) -> Result<Self, HistoryError> {
        let lines = Self { file: file.to_owned() };
        if !file.exists() {
            lines.change(|lines| lines.make()).map_err(|error| lines.told(&error))?;
        }
        lines.checked()
    }

    /// Itself, where every line is one of ours.
    pub(super) fn checked(self) -> Result<Self, HistoryError> {
        let (mut found, mut bad, mut count) = (None, None, 0);
        let read = self.each(|line| {
            count += 1;
            match Line::parse(line) {
                Some(Line::Version(version)) => found = Some(version),
                Some(_) => {}
                None => bad = bad.or(Some(count)),
            }
        });
        read.map_err(|error| self.told(&error))?;
        match (found, bad) {
            (Some(found), _) if found > VERSION => {
                Err(HistoryError::Newer { file: self.file, found, known: VERSION })
            }
            (_, Some(line)) => {
                let reason = format!("line {line} is none of saldo's");
                Err(HistoryError::Damaged { file: self.file, reason })
            }
            _ => Ok(self),
        }
    }

    pub(super) fn note_all(&mut self, records: &[Record]) -> Result<i64, HistoryError> {
        let noted = self.change(|lines| {
            let next = lines.next()?;
            let numbered: Vec<_> =
                (next..).zip(records).map(|(id, record)| numbered(id, record)).collect();
            lines.append(&numbered.join("\n"))?;
            Ok(next + i64::try_from(records.len()).unwrap_or_default() - 1)
        });
        noted.map_err(|error| self.told(&error))
    }

    pub(super) fn records(&self, filter: &Filter) -> Result<Vec<(i64, Record)>, HistoryError> {
        let mut records = self.wanted(|_, record| is_wanted(record, filter))?;
        records.sort_by_key(|(id, record)| (record.time, *id));
        let surplus = records.len().saturating_sub(filter.last.unwrap_or(usize::MAX));
        records.drain(..surplus);
        Ok(records)
    }

    /// How many records are older, and how many there are.
    pub(super) fn count_before(&self, time: Timestamp) -> Result<(usize, usize), HistoryError> {
        let old = self.old(time).map_err(|error| self.told(&error))?;
        let mut all = 0;
        let read = self
            .each(|line| all += usize::from(matches!(Line::parse(line), Some(Line::Record(..)))));
        read.map(|()| (old.len(), all)).map_err(|error| self.told(&error))
    }

    pub(super) fn forget_before(&mut self, time: Timestamp) -> Result<usize, HistoryError> {
        let forgotten = self.change(|lines| {
            let old: BTreeSet<i64> = lines.old(time)?.into_iter().collect();
            if !old.is_empty() {
                lines.rewrite(&old)?;
            }
            Ok(old.len())
        });
        forgotten.map_err(|error| self.told(&error))
    }

    pub(super) fn undelivered(
        &self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, Record)>, HistoryError> {
        let mut delivered = BTreeSet::new();
        let read = self.each(|line| {
            if let Some(Line::Delivered(id)) = Line::parse(line) {
                delivered.insert(id);
            }
        });
        read.map_err(|error| self.told(&error))?;
        let mut records = self.wanted(|id, _| id > after && !delivered.contains(&id))?;
        records.truncate(limit);
        Ok(records)
    }

    pub(super) fn delivered(&mut self, id: i64) -> Result<(), HistoryError> {
        let line = format!("{{\"delivered\":{id}}}");
        self.change(|lines| lines.append(&line)).map_err(|error| self.told(&error))
    }

    pub(super) fn state(&self, key: &str) -> Result<Option<String>, HistoryError> {
        let mut found = None;
        let read = self.each(|line| match Line::parse(line) {
            Some(Line::State(State { state, value })) if state == key => found = Some(value),
            _ => {}
        });
        read.map(|()| found).map_err(|error| self.told(&error))
    }

    pub(super) fn set_state(&mut self, key: &str, value: &str) -> Result<(), HistoryError> {
        let state = State { state: key.to_owned(), value: value.to_owned() };
        let line = serde_json::to_string(&state).unwrap_or_default();
        self.change(|lines| lines.append(&line)).map_err(|error| self.told(&error))
    }

    fn wanted(
        &self,
        is_wanted: impl Fn(i64, &Record) -> bool,
    ) -> Result<Vec<(i64, Record)>, HistoryError> {
        let mut records = Vec::new();
        let read = self.each(|line| {
            let Some(Line::Record(id, text)) = Line::parse(line) else { return };
            match serde_json::from_str::<Record>(text) {
                Ok(record) if is_wanted(id, &record) => records.push((id, record)),
                Ok(_) => {}
                Err(error) => debug!(id, %error, "a record that cannot be read"),
            }
        });
        read.map(|()| records).map_err(|error| self.told(&error))
    }

    /// Every line that has its end.
    fn each(&self, mut take: impl FnMut(&str)) -> io::Result<()> {
        let mut reader = BufReader::new(File::open(&self.file)?);
        let mut line = Vec::new();
        loop {
            line.clear();
            reader.read_until(b'\n', &mut line)?;
            match line.strip_suffix(b"\n") {
                Some(whole) => take(&String::from_utf8_lossy(whole)),
                None => return Ok(()),
            }
        }
    }

    /// Changes the file while no other process does.
    fn change<T>(&self, change: impl FnOnce(&Self) -> io::Result<T>) -> io::Result<T> {
        let _alone = aside::alone(folder_of(&self.file))?;
        change(self)
    }

    fn make(&self) -> io::Result<()> {
        if !self.file.exists() {
            self.append(&head())?;
            File::open(folder_of(&self.file))?.sync_all()?;
        }
        Ok(())
    }

    /// The number of the next record.
    fn next(&self) -> io::Result<i64> {
        let mut next = 1;
        self.each(|line| match Line::parse(line) {
            Some(Line::Record(id, _)) => next = next.max(id + 1),
            Some(Line::Next(id)) => next = next.max(id),
            _ => {}
        })?;
        Ok(next)
    }

    /// Adds a line; where that fails nothing of it stays.
    fn append(&self, line: &str) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&self.file)?;
        let end = whole_end(&mut file)?;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        let written = file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_all());
        if written.is_err() {
            let _ = file.set_len(end);
        }
        written
    }

    /// The numbers of the records that are older.
    fn old(&self, time: Timestamp) -> io::Result<Vec<i64>> {
        let mut old = Vec::new();
        self.each(|line| {
            let Some(Line::Record(id, text)) = Line::parse(line) else { return };
            let is_old = |record: &Record| record.time < time;
            old.extend(serde_json::from_str(text).ok().filter(is_old).map(|_| id));
        })?;
        Ok(old)
    }

    /// Puts a file in place of this one without what is forgotten, with each state once.
    fn rewrite(&self, forgotten: &BTreeSet<i64>) -> io::Result<()> {
        let mut text = format!("{}\n{{\"next\":{}}}\n", head(), self.next()?);
        let mut states = BTreeMap::new();
        self.each(|line| match Line::parse(line) {
            Some(Line::Record(id, _) | Line::Delivered(id)) if !forgotten.contains(&id) => {
                text.push_str(line);
                text.push('\n');
            }
            Some(Line::State(State { state, .. })) => {
                states.insert(state, line.to_owned());
            }
            _ => {}
        })?;
        for line in states.into_values() {
            text.push_str(&line);
            text.push('\n');
        }
        crate::store::replace(&self.file, &text)?;
        File::open(folder_of(&self.file))?.sync_all()
    }

    fn told(&self, error: &io::Error) -> HistoryError {
        failed(&self.file, error)
    }
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let number = |name: &str| -> Option<i64> {
            line.strip_prefix("{\"")?
                .strip_prefix(name)?
                .strip_prefix("\":")?
                .strip_suffix('}')?
                .parse()
                .ok()
        };
        if let Some(rest) = line.strip_prefix("{\"id\":").filter(|_| line.ends_with('}')) {
            return Some(Self::Record(rest.split(',').next()?.parse().ok()?, line));
        }
        number("delivered")
            .map(Self::Delivered)
            .or_else(|| number("next").map(Self::Next))
            .or_else(|| number("version").map(Self::Version))
            .or_else(|| serde_json::from_str(line).ok().map(Self::State))
    }
}

fn head() -> String {
    format!("{{\"version\":{VERSION}}}")
}

/// A record's object with its number in front.
fn numbered(id: i64, record: &Record) -> String {
    let time = Timestamp::from_second(record.time.as_second()).unwrap_or(record.time);
    let text = serde_json::to_string(&Record { time, ..record.clone() }).unwrap_or_default();
    format!("{{\"id\":{id},{}", text.strip_prefix('{').unwrap_or(&text))
}

fn is_wanted(record: &Record, filter: &Filter) -> bool {
    let Filter { since, modem, sim, last: _ } = filter;
    since.is_none_or(|since| record.time.as_second() >= since.as_second())
        && modem.as_ref().is_none_or(|modem| record.modem == *modem)
        && sim.as_ref().is_none_or(|sim| record.sim.as_ref() == Some(sim))
}

/// Where the last whole line ends.
fn whole_end(file: &mut File) -> io::Result<u64> {
    const STEP: u64 = 4096;
    let mut end = file.metadata()?.len();
    while end > 0 {
        let start = end.saturating_sub(STEP);
        let mut octets = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        file.take(end - start).read_to_end(&mut octets)?;
        if let Some(place) = octets.iter().rposition(|octet| *octet == b'\n') {
            return Ok(start + place as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
