//! How modems differ, in rows: one file a maker in `data/`, read only when it is needed.
//!
//! | file | holds |
//! |---|---|
//! | `data/<maker>.toml` | the rows, each with why and where it was seen |
//! | `dialect` | what a row may set, and the standard |
//! | `check` | what a row must keep to |
//! | `fallback` | the way to 2G or 3G, and back |
//! | `user` | the user's own rows in front of these |
//! | `usb` | which interface of a USB device is for what |
//!
//! ```
//! use saldo::modems::{Dialects, Identity};
//! use saldo::ussd::Form;
//!
//! let dialects = Dialects::built_in();
//! let stick = Identity { manufacturer: "huawei".into(), model: "E3372".into(), ..Identity::default() };
//! assert_eq!(dialects.of(&stick).request.first(), Some(&Form::Packed));
//! assert_eq!(dialects.of(&Identity::default()).key, "generic");
//! ```

mod check;
mod dialect;
mod fallback;
mod usb;
mod user;

use std::sync::OnceLock;

use serde::Deserialize;

use crate::packed::{self, packed};
use crate::rows;

pub use dialect::{Cancel, Charset, Dialect, Order};
pub use fallback::Fallback;
pub use usb::{By, Interface, Layout, Role, UsbId};
pub use user::Dialects;

/// What a modem says of itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Identity {
    /// `AT+CGMI`.
    pub manufacturer: String,
    /// `AT+CGMM`.
    pub model: String,
    /// `AT+CGMR`.
    pub firmware: String,
    /// Where it is a USB device: helps when it does not say who made it.
    pub usb: Option<UsbId>,
}

/// The built-in rows about this modem, the closest first.
fn rows_for(modem: &Identity) -> Vec<&'static dialect::Row> {
    let maker = maker(modem).unwrap_or("generic");
    let file = FILES.iter().find(|file| file.name == maker);
    file.map(|file| dialect::Row::fitting(&file.data().dialect, &modem.model)).unwrap_or_default()
}

/// What this interface of this USB device is for, and its place among those of the same role.
///
/// [`Role::Unknown`] where no row knows; the table orders the probing, it never ends it.
pub fn role(usb: UsbId, interface: &Interface) -> (Role, usize) {
    let known = layouts_of(usb).find_map(|layout| layout.role(interface));
    known.unwrap_or_else(|| match interface.is_at() && !is_known(usb) {
        true => (Role::At, usize::MAX),
        false => (Role::Unknown, usize::MAX),
    })
}

/// Whether any row is about a device of this vendor. Some of them make more than modems.
pub fn is_maker(vendor: u16) -> bool {
    FILES.iter().any(|file| file.vendors.contains(&vendor))
}

/// Whether any row is about this device.
pub fn is_known(usb: UsbId) -> bool {
    layouts_of(usb).next().is_some()
}

/// Words in the answer to `ATI` of this vendor's ports that say `OK` to everything and do nothing.
pub fn decoys(usb: UsbId) -> impl Iterator<Item = &'static str> {
    layouts_by(usb.vendor).flat_map(|layout| &layout.decoys).map(String::as_str)
}

/// Whether this vendor's modems may answer on another port than the one that was asked.
pub fn replies_elsewhere(usb: UsbId) -> bool {
    layouts_by(usb.vendor).any(|layout| layout.reply_elsewhere)
}

/// Every layout there is, sorted by vendor and product.
pub fn layouts() -> Vec<&'static Layout> {
    let mut all: Vec<&Layout> = FILES.iter().flat_map(|file| &file.data().usb).collect();
    all.sort_by(|a, b| (a.vendor, &a.products).cmp(&(b.vendor, &b.products)));
    all
}

fn layouts_of(usb: UsbId) -> impl Iterator<Item = &'static Layout> {
    layouts_by(usb.vendor).filter(move |layout| layout.covers(usb))
}

