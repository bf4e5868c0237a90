//! A port of the kernel's WWAN subsystem while we hold it: `/dev/wwan0at0`.
//!
//! It is no tty. Older kernels know no line settings for it and none knows TIOCEXCL, so what opens
//! ttys refuses it; and two programs may open it at once, so the lock file and flock(2) are all that
//! keeps others out.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::refusal::{Refusal, cannot_open};
use super::sysfs::wwan_of;
use super::{Lock, Roots};
use crate::Error;

/// An open WWAN port. Dropping it removes the lock.
#[derive(Debug)]
pub struct WwanPort {
    line: AsyncFd<OwnedFd>,
    lock: Option<Lock>,
    device: PathBuf,
}

impl WwanPort {
    /// Whether the file is one of these, by its name: `/dev/wwan0at0` as the kernel gives it.
    pub(super) fn is_one(roots: &Roots, path: &Path) -> bool {
        let name = path.strip_prefix(&roots.dev).ok().and_then(Path::to_str).unwrap_or_default();
        wwan_of(name).is_some()
    }

    /// Opens this port.
    ///
    /// # Errors
    ///
    /// [`Error::Port`], as [`super::open`] says.
    pub(super) fn open(roots: &Roots, path: &Path) -> Result<Self, Error> {
        let refuse = |refusal: Refusal| cannot_open(roots, path, &refusal);
        let lock = Lock::take(path, roots).map_err(|held| refuse(held.into()))?;
        match open(path) {
            Ok(line) => Ok(Self { line, lock, device: path.into() }),
            Err(error) => {
                drop(lock); // or the search for the holder would find us
                Err(refuse(error.into()))
            }
        }
    }

    pub(super) fn lock(&self) -> Option<&Lock> {
        self.lock.as_ref()
    }

    pub(super) fn device(&self) -> &Path {
        &self.device
    }
}

fn open(path: &Path) -> io::Result<AsyncFd<OwnedFd>> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let line = rustix::fs::open(path, flags, Mode::empty())?;
    flock(&line, FlockOperation::NonBlockingLockExclusive)?;
    // Deprecated for descriptors that may be closed behind its back; an owned one is not.
    #[allow(deprecated)]
    AsyncFd::new(line)
}

impl AsyncRead for WwanPort {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = &self.get_mut().line;
        loop {
            let mut guard = ready!(line.poll_read_ready(cx))?;
            let room = buf.initialize_unfilled();
            match guard.try_io(|line| Ok(rustix::io::read(line.get_ref(), &mut *room)?)) {
                Ok(read) => return Poll::Ready(read.map(|count| buf.advance(count))),
                Err(_) => continue, // nothing there after all
            }
        }
    }
}

impl AsyncWrite for WwanPort {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let line = &self.get_mut().line;
        loop {
            let mut guard = ready!(line.poll_write_ready(cx))?;
            match guard.try_io(|line| Ok(rustix::io::write(line.get_ref(), octets)?)) {
                Ok(written) => return Poll::Ready(written),
                Err(_) => continue, // no room after all
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
