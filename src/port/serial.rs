//! A tty while we hold it: locked, raw, 8N1, and put back as it was.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use rustix::thread::{CapabilitySet, CapabilitySets, capabilities, set_capabilities};
use tokio_serial::{ErrorKind, SerialStream};

use super::refusal::{Refusal, cannot_open};
use super::{Lock, Roots};
use crate::Error;

/// An open tty. Dropping it puts the line settings back and removes the lock.
///
/// Other programs are kept out three ways, since none of them suffices: a lock file (minicom,
/// pppd), flock(2) on the device (picocom, pyserial) and TIOCEXCL (ModemManager).
/// DTR and RTS are left alone.
#[derive(Debug)]
pub struct SerialPort {
    /// Dropped first: the settings are back before anybody else may have the port.
    _settings: Settings,
    stream: SerialStream,
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
        let settings = Settings::of(&device).map_err(|error| refuse(error.into()))?;
        let lock = Lock::take(&device, roots).map_err(|held| refuse(held.into()))?;
        match SerialStream::open(&tokio_serial::new(device.to_string_lossy(), baud)) {
            Ok(stream) => Ok(Self { _settings: settings, stream, lock, device }),
            Err(error) => {
                drop(lock); // or the search for the holder would find us
                Err(refuse(refusal(&error)))
            }
        }
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

/// The line settings as they were; dropping it writes them back.
#[derive(Debug)]
struct Settings {
    /// A descriptor of its own, opened first: [`SerialStream`] changes the settings as it opens.
    tty: OwnedFd,
    before: Termios,
}

impl Settings {
    fn of(device: &Path) -> rustix::io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let tty = without_privilege(|| rustix::fs::open(device, flags, Mode::empty()))?;
        let before = tcgetattr(&tty)?;
        Ok(Self { tty, before })
    }
}

impl Drop for Settings {
    fn drop(&mut self) {
        // Fails where the device is gone, and then there is nothing to put back.
        let _ = tcsetattr(&self.tty, OptionalActions::Now, &self.before);
    }
}

/// Runs `open` as a user whom TIOCEXCL binds: it lets CAP_SYS_ADMIN pass, and on routers everybody
/// is root. Touches this thread only; where capabilities cannot be changed, `open` runs as it is.
fn without_privilege<T>(open: impl FnOnce() -> T) -> T {
    let all = capabilities(None).ok();
    let fewer = all.map(|all| CapabilitySets {
        effective: all.effective.difference(CapabilitySet::SYS_ADMIN),
        ..all
    });
    let dropped = fewer.is_some_and(|fewer| set_capabilities(None, fewer).is_ok());
    let opened = open();
    if let Some(all) = all.filter(|_| dropped) {
        let _ = set_capabilities(None, all); // still permitted, so it cannot be refused
    }
    opened
}

fn refusal(error: &tokio_serial::Error) -> Refusal {
    match error.kind {
        ErrorKind::NoDevice => Refusal::Busy, // EBUSY and a failed flock, says its documentation
        ErrorKind::Io(kind) => std::io::Error::from(kind).into(),
        ErrorKind::InvalidInput | ErrorKind::Unknown => Refusal::Words(error.description.clone()),
    }
}
