//! Beside ModemManager: whom to ask where it has the modem, and how the modem is borrowed.

use std::path::PathBuf;

use crate::Error;
use crate::mm::{self, Borrowed, Owner};
use crate::port::{self, PortSpec, Roots};

use super::respondent::Respondent;
use super::{Globals, out};

/// What ModemManager lends us for the length of a run, where it has it and we asked.
pub(crate) struct Loan(Option<Borrowed>);

impl Loan {
    /// Borrows the modem of `port` if the user wants that; asking is left to them, since a data connection
    /// of the modem ends.
    pub(crate) async fn of(globals: &Globals, port: &PortSpec) -> Result<Self, Error> {
        if !globals.borrow {
            return Ok(Self(None));
        }
        let devices = devices(port)?;
        if devices.is_empty() {
            return Err(not_lent(port));
        }
        let borrowed = Borrowed::of(&devices).await?;
        if borrowed.as_ref().is_some_and(|borrowed| borrowed.owner().is_connected) {
            out::note(globals, "the modem's data connection ends: ModemManager lets go of it");
        }
        Ok(Self(borrowed))
    }

    pub(crate) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) async fn give_back(self) {
        if let Some(borrowed) = self.0 {
            borrowed.give_back().await;
        }
    }
}

/// ModemManager, where the user names a modem of its; `None` for every other port.
pub(crate) async fn respondent(
    globals: &Globals,
    port: &PortSpec,
) -> Result<Option<Respondent>, Error> {
    let PortSpec::ModemManager(index) = port else { return Ok(None) };
    if globals.borrow {
        return Err(not_lent(port));
    }
    if globals.record.is_some() {
        let message = format!("{port}: nothing passes that `--record` could write");
        let hint = "`--port /dev/... --borrow` takes the modem from ModemManager for this run";
        return Err(Error::Usage { message, hint: Some(hint.into()) });
    }
    mm::Modem::open(*index).await.map(asked_through).map(Some)
}

/// Where the user named no port and none can be had, ModemManager may have the modem: it is asked instead.
///
/// # Errors
///
/// The one given where ModemManager has not this modem either.
pub(crate) async fn instead(
    globals: &Globals,
    error: Error,
    port: Option<&PortSpec>,
) -> Result<Respondent, Error> {
    if globals.borrow || globals.record.is_some() {
        return Err(error);
    }
    let index = match (&error, port) {
        (Error::Held { .. }, Some(port)) => owner(port).await.map(|owner| Some(owner.index)),
        (_, None) if is_without_port() && !mm::is_empty().await => Some(None),
        _ => None,
    };
    let Some(index) = index else { return Err(error) };
    let modem = mm::Modem::open(index).await?;
    let name = modem.port_name();
    out::note(globals, &format!("ModemManager has the modem and is asked, as by `--port {name}`"));
    Ok(asked_through(modem))
}

/// An error over a port that ModemManager holds says so, and names both ways past it.
pub(crate) async fn explained(error: Error, port: &PortSpec) -> Error {
    if !matches!(error, Error::Held { .. }) {
        return error;
    }
    let Some(owner) = owner(port).await else { return error };
    let name = format!("mm:{}", owner.index);
    let reason = match owner.model.as_str() {
        "" => format!("ModemManager holds it, as {name}"),
        model => format!("ModemManager holds it, as {name} ({model})"),
    };
    let cost = if owner.is_connected { ", which ends its data connection" } else { "" };
    let hint = format!(
        "`--port {name}` asks through ModemManager; `--borrow` takes the modem from it for this run{cost}"
    );
    Error::Held { port: port.to_string(), reason, hint }
}

async fn owner(port: &PortSpec) -> Option<Owner> {
    mm::owner(&devices(port).ok()?).await
}

/// The device files that this may be; none where it is no device of this machine, or not known which.
fn devices(port: &PortSpec) -> Result<Vec<PathBuf>, Error> {
    match port {
        PortSpec::Device(device) => Ok(vec![device.clone()]),
        PortSpec::Usb { .. } | PortSpec::Topology(_) => {
            let ports = port::ports_of(Some(port), &Roots::default())?;
            Ok(ports.into_iter().map(|port| port.device).collect())
        }
        _ => Ok(Vec::new()),
    }
}

fn asked_through(modem: mm::Modem) -> Respondent {
    Respondent::ModemManager(Box::new(modem))
}

fn is_without_port() -> bool {
    port::first_ports(&port::candidates(&Roots::default())).is_empty()
}

fn not_lent(port: &PortSpec) -> Error {
    let message = format!("`--borrow`: {port} is no device that ModemManager could lend");
    Error::Usage { message, hint: Some("give the port itself: `--port /dev/...`".into()) }
}
