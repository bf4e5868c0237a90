//! Whether a switch may be made at all.

use std::path::Path;

use crate::Error;
use crate::port::{self, Roots};

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
