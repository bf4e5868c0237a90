//! What a user calls a port, and how it is written.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::Error;

/// One port, as `--port` and `SALDO_PORT` name it.
///
/// [`fmt::Display`] writes it the way it is read, but with IMEI and ICCID masked: it is for
/// messages and JSON.
///
/// ```
/// use saldo::port::PortSpec;
///
/// let spec: PortSpec = "usb:2c7c:0125".parse().unwrap();
/// assert_eq!(spec, PortSpec::Usb { vendor: 0x2c7c, product: 0x0125 });
/// let spec: PortSpec = "imei:867530012345678".parse().unwrap();
/// assert_eq!(spec.to_string(), "imei:8675…5678");
/// assert!("ttyUSB2".parse::<PortSpec>().is_err());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PortSpec {
    /// A device file, or a link to one: `/dev/ttyUSB2`, `/dev/serial/by-id/…`, `./modem`.
    Device(PathBuf),
    /// The AT port of the USB device with these ids: `usb:2c7c:0125`.
    Usb {
        /// `idVendor`.
        vendor: u16,
        /// `idProduct`.
        product: u16,
    },
    /// The AT port of the USB device on this bus and chain of hub ports: `usb:1-1.2`.
    Topology(String),
    /// The modem with this IMEI: `imei:…`. Finding it means asking every modem.
    Imei(Digits),
    /// The modem that holds this SIM: `iccid:…`. Finding it means asking every modem.
    Iccid(Digits),
    /// A port on the network, as ser2net offers it: `tcp:HOST:PORT`.
    Tcp {
        /// Name or address; an IPv6 address without its brackets.
        host: String,
        /// TCP port.
        port: u16,
    },
    /// The modem that ModemManager lists under this number, `mm:N`, or the only one, `mm:`.
    ModemManager(Option<u32>),
    /// A simulated modem: a scenario's name, a file, or nothing to have the scenarios listed.
    Sim(String),
}

/// Digits that name a modem or a SIM; both [`fmt::Debug`] and [`fmt::Display`] mask them.
#[derive(Clone, Eq, PartialEq)]
pub struct Digits(String);

impl Digits {
    /// The digits whole: for comparing, never for showing.
    pub fn unmasked(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ends = (self.0.get(..4), self.0.get(self.0.len().saturating_sub(4)..));
        match ends {
            (Some(first), Some(last)) if self.0.len() > 8 => write!(f, "{first}…{last}"),
            _ => f.write_str("…"),
        }
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({self})")
    }
}

/// Why a text names no port.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` names no port: {reason}")]
pub struct SpecError {
    text: String,
    reason: String,
}

impl From<SpecError> for Error {
    fn from(error: SpecError) -> Self {
        let hint = Some("`saldo ports` lists the ports of this machine".into());
        Self::Usage { message: error.to_string(), hint }
    }
}

impl FromStr for PortSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let is_path = text.split_once('/').is_some_and(|(first, _)| !first.contains(':'));
        let parsed = if is_path { Ok(Self::Device(text.into())) } else { scheme(text) };
        parsed.map_err(|reason| {
            let text = if reason.secret { "…".into() } else { text.to_owned() };
            SpecError { text, reason: reason.words }
        })
    }
}

impl fmt::Display for PortSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(path) => write!(f, "{}", path.display()),
            Self::Usb { vendor, product } => write!(f, "usb:{vendor:04x}:{product:04x}"),
            Self::Topology(place) => write!(f, "usb:{place}"),
            Self::Imei(digits) => write!(f, "imei:{digits}"),
            Self::Iccid(digits) => write!(f, "iccid:{digits}"),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp:[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Self::ModemManager(Some(index)) => write!(f, "mm:{index}"),
            Self::ModemManager(None) => f.write_str("mm:"),
            Self::Sim(name) => write!(f, "sim:{name}"),
        }
    }
}

struct Reason {
    words: String,
    /// The text holds (part of) an IMEI or ICCID and stays out of the message.
    secret: bool,
}

impl From<&str> for Reason {
    fn from(words: &str) -> Self {
        Self { words: words.into(), secret: false }
    }
}

fn scheme(text: &str) -> Result<PortSpec, Reason> {
    let Some((scheme, rest)) = text.split_once(':') else { return Err(bare(text)) };
    match scheme {
        "usb" => usb(rest),
        "imei" => digits(rest, 15..=16, "an IMEI has 15 digits").map(PortSpec::Imei),
        "iccid" => digits(rest, 18..=20, "an ICCID has 18 to 20 digits").map(PortSpec::Iccid),
        "tcp" => tcp(rest),
        "mm" if rest.is_empty() => Ok(PortSpec::ModemManager(None)),
        "mm" if number(rest) => rest
            .parse()
            .map(|index| PortSpec::ModemManager(Some(index)))
            .map_err(|_| "no modem has so great a number".into()),
        "mm" => Err("write mm:N, with N from `mmcli -L`, or mm: for the only modem".into()),
        "sim" => Ok(PortSpec::Sim(rest.to_owned())),
        _ => Err(FORMS.into()),
    }
}

