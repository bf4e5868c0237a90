//! `saldo simulate`: a simulated modem on a pseudo-terminal that any program can open.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::Error;
use crate::port::{Pty, SimError, sim_modem};
use crate::sim::{Modem, scenarios};
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::signals::Signals;
use super::{Globals, out};

/// A simulated modem on a pseudo-terminal that any program can open
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A scenario, or a file with a script, a recording or a scenario; without it the scenarios are listed
    scenario: Option<String>,

    /// Point this symbolic link at the pseudo-terminal; with --count, PATH0, PATH1 and so on
    #[arg(long, value_name = "PATH")]
    link: Option<PathBuf>,

    /// Wait so long before each answer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u32,

    /// Let the network answer at once, whatever the scenario says
    #[arg(long)]
    no_delay: bool,

    /// Write what an eUICC is asked, and its answer, to this file as well
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Simulate so many modems, each on its own pseudo-terminal
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    count: u16,
}

/// Prints the path of each pseudo-terminal, then answers until SIGINT, SIGTERM or SIGHUP.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let Some(scenario) = &args.scenario else { return list(globals) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(no_terminal)?.block_on(simulate(scenario, args))
}

fn list(globals: &Globals) -> Result<ExitCode, Error> {
    for (name, about) in scenarios() {
        if globals.json {
            out::json(&Row { schema: 1, name, about })?;
        } else {
            out::line(format_args!("{name:<18}{about}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Row {
    schema: u8,
    name: &'static str,
    about: String,
}

async fn simulate(scenario: &str, args: &Args) -> Result<ExitCode, Error> {
    let mut stop = Signals::new().map_err(no_terminal)?;
    let mut modems = JoinSet::new();
    for number in 0..args.count {
        let link = args.link.as_deref().map(|link| numbered(link, number, args.count));
        let modem = Simulated {
            scenario: scenario.to_owned(),
            link,
            log: args.log.as_deref().map(opened).transpose()?,
            latency: args.latency,
            hurries: args.no_delay,
        };
        let plugged = modem.plug_in(modem.made()?)?;
        modems.spawn(modem.run(plugged));
    }
    tokio::select! {
        ended = stop.next() => Err(ended),
        Some(ended) = modems.join_next() => match ended {
            Ok(error) => Err(error),
            Err(panicked) => Err(no_terminal(io::Error::other(panicked))),
        },
    }
}

/// Opened to be written at its end: several modems may share it.
fn opened(log: &Path) -> Result<File, Error> {
    File::options().create(true).append(true).open(log).map_err(|error| Error::Usage {
        message: format!("cannot write {}: {}", log.display(), out::cause(&error)),
        hint: None,
    })
}

fn numbered(link: &Path, number: u16, count: u16) -> PathBuf {
    match count {
        1 => link.to_owned(),
        _ => PathBuf::from(format!("{}{number}", link.display())),
    }
}

/// One modem, plugged in again whenever it hangs up.
struct Simulated {
    scenario: String,
    link: Option<PathBuf>,
    log: Option<File>,
    latency: u32,
    hurries: bool,
}

/// A modem on its pseudo-terminal.
struct Plugged {
    modem: Modem,
    pty: Pty,
    _link: Option<Link>,
}

impl Simulated {
    fn made(&self) -> Result<Modem, Error> {
        let mut modem = sim_modem(&self.scenario).map_err(no_scenario)?;
        modem.latency = Duration::from_millis(self.latency.into());
        modem.hurries = self.hurries;
        Ok(modem)
    }

    /// Opens the pseudo-terminal and prints its path.
    fn plug_in(&self, modem: Modem) -> Result<Plugged, Error> {
        let pty = Pty::open().map_err(no_terminal)?;
        let link = self.link.as_deref().map(|link| Link::new(link, pty.path())).transpose()?;
        out::line(pty.path().display())?;
        Ok(Plugged { modem, pty, _link: link })
    }

    /// Until the line breaks. What the card was asked is in the log before it answers.
    async fn play(&self, plugged: &mut Plugged) -> io::Result<Option<Duration>> {
        let mut witness = |modem: &mut Modem| {
            let mut heard = modem.take_card_log().into_iter();
            let Some(mut log) = self.log.as_ref() else { return Ok(()) };
            heard.try_for_each(|line| log.write_all(format!("{line}\n").as_bytes()))
        };
        plugged.pty.play_to(&mut plugged.modem, &mut witness).await
    }

    /// Ends only with an error: what hangs up comes back, new like a stick that is replaced, or the same
    /// after its restart.
    async fn run(self, mut plugged: Plugged) -> Error {
        loop {
            let away = match self.play(&mut plugged).await {
                Ok(away) => away,
                Err(error) => return no_terminal(error),
            };
            let Plugged { modem, pty, _link } = plugged;
            drop((pty, _link));
            let again = match away {
                Some(time) => Ok(back(modem, time).await),
                None => self.made(),
            };
            plugged = match again.and_then(|modem| self.plug_in(modem)) {
                Ok(again) => again,
                Err(error) => return error,
            };
        }
    }
}

/// The same modem, after it was away.
async fn back(mut modem: Modem, time: Duration) -> Modem {
    sleep(time).await;
    modem.come_back();
    modem
}

/// A symbolic link that goes when the modem goes.
struct Link {
    path: PathBuf,
    target: PathBuf,
}

impl Link {
    /// A link that is there is replaced, anything else never.
    fn new(path: &Path, target: &Path) -> Result<Self, Error> {
        let failed = |error: io::Error| Error::Usage {
            message: format!("cannot make the link {}: {}", path.display(), out::cause(&error)),
            hint: None,
        };
        match path.symlink_metadata() {
            Ok(found) if found.is_symlink() => std::fs::remove_file(path).map_err(failed)?,
            Ok(_) => return Err(failed(io::Error::other("it is there, and no link"))),
            Err(_) => {}
        }
        std::os::unix::fs::symlink(target, path).map_err(failed)?;
        Ok(Self { path: path.to_owned(), target: target.to_owned() })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if std::fs::read_link(&self.path).is_ok_and(|target| target == self.target) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn no_scenario(error: SimError) -> Error {
    Error::Usage {
        message: error.to_string(),
        hint: Some("`saldo simulate` lists the scenarios".into()),
    }
}

fn no_terminal(error: io::Error) -> Error {
    Error::Port { message: format!("cannot open a pseudo-terminal: {error}"), hint: None }
}
