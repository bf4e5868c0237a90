//! The tables as they are written; a key that is not listed is refused with those that are.

use std::path::PathBuf;

use serde::Deserialize;

use super::words::{Span, Text};
use crate::port::PortSpec;
use crate::ussd::{Answer, UssdCode};

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// `[watch]`: what holds for every modem, and the history.
    pub watch: Watch,
    /// `[[modem]]`, one a modem.
    pub modem: Vec<Modem>,
    /// `[alert]`: whom an alert is told.
    pub alert: Alert,
    /// `[metrics]`: where metrics are offered.
    pub metrics: Metrics,
}

/// A table with the keys that may stand in `[watch]` for all modems and in `[[modem]]` for one.
macro_rules! table {
    ($(#[$about:meta])* $name:ident { $($(#[$note:meta])* $key:ident: $value:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        pub struct $name {
            $($(#[$note])* pub $key: $value,)*
            /// As `saldo balance --fallback`.
            pub fallback: Option<bool>,
            /// A modem is asked again after this long.
            pub every: Option<Span>,
            /// The most questions in a day.
            pub per_day: Option<u32>,
        }
    };
}

table! {
    /// `[watch]`.
    Watch {
        /// For how long a question is remembered.
        keep: Option<Span>,
        /// How the history holds the SIM's number.
        iccid: Option<Iccid>,
    }
}

table! {
    /// `[[modem]]`.
    Modem {
        /// What it is called.
        name: Option<String>,
        /// As `--port`.
        port: Option<Text<PortSpec>>,
        /// As `saldo balance --operator`.
        operator: Option<String>,
        /// As `saldo balance --code`.
        code: Option<Text<UssdCode>>,
        /// As `saldo balance --answer`.
        #[serde(default)]
        answers: Vec<Text<Answer>>,
        /// As `saldo sim unlock --pin-file`.
        pin_file: Option<PathBuf>,
    }
}

/// `[alert]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Alert {
    /// Program and arguments.
    pub command: Vec<String>,
    /// Whether `command` is one text for `sh -c`.
    pub shell: bool,
    /// How long the command may take.
    pub time_limit: Option<Span>,
    /// Whom the modem itself writes.
    pub sms_to: Option<String>,
    /// Whether standard error is told.
    pub journal: Option<bool>,
}

/// `[metrics]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Metrics {
    /// ADDRESS:PORT.
    pub listen: Option<String>,
    /// The file that node_exporter reads.
    pub textfile: Option<PathBuf>,
}

/// How the history holds the SIM's number.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Iccid {
    /// As a hash that tells SIMs apart and nothing more.
    Hashed,
    /// Whole.
    Plain,
}
