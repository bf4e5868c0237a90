//! `saldo sms`: the messages on SIM and modem, parts joined.

mod line;

use std::process::ExitCode;

use crate::Error;
use crate::client::Storage;
use crate::pdu::{self, Address};
use crate::sms::{Direction, Message};

use self::line::{DeletedLine, MessageLine, SentLine};
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
            Action::Delete { id, yes } => delete(modem, id, *yes, globals).await,
            Action::Send { number, text, yes } => {
                let text = match text {
                    Some(text) => text.clone(),
                    None => terminal::line("text: ").await.ok_or_else(no_text)?,
                };
                send(modem, &settings, (number, &text), *yes, globals).await
            }
        })
        .await
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn list(modem: &mut AnyModem, globals: &Globals) -> Result<(), Error> {
    let storages = modem.storages().await?;
    let mut records = all(&storages);
    if globals.json {
        return records
            .try_for_each(|(storage, record)| out::json(&object(storage, record, globals)));
    }
    records.try_for_each(|(storage, record)| {
        out::line(out::visible(&summary(storage, record, globals)))
    })?;
    if all(&storages).next().is_none() {
        out::note(globals, "no messages");
    }
    for full in storages.iter().filter(|storage| storage.is_full()) {
        let name = if full.name.is_empty() { "the storage" } else { &full.name };
        out::note(globals, &format!("{name} is full: new messages wait in the network"));
    }
    Ok(())
}

async fn read(modem: &mut AnyModem, id: &str, globals: &Globals) -> Result<(), Error> {
    let storages = modem.storages().await?;
    let (storage, record) = find(&storages, id)?;
    if globals.json {
        return out::json(&object(storage, record, globals));
    }
    out::line(out::visible(&header(record, globals)))?;
    out::line(out::visible(&body(record)))
}

async fn delete(
    modem: &mut AnyModem,
    ids: &[String],
    yes: bool,
    globals: &Globals,
) -> Result<(), Error> {
    let storages = modem.storages().await?;
    let mut found: Vec<(&Storage, Record)> = Vec::new();
    for id in ids {
        let record = find(&storages, id)?;
        // Two of its parts may have been named.
        if !found.iter().any(|(storage, other)| storage.name == record.0.name && *other == record.1)
        {
            found.push(record);
        }
    }
    if !yes {
        let plural = if found.len() == 1 { "" } else { "s" };
        terminal::confirm(&format!("this deletes {} message{plural}", found.len())).await?;
    }
    for (storage, record) in found {
        modem.delete_messages(&storage.name, &record.indexes()).await?;
        if globals.json {
            out::json(&DeletedLine::of(storage, record.indexes()))?;
        }
    }
    Ok(())
}

async fn send(
    modem: &mut AnyModem,
    settings: &Settings,
    (number, text): (&str, &str),
    yes: bool,
    globals: &Globals,
) -> Result<(), Error> {
    let operator = modem.find_operator(settings.operator.as_deref(), &settings.operators).await;
    let operator = match operator {
        // Whose SIM it is decides only what is free.
        Err(Error::Usage { .. }) => None,
        operator => Some(operator?),
    };
    let known = operator.as_ref();
    if settings.operators.is_premium(modem.known_sim(), known, number) {
        let message = format!("{number} bills whoever writes to it; nothing was sent");
        return Err(Error::Usage { message, hint: None });
    }
    if !yes && !known.is_some_and(|operator| operator.sends_free(number, text)) {
        let message = format!("a message to {} may cost something", shown(number, globals));
        let hint = Some("`saldo sms send --yes` sends it, once".into());
        return Err(Error::Usage { message, hint });
    }
    modem.prepare_messages().await?;
    let parts = modem.send_message(number, text).await?;
    if globals.json {
        return out::json(&SentLine::of(shown(number, globals), parts));
    }
    let plural = if parts == 1 { "" } else { "s" };
    out::note(globals, &format!("sent to {}, {parts} part{plural}", shown(number, globals)));
    Ok(())
}

