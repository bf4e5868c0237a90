//! What `saldo watch` shows on the network: its page, and metrics.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::rc::Rc;

use crate::Error;
use crate::daemon::{Board, Config};
use crate::store::History;
use crate::web::{self, Server};

use super::super::settings::Settings;
use super::super::{Globals, out};

/// Where.
#[derive(clap::Args, Debug)]
pub(super) struct Where {
    /// Show a live page with every balance; without ADDRESS at 127.0.0.1:7253
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "7253", value_parser = web::address)]
    web: Option<SocketAddr>,

    /// Offer metrics to Prometheus at http://ADDRESS/metrics
    #[arg(long, value_name = "ADDRESS", value_parser = web::address)]
    metrics: Option<SocketAddr>,
}

/// The ports that are held for it.
#[derive(Default)]
pub(super) struct Pages {
    web: Option<Server>,
    metrics: Option<Server>,
}

impl Pages {
    /// Takes the ports that the command line or the configuration names.
    pub(super) fn open(
        args: &Where,
        settings: &Settings,
        config: &Config,
        board: &Board,
        history: &Rc<RefCell<History>>,
    ) -> Result<Self, Error> {
        let mut web = settings.web.clone();
        if let Some(listen) = args.web {
            web.get_or_insert_default().listen = listen;
        }
        let past = Rc::clone(history);
        let web = web.map(|web| Server::bind(&web, board.clone(), Some(past))).transpose()?;
        let listen = args.metrics.map_or_else(|| configured(config), |listen| Ok(Some(listen)))?;
        let metrics = listen.map(|listen| Server::metrics(listen, board.clone())).transpose()?;
        Ok(Self { web, metrics })
    }

    /// Says where they are.
    pub(super) fn tell(&self, globals: &Globals) {
        for (server, path) in [(&self.web, ""), (&self.metrics, "metrics")] {
            let address = server.as_ref().and_then(Server::address);
            if let Some(address) = address {
                out::note(globals, &format!("http://{address}/{path}"));
            }
        }
    }

    /// Serves until it is dropped.
    pub(super) async fn serve(self) -> Infallible {
        tokio::select! {
            never = serve(self.web) => never,
            never = serve(self.metrics) => never,
        }
    }
}

async fn serve(server: Option<Server>) -> Infallible {
    match server {
        Some(server) => server.run().await,
        None => pending().await,
    }
}

fn configured(config: &Config) -> Result<Option<SocketAddr>, Error> {
    let listen = config.listen.as_deref().map(web::address).transpose();
    listen.map_err(|reason| {
        let message = format!("`listen` of `[metrics]`: {reason}");
        Error::Usage { message, hint: None }
    })
}
