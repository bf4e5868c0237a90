//! What outlives a run: a folder for state, small files in it that are replaced whole, the journal of
//! what is owed to modems, and the history of what was asked.

mod history;
mod journal;
mod learned;

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

pub use history::{Filter, History, HistoryError, Salt};
pub use journal::{Debt, Journal, ModemKey, Owed};
pub use learned::{Learned, Memory};

/// The folder for what saldo has learned and still owes; not created by asking for it.
///
/// `$STATE_DIRECTORY` (what systemd gives a service), `$XDG_STATE_HOME/saldo`, `~/.local/state/saldo`,
/// and `/var/lib/saldo` where there is no home. Whether it can be
/// written to is found out by writing.
pub fn folder() -> PathBuf {
    let named = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named("STATE_DIRECTORY")
        .or_else(|| named("XDG_STATE_HOME").map(|state| state.join("saldo")))
        .or_else(|| named("HOME").map(|home| home.join(".local/state/saldo")))
        .unwrap_or_else(|| "/var/lib/saldo".into())
}

/// Writes `text` so that a reader, also after a power cut, finds the old file or the new one. Who may not read the old
/// one may not read the new one at any moment.
///
/// # Errors
///
/// Where the folder cannot be made or the file not written; what stood there is untouched then.
pub fn replace(file: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let next = file.with_extension(format!("{}.new", std::process::id()));
    let mode = fs::metadata(file).map_or(0o666, |old| old.permissions().mode() & 0o777);
    let written = write(&next, mode, text).and_then(|()| fs::rename(&next, file));
    if written.is_err() {
        let _ = fs::remove_file(&next);
    }
    written
}

fn write(file: &Path, mode: u32, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(mode).open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_its_folder_made() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/learned.toml");
        for text in ["a longer first text", "short"] {
            replace(&file, text).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        assert_eq!(
            fs::read_dir(file.parent().unwrap()).unwrap().count(),
            1,
            "nothing is left over"
        );
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("taken");
        fs::create_dir(&file).unwrap();
        assert!(replace(&file, "text").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
