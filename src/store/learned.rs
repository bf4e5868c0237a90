//! What was found out about modems: in which form each takes a request.
//!
//! One small file, in the fields of a `[[dialect]]` row, with the modem it is about in place of a maker.
//! It is a memory of attempts and nothing else: without it they are made again.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tracing::debug;

use super::replace;
use crate::modems::{Charset, Identity};
use crate::rows::{self, Fault};
use crate::ussd::Form;

/// How one modem, in one firmware, takes requests.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub struct Learned {
    /// `AT+CGMI`; like the next two as the modem wrote it.
    pub manufacturer: String,
    /// `AT+CGMM`.
    pub model: String,
    /// `AT+CGMR`: another firmware of the same model may want another form.
    pub firmware: String,
    /// The form that it took.
    pub request: [Form; 1],
    /// The character set that went with it.
    pub cscs: Charset,
    /// The value of [`crate::modems::Dialect::ussd_mode`] that went with it, where it had to be set.
    pub mode: Option<u8>,
    /// Whether it takes one command a line.
    #[serde(default)]
    pub single: bool,
}

impl Learned {
    /// Whether it is about this modem. A manufacturer that was not asked for is not compared.
    fn is_about(&self, modem: &Identity) -> bool {
        let is_made_by =
            modem.manufacturer.is_empty() || same(&self.manufacturer, &modem.manufacturer);
        is_made_by && same(&self.model, &modem.model) && same(&self.firmware, &modem.firmware)
    }

    fn text(&self) -> String {
        let Self { manufacturer, model, firmware, request, cscs, mode, single } = self;
        let name = |text: &str| value(&printable(text));
        let mode = mode.map(|mode| format!("mode = {mode}\n")).unwrap_or_default();
        let single = if *single { "single = true\n" } else { "" };
        let (maker, model, firmware) = (name(manufacturer), name(model), name(firmware));
        let modem = format!("manufacturer = {maker}\nmodel = {model}\nfirmware = {firmware}\n");
        let way = format!("request = {}\ncscs = {}\n", value(request), value(cscs));
        format!("\n[[dialect]]\n{modem}{way}{mode}{single}")
    }
}

/// The file of what was learned.
#[derive(Clone, Debug)]
pub struct Memory {
    file: PathBuf,
}

#[derive(Default, Deserialize)]
struct Rows {
    #[serde(default)]
    dialect: Vec<Learned>,
}

/// More modems than anybody has; the oldest make room.
const MOST: usize = 64;

/// A file of ours is smaller; what is larger is none.
const LARGEST: u64 = 64 * 1024;

const HEADER: &str = "\
# How modems were found to take USSD requests, where that is not what saldo expects of them.
# Written by saldo. Without this file it finds out again.
";

impl Memory {
    /// `learned.toml` in a folder; nothing is read or made yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self { file: folder.join("learned.toml") }
    }

    /// `learned-sim.toml` beside it, for simulated modems: they pose as makes that a user may really have.
    pub fn of_simulated(folder: &Path) -> Self {
        Self { file: folder.join("learned-sim.toml") }
    }

    /// Replaces a file that cannot be understood; gives what was wrong with it.
    pub fn mend(&self) -> Option<String> {
        let error = self.read().err().filter(|error| error.kind() == io::ErrorKind::InvalidData)?;
        self.write(&[]);
        Some(format!("{}: {error}", self.file.display()))
    }

    /// What was learned about this modem.
    pub fn recall(&self, modem: &Identity) -> Option<Learned> {
        self.rows().into_iter().rev().find(|row| row.is_about(modem))
    }

    /// Whether any modem is known that takes one command a line.
    pub fn has_single(&self) -> bool {
        self.rows().iter().any(|row| row.single)
    }

    /// Puts a row in place of the older one for the same modem. Where that cannot be written, the next run
    /// finds out again.
    pub fn keep(&self, learned: Learned) {
        let mut rows = self.rows();
        let same_modem = |row: &Learned| {
            same(&row.manufacturer, &learned.manufacturer)
                && same(&row.model, &learned.model)
                && same(&row.firmware, &learned.firmware)
        };
        rows.retain(|row| !same_modem(row));
        rows.push(learned);
        let surplus = rows.len().saturating_sub(MOST);
        self.write(rows.get(surplus..).unwrap_or_default());
    }

    fn rows(&self) -> Vec<Learned> {
        self.read().unwrap_or_else(|error| {
            debug!(file = %self.file.display(), %error, "nothing is remembered");
            Vec::new()
        })
    }

    fn read(&self) -> io::Result<Vec<Learned>> {
        let mut text = String::new();
        File::open(&self.file)?.take(LARGEST + 1).read_to_string(&mut text)?;
        if text.len() as u64 > LARGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "too large"));
        }
        let rows: Result<Rows, _> = rows::read(&text);
        let told =
            |fault: Fault| io::Error::new(io::ErrorKind::InvalidData, fault.message().to_owned());
        rows.map(|rows| rows.dialect).map_err(told)
    }

    fn write(&self, rows: &[Learned]) {
        let text = rows.iter().map(Learned::text).collect::<String>();
        if let Err(error) = replace(&self.file, &format!("{HEADER}{text}")) {
            debug!(file = %self.file.display(), %error, "what was learned is not kept");
        }
    }
}

