//! What the client needs of a port: octets, a name, and a memory that outlives a crash.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

use super::{BAUD, Port, PortSpec, Roots, SimPort, Tap, open_in};
use crate::Error;

/// Octets both ways, a name, and a place to write down what we owe the modem.
pub trait Line: AsyncRead + AsyncWrite + Unpin {
    /// What the user calls it.
    fn name(&self) -> String;

    /// Writes down the commands that would put the modem's settings back, oldest first.
    fn note_restore(&mut self, _commands: &[String]) {}

    /// The commands that a killed run still owed, once.
    fn take_left_behind(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// A [`Port`] under the name the user gave it.
#[derive(Debug)]
pub struct NamedPort {
    port: Port,
    name: String,
    left_behind: Vec<String>,
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
        let left_behind = port.lock().map(|lock| lock.left_behind().to_vec()).unwrap_or_default();
        Ok(Self { port, name: spec.to_string(), left_behind })
    }
}

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

    fn take_left_behind(&mut self) -> Vec<String> {
        std::mem::take(&mut self.left_behind)
    }
}

/// Recording changes nothing of what a port is.
impl<P: Line> Line for Tap<P> {
    fn name(&self) -> String {
        self.port().name()
    }

    fn note_restore(&mut self, commands: &[String]) {
        self.port_mut().note_restore(commands);
    }

    fn take_left_behind(&mut self) -> Vec<String> {
        self.port_mut().take_left_behind()
    }
}

/// A simulated modem without a port around it.
impl Line for SimPort {
    fn name(&self) -> String {
        "a simulated modem".into()
    }
}

/// A pipe to a modem in the same process.
impl Line for DuplexStream {
    fn name(&self) -> String {
        "a pipe".into()
    }
}

impl AsyncRead for NamedPort {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.port).poll_read(cx, buf)
    }
}

impl AsyncWrite for NamedPort {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.port).poll_write(cx, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.port).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.port).poll_shutdown(cx)
    }
}

impl Line for Box<dyn Line> {
    fn name(&self) -> String {
        (**self).name()
    }

    fn note_restore(&mut self, commands: &[String]) {
        (**self).note_restore(commands);
    }

    fn take_left_behind(&mut self) -> Vec<String> {
        (**self).take_left_behind()
    }
}
