//! What the kernel says of serial and WWAN ports, read from sysfs without asking any library.

use std::fs;
use std::path::{Path, PathBuf};

use crate::modems::{Interface, Role, UsbId};

/// One port as the kernel has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    /// `ttyUSB2`, `wwan0at0`.
    pub(super) name: String,
    /// Which subsystem offers it.
    pub(super) kind: Kind,
    /// The USB device behind it.
    pub(super) usb: Option<UsbDevice>,
    /// The interface of that device, and the driver bound to it.
    pub(super) interface: Option<Interface>,
    pub(super) driver: Option<String>,
    /// What the `hso` driver says of its port: `Application`, `Control`, `Diagnostic`.
    pub(super) hso: Option<String>,
}

/// Which subsystem of the kernel offers a port.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Kind {
    /// `class/tty`.
    #[default]
    Tty,
    /// `class/wwan`, where the name tells what a port is for.
    Wwan(Role),
    /// `class/usbmisc`: the control channel of QMI and MBIM, `cdc-wdm0`.
    Control,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct UsbDevice {
    /// Bus and chain of hub ports: `1-1.2`.
    pub(super) topology: String,
    pub(super) id: Option<UsbId>,
    pub(super) manufacturer: Option<String>,
    pub(super) product: Option<String>,
    pub(super) serial: Option<String>,
}

/// Ports that have a device behind them: no consoles, no pseudo-terminals, no UARTs made up.
pub(super) fn ports(sys: &Path) -> Vec<Node> {
    let folders = ["class/tty", "class/wwan", "class/usbmisc"];
    let names = folders.into_iter().flat_map(|folder| names(&sys.join(folder)));
    names.filter_map(|name| named(sys, &name)).collect()
}

/// The one of this name, if it has a device behind it.
pub(super) fn named(sys: &Path, name: &str) -> Option<Node> {
    if let Some((_, role)) = wwan(name) {
        let device = fs::canonicalize(sys.join("class/wwan").join(name)).ok()?;
        return Some(Node { kind: Kind::Wwan(role), ..node(&device, name) });
    }
    if name.starts_with("cdc-wdm") {
        let device = fs::canonicalize(sys.join("class/usbmisc").join(name).join("device")).ok()?;
        return Some(Node { kind: Kind::Control, ..node(&device, name) });
    }
    tty(&sys.join("class/tty").join(name), name)
}

/// The USB devices that are plugged in, and the drivers bound to their interfaces.
pub(super) fn usb_devices(sys: &Path) -> Vec<(UsbDevice, Vec<String>)> {
    let folder = sys.join("bus/usb/devices");
    let is_device = |name: &String| !name.contains(':');
    let devices = names(&folder).into_iter().filter(is_device);
    let device = |name: String| Some(usb_device(&fs::canonicalize(folder.join(name)).ok()?));
    devices.filter_map(device).map(|usb| (usb.clone(), drivers(&folder, &usb.topology))).collect()
}

fn drivers(folder: &Path, topology: &str) -> Vec<String> {
    let interfaces = names(folder).into_iter();
    let own = interfaces.filter(|name| name.split_once(':').is_some_and(|(of, _)| of == topology));
    own.filter_map(|name| driver(&folder.join(name))).collect()
}

fn driver(bound: &Path) -> Option<String> {
    last(&fs::read_link(bound.join("driver")).ok()?)
}

/// The modem that a port of the WWAN subsystem belongs to: `wwan0` for `wwan0at1`.
pub(super) fn wwan_of(name: &str) -> Option<&str> {
    let (kind, _) = wwan(name)?;
    name.get(..kind)
}

/// Where the kind begins in the name of a WWAN port, and what the kind is for.
fn wwan(name: &str) -> Option<(usize, Role)> {
    let rest = name.strip_prefix("wwan")?;
    let kind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let start = name.len() - kind.len();
    let word = kind.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_numbered = kind.len() < rest.len() && word.len() < kind.len();
    let role = match word {
        "at" => Role::At,
        "mbim" | "qmi" => Role::Net,
        "qcdm" => Role::Diag,
        _ => return None,
    };
    is_numbered.then_some((start, role))
}

fn tty(class: &Path, name: &str) -> Option<Node> {
    let device = fs::canonicalize(class.join("device")).ok()?;
    if attribute(class, "type").as_deref() == Some("0") {
        return None; // PORT_UNKNOWN: the 8250 driver offers more ports than there are
    }
    Some(Node { hso: attribute(class, "hsotype"), ..node(&device, name) })
}

fn node(device: &Path, name: &str) -> Node {
    let interface = device.ancestors().find(|folder| folder.join("bInterfaceNumber").exists());
    let usb = device.ancestors().find(|folder| folder.join("idVendor").exists());
    let bound = interface.unwrap_or(device);
    Node {
        name: name.to_owned(),
        kind: Kind::Tty,
        usb: usb.map(usb_device),
        interface: interface.map(descriptor),
        driver: driver(bound),
        hso: None,
    }
}

fn usb_device(folder: &Path) -> UsbDevice {
    let hex = |name| u16::from_str_radix(&attribute(folder, name)?, 16).ok();
    let id = hex("idVendor").zip(hex("idProduct"));
    UsbDevice {
        topology: last(folder).unwrap_or_default(),
        id: id.map(|(vendor, product)| UsbId { vendor, product }),
        manufacturer: attribute(folder, "manufacturer"),
        product: attribute(folder, "product"),
        serial: attribute(folder, "serial"),
    }
}

fn descriptor(folder: &Path) -> Interface {
    let hex = |name| {
        attribute(folder, name).and_then(|text| u8::from_str_radix(&text, 16).ok()).unwrap_or(0)
    };
    Interface {
        number: hex("bInterfaceNumber"),
        class: hex("bInterfaceClass"),
        subclass: hex("bInterfaceSubClass"),
        protocol: hex("bInterfaceProtocol"),
    }
}

/// A line of text; `None` where it is missing or empty.
fn attribute(folder: &Path, name: &str) -> Option<String> {
    let octets = fs::read(folder.join(name)).ok()?;
    let text = String::from_utf8_lossy(&octets).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

fn last(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_string_lossy().into_owned())
}

/// The device file of a port.
pub(super) fn device(dev: &Path, node: &Node) -> PathBuf {
    dev.join(&node.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_wwan_port_tells_what_it_is_for() {
        for (name, known) in [
            ("wwan0at0", Some(("wwan0", Role::At))),
            ("wwan12at10", Some(("wwan12", Role::At))),
            ("wwan0qcdm0", Some(("wwan0", Role::Diag))),
            ("wwan0mbim0", Some(("wwan0", Role::Net))),
            ("wwan1qmi0", Some(("wwan1", Role::Net))),
            ("wwan0", None),
            ("wwan0at", None),
            ("wwanat0", None),
            ("wwan0fastboot0", None),
            ("cdc-wdm0", None),
        ] {
            let told = wwan_of(name).zip(wwan(name).map(|(_, role)| role));
            assert_eq!(told, known, "{name}");
        }
    }
}