fn layouts_by(vendor: u16) -> impl Iterator<Item = &'static Layout> {
    let files = FILES.iter().filter(move |file| file.vendors.contains(&vendor));
    files.flat_map(|file| &file.data().usb).filter(move |layout| layout.vendor == vendor)
}

/// By its own words first; rebranded modems often keep the maker's USB id only.
fn maker(modem: &Identity) -> Option<&'static str> {
    let by_name = |text: &str| {
        let text = text.to_lowercase();
        let files = FILES.iter().filter(|file| file.makers.iter().any(|word| text.contains(word)));
        files.map(|file| file.name).next()
    };
    let by_usb = || {
        let vendor = modem.usb?.vendor;
        let mut files = FILES.iter().filter(|file| file.vendors.contains(&vendor));
        files.next().filter(|_| files.next().is_none()).map(|file| file.name)
    };
    by_name(&modem.manufacturer).or_else(|| by_name(&modem.model)).or_else(by_usb)
}

/// A data file, and what is needed to know that it need not be read.
struct File {
    name: &'static str,
    makers: &'static [&'static str],
    vendors: &'static [u16],
    packed: &'static [u8],
    data: OnceLock<Data>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Words of `AT+CGMI`, in lower case.
    #[cfg_attr(not(test), expect(dead_code, reason = "FILES holds them too; a test compares"))]
    maker: Vec<String>,
    #[serde(default)]
    dialect: Vec<dialect::Row>,
    #[serde(default)]
    usb: Vec<Layout>,
}

impl File {
    /// Read once, when first asked for. A test reads every file, so none comes out empty.
    fn data(&self) -> &Data {
        self.data.get_or_init(|| rows::read(&self.text()).unwrap_or_default())
    }

    fn text(&self) -> String {
        packed::text(self.packed, packed!("src/modems/data/dictionary"))
    }
}

macro_rules! file {
    ($name:literal, $makers:expr, $vendors:expr) => {
        File {
            name: $name,
            makers: &$makers,
            vendors: &$vendors,
            packed: packed!(concat!("src/modems/data/", $name, ".toml")),
            data: OnceLock::new(),
        }
    };
}

#[rustfmt::skip]
static FILES: [File; 20] = [
    file!("cinterion", ["cinterion", "gemalto", "siemens", "thales"],    [0x1e2d]),
    file!("ericsson",  ["ericsson"],                                     [0x0930, 0x0bdb, 0x0fce, 0x413c]),
    file!("fibocom",   ["fibocom", "intel"],                             [0x0e8d, 0x1508, 0x1782, 0x2cb7, 0x8087]),
    file!("generic",   [],                                               []),
    file!("huawei",    ["brovi", "huawei"],                              [0x12d1]),
    file!("icera",     ["icera"],                                        [0x1983]),
    file!("longcheer", ["alcatel", "longcheer", "tct mobile"],           [0x1bbb, 0x1c9e]),
    file!("luat",      ["airm2m", "luat"],                               []),
    file!("mediatek",  ["mediatek", "mtk"],                              []),
    file!("nokia",     ["nokia"],                                        [0x0421]),
    file!("novatel",   ["inseego", "novatel"],                           [0x1410]),
    file!("option",    ["globetrotter", "option"],                       [0x0af0]),
    file!("qualcomm",  ["foxconn", "meig", "mikrotik", "qualcomm"],      [0x0489, 0x05c6, 0x2dee, 0x413c]),
    file!("quectel",   ["quectel"],                                      [0x05c6, 0x2c7c]),
    file!("rda",       ["ai thinker", "ai-thinker"],                     []),
    file!("sierra",    ["semtech", "sierra", "wavecom"],                 [0x1199, 0x413c]),
    file!("simcom",    ["simcom"],                                       [0x1e0e]),
    file!("telit",     ["telit"],                                        [0x1bc7]),
    file!("ublox",     ["u-blox", "ublox"],                              [0x05c6, 0x1546]),
    file!("zte",       ["zte"],                                          [0x19d2]),
];

#[cfg(test)]
mod tests;
