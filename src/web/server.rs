//! The port, its connections and their limits.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep, timeout};

use super::answer::{Site, answer};
use super::events::Listeners;
use super::gate::Gate;
use super::{Past, Settings};
use crate::Error;
use crate::daemon::Board;

/// The page on its port; nothing is answered before [`Server::run`].
pub struct Server {
    listener: TcpListener,
    site: Rc<Site>,
}

/// One more is told to come back.
const CONNECTIONS: usize = 64;

/// Request line and headers.
const HEAD: usize = 16 * 1024;

/// A request whose headers take longer, and a connection that is idle so long, ends.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// No connection lasts longer, also one that is only read slowly: a page that listens comes back.
const CONNECTION_TIME: Duration = Duration::from_secs(60 * 60);

/// What the system lacks, files or memory, it may have again.
const AFTER_FAILURE: Duration = Duration::from_millis(200);

const BUSY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 5\r\n\r\n";

impl Server {
    /// Takes the port.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where the address is taken or not ours, and for a token that is missing, too short or cannot
    /// be read.
    pub fn bind(
        settings: &Settings,
        board: Board,
        past: Option<Rc<dyn Past>>,
    ) -> Result<Self, Error> {
        Self::on(settings.listen, settings.token()?, board, past, false)
    }

    /// Takes the port of `--metrics`, on which Prometheus finds `/metrics` and nothing else is.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where the address is taken or not ours.
    pub fn metrics(address: SocketAddr, board: Board) -> Result<Self, Error> {
        Self::on(address, None, board, None, true)
    }

    fn on(
        address: SocketAddr,
        token: Option<String>,
        board: Board,
        past: Option<Rc<dyn Past>>,
        only_metrics: bool,
    ) -> Result<Self, Error> {
        let listener = listen(address).map_err(|error| cannot_listen(address, &error))?;
        let gate = Gate::new(token, address).map_err(|error| cannot_listen(address, &error))?;
        let (listeners, wishes) = (Listeners::default(), Default::default());
        let site = Site { board, past, gate, listeners, wishes, only_metrics };
        Ok(Self { listener, site: Rc::new(site) })
    }

    /// Where it listens; tells the port where the system chose it.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Serves until it is dropped, and with it every connection.
    pub async fn run(self) -> Infallible {
        LocalSet::new().run_until(self.accept()).await
    }

    async fn accept(self) -> Infallible {
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            match self.listener.accept().await {
                Ok((stream, _)) if connections.len() >= CONNECTIONS => {
                    let _ = stream.try_write(BUSY);
                }
                Ok((stream, peer)) => {
                    connections.spawn_local(serve(stream, peer.ip(), self.site.clone()));
                }
                Err(error) => {
                    tracing::warn!("cannot accept: {error}");
                    sleep(AFTER_FAILURE).await;
                }
            }
        }
    }
}

async fn serve(stream: TcpStream, peer: IpAddr, site: Rc<Site>) {
    let service = service_fn(move |request| {
        let site = site.clone();
        async move { Ok::<_, Infallible>(answer(&site, peer, request).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD);
    let connection = http.serve_connection(TokioIo::new(stream), service);
    if let Ok(Err(error)) = timeout(CONNECTION_TIME, connection).await {
        tracing::debug!("connection: {error}");
    }
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Error {
    Error::Usage {
        message: format!("cannot listen on {address}: {}", crate::error::words(error)),
        hint: None,
    }
}
