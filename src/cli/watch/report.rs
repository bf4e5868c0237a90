//! What a watch reports to the broker of the settings.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::pending;
use std::rc::Rc;

use crate::Error;
use crate::daemon::{Board, Level};
use crate::mqtt::Reporter;
use crate::store::History;

use super::super::Globals;
use super::super::settings::Settings;
use super::asker::Log;

/// Nothing, where the settings name no broker.
pub(super) struct Report(Option<Reporter>);

impl Report {
    /// `history` is the one that the watch notes in; `is_whole` where it watches every modem of the settings.
    ///
    /// # Errors
    ///
    /// Where the settings of the broker name something that is not there.
    pub(super) fn new(
        settings: &Settings,
        board: &Board,
        history: &Rc<RefCell<History>>,
        (is_whole, globals): (bool, &Globals),
    ) -> Result<Self, Error> {
        let Some(broker) = settings.mqtt.clone() else { return Ok(Self(None)) };
        let log = Log::new(globals);
        let tell = move |text: &str| log.line(Level::Notice, text);
        let reporter = Reporter::new(broker, board.clone(), Rc::clone(history), tell)?;
        Ok(Self(Some(if is_whole { reporter } else { reporter.of_some() })))
    }

    /// Beside the watch, until it is dropped.
    pub(super) async fn run(self) -> Infallible {
        match self.0 {
            Some(reporter) => reporter.run().await,
            None => pending().await,
        }
    }

    /// After one round. A broker that is away gets it the next time.
    pub(super) async fn deliver(self, globals: &Globals) {
        let Some(reporter) = self.0 else { return };
        if let Err(error) = reporter.deliver().await {
            Log::new(globals).line(Level::Warning, &error.to_string());
        }
    }
}
