//! The modem's port, after a switch of profiles has restarted the modem.

use std::pin::Pin;
use std::time::Duration;

use crate::Error;
use crate::client::{Reopen, Whereabouts};
use crate::ids::Imei;
use crate::port::{Line, NamedPort, Nowhere, PortSpec, Roots};

/// Where a modem is looked for that restarts.
pub(super) struct Again(Whereabouts);

impl Again {
    /// `port` names the port, and no longer one of several.
    pub(super) fn new(port: PortSpec) -> Self {
        Self(Whereabouts::new(Roots::default(), port))
    }
}

impl Reopen<Box<dyn Line>> for Again {
    fn note_place(&self, imei: Option<&Imei>) {
        self.0.note(imei);
    }

    fn nowhere(&self) -> Box<dyn Line> {
        Box::new(Nowhere(self.0.port().to_string()))
    }

    fn reopen(&self) -> Pin<Box<dyn Future<Output = Result<Box<dyn Line>, Error>> + '_>> {
        Box::pin(async move {
            let port = NamedPort::open(&self.0.find(AWAY).await?).await?;
            Ok(Box::new(port) as Box<dyn Line>)
        })
    }
}

/// How long a modem may take to come back: a module boots in 20 s.
const AWAY: Duration = Duration::from_secs(40);
