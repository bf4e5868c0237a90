//! Where the page listens, and what opens it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::{Deserialize, Deserializer, de};

use crate::Error;

/// `[web]` of `config.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Address and port.
    #[serde(default = "usual", deserialize_with = "listen")]
    pub listen: SocketAddr,
    /// The file whose first line is the token; `SALDO_WEB_TOKEN` goes before it.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
}

/// What holds the token where no file does.
const VARIABLE: &str = "SALDO_WEB_TOKEN";

/// "SALD" on the keys of a telephone.
const PORT: u16 = 7253;

/// A shorter token can be guessed, however slowly.
const SHORTEST: usize = 16;

impl Default for Settings {
    fn default() -> Self {
        Self { listen: usual(), token_file: None }
    }
}

impl Settings {
    /// The token, where one is set.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where its file cannot be read, where it is too short, and where there is none though the
    /// address can be reached from elsewhere.
    pub(super) fn token(&self) -> Result<Option<String>, Error> {
        let named = env::var(VARIABLE).ok().filter(|token| !token.is_empty());
        let token = match (named, &self.token_file) {
            (Some(token), _) => Some((token, VARIABLE.to_owned())),
            (None, Some(file)) => Some((read(file)?, file.display().to_string())),
            (None, None) => None,
        };
        match token {
            Some((token, source)) => long_enough(token.trim(), &source).map(Some),
            None if self.listen.ip().is_loopback() => Ok(None),
            None => Err(open_to_all(self.listen)),
        }
    }
}

/// Reads `ADDRESS:PORT`; `PORT` alone, and `localhost`, are loopback.
///
/// # Errors
///
/// What the form is.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    let local = |port: u16| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let port = text.strip_prefix("localhost:").unwrap_or(text);
    port.parse().map(local).or_else(|_| text.parse()).map_err(|_| {
        format!("`{text}` is no address: write 127.0.0.1:{PORT}, [::1]:{PORT} or {PORT}")
    })
}

fn usual() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT)
}

fn listen<'de, D: Deserializer<'de>>(value: D) -> Result<SocketAddr, D::Error> {
    address(&String::deserialize(value)?).map_err(de::Error::custom)
}

fn read(file: &Path) -> Result<String, Error> {
    let text = fs::read_to_string(file).map_err(|error| Error::Usage {
        message: format!("cannot read {}: {}", file.display(), crate::error::words(&error)),
        hint: None,
    })?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn long_enough(token: &str, source: &str) -> Result<String, Error> {
    if token.len() >= SHORTEST {
        return Ok(token.to_owned());
    }
    Err(Error::Usage {
        message: format!("the token in {source} is shorter than {SHORTEST} characters"),
        hint: Some("`openssl rand -hex 24` makes a good one".into()),
    })
}

fn open_to_all(address: SocketAddr) -> Error {
    Error::Usage {
        message: format!(
            "without a token everybody who reaches {address} could read the balances and ask for more"
        ),
        hint: Some(format!("put a token in {VARIABLE} or in `token-file` of `[web]`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn an_address_may_be_short() {
        for (text, expected) in [
            ("8080",           Some("127.0.0.1:8080")),
            ("localhost:8080", Some("127.0.0.1:8080")),
            ("0.0.0.0:80",     Some("0.0.0.0:80")),
            ("[::1]:80",       Some("[::1]:80")),
            ("127.0.0.1",      None),
            ("router:80",      None),
            ("99999",          None),
            ("",               None),
        ] {
            assert_eq!(address(text).ok().map(|it| it.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_table_names_its_fields() {
        let settings: Settings =
            toml::from_str("listen = \"[::]:80\"\ntoken-file = \"/run/token\"").unwrap();
        assert_eq!(settings.listen.to_string(), "[::]:80");
        assert_eq!(toml::from_str::<Settings>("").unwrap(), Settings::default());
        let error = toml::from_str::<Settings>("tokenfile = 1").unwrap_err().to_string();
        assert!(error.contains("token-file"), "{error}");
    }

    #[test]
    fn beyond_loopback_a_token_is_needed_and_a_long_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let settings = |listen: &str, with: bool| Settings {
            listen: address(listen).unwrap(),
            token_file: with.then(|| file.clone()),
        };
        assert_eq!(settings("127.0.0.1:80", false).token().unwrap(), None);
        let refused = settings("0.0.0.0:80", false).token().unwrap_err();
        assert_eq!(refused.exit_status(), 2);
        assert!(refused.hint().unwrap().contains("SALDO_WEB_TOKEN"));
        assert!(settings("0.0.0.0:80", true).token().is_err(), "no such file");
        fs::write(&file, "short\n").unwrap();
        let refused = settings("0.0.0.0:80", true).token().unwrap_err().to_string();
        assert!(refused.contains("16") && !refused.contains("short\n"), "{refused}");
        fs::write(&file, "0123456789abcdef\nrest").unwrap();
        let token = settings("0.0.0.0:80", true).token().unwrap();
        assert_eq!(token.as_deref(), Some("0123456789abcdef"));
    }
}
