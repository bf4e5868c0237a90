//! Which interface of a USB modem is for what.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// `idVendor` and `idProduct` of a USB device; written `2c7c:0125`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UsbId {
    /// `idVendor`.
    pub vendor: u16,
    /// `idProduct`.
    pub product: u16,
}

impl fmt::Display for UsbId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}:{:04x}", self.vendor, self.product)
    }
}

impl Serialize for UsbId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the descriptor of a USB interface says (USB 2.0 clause 9.6.5).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Interface {
    /// `bInterfaceNumber`.
    pub number: u8,
    /// `bInterfaceClass`; 0xff is the vendor's own, 0x02 is communication.
    pub class: u8,
    /// `bInterfaceSubClass`.
    pub subclass: u8,
    /// `bInterfaceProtocol`.
    pub protocol: u8,
}

impl Interface {
    /// Whether it says that it takes AT commands (CDC 1.2 clause 4.3 and 4.4: abstract control
    /// model, ITU-T V.250 and its relatives).
    pub fn is_at(&self) -> bool {
        (self.class, self.subclass) == (0x02, 0x02) && (1..=6).contains(&self.protocol)
    }
}

/// What a port is for; in the order in which ports of one modem are worth trying.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Commands, and nothing else happens here.
    At,
    /// Takes commands too, but a data call may run on it (PPP).
    Modem,
    /// Not known.
    Unknown,
    /// Positions, once a second; swallows commands.
    Nmea,
    /// Diagnosis, traces, SIM access: swallows what is written, in silence.
    Diag,
    /// Packets (QMI, MBIM).
    Net,
    /// A UART of the board.
    Uart,
    /// A USB adapter with a UART behind it, and behind that who knows what.
    Adapter,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::At => "AT",
            Self::Modem => "modem",
            Self::Unknown => "?",
            Self::Nmea => "NMEA",
            Self::Diag => "diag",
            Self::Net => "net",
            Self::Uart => "UART",
            Self::Adapter => "adapter",
        })
    }
}

/// Where the ports of some USB devices are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Layout {
    /// `idVendor`.
    #[serde(deserialize_with = "hex")]
    pub vendor: u16,
    /// `idProduct`s; none means every product of the vendor.
    #[serde(default, deserialize_with = "hexes")]
    pub products: Vec<u16>,
    /// What the lists below count: interface numbers, or protocol octets.
    #[serde(default)]
    pub by: By,
    /// Ports for commands, best first.
    #[serde(default)]
    pub at: Vec<u8>,
    /// Ports that take commands and data calls.
    #[serde(default)]
    pub modem: Vec<u8>,
    /// Ports never to be written to.
    #[serde(default)]
    pub diag: Vec<u8>,
    /// Ports that send positions.
    #[serde(default)]
    pub nmea: Vec<u8>,
    /// Ports that carry packets.
    #[serde(default)]
    pub qmi: Vec<u8>,
    /// Words in the answer to `ATI` by which a port gives itself away that says `OK` to everything and
    /// does nothing.
    #[serde(default)]
    pub decoys: Vec<String>,
    /// Whether `+CUSD` may come on another command port of the device than the one that was asked.
    #[serde(default)]
    pub reply_elsewhere: bool,
    /// What is behind the layout.
    pub why: String,
    /// Who says so.
    pub seen: String,
}

/// What a [`Layout`] goes by.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// `bInterfaceNumber`.
    #[default]
    Interface,
    /// `bInterfaceProtocol` of interfaces of the vendor's own class.
    Protocol,
}

impl Layout {
    /// Whether the row is about this device.
    pub fn covers(&self, usb: UsbId) -> bool {
        let named = self.products.is_empty() || self.products.contains(&usb.product);
        self.vendor == usb.vendor && named
    }

    /// What this interface is for, and its place among those of the same role.
    pub fn role(&self, interface: &Interface) -> Option<(Role, usize)> {
        let key = match self.by {
            By::Interface => interface.number,
            By::Protocol if interface.class == 0xff => interface.protocol,
            By::Protocol => return None,
        };
        self.lists().into_iter().find_map(|(role, list)| {
            list.iter().position(|number| *number == key).map(|place| (role, place))
        })
    }

    pub(super) fn lists(&self) -> [(Role, &[u8]); 5] {
        [
            (Role::At, &self.at),
            (Role::Modem, &self.modem),
            (Role::Diag, &self.diag),
            (Role::Nmea, &self.nmea),
            (Role::Net, &self.qmi),
        ]
    }
}

fn hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    four(&String::deserialize(deserializer)?)
}

fn hexes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u16>, D::Error> {
    Vec::<String>::deserialize(deserializer)?.iter().map(|text| four(text)).collect()
}

/// As `lsusb` writes them, so that a search finds them.
fn four<E: Error>(text: &str) -> Result<u16, E> {
    let plain = text.len() == 4 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let number = plain.then(|| u16::from_str_radix(text, 16).ok()).flatten();
    number.ok_or_else(|| E::custom(format!("`{text}` is not four lower-case hexadecimal digits")))
}
