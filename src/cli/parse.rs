//! `saldo parse`

use std::process::ExitCode;

use saldo::Error;

use super::Globals;

/// Turn an operator's reply into pots offline
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_args: &Args, _globals: &Globals) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
