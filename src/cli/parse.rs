//! `saldo parse`: an operator's words turned into pots, with no modem.

use std::io::{self, Read};
use std::process::ExitCode;

use crate::Error;
use crate::balance::{self, Hints, Reading, country};
use crate::operators::Operators;
use serde::{Deserialize, Serialize};

use super::jsonl::{self, LONGEST, unreadable};
use super::{Globals, json, out, render};

/// Turn an operator's reply into pots offline
///
/// Takes replies from the arguments, or one from standard input.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the operator said, one reply each; standard input is one where none is given
    #[arg(value_name = "TEXT", conflicts_with = "jsonl")]
    texts: Vec<String>,

    /// Where the SIM is at home (ISO 3166), such as BE
    #[arg(long, value_name = "CC", conflicts_with = "jsonl", value_parser = country)]
    country: Option<String>,

    /// Show what each amount was taken for, and why
    #[arg(long, conflicts_with = "jsonl")]
    explain: bool,

    /// Read one JSON object a line from standard input, answer one line each
    #[arg(long)]
    jsonl: bool,
}

/// Exit status: 0 when something was read, whatever it says.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    if args.jsonl {
        return jsonl::answer(|asked: Asked| shown(asked.read(), globals))
            .map(|()| ExitCode::SUCCESS);
    }
    let texts = if args.texts.is_empty() { vec![all()?] } else { args.texts.clone() };
    if texts.iter().all(|text| text.trim().is_empty()) {
        return Err(nothing());
    }
    for text in &texts {
        let hints = Hints { country: args.country.as_deref(), ..Hints::default() };
        let reading = if args.explain { balance::explain } else { balance::read }(text, &hints);
        if globals.json {
            out::json(&ReadingLine { schema: 1, reading: shown(reading, globals) })?;
        } else {
            render::reading(&shown(reading, globals))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A misspelt country would read as none, and its currency be missing without a word.
fn country(code: &str) -> Result<String, &'static str> {
    match country::by_code(code) {
        Some(known) => Ok(known.code.to_owned()),
        None => Err("two letters of a country are needed, such as BE"),
    }
}

fn nothing() -> Error {
    Error::Usage {
        message: "there is nothing to read".into(),
        hint: Some("`saldo parse 'Saldo: 5,00 EUR'`, or a reply on standard input".into()),
    }
}

fn all() -> Result<String, Error> {
    let mut octets = Vec::new();
    io::stdin()
        .lock()
        .take(LONGEST)
        .read_to_end(&mut octets)
        .map_err(|cause| unreadable(&cause))?;
    Ok(String::from_utf8_lossy(&octets).into_owned())
}

fn shown(mut reading: Reading, globals: &Globals) -> Reading {
    if !globals.show_ids {
        reading.msisdn = reading.msisdn.as_deref().map(json::masked);
    }
    reading
}

/// A line of `--jsonl`. The operator's row says more than the network, the network less than the country.
#[derive(Deserialize)]
struct Asked {
    text: String,
    country: Option<String>,
    operator: Option<String>,
    plmn: Option<String>,
}

impl Asked {
    fn read(self) -> Reading {
        let operator = self.operator.as_deref().and_then(|id| Operators::built_in().by_id(id));
        let row = operator.as_ref();
        let network = self.plmn.as_deref().and_then(country::by_plmn).map(|country| country.code);
        let country = self.country.as_deref().or(row.and_then(|row| row.country.as_deref()));
        let hints = Hints {
            country: country.or(network),
            currency: row.and_then(|row| row.currency.as_deref()),
            decimal: row.and_then(|row| row.decimal),
        };
        balance::read(&self.text, &hints)
    }
}

#[derive(Serialize)]
struct ReadingLine {
    schema: u8,
    #[serde(flatten)]
    reading: Reading,
}
