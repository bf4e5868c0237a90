//! The user's settings: two small TOML files, and the command line over them.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};

use saldo::Error;
use saldo::operators::Operators;
use saldo::port::{self, PortSpec, Roots};
use serde::Deserialize;

use super::Globals;

/// How long the network may take where nobody says otherwise: it gives up after 30 s itself, and a
/// change to 2G or 3G may come before.
const TIMEOUT: Duration = Duration::from_secs(45);

/// What this run works with.
#[derive(Debug)]
pub(super) struct Settings {
    /// The ports named, in order; none where the modem is to be found.
    pub(super) ports: Vec<PortSpec>,
    /// The operator's `id` where the SIM does not say enough.
    pub(super) operator: Option<String>,
    /// How long the network may take.
    pub(super) timeout: Duration,
    /// The brands that are built in, and the user's own in front.
    pub(super) operators: Operators,
}

/// `config.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// As `--port`.
    port: Option<String>,
    /// As `--operator`.
    operator: Option<String>,
    /// As `--timeout`, in seconds.
    timeout: Option<f64>,
}

impl Settings {
    /// Reads `config.toml` and `operators.toml` from the configuration folder, or from the folder of the
    /// file that `--config` names.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] with file, line, field and the known fields.
    pub(super) fn load(globals: &Globals) -> Result<Self, Error> {
        let config = globals.config.clone().or_else(|| first_existing("config.toml"));
        let file = match &config {
            Some(path) => parse(path, &read(path)?)?,
            None => File::default(),
        };
        let beside =
            config.as_deref().and_then(Path::parent).map(|folder| folder.join("operators.toml"));
        let operators =
            beside.filter(|path| path.exists()).or_else(|| first_existing("operators.toml"));
        let operators = match &operators {
            Some(path) => user_operators(path)?,
            None => Operators::built_in(),
        };
        Self::merge(globals, file, operators)
    }

    /// The one port of a command that works with one modem.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where several were named; [`Error::Port`] where none or several were found.
    pub(super) fn single_port(&self) -> Result<PortSpec, Error> {
        match self.ports.as_slice() {
            [] => port::choose(None, &Roots::default()),
            [one] => port::choose(Some(one), &Roots::default()),
            _ => Err(usage(
                "this command works with one modem".into(),
                Some("give one `--port`".into()),
            )),
        }
    }

    fn merge(globals: &Globals, file: File, operators: Operators) -> Result<Self, Error> {
        let configured = file.port.map(|port| port.parse()).transpose().map_err(Error::from)?;
        let ports = if globals.port.is_empty() {
            configured.into_iter().collect()
        } else {
            globals.port.clone()
        };
        let timeout = file
            .timeout
            .map(super::positive_seconds)
            .transpose()
            .map_err(|message| usage(message, None))?;
        Ok(Self {
            ports,
            operator: file.operator,
            timeout: globals.timeout.or(timeout).unwrap_or(TIMEOUT),
            operators,
        })
    }
}

fn parse(path: &Path, text: &str) -> Result<File, Error> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).unwrap_or_default().lines().count().max(1);
        usage(format!("{}:{line}: {}", path.display(), error.message()), None)
    })
}

fn user_operators(path: &Path) -> Result<Operators, Error> {
    let name = path.display().to_string();
    let hint = || Some(format!("`saldo operators --check {name}` lists what is wrong"));
    Operators::with_user_file(&read(path)?, &name).map_err(|error| usage(error.to_string(), hint()))
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path)
        .map_err(|error: io::Error| usage(format!("cannot read {}: {error}", path.display()), None))
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
