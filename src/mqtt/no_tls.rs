//! This build has no TLS.

use std::convert::Infallible;

use tokio::net::TcpStream;

use super::fault::Fault;
use super::link::Stream;
use super::settings::Settings;
use crate::Error;

/// There is none.
pub(super) struct Tls(Infallible);

impl Tls {
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let message = format!("{}: this saldo is built without TLS", settings.url);
        let hint = Some("`cargo install saldo --features mqtt-tls` builds one that has it".into());
        Err(Error::Usage { message, hint })
    }

    pub(super) async fn wrap(&self, _: TcpStream, _: &str) -> Result<Box<dyn Stream>, Fault> {
        match self.0 {}
    }
}
