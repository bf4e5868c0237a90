//! `saldo watch`: ask on a schedule, remember, and tell.

mod asker;
mod beside;
#[cfg_attr(not(feature = "web"), path = "watch/no_pages.rs")]
mod pages;
#[cfg_attr(not(feature = "mqtt"), path = "watch/no_report.rs")]
mod report;

use std::cell::RefCell;
use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;

use crate::Error;
use crate::client::KeepIccid;
use crate::daemon::{Board, Clock, Config, Control, Daemon, Parts};
use crate::port::PortSpec;
use crate::store::{self, History};
use asker::{Asker, Log};
use beside::Beside;
use pages::Pages;
use report::Report;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Globals;
use super::settings::Settings;
use super::with_modem::block_on;

/// Ask on a schedule for ever, remember, and tell
///
/// What is watched stands in config.toml, one `[[modem]]` a modem; without any, the only modem found, or those
/// that --port names, every six hours. SIGHUP has the file read anew.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Ask every modem once and end, for timers and cron
    #[arg(long)]
    once: bool,

    /// Watch only the modem of this name
    #[arg(long, value_name = "NAME")]
    modem: Vec<String>,

    /// Write metrics into FILE for node_exporter's textfile collector
    #[arg(long, value_name = "FILE")]
    textfile: Option<PathBuf>,

    #[command(flatten)]
    pages: pages::Where,
}

/// Exit status: with `--once` the highest of all modems; else that of the signal that ended it.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let settings = Settings::load(globals)?;
    let config = config(&settings, &args.modem, globals)?;
    if globals.record.is_some() && (!args.once || config.modems.len() != 1) {
        let message = "`--record` writes one question to one modem".into();
        let hint = Some("`saldo balance --record FILE` does".into());
        return Err(Error::Usage { message, hint });
    }
    block_on(watched(args, globals, settings, config)).map(ExitCode::from)
}

async fn watched(
    args: &Args,
    globals: &Globals,
    settings: Settings,
    config: Config,
) -> Result<u8, Error> {
    let heeded = Heeded::new()?;
    let history = Rc::new(RefCell::new(history(&config)?));
    let keep = match config.plain_iccid {
        true => KeepIccid::Plain,
        false => KeepIccid::Hashed(history.borrow().salt()?),
    };
    let control = Rc::<Control>::default();
    let (board, wishes) = Board::new();
    let clock = Clock::system();
    let beside = Beside::new(args, &config, (&board, &clock), Log::new(globals));
    let is_whole = args.modem.is_empty() && globals.port.is_empty();
    let report = Report::new(&settings, &board, &history, (is_whole, globals))?;
    let pages = match args.once {
        true => Pages::default(),
        false => Pages::open(&args.pages, &settings, &config, &board, &history)?,
    };
    pages.tell(globals);
    let parts = Parts {
        host: Asker::new(args, globals, settings, Rc::clone(&control)),
        clock,
        board,
        history,
        keep,
        control: Rc::clone(&control),
    };
    let daemon = Daemon::new(parts, &config);
    let work = async {
        if args.once {
            let status = daemon.once(config).await;
            beside.write();
            return tokio::select! {
                () = report.deliver(globals) => status,
                error = control.ended() => Err(error),
            };
        }
        tokio::select! {
            biased; // the board is full before it is shown
            ended = daemon.watch(config, wishes) => ended,
            never = beside.run() => match never {},
            never = report.run() => match never {},
            never = pages.serve() => match never {},
        }
    };
    tokio::select! {
        result = work => result,
        never = heeded.pass_on(&control, args.once) => match never {},
    }
}

/// The signals that a watch heeds: two end it, one has its configuration read anew.
struct Heeded {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Heeded {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// The watch itself ends when it is ready to.
    async fn pass_on(mut self, control: &Control, is_once: bool) -> Infallible {
        loop {
            let kind = tokio::select! {
                _ = self.interrupt.recv() => SignalKind::interrupt(),
                _ = self.terminate.recv() => SignalKind::terminate(),
                _ = self.hangup.recv() => SignalKind::hangup(),
            };
            match kind == SignalKind::hangup() && !is_once {
                true => control.reload(),
                false => control.end(kind.as_raw_value()),
            }
        }
    }
}

/// What is watched: the ports named on the command line, else the configuration's modems, else the only one.
fn config(settings: &Settings, names: &[String], globals: &Globals) -> Result<Config, Error> {
    let mut config = settings.watch.clone();
    if !globals.port.is_empty() || config.modems.is_empty() {
        let mut named: Vec<Option<&PortSpec>> = settings.ports.iter().map(Some).collect();
        if named.is_empty() {
            named.push(None);
        }
        config.modems = named.into_iter().map(|port| config.modem_on(port)).collect();
    }
    let known: Vec<_> = config.modems.iter().map(|modem| modem.name.as_str()).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        let message = format!("no modem is called `{name}`; there are: {}", known.join(", "));
        return Err(Error::Usage { message, hint: None });
    }
    if !names.is_empty() {
        config.modems.retain(|modem| names.contains(&modem.name));
    }
    Ok(config)
}

/// Simulated modems have a past of their own, which nobody takes for money.
fn history(config: &Config) -> Result<History, Error> {
    let is_simulated = |port: &Option<PortSpec>| matches!(port, Some(PortSpec::Sim(_)));
    let folder = store::folder();
    let opened = match config.modems.iter().all(|modem| is_simulated(&modem.port)) {
        true => History::open_simulated(&folder),
        false => History::open(&folder),
    };
    opened.map_err(Error::from)
}
