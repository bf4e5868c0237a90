//! The user's settings: two small TOML files, and the command line over them.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use crate::Error;
use crate::daemon::Config;
use crate::daemon::config::{Alert, Metrics, ModemTable, Tables, Watch};
use crate::modems::Dialects;
use crate::operators::Operators;
use crate::port::{self, PortSpec, Roots};
use crate::rows;
use serde::de::{self, Deserialize, Deserializer};

use super::{Globals, out};

/// How long the network may take where nobody says otherwise: it gives up after 30 s itself, and a
/// change to 2G or 3G may come before.
const TIMEOUT: Duration = Duration::from_secs(45);

/// What this run works with.
#[derive(Debug)]
pub(super) struct Settings {
    /// Where they were read from.
    file: Option<PathBuf>,
    /// The ports named, in order; none where the modem is to be found.
    pub(super) ports: Vec<PortSpec>,
    /// The operator's `id` where the SIM does not say enough.
    pub(super) operator: Option<String>,
    /// How long the network may take.
    pub(super) timeout: Duration,
    /// Whether what is asked is remembered.
    pub(super) history: bool,
    /// The brands that are built in, and the user's own in front.
    pub(super) operators: Operators,
    /// How modems are talked to: what is built in, and the user's own in front.
    pub(super) dialects: Dialects,
    /// What `saldo watch` does.
    pub(super) watch: Config,
    /// The broker that is reported to, and asked of others.
    #[cfg(feature = "mqtt")]
    pub(super) mqtt: Option<crate::mqtt::Settings>,
    /// Its page, where one is wanted.
    #[cfg(feature = "web")]
    pub(super) web: Option<crate::web::Settings>,
}

/// `config.toml`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// As `--port`.
    #[serde(default, deserialize_with = "port")]
    port: Option<PortSpec>,
    /// As `--operator`.
    operator: Option<String>,
    /// As `--timeout`, in seconds.
    #[serde(default, deserialize_with = "timeout")]
    timeout: Option<Duration>,
    /// Whether `saldo balance` remembers.
    history: Option<bool>,
    /// What is watched, and how.
    #[serde(default)]
    watch: Watch,
    #[serde(default)]
    modem: Vec<ModemTable>,
    #[serde(default)]
    alert: Alert,
    #[serde(default)]
    metrics: Metrics,
    /// A broker; a build without MQTT passes over it.
    #[cfg(feature = "mqtt")]
    mqtt: Option<crate::mqtt::Settings>,
    #[cfg(not(feature = "mqtt"))]
    #[serde(rename = "mqtt")]
    _mqtt: Option<de::IgnoredAny>,
    /// The page of `saldo watch`; a build without it passes over it.
    #[cfg(feature = "web")]
    web: Option<crate::web::Settings>,
    #[cfg(not(feature = "web"))]
    #[serde(rename = "web")]
    _web: Option<de::IgnoredAny>,
}

impl File {
    fn tables(&mut self) -> Tables {
        Tables {
            watch: std::mem::take(&mut self.watch),
            modem: std::mem::take(&mut self.modem),
            alert: std::mem::take(&mut self.alert),
            metrics: std::mem::take(&mut self.metrics),
        }
    }
}

impl Settings {
    /// Reads `config.toml`, `operators.toml` and `modems.toml` from the configuration folder, or from the folder of the
    /// file that `--config` names.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] with file, line, field and the known fields.
    pub(super) fn load(globals: &Globals) -> Result<Self, Error> {
        Self::load_from(globals.config.clone().or_else(|| first_existing("config.toml")), globals)
    }

    /// The same, where the file it was read from must still be there: an editor may just write it anew.
    pub(super) fn load_again(&self, globals: &Globals) -> Result<Self, Error> {
        Self::load_from(self.file.clone().or_else(|| first_existing("config.toml")), globals)
    }

