//! What the loop needs of the program around it, and what ends it.

use tokio::sync::{Notify, watch};

use super::config::{Config, Modem};
use crate::Error;
use crate::client::Balance;
use crate::operators::SimFacts;
use crate::watch::Radio;

/// Who asks the modems, and takes what the log says.
pub trait Host {
    /// Puts the question to one modem: opened, asked, put back as it was, closed. It is put once: nothing that
    /// may have been on air is repeated. Ends soon where [`Control::ended`] does.
    ///
    /// With `may_unlock` a SIM that wants its PIN gets it.
    fn ask(&self, modem: &Modem, may_unlock: bool) -> impl Future<Output = Asked>;

    /// Sends a message with the modem's own SIM, which the user pays for.
    fn write_message(
        &self,
        modem: &Modem,
        to: &str,
        text: &str,
    ) -> impl Future<Output = Result<(), Error>>;

    /// What people call the operator of this `id`, where the data have it.
    fn operator_name(&self, id: &str) -> Option<String>;

    /// One line for the log.
    fn log(&self, level: Level, text: &str);

    /// The configuration, read anew.
    ///
    /// # Errors
    ///
    /// What is wrong with it; the old one is kept then.
    fn reload(&self) -> Result<Config, Error>;
}

/// How much a line of the log matters: the numbers of `syslog(3)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Somebody has to do something.
    Error = 3,
    /// It goes on, not as it should.
    Warning = 4,
    /// Worth knowing.
    Notice = 5,
    /// The way it goes.
    Info = 6,
}

/// One question that was put, and what came of it.
#[derive(Debug)]
pub struct Asked {
    /// What the operator said.
    pub outcome: Result<Balance, Error>,
    /// What the SIM told of itself.
    pub sim: SimFacts,
    /// The port on which the modem was met.
    pub port: Option<String>,
    /// Level and registration.
    pub radio: Option<Radio>,
    /// Whether the request may have reached the network.
    pub was_on_air: bool,
    /// Whether the SIM refused the PIN it was given.
    pub pin_refused: bool,
}

/// What is wanted of the loop from outside.
#[derive(Debug, Default)]
pub struct Control {
    ended: watch::Sender<Option<i32>>,
    pub(super) reload: Notify,
}

impl Control {
    /// Ends the watch, as the signal of that number did.
    pub fn end(&self, signal: i32) {
        self.ended.send_replace(Some(signal));
    }

    /// Has the configuration read anew.
    pub fn reload(&self) {
        self.reload.notify_one();
    }

    /// Waits for the end.
    pub async fn ended(&self) -> Error {
        let mut ended = self.ended.subscribe();
        let signal = match ended.wait_for(Option::is_some).await {
            Ok(signal) => signal.unwrap_or_default(),
            Err(_) => std::future::pending().await,
        };
        Error::Interrupted { signal }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.borrow().is_some()
    }
}
