//! Messages in storage: listed with their parts joined, and deleted (3GPP TS 27.005 clause 3).

use super::Modem;
use super::run::refused;
use crate::Error;
use crate::at::{Command, Outcome};
use crate::port::Line;
use crate::sms::{self, Inbox};

/// The messages of one storage.
#[derive(Clone, Debug)]
pub struct Storage {
    /// `SM` the SIM, `ME` the modem; empty where the modem does not tell storages apart.
    pub name: String,
    /// Its messages, and the records that are none.
    pub inbox: Inbox,
    /// Places of records that nobody had read.
    pub unread: Vec<u16>,
    /// Places in use and places in all, where the modem tells.
    pub room: Option<(u16, u16)>,
}

impl Storage {
    /// Whether no new message finds a place here.
    pub fn is_full(&self) -> bool {
        self.room.is_some_and(|(used, total)| used >= total && total > 0)
    }
}

/// The SIM and the modem; the others are views of these two.
const STORAGES: [&str; 2] = ["SM", "ME"];

impl<P: Line> Modem<P> {
    /// Everything in storage. A listing marks messages as read, here as in a phone.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] where it is missing or locked, [`Error::Refused`] by a modem without messages.
    pub async fn storages(&mut self) -> Result<Vec<Storage>, Error> {
        self.check_sim().await?;
        let found = self.ask(&["+CMGF?", "+CPMS?"]).await?;
        self.pdu_mode(&found).await?;
        let names = found.value("+CPMS?").map(storage_names).unwrap_or_default();
        if names.is_empty() {
            return Ok(vec![self.list("", None).await?]);
        }
        self.owe(format!("AT+CPMS={}", names.join(",")));
        let mut storages: Vec<Storage> = Vec::new();
        for name in STORAGES {
            let Some(room) = self.use_storage(name).await? else { continue };
            let listed = self.list(name, room).await?;
            // Some firmware has one storage under both names.
            if storages.iter().all(|other| other.inbox != listed.inbox) {
                storages.push(listed);
            }
        }
        Ok(storages)
    }

    /// Deletes the records at `indexes` of one storage, one by one.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] at the first that the modem keeps; those before it are gone.
    pub async fn delete_messages(&mut self, storage: &str, indexes: &[u16]) -> Result<(), Error> {
        if !storage.is_empty() && self.use_storage(storage).await?.is_none() {
            let message = format!("the modem has no storage `{storage}`");
            return Err(Error::Usage { message, hint: Some("`saldo sms list` names them".into()) });
        }
        for index in indexes {
            self.expect(Command::new(format!("AT+CMGD={index}"))).await?;
        }
        Ok(())
    }

    /// Reads from this storage from now on; gives its room, or nothing where the modem has no such storage.
    async fn use_storage(&mut self, name: &str) -> Result<Option<Room>, Error> {
        let answer = self.command(Command::new(format!("AT+CPMS=\"{name}\""))).await?;
        let line = answer.lines.iter().find_map(|line| line.split_once("+CPMS:"));
        let room = line.and_then(|(_, value)| numbers(value).first().copied());
        Ok((answer.outcome == Outcome::Ok).then_some(room))
    }

    async fn list(&mut self, name: &str, room: Room) -> Result<Storage, Error> {
        let answer = self.command(Command::new("AT+CMGL=4")).await?;
        if let Outcome::Failed(result) = &answer.outcome {
            return Err(refused("AT+CMGL=4", result));
        }
        let entries = sms::entries(answer.lines.iter().map(|line| line.as_bytes()));
        let new = entries.iter().filter(|entry| entry.status == Some(0));
        let unread = new.filter_map(|entry| entry.index).collect();
        Ok(Storage { name: name.to_owned(), inbox: sms::join(&entries), unread, room })
    }
}

/// The names in `"SM",2,25,"SM",2,25,"SM",2,25`, with their quotes; none where they are empty.
pub(super) fn storage_names(value: &str) -> Vec<&str> {
    let fields = value.split(',').map(str::trim);
    fields.filter(|field| field.len() > 2 && field.starts_with('"')).collect()
}

/// Places in use and places in all.
type Room = Option<(u16, u16)>;

/// The room of the storage that new messages go to: the third and last of `+CPMS?`.
pub(super) fn receiving_room(value: &str) -> Room {
    numbers(value).last().copied()
}

/// The pairs of numbers in `"SM",2,25,"ME",0,50,"SM",2,25` or `2,25,0,50,2,25`.
fn numbers(value: &str) -> Vec<(u16, u16)> {
    let fields = value.split(',').filter_map(|field| field.trim().parse().ok());
    let numbers: Vec<u16> = fields.collect();
    numbers.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect()
}
