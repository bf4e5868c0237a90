//! A port under the user's name for it, with the modem's other ports behind it.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::holder::makes_terminals;
use super::siblings::Siblings;
use super::watch::Watch;
use super::{BAUD, Line, Port, PortSpec, Rival, Roots, holders, open_in};
use crate::Error;

/// A [`Port`] under the name the user gave it.
#[derive(Debug)]
pub struct NamedPort {
    port: Port,
    name: String,
    left_behind: Option<Vec<String>>,
    roots: Roots,
    /// The device file as it was named, before its links were resolved.
    path: Option<PathBuf>,
    watch: Watch,
    siblings: Option<Siblings>,
    /// Whether siblings were looked for.
    has_looked: bool,
    /// What came on a sibling and found no room yet.
    unread: VecDeque<u8>,
}

impl NamedPort {
    /// Opens what `spec` names.
    ///
    /// # Errors
    ///
    /// As [`super::open`].
    pub async fn open(spec: &PortSpec) -> Result<Self, Error> {
        Self::open_in(&Roots::default(), spec).await
    }

    /// As [`NamedPort::open`], looking into these folders.
    ///
    /// # Errors
    ///
    /// As [`super::open`].
    pub async fn open_in(roots: &Roots, spec: &PortSpec) -> Result<Self, Error> {
        let port = open_in(roots, spec, BAUD).await?;
        let left_behind = port.lock().and_then(|lock| lock.left_behind().map(<[_]>::to_vec));
        let path = match spec {
            PortSpec::Device(path) => Some(path.clone()),
            _ => None,
        };
        Ok(Self {
            port,
            name: spec.to_string(),
            left_behind,
            roots: roots.clone(),
            path,
            watch: Watch::default(),
            siblings: None,
            has_looked: false,
            unread: VecDeque::new(),
        })
    }

    /// The names under which sysfs may know the port: the device itself, or the link that was given.
    fn names(&self) -> impl Iterator<Item = &Path> {
        let device = self.port.device();
        device.into_iter().chain(self.path.as_deref().filter(|path| Some(*path) != device))
    }

    /// Listens to the other ports from the first request on, until the answer has come on this one.
    fn expect_answer(&mut self) {
        if std::mem::replace(&mut self.has_looked, true) || self.watch.has_answer() {
            return;
        }
        let found = self.names().find_map(|device| Siblings::of(&self.roots, device));
        self.siblings = found;
    }

    fn heard(&mut self, octets: &[u8]) {
        self.watch.read(octets);
        if self.watch.has_answer() {
            self.siblings = None;
        }
    }

    /// What came on a sibling, as much as fits.
    fn fill(&mut self, buf: &mut ReadBuf<'_>) {
        let count = self.unread.len().min(buf.remaining());
        buf.put_slice(&self.unread.drain(..count).collect::<Vec<_>>());
    }
}

/// A request to the network (3GPP TS 27.007 clause 7.15), whose answer may come anywhere.
const REQUEST: &[u8] = b"AT+CUSD=1,";

impl Line for NamedPort {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn note_restore(&mut self, commands: &[String]) {
        if let Some(lock) = self.port.lock() {
            // Without a lock file there is no memory either; the settings are put back all the same.
            let _ = lock.note_restore(commands);
        }
    }

    fn take_left_behind(&mut self) -> Option<Vec<String>> {
        self.left_behind.take()
    }

    fn rival(&self, suspected: bool) -> Option<Rival> {
        let shown = self.watch.saw_others();
        let device = self.port.device().filter(|_| suspected || shown)?.to_owned();
        let found = holders(&self.roots.proc, std::slice::from_ref(&device)).remove(&device);
        let mut others = found.unwrap_or_default().into_iter();
        // The simulator of a pseudo-terminal holds our end of it as well.
        let holder = others.find(|holder| !makes_terminals(&self.roots.proc, holder.pid));
        holder.map(Rival::Program).or(shown.then_some(Rival::Unseen))
    }
}

impl AsyncRead for NamedPort {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let port = &mut *self;
        if !port.unread.is_empty() {
            port.fill(buf);
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut port.port).poll_read(cx, buf) {
            port.heard(buf.filled().get(before..).unwrap_or_default());
            return Poll::Ready(read);
        }
        let between_lines = port.watch.is_between_lines();
        let Some(siblings) = &mut port.siblings else { return Poll::Pending };
        let line = ready!(siblings.poll_line(cx, between_lines));
        port.unread.extend(line);
        port.fill(buf);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for NamedPort {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let port = &mut *self;
        if octets.get(..REQUEST.len()).is_some_and(|head| head.eq_ignore_ascii_case(REQUEST)) {
            port.expect_answer();
        }
        let written = ready!(Pin::new(&mut port.port).poll_write(cx, octets));
        if let Ok(count) = written {
            port.watch.wrote(octets.get(..count).unwrap_or_default());
        }
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.port).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.port).poll_shutdown(cx)
    }
}
