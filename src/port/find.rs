//! Which ports there are, and which one the user means.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::absent::none_found;
use super::sysfs::{self, Node};
use super::{Holder, PortSpec, Roots, holders, role};
use crate::Error;
use crate::modems::{Role, UsbId};

/// A port that might be a modem's.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The device file.
    pub device: PathBuf,
    /// The USB device behind it.
    pub usb: Option<UsbId>,
    /// Bus and chain of hub ports, as `usb:` takes it: `1-1.2`.
    pub topology: Option<String>,
    /// `bInterfaceNumber`.
    pub interface: Option<u8>,
    /// The kernel driver.
    pub driver: Option<String>,
    /// What it is for, as far as a table or the kernel tells.
    pub role: Role,
    /// The maker, in the device's own words.
    pub manufacturer: Option<String>,
    /// The product, in the device's own words.
    pub product: Option<String>,
    /// The serial number of the USB device; with some modems it is the IMEI.
    pub serial: Option<String>,
    /// Who has it open; filled by [`name_holders`].
    pub holder: Option<Holder>,
    /// Why nothing is written to it unless the user names it; `None` where it may be probed.
    pub rejected: Option<Cow<'static, str>>,
    /// Place among the modem's ports of this role, where a table lists several.
    pub place: usize,
}

impl Candidate {
    /// The modem it belongs to: ports with the same answer are one device.
    pub fn modem(&self) -> &str {
        self.topology.as_deref().unwrap_or_else(|| {
            let name = self.device.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            sysfs::wwan_of(name).unwrap_or(name)
        })
    }

    /// The name of its modem that stays wherever the ports are numbered; of its own, where that is all.
    pub fn spec(&self) -> PortSpec {
        match &self.topology {
            Some(place) => PortSpec::Topology(place.clone()),
            None => PortSpec::Device(self.device.clone()),
        }
    }

    /// Whether text may be written to it when the user asks for this very device.
    fn may_be_named(&self) -> bool {
        !matches!(self.role, Role::Diag | Role::Nmea | Role::Net)
    }

    /// Maker and product, without saying the maker twice; `None` where the device says neither.
    pub fn model(&self) -> Option<String> {
        model(self.manufacturer.as_deref(), self.product.as_deref())
    }

    /// `/dev/ttyUSB2 (Quectel EC25, usb:1-1.2)`.
    fn label(&self) -> String {
        let place = self.topology.as_ref().map(|topology| format!("usb:{topology}"));
        let facts: Vec<String> = self.model().into_iter().chain(place).collect();
        match facts.is_empty() {
            true => self.device.display().to_string(),
            false => format!("{} ({})", self.device.display(), facts.join(", ")),
        }
    }
}

/// Every port there is, modem by modem, each modem's ports in the order they are worth probing.
///
/// Nothing is opened. Empty where there is no sysfs.
pub fn candidates(roots: &Roots) -> Vec<Candidate> {
    let nodes = sysfs::ports(&roots.sys).into_iter();
    let mut found: Vec<Candidate> = nodes.map(|node| described(roots, node)).collect();
    found.sort_by_cached_key(|port| {
        let group = (port.rejected.is_some() && port.usb.is_none(), natural(port.modem()));
        (group, port.role, port.place, port.interface, natural(&port.device.to_string_lossy()))
    });
    found
}

/// What the kernel and the tables say of this port; `None` for a pseudo-terminal and its like.
pub fn candidate(device: &Path, roots: &Roots) -> Option<Candidate> {
    let name = device.file_name()?.to_str()?;
    sysfs::named(&roots.sys, name).map(|node| described(roots, node))
}

/// Fills in who has each port open; looks through the files of every process.
pub fn name_holders(ports: &mut [Candidate], roots: &Roots) {
    let devices: Vec<PathBuf> = ports.iter().map(|port| port.device.clone()).collect();
    let mut found = holders(&roots.proc, &devices);
    for port in ports {
        port.holder = found.remove(&port.device).and_then(|all| all.into_iter().next());
    }
}

/// The port worth probing first, of each modem.
pub fn first_ports(ports: &[Candidate]) -> Vec<&Candidate> {
    let usable = ports.iter().filter(|port| port.rejected.is_none());
    first_of_each(usable)
}

/// The ports that may be asked, modem by modem, each in the order they are worth asking.
pub fn by_modem(ports: Vec<Candidate>) -> Vec<Vec<Candidate>> {
    let mut modems: Vec<Vec<Candidate>> = Vec::new();
    for port in ports.into_iter().filter(|port| port.rejected.is_none()) {
        let same = |ports: &&mut Vec<Candidate>| {
            ports.first().is_some_and(|first| first.modem() == port.modem())
        };
        match modems.last_mut().filter(same) {
            Some(ports) => ports.push(port),
            None => modems.push(vec![port]),
        }
    }
    modems
}