/// An empty message costs what a full one does.
fn no_text() -> Error {
    Error::Usage { message: "there is no text to send".into(), hint: None }
}

fn shown(number: &str, globals: &Globals) -> String {
    number.parse().map_or_else(|_| number.to_owned(), |to: Address| to.shown(globals.show_ids))
}

/// A message, or a record that is none.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Record<'a> {
    Message(&'a Message),
    Unreadable(Option<u16>, pdu::Error),
}

impl Record<'_> {
    /// The places it is stored at.
    fn indexes(&self) -> Vec<u16> {
        match self {
            Self::Message(message) => message.indexes.clone(),
            Self::Unreadable(index, _) => index.iter().copied().collect(),
        }
    }
}

fn object<'a>(storage: &'a Storage, record: Record<'a>, globals: &Globals) -> MessageLine<'a> {
    match record {
        Record::Message(message) => MessageLine::of(storage, message, globals.show_ids),
        Record::Unreadable(index, error) => MessageLine::unreadable(storage, index, error),
    }
}

fn all(storages: &[Storage]) -> impl Iterator<Item = (&Storage, Record<'_>)> {
    storages.iter().flat_map(|storage| {
        let messages = storage.inbox.messages.iter().map(Record::Message);
        let unreadable = storage.inbox.unreadable.iter();
        let unreadable = unreadable.map(|(index, error)| Record::Unreadable(*index, *error));
        messages.chain(unreadable).map(move |record| (storage, record))
    })
}

/// The message of which `id` names any part.
fn find<'a>(storages: &'a [Storage], id: &str) -> Result<(&'a Storage, Record<'a>), Error> {
    let (name, index) = id.rsplit_once(':').unwrap_or(("", id));
    let fits = |(storage, record): &(&Storage, Record<'_>)| {
        let is_here = name.is_empty() || storage.name.eq_ignore_ascii_case(name);
        is_here && index.parse().is_ok_and(|index| record.indexes().contains(&index))
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
fn summary(storage: &Storage, record: Record<'_>, globals: &Globals) -> String {
    const WIDTH: usize = 60;
    let text = body(record).split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = text.chars().take(WIDTH).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    let index = record.indexes().first().map_or_else(|| "?".into(), u16::to_string);
    let new = record.indexes().iter().any(|index| storage.unread.contains(index));
    let new = if new { "  new" } else { "" };
    format!("{}  {}{new}  {short}{more}", named(&storage.name, &index), header(record, globals))
}

fn header(record: Record<'_>, globals: &Globals) -> String {
    let Record::Message(message) = record else { return "unreadable".into() };
    let time = message.time.map_or_else(|| "no time".to_owned(), |time| time.to_string());
    let (to, who) = match message.direction {
        Direction::Received => ("", &message.from),
        Direction::Sent => ("to ", &message.to),
        Direction::Report => ("report of ", &message.to),
    };
    let who = who.as_ref().map_or_else(|| "?".into(), |who| who.shown(globals.show_ids));
    format!("{time}  {to}{who}")
}

fn body(record: Record<'_>) -> String {
    match record {
        Record::Unreadable(_, error) => error.to_string(),
        Record::Message(Message { report: Some(status), .. }) => fate(*status),
        Record::Message(message) if message.octets.is_empty() => message.text.clone(),
        Record::Message(message) => crate::hex::digits(&message.octets),
    }
}

/// What became of a message that was sent (3GPP TS 23.040 clause 9.2.3.15).
fn fate(status: u8) -> String {
    match status {
        0x00..=0x1F => "delivered".into(),
        0x20..=0x3F => format!("not delivered yet (status {status})"),
        _ => format!("not delivered (status {status})"),
    }
}

fn named(storage: &str, index: &str) -> String {
    if storage.is_empty() { index.to_owned() } else { format!("{storage}:{index}") }
}
