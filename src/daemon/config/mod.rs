//! What is watched and how: the tables `[watch]`, `[[modem]]`, `[alert]` and `[metrics]` of `config.toml`.
//!
//! | file | holds |
//! |---|---|
//! | `tables` | the tables as they are written |
//! | `words` | durations, ports and codes as people write them |

mod tables;
mod words;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;

use crate::pdu::Address;
use crate::port::PortSpec;
use crate::ussd::{Answer, UssdCode};
use crate::watch::{Marks, Schedule};

pub use tables::{Alert, Metrics, Modem as ModemTable, Tables, Watch};
pub use words::{Span, Text};

/// For how long a question is remembered where nothing else is said.
const KEEP: SignedDuration = SignedDuration::from_hours(400 * 24);

/// How long a command that is told of an alert may take where nothing else is said.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// What is watched, and whom an alert is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Each under a name of its own.
    pub modems: Vec<Modem>,
    /// What holds for a modem that has no table.
    usual: Modem,
    /// For how long a question is remembered.
    pub keep: SignedDuration,
    /// Whether the history holds ICCIDs whole.
    pub plain_iccid: bool,
    /// Whom an alert is told.
    pub channels: Channels,
    /// Where the metrics are written, for node_exporter.
    pub textfile: Option<PathBuf>,
    /// Where they are served.
    pub listen: Option<String>,
}

/// One modem that is watched.
#[derive(Clone, Debug, PartialEq)]
pub struct Modem {
    /// What it is called everywhere.
    pub name: String,
    /// Where it is; the only one there is where nothing is said.
    pub port: Option<PortSpec>,
    /// The operator's `id` where the SIM does not say enough.
    pub operator: Option<String>,
    /// Dialled in place of the operator's code.
    pub code: Option<UssdCode>,
    /// Answers to the menus that follow.
    pub answers: Vec<Answer>,
    /// As `--fallback`.
    pub fallback: bool,
    /// The file that holds the SIM's PIN.
    pub pin_file: Option<PathBuf>,
    /// When it is asked.
    pub schedule: Schedule,
    /// The most questions on one day.
    pub per_day: Option<u32>,
    /// When somebody is told.
    pub marks: Marks,
}

/// Whom an alert is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Channels {
    /// Program and arguments; with `shell` one text for `sh -c`.
    pub command: Vec<String>,
    /// Whether the command is a text for the shell.
    pub shell: bool,
    /// How long the command may take.
    pub limit: Duration,
    /// Whom a message of the modem's own tells, which the user pays for.
    pub sms_to: Option<String>,
    /// Whether standard error is told.
    pub journal: bool,
}

impl Config {
    /// What the tables mean.
    ///
    /// # Errors
    ///
    /// What is wrong: two modems of one name or port, a number that is none.
    pub fn new(tables: Tables) -> Result<Self, String> {
        let Tables { watch, modem, alert, metrics } = tables;
        let modems = modem.into_iter().map(|modem| Modem::new(modem, &watch));
        let modems = modems.collect::<Result<Vec<_>, _>>()?;
        check_apart(&modems)?;
        check_numbers(&alert)?;
        Ok(Self {
            modems,
            usual: Modem::new(ModemTable::default(), &watch)?,
            keep: watch.keep.map_or(KEEP, |span| span.0),
            plain_iccid: watch.iccid == Some(tables::Iccid::Plain),
            channels: Channels {
                command: alert.command,
                shell: alert.shell,
                limit: alert.time_limit.map_or(TIME_LIMIT, |span| span.0.unsigned_abs()),
                sms_to: alert.sms_to,
                journal: alert.journal.unwrap_or(true),
            },
            textfile: metrics.textfile,
            listen: metrics.listen,
        })
    }

    /// The modem on this port as its table says, or as the others are.
    pub fn modem_on(&self, port: Option<&PortSpec>) -> Modem {
        let known = self.modems.iter().find(|modem| modem.port.as_ref() == port);
        known.cloned().unwrap_or_else(|| Modem {
            name: name_of(port),
            port: port.cloned(),
            ..self.usual.clone()
        })
    }
}

impl Modem {
    fn new(own: ModemTable, all: &Watch) -> Result<Self, String> {
        let words = own.schedule().over(&all.schedule());
        let marks = own.marks(all.marks(Marks::default()));
        let port = own.port.map(|port| port.0);
        let name = own.name.unwrap_or_else(|| name_of(port.as_ref()));
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(format!("`{}` is no name for a modem", name.escape_default()));
        }
        if let Some((low, critical)) = marks.wrong_way_round() {
            return Err(format!("modem `{name}`: critical = `{critical}` is above low = `{low}`"));
        }
        Ok(Self {
            per_day: words.per_day,
            schedule: words.try_into().map_err(|error| format!("modem `{name}`: {error}"))?,
            name,
            marks,
            operator: own.operator,
            code: own.code.map(|code| code.0),
            answers: own.answers.into_iter().map(|answer| answer.0).collect(),
            fallback: own.fallback.or(all.fallback).unwrap_or_default(),
            pin_file: own.pin_file,
            port,
        })
    }
}

fn check_numbers(alert: &Alert) -> Result<(), String> {
    match &alert.sms_to {
        Some(number) => number
            .parse::<Address>()
            .map(drop)
            .map_err(|error| format!("`sms-to = \"{number}\"`: {error}")),
        None => Ok(()),
    }
}

/// What a modem is called that has no name.
fn name_of(port: Option<&PortSpec>) -> String {
    port.map_or("modem".to_owned(), PortSpec::to_string)
}

/// A simulated modem is a new one each time, so its port may be named twice.
fn check_apart(modems: &[Modem]) -> Result<(), String> {
    let (mut names, mut ports) = (BTreeSet::new(), Vec::new());
    for modem in modems {
        if !names.insert(modem.name.as_str()) {
            return Err(format!("two modems are called `{}`", modem.name));
        }
        if matches!(modem.port, Some(PortSpec::Sim(_))) {
            continue;
        }
        if ports.contains(&&modem.port) {
            let port = modem.port.as_ref().map_or("none".to_owned(), PortSpec::to_string);
            return Err(format!("two modems have one port: {port}"));
        }
        ports.push(&modem.port);
    }
    Ok(())
}
