//! `saldo sms`: the messages on SIM and modem, parts joined.

use std::process::ExitCode;

use saldo::Error;
use saldo::client::Storage;
use saldo::sms::{Direction, Message};

use super::json::MessageLine;
use super::settings::Settings;
use super::with_modem::{AnyModem, block_on, on_port};
use super::{Globals, out, terminal};

/// List, read, delete and send messages on the SIM and the modem
///
/// A listing marks messages as read, as it does in a phone. `saldo balance` reads none but the answer
/// it waits for.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand, Debug)]
enum Action {
    /// One line a message, oldest first
    List,
    /// The whole text of one message
    Read {
        /// As `saldo sms list` names it: SM:3, or 3 where one storage alone has it
        id: String,
    },
    /// Delete messages, all parts of each
    Delete {
        /// As `saldo sms list` names them
        #[arg(required = true)]
        id: Vec<String>,

        /// Delete without asking
        #[arg(long)]
        yes: bool,
    },
    /// Send one message; it may cost something
    Send {
        /// To whom; + and country code, or an operator's short number
        number: String,

        /// What to say; one line of standard input where it is left out
        text: Option<String>,

        /// Send also where the operator data does not call the number free
        #[arg(long)]
        yes: bool,
    },
}

pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let settings = Settings::load(globals)?;
    block_on(async {
        let spec = settings.single_port()?;
        on_port(globals, &settings.dialects, &spec, async |modem| match &args.action {
            Action::List => list(modem, globals).await,
            Action::Read { id } => read(modem, id, globals).await,
            Action::Delete { id, yes } => delete(modem, id, *yes).await,
            Action::Send { number, text, yes } => {
                let text = match text {
                    Some(text) => text.clone(),
                    None => terminal::line("text: ").await.unwrap_or_default(),
                };
                allow(modem, &settings, (number, &text), *yes).await?;
                modem.send_message(number, &text).await
            }
        })
        .await
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn list(modem: &mut AnyModem, globals: &Globals) -> Result<(), Error> {
    let storages = modem.storages().await?;
    for (storage, message) in all(&storages) {
        if globals.json {
            out::json(&MessageLine::of(storage, message, globals.show_ids))?;
        } else {
            out::line(out::visible(&summary(storage, message, globals)))?;
        }
    }
    for storage in &storages {
        for (index, error) in &storage.inbox.unreadable {
            let index = index.map_or_else(|| "?".into(), |index| index.to_string());
            out::note(globals, &format!("{}: {error}", named(&storage.name, &index)));
        }
    }
    Ok(())
}

async fn read(modem: &mut AnyModem, id: &str, globals: &Globals) -> Result<(), Error> {
    let storages = modem.storages().await?;
    let (storage, message) = find(&storages, id)?;
    if globals.json {
        return out::json(&MessageLine::of(storage, message, globals.show_ids));
    }
    out::line(out::visible(&header(message, globals)))?;
    out::line(out::visible(&body(message)))
}

async fn delete(modem: &mut AnyModem, ids: &[String], yes: bool) -> Result<(), Error> {
    let storages = modem.storages().await?;
    let found: Result<Vec<_>, _> = ids.iter().map(|id| find(&storages, id)).collect();
    let found = found?;
    if !yes {
        let plural = if found.len() == 1 { "" } else { "s" };
        terminal::confirm(&format!("this deletes {} message{plural}", found.len())).await?;
    }
    for (storage, message) in found {
        modem.delete_messages(&storage.name, &message.indexes).await?;
    }
    Ok(())
}

/// What the data of the SIM's operator calls free may be sent; anything else needs a yes.
async fn allow(
    modem: &mut AnyModem,
    settings: &Settings,
    (number, text): (&str, &str),
    yes: bool,
) -> Result<(), Error> {
    let operator = modem.find_operator(settings.operator.as_deref(), &settings.operators).await;
    if yes || operator.is_ok_and(|operator| operator.sends_free(number, text)) {
        return modem.prepare_messages().await;
    }
    let message = format!("a message to {number} may cost something");
    Err(Error::Usage { message, hint: Some("`saldo sms send --yes` sends it, once".into()) })
}

fn all(storages: &[Storage]) -> impl Iterator<Item = (&Storage, &Message)> {
    storages
        .iter()
        .flat_map(|storage| storage.inbox.messages.iter().map(move |message| (storage, message)))
}

/// The message of which `id` names any part.
fn find<'a>(storages: &'a [Storage], id: &str) -> Result<(&'a Storage, &'a Message), Error> {
    let (name, index) = id.rsplit_once(':').unwrap_or(("", id));
    let fits = |(storage, message): &(&Storage, &Message)| {
        let is_here = name.is_empty() || storage.name.eq_ignore_ascii_case(name);
        is_here && index.parse().is_ok_and(|index| message.indexes.contains(&index))
    };
    let mut found = all(storages).filter(fits);
    let hint = Some("`saldo sms list` names them".into());
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Error::Usage { message: format!("there is no message `{id}`"), hint }),
        (Some(_), Some(_)) => {
            let message = format!("several storages have a message `{id}`");
            Err(Error::Usage { message, hint })
        }
    }
}

/// `SM:3  2026-11-22T10:00:00Z  Proximus  Uw herlaadbaar krediet…`.
fn summary(storage: &Storage, message: &Message, globals: &Globals) -> String {
    const WIDTH: usize = 60;
    let text = body(message).split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = text.chars().take(WIDTH).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    let index = message.indexes.first().map_or_else(|| "?".into(), u16::to_string);
    let new = message.indexes.iter().any(|index| storage.unread.contains(index));
    let new = if new { "  new" } else { "" };
    format!("{}  {}{new}  {short}{more}", named(&storage.name, &index), header(message, globals))
}

fn header(message: &Message, globals: &Globals) -> String {
    let time = message.time.map_or_else(|| "no time".to_owned(), |time| time.to_string());
    let (to, who) = match message.direction {
        Direction::Received => ("", &message.from),
        Direction::Sent => ("to ", &message.to),
        Direction::Report => ("report of ", &message.to),
    };
    let who = who.as_ref().map_or_else(|| "?".into(), |who| who.shown(globals.show_ids));
    format!("{time}  {to}{who}")
}

fn body(message: &Message) -> String {
    if message.octets.is_empty() {
        message.text.clone()
    } else {
        saldo::hex::digits(&message.octets)
    }
}

fn named(storage: &str, index: &str) -> String {
    if storage.is_empty() { index.to_owned() } else { format!("{storage}:{index}") }
}
