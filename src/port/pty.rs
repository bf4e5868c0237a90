//! A simulated modem on a pseudo-terminal, for programs that open a device file.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, ioctl_tiocnxcl, tcgetattr, tcsetattr};
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, sleep_until};

use crate::sim::{Modem, Output};

/// A pseudo-terminal in raw mode whose far end any program can open, close, and open again.
#[derive(Debug)]
pub struct Pty {
    line: AsyncFd<OwnedFd>,
    /// Held open: without it the first program that closes its end would break the line.
    far_end: OwnedFd,
    path: PathBuf,
}

/// What the far end may leave unread before it counts as asleep: then bytes are lost, as on a port
/// that nobody reads, and the next program does not find an hour of noise.
const UNREAD: u64 = 2048;

impl Pty {
    /// Opens a new pseudo-terminal. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// What the system says: no more pseudo-terminals or file descriptors.
    pub fn open() -> io::Result<Self> {
        let line = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&line)?;
        unlockpt(&line)?;
        let path = PathBuf::from(OsStr::from_bytes(ptsname(&line, Vec::new())?.as_bytes()));
        let far_end = rustix::fs::open(
            &path,
            OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let mut settings = tcgetattr(&far_end)?;
        settings.make_raw();
        tcsetattr(&far_end, OptionalActions::Now, &settings)?;
        rustix::fs::fcntl_setfl(&line, OFlags::NONBLOCK)?;
        // Deprecated for descriptors that may be closed behind its back; an owned one is not.
        #[allow(deprecated)]
        let line = AsyncFd::new(line)?;
        Ok(Self { line, far_end, path })
    }

    /// The device file that other programs open.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets the modem answer until it hangs up; then gives how long it is away, where it comes back.
    ///
    /// # Errors
    ///
    /// What the system says when the line cannot be read or written any more.
    pub async fn play(&self, modem: &mut Modem) -> io::Result<Option<Duration>> {
        self.play_to(modem, &mut |_| Ok(())).await
    }

    /// As [`Pty::play`], showing `witness` the modem after all that it was told, before it answers.
    ///
    /// # Errors
    ///
    /// As [`Pty::play`], and what `witness` says.
    pub async fn play_to(
        &self,
        modem: &mut Modem,
        witness: &mut (dyn FnMut(&mut Modem) -> io::Result<()> + Send),
    ) -> io::Result<Option<Duration>> {
        let mut typed = [0; 1024];
        loop {
            while let Some(output) = modem.poll_output(Instant::now().into_std()) {
                match output {
                    Output::Bytes(bytes) => self.write(&bytes)?,
                    Output::Hangup => return Ok(None),
                    Output::Away(time) => return Ok(Some(time)),
                }
            }
            tokio::select! {
                count = self.read(&mut typed) => {
                    self.forget_exclusive_mode();
                    let typed = typed.get(..count?).unwrap_or_default();
                    modem.handle_input(Instant::now().into_std(), typed);
                    witness(modem)?;
                }
                () = until(modem.poll_timeout()) => {}
            }
        }
    }

    /// A port forgets TIOCEXCL with its last close, which our own open end prevents: a program that was
    /// killed would lock out the next one for ever.
    fn forget_exclusive_mode(&self) {
        let _ = ioctl_tiocnxcl(&self.far_end);
    }

    async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut guard = self.line.readable().await?;
            let read = guard.try_io(|line| Ok(rustix::io::read(line.get_ref(), &mut *buffer)?));
            if let Ok(count) = read {
                return count;
            }
        }
    }

    /// Writes what fits; the rest is lost, as on a wire.
    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        if rustix::io::ioctl_fionread(&self.far_end)? > UNREAD {
            return Ok(());
        }
        match rustix::io::write(self.line.get_ref(), bytes) {
            Ok(_) | Err(rustix::io::Errno::AGAIN) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Until then, or for ever.
async fn until(time: Option<std::time::Instant>) {
    match time {
        Some(time) => sleep_until(Instant::from_std(time)).await,
        None => std::future::pending().await,
    }
}
