//! Text of a file to a [`Transcript`].

use std::time::Duration;

use super::escape::unescape;
use super::{Kind, Mark, Step, Transcript};

/// A line that is not one of the format's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: expected {expected}, found {found:?}")]
pub struct ReadError {
    /// The file as the caller named it.
    pub file: String,
    /// The line's number, from 1.
    pub line: usize,
    /// What may stand there.
    pub expected: &'static str,
    /// What stands there.
    pub found: String,
}

/// Reads a recording or script; `file` is its name for error messages.
///
/// # Errors
///
/// [`ReadError`] where the first line is not the format's, a mark is unknown, an escape is none,
/// or a wait is no duration.
pub fn read(file: &str, text: &str) -> Result<Transcript, ReadError> {
    let fail =
        |line, (expected, found): Fault| ReadError { file: file.into(), line, expected, found };
    let mut lines = text.lines().zip(1..);
    let first = lines.next().map_or("", |(line, _)| line);
    let kind = kind(first).map_err(|fault| fail(1, fault))?;
    let mut transcript = Transcript { kind, ..Transcript::default() };
    for (text, line) in lines.filter(|(line, _)| !line.trim().is_empty()) {
        match mark(text).map_err(|fault| fail(line, fault))? {
            Mark::Comment(note) if transcript.steps.is_empty() => transcript.notes.push(note),
            mark => transcript.steps.push(Step { line, mark }),
        }
    }
    Ok(transcript)
}

/// What was expected, and what was found instead.
type Fault = (&'static str, String);

fn kind(line: &str) -> Result<Kind, Fault> {
    match line.trim_start_matches('\u{FEFF}').trim_end() {
        "# saldo transcript 1" => Ok(Kind::Transcript),
        "# saldo script 1" => Ok(Kind::Script),
        _ => Err(("`# saldo transcript 1` or `# saldo script 1`", shortened(line))),
    }
}

fn mark(line: &str) -> Result<Mark, Fault> {
    let mut characters = line.chars();
    let mark = characters.next();
    let rest = characters.as_str();
    let body = rest.strip_prefix(' ').unwrap_or(rest);
    match mark {
        Some('#') => Ok(Mark::Comment(body.trim_end().to_owned())),
        Some('>') => octets(body).map(Mark::Command),
        Some('*') => octets(body).map(Mark::Always),
        Some('<') => Ok(Mark::Line(body.as_bytes().to_vec())),
        Some('=') => octets(body).map(Mark::Bytes),
        Some('~') => wait(body.trim()).map(Mark::Wait),
        Some('!') if matches!(body.trim(), "hangup" | "") => Ok(Mark::Hangup),
        Some('!') => Err(("`! hangup`", shortened(line))),
        _ => Err(("one of the marks # > * < = ~ !", shortened(line))),
    }
}

fn octets(body: &str) -> Result<Vec<u8>, Fault> {
    unescape(body).map_err(|found| (r"one of the escapes \r \n \\ \xHH", found))
}

fn wait(body: &str) -> Result<Duration, Fault> {
    let milliseconds = body.strip_suffix("ms").and_then(|n| n.trim_end().parse().ok());
    milliseconds
        .map(|n: u32| Duration::from_millis(n.into()))
        .ok_or_else(|| ("a wait like `~ 1200ms`", shortened(body)))
}

fn shortened(line: &str) -> String {
    line.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SCRIPT: &str = concat!(
        "# saldo script 1\r\n# about: one of each,\n#        on two lines\n\n* AT\n< OK\n",
        "> AT+CMGS=18\n= \\r\\n>\\x20\n> 00\\x1A\n~ 40ms\n# late\n! hangup\n",
    );

    #[test]
    fn every_mark_is_read() {
        let script = read("x.at", SCRIPT).unwrap();
        let marks: Vec<_> = script.steps.iter().map(|step| step.mark.clone()).collect();
        assert_eq!(script.kind, Kind::Script);
        assert_eq!(script.note("about").as_deref(), Some("one of each, on two lines"));
        assert_eq!(script.note("abo"), None);
        assert_eq!(
            marks,
            [
                Mark::Always(b"AT".to_vec()),
                Mark::Line(b"OK".to_vec()),
                Mark::Command(b"AT+CMGS=18".to_vec()),
                Mark::Bytes(b"\r\n> ".to_vec()),
                Mark::Command(b"00\x1A".to_vec()),
                Mark::Wait(Duration::from_millis(40)),
                Mark::Comment("late".into()),
                Mark::Hangup,
            ]
        );
        assert_eq!(script.steps[0].line, 5);
    }

    #[test]
    #[rustfmt::skip]
    fn an_error_names_the_line_and_both_halves() {
        for (text, message) in [
            ("> AT\n",                    r#"x.at:1: expected `# saldo transcript 1` or `# saldo script 1`, found "> AT""#),
            ("# saldo script 1\n\nAT\n",  r#"x.at:3: expected one of the marks # > * < = ~ !, found "AT""#),
            ("# saldo script 1\n~ soon",  r#"x.at:2: expected a wait like `~ 1200ms`, found "soon""#),
            ("# saldo script 1\n! over",  r#"x.at:2: expected `! hangup`, found "! over""#),
            ("# saldo script 1\n= \\q",   r#"x.at:2: expected one of the escapes \r \n \\ \xHH, found "\\q""#),
        ] {
            assert_eq!(read("x.at", text).unwrap_err().to_string(), message);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = read("x.at", &text);
            let _ = read("x.at", &format!("# saldo script 1\n{text}"));
        }
    }
}
