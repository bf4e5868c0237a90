//! Why there is no connection to a broker, or no longer one.

use std::fmt;
use std::io;

use super::packet::{LONGEST, Malformed};
use super::settings::Url;
use crate::Error;
use crate::error::words;
use crate::store::HistoryError;

/// What has ended a connection, or kept it from beginning.
#[derive(Debug)]
pub(super) enum Fault {
    /// No connection to its port, or one that broke.
    Io(io::Error),
    /// It did not say anything for too long.
    Silent,
    /// It ended the connection without a word.
    Closed,
    /// It does not want us, with the code of clause 3.2.2.3.
    Refused(u8),
    /// It grants none of the topics.
    NotGranted,
    /// One of us does not trust the other's certificate.
    #[cfg_attr(not(feature = "mqtt-tls"), expect(dead_code, reason = "there is none"))]
    Tls(String),
    /// What it says is no MQTT 3.1.1.
    Malformed(Malformed),
    /// Nothing can be read from the history, or noted there.
    History(HistoryError),
}

impl Fault {
    /// As the error of a command that needs this broker.
    pub(super) fn at(&self, url: &Url) -> Error {
        let message = format!("{url}: {self}");
        match self {
            Self::Refused(2 | 4 | 5) | Self::NotGranted | Self::Tls(_) => {
                Error::Usage { message, hint: None }
            }
            _ => Error::Network { message, hint: None },
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => f.write_str(&said(error)),
            Self::Silent => f.write_str("the broker does not answer"),
            Self::Closed => f.write_str("the broker ended the connection"),
            Self::Refused(code) => write!(f, "the broker refused: {}", refusal(*code)),
            Self::NotGranted => f.write_str("the broker lets us read none of the topics"),
            Self::Tls(reason) => f.write_str(reason),
            Self::Malformed(Malformed::TooLong(length)) => {
                write!(f, "a packet of {length} octets; {LONGEST} are the limit")
            }
            Self::Malformed(Malformed::Packet) => {
                f.write_str("what answers is no MQTT 3.1.1 broker")
            }
            Self::History(error) => write!(f, "{error}"),
        }
    }
}

/// The system's words, and ours where those name a function or an alert of TLS, which comes after the
/// handshake and so as a failure to read.
fn said(error: &io::Error) -> String {
    let said = words(error);
    if said.starts_with("failed to lookup") {
        return "no host has that name".to_owned();
    }
    if said.contains("certificaterequired") {
        return "the broker wants a certificate of ours; `certificate` and `key` name it"
            .to_owned();
    }
    said
}

/// Clause 3.2.2.3.
fn refusal(code: u8) -> &'static str {
    match code {
        1 => "it does not speak MQTT 3.1.1",
        2 => "it does not take that client id",
        3 => "it is not ready",
        4 => "bad user name or password",
        5 => "not authorized",
        _ => "for a reason that MQTT 3.1.1 does not know",
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<HistoryError> for Fault {
    fn from(error: HistoryError) -> Self {
        Self::History(error)
    }
}