    fn load_from(config: Option<PathBuf>, globals: &Globals) -> Result<Self, Error> {
        let mut file = match &config {
            Some(path) => parse(path, &read(path)?)?,
            None => File::default(),
        };
        let watch = Config::new(file.tables()).map_err(|reason| {
            let file = config.as_deref().unwrap_or(Path::new("config.toml"));
            usage(format!("{}: {reason}", file.display()), None)
        })?;
        let folder = config.as_deref().and_then(Path::parent);
        #[cfg(feature = "mqtt")]
        if let (Some(folder), Some(broker)) = (folder, &mut file.mqtt) {
            broker.look_in(folder);
        }
        let own = |name: &str| {
            let beside = folder.map(|folder| folder.join(name)).filter(|path| path.exists());
            beside.or_else(|| first_existing(name))
        };
        let operators = own("operators.toml").map(|path| user_operators(&path)).transpose()?;
        let dialects = own("modems.toml").map(|path| user_dialects(&path)).transpose()?;
        let data = (operators.unwrap_or_default(), dialects.unwrap_or_default());
        Ok(Self { file: config, ..Self::merge(globals, file, watch, data) })
    }

    /// The one port of a command that works with one modem.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where several were named; [`Error::Port`] where none or several were found.
    pub(super) fn single_port(&self) -> Result<PortSpec, Error> {
        self.named_port()?.cloned().map_or_else(|| port::only_modem(&Roots::default()), Ok)
    }

    /// The one port that was named, of a command that works with one modem; `None` where it is to be found.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where several were named.
    pub(super) fn named_port(&self) -> Result<Option<&PortSpec>, Error> {
        match self.ports.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => Err(usage(
                "this command works with one modem".into(),
                Some("give one `--port`".into()),
            )),
        }
    }

    fn merge(
        globals: &Globals,
        file: File,
        watch: Config,
        (operators, dialects): (Operators, Dialects),
    ) -> Self {
        let ports = match globals.port.as_slice() {
            [] => file.port.into_iter().collect(),
            named => named.to_vec(),
        };
        let timeout = globals.timeout.or(file.timeout).unwrap_or(TIMEOUT);
        let history = file.history.unwrap_or(true);
        Self {
            file: None,
            ports,
            history,
            operator: file.operator,
            timeout,
            operators,
            dialects,
            watch,
            #[cfg(feature = "mqtt")]
            mqtt: file.mqtt,
            #[cfg(feature = "web")]
            web: file.web,
        }
    }
}

fn port<'de, D: Deserializer<'de>>(field: D) -> Result<Option<PortSpec>, D::Error> {
    let port = String::deserialize(field)?.parse();
    port.map(Some).map_err(|error| de::Error::custom(format!("`port`: {error}")))
}

fn timeout<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Duration>, D::Error> {
    let timeout = f64::deserialize(field).map_err(|_| "a number of seconds is needed".to_owned());
    timeout
        .and_then(super::positive_seconds)
        .map(Some)
        .map_err(|reason| de::Error::custom(format!("`timeout`: {reason}")))
}

fn parse(path: &Path, text: &str) -> Result<File, Error> {
    rows::read(text).map_err(|fault| {
        let line = fault.line(text);
        usage(format!("{}:{line}: {}", path.display(), fault.message()), None)
    })
}

fn user_operators(path: &Path) -> Result<Operators, Error> {
    let name = path.display().to_string();
    let hint = || Some(format!("`saldo operators --check {name}` lists what is wrong"));
    Operators::with_user_file(&read(path)?, &name).map_err(|error| usage(error.to_string(), hint()))
}

fn user_dialects(path: &Path) -> Result<Dialects, Error> {
    Dialects::with_user_file(&read(path)?, &path.display().to_string())
        .map_err(|error| usage(error.to_string(), None))
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|error| {
        usage(format!("cannot read {}: {}", path.display(), out::cause(&error)), None)
    })
}

/// The user's own folder, then the machine's.
fn first_existing(name: &str) -> Option<PathBuf> {
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
    let user = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or_else(home);
    let folders =
        user.into_iter().map(|folder| folder.join("saldo")).chain([PathBuf::from("/etc/saldo")]);
    folders.map(|folder| folder.join(name)).find(|path| path.exists())
}

fn usage(message: String, hint: Option<String>) -> Error {
    Error::Usage { message, hint }
}
