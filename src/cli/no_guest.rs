//! A build that does not speak to ModemManager: nothing is asked through it, and nothing borrowed.

use crate::Error;
use crate::port::PortSpec;

use super::Globals;
use super::respondent::Respondent;

/// What ModemManager lends us: nothing.
pub(crate) struct Loan;

impl Loan {
    pub(crate) async fn of(globals: &Globals, _port: &PortSpec) -> Result<Self, Error> {
        if !globals.borrow {
            return Ok(Self);
        }
        let message = "this build does not speak to ModemManager, so nothing is borrowed".into();
        let hint = "`cargo install --path . --features modemmanager` makes one that does";
        Err(Error::Usage { message, hint: Some(hint.into()) })
    }

    pub(crate) fn is_some(&self) -> bool {
        false
    }

    pub(crate) async fn give_back(self) {}
}

pub(crate) async fn respondent(
    _globals: &Globals,
    _port: &PortSpec,
) -> Result<Option<Respondent>, Error> {
    Ok(None)
}

pub(crate) async fn instead(
    _globals: &Globals,
    error: Error,
    _port: Option<&PortSpec>,
) -> Result<Respondent, Error> {
    Err(error)
}

pub(crate) async fn explained(error: Error, _port: &PortSpec) -> Error {
    error
}
