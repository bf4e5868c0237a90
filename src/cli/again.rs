//! The modem's port, after a switch of profiles has restarted the modem.

use std::cell::RefCell;
use std::pin::Pin;
use std::time::Duration;

use saldo::Error;
use saldo::client::{Reopen, Trace, find_again};
use saldo::ids::Imei;
use saldo::port::{Line, NamedPort, Nowhere, PortSpec, Roots};

/// Where a modem is looked for that restarts.
pub(super) struct Again {
    port: PortSpec,
    trace: RefCell<Option<Trace>>,
}

impl Again {
    /// `port` names the port, and no longer one of several.
    pub(super) fn new(port: PortSpec) -> Self {
        Self { port, trace: RefCell::default() }
    }

    fn trace(&self, imei: Option<&Imei>) -> Trace {
        Trace::of(&Roots::default(), &self.port, imei.cloned())
    }
}

impl Reopen<Box<dyn Line>> for Again {
    fn note_place(&self, imei: Option<&Imei>) {
        self.trace.replace(Some(self.trace(imei)));
    }

    fn nowhere(&self) -> Box<dyn Line> {
        Box::new(Nowhere(self.port.to_string()))
    }

    fn reopen(&self) -> Pin<Box<dyn Future<Output = Result<Box<dyn Line>, Error>> + '_>> {
        let trace = self.trace.borrow().clone().unwrap_or_else(|| self.trace(None));
        Box::pin(async move {
            let port = find_again(&Roots::default(), &trace, AWAY).await?;
            let port = NamedPort::open(&port).await?;
            Ok(Box::new(port) as Box<dyn Line>)
        })
    }
}

/// How long a modem may take to come back: a module boots in 20 s.
const AWAY: Duration = Duration::from_secs(40);
