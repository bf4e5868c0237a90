//! A tty while we hold it: locked, raw, 8N1, and put back as it was.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio_serial::{ErrorKind, SerialStream};

use super::refusal::{Refusal, cannot_open};
use super::{Lock, Roots};
use crate::Error;

/// An open tty. Dropping it puts the line settings back and removes the lock.
///
/// Other programs are kept out three ways, since none of them suffices: a lock file (minicom,
/// pppd), flock(2) on the device (picocom, pyserial) and TIOCEXCL (ModemManager; not root).
/// DTR and RTS are left alone.
#[derive(Debug)]
pub struct SerialPort {
    stream: SerialStream,
    /// A second descriptor, opened first: `stream` changes the settings as it opens.
    tty: OwnedFd,
    before: Termios,
    lock: Option<Lock>,
    device: PathBuf,
}

impl SerialPort {
    /// Opens this tty, or the one this link leads to, at `baud`, without waiting for a carrier.
    ///
    /// # Errors
    ///
    /// [`Error::Port`], as [`super::open`] says.
    pub(super) fn open(roots: &Roots, path: &Path, baud: u32) -> Result<Self, Error> {
        let refuse = |refusal: Refusal| cannot_open(roots, path, &refusal);
        let device = fs::canonicalize(path).map_err(|error| refuse(error.into()))?;
        let (tty, before) = settings(&device).map_err(|error| refuse(error.into()))?;
        let lock = Lock::take(&device, roots).map_err(|held| refuse(held.into()))?;
        let stream = SerialStream::open(&tokio_serial::new(device.to_string_lossy(), baud))
            .map_err(|error| refuse(refusal(&error)))?;
        Ok(Self { stream, tty, before, lock, device })
    }

    pub(super) fn stream(&mut self) -> &mut SerialStream {
        &mut self.stream
    }

    pub(super) fn lock(&self) -> Option<&Lock> {
        self.lock.as_ref()
    }

    pub(super) fn device(&self) -> &Path {
        &self.device
    }
}

impl Drop for SerialPort {
    fn drop(&mut self) {
        // Fails where the device is gone, and then there is nothing to put back.
        let _ = tcsetattr(&self.tty, OptionalActions::Now, &self.before);
    }
}

fn settings(device: &Path) -> rustix::io::Result<(OwnedFd, Termios)> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let tty = rustix::fs::open(device, flags, Mode::empty())?;
    let before = tcgetattr(&tty)?;
    Ok((tty, before))
}

fn refusal(error: &tokio_serial::Error) -> Refusal {
    match error.kind {
        ErrorKind::NoDevice => Refusal::Busy, // EBUSY and a failed flock, says its documentation
        ErrorKind::Io(kind) => std::io::Error::from(kind).into(),
        ErrorKind::InvalidInput | ErrorKind::Unknown => Refusal::Words(error.description.clone()),
    }
}
