//! Opening a port: the only place that knows what is behind it.

use std::fs;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::serial::SerialPort;
use super::words;
use super::{Lock, PortSpec, Roots, SimError, SimPort, WwanPort, candidate, choose};
use crate::Error;
use crate::modems::Role;

/// The line rate, in baud, of UART modems as they come. USB and pseudo-terminals ignore it.
pub const BAUD: u32 = 115_200;

/// Whatever answers AT commands. Zero octets read mean that it is gone.
#[derive(Debug)]
#[non_exhaustive]
pub enum Port {
    /// A tty: locked, raw, and left as it was found.
    Serial(SerialPort),
    /// A port of the kernel's WWAN subsystem, which is no tty.
    Wwan(WwanPort),
    /// A port on the network.
    Tcp(TcpStream),
    /// Anything else that carries octets: the simulator, a pipe in a test.
    Sim(Box<dyn Stream>),
}

/// What [`Port::Sim`] may hold.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin + std::fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + std::fmt::Debug> Stream for T {}

/// Opens the port that `spec` names on this machine, at `baud` where that means something.
///
/// # Errors
///
/// [`Error::Port`] where there is no such port, it is no tty, may not be opened, or is another
/// program's; the hint says whose, as far as we may see. A spec that names a modem by what it
/// would answer (`imei:`, `iccid:`) is an error here: ask [`super::first_ports`] one by one.
pub async fn open(spec: &PortSpec, baud: u32) -> Result<Port, Error> {
    open_in(&Roots::default(), spec, baud).await
}

/// As [`open`], looking into these folders.
///
/// # Errors
///
/// As [`open`].
pub async fn open_in(roots: &Roots, spec: &PortSpec, baud: u32) -> Result<Port, Error> {
    match choose(Some(spec), roots)? {
        PortSpec::Device(path) => device(roots, &path, baud),
        PortSpec::Tcp { host, port } => tcp(&host, port).await.map(Port::Tcp),
        PortSpec::Sim(name) => simulated(&name),
        other => Err(not_here(&other)),
    }
}

impl Port {
    /// The lock, with its journal; `None` where the port has none.
    pub fn lock(&self) -> Option<&Lock> {
        match self {
            Self::Serial(serial) => serial.lock(),
            Self::Wwan(wwan) => wwan.lock(),
            Self::Tcp(_) | Self::Sim(_) => None,
        }
    }

    /// The device file with its links resolved; `None` where the port is none.
    pub fn device(&self) -> Option<&Path> {
        match self {
            Self::Serial(serial) => Some(serial.device()),
            Self::Wwan(wwan) => Some(wwan.device()),
            Self::Tcp(_) | Self::Sim(_) => None,
        }
    }
}

/// Whether this error of a read or write says that the port is gone, not that it misbehaves.
pub fn is_unplugged(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let kind =
        matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof);
    kind || error.raw_os_error().is_some_and(|code| GONE.contains(&code))
}

/// EIO (the tty hung up), ENXIO and ENODEV (its device went), as the kernel numbers them.
const GONE: [i32; 3] = [5, 6, 19];

/// Long enough for a router behind a slow link, short enough not to look hung.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

fn device(roots: &Roots, path: &Path, baud: u32) -> Result<Port, Error> {
    let resolved = match WwanPort::is_one(roots, path) {
        true => path.into(),
        false => fs::canonicalize(path).unwrap_or_else(|_| path.into()),
    };
    let is_wwan = WwanPort::is_one(roots, &resolved);
    let known = candidate(&resolved, roots);
    // A tty that the user names is theirs to judge; these are no streams of octets at all.
    if let Some(port) =
        known.filter(|port| port.role == Role::Net || is_wwan && port.role != Role::At)
    {
        return Err(Error::Port {
            message: format!("{}: {}", path.display(), port.rejected.unwrap_or_default()),
            hint: Some("`saldo ports` lists the ports that take commands".into()),
        });
    }
    match is_wwan {
        true => WwanPort::open(roots, &resolved).map(Port::Wwan),
        false => SerialPort::open(roots, path, baud).map(Port::Serial),
    }
}

async fn tcp(host: &str, port: u16) -> Result<TcpStream, Error> {
    let refused = |cause: String| Error::Port {
        message: format!("cannot reach {host}, port {port}: {cause}"),
        hint: Some(format!("`nc -vz {host} {port}` tells whether anything listens there")),
    };
    let stream = timeout(CONNECT_LIMIT, TcpStream::connect((host, port)))
        .await
        .map_err(|_| refused(format!("no answer within {} s", CONNECT_LIMIT.as_secs())))?
        .map_err(|error| refused(words(&error)))?;
    let _ = stream.set_nodelay(true); // an AT command is one small segment and waits for its answer
    Ok(stream)
}

fn simulated(name: &str) -> Result<Port, Error> {
    let refused = |error: SimError| {
        let is_known = matches!(error, SimError::Away(_) | SimError::Held(_));
        let hint = (!is_known).then(|| "`saldo simulate` lists the scenarios".to_owned());
        Error::Port { message: error.to_string(), hint }
    };
    SimPort::open(name).map(|sim| Port::Sim(Box::new(sim))).map_err(refused)
}

fn not_here(spec: &PortSpec) -> Error {
    let (message, hint) = match spec {
        PortSpec::ModemManager(_) if cfg!(feature = "modemmanager") => (
            format!("{spec}: only `saldo balance` and `saldo ussd` ask through ModemManager"),
            Some("give the port itself, with `--borrow`; `saldo ports` lists it".into()),
        ),
        PortSpec::ModemManager(_) => (
            format!("{spec}: this build cannot talk to ModemManager"),
            Some("give the port itself; `saldo ports` lists it with its holder".into()),
        ),
        _ => (
            format!("{spec} names a modem, not a port"),
            Some("`saldo ports` lists the ports of this machine".into()),
        ),
    };
    Error::Port { message, hint }
}

impl AsyncRead for Port {
    /// A tty whose device went reads as ended, whichever way its driver says so.
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = match self.get_mut() {
            Self::Serial(serial) => Pin::new(serial.stream()).poll_read(cx, buf),
            Self::Wwan(wwan) => Pin::new(wwan).poll_read(cx, buf),
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Sim(stream) => Pin::new(stream).poll_read(cx, buf),
        };
        read.map(|result| {
            result.or_else(|error| if is_unplugged(&error) { Ok(()) } else { Err(error) })
        })
    }
}

impl AsyncWrite for Port {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Serial(serial) => Pin::new(serial.stream()).poll_write(cx, buf),
            Self::Wwan(wwan) => Pin::new(wwan).poll_write(cx, buf),
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Sim(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    /// Nothing waits in a buffer of ours; a tty's own flush would block the thread (tcdrain).
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Serial(_) | Self::Wwan(_) | Self::Tcp(_) => Poll::Ready(Ok(())),
            Self::Sim(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Serial(_) | Self::Wwan(_) => Poll::Ready(Ok(())),
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Sim(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
