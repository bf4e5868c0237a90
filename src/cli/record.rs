//! `saldo record`: a session with a modem as a file that plays again.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::Error;
use crate::at::{Effect, effect};
use crate::client::Passed;
use crate::transcript::redacted_answer;

use super::json::PassedLine;
use super::settings::Settings;
use super::with_modem::{AnyModem, block_on, on_port};
use super::{Globals, out};

/// Record what a modem answers, masked, as a file that plays again
///
/// Sends AT commands as they are given, shows their answers, and writes everything that passes to FILE.
/// Without commands it asks who made the modem, its SIM, its signal and its network. Numbers, identities,
/// PINs and names are masked. `saldo --port sim:FILE` plays the recording.
///
/// What dials, sends or carries a PIN is refused: those commands of saldo take `--record FILE` themselves.
/// What a command changes stays changed.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// AT commands, in order (in quotes: the shell knows some of their signs too)
    #[arg(value_name = "COMMAND")]
    commands: Vec<String>,

    /// Then listen for so long to what the modem says by itself
    #[arg(long, value_name = "SECONDS", value_parser = super::seconds)]
    listen: Option<Duration>,

    /// Send also what may change a setting, or what saldo does not know
    #[arg(long)]
    yes: bool,
}

/// What a reader of a bug report asks first.
const FIRST: &[&str] = &[
    "ATI",
    "AT+CGMI",
    "AT+CGMM",
    "AT+CGMR",
    "AT+CPIN?",
    "AT+CSCS?",
    "AT+CMGF?",
    "AT+CUSD?",
    "AT+CSQ",
    "AT+CESQ",
    "AT+CREG?",
    "AT+CGREG?",
    "AT+CEREG?",
    "AT+COPS?",
];

pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    if globals.record.is_some() {
        return Err(usage(
            "`saldo record FILE` already names the recording",
            "leave out `--record`",
        ));
    }
    let commands: Vec<&str> = match &args.commands[..] {
        [] => FIRST.to_vec(),
        given => given.iter().map(String::as_str).collect(),
    };
    commands.iter().try_for_each(|command| allow(command, args.yes))?;
    let settings = Settings::load(globals)?;
    let globals = Globals { record: Some(args.file.clone()), ..globals.clone() };
    block_on(async {
        let spec = settings.single_port()?;
        on_port(&globals, &settings.dialects, &spec, async |modem| {
            for command in &commands {
                show(command, &modem.pass(command).await?, &globals)?;
            }
            listen(modem, args.listen, &globals).await
        })
        .await
    })?;
    out::note(
        &globals,
        &format!("{} is masked; read it before you hand it on", args.file.display()),
    );
    Ok(ExitCode::SUCCESS)
}

fn allow(command: &str, yes: bool) -> Result<(), Error> {
    let name = command.split(['=', '?']).next().unwrap_or_default();
    match effect(command) {
        Effect::Asks => Ok(()),
        Effect::MayChange if yes => Ok(()),
        Effect::MayChange => Err(usage(
            &format!("`{name}` may change a setting of the modem"),
            "`--yes` sends it all the same",
        )),
        Effect::GoesOut(own) => Err(usage(
            &format!("`{name}` reaches the network"),
            &format!("`{own} --record FILE` does that with care"),
        )),
        Effect::CarriesPin => Err(usage(
            &format!("`{name}` carries a PIN, which no argument may"),
            "`saldo sim unlock --record FILE` takes it from the prompt",
        )),
        Effect::Malformed => Err(usage(
            "an AT command begins with AT, on one line",
            "`saldo record --help` has more",
        )),
    }
}

fn usage(message: &str, hint: &str) -> Error {
    Error::Usage { message: message.into(), hint: Some(hint.into()) }
}

async fn listen(
    modem: &mut AnyModem,
    time: Option<Duration>,
    globals: &Globals,
) -> Result<(), Error> {
    let Some(time) = time else { return Ok(()) };
    let until = Instant::now() + time;
    while let Some(line) = modem.overhear(until).await? {
        let [line] = &shown("", &[line], globals)[..] else { continue };
        if globals.json {
            out::json(&PassedLine::unsolicited(line))?;
        } else {
            out::line(out::visible(line))?;
        }
    }
    Ok(())
}

fn show(command: &str, passed: &Passed, globals: &Globals) -> Result<(), Error> {
    let lines = shown(command, &passed.lines, globals);
    let result = passed.result.as_ref().map(ToString::to_string);
    if globals.json {
        return out::json(&PassedLine::of(command, &lines, result.as_deref()));
    }
    out::line(command)?;
    lines
        .iter()
        .map(String::as_str)
        .chain(result.as_deref())
        .try_for_each(|line| out::line(out::visible(line)))
}

/// As the recording has them, unless the user wants to see the identities.
fn shown(command: &str, lines: &[String], globals: &Globals) -> Vec<String> {
    if globals.show_ids {
        return lines.to_vec();
    }
    let octets: Vec<Vec<u8>> = lines.iter().map(|line| line.clone().into_bytes()).collect();
    let masked = redacted_answer(command.as_bytes(), &octets);
    masked.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect()
}
