//! The command line: one file a subcommand, and what they share.

mod decode;
mod operators;
mod out;
mod parse;
mod ports;
mod simulate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use saldo::Error;

/// Plug in a cellular modem, type `saldo`, get the balance
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    globals: Globals,
}

/// Options that every subcommand takes, before or after its name.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Globals {
    /// Port of the modem: /dev/..., usb:VID:PID, tcp:HOST:PORT, sim:NAME (`sim:` lists them)
    #[arg(long, global = true, env = "SALDO_PORT", hide_env_values = true, value_name = "SPEC")]
    pub(crate) port: Option<String>,

    /// Print one JSON object a result
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Show IMEI, IMSI, ICCID and phone numbers whole
    #[arg(long, global = true)]
    pub(crate) show_ids: bool,
}

#[derive(Subcommand)]
enum Command {
    Ports(ports::Args),
    Operators(operators::Args),
    Decode(decode::Args),
    Parse(parse::Args),
    Simulate(simulate::Args),
}

/// Parses, runs, and turns an error into its message, hint and exit status.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(status) => status,
        Err(error) => out::error(&error, cli.globals.json),
    }
}

fn run(cli: &Cli) -> Result<ExitCode, Error> {
    match &cli.command {
        Some(Command::Ports(args)) => ports::run(args, &cli.globals),
        Some(Command::Operators(args)) => operators::run(args, &cli.globals),
        Some(Command::Decode(args)) => decode::run(args, &cli.globals),
        Some(Command::Parse(args)) => parse::run(args, &cli.globals),
        Some(Command::Simulate(args)) => simulate::run(args, &cli.globals),
        None => Ok(ExitCode::SUCCESS),
    }
}
