//! `saldo ports`

use std::process::ExitCode;

use saldo::Error;

use super::Globals;

/// Every candidate port, its role, and who holds it
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_args: &Args, _globals: &Globals) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
