//! What the kernel says of serial and WWAN ports, read from sysfs without asking any library.

use std::fs;
use std::path::{Path, PathBuf};

use crate::modems::{Interface, UsbId};

/// One port as the kernel has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    /// `ttyUSB2`, `wwan0at0`.
    pub(super) name: String,
    /// The USB device behind it.
    pub(super) usb: Option<UsbDevice>,
    /// The interface of that device, and the driver bound to it.
    pub(super) interface: Option<Interface>,
    pub(super) driver: Option<String>,
    /// What the `hso` driver says of its port: `Application`, `Control`, `Diagnostic`.
    pub(super) hso: Option<String>,
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

/// Ttys that have a device behind them: no consoles, no pseudo-terminals, no UARTs made up.
pub(super) fn ttys(sys: &Path) -> Vec<Node> {
    let folder = sys.join("class/tty");
    names(&folder).into_iter().filter_map(|name| tty(&folder.join(&name), name)).collect()
}

/// The one of this name, if it has a device behind it.
pub(super) fn tty_named(sys: &Path, name: &str) -> Option<Node> {
    tty(&sys.join("class/tty").join(name), name.to_owned())
}

/// AT ports of the WWAN subsystem: `wwan0at0` and its like, whose names tell what they are.
pub(super) fn wwans(sys: &Path) -> Vec<Node> {
    let folder = sys.join("class/wwan");
    let names = names(&folder).into_iter().filter(|name| is_wwan_at(name));
    names.filter_map(|name| Some(node(&fs::canonicalize(folder.join(&name)).ok()?, name))).collect()
}

fn tty(class: &Path, name: String) -> Option<Node> {
    let device = fs::canonicalize(class.join("device")).ok()?;
    if attribute(class, "type").as_deref() == Some("0") {
        return None; // PORT_UNKNOWN: the 8250 driver offers more ports than there are
    }
    Some(Node { hso: attribute(class, "hsotype"), ..node(&device, name) })
}

fn node(device: &Path, name: String) -> Node {
    let interface = device.ancestors().find(|folder| folder.join("bInterfaceNumber").exists());
    let usb = device.ancestors().find(|folder| folder.join("idVendor").exists());
    let bound = interface.unwrap_or(device);
    Node {
        name,
        usb: usb.map(usb_device),
        interface: interface.map(descriptor),
        driver: fs::read_link(bound.join("driver")).ok().and_then(|link| last(&link)),
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

fn is_wwan_at(name: &str) -> bool {
    let numbers = name.strip_prefix("wwan").and_then(|rest| rest.split_once("at"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    numbers.is_some_and(|(device, port)| is_number(device) && is_number(port))
}

fn last(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_string_lossy().into_owned())
}

/// The device file of a port.
pub(super) fn device(dev: &Path, node: &Node) -> PathBuf {
    dev.join(&node.name)
}
