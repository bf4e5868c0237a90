//! Where things are said: names in topics, and back.

use super::settings::Settings;

/// The topics of one machine.
pub(super) struct Topics {
    /// `PREFIX/DEVICE`.
    base: String,
    /// `PREFIX/device/saldo_DEVICE` of Home Assistant.
    discovery: String,
}

/// What is said of one modem.
#[derive(Clone, Copy)]
pub(super) enum Leaf {
    State,
    Record,
    Alert,
    Command,
}

impl Leaf {
    fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Record => "record",
            Self::Alert => "alert",
            Self::Command => "command",
        }
    }
}

impl Topics {
    pub(super) fn new(settings: &Settings, device: &str) -> Self {
        let base = format!("{}/{}", settings.prefix, escaped(device));
        let discovery = format!("{}/device/saldo_{}", settings.discovery_prefix, object_id(device));
        Self { base, discovery }
    }

    /// Whether we are there: `online` or `offline`.
    pub(super) fn status(&self) -> String {
        format!("{}/status", self.base)
    }

    pub(super) fn of(&self, modem: &str, leaf: Leaf) -> String {
        format!("{}/{}/{}", self.base, escaped(modem), leaf.as_str())
    }

    /// The commands to every modem, as a filter.
    pub(super) fn commands(&self) -> String {
        format!("{}/+/command", self.base)
    }

    /// The modem that is commanded there.
    pub(super) fn commanded(&self, topic: &str) -> Option<String> {
        let modem = topic.strip_prefix(&*self.base)?.strip_prefix('/')?.strip_suffix("/command")?;
        unescaped(modem)
    }

    /// What Home Assistant is told of a modem.
    pub(super) fn discovery(&self, modem: &str) -> String {
        format!("{}_{}/config", self.discovery, object_id(modem))
    }
}

/// A name as one level of a topic: what would end it or match others is written `%2F` (RFC 3986 clause 2.1).
pub(super) fn escaped(name: &str) -> String {
    let mut level = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '/' | '+' | '#' | '%') || c.is_control() {
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|octet| level += &format!("%{octet:02X}"));
        } else {
            level.push(c);
        }
    }
    level
}

/// The name of a level; `None` where it is not written as [`escaped`] writes it.
pub(super) fn unescaped(level: &str) -> Option<String> {
    let mut parts = level.split('%');
    let mut octets = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        octets.push(u8::from_str_radix(digits, 16).ok()?);
        octets.extend(rest.as_bytes());
    }
    String::from_utf8(octets).ok()
}

/// A name in the letters that Home Assistant takes, `a` to `z`, digits, `_` and `-`, and of no other name.
pub(super) fn object_id(name: &str) -> String {
    let mut id = String::with_capacity(name.len());
    for octet in name.bytes() {
        if octet.is_ascii_alphanumeric() || octet == b'-' {
            id.push(octet.into());
        } else {
            id += &format!("_{octet:02x}");
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn a_name_is_one_level_and_reads_back() {
        for (name, level) in [
            ("attic",        "attic"),
            ("/dev/ttyUSB2", "%2Fdev%2FttyUSB2"),
            ("a+b#c%d\n",    "a%2Bb%23c%25d%0A"),
            ("été",          "été"),
        ] {
            assert_eq!(escaped(name), level);
            assert_eq!(unescaped(level).as_deref(), Some(name));
        }
        for level in ["%", "%2", "%zz", "%€", "%FF"] {
            assert_eq!(unescaped(level), None, "{level}");
        }
    }

    #[test]
    fn a_command_is_to_the_modem_of_its_topic() {
        let settings = Settings::of("mqtt://broker".parse().unwrap());
        let topics = Topics::new(&settings, "a/b");
        let command = topics.of("/dev/ttyUSB2", Leaf::Command);
        assert_eq!(command, "saldo/a%2Fb/%2Fdev%2FttyUSB2/command");
        assert_eq!(topics.commanded(&command).as_deref(), Some("/dev/ttyUSB2"));
        assert_eq!(topics.commanded("saldo/other/x/command"), None);
        assert_eq!(topics.discovery("x y"), "homeassistant/device/saldo_a_2fb_x_20y/config");
    }
}