/// What a modem says of itself, as the file can hold it.
fn same(one: &str, other: &str) -> bool {
    printable(one) == printable(other)
}

fn printable(text: &str) -> String {
    const LONGEST: usize = 64;
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// Strings, lists and names are written in TOML as in JSON.
fn value(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn modem(model: &str, firmware: &str) -> Identity {
        Identity {
            manufacturer: "Example \"Inc.\" \\ Söhne\u{7f}".into(),
            model: model.into(),
            firmware: firmware.into(),
            ..Identity::default()
        }
    }

    fn learned(model: &str, firmware: &str, form: Form) -> Learned {
        let Identity { manufacturer, model, firmware, .. } = modem(model, firmware);
        Learned {
            manufacturer,
            model,
            firmware,
            request: [form],
            cscs: Charset::AsFound,
            mode: Some(0),
            single: false,
        }
    }

    #[test]
    fn a_modem_is_remembered_with_its_firmware() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::in_folder(&folder.path().join("not/there/yet"));
        assert_eq!(memory.recall(&modem("X1", "1.0")), None);
        memory.keep(learned("X1", "1.0", Form::Packed));
        memory.keep(learned("X1", "2.0", Form::Ucs2));
        memory.keep(learned("X1", "1.0", Form::Octets));
        let form = |firmware| memory.recall(&modem("X1", firmware)).map(|row| row.request);
        assert_eq!(form("1.0"), Some([Form::Octets]));
        assert_eq!(form("2.0"), Some([Form::Ucs2]));
        assert_eq!(form("3.0"), None);
        let unnamed = Identity { manufacturer: String::new(), ..modem("X1", "2.0") };
        assert_eq!(memory.recall(&unnamed).unwrap().mode, Some(0));
        assert!(!memory.has_single());
        assert_eq!(memory.rows().len(), 2);
    }

    #[test]
    fn a_broken_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::in_folder(folder.path());
        let large = "#".repeat(70_000);
        for broken in ["[[dialect]]\nmodel = ", "dialect = 5", "[[dialect]]\nx = 1", &large] {
            fs::write(&memory.file, broken).unwrap();
            assert_eq!(memory.recall(&modem("X1", "1.0")), None);
            assert!(memory.mend().unwrap().starts_with(&memory.file.display().to_string()));
            assert_eq!(fs::read_to_string(&memory.file).unwrap(), HEADER);
            assert_eq!(memory.mend(), None);
        }
        fs::write(&memory.file, b"\xFF\xFE").unwrap();
        memory.keep(learned("X1", "1.0", Form::Packed));
        assert!(memory.recall(&modem("X1", "1.0")).is_some());
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        fs::write(&file, "").unwrap();
        let memory = Memory::in_folder(&file);
        memory.keep(learned("X1", "1.0", Form::Packed));
        assert_eq!(memory.recall(&modem("X1", "1.0")), None);
    }

    #[test]
    fn the_file_stays_small() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::in_folder(folder.path());
        for number in 0..100 {
            memory.keep(learned(&"é".repeat(1000), &number.to_string(), Form::Packed));
        }
        assert_eq!(memory.rows().len(), MOST);
        assert!(memory.recall(&modem(&"é".repeat(1000), "99")).is_some());
        assert!(fs::metadata(&memory.file).unwrap().len() < LARGEST);
    }

    #[test]
    fn simulated_modems_have_a_file_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        Memory::of_simulated(folder.path()).keep(learned("X1", "1.0", Form::Packed));
        assert_eq!(Memory::in_folder(folder.path()).recall(&modem("X1", "1.0")), None);
    }
}
