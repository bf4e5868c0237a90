//! A device that ModemManager leaves to us for a while.

use std::path::PathBuf;

use super::bus::{Bus, ROOT, SERVICE};
use super::list::{Owner, find_owner};
use super::why;
use crate::Error;

/// A device that ModemManager does not touch as long as this lives.
///
/// ModemManager takes it back by itself when the connection to the bus ends, whatever ended us.
pub struct Borrowed {
    bus: Bus,
    owner: Owner,
}

impl Borrowed {
    /// Borrows the modem of which one of `devices` is a port; `None` where ModemManager does not have it.
    ///
    /// Its data connection ends, and its number is another afterwards.
    ///
    /// # Errors
    ///
    /// [`Error::Port`] where ModemManager refuses.
    pub async fn of(devices: &[PathBuf]) -> Result<Option<Self>, Error> {
        let Ok(bus) = Bus::connect().await else { return Ok(None) };
        let Some(owner) = find_owner(&bus, devices).await else { return Ok(None) };
        inhibit(&bus, &owner.device, true)
            .await
            .map_err(|error| why::explain(&format!("mm:{}", owner.index), error))?;
        Ok(Some(Self { bus, owner }))
    }

    /// The modem that was borrowed, as it was before.
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Gives it back now, not when the process has ended.
    pub async fn give_back(self) {
        if let Err(error) = inhibit(&self.bus, &self.owner.device, false).await {
            tracing::debug!(%error, "ModemManager takes it back when the bus connection ends");
        }
    }
}

async fn inhibit(bus: &Bus, uid: &str, inhibit: bool) -> zbus::Result<()> {
    bus.call(ROOT, SERVICE, "InhibitDevice", &(uid, inhibit)).await
}
