//! Why there is no port to ask, in words: a modem may well be there, in a mode without one.

use super::find::model;
use super::sysfs::{self, UsbDevice};
use super::{Roots, candidates};
use crate::Error;
use crate::modems;

/// What `saldo ports` and every other command say where no port may be asked.
pub fn none_found(roots: &Roots) -> Error {
    let portless = portless(roots);
    let message = match portless.as_slice() {
        [] if !roots.sys.is_dir() => {
            format!("cannot look for modems: there is no {}", roots.sys.display())
        }
        [] => format!("no modem found: {}", looked_at(roots)),
        some => {
            let words = some.iter().map(Portless::words).collect::<Vec<_>>();
            format!("no modem with an AT port found: {}", words.join("; "))
        }
    };
    let hint = portless.iter().find_map(|device| device.mode.hint().map(str::to_owned));
    let hint = hint.or_else(|| portless.is_empty().then(|| wired(roots)).flatten());
    Error::Port { message, hint: Some(hint.unwrap_or_else(|| TRY.into())) }
}

/// Modems that are plugged in and have no port to ask, each with its reason.
pub fn without_ports(roots: &Roots) -> Vec<String> {
    portless(roots).iter().map(Portless::words).collect()
}

/// A modem on the pins of a board or behind a serial adapter is asked where the user names it.
fn wired(roots: &Roots) -> Option<String> {
    match candidates(roots).as_slice() {
        [] => None,
        [only] => {
            let device = only.device.display();
            Some(format!("where a modem is wired to it: `saldo --port {device}`"))
        }
        _ => Some("where a modem is wired to one: `saldo --port` and its name".into()),
    }
}

const TRY: &str = "to try saldo without hardware: `saldo --port sim:be-proximus`";

/// Where ports are listed, and what is there.
fn looked_at(roots: &Roots) -> String {
    match candidates(roots).len() {
        0 => "sysfs lists no serial port (class/tty, class/wwan)".into(),
        1 => "the one serial port there is may be anything (`saldo ports`)".into(),
        count => format!("the {count} serial ports there are may be anything (`saldo ports`)"),
    }
}

/// A modem that is plugged in and offers no port for commands.
#[derive(Debug)]
struct Portless {
    usb: UsbDevice,
    mode: Mode,
}

/// What a device without ports does instead.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    /// Looks like a disk with drivers on it, until it is told otherwise.
    Storage,
    /// QMI or MBIM, without a port for commands.
    Control,
    /// A network card with a web page.
    Network,
}

impl Mode {
    fn of(drivers: &[String]) -> Option<Self> {
        let has = |names: &[&str]| drivers.iter().any(|driver| names.contains(&driver.as_str()));
        match () {
            () if has(&["cdc_mbim", "qmi_wwan"]) => Some(Self::Control),
            () if has(NETWORK) => Some(Self::Network),
            () if has(&["uas", "usb-storage"]) => Some(Self::Storage),
            () => None,
        }
    }

    fn hint(self) -> Option<&'static str> {
        match self {
            Self::Storage => Some("`usb_modeswitch` makes a modem of it; see its manual page"),
            Self::Control if cfg!(feature = "modemmanager") => {
                Some("ModemManager reaches it all the same: `--port mm:`")
            }
            Self::Control => {
                Some("ModemManager reaches it: `mmcli -m any --3gpp-ussd-initiate=CODE`")
            }
            Self::Network => None,
        }
    }
}

/// Drivers of network cards that sticks with a web page pass for.
const NETWORK: &[&str] =
    &["cdc_eem", "cdc_ether", "cdc_ncm", "huawei_cdc_ncm", "rndis_host", "sierra_net"];

impl Portless {
    fn words(&self) -> String {
        let name = model(self.usb.manufacturer.as_deref(), self.usb.product.as_deref());
        let name = name.unwrap_or_else(|| "a modem".into());
        let mode = match self.mode {
            Mode::Storage => "is in storage mode",
            Mode::Control => "speaks QMI or MBIM only",
            Mode::Network => "is in network mode, with a web page instead of ports",
        };
        format!("{name} (usb:{}) {mode}", self.usb.topology)
    }
}

/// Devices of makers of modems that are driven as modems are, or as disks, and have no port to ask.
fn portless(roots: &Roots) -> Vec<Portless> {
    let ports = candidates(roots);
    let has_port = |usb: &UsbDevice| {
        let mut asked = ports.iter().filter(|port| port.rejected.is_none());
        asked.any(|port| port.topology.as_deref() == Some(&usb.topology))
    };
    let devices = sysfs::usb_devices(&roots.sys).into_iter();
    let modems = devices.filter(|(usb, _)| usb.id.is_some_and(|id| modems::is_maker(id.vendor)));
    let without = modems.filter(|(usb, _)| !has_port(usb));
    let mut found: Vec<_> = without
        .filter_map(|(usb, drivers)| Some(Portless { mode: Mode::of(&drivers)?, usb }))
        .collect();
    found.sort_by(|a, b| a.usb.topology.cmp(&b.usb.topology));
    found
}
