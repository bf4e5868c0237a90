//! One connection to a broker: packets out, packets in, and whether it is still there.

use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::fault::Fault;
use super::packet::{self, Connect, Incoming};
use super::settings::{Settings, Url};
use super::tls::Tls;
use crate::Error;

/// How long a connection, a packet and an answer may take over a slow mobile network.
const LIMIT: Duration = Duration::from_secs(30);

/// Octets read at once.
const CHUNK: usize = 16 * 1024;

/// What a broker is spoken to on.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

/// Where a broker is, and by what it is believed.
pub(super) struct Broker {
    pub(super) url: Url,
    user: Option<String>,
    password: Option<String>,
    keep_alive: u16,
    tls: Option<Tls>,
}

impl Broker {
    /// Reads what the settings name.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where a file of theirs cannot be read, or this build has no TLS.
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let tls = settings.url.is_tls.then(|| Tls::new(settings)).transpose()?;
        let password = settings.password()?;
        let user = settings.user.clone();
        Ok(Self { url: settings.url.clone(), user, password, keep_alive: settings.keep_alive, tls })
    }

    async fn stream(&self) -> Result<Box<dyn Stream>, Fault> {
        let tcp = TcpStream::connect((&*self.url.host, self.url.port)).await?;
        tcp.set_nodelay(true)?; // one message waits for the other's answer
        match &self.tls {
            Some(tls) => tls.wrap(tcp, &self.url.host).await,
            None => Ok(Box::new(tcp)),
        }
    }
}

/// A connection that the broker has accepted.
pub(super) struct Link {
    stream: Box<dyn Stream>,
    inbox: BytesMut,
    keep_alive: Duration,
    /// When we last said something.
    sent: Instant,
    /// When the broker last did.
    heard: Instant,
    /// Since when we wait for the broker to say that it is there.
    asked: Option<Instant>,
}

impl Link {
    /// Connects; gives also whether the broker knows our session.
    ///
    /// # Errors
    ///
    /// Where there is no broker, or it does not want us.
    pub(super) async fn open(
        broker: &Broker,
        client: &str,
        will: Option<&packet::Publish>,
    ) -> Result<(Self, bool), Fault> {
        let opening = async {
            let now = Instant::now();
            let mut link = Self {
                stream: broker.stream().await?,
                inbox: BytesMut::new(),
                keep_alive: Duration::from_secs(broker.keep_alive.into()),
                sent: now,
                heard: now,
                asked: None,
            };
            let user = broker.user.as_deref().map(|name| (name, broker.password.as_deref()));
            // Who leaves a will comes back: the broker keeps what belongs to it.
            let is_clean = will.is_none();
            let keep_alive = broker.keep_alive;
            link.send(&Connect { client, is_clean, keep_alive, will, user }.write()).await?;
            match link.receive().await? {
                Incoming::ConnAck { has_session, code: 0 } => Ok((link, has_session)),
                Incoming::ConnAck { code, .. } => Err(Fault::Refused(code)),
                _ => Err(Fault::Malformed(packet::Malformed::Packet)),
            }
        };
        timeout(LIMIT, opening).await.unwrap_or(Err(Fault::Silent))
    }

    /// Writes one packet, or several.
    pub(super) async fn send(&mut self, packets: &[u8]) -> Result<(), Fault> {
        let writing = async {
            self.stream.write_all(packets).await?;
            self.stream.flush().await
        };
        timeout(LIMIT, writing)
            .await
            .unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))?;
        self.sent = Instant::now();
        Ok(())
    }

    /// The next packet. Nothing is lost where this is dropped.
    pub(super) async fn receive(&mut self) -> Result<Incoming, Fault> {
        loop {
            if let Some((incoming, length)) = packet::read(&self.inbox)? {
                let _ = self.inbox.split_to(length);
                self.heard = Instant::now();
                self.asked = None;
                return Ok(incoming);
            }
            self.inbox.reserve(CHUNK);
            if self.stream.read_buf(&mut self.inbox).await? == 0 {
                return Err(Fault::Closed);
            }
        }
    }

    /// When [`Link::keep`] has something to do.
    pub(super) fn due(&self) -> Instant {
        /// As good as never.
        const DAY: Duration = Duration::from_secs(86_400);
        match self.asked {
            Some(asked) => asked + LIMIT,
            None if self.keep_alive.is_zero() => self.heard + DAY,
            None => self.sent.min(self.heard) + self.keep_alive,
        }
    }

    /// Asks whether the broker is there (clause 3.1.2.10), once.
    ///
    /// # Errors
    ///
    /// [`Fault::Silent`] where it was asked before.
    pub(super) async fn keep(&mut self) -> Result<(), Fault> {
        if self.asked.is_some() {
            return Err(Fault::Silent);
        }
        self.asked = Some(Instant::now());
        self.send(&packet::pingreq()).await
    }
}
