//! Where text goes: data to stdout, everything else to stderr.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use crate::Error;
use serde::Serialize;

use super::Globals;
use super::json::ErrorLine;

/// One line of data on stdout.
///
/// # Errors
///
/// [`Error::Output`] where stdout is gone; the caller restores the modem first.
pub(crate) fn line(text: impl Display) -> Result<(), Error> {
    writeln!(io::stdout().lock(), "{text}").map_err(Error::Output)
}

/// Rows of cells as lines, each column as wide as its widest cell.
pub(crate) fn columns<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    });
    let line = |row: &[String; N]| {
        let padded = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// One JSON object on one line of stdout.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Error> {
    line(serde_json::to_string(value).map_err(|error| Error::Output(error.into()))?)
}

/// A remark on stderr, unless the user wants none.
pub(crate) fn note(globals: &Globals, text: &str) {
    if !globals.quiet {
        // On a terminal what is being waited for may stand on the line.
        let clear = if io::stderr().is_terminal() { "\r\x1b[K" } else { "" };
        let _ = writeln!(io::stderr(), "{clear}note: {}", visible(text));
    }
}

/// `error:` and `hint:` on stderr, the error object on stdout with `--json`; gives the exit status.
pub(crate) fn error(error: &Error, globals: &Globals) -> ExitCode {
    ExitCode::from(error_of("", error, globals))
}

/// As [`error`], of one modem among several; gives the status as a number.
pub(crate) fn error_of(prefix: &str, error: &Error, globals: &Globals) -> u8 {
    if matches!(error, Error::Output(cause) if cause.kind() == io::ErrorKind::BrokenPipe) {
        return 0; // the reader of our output has had enough, as `head` does
    }
    complain(prefix, error, globals);
    if globals.json {
        json_error(prefix, error);
    }
    error.exit_status()
}

/// The error object on stdout.
pub(crate) fn json_error(prefix: &str, error: &Error) {
    let _ = json(&ErrorLine::of(error, format!("{prefix}{error}")));
}

/// `error:` and `hint:` on stderr.
pub(crate) fn complain(prefix: &str, error: &Error, globals: &Globals) {
    let mut stderr = io::stderr().lock();
    let (on, off) = if globals.color.on_stderr() { ("\x1b[1;31m", "\x1b[0m") } else { ("", "") };
    let _ = writeln!(stderr, "{on}error:{off} {}", visible(&format!("{prefix}{error}")));
    if let Some(hint) = error.hint() {
        let _ = writeln!(stderr, "hint: {}", visible(&hint));
    }
}

/// What clap says of the arguments: help and version to stdout, the rest to stderr with status 2.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let text = error.to_string();
        // The first paragraph is the message, with what is missing in lines of its own.
        let message: Vec<_> =
            text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
        let message = message.join(" ").trim_start_matches("error: ").to_owned();
        let error = Error::Usage { message: message.clone(), hint: None };
        let _ = json(&ErrorLine::of(&error, message));
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// What the system says, without its number: `no such file or directory`.
pub(crate) fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// Text from outside with its control characters escaped: a reply must not move the cursor.
///
/// Line feeds stay; everything else of category Cc is shown as `\u{..}`.
pub(crate) fn visible(text: &str) -> String {
    let escape = |c: char| c.is_control() && c != '\n';
    if !text.contains(escape) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if escape(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}
