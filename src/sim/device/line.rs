//! A command line to its commands (ITU-T V.250 clause 5.2).

/// One command of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// In capitals: `+CSQ`, `E`, `&F`, `S3`.
    pub(super) name: String,
    pub(super) form: Form,
    /// Behind `=`, or the number of a basic command. Quotes are gone; what is missing is empty.
    pub(super) arguments: Vec<String>,
    /// As it was typed, with `AT` before it.
    pub(super) text: String,
}

/// What is asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `AT+CSQ`
    Run,
    /// `AT+CREG?`
    Read,
    /// `AT+CREG=?`
    Test,
    /// `AT+CREG=1`
    Set,
}

impl Command {
    /// The argument at that place, empty where it is missing.
    pub(super) fn argument(&self, place: usize) -> &str {
        self.arguments.get(place).map_or("", String::as_str)
    }

    /// The same as a number.
    pub(super) fn number(&self, place: usize) -> Option<u32> {
        self.argument(place).trim().parse().ok()
    }
}

/// The commands of a line; `None` for a line that does not begin with `AT`: noise, to be ignored.
pub(super) fn commands(line: &str) -> Option<Vec<Command>> {
    let line = line.trim();
    let mut rest = line.get(..2).filter(|at| at.eq_ignore_ascii_case("AT")).and(line.get(2..))?;
    let mut commands = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', ';']);
        if rest.is_empty() {
            return Some(commands);
        }
        let (text, behind) = rest.split_at(length(rest));
        commands.push(command(text.trim_end()));
        rest = behind;
    }
}

/// How much of `rest` is its first command; at least one octet.
fn length(rest: &str) -> usize {
    let octets = rest.as_bytes();
    let digits =
        |from: usize| from + octets.iter().skip(from).take_while(|o| o.is_ascii_digit()).count();
    match octets.first() {
        Some(b'D' | b'd') => rest.len(),
        Some(b'S' | b's') => match octets.get(digits(1)) {
            Some(b'=') => digits(digits(1) + 1),
            Some(b'?') => digits(1) + 1,
            _ => digits(1),
        },
        Some(letter) if letter.is_ascii_alphabetic() => digits(1),
        Some(b'&' | b'\\') if octets.get(1).is_some_and(u8::is_ascii_alphabetic) => digits(2),
        _ => extended(rest),
    }
}

/// Up to the next semicolon that stands in no quotes.
fn extended(rest: &str) -> usize {
    let mut in_quotes = false;
    let end = rest.find(|c| {
        in_quotes ^= c == '"';
        c == ';' && !in_quotes
    });
    end.unwrap_or(rest.len())
}

fn command(text: &str) -> Command {
    let (name, form, arguments) = match text.as_bytes().first() {
        Some(b'D' | b'd') => ("D", Form::Set, text.get(1..).unwrap_or_default()),
        Some(letter) if letter.is_ascii_alphabetic() || matches!(letter, b'&' | b'\\') => {
            basic(text)
        }
        _ => split(text),
    };
    Command {
        name: name.to_ascii_uppercase(),
        form,
        arguments: split_arguments(arguments),
        text: format!("AT{text}"),
    }
}

fn basic(text: &str) -> (&str, Form, &str) {
    if text.starts_with(['S', 's']) {
        return split(text);
    }
    let (name, number) =
        text.split_at(text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len()));
    (name, Form::Run, number)
}

fn split(text: &str) -> (&str, Form, &str) {
    match text.split_once('=') {
        Some((name, "?")) => (name, Form::Test, ""),
        Some((name, arguments)) => (name, Form::Set, arguments),
        None => match text.strip_suffix('?') {
            Some(name) => (name, Form::Read, ""),
            None => (text, Form::Run, ""),
        },
    }
}

fn split_arguments(text: &str) -> Vec<String> {
    let mut in_quotes = false;
    let arguments = text.split(|c| {
        in_quotes ^= c == '"';
        c == ',' && !in_quotes
    });
    arguments.map(|argument| argument.trim().trim_matches('"').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn lines_are_split_where_v250_says() {
        for (line, expected) in [
            ("AT",                       &[][..]),
            ("at",                       &[]),
            ("ATE0",                     &["E"]),
            ("ATE0V1Q0",                 &["E", "V", "Q"]),
            ("ATE0+CMEE=1",              &["E", "+CMEE"]),
            ("AT&F&C1",                  &["&F", "&C"]),
            ("AT+csq;+CREG?;",           &["+CSQ", "+CREG"]),
            ("ATS3=13S4?E1",             &["S3", "S4", "E"]),
            ("ATD*100#;",                &["D"]),
            ("AT+CUSD=1,\"a;b\",15;^X?", &["+CUSD", "^X"]),
            ("AT é",                     &["É"]),
        ] {
            let names: Vec<_> = commands(line).unwrap().into_iter().map(|c| c.name).collect();
            assert_eq!(names.iter().map(|n| n.to_uppercase()).collect::<Vec<_>>(), expected, "{line}");
        }
        assert_eq!(commands("hello"), None);
    }

    #[test]
    #[rustfmt::skip]
    fn forms_and_arguments() {
        for (line, form, arguments) in [
            ("AT+CSQ",                     Form::Run,  &[""][..]),
            ("AT+CREG?",                   Form::Read, &[""]),
            ("AT+CREG=?",                  Form::Test, &[""]),
            ("AT+CUSD=1,\"*1,2#\", 15",    Form::Set,  &["1", "*1,2#", "15"]),
            ("AT+COPS=3,,\"x",             Form::Set,  &["3", "", "x"]),
            ("ATE0",                       Form::Run,  &["0"]),
            ("ATS3?",                      Form::Read, &[""]),
        ] {
            let [command] = &commands(line).unwrap()[..] else { panic!("one command: {line}") };
            assert_eq!((command.form, &command.arguments[..]), (form, &arguments.iter().map(|a| a.to_string()).collect::<Vec<_>>()[..]), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_split(line: String) {
            let _ = commands(&line);
            let _ = commands(&format!("AT{line}"));
        }
    }
}
