//! What a port is for, as its driver and the tables say, and why it is left alone.

use std::borrow::Cow;

use super::sysfs::{Kind, Node};
use crate::modems::{self, Role};

/// What the port is for, and its place among the modem's ports of this role.
pub(super) fn of(node: &Node) -> (Role, usize) {
    match node.kind {
        Kind::Tty => of_tty(node),
        Kind::Wwan(role) => (role, 0),
        Kind::Control => (Role::Net, 0),
    }
}

fn of_tty(node: &Node) -> (Role, usize) {
    let driver = node.driver.as_deref().unwrap_or_default();
    let Some(usb) = node.usb.as_ref().and_then(|usb| usb.id) else { return (Role::Uart, 0) };
    match node.hso.as_deref() {
        Some("Application") => return (Role::At, 0),
        Some("Control" | "Control 2") => return (Role::At, 1),
        Some("Modem") => return (Role::Modem, 0),
        Some("Diagnostic" | "Diagnostic 2") => return (Role::Diag, 0),
        Some("GPS" | "GPS Control") => return (Role::Nmea, 0),
        _ => {}
    }
    if ADAPTERS.binary_search(&driver).is_ok() {
        return (Role::Adapter, 0);
    }
    modems::role(usb, &node.interface.unwrap_or_default())
}

/// Why nothing is written to it unless the user names it; `None` where it may be asked.
pub(super) fn rejected(node: &Node, role: Role) -> Option<Cow<'static, str>> {
    let usb = node.usb.as_ref().and_then(|usb| usb.id);
    let driver = node.driver.as_deref().unwrap_or_default();
    let reason = match role {
        Role::At | Role::Modem => None,
        Role::Diag => Some("for diagnosis: swallows commands"),
        Role::Nmea => Some("sends positions, takes no commands"),
        Role::Net => Some("carries packets, not commands"),
        Role::Uart => Some("a UART, may be anything: name it with --port"),
        Role::Adapter => Some("a serial adapter, may be anything: name it with --port"),
        Role::Unknown if usb.is_some_and(modems::is_known) => None,
        Role::Unknown if MODEM_DRIVERS.binary_search(&driver).is_ok() => None,
        Role::Unknown => Some("not known as a modem: name it with --port"),
    };
    reason.map(Cow::Borrowed)
}

/// Kernel drivers of USB-to-UART bridges. Behind one may be a modem, a printer or a boot loader.
#[rustfmt::skip]
const ADAPTERS: &[&str] = &[
    "ark3116", "ch341", "ch343", "cp210x", "cypress_m8", "f81232", "f81534", "ftdi_sio", "io_edgeport", "io_ti",
    "keyspan", "mct_u232", "mos7720", "mos7840", "mxuport", "oti6858", "pl2303", "quatech2", "spcp8x5", "ssu100",
    "ti_usb_3410_5052", "upd78f0730", "xr_serial",
];

/// Kernel drivers that bind to nothing but modems.
const MODEM_DRIVERS: &[&str] = &["hso", "ipw", "option", "option1", "qcserial", "sierra"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn driver_lists_are_sorted() {
        for list in [ADAPTERS, MODEM_DRIVERS] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{list:?}");
        }
    }
}
