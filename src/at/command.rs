//! A command: its text, how long it may take, what its answer looks like, whether it is secret.

use std::time::Duration;

/// One command line, without its CR.
///
/// ```
/// use saldo::at::Command;
///
/// assert_eq!(Command::new("AT+CSQ").loggable(), "AT+CSQ");
/// assert_eq!(Command::new("AT+CPIN=\"1234\"").loggable(), "AT+CPIN");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    text: String,
    limit: Duration,
    idle: Option<Duration>,
    prompt: bool,
}

impl Command {
    /// The limits come from the table of commands below.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let row = LIMITS.iter().find(|row| starts_with(&text, row.0));
        let (limit, idle) = row.map_or((DEFAULT_LIMIT, None), |row| (row.1, row.2));
        Self { text, limit, idle, prompt: false }
    }

    /// Another hard limit than the table's, where the user or a dialect knows better.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// The modem answers with `>` and waits for text, as to `AT+CMGS`.
    #[must_use]
    pub fn with_prompt(mut self) -> Self {
        self.prompt = true;
        self
    }

    /// The command line without its CR.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The hard limit: after this the command has failed, whatever noise there was.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// How long after a data line a missing final result is no longer awaited.
    pub fn idle(&self) -> Option<Duration> {
        self.idle
    }

    /// Whether a prompt is expected.
    pub fn expects_prompt(&self) -> bool {
        self.prompt
    }

    /// The command as a log or an error may show it: PINs, vouchers and numbers never are.
    pub fn loggable(&self) -> &str {
        match self.text.split_once('=') {
            Some((name, _)) if SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret)) => {
                name
            }
            _ => &self.text,
        }
    }

    /// The prefixes its answer lines carry: `+CSQ:` for `AT+CSQ`, one for each part of a joined line.
    ///
    /// Case is the modem's own business: some answer in the case of the command.
    pub fn prefixes(&self) -> impl Iterator<Item = String> + '_ {
        let body = self.text.get(2..).unwrap_or_default();
        body.split(';').filter(|part| part.starts_with(|c: char| !c.is_alphanumeric())).map(
            |part| {
                let name = part.split(['=', '?']).next().unwrap_or(part);
                format!("{name}:")
            },
        )
    }
}

/// Commands whose argument a log must not show.
#[rustfmt::skip]
const SECRET: &[&str] = &[
    "AT+CGLA", "AT+CLCK", "AT+CMGS", "AT+CPIN", "AT+CPIN2", "AT+CPWD", "AT+CSIM", "AT^CPIN",
];

/// Long enough for a modem that is busy with the network, short enough for a person who waits.
const DEFAULT_LIMIT: Duration = Duration::from_secs(5);

/// Start of the command, hard limit, idle limit. The first row that fits counts.
#[rustfmt::skip]
const LIMITS: &[(&str, Duration, Option<Duration>)] = &[
    ("AT+CCID",    Duration::from_millis(1500), Some(IDLE)), // hangs a Huawei E3372
    ("AT+CFUN=",   Duration::from_secs(20),     None),       // the radio starts
    ("AT+CGLA",    Duration::from_secs(30),     None),       // the card computes
    ("AT+CMGL",    Duration::from_secs(20),     Some(IDLE)), // a full SIM is read message by message
    ("AT+CMGS",    Duration::from_secs(60),     None),       // 3GPP TS 27.005: the network acknowledges
    ("AT+COPS=?",  Duration::from_secs(180),    None),       // a scan of every band
    ("AT+COPS=3",  Duration::from_secs(5),      None),
    ("AT+COPS=",   Duration::from_secs(60),     None),       // a registration
    ("AT+CPIN?",   Duration::from_secs(5),      Some(IDLE)), // Wavecom sends no OK
    ("AT+CPIN=",   Duration::from_secs(20),     None),       // the SIM checks and the modem starts up
    ("AT+CUSD=1,", Duration::from_secs(15),     None),       // the modem only takes it; the network has its own limit
    ("AT+CUSD=2",  Duration::from_secs(2),      None),       // a cancel is a courtesy
    ("AT",         DEFAULT_LIMIT,               Some(IDLE)),
];

/// A complete data line and then nothing: this firmware sends no final result.
const IDLE: Duration = Duration::from_millis(1000);

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_joined_line_expects_every_part() {
        let prefixes: Vec<_> = Command::new("AT+CMEE=1;+CSCS?;+CGMI;^HCSQ?").prefixes().collect();
        assert_eq!(prefixes, ["+CMEE:", "+CSCS:", "+CGMI:", "^HCSQ:"]);
        assert_eq!(Command::new("ATE0").prefixes().count(), 0);
    }

    #[test]
    fn the_longest_start_gives_the_limit() {
        assert_eq!(Command::new("AT+COPS=?").limit(), Duration::from_secs(180));
        assert_eq!(Command::new("at+cusd=1,\"*100#\",15").limit(), Duration::from_secs(15));
    }
}
