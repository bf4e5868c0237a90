//! `saldo history`: what was asked before.

mod csv;
mod line;
mod outlook;
mod plot;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::Error;
use crate::daemon::Config;
use crate::port::PortSpec;
use crate::store::{self, Filter, History};
use crate::watch::{Record, chart, duration};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::settings::Settings;
use super::{Globals, out};

/// What was asked before, and how fast the account empties
///
/// Every question of `saldo balance` and `saldo watch`, with what came of it. Simulated modems have a
/// history of their own: `--port sim:` shows it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Comma-separated values, times in UTC
    #[arg(long, conflicts_with_all = ["json", "plot", "svg"])]
    csv: bool,

    /// Draw the balance over time on the terminal
    #[arg(long, conflicts_with_all = ["json", "svg"])]
    plot: bool,

    /// Draw the balance over time into a file
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    svg: Option<PathBuf>,

    /// Not older than this: 30d, 12h, or a day such as 2026-11-01
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<Since>,

    /// Only this modem: its name in config.toml, or its port
    #[arg(long, value_name = "NAME")]
    modem: Option<String>,

    /// Only the latest N
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Exit status: 0, also where nothing was asked yet.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let config = Settings::load(globals)?.watch;
    let records = wanted(args, &config, globals)?;
    let now = Timestamp::now();
    match () {
        () if globals.json => line::print(&records, globals)?,
        () if args.csv => csv::print(&records)?,
        () if args.svg.is_some() => draw(args, &records, now)?,
        () if records.is_empty() => out::line(nothing(args, globals))?,
        () if args.plot => plot::print(&records, now)?,
        () => table::print(&records, now)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The records that were asked for, oldest first, with their numbers.
fn wanted(args: &Args, config: &Config, globals: &Globals) -> Result<Vec<(i64, Record)>, Error> {
    let folder = store::folder();
    let is_simulated = globals.port.iter().any(|port| matches!(port, PortSpec::Sim(_)));
    let file = match is_simulated {
        true => History::simulated_file(&folder),
        false => History::file(&folder),
    };
    if !file.exists() {
        return Ok(Vec::new()); // asking does not begin one
    }
    let mut history = match is_simulated {
        true => History::open_simulated(&folder)?,
        false => History::open(&folder)?,
    };
    if let Some(notice) = history.take_notice() {
        out::note(globals, &notice);
    }
    let since = args.since.map(|since| since.before(Timestamp::now()));
    let modem = args.modem.clone().or_else(|| named(&globals.port, config));
    Ok(history.records(&Filter { since, modem, sim: None, last: args.limit })?)
}

/// The modem on the port that was named; `sim:` alone is all of them.
fn named(ports: &[PortSpec], config: &Config) -> Option<String> {
    match ports {
        [PortSpec::Sim(name)] if name.is_empty() => None,
        [port] => Some(config.modem_on(Some(port)).name),
        _ => None,
    }
}

fn nothing(args: &Args, globals: &Globals) -> &'static str {
    let is_narrowed = args.since.is_some() || args.modem.is_some() || !globals.port.is_empty();
    match is_narrowed {
        true => "nothing of that was asked yet",
        false => {
            "nothing was asked yet; `saldo balance` asks and remembers (simulated modems: `--port sim:`)"
        }
    }
}

fn draw(args: &Args, records: &[(i64, Record)], now: Timestamp) -> Result<(), Error> {
    const SIZE: chart::Size = chart::Size { width: 800, height: 320 };
    let Some(file) = &args.svg else { return Ok(()) };
    let account = only_account(records)?;
    write(file, &chart::svg(&account, now, SIZE))
}

/// The records of the one account there is.
///
/// # Errors
///
/// [`Error::Usage`] where there are several: they share no scale.
fn only_account(records: &[(i64, Record)]) -> Result<Vec<Record>, Error> {
    let mut accounts = accounts(records);
    let last_read = |(_, records): &(String, Vec<Record>)| records.last().map(|last| last.time);
    accounts.sort_by_key(last_read);
    // One modem with one SIM after another: the one it has now.
    if accounts.iter().any(|(name, _)| Some(name) != accounts.last().map(|(name, _)| name)) {
        let names: Vec<_> = accounts.iter().map(|(name, _)| name.as_str()).collect();
        let message = format!("there are several accounts: {}", names.join(", "));
        return Err(Error::Usage { message, hint: Some("choose with `--modem NAME`".into()) });
    }
    Ok(accounts.pop().map(|(_, records)| records).unwrap_or_default())
}

/// Records by account: the SIM's, or the modem's where that could not be read; each under the name of the modem
/// it was last in.
fn accounts(records: &[(i64, Record)]) -> Vec<(String, Vec<Record>)> {
    let mut accounts: Vec<(String, Vec<Record>)> = Vec::new();
    for (_, record) in records.iter().filter(|(_, record)| record.left().is_some()) {
        let is_same = |(name, earlier): &&mut (String, Vec<Record>)| match &record.sim {
            Some(_) => earlier.iter().any(|earlier| earlier.sim == record.sim),
            None => *name == record.modem,
        };
        match accounts.iter_mut().find(is_same) {
            Some((name, earlier)) => {
                name.clone_from(&record.modem);
                earlier.push(record.clone());
            }
            None => accounts.push((record.modem.clone(), vec![record.clone()])),
        }
    }
    accounts
}

fn write(file: &Path, text: &str) -> Result<(), Error> {
    store::replace(file, text).map_err(|error| Error::Usage {
        message: format!("cannot write {}: {}", file.display(), out::cause(&error)),
        hint: None,
    })
}

/// How far back.
#[derive(Clone, Copy, Debug)]
enum Since {
    Ago(SignedDuration),
    Time(Timestamp),
}

impl Since {
    fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(span) => now.checked_sub(span).unwrap_or(Timestamp::MIN),
            Self::Time(time) => time,
        }
    }
}

/// A day begins where the user is.
fn since(text: &str) -> Result<Since, String> {
    let day = |day: Date| day.to_zoned(TimeZone::system()).ok().map(|start| start.timestamp());
    let ago = || SignedDuration::try_from(duration(text).ok()?).ok().map(Since::Ago);
    let time = text.parse().ok().or_else(|| text.parse().ok().and_then(day));
    time.map(Since::Time)
        .or_else(ago)
        .ok_or_else(|| "expected a length such as 30d or 12h, or a day such as 2026-11-01".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_back_is_a_length_a_day_or_a_time() {
        let now: Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2d", Some("2026-11-26T12:00:00Z")),
            ("2026-11-01T10:00:00Z", Some("2026-11-01T10:00:00Z")),
            ("yesterday", None),
            ("30", None),
        ] {
            let time = since(text).ok().map(|since| since.before(now).to_string());
            assert_eq!(time.as_deref(), expected, "{text}");
        }
        assert!(since("2026-11-01").is_ok());
    }
}
