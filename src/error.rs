//! Why saldo has no answer: the variant says whose move is next, [`Error::hint`] which move.

use std::io;
use std::time::Duration;

/// Everything that can keep an answer from the user, sorted by whose move is next.
///
/// [`Error::class`] is the word in the JSON, [`Error::exit_status`] the status of the process.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Arguments, configuration or a file the user named. Theirs to fix.
    #[error("{message}")]
    Usage {
        /// What is wrong, naming the argument or file.
        message: String,
        /// The command or file that helps, where we know one.
        hint: Option<String>,
    },

    /// The port would not open, or is no modem port. This machine's to fix.
    #[error("{message}")]
    Port {
        /// What happened, naming the port.
        message: String,
        /// The command or file that helps, where we know one.
        hint: Option<String>,
    },

    /// Another program has the port open. Theirs to close, or to ask.
    #[error("cannot open {port}: {reason}")]
    Held {
        /// The port as the user named it.
        port: String,
        /// Who holds it, as far as we may see.
        reason: String,
        /// The command or action that helps.
        hint: String,
    },

    /// The port went away while in use.
    #[error("{port} was unplugged or the modem restarted (power?)")]
    Unplugged {
        /// The port as the user named it.
        port: String,
    },

    /// The modem said no, in its own words.
    #[error("the modem refused `{command}`: {reason}")]
    Refused {
        /// The command, masked where it is secret.
        command: String,
        /// The final result in words.
        reason: String,
        /// The command or action that helps, where we know one.
        hint: Option<String>,
    },

    /// The modem said nothing at all.
    #[error("no answer to `{command}` within {} s", waited.as_secs_f32())]
    Silent {
        /// The command, masked where it is secret.
        command: String,
        /// How long we waited.
        waited: Duration,
    },

    /// The SIM is missing, locked, or not ready.
    #[error("{message}")]
    Sim {
        /// What the SIM's state is.
        message: String,
        /// The command or action that helps, where we know one.
        hint: Option<String>,
    },

    /// The network did not answer, or USSD is not possible here.
    #[error("{message}")]
    Network {
        /// What happened.
        message: String,
        /// The command or action that helps, where we know one.
        hint: Option<String>,
    },

    /// The operator answered, but with nothing that states a balance.
    #[error("{message}")]
    Reply {
        /// What the reply is instead.
        message: String,
        /// The command or action that helps, where we know one.
        hint: Option<String>,
    },

    /// Standard output is gone.
    #[error("cannot write the output: {}", words(.0))]
    Output(#[from] io::Error),

    /// SIGINT or SIGTERM; settings were restored.
    #[error("interrupted")]
    Interrupted {
        /// The signal's number.
        signal: i32,
    },
}

impl Error {
    /// The word for `error.class` in the JSON.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Usage { .. } | Self::Output(_) => "usage",
            Self::Port { .. } | Self::Held { .. } | Self::Unplugged { .. } => "port",
            Self::Refused { .. } | Self::Silent { .. } | Self::Interrupted { .. } => "modem",
            Self::Sim { .. } => "sim",
            Self::Network { .. } => "network",
            Self::Reply { .. } => "reply",
        }
    }

    /// The one command or action that helps; `None` where we know none.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Usage { hint, .. }
            | Self::Port { hint, .. }
            | Self::Refused { hint, .. }
            | Self::Sim { hint, .. }
            | Self::Network { hint, .. }
            | Self::Reply { hint, .. } => hint.clone(),
            Self::Held { hint, .. } => Some(hint.clone()),
            Self::Unplugged { .. } => Some("check cable and supply, then try again".into()),
            Self::Silent { .. } => {
                Some("`saldo ports --probe` shows which ports answer AT commands".into())
            }
            Self::Output(_) | Self::Interrupted { .. } => None,
        }
    }

    /// The exit status of the process, as the README lists them.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Usage { .. } | Self::Output(_) => 2,
            Self::Port { .. } | Self::Held { .. } | Self::Unplugged { .. } => 3,
            Self::Refused { .. } | Self::Silent { .. } | Self::Sim { .. } => 4,
            Self::Network { .. } => 5,
            Self::Reply { .. } => 6,
            Self::Interrupted { signal } => u8::try_from(128 + signal).unwrap_or(130),
        }
    }
}

/// What the system says, without its "(os error 111)".
pub(crate) fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
