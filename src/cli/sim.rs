//! `saldo sim`: whether the SIM is open, how many tries are left, and its PIN.

use std::env;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::Error;
use crate::answers::Retries;
use crate::client::SimLock;
use crate::ids::Pin;
use crate::operators::Operator;
use rustix::process::geteuid;

use super::json::{Facts, SimLine, UnlockLine};
use super::settings::Settings;
use super::with_modem::{AnyModem, block_on, on_port};
use super::{Globals, out, terminal};

/// Whether the SIM is open, the tries left, and its PIN
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand, Debug)]
enum Action {
    /// What the SIM waits for, and the tries left for PIN and PUK
    Status,
    /// Give the SIM its PIN, once
    ///
    /// The PIN comes from the prompt, from --pin-file, or from SALDO_PIN in the environment; never from an
    /// argument, which others on this machine can read. The tries left are read first: with one left, or
    /// where the modem does not tell, nothing is sent, and no option changes that.
    Unlock {
        /// The file whose first line is the PIN; refused where others may read it
        #[arg(long, value_name = "FILE")]
        pin_file: Option<PathBuf>,
    },
}

/// Exit status: 0 when the state was told, or the SIM is open; the error's own otherwise.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let settings = Settings::load(globals)?;
    block_on(async {
        let given = match &args.action {
            Action::Status => None,
            Action::Unlock { pin_file } => Some(given(pin_file.as_deref())?),
        };
        let spec = settings.single_port()?;
        on_port(globals, &settings.dialects, &spec, async |modem| match given {
            None => status(modem, &settings, globals).await,
            Some(given) => unlock(modem, given, globals).await,
        })
        .await
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn status(modem: &mut AnyModem, settings: &Settings, globals: &Globals) -> Result<(), Error> {
    let lock = modem.sim_lock().await?;
    let operator = modem.known_operator(&settings.operators).await?;
    if globals.json {
        modem.identify().await?;
        let facts = Facts::of(modem, globals);
        return out::json(&SimLine::of(&lock, operator.as_ref(), &facts));
    }
    out::line(out::visible(&described(&lock, operator.as_ref(), modem, globals)))
}

fn described(
    lock: &SimLock,
    operator: Option<&Operator>,
    modem: &AnyModem,
    globals: &Globals,
) -> String {
    let mut text = format!("the SIM is {}", lock.words());
    let _ = write!(text, "\ntries left: {}", tries(&lock.retries));
    if let Some(iccid) = &modem.known_sim().iccid {
        let _ = write!(text, "\nICCID: {}", iccid.shown(globals.show_ids));
    }
    if let Some(operator) = operator {
        let _ = write!(text, "\noperator: {}", operator.name);
    }
    text
}

fn tries(retries: &Retries) -> String {
    let named = [
        ("PIN", retries.pin),
        ("PUK", retries.puk),
        ("PIN2", retries.pin2),
        ("PUK2", retries.puk2),
    ];
    let known = named.iter().filter_map(|(name, left)| Some(format!("{name} {}", (*left)?)));
    let known: Vec<_> = known.collect();
    if known.is_empty() { "the modem does not tell".into() } else { known.join(", ") }
}

async fn unlock(modem: &mut AnyModem, given: Option<Pin>, globals: &Globals) -> Result<(), Error> {
    let unlocked = modem
        .unlock(async |left| match given {
            Some(pin) => Ok(pin),
            None => prompt(left).await,
        })
        .await?;
    if globals.json {
        modem.identify().await?;
        modem.sim().await?;
        return out::json(&UnlockLine::of(unlocked, &Facts::of(modem, globals)));
    }
    out::line(if unlocked { "the SIM is open now" } else { "the SIM is open: it wants no PIN" })
}

async fn prompt(left: u8) -> Result<Pin, Error> {
    if !terminal::is_attended() {
        let message = "the SIM wants its PIN, and nobody is at the terminal to give it".into();
        let hint = "`--pin-file FILE` or SALDO_PIN in the environment gives it";
        return Err(Error::Usage { message, hint: Some(hint.into()) });
    }
    let typed = terminal::secret(&format!("PIN ({left} tries left): ")).await?;
    match typed.as_deref() {
        None | Some("") => Err(Error::Usage { message: "no PIN was sent".into(), hint: None }),
        Some(typed) => parse(typed, "the PIN"),
    }
}

/// The PIN that was given before: by a file, else by the environment.
fn given(file: Option<&Path>) -> Result<Option<Pin>, Error> {
    if let Some(file) = file {
        return from_file(file).map(Some);
    }
    let Some(pin) = env::var_os("SALDO_PIN").filter(|pin| !pin.is_empty()) else { return Ok(None) };
    parse(pin.as_encoded_bytes(), "SALDO_PIN").map(Some)
}

/// The PIN in this file. As ssh takes a key: a file of ours that others may read is refused, another owner's is their affair.
pub(super) fn from_file(path: &Path) -> Result<Pin, Error> {
    /// Longer than any PIN with its line end.
    const LONGEST: u64 = 64;
    let shown = path.display();
    let failed = |error| {
        let message = format!("cannot read {shown}: {}", out::cause(&error));
        Error::Usage { message, hint: None }
    };
    let file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if about.uid() == geteuid().as_raw() && about.mode() & 0o077 != 0 {
        let message = format!("{shown}: others may read this file, so it is no place for a PIN");
        return Err(Error::Usage { message, hint: Some(format!("`chmod 600 {shown}`")) });
    }
    let mut text = Vec::new();
    file.take(LONGEST).read_to_end(&mut text).map_err(failed)?;
    parse(text.split(|octet| *octet == b'\n').next().unwrap_or_default(), &shown.to_string())
}

fn parse(text: impl AsRef<[u8]>, from: &str) -> Result<Pin, Error> {
    Pin::parse(text)
        .map_err(|error| Error::Usage { message: format!("{from}: {error}"), hint: None })
}
