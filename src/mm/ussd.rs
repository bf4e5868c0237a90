//! One USSD dialogue, held by ModemManager for us.

use std::time::Duration;

use tokio::time::timeout;
use tracing::debug;

use super::{Modem, USSD, why};
use crate::Error;
use crate::client::{Step, Turn};
use crate::ussd::reply::Status;
use crate::ussd::{Reply, UssdCode, decode};

/// `MMModem3gppUssdSessionState`: a request is out, or the network waits for an answer.
const ACTIVE: i64 = 2;
const USER_RESPONSE: i64 = 3;

/// How long the end of a session may take.
const CANCEL: Duration = Duration::from_secs(5);

impl Modem {
    /// Dials `code` and waits up to `limit` for the network; called once, whatever comes of it.
    ///
    /// # Errors
    ///
    /// [`Error::Network`], [`Error::Sim`], [`Error::Refused`] with the reason, [`Error::Unplugged`].
    pub async fn ussd(&mut self, code: &UssdCode, limit: Duration) -> Result<Turn, Error> {
        self.check_sim().await?;
        self.get_ready(limit).await?;
        self.dial(code, limit).await
    }

    /// A network, and no session of somebody else's: until then nothing goes out, and nothing comes back.
    pub(super) async fn get_ready(&self, limit: Duration) -> Result<(), Error> {
        self.check_network(limit).await?;
        match self.session().await? {
            ACTIVE => return Err(why::session_of_another(&self.name)),
            // Nobody waits: the network has asked, and whoever should answer has left.
            USER_RESPONSE => {
                debug!("a menu was left open: ending it");
                self.cancel().await;
            }
            _ => {}
        }
        Ok(())
    }

    /// As [`Modem::ussd`], behind [`Modem::get_ready`].
    pub(super) async fn dial(&mut self, code: &UssdCode, limit: Duration) -> Result<Turn, Error> {
        self.exchange("Initiate", code.as_str(), limit).await
    }

    /// Answers the open menu.
    ///
    /// # Errors
    ///
    /// As [`Modem::ussd`].
    pub async fn answer(&mut self, text: &str, limit: Duration) -> Result<Turn, Error> {
        self.exchange("Respond", text, limit).await
    }

    /// Ends the session where the network still waits.
    ///
    /// # Errors
    ///
    /// None: whoever is gone holds no session.
    pub async fn end_ussd(&mut self) -> Result<(), Error> {
        if std::mem::take(&mut self.is_open) {
            self.cancel().await;
        }
        Ok(())
    }

    async fn exchange(&mut self, method: &str, text: &str, limit: Duration) -> Result<Turn, Error> {
        self.progress.set(Step::Network);
        debug!(method, limit_ms = limit.as_millis(), "asking ModemManager");
        self.is_open = true;
        let asked = self.bus.ask::<String>(&self.path, USSD, method, &text);
        let Ok(answer) = timeout(limit, asked).await else {
            self.end_ussd().await?;
            return Err(why::no_answer(limit));
        };
        let text = match answer {
            Ok(text) => text,
            Err(error) => {
                self.is_open = false; // with an error, ModemManager has ended the session
                return Err(self.explain(error));
            }
        };
        let waits = self.session().await? == USER_RESPONSE;
        self.is_open = waits;
        Ok(turn(&text, waits))
    }

    /// The state of the session; 0 where ModemManager does not say.
    async fn session(&self) -> Result<i64, Error> {
        let ussd = self.properties(&self.path, USSD).await?;
        Ok(ussd.number("State").unwrap_or_default())
    }

    async fn cancel(&self) {
        let cancelled = self.bus.ask::<()>(&self.path, USSD, "Cancel", &());
        if !matches!(timeout(CANCEL, cancelled).await, Ok(Ok(()))) {
            debug!("the session could not be ended");
        }
    }
}

/// The text as ModemManager has decoded it, and as it reads where it could not.
fn turn(text: &str, waits: bool) -> Turn {
    let octets = text.as_bytes().to_vec();
    let status = if waits { Status::NeedsAnswer } else { Status::Final };
    let readings = if text.is_empty() { Vec::new() } else { decode::decode(&octets, None, None) };
    let reply = Reply { status, body: Some(octets.clone()), dcs: None, closed: true, raw: octets };
    Turn { reply, readings }
}
