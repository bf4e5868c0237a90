//! `[mqtt]` of the settings: which broker, and who we are to it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::{env, fs};

use serde::{Deserialize, Deserializer, de};

use crate::Error;

/// The password, where it is not in a file.
const PASSWORD: &str = "SALDO_MQTT_PASSWORD";

/// Where a broker is, and what is said to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// `mqtt://HOST:PORT`, or `mqtts://HOST:PORT` for TLS.
    pub url: Url,
    /// The user's name, where the broker wants one.
    pub user: Option<String>,
    /// A file with the password alone; the environment's `SALDO_MQTT_PASSWORD` wins.
    pub password_file: Option<PathBuf>,
    /// By what the broker knows us again; `saldo-DEVICE` where nothing is said.
    pub client_id: Option<String>,
    /// What every topic begins with.
    #[serde(default = "saldo", deserialize_with = "prefix")]
    pub prefix: String,
    /// This machine's name in the topics; its host name where nothing is said.
    pub device: Option<String>,
    /// Whose signature the broker's certificate has, in PEM; without it, the public authorities'.
    pub ca_file: Option<PathBuf>,
    /// Our own certificate, in PEM, where the broker wants one.
    pub certificate: Option<PathBuf>,
    /// The key of our certificate, in PEM.
    pub key: Option<PathBuf>,
    /// Whether Home Assistant is told of every modem.
    #[serde(default)]
    pub discovery: bool,
    /// Where Home Assistant listens.
    #[serde(default = "homeassistant", deserialize_with = "prefix")]
    pub discovery_prefix: String,
    /// Whether a message may ask us to check a modem now.
    #[serde(default)]
    pub commands: bool,
    /// Seconds of silence after which we ask the broker whether it is there.
    #[serde(default = "five_minutes")]
    pub keep_alive: u16,
    /// Seconds to the first try after the connection has ended; tests are in a hurry.
    #[serde(skip, default = "second")]
    pub first_wait: f32,
}

impl Settings {
    /// What holds of a broker where nothing else is said.
    pub fn of(url: Url) -> Self {
        Self {
            url,
            user: None,
            password_file: None,
            client_id: None,
            prefix: saldo(),
            device: None,
            ca_file: None,
            certificate: None,
            key: None,
            discovery: false,
            discovery_prefix: homeassistant(),
            commands: false,
            keep_alive: five_minutes(),
            first_wait: second(),
        }
    }

    /// Files that the settings name are found from the folder these settings are in.
    pub fn look_in(&mut self, folder: &Path) {
        let files =
            [&mut self.password_file, &mut self.ca_file, &mut self.certificate, &mut self.key];
        files.into_iter().flatten().for_each(|file| *file = folder.join(&*file));
    }

    /// This machine's name in the topics.
    pub fn device(&self) -> String {
        // Not from /proc, of which a service may see the processes only.
        let host = || rustix::system::uname().nodename().to_string_lossy().into_owned();
        let name = self.device.clone().unwrap_or_else(host);
        if name.trim().is_empty() { saldo() } else { name.trim().to_owned() }
    }

    /// The password, from the environment or the file.
    pub(super) fn password(&self) -> Result<Option<String>, Error> {
        if let Some(password) = env::var(PASSWORD).ok().filter(|password| !password.is_empty()) {
            return Ok(Some(password));
        }
        let Some(file) = &self.password_file else { return Ok(None) };
        let usage = |why: &str| Error::Usage {
            message: format!("password-file {}: {why}", file.display()),
            hint: None,
        };
        let text = fs::read_to_string(file).map_err(|error| usage(&crate::error::words(&error)))?;
        let password = text.lines().next().unwrap_or_default();
        if password.is_empty() {
            return Err(usage("its first line is empty"));
        }
        Ok(Some(password.to_owned()))
    }
}

/// Where a broker listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Whether it speaks TLS.
    pub is_tls: bool,
    /// A name, or an address with no brackets.
    pub host: String,
    /// 1883 and 8883 where nothing is said.
    pub port: u16,
}

impl FromStr for Url {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "write mqtt://HOST:PORT, or mqtts://HOST:PORT for TLS";
        let (is_tls, rest) = match text.split_once("://").ok_or(FORM)? {
            ("mqtt", rest) => (false, rest),
            ("mqtts", rest) => (true, rest),
            _ => return Err(FORM),
        };
        if rest.contains('@') {
            return Err(
                "name and password do not belong here: `user` and `password-file` hold them",
            );
        }
        let (host, port) = split_port(rest.strip_suffix('/').unwrap_or(rest)).ok_or(FORM)?;
        let is_host = !host.is_empty() && !host.contains(['/', '[', ']', ' ']);
        if !is_host {
            return Err(FORM);
        }
        let usual = if is_tls { 8883 } else { 1883 };
        let port = port.map_or(Ok(usual), str::parse).map_err(|_| FORM)?;
        Ok(Self { is_tls, host: host.to_owned(), port })
    }
}

