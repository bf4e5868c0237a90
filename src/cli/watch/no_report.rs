//! This build knows no broker.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::pending;
use std::rc::Rc;

use crate::Error;
use crate::daemon::Board;
use crate::store::History;

use super::super::Globals;
use super::super::settings::Settings;

/// Nothing.
pub(super) struct Report;

impl Report {
    pub(super) fn new(
        _: &Settings,
        _: &Board,
        _: &Rc<RefCell<History>>,
        _: (bool, &Globals),
    ) -> Result<Self, Error> {
        Ok(Self)
    }

    pub(super) async fn run(self) -> Infallible {
        pending().await
    }

    pub(super) async fn deliver(self, _: &Globals) {}
}
