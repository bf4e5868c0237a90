//! `saldo decode`: any modem answer explained, with no modem.

mod explain;

use std::ffi::OsString;
use std::io::{self, Read};
use std::process::ExitCode;

use crate::Error;
use crate::answers::{Answer, Item, decode};
use serde::{Deserialize, Serialize};

use super::jsonl::{self, LONGEST, unreadable};
use super::{Globals, out};

/// Explain any modem answer offline
///
/// Takes what a modem said from the arguments or from standard input, with or without echo and OK:
/// USSD replies in every encoding, errors, signal, registration, operators, messages, counters.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the modem said, one or several lines; standard input where none is given
    #[arg(value_name = "LINE", conflicts_with = "jsonl")]
    lines: Vec<OsString>,

    /// The modem's character set as `AT+CSCS?` answers it: GSM, IRA, UCS2, HEX, ...
    #[arg(long, value_name = "CHARSET", conflicts_with = "jsonl")]
    cscs: Option<String>,

    /// The command that was answered, such as `AT+CREG?`
    #[arg(long, value_name = "COMMAND", conflicts_with = "jsonl")]
    request: Option<String>,

    /// Read one JSON object a line from standard input, answer one line each
    #[arg(long)]
    jsonl: bool,
}

/// Exit status: 0 when there was something to explain, 2 when there was nothing.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    if args.jsonl {
        return jsonl::answer(|asked| answered(&asked, globals)).map(|()| ExitCode::SUCCESS);
    }
    let response = match args.lines.as_slice() {
        [] => all(io::stdin().lock())?,
        lines => joined(lines),
    };
    if response.trim_ascii().is_empty() {
        return Err(nothing());
    }
    let answer = decode(&response, args.cscs.as_deref(), args.request.as_deref());
    let answer = shown(answer, globals);
    if globals.json {
        out::json(&AnswerLine { schema: 1, answer: AnswerObject::of(answer) })?;
    } else {
        explain::answer(&answer)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn answered(asked: &Asked, globals: &Globals) -> AnswerObject {
    let response = octets(&asked.response);
    let answer = decode(&response, asked.cscs.as_deref(), asked.request.as_deref());
    AnswerObject::of(shown(answer, globals))
}

fn nothing() -> Error {
    Error::Usage {
        message: "there is nothing to decode".into(),
        hint: Some(
            "`saldo decode '+CUSD: 0,\"...\",15'`, or the modem's lines on standard input".into(),
        ),
    }
}

fn shown(answer: Answer, globals: &Globals) -> Answer {
    if globals.show_ids { answer } else { answer.masked() }
}

fn all(input: impl Read) -> Result<Vec<u8>, Error> {
    let mut octets = Vec::new();
    input.take(LONGEST).read_to_end(&mut octets).map_err(|cause| unreadable(&cause))?;
    Ok(octets)
}

/// The arguments as lines. A shell that was given no quotes has cut a line at its blanks; it goes on
/// until something starts that a modem starts a line with.
fn joined(lines: &[OsString]) -> Vec<u8> {
    let mut response: Vec<u8> = Vec::new();
    let mut before: &[u8] = &[];
    for line in lines.iter().map(|line| line.as_encoded_bytes()) {
        let quoted = before.contains(&b' ') && line.contains(&b' ');
        let starts = line.first().is_some_and(|first| b"+^#!*$%_".contains(first));
        let ends = crate::at::code::final_result(line).is_some();
        if !response.is_empty() {
            response.extend_from_slice(if quoted || starts || ends { b"\r\n" } else { b" " });
        }
        response.extend_from_slice(line);
        before = line;
    }
    response
}

/// A response as JSON has it: characters up to U+00FF stand for octets, as logs of raw bytes have
/// them; where there is any other, the string is text.
fn octets(response: &str) -> Vec<u8> {
    let octets: Result<_, _> = response.chars().map(|c| u8::try_from(u32::from(c))).collect();
    octets.unwrap_or_else(|_| response.as_bytes().to_vec())
}

#[derive(Deserialize)]
struct Asked {
    response: String,
    cscs: Option<String>,
    request: Option<String>,
}

#[derive(Serialize)]
struct AnswerLine {
    schema: u8,
    #[serde(flatten)]
    answer: AnswerObject,
}

#[derive(Serialize)]
struct AnswerObject {
    items: Vec<Item>,
    urcs: Vec<String>,
    #[serde(rename = "final")]
    end: Option<&'static str>,
}

impl AnswerObject {
    fn of(answer: Answer) -> Self {
        let end = answer.final_name();
        Self { items: answer.items, urcs: answer.urcs, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn arguments_are_lines_even_where_a_shell_cut_them() {
        for (arguments, response) in [
            (&["+CUSD: 0,\"Saldo 5\",15"][..],                   "+CUSD: 0,\"Saldo 5\",15"),
            (&["+CUSD:", "0,0053006100,72"],                     "+CUSD: 0,0053006100,72"),
            (&["+CUSD:", "0,Saldo 5 EUR,15"],                    "+CUSD: 0,Saldo 5 EUR,15"),
            (&["+CSQ: 17,99", "OK"],                             "+CSQ: 17,99\r\nOK"),
            (&["+CREG:", "5", "+CME", "ERROR: 30"],              "+CREG: 5\r\n+CME ERROR: 30"),
            (&["RAT: LTE", "LTE band: B3"],                      "RAT: LTE\r\nLTE band: B3"),
        ] {
            let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            assert_eq!(String::from_utf8(joined(&arguments)).unwrap(), response);
        }
    }

    #[test]
    fn characters_below_256_are_octets() {
        assert_eq!(octets("\u{4}\u{12}é"), [4, 0x12, 0xE9]);
        assert_eq!(octets("é€"), "é€".as_bytes());
    }
}
