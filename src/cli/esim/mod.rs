//! `saldo esim`: the eUICC and the profiles on it. One file an action.

mod brand;
mod choose;
mod consent;
mod enable;
mod info;
mod json;
mod list;
mod nickname;
mod notifications;
mod sweep;

use std::process::ExitCode;

use crate::Error;
use crate::euicc::Policy;
use crate::port::PortSpec;

pub(crate) use json::ProfileObject;

use super::Globals;
use super::remember::Memo;
use super::settings::Settings;
use super::with_modem::{AnyModem, block_on, on_port};

/// The eSIM: the card, its profiles, their operators
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand, Debug)]
enum Action {
    /// The card itself: EID, version, free memory, whose profiles it takes
    Info,
    /// The profiles on the card, and how the balance of each is asked
    List,
    /// Put a profile in use, in place of the one that is
    Enable(enable::Args),
    /// Ask the balance of every profile, and put the first one in use again
    Sweep(sweep::Args),
    /// Name a profile, in at most 64 octets
    Nickname(nickname::Args),
    /// What the card still wants to tell those who sold its profiles
    Notifications,
}

/// Exit status: 0 when it was told or done; the error's own otherwise.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let settings = Settings::load(globals)?;
    let memo = Memo::new(&settings);
    let done = block_on(async {
        let spec = settings.single_port()?;
        on_port(globals, &settings.dialects, &spec, async |modem| {
            act(&args.action, modem, &spec, (&settings, &memo), globals).await
        })
        .await
    });
    memo.write(globals);
    done
}

async fn act(
    action: &Action,
    modem: &mut AnyModem,
    port: &PortSpec,
    (settings, memo): (&Settings, &Memo),
    globals: &Globals,
) -> Result<ExitCode, Error> {
    match action {
        Action::Sweep(args) => {
            return sweep::run(args, modem, port, (settings, memo), globals).await;
        }
        Action::Enable(args) => enable::run(args, modem, settings, globals).await,
        Action::Info => info::run(modem, globals).await,
        Action::List => list::run(modem, settings, globals).await,
        Action::Nickname(args) => nickname::run(args, modem, settings, globals).await,
        Action::Notifications => notifications::run(modem, globals).await,
    }
    .map(|()| ExitCode::SUCCESS)
}

/// Policy rules by their stable words.
fn policy(rules: &[Policy]) -> Vec<String> {
    let word = |rule: &Policy| match rule {
        Policy::NoDisable => "no-disable".into(),
        Policy::NoDelete => "no-delete".into(),
        Policy::Other(bit) => format!("rule-{bit}"),
    };
    rules.iter().map(word).collect()
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "-".into() } else { text.to_owned() }
}
