//! The tables as they are written; a key that is not listed is refused with those that are.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, de};

use super::words::{Span, Text};
use crate::port::PortSpec;
use crate::ussd::{Answer, UssdCode};
use crate::watch::{MarkList, Marks, Schedule, ScheduleWords};

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
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        pub struct $name {
            $($(#[$note])* pub $key: $value,)*
            /// As `saldo balance --fallback`.
            pub fallback: Option<bool>,
            /// As in [`ScheduleWords`], like those that follow.
            #[serde(deserialize_with = "every")]
            pub every: Option<String>,
            #[allow(missing_docs)]
            #[serde(deserialize_with = "jitter")]
            pub jitter: Option<String>,
            #[allow(missing_docs)]
            #[serde(deserialize_with = "at")]
            pub at: Vec<String>,
            #[allow(missing_docs)]
            #[serde(deserialize_with = "cron")]
            pub cron: Option<String>,
            #[allow(missing_docs)]
            #[serde(deserialize_with = "after_boot")]
            pub after_boot: Option<String>,
            #[allow(missing_docs)]
            #[serde(deserialize_with = "quiet")]
            pub quiet: Option<String>,
            #[allow(missing_docs)]
            #[serde(deserialize_with = "per_day")]
            pub per_day: Option<u32>,
            /// As in [`Marks`], like those that follow.
            pub low: Option<MarkList>,
            #[allow(missing_docs)]
            pub critical: Option<MarkList>,
            #[allow(missing_docs)]
            pub margin: Option<u8>,
            #[allow(missing_docs)]
            pub expiry_lead: Option<Span>,
            #[allow(missing_docs)]
            pub bundle_lead: Option<Span>,
            #[allow(missing_docs)]
            pub drain: Option<u16>,
            #[allow(missing_docs)]
            pub no_answer: Option<u32>,
        }

        impl $name {
            pub(super) fn schedule(&self) -> ScheduleWords {
                ScheduleWords {
                    every: self.every.clone(),
                    jitter: self.jitter.clone(),
                    at: self.at.clone(),
                    cron: self.cron.clone(),
                    after_boot: self.after_boot.clone(),
                    quiet: self.quiet.clone(),
                    per_day: self.per_day,
                }
            }

            /// These marks over others.
            pub(super) fn marks(&self, all: Marks) -> Marks {
                Marks {
                    low: self.low.clone().unwrap_or(all.low),
                    critical: self.critical.clone().unwrap_or(all.critical),
                    margin: self.margin.unwrap_or(all.margin),
                    expiry_lead: self.expiry_lead.map(|lead| lead.0.unsigned_abs()).or(all.expiry_lead),
                    bundle_lead: self.bundle_lead.map(|lead| lead.0.unsigned_abs()).or(all.bundle_lead),
                    drain: self.drain.or(all.drain),
                    no_answer: self.no_answer.unwrap_or(all.no_answer),
                }
            }
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
        answers: Vec<Text<Answer>>,
        /// As `saldo sim unlock --pin-file`.
        pin_file: Option<PathBuf>,
    }
}

/// A part of a schedule is read where it stands, so that an error names its line.
macro_rules! parts {
    ($($key:ident: $value:ty,)*) => {$(
        fn $key<'de, D: Deserializer<'de>>(field: D) -> Result<$value, D::Error> {
            let $key = <$value>::deserialize(field)?;
            let words = ScheduleWords { $key: $key.clone(), ..ScheduleWords::default() };
            Schedule::try_from(words).map(|_| $key).map_err(de::Error::custom)
        }
    )*};
}

parts! {
    every: Option<String>,
    jitter: Option<String>,
    at: Vec<String>,
    cron: Option<String>,
    after_boot: Option<String>,
    quiet: Option<String>,
    per_day: Option<u32>,
}

/// `[alert]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Alert {
    /// Program and arguments; with `shell` one text for `sh -c`.
    pub command: Vec<String>,
    /// Whether a shell reads the command.
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
