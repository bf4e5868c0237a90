//! `saldo operators`

use std::process::ExitCode;

use saldo::Error;

use super::Globals;

/// The code table, by name, country, PLMN or ICCID
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_args: &Args, _globals: &Globals) -> Result<ExitCode, Error> {
    Ok(ExitCode::SUCCESS)
}
