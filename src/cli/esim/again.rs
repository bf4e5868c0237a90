//! The modem's port, after a switch has restarted the modem; and whether a switch may be made at all.

use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use saldo::Error;
use saldo::client::{Reopen, Trace, find_again};
use saldo::port::{self, Line, NamedPort, Nowhere, PortSpec, Roots};

use super::super::with_modem::AnyModem;
use super::super::{Globals, out, terminal};

/// The consent to a switch, as arguments.
#[derive(clap::Args, Debug)]
pub(super) struct Consent {
    /// Switch without asking
    #[arg(long)]
    yes: bool,

    /// Switch also where this machine's own connection runs over the modem, and ends by that
    #[arg(long)]
    allow_disconnect: bool,
}

impl Consent {
    /// Says what will happen and has somebody say yes to it.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where the machine's own connection would be cut, or nobody says yes.
    pub(super) async fn ask(
        &self,
        what: &str,
        modem: &AnyModem,
        globals: &Globals,
    ) -> Result<(), Error> {
        let connection = port::own_connection(&Roots::default(), Path::new(&modem.port_name()));
        if let (Some(interface), false) = (connection, self.allow_disconnect) {
            return Err(Error::Usage {
                message: format!(
                    "this machine's own connection ({interface}) runs over this modem, and a switch cuts it"
                ),
                hint: Some("`--allow-disconnect` switches all the same".into()),
            });
        }
        if self.yes {
            out::note(globals, what);
            return Ok(());
        }
        terminal::confirm(what).await
    }
}

/// Where a modem is looked for that restarts.
pub(super) struct Again {
    port: PortSpec,
    trace: Trace,
}

impl Again {
    pub(super) async fn of(port: &PortSpec, modem: &mut AnyModem) -> Result<Self, Error> {
        modem.identify().await?;
        let named = match port {
            PortSpec::Device(_) | PortSpec::Sim(_) | PortSpec::Tcp { .. } => port.clone(),
            // What it was found as: the same words may find another one meanwhile.
            _ => PortSpec::Device(modem.port_name().into()),
        };
        let trace = Trace::of(&Roots::default(), &named, modem.imei().cloned());
        Ok(Self { port: named, trace })
    }
}

impl Reopen<Box<dyn Line>> for Again {
    fn nowhere(&self) -> Box<dyn Line> {
        Box::new(Nowhere(self.port.to_string()))
    }

    fn reopen(&self) -> Pin<Box<dyn Future<Output = Result<Box<dyn Line>, Error>> + '_>> {
        Box::pin(async {
            let port = find_again(&Roots::default(), &self.trace, AWAY).await?;
            let port = NamedPort::open(&port).await?;
            Ok(Box::new(port) as Box<dyn Line>)
        })
    }
}

/// How long a modem may take to come back: a module boots in 20 s.
const AWAY: Duration = Duration::from_secs(40);
