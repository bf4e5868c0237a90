//! The two commands that programs call by the thousand, parsed without describing all the others.
//!
//! Clap copies every global option into every command before it reads a word. What is not plainly one of
//! the two is left to the whole description: help, errors, options before the command's name.

use std::ffi::OsString;
use std::mem::ManuallyDrop;

use clap::{CommandFactory, FromArgMatches, Parser};

use super::{Cli, Command, Globals, balance};

#[derive(Parser)]
struct Alone<T: clap::Args> {
    #[command(flatten)]
    globals: Globals,

    #[command(flatten)]
    args: T,
}

/// What [`Cli`] would give; `None` where it has to be asked itself.
pub(super) fn parse(arguments: &[OsString]) -> Option<Cli> {
    let words = arguments.get(1..)?;
    match words.first().map(|word| word.to_string_lossy()).as_deref() {
        Some("ussd") => alone(words).map(|one| one.named(Command::Ussd)),
        Some("balance") => alone(words).map(|one| one.named(Command::Balance)),
        Some(word) if !word.starts_with('-') => None,
        _ => alone(arguments).map(|Alone { globals, args }| Cli {
            command: None,
            balance: args,
            globals,
        }),
    }
}

/// The first word is the command's name. Its description is left to the end of the process.
fn alone<T: clap::Args>(words: &[OsString]) -> Option<Alone<T>> {
    let mut command = ManuallyDrop::new(Alone::<T>::command());
    let mut matches = command.try_get_matches_from_mut(words).ok()?;
    Alone::from_arg_matches_mut(&mut matches).ok()
}

impl<T: clap::Args> Alone<T> {
    fn named(self, command: impl FnOnce(T) -> Command) -> Cli {
        let balance = balance::Args::default();
        Cli { command: Some(command(self.args)), balance, globals: self.globals }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Vec<OsString> {
        std::iter::once("saldo").chain(line.split_whitespace()).map(OsString::from).collect()
    }

    /// `Debug` shows every field there is, so nothing can be forgotten here.
    fn shown(cli: &Cli) -> String {
        let Cli { command, balance, globals } = cli;
        let command = match command {
            None => "none".to_owned(),
            Some(Command::Ussd(args)) => format!("{args:?}"),
            Some(Command::Balance(args)) => format!("{args:?}"),
            Some(_) => "another".to_owned(),
        };
        format!("{command} {balance:?} {globals:?}")
    }

    #[test]
    fn a_command_alone_reads_as_among_all_the_others() {
        for line in [
            "",
            "--json",
            "--code *100# -vv --port sim:be-proximus --port sim:menu",
            "balance",
            "balance --answer 1,2 --below -0.50 --timeout 3 -q",
            "ussd *100#",
            "ussd --port sim:be-proximus *100# 1 2 --yes --color never",
            "ussd -- *100#",
        ] {
            let whole = Cli::try_parse_from(arguments(line)).unwrap();
            let one = parse(&arguments(line)).expect(line);
            assert_eq!(shown(&one), shown(&whole), "{line}");
        }
    }

    #[test]
    fn what_is_not_plainly_one_command_is_left_to_the_whole_description() {
        for line in [
            "--help",
            "--version",
            "--port sim:be-proximus ussd *100#",
            "--json balance",
            "balance --help",
            "balance 5",
            "decode",
            "help ussd",
            "ports",
            "ussd",
            "ussd *100# --unknown",
        ] {
            assert!(parse(&arguments(line)).is_none(), "{line}");
        }
    }
}
