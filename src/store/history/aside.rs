//! A file that cannot be understood is somebody's past all the same: it is kept under another name.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

/// Nobody else puts a file of this folder aside while this is held.
pub(super) fn alone(folder: &Path) -> io::Result<File> {
    let folder = File::open(folder)?;
    flock(&folder, FlockOperation::LockExclusive)?;
    Ok(folder)
}

/// Renames `history.db` to `history.broken-1.db`, or the next number that is free, with what SQLite keeps
/// beside it; gives the new name.
pub(super) fn keep(file: &Path) -> io::Result<PathBuf> {
    let kept = free_name(file);
    fs::rename(file, &kept)?;
    for companion in ["-wal", "-shm"] {
        match fs::rename(beside(file, companion), beside(&kept, companion)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(kept)
}

fn free_name(file: &Path) -> PathBuf {
    let ending = file.extension().unwrap_or_default().to_string_lossy();
    let numbered = |number: u32| file.with_extension(format!("broken-{number}.{ending}"));
    (1..).map(numbered).find(|name| !name.exists()).unwrap_or_else(|| numbered(0))
}

/// The name of what SQLite keeps beside a file.
pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    name.into()
}
