//! Whoever answers: a modem on a port of ours, or ModemManager for one of its own.

use std::time::{Duration, Instant};

use crate::Error;
use crate::client::{Balance, Plan, Progress, Question, Turn};
use crate::ids::Pin;
#[cfg(feature = "modemmanager")]
use crate::mm;
use crate::operators::Operators;
use crate::port::Line;
use crate::ussd::UssdCode;
use crate::watch::Radio;

use super::Globals;
use super::json::Facts;
use super::with_modem::AnyModem;

/// Whoever is asked for a balance or dials a code.
pub(crate) enum Respondent {
    /// A modem on a port that we hold.
    Port(Box<AnyModem>),
    /// ModemManager, for a modem that it holds.
    #[cfg(feature = "modemmanager")]
    ModemManager(Box<mm::Modem>),
}

/// The same words for either.
macro_rules! either {
    ($respondent:expr, $modem:ident => $work:expr) => {
        match $respondent {
            Respondent::Port($modem) => $work,
            #[cfg(feature = "modemmanager")]
            Respondent::ModemManager($modem) => $work,
        }
    };
}

impl Respondent {
    pub(crate) async fn plan(
        &mut self,
        question: &Question,
        operators: &Operators,
    ) -> Result<Plan, Error> {
        either!(self, modem => modem.plan(question, operators).await)
    }

    pub(crate) async fn ask_balance(
        &mut self,
        plan: Plan,
        question: &Question,
        started: Instant,
    ) -> Result<Balance, Error> {
        #[cfg(feature = "modemmanager")]
        if let (Self::ModemManager(_), true) = (&*self, question.fallback) {
            return Err(not_ours());
        }
        either!(self, modem => modem.ask_balance(plan, question, started).await)
    }

    /// Gives the SIM its PIN where it wants one; ModemManager sees to that itself.
    pub(crate) async fn unlock(
        &mut self,
        pin: impl AsyncFnOnce(u8) -> Result<Pin, Error>,
    ) -> Result<(), Error> {
        match self {
            Self::Port(modem) => modem.unlock(pin).await.map(drop),
            #[cfg(feature = "modemmanager")]
            Self::ModemManager(_) => Ok(()),
        }
    }

    /// Sends a message, once.
    pub(crate) async fn write_message(&mut self, to: &str, text: &str) -> Result<(), Error> {
        match self {
            Self::Port(modem) => {
                modem.prepare_messages().await?;
                modem.send_message(to, text).await.map(drop)
            }
            #[cfg(feature = "modemmanager")]
            Self::ModemManager(_) => Err(Error::Usage {
                message: "no message is sent through ModemManager".into(),
                hint: None,
            }),
        }
    }

    /// Level and registration, as far as they are told.
    pub(crate) async fn radio(&mut self) -> Option<Radio> {
        match self {
            Self::Port(modem) => modem.radio().await.ok(),
            #[cfg(feature = "modemmanager")]
            Self::ModemManager(_) => None,
        }
    }

    /// Sends the modem to 3G or 2G until it is closed.
    pub(crate) async fn fall_back(&mut self) -> Result<(), Error> {
        match self {
            Self::Port(modem) => modem.fall_back().await,
            #[cfg(feature = "modemmanager")]
            Self::ModemManager(_) => Err(not_ours()),
        }
    }

    pub(crate) async fn ussd(
        &mut self,
        code: &UssdCode,
        limit: Duration,
        is_query: bool,
    ) -> Result<Turn, Error> {
        match self {
            Self::Port(modem) => modem.ussd(code, limit, is_query).await,
            #[cfg(feature = "modemmanager")]
            Self::ModemManager(modem) => modem.ussd(code, limit).await,
        }
    }

    pub(crate) async fn answer(&mut self, text: &str, limit: Duration) -> Result<Turn, Error> {
        either!(self, modem => modem.answer(text, limit).await)
    }

    pub(crate) async fn end_ussd(&mut self) -> Result<(), Error> {
        either!(self, modem => modem.end_ussd().await)
    }

    /// Gives back the port, where it was ours.
    pub(crate) async fn close(self) -> Option<Box<dyn Line>> {
        match self {
            Self::Port(modem) => Some(modem.close().await),
            #[cfg(feature = "modemmanager")]
            Self::ModemManager(modem) => {
                modem.close().await;
                None
            }
        }
    }

    pub(crate) fn progress(&self) -> Progress {
        either!(self, modem => modem.progress())
    }

    pub(crate) fn facts(&self, globals: &Globals) -> Facts<'_> {
        match self {
            Self::Port(modem) => Facts::of(modem, globals),
            #[cfg(feature = "modemmanager")]
            Self::ModemManager(modem) => Facts {
                port: modem.port_name(),
                identity: Some(modem.identity()),
                imei: modem.imei(),
                sim: modem.sim(),
                show_ids: globals.show_ids,
            },
        }
    }
}

/// What ModemManager has set it would set again.
#[cfg(feature = "modemmanager")]
fn not_ours() -> Error {
    Error::Network {
        message: "ModemManager holds this modem and its radio mode; `--fallback` leaves both alone"
            .into(),
        hint: Some("`mmcli --modem=N --set-allowed-modes=3g` asks ModemManager for it".into()),
    }
}
