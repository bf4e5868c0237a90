//! `saldo ussd`: one dialogue with the network.

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use crate::Error;
use crate::client::Turn;
use crate::ussd::{Answer, UssdCode};

use super::respondent::Respondent;
use super::settings::Settings;
use super::with_modem::{block_on, on_any};
use super::{Globals, out, render, terminal};

/// Dial one USSD code and print what the network says
///
/// On a terminal it goes on asking while the network waits for an answer. It dials also where nothing tells
/// that the network can answer, as on LTE without circuit-switched service.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The code, for example *100# (in quotes: the shell knows * and # too)
    code: String,

    /// Answers to the menus that follow, in order
    #[arg(value_name = "ANSWER")]
    answers: Vec<String>,

    /// Dial over 3G or 2G where the modem is on LTE, and come back; data stops meanwhile
    #[arg(long)]
    fallback: bool,

    /// Dial also what is no plain query; it may cost money
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let settings = Settings::load(globals)?;
    let code = UssdCode::parse(&args.code).map_err(usage)?;
    let answers = answers(&args.answers, args.yes)?;
    let is_query = check(&code, args.yes)?;
    block_on(async {
        let spec = settings.named_port()?;
        on_any(globals, &settings.dialects, spec, async |modem| {
            if args.fallback {
                modem.fall_back().await?;
            }
            let turn = modem.ussd(&code, settings.timeout, is_query).await?;
            dialogue(modem, turn, &answers, settings.timeout, globals).await
        })
        .await
    })
}

/// Answers menus from the command line, then from the terminal, and ends the session.
async fn dialogue(
    modem: &mut Respondent,
    mut turn: Turn,
    answers: &[Answer],
    limit: Duration,
    globals: &Globals,
) -> Result<ExitCode, Error> {
    let mut given = answers.iter().cloned();
    loop {
        let answer = if turn.wants_answer() { given.next() } else { None };
        // A menu whose answer is known already is of interest to nobody.
        if answer.is_none() {
            render::turn(&turn, globals)?;
        }
        let Some(answer) = (match answer {
            None if turn.wants_answer() => ask(globals).await,
            given => given,
        }) else {
            break;
        };
        turn = modem.answer(answer.as_str(), limit).await?;
    }
    modem.end_ussd().await?;
    Ok(ExitCode::SUCCESS)
}

/// A line from the person at the terminal; an empty one ends the dialogue.
async fn ask(globals: &Globals) -> Option<Answer> {
    if globals.json || !terminal::is_attended() || !io::stdout().is_terminal() {
        return None;
    }
    loop {
        let line = terminal::line("> ").await?;
        match Answer::parse(&line) {
            Ok(answer) => return Some(answer),
            Err(_) if line.is_empty() => return None,
            Err(error) => out::note(globals, &error.to_string()),
        }
    }
}

/// A code that is a plain query and nothing else.
pub(super) fn query(text: &str) -> Result<UssdCode, Error> {
    let code = UssdCode::parse(text).map_err(usage)?;
    check(&code, false).map(|_| code)
}

/// Answers to menus, each fit to be sent.
pub(super) fn answers(texts: &[String], yes: bool) -> Result<Vec<Answer>, Error> {
    texts.iter().map(|text| answer(text, yes)).collect()
}

/// Digits enough for a voucher, a phone number or a PIN are no choice from a menu.
fn answer(text: &str, yes: bool) -> Result<Answer, Error> {
    const CHOICE: usize = 4;
    let answer = Answer::parse(text).map_err(usage)?;
    if !yes && text.bytes().filter(u8::is_ascii_digit).count() > CHOICE {
        let message =
            "an answer with so many digits may be a voucher, a phone number or a PIN".into();
        let hint = "`saldo ussd --yes` sends it all the same, once; it may cost money";
        return Err(Error::Usage { message, hint: Some(hint.into()) });
    }
    Ok(answer)
}

/// Whether the code is a plain query; what is none needs `--yes`, and some is never dialled.
fn check(code: &UssdCode, yes: bool) -> Result<bool, Error> {
    match code.check_query(false) {
        Ok(()) => Ok(true),
        Err(reason) if yes && !reason.is_final() => Ok(false),
        Err(reason) => {
            let hint = "`saldo ussd --yes` dials it all the same, once; it may cost money";
            let hint = (!reason.is_final()).then(|| hint.into());
            Err(Error::Usage { message: format!("`{code}` is not dialled: {reason}"), hint })
        }
    }
}

fn usage(error: impl std::fmt::Display) -> Error {
    Error::Usage { message: error.to_string(), hint: None }
}
