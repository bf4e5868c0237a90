//! Metrics in a file, for node_exporter's textfile collector.

use std::convert::Infallible;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::{Board, Clock};
use crate::store::replace;
use crate::watch::metrics;

/// Writes the metrics of every modem; whoever reads the file finds all of the old or all of the new, and may be
/// anybody.
///
/// # Errors
///
/// What the system says.
pub fn write_textfile(file: &Path, board: &Board, clock: &Clock) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.exists()) {
        return Err(io::ErrorKind::NotFound.into()); // a folder of our own making nobody would look into
    }
    replace(file, &metrics(&board.views(), clock.now()))?;
    fs::set_permissions(file, Permissions::from_mode(0o644))
}

/// Writes them again whenever something changes; `tell` gets a line where that fails, and where it works again.
pub async fn keep_textfile(
    file: &Path,
    board: Board,
    clock: Clock,
    tell: &dyn Fn(&str),
) -> Infallible {
    let mut changes = board.listen();
    let mut has_failed = false;
    loop {
        let written = write_textfile(file, &board, &clock);
        match &written {
            Ok(()) if has_failed => tell(&format!("{} is written again", file.display())),
            Err(error) if !has_failed => {
                tell(&format!("cannot write {}: {}", file.display(), crate::port::words(error)));
            }
            _ => {}
        }
        has_failed = written.is_err();
        if matches!(changes.recv().await, Err(RecvError::Closed)) {
            return std::future::pending().await;
        }
        // One question changes several things at once.
        while !matches!(changes.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
    }
}