/// Host and port of `HOST`, `HOST:PORT`, `[ADDRESS]` and `[ADDRESS]:PORT`.
fn split_port(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        return match port {
            "" => Some((host, None)),
            _ => Some((host, Some(port.strip_prefix(':')?))),
        };
    }
    match text.split_once(':') {
        Some((host, port)) => Some((host, Some(port))),
        None => Some((text, None)),
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "mqtts" } else { "mqtt" };
        match self.host.contains(':') {
            true => write!(f, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

impl<'de> Deserialize<'de> for Url {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        let text = String::deserialize(field)?;
        text.parse().map_err(|why| de::Error::custom(format!("`url`: {why}")))
    }
}

/// What topics begin with: no wildcard, and nothing empty between slashes.
fn prefix<'de, D: Deserializer<'de>>(field: D) -> Result<String, D::Error> {
    let prefix = String::deserialize(field)?;
    let is_level = |level: &str| !level.is_empty() && !level.contains(['+', '#', '\0']);
    match prefix.split('/').all(is_level) && !prefix.starts_with('$') {
        true => Ok(prefix),
        false => Err(de::Error::custom(format!(
            "`{prefix}` begins no topic: write words, with / between"
        ))),
    }
}

fn saldo() -> String {
    "saldo".to_owned()
}

fn homeassistant() -> String {
    "homeassistant".to_owned()
}

/// Each ping costs 160 octets with TCP/IP: 47 kB a day at this, 230 at the minute that is usual.
fn five_minutes() -> u16 {
    300
}

fn second() -> f32 {
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn a_url_says_where_a_broker_listens() {
        for (text, expected) in [
            ("mqtt://broker.lan",        Some((false, "broker.lan", 1883))),
            ("mqtts://broker.lan/",      Some((true, "broker.lan", 8883))),
            ("mqtt://10.0.0.1:1884",     Some((false, "10.0.0.1", 1884))),
            ("mqtt://[::1]:1884",        Some((false, "::1", 1884))),
            ("mqtts://[::1]",            Some((true, "::1", 8883))),
            ("mqtt://::1",               None),
            ("broker.lan",               None),
            ("http://broker.lan",        None),
            ("mqtt://",                  None),
            ("mqtt://broker.lan:99999",  None),
            ("mqtt://[::1]x",            None),
            ("mqtt://me:secret@broker",  None),
            ("mqtt://broker/path",       None),
        ] {
            let read = text.parse::<Url>().ok();
            assert_eq!(read.as_ref().map(|url| (url.is_tls, &*url.host, url.port)), expected, "{text}");
            if let Some(url) = read {
                assert_eq!(url.to_string().parse(), Ok(url));
            }
        }
    }

    #[test]
    fn the_table_of_the_settings_reads_with_its_defaults_and_refuses_what_it_does_not_know() {
        let read = |text: &str| {
            toml::from_str::<Settings>(text).map_err(|error| error.message().to_owned())
        };
        let settings = read("url = \"mqtt://broker\"\ndevice = \" attic \"").unwrap();
        assert_eq!(
            (&*settings.prefix, &*settings.device(), settings.keep_alive),
            ("saldo", "attic", 300)
        );
        assert!(!settings.commands && !settings.discovery);
        let mut named =
            read("url = \"mqtt://broker\"\nca-file = \"ca.pem\"\nkey = \"/run/key\"").unwrap();
        named.look_in(Path::new("/etc/saldo"));
        assert_eq!(named.ca_file.as_deref(), Some(Path::new("/etc/saldo/ca.pem")));
        assert_eq!(named.key.as_deref(), Some(Path::new("/run/key")));
        for (text, expected) in [
            ("device = \"attic\"", "missing field `url`"),
            ("url = \"mqtt://me:x@broker\"", "`url`: name and password do not belong here"),
            ("url = \"mqtt://broker\"\nprefix = \"a/#\"", "`a/#` begins no topic"),
            ("url = \"mqtt://broker\"\npasswort = \"x\"", "unknown field `passwort`"),
        ] {
            assert!(read(text).unwrap_err().starts_with(expected), "{text}");
        }
    }
}
