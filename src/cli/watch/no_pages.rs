//! As `pages`, of a program that shows nothing on the network.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::pending;
use std::rc::Rc;

use crate::Error;
use crate::daemon::{Board, Config};
use crate::store::History;

use super::super::Globals;
use super::super::settings::Settings;

/// Nothing to choose.
#[derive(clap::Args, Debug)]
pub(super) struct Where {}

/// Nothing to serve.
#[derive(Default)]
pub(super) struct Pages {}

impl Pages {
    pub(super) fn open(
        _: &Where,
        _: &Settings,
        config: &Config,
        _: &Board,
        _: &Rc<RefCell<History>>,
    ) -> Result<Self, Error> {
        if config.listen.is_none() {
            return Ok(Self {});
        }
        let message = "`listen` of `[metrics]`: this saldo was built without `web`".into();
        Err(Error::Usage { message, hint: None })
    }

    pub(super) fn tell(&self, _: &Globals) {}

    pub(super) async fn serve(self) -> Infallible {
        pending().await
    }
}