/// The port that the user means.
///
/// `usb:` becomes the device file of its AT port; nothing at all becomes that of the only modem.
/// Every other spec comes back as it is: `imei:` and `iccid:` mean asking [`first_ports`].
///
/// # Errors
///
/// [`Error::Port`] where there is none, or several; the message lists them.
pub fn choose(spec: Option<&PortSpec>, roots: &Roots) -> Result<PortSpec, Error> {
    match spec {
        None | Some(PortSpec::Usb { .. } | PortSpec::Topology(_)) => {
            let first = ports_of(spec, roots)?.into_iter().next();
            first.map(|port| PortSpec::Device(port.device)).ok_or_else(|| none_found(roots))
        }
        Some(other) => Ok(other.clone()),
    }
}

/// The ports of the one modem that the user means, in the order they are worth asking.
///
/// # Errors
///
/// As [`choose`].
pub fn ports_of(spec: Option<&PortSpec>, roots: &Roots) -> Result<Vec<Candidate>, Error> {
    let fits = |port: &Candidate| match spec {
        Some(PortSpec::Usb { vendor, product }) => {
            port.usb == Some(UsbId { vendor: *vendor, product: *product }) && port.may_be_named()
        }
        Some(PortSpec::Topology(place)) => {
            port.topology.as_ref() == Some(place) && port.may_be_named()
        }
        _ => port.rejected.is_none(),
    };
    let mut ports = candidates(roots);
    ports.retain(fits);
    one_modem(roots, &first_of_each(ports.iter()), spec)?;
    if ports.iter().any(|port| port.rejected.is_none()) {
        ports.retain(|port| port.rejected.is_none()); // being named adds nothing here
    }
    Ok(ports)
}

/// The only modem there is, by the name that stays its own.
///
/// # Errors
///
/// As [`choose`].
pub fn only_modem(roots: &Roots) -> Result<PortSpec, Error> {
    let first = ports_of(None, roots)?.into_iter().next();
    first.map(|port| port.spec()).ok_or_else(|| none_found(roots))
}

fn one_modem(roots: &Roots, first: &[&Candidate], spec: Option<&PortSpec>) -> Result<(), Error> {
    match (first, spec) {
        ([_], _) => Ok(()),
        ([], None) => Err(none_found(roots)),
        ([], Some(spec)) => Err(Error::Port {
            message: format!("{spec}: no such device with a serial port"),
            hint: Some(
                "`saldo ports` lists what there is; in network mode a modem has none".into(),
            ),
        }),
        (several, _) => Err(Error::Port {
            message: format!("{} modems: {}", several.len(), labels(several)),
            hint: Some("choose one with `--port`".into()),
        }),
    }
}

fn labels(ports: &[&Candidate]) -> String {
    ports.iter().map(|port| port.label()).collect::<Vec<_>>().join(", ")
}

fn first_of_each<'a>(ports: impl Iterator<Item = &'a Candidate>) -> Vec<&'a Candidate> {
    let mut first: Vec<&Candidate> = Vec::new();
    for port in ports {
        if first.iter().all(|other| other.modem() != port.modem()) {
            first.push(port);
        }
    }
    first
}

fn described(roots: &Roots, node: Node) -> Candidate {
    let (role, place) = role::of(&node);
    let rejected = role::rejected(&node, role);
    let device = sysfs::device(&roots.dev, &node);
    let usb = node.usb.unwrap_or_default();
    Candidate {
        device,
        usb: usb.id,
        topology: Some(usb.topology).filter(|place| !place.is_empty()),
        interface: node.interface.map(|interface| interface.number),
        driver: node.driver,
        role,
        manufacturer: usb.manufacturer,
        product: usb.product,
        serial: usb.serial,
        holder: None,
        rejected,
        place,
    }
}

/// Maker and product, without saying the maker twice.
pub(super) fn model(maker: Option<&str>, product: Option<&str>) -> Option<String> {
    let (maker, product) = (maker.unwrap_or_default(), product.unwrap_or_default());
    let again = product.to_lowercase().starts_with(&maker.to_lowercase());
    let model = if again { product.to_owned() } else { format!("{maker} {product}") };
    Some(model.trim().to_owned()).filter(|model| !model.is_empty())
}

/// `ttyUSB10` after `ttyUSB2`: text and numbers in turns.
fn natural(text: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(digits);
        let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (number, tail) = tail.split_at(end);
        parts.push((word.to_owned(), number.parse().unwrap_or(0)));
        rest = tail;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_count() {
        let mut names = vec!["ttyUSB10", "ttyACM0", "1-1.10", "ttyUSB2", "1-1.2", "1-1"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["1-1", "1-1.2", "1-1.10", "ttyACM0", "ttyUSB2", "ttyUSB10"]);
    }
}
