//! Where text goes: data to stdout, everything else to stderr.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use saldo::Error;
use serde::Serialize;

/// One line of data on stdout.
///
/// # Errors
///
/// [`Error::Output`] where stdout is gone; the caller restores the modem first.
pub(crate) fn line(text: impl Display) -> Result<(), Error> {
    writeln!(io::stdout().lock(), "{text}").map_err(Error::Output)
}

/// One JSON object on one line of stdout.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Error> {
    line(serde_json::to_string(value).map_err(|error| Error::Output(error.into()))?)
}

/// `error:` and `hint:` on stderr, the error object on stdout with `--json`; gives the exit status.
pub(crate) fn error(error: &Error, as_json: bool) -> ExitCode {
    if matches!(error, Error::Output(cause) if cause.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS; // the reader of our output has had enough, as `head` does
    }
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "error: {}", visible(&error.to_string()));
    if let Some(hint) = error.hint() {
        let _ = writeln!(stderr, "hint: {hint}");
    }
    if as_json {
        let message = error.to_string();
        let cause = ErrorObject { class: error.class(), message, hint: error.hint() };
        let _ = json(&ErrorLine { schema: 1, error: cause });
    }
    ExitCode::from(error.exit_status())
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

#[derive(Serialize)]
struct ErrorLine {
    schema: u8,
    error: ErrorObject,
}

#[derive(Serialize)]
struct ErrorObject {
    class: &'static str,
    message: String,
    hint: Option<String>,
}
