//! USSD where ModemManager owns the modem: it is asked over D-Bus to ask for us.
//!
//! A guest changes nothing: no modem is enabled, unlocked or registered here, ModemManager is not even
//! started. What can surprise you:
//!
//! * The number in `mm:N` grows with every plug-in; `mm:` is the only modem there is.
//! * ModemManager writes the request in the modem's character set and, where that is refused at once, a
//!   second time in plain text. We call it once.
//! * It ends no menu by itself: [`Modem::close`] does. Version 1.20 tells the modem so only once in its
//!   life, and takes that answer for all later ones: then the network's own limit ends the session.
//! * It decodes replies itself and lets what it does not know through as it came; so the text is weighed
//!   once more.
//!
//! | file | holds |
//! |---|---|
//! | `bus` | the system bus, and one call on it |
//! | `list` | which modems ModemManager has, and whose port it is |
//! | `ready` | locked, disabled, searching: what has to be there before a request |
//! | `ussd` | one dialogue |
//! | `messages` | messages that come in answer |
//! | `balance` | the whole question |
//! | `borrow` | a device left to us for a while |
//! | `why` | what the errors of D-Bus mean |

mod balance;
mod borrow;
mod bus;
mod list;
mod messages;
mod ready;
mod ussd;
mod why;

use crate::Error;
use crate::client::Progress;
use crate::client::shared::gid1;
use crate::ids::{Iccid, Imei, Imsi};
use crate::modems::Identity;
use crate::operators::SimFacts;
use bus::{Bus, Properties};

pub use borrow::Borrowed;
pub use list::{Owner, is_empty, owner};

/// One modem that ModemManager speaks for.
pub struct Modem {
    bus: Bus,
    /// As the user names it: `mm:0`.
    name: String,
    path: String,
    identity: Identity,
    imei: Option<Imei>,
    sim: SimFacts,
    /// Whether a session that we began may still be open.
    is_open: bool,
    progress: Progress,
}

/// The interfaces of one modem.
const MODEM: &str = "org.freedesktop.ModemManager1.Modem";
const USSD: &str = "org.freedesktop.ModemManager1.Modem.Modem3gpp.Ussd";
const MESSAGING: &str = "org.freedesktop.ModemManager1.Modem.Messaging";

impl Modem {
    /// The modem that ModemManager lists as number `index`, or the only one.
    ///
    /// # Errors
    ///
    /// [`Error::Port`] where ModemManager does not run, or has no such modem or several.
    pub async fn open(index: Option<u32>) -> Result<Self, Error> {
        let bus = Bus::connect().await?;
        let listed = list::choose(list::modems(&bus).await?, index)?;
        let imei = listed.text("EquipmentIdentifier").and_then(|imei| Imei::parse(imei).ok());
        Ok(Self {
            name: listed.name(),
            identity: listed.identity(),
            imei,
            sim: SimFacts::default(),
            is_open: false,
            progress: Progress::default(),
            path: listed.path,
            bus,
        })
    }

    /// Ends what we began. A failure is of no interest any more.
    pub async fn close(mut self) {
        let _ = self.end_ussd().await;
    }

    /// What the modem is waiting for, for a display beside it.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// What the user calls the port.
    pub fn port_name(&self) -> String {
        self.name.clone()
    }

    /// Manufacturer, model and firmware.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The equipment's number, where the modem has one.
    pub fn imei(&self) -> Option<&Imei> {
        self.imei.as_ref()
    }

    /// What this run has learned of the SIM.
    pub fn sim(&self) -> &SimFacts {
        &self.sim
    }

    /// IMSI, ICCID and names, as ModemManager has read them.
    async fn read_sim(&mut self, path: &str) -> Result<(), Error> {
        const SIM: &str = "org.freedesktop.ModemManager1.Sim";
        let sim = self.properties(path, SIM).await?;
        self.sim = SimFacts {
            imsi: sim.text("Imsi").and_then(|imsi| Imsi::parse(imsi).ok()),
            iccid: sim.text("SimIdentifier").and_then(|iccid| Iccid::parse(iccid).ok()),
            spn: sim.text("OperatorName").map(str::to_owned),
            gid1: sim.octets("Gid1").and_then(|file| gid1(&file)),
            serving: None,
        };
        Ok(())
    }

    async fn properties(&self, path: &str, interface: &str) -> Result<Properties, Error> {
        self.bus.properties(path, interface).await.map_err(|error| self.explain(error))
    }

    fn explain(&self, error: zbus::Error) -> Error {
        why::explain(&self.name, error)
    }
}
