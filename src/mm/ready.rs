//! What has to be there before a request: a SIM that is open, a modem that is on, a network.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::bus::Properties;
use super::{MODEM, Modem};
use crate::Error;
use crate::client::Step;
use crate::client::shared::{SEARCH, START_UP, check_state, not_registered};

/// `MMModemState`: a data connection is up.
pub(super) const CONNECTED: i64 = 11;

/// The states before it, as far as they keep us from asking.
const FAILED: i64 = -1;
const INITIALIZING: i64 = 1;
const LOCKED: i64 = 2;
const DISABLED: i64 = 3;
const DISABLING: i64 = 4;
const ENABLING: i64 = 5;
const ENABLED: i64 = 6;
const SEARCHING: i64 = 7;

/// How often a state that will pass is looked at.
const LOOK: Duration = Duration::from_millis(500);

impl Modem {
    /// Reads the SIM, once the modem has started and the SIM is open.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] with the state in words.
    pub(super) async fn check_sim(&mut self) -> Result<(), Error> {
        self.progress.set(Step::Identifying);
        let modem = self.settled(&[INITIALIZING], START_UP).await?;
        match modem.number("State") {
            Some(FAILED) => return Err(failed(modem.number("StateFailedReason"))),
            Some(LOCKED) => return Err(locked(modem.number("UnlockRequired"))),
            _ => {}
        }
        match modem.path("Sim") {
            Some(path) => self.read_sim(&path).await,
            None => Err(no_sim()),
        }
    }

    /// Whether a network has taken the modem; one that searches is waited for.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] where it is switched off or finds none.
    pub(super) async fn check_network(&self, limit: Duration) -> Result<(), Error> {
        const PASSING: &[i64] = &[ENABLING, ENABLED, SEARCHING];
        let modem = self.settled(PASSING, limit.min(SEARCH)).await?;
        match modem.number("State") {
            Some(DISABLED | DISABLING) => Err(self.disabled()),
            Some(state) if PASSING.contains(&state) => Err(not_registered()),
            _ => Ok(()),
        }
    }

    /// The modem's properties once its state is none of those that pass, or at the limit.
    async fn settled(&self, passing: &[i64], limit: Duration) -> Result<Properties, Error> {
        let until = Instant::now() + limit;
        loop {
            let modem = self.properties(&self.path, MODEM).await?;
            let passes = modem.number("State").is_some_and(|state| passing.contains(&state));
            if !passes || Instant::now() >= until {
                return Ok(modem);
            }
            sleep(LOOK).await;
        }
    }

    fn disabled(&self) -> Error {
        let number = self.name.trim_start_matches("mm:");
        Error::Network {
            message: "ModemManager has the modem switched off (disabled)".into(),
            hint: Some(format!("`mmcli -m {number} --enable` switches it on")),
        }
    }
}

/// `MMModemStateFailedReason` in words.
fn failed(reason: Option<i64>) -> Error {
    match reason {
        Some(2) => no_sim(),
        Some(3) => sim("ModemManager cannot read the SIM", "take it out and put it in again"),
        Some(5) => sim("the eSIM holds no profile", "load one first"),
        _ => Error::Refused {
            command: "ModemManager".into(),
            reason: "the modem could not be started".into(),
            hint: Some("`journalctl -u ModemManager` says why".into()),
        },
    }
}

/// `MMModemLock`, in the words of `+CPIN?`.
fn locked(lock: Option<i64>) -> Error {
    let state = match lock {
        Some(2) => "SIM PIN",
        Some(4) => "SIM PUK",
        _ => "PH-SIM PIN",
    };
    check_state(Some(state)).err().unwrap_or_else(no_sim)
}

fn no_sim() -> Error {
    sim("SIM not inserted", "check the tray; a modem with two may be on its other slot")
}

fn sim(message: &str, hint: &str) -> Error {
    Error::Sim { message: message.into(), hint: Some(hint.into()) }
}
