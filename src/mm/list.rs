//! Which modems ModemManager has, and whose port it is.

use std::fs;
use std::path::{Path, PathBuf};

use super::bus::{Bus, Properties};
use super::{MODEM, ready, why};
use crate::Error;
use crate::modems::Identity;
use crate::port::Roots;

/// A modem as ModemManager lists it.
pub(super) struct Listed {
    /// The number at the end of its path.
    index: u32,
    pub(super) path: String,
    modem: Properties,
}

/// The modem behind a port that ModemManager holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// N of `mm:N`.
    pub index: u32,
    /// Manufacturer and model; empty where ModemManager knows neither.
    pub model: String,
    /// Whether it carries a data connection now.
    pub is_connected: bool,
    /// The physical device, as ModemManager is told to let go of it.
    pub(super) device: String,
}

/// The modem of which one of `devices`, files in /dev, is a port; `None` also where ModemManager does not run.
pub async fn owner(devices: &[PathBuf]) -> Option<Owner> {
    find_owner(&Bus::connect().await.ok()?, devices).await
}

/// Whether ModemManager has no modem, or does not run.
pub async fn is_empty() -> bool {
    let Ok(bus) = Bus::connect().await else { return true };
    modems(&bus).await.map_or(true, |modems| modems.is_empty())
}

pub(super) async fn find_owner(bus: &Bus, devices: &[PathBuf]) -> Option<Owner> {
    let resolved = |device: &PathBuf| fs::canonicalize(device).unwrap_or_else(|_| device.clone());
    let devices: Vec<PathBuf> = devices.iter().map(resolved).collect();
    let has_one = |listed: &Listed| devices.iter().any(|device| listed.has(device));
    let listed = modems(bus).await.ok()?.into_iter().find(has_one)?;
    let uid = listed.text("Device")?.to_owned();
    let is_connected = listed.modem.number("State") == Some(ready::CONNECTED);
    Some(Owner { index: listed.index, model: listed.model(), is_connected, device: uid })
}

/// All modems, by their numbers.
pub(super) async fn modems(bus: &Bus) -> Result<Vec<Listed>, Error> {
    let objects = bus.objects(MODEM).await.map_err(|error| why::explain("mm:", error))?;
    let listed = |(path, modem): (String, Properties)| {
        let index = path.rsplit('/').next()?.parse().ok()?;
        Some(Listed { index, path, modem })
    };
    let mut all: Vec<Listed> = objects.into_iter().filter_map(listed).collect();
    all.sort_by_key(|listed| listed.index);
    Ok(all)
}

/// The modem with this number, or the only one.
pub(super) fn choose(mut modems: Vec<Listed>, index: Option<u32>) -> Result<Listed, Error> {
    let wanted = |listed: &Listed| index.is_none_or(|index| index == listed.index);
    let fitting = modems.iter().filter(|listed| wanted(listed)).count();
    match (modems.iter().position(wanted), fitting) {
        (Some(place), 1) => Ok(modems.swap_remove(place)),
        _ => Err(not_one(&modems, index)),
    }
}

fn not_one(modems: &[Listed], index: Option<u32>) -> Error {
    let all: Vec<String> = modems.iter().map(Listed::label).collect();
    let all = all.join(", ");
    let (message, hint) = match (index, modems) {
        (_, []) => (
            "ModemManager has no modem".to_owned(),
            "`saldo ports` lists the ports of this machine; a modem just plugged in takes some seconds",
        ),
        (Some(index), _) => (
            format!("ModemManager has no modem {index}, but {all}"),
            "the number changes with every plug-in: `--port mm:` takes the only modem",
        ),
        (None, _) => {
            (format!("ModemManager has {} modems: {all}", modems.len()), "choose one with `--port`")
        }
    };
    Error::Port { message, hint: Some(hint.into()) }
}

impl Listed {
    pub(super) fn text(&self, property: &str) -> Option<&str> {
        self.modem.text(property)
    }

    /// As the user names it.
    pub(super) fn name(&self) -> String {
        format!("mm:{}", self.index)
    }

    pub(super) fn identity(&self) -> Identity {
        let text = |name| self.text(name).unwrap_or_default().to_owned();
        let (manufacturer, model) = (text("Manufacturer"), text("Model"));
        Identity { manufacturer, model, firmware: text("Revision"), usb: None }
    }

    fn model(&self) -> String {
        let Identity { manufacturer, model, .. } = self.identity();
        format!("{manufacturer} {model}").trim().to_owned()
    }

    /// `mm:0 (Quectel EC25)`.
    fn label(&self) -> String {
        match self.model() {
            model if model.is_empty() => self.name(),
            model => format!("{} ({model})", self.name()),
        }
    }

    /// Whether this file is one of its ports: by name, or by the place of its device in sysfs, since
    /// ModemManager does not list a port that it was told to ignore.
    fn has(&self, device: &Path) -> bool {
        let Ok(name) = device.strip_prefix("/dev") else { return false };
        let ports: Vec<(String, u32)> = self.modem.list("Ports").unwrap_or_default();
        if ports.iter().any(|(port, _)| Path::new(port) == name) {
            return true;
        }
        let place = Roots::default().sys.join("class/tty").join(name).join("device");
        match (fs::canonicalize(place), self.text("Device")) {
            (Ok(place), Some(device)) => place.starts_with(device),
            _ => false,
        }
    }
}