const FORMS: &str =
    "write /dev/…, usb:VID:PID, usb:BUS-PORT, imei:…, iccid:…, tcp:HOST:PORT, mm:N or sim:NAME";

/// A word alone is a typo more often than a file in the current folder.
fn bare(text: &str) -> Reason {
    let device = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let words = if device && text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("did you mean /dev/{text}? Else {FORMS}")
    } else {
        FORMS.into()
    };
    Reason { words, secret: text.bytes().filter(u8::is_ascii_digit).count() > 8 }
}

fn usb(rest: &str) -> Result<PortSpec, Reason> {
    if let Some((vendor, product)) = rest.split_once(':') {
        let ids = hex4(vendor).zip(hex4(product));
        let (vendor, product) =
            ids.ok_or_else(|| Reason::from("USB ids are four hexadecimal digits each"))?;
        return Ok(PortSpec::Usb { vendor, product });
    }
    let is_topology = rest.split_once('-').is_some_and(|(bus, ports)| {
        number(bus) && ports.split('.').all(number) // as sysfs names devices: 1-1.2
    });
    if is_topology {
        Ok(PortSpec::Topology(rest.to_owned()))
    } else {
        Err("write usb:VID:PID (as `lsusb` shows) or usb:BUS-PORT.PORT".into())
    }
}

fn number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn hex4(text: &str) -> Option<u16> {
    let plain = text.len() == 4 && text.bytes().all(|b| b.is_ascii_hexdigit());
    plain.then(|| u16::from_str_radix(text, 16).ok()).flatten()
}

fn digits(
    rest: &str,
    length: std::ops::RangeInclusive<usize>,
    rule: &str,
) -> Result<Digits, Reason> {
    let fits = number(rest) && length.contains(&rest.len());
    fits.then(|| Digits(rest.to_owned())).ok_or_else(|| Reason { words: rule.into(), secret: true })
}

fn tcp(rest: &str) -> Result<PortSpec, Reason> {
    let (host, port) = rest.rsplit_once(':').ok_or_else(|| Reason::from("write tcp:HOST:PORT"))?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match port.parse() {
        Ok(port) if port != 0 && !host.is_empty() => {
            Ok(PortSpec::Tcp { host: host.to_owned(), port })
        }
        _ => Err("write tcp:HOST:PORT, with PORT from 1 to 65535".into()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn every_form_is_read_and_written_back() {
        for text in [
            "/dev/ttyUSB2",
            "./modem",
            "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.2:1.2-port0",
            "usb:2c7c:0125",
            "usb:1-1.2",
            "usb:3-4",
            "tcp:router.lan:2000",
            "tcp:192.0.2.7:2000",
            "tcp:[2001:db8::7]:2000",
            "mm:0",
            "mm:",
            "sim:be-proximus",
            "sim:fixtures/scripts/menu.at",
            "sim:",
        ] {
            assert_eq!(text.parse::<PortSpec>().unwrap().to_string(), text);
        }
    }

    #[test]
    #[rustfmt::skip]
    fn what_names_no_port_is_refused_with_the_forms() {
        for (text, words) in [
            ("",                 "usb:VID:PID"),
            ("ttyUSB2",          "did you mean /dev/ttyUSB2?"),
            ("COM3",             "sim:NAME"),
            ("usb:",             "usb:BUS-PORT.PORT"),
            ("usb:2c7c",         "usb:BUS-PORT.PORT"),
            ("usb:2c7c:125",     "four hexadecimal digits"),
            ("usb:+123:0125",    "four hexadecimal digits"),
            ("usb:1-1.",         "usb:BUS-PORT.PORT"),
            ("imei:12345",       "15 digits"),
            ("iccid:89x",        "18 to 20 digits"),
            ("tcp:host",         "tcp:HOST:PORT"),
            ("tcp://host:2000/", "tcp:HOST:PORT"),
            ("tcp::2000",        "tcp:HOST:PORT"),
            ("tcp:host:0",       "1 to 65535"),
            ("tcp:host:70000",   "1 to 65535"),
            ("mm:-1",            "mm:N"),
            ("mm:+1",            "mm:N"),
            ("mm:4294967296",    "so great"),
            ("gopher:modem",     "tcp:HOST:PORT"),
        ] {
            let error = text.parse::<PortSpec>().unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn imei_and_iccid_are_never_shown_whole() {
        for text in ["imei:867530012345678", "iccid:89320000000000000010"] {
            let spec: PortSpec = text.parse().unwrap();
            let digits = text.split_once(':').unwrap().1;
            assert!(!format!("{spec} {spec:?}").contains(digits), "{spec} {spec:?}");
        }
        for text in ["imei:8675300123456789999", "iccid:8932000000000000001", "867530012345678"] {
            if let Err(error) = text.parse::<PortSpec>() {
                assert!(!error.to_string().contains(&text[6..]), "{error}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_reads_the_same_again(text in ".{0,40}") {
            if let Ok(spec) = text.parse::<PortSpec>() {
                let shown = spec.to_string();
                if !shown.contains('…') {
                    prop_assert_eq!(shown.parse::<PortSpec>().unwrap(), spec);
                }
            }
        }
    }
}
