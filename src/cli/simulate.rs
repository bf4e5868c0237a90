//! `saldo simulate`

use std::process::ExitCode;

use saldo::Error;

use super::Globals;

/// A simulated modem on a pseudo-terminal that any program can open
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_args: &Args, _globals: &Globals) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
