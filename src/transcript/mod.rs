//! The recording format: read, write, redact.
//!
//! One mark a line, so that a diff, a grep and a person can read it. The first line says what the
//! file is, `# saldo transcript 1` for a recording or `# saldo script 1` for an invented session;
//! the comments below it say which modem, what about, and what was masked.
//!
//! | mark | means |
//! |---|---|
//! | `# about: ...` | a comment; before the first step, a header that [`Transcript::note`] finds |
//! | `> AT+CSQ` | this command comes next |
//! | `* AT` | answers this command whenever it comes |
//! | `< OK` | the modem says this line, CR LF before and behind |
//! | `= \r\n> \x20` | the modem sends exactly these bytes |
//! | `~ 1200ms` | the modem waits |
//! | `! hangup` | the line breaks |
//!
//! A header `# base: be-proximus` names a scenario that answers what the file does not say.
//!
//! In `>`, `*` and `=`, `\r`, `\n`, `\xHH` and `\\` are escapes; `<` is taken as it stands. What a
//! modem does follows the command that causes it; what stands above the first command it says by
//! itself. The text of an SMS comes as a command that ends in `\x1A`.
//!
//! ```
//! use saldo::transcript::{Mark, read};
//!
//! let script = read("demo.at", "# saldo script 1\n# about: a demo\n> AT\n< OK\n").unwrap();
//! assert_eq!(script.note("about").as_deref(), Some("a demo"));
//! assert_eq!(script.steps[0].mark, Mark::Command(b"AT".to_vec()));
//! ```

mod escape;
mod read;
mod record;
mod redact;

mod write;

use std::time::Duration;

pub use read::{ReadError, read};
pub use record::Recorder;
pub use redact::{redacted, redacted_answer, redacted_command};

/// A recording or a script, as its file holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// Whether it was recorded or invented.
    pub kind: Kind,
    /// The comments above the first step, without their mark.
    pub notes: Vec<String>,
    /// What happened, in order.
    pub steps: Vec<Step>,
}

/// Where a session comes from; the first line of the file says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Recorded from a port.
    #[default]
    Transcript,
    /// Invented: faults, races, odd orders.
    Script,
}

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The line's number, from 1; 0 where the step was not read from a file.
    pub line: usize,
    /// What the line says.
    pub mark: Mark,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `#`: for the reader.
    Comment(String),
    /// `>`: this command comes next, without its CR.
    Command(Vec<u8>),
    /// `*`: answers this command whenever it comes.
    Always(Vec<u8>),
    /// `<`: the modem says this line.
    Line(Vec<u8>),
    /// `=`: the modem sends exactly these bytes.
    Bytes(Vec<u8>),
    /// `~`: the modem waits.
    Wait(Duration),
    /// `!`: the line breaks.
    Hangup,
}

impl Transcript {
    /// The header of that name with the lines that continue it (indented under it).
    pub fn note(&self, name: &str) -> Option<String> {
        let value =
            |note: &str| Some(note.strip_prefix(name)?.strip_prefix(':')?.trim().to_owned());
        let mut notes = self.notes.iter();
        let mut text = notes.find_map(|note| value(note))?;
        for more in notes.take_while(|note| note.starts_with("  ")) {
            text.push(' ');
            text.push_str(more.trim());
        }
        Some(text)
    }
}
