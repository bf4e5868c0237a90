//! The command line: one file a subcommand, and what they share.

#[cfg(feature = "esim")]
mod again;
mod alone;
mod balance;
mod completions;
mod csv;
mod decode;
mod doctor;
#[cfg(feature = "esim")]
mod esim;
#[cfg(feature = "mqtt")]
mod fleet;
#[cfg_attr(not(feature = "modemmanager"), path = "no_guest.rs")]
mod guest;
mod history;
mod json;
mod jsonl;
mod man;
mod operators;
mod out;
mod parse;
mod ports;
mod record;
mod remember;
mod render;
mod respondent;
mod settings;
mod signal;
mod signals;
mod sim;
mod simulate;
mod sms;
mod spinner;
mod terminal;
mod topup;
mod ussd;
mod watch;
mod with_modem;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::Error;
use crate::port::PortSpec;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

/// Plug in a cellular modem, type `saldo`, get the balance
///
/// Without a command, `saldo` asks the balance: `saldo` is `saldo balance`.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    balance: balance::Args,

    #[command(flatten)]
    globals: Globals,
}

/// Options that every subcommand takes, before or after its name.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Port: /dev/..., usb:VID:PID, tcp:HOST:PORT, mm:N, sim:NAME (`sim:` lists them)
    #[arg(long, global = true, env = "SALDO_PORT", hide_env_values = true, value_name = "SPEC")]
    pub(crate) port: Vec<PortSpec>,

    /// Print one JSON object a result
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Seconds to wait for the network's answer [default: 45]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,

    /// Your settings and operators, instead of those in the configuration folder
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Write everything that passes on the port to FILE, redacted
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,

    /// Take the modem from ModemManager for this run; its data connection ends
    #[arg(long, global = true)]
    pub(crate) borrow: bool,

    /// Show IMEI, IMSI, ICCID and phone numbers whole
    #[arg(long, global = true)]
    pub(crate) show_ids: bool,

    /// Show every command and its answer on stderr (-vv: every read and write)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// No progress and no notes on stderr
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// When to use colour; `NO_COLOR` in the environment turns `auto` off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    fn on_stderr(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                std::io::stderr().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
            }
        }
    }
}

/// The line of each command in the list of all: those of `Args` are read only when that one runs.
#[derive(Subcommand)]
#[command(defer = true)]
enum Command {
    /// Ask the operator what is left and print it
    Balance(balance::Args),
    /// Dial one USSD code and print what the network says
    Ussd(ussd::Args),
    /// Send a voucher to the operator, once
    Topup(topup::Args),
    /// Whether the SIM is open, the tries left, and its PIN
    Sim(sim::Args),
    /// List, read, delete and send messages on the SIM and the modem
    Sms(sms::Args),
    /// The eSIM: the card, its profiles, their operators
    #[cfg(feature = "esim")]
    Esim(esim::Args),
    /// Every candidate port, its role, and who holds it
    Ports(ports::Args),
    /// Why it works or not: findings, each with one suggested command
    Doctor(doctor::Args),
    /// The signal, one line a second, for turning an antenna
    Signal(signal::Args),
    /// Ask on a schedule for ever, remember, and tell
    Watch(watch::Args),
    /// What every machine on an MQTT broker last reported, who runs out first in front
    #[cfg(feature = "mqtt")]
    Fleet(fleet::Args),
    /// Record what a modem answers, masked, as a file that plays again
    Record(record::Args),
    /// What was asked before, and how fast the account empties
    History(history::Args),
    /// The code table, by name, country, PLMN or ICCID
    Operators(operators::Args),
    /// Explain any modem answer offline
    Decode(decode::Args),
    /// Turn an operator's reply into pots offline
    Parse(parse::Args),
    /// A simulated modem on a pseudo-terminal that any program can open
    Simulate(simulate::Args),
    /// Shell completions on standard output
    Completions(completions::Args),
    /// Manual page on standard output, or all pages into a folder
    Man(man::Args),
}

/// Parses, runs, and turns an error into its message, hint and exit status.
pub fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let cli = match alone::parse(&arguments).map_or_else(|| Cli::try_parse_from(&arguments), Ok) {
        Ok(cli) => cli,
        Err(error) => return out::usage(&error),
    };
    log(&cli.globals);
    run(&cli).unwrap_or_else(|error| out::error(&error, &cli.globals))
}

fn run(cli: &Cli) -> Result<ExitCode, Error> {
    let globals = &cli.globals;
    match &cli.command {
        None => balance::run(&cli.balance, globals),
        Some(_) if cli.balance != balance::Args::default() => Err(misplaced()),
        Some(Command::Balance(args)) => balance::run(args, globals),
        Some(Command::Ussd(args)) => ussd::run(args, globals),
        Some(Command::Topup(args)) => topup::run(args, globals),
        Some(Command::Sim(args)) => sim::run(args, globals),
        Some(Command::Sms(args)) => sms::run(args, globals),
        #[cfg(feature = "esim")]
        Some(Command::Esim(args)) => esim::run(args, globals),
        Some(Command::Ports(args)) => ports::run(args, globals),
        Some(Command::Doctor(args)) => doctor::run(args, globals),
        Some(Command::Signal(args)) => signal::run(args, globals),
        Some(Command::Watch(args)) => watch::run(args, globals),
        #[cfg(feature = "mqtt")]
        Some(Command::Fleet(args)) => fleet::run(args, globals),
        Some(Command::Record(args)) => record::run(args, globals),
        Some(Command::History(args)) => history::run(args, globals),
        Some(Command::Operators(args)) => operators::run(args, globals),
        Some(Command::Decode(args)) => decode::run(args, globals),
        Some(Command::Parse(args)) => parse::run(args, globals),
        Some(Command::Simulate(args)) => simulate::run(args, globals),
        Some(Command::Completions(args)) => completions::run(args),
        Some(Command::Man(args)) => man::run(args),
    }
}

/// The whole command, for help pages and completions.
fn command() -> clap::Command {
    Cli::command()
}

fn misplaced() -> Error {
    let message = "options of `saldo balance` stand before another command".into();
    Error::Usage { message, hint: Some("`saldo balance --help` lists them".into()) }
}

fn seconds(text: &str) -> Result<Duration, String> {
    positive_seconds(text.parse().map_err(|_| "a number of seconds is needed".to_owned())?)
}

fn positive_seconds(seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|limit| !limit.is_zero())
        .ok_or_else(|| "more than 0 is needed".into())
}

/// `-v` shows each step, `-vv` every octet too. Without it nothing is set up, which costs nothing.
fn log(globals: &Globals) {
    let level = match globals.verbose {
        0 => return,
        1 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_command_says_the_same_of_itself_in_the_list_and_on_its_page() {
        let listed = super::command();
        let mut built = super::command();
        built.build();
        for command in listed.get_subcommands() {
            let page = built.find_subcommand(command.get_name()).unwrap();
            let in_list = command.get_about().map(ToString::to_string);
            assert!(in_list.is_some(), "{}", command.get_name());
            assert_eq!(in_list, page.get_about().map(ToString::to_string));
        }
    }
}
