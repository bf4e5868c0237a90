//! Whether this machine's own connection runs over a modem: whoever switches its profile cuts it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Roots, candidates, holders};

/// The network interface of the modem behind this port over which the machine reaches other networks;
/// `None` where none is seen.
///
/// An interface of the modem's own is known by its place on the bus. One that pppd makes has no place: it
/// counts where pppd holds a port of the modem.
pub fn own_connection(roots: &Roots, device: &Path) -> Option<String> {
    let outward = outward(roots);
    if outward.is_empty() {
        return None;
    }
    let device = fs::canonicalize(device).unwrap_or_else(|_| device.into());
    let ports = candidates(roots);
    let modem = ports.iter().find(|port| port.device == device)?.modem().to_owned();
    let own: Vec<_> = ports.iter().filter(|port| port.modem() == modem).collect();
    let devices: Vec<_> = own.iter().map(|port| port.device.clone()).collect();
    let held = holders(&roots.proc, &devices).into_values().flatten();
    let is_dialled = held.into_iter().any(|holder| holder.program == "pppd");
    let is_own = |name: &String| match place(roots, name) {
        Some(place) => place.split('/').any(|part| part == modem),
        None => is_dialled && name.starts_with("ppp"),
    };
    outward.into_iter().find(is_own)
}

/// The interfaces that have a default route, of either family.
fn outward(roots: &Roots) -> BTreeSet<String> {
    let read = |name: &str| fs::read_to_string(roots.proc.join("net").join(name));
    let (four, six) = (read("route").unwrap_or_default(), read("ipv6_route").unwrap_or_default());
    let four = four.lines().filter_map(default_route);
    four.chain(six.lines().filter_map(default_route_6)).map(str::to_owned).collect()
}

/// Of `/proc/net/route`: interface, destination, gateway, flags, ..., mask in the eighth column.
fn default_route(line: &str) -> Option<&str> {
    let columns: Vec<_> = line.split_whitespace().collect();
    match columns[..] {
        [name, "00000000", _, _, _, _, _, "00000000", ..] => Some(name),
        _ => None,
    }
}

/// Of `/proc/net/ipv6_route`: destination, its length, ..., interface at the end. The kernel's own
/// "unreachable" stands on `lo`.
fn default_route_6(line: &str) -> Option<&str> {
    let mut columns = line.split_whitespace();
    let is_default = columns.next()?.bytes().all(|digit| digit == b'0') && columns.next()? == "00";
    columns.last().filter(|name| is_default && *name != "lo")
}

/// Where in the tree of devices the interface hangs; `None` for one that is made of software.
fn place(roots: &Roots, name: &str) -> Option<String> {
    let class = roots.sys.join("class/net").join(name);
    let own = fs::canonicalize(class.join("device")).ok();
    let device = own.or_else(|| below(&class))?;
    Some(device.to_string_lossy().into_owned())
}

/// The device under an interface that stands on another one, such as `qmimux0` on `wwan0`.
fn below(class: &Path) -> Option<PathBuf> {
    let is_lower = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with("lower_");
    let lower = fs::read_dir(class).ok()?.flatten().find(is_lower)?;
    fs::canonicalize(lower.path().join("device")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_default_route_leads_outward() {
        for (line, name) in [
            ("wwan0 00000000 0101A8C0 0003 0 0 700 00000000 0 0 0", Some("wwan0")),
            ("wwan0 0001A8C0 00000000 0001 0 0 700 00FFFFFF 0 0 0", None),
            ("Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT", None),
            ("", None),
        ] {
            assert_eq!(default_route(line), name, "{line}");
        }
        let zeros = "0".repeat(32);
        for (line, name) in [
            (format!("{zeros} 00 {zeros} 00 fe80 00000400 1 0 00450003 wwan0"), Some("wwan0")),
            (format!("{zeros} 00 {zeros} 00 {zeros} ffffffff 1 0 00200200 lo"), None),
            (format!("fe80{} 40 {zeros} 00 {zeros} 1 1 0 1 eth0", &zeros[4..]), None),
            (String::new(), None),
        ] {
            assert_eq!(default_route_6(&line), name, "{line}");
        }
    }
}
