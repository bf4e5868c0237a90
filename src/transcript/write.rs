//! A [`Transcript`] as the text of its file.

use std::fmt;

use super::escape::escape;
use super::{Kind, Mark, Transcript};

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Transcript => "transcript",
            Kind::Script => "script",
        };
        writeln!(f, "# saldo {kind} 1")?;
        for note in &self.notes {
            writeln!(f, "{}", format!("# {note}").trim_end())?;
        }
        for step in &self.steps {
            writeln!(f, "{}", step.mark)?;
        }
        Ok(())
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Comment(text) => f.write_str(format!("# {text}").trim_end()),
            Self::Command(octets) => write!(f, "> {}", escape(octets)),
            Self::Always(octets) => write!(f, "* {}", escape(octets)),
            Self::Line(octets) => match std::str::from_utf8(octets) {
                Ok(line) if stands_as_it_is(line) => write!(f, "< {line}"),
                _ => Self::Bytes([b"\r\n", &octets[..], b"\r\n"].concat()).fmt(f),
            },
            Self::Bytes(octets) => write!(f, "= {}", escape(octets)),
            Self::Wait(time) => write!(f, "~ {}ms", time.as_millis()),
            Self::Hangup => f.write_str("! hangup"),
        }
    }
}

/// Whether a line survives `<`, which has no escapes, and any editor.
pub(super) fn stands_as_it_is(line: &str) -> bool {
    !line.is_empty() && line == line.trim_end() && !line.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Step, read};
    use super::*;

    #[test]
    fn a_file_is_written_as_it_was_read() {
        let text = "# saldo transcript 1\n# modem: X\n#\n> AT+CMGS=3\n= \\r\\n>\\x20\n> a\\x1A\n\
                    < OK\n~ 7ms\n* AT\n# end\n! hangup\n";
        assert_eq!(read("x.at", text).unwrap().to_string(), text);
    }

    #[test]
    fn a_line_that_is_no_text_keeps_its_octets() {
        assert_eq!(
            Mark::Line(b"+CUSD: 0,\"\xFC\"".to_vec()).to_string(),
            r#"= \r\n+CUSD: 0,"\xFC"\r\n"#
        );
    }

    proptest! {
        #[test]
        fn commands_and_bytes_come_back(command: Vec<u8>, bytes: Vec<u8>) {
            let marks = [Mark::Command(command), Mark::Bytes(bytes)];
            let steps = marks.map(|mark| Step { line: 0, mark }).to_vec();
            let written = Transcript { steps: steps.clone(), ..Transcript::default() }.to_string();
            let back = read("x.at", &written).unwrap().steps;
            let marks = |steps: Vec<Step>| steps.into_iter().map(|s| s.mark).collect::<Vec<_>>();
            prop_assert_eq!(marks(back), marks(steps));
        }
    }
}
