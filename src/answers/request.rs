//! The command that an answer belongs to: its names and whether it reads, tests or sets.

use crate::at::params::Params;

/// What was sent, where it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    text: String,
    commands: Vec<Command>,
}

/// One command of a line; `AT+CSQ;+CREG?` has two.
#[derive(Clone, Debug)]
pub(super) struct Command {
    /// With its sign, in upper case: `+CREG`.
    pub(super) name: String,
    pub(super) form: Form,
    /// What stands behind the equals sign.
    pub(super) arguments: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `AT+X`
    Action,
    /// `AT+X?`
    Read,
    /// `AT+X=?`
    Test,
    /// `AT+X=...`
    Set,
}

impl Request {
    pub(super) fn new(text: &str) -> Self {
        let text = text.trim();
        let commands = match text.get(..2) {
            Some(start) if start.eq_ignore_ascii_case("AT") => text.get(2..).unwrap_or_default(),
            _ => text,
        };
        let commands = unquoted_parts(commands).filter_map(Command::new).collect();
        Self { text: text.to_owned(), commands }
    }

    /// Whether a line is this request sent back, or the tail or head of it.
    pub(super) fn is_echo(&self, line: &[u8]) -> bool {
        let line = line.trim_ascii();
        let (own, given) = (self.text.to_ascii_uppercase(), line.to_ascii_uppercase());
        let own = own.as_bytes();
        !given.is_empty() && (own.starts_with(&given) || own.ends_with(&given))
    }

    /// The command of that name.
    pub(super) fn command(&self, name: &str) -> Option<&Command> {
        self.commands.iter().find(|command| command.name.eq_ignore_ascii_case(name))
    }

    /// The first command of one of these names.
    pub(super) fn any_of(&self, names: &[&str]) -> Option<&Command> {
        names.iter().find_map(|name| self.command(name))
    }

    /// Whether nothing was asked, as far as we know.
    pub(super) fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }
}

impl Command {
    fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(['=', '?']).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end)?;
        let name = name.trim().to_ascii_uppercase();
        let (form, arguments) = match rest.split_at_checked(1) {
            Some(("=", "?")) => (Form::Test, ""),
            Some(("=", arguments)) => (Form::Set, arguments),
            Some(_) => (Form::Read, ""),
            None => (Form::Action, ""),
        };
        (!name.is_empty()).then(|| Self { name, form, arguments: arguments.to_owned() })
    }

    /// The arguments by place.
    pub(super) fn params(&self) -> Params<'_> {
        Params::parse(self.arguments.as_bytes())
    }
}

/// A line echoed although the caller does not know what was sent.
pub(super) fn looks_like_echo(line: &[u8]) -> bool {
    let Some((start, rest)) = line.trim_ascii().split_at_checked(2) else { return false };
    let sign = rest.first().is_some_and(|sign| b"+^#!*$%_".contains(sign));
    start.eq_ignore_ascii_case(b"AT") && (sign || rest.eq_ignore_ascii_case(b"I"))
}

/// Split at semicolons outside quotes.
fn unquoted_parts(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn commands_and_their_forms() {
        for (text, name, form, arguments) in [
            ("AT+CREG?\r",                     "+CREG", Form::Read,   ""),
            ("at+csq",                         "+CSQ",  Form::Action, ""),
            ("AT+COPS=?",                      "+COPS", Form::Test,   ""),
            ("AT+QENG=\"servingcell\"",        "+QENG", Form::Set,    "\"servingcell\""),
            ("AT+CUSD=1,\"*1;#\",15",          "+CUSD", Form::Set,    "1,\"*1;#\",15"),
            ("ATI",                            "I",     Form::Action, ""),
        ] {
            let request = Request::new(text);
            let command = request.command(name).unwrap();
            assert_eq!((command.form, command.arguments.as_str()), (form, arguments), "{text}");
        }
        assert!(Request::new("AT+CSQ;+CREG?").command("+CREG").is_some());
    }

    #[test]
    fn an_echo_is_the_request_or_an_end_of_it() {
        let request = Request::new("AT+CSQ\r");
        for line in ["AT+CSQ", "at+csq", "+CSQ", "Q"] {
            assert!(request.is_echo(line.as_bytes()), "{line}");
        }
        assert!(!request.is_echo(b"+CSQ: 17,99"));
        assert!(!Request::default().is_echo(b"x"));
        assert!(looks_like_echo(b"AT+CUSD=1"));
        assert!(!looks_like_echo(b"AT&T"));
    }
}
