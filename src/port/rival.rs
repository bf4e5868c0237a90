//! Another program at the same port: it takes answers meant for us, and sends commands of its own.

use std::fmt;

use super::Holder;
use super::refusal::let_go;
use crate::Error;

/// Another program that reads the port we hold. One that opened it before us is not kept out by anything.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Rival {
    /// One that has it open, as far as this user may see.
    Program(Holder),
    /// One that only its commands have shown.
    Unseen,
}

impl fmt::Display for Rival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(holder) => holder.fmt(f),
            Self::Unseen => f.write_str("another program"),
        }
    }
}

impl Rival {
    /// Whether this may be the rival's doing: an answer that never came.
    pub fn is_suspect(error: &Error) -> bool {
        matches!(error, Error::Silent { .. } | Error::Network { hint: None, .. })
    }

    /// The error with the rival named, where nothing else explains it.
    #[must_use]
    pub fn blamed_for(&self, error: Error, port: &str) -> Error {
        match error {
            Error::Silent { .. } => Error::Port {
                message: format!("{error}: {self} reads {port} too"),
                hint: Some(self.way_out()),
            },
            Error::Network { message, hint: None } => Error::Network {
                message: format!(
                    "{message}; {self} reads {port} too and may have taken the answer"
                ),
                hint: Some(self.way_out()),
            },
            other => other,
        }
    }

    fn way_out(&self) -> String {
        match self {
            Self::Program(holder) => let_go(holder),
            Self::Unseen => {
                "`sudo saldo ports` shows which: programs of other users are hidden from you".into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn minicom() -> Rival {
        Rival::Program(Holder { pid: 90, program: "minicom".into() })
    }

    #[test]
    fn a_silence_is_the_ports_trouble_where_another_program_reads_it_too() {
        let silent = Error::Silent { command: "AT".into(), waited: Duration::from_secs(3) };
        assert!(Rival::is_suspect(&silent));
        let error = minicom().blamed_for(silent, "/dev/ttyUSB2");
        let message = "no answer to `AT` within 3 s: minicom (PID 90) reads /dev/ttyUSB2 too";
        assert_eq!((error.exit_status(), error.to_string().as_str()), (3, message));
        assert!(error.hint().unwrap().starts_with("close minicom (PID 90)"));
    }

    #[test]
    fn an_answer_that_never_came_may_have_been_taken() {
        let error = Error::Network { message: "no answer".into(), hint: None };
        let error = Rival::Unseen.blamed_for(error, "/dev/ttyUSB2");
        let message =
            "no answer; another program reads /dev/ttyUSB2 too and may have taken the answer";
        assert_eq!((error.exit_status(), error.to_string().as_str()), (5, message));
        assert!(error.hint().unwrap().contains("sudo saldo ports"));
    }

    #[test]
    fn what_has_its_own_explanation_keeps_it() {
        let error = Error::Network { message: "LTE only".into(), hint: Some("3G".into()) };
        assert!(!Rival::is_suspect(&error));
        assert_eq!(minicom().blamed_for(error, "/dev/ttyUSB2").to_string(), "LTE only");
    }
}
