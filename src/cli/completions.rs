//! `saldo completions`: what a shell needs to complete the command line.

use std::io;
use std::process::ExitCode;

use crate::Error;
use clap_complete::Shell;

/// Shell completions on standard output
#[derive(clap::Args)]
pub(crate) struct Args {
    /// For which shell
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "saldo", &mut script);
    io::Write::write_all(&mut io::stdout().lock(), &script)?;
    Ok(ExitCode::SUCCESS)
}
