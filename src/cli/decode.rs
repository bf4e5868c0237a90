//! `saldo decode`

use std::process::ExitCode;

use saldo::Error;

use super::Globals;

/// Explain any modem answer offline
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_args: &Args, _globals: &Globals) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
