//! To 2G or 3G for the length of a run, and back however it ends: USSD is a circuit-switched service, and
//! LTE has none by itself.
//!
//! The modem remembers its radio mode beyond its own restart. So what puts it back is in the journal on disk
//! before the mode is changed, and whoever meets the modem next settles what a killed run left there.

use std::io;
use std::time::Duration;

use super::facts::Registration;
use super::run::now;
use super::{Modem, Step, why};
use crate::Error;
use crate::at::{Command, Outcome};
use crate::modems::Fallback;
use crate::port::{self, Line};
use crate::store::{Debt, Journal, ModemKey};

impl<P: Line> Modem<P> {
    /// With the journal of what is owed to modems: without it a radio mode is neither changed nor put back.
    pub fn with_journal(self, journal: Journal) -> Self {
        Self { journal: Some(journal), ..self }
    }

    /// Sends a modem that is on LTE to 3G or 2G, until it is closed. One that is there already stays.
    ///
    /// Data stops meanwhile, and the user is told so.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] where no such network takes the modem, or no way there is known;
    /// [`Error::Usage`] where the journal cannot be written; [`Error::Sim`] as for any question.
    pub async fn fall_back(&mut self) -> Result<(), Error> {
        if !self.settings.prepared {
            self.check_sim().await?;
        }
        let registration = self.registered(REGISTER, false).await?;
        self.fall_back_from(&registration).await
    }

    pub(super) async fn fall_back_from(
        &mut self,
        registration: &Registration,
    ) -> Result<(), Error> {
        if registration.is_known() && !registration.is_on_lte() {
            return Ok(());
        }
        let (way, line) = self.radio_mode().await?;
        let Some(back) = Fallback::fill(&way.back, &line) else { return Err(unreadable(&line)) };
        self.note_way_back(back).await?;
        self.tell(
            "sending the modem to 3G or 2G for this request: its data stops until it is back",
        );
        self.progress.set(Step::Switching);
        for set in way.set.iter().filter_map(|set| Fallback::fill(set, &line)) {
            if self.switch(set).await? {
                return Ok(());
            }
        }
        Err(nobody_there())
    }

    /// The first way whose setting this modem can read, and the line that says how it is set.
    async fn radio_mode(&mut self) -> Result<(Fallback, String), Error> {
        for way in self.dialect().fallback {
            let answer = self.command(Command::new(&way.read)).await?;
            let line = answer.lines.into_iter().next().filter(|_| answer.outcome == Outcome::Ok);
            if let Some(line) = line {
                return Ok((way, line));
            }
        }
        Err(no_way())
    }

    /// Writes down what puts the mode back. From here on it is owed, whatever becomes of this run.
    async fn note_way_back(&mut self, back: String) -> Result<(), Error> {
        if self.owed_beyond.iter().any(|owed| owed.subject() == RADIO) {
            return Ok(()); // an earlier run's note, which could not be settled: that mode is the owner's
        }
        let Some(journal) = self.journal.clone() else {
            return Err(unwritten(&io::ErrorKind::NotFound.into()));
        };
        let Some(key) = self.key().await? else { return Err(unknown_again()) };
        let owed = journal.note(&key, RADIO, &[Debt::Command(back)]);
        self.owed_beyond.push(owed.map_err(|error| unwritten(&error))?);
        Ok(())
    }

    /// Whether a network with circuit-switched service took the modem after this.
    async fn switch(&mut self, set: String) -> Result<bool, Error> {
        let answer = self.command(Command::new(set).within(SWITCH)).await?;
        if matches!(answer.outcome, Outcome::Failed(_)) {
            return Ok(false);
        }
        let until = now() + REGISTER;
        while now() < until {
            if self.registration().await?.has_circuit() {
                return Ok(true);
            }
            self.pause().await?;
        }
        Ok(false)
    }

    /// Puts back what runs that were killed had changed on this modem, once it has said who it is.
    pub(super) async fn settle_journal(&mut self) -> Result<(), Error> {
        let Some(journal) = self.journal.clone().filter(|_| !self.settings.journal_read) else {
            return Ok(());
        };
        if journal.is_empty() {
            self.settings.journal_read = true;
            return Ok(());
        }
        let Some(key) = self.key().await? else { return Ok(()) };
        self.settings.journal_read = true;
        self.owed_beyond = journal.left_behind(&key);
        while let Some(owed) = self.owed_beyond.first() {
            let subject = owed.subject().to_owned();
            self.settings.was_switched = true;
            match self.settle_first().await {
                Ok(true) => {
                    let was =
                        format!("an interrupted run had changed the {subject}: it is put back");
                    self.tell(&was);
                }
                Err(error @ Error::Unplugged { .. }) => return Err(error),
                Ok(false) | Err(_) => return Ok(()), // it is tried once more at the end
            }
        }
        Ok(())
    }

    /// Nothing is owed about this subject any more: what was changed is to stay.
    #[cfg(feature = "esim")]
    pub(super) fn forgive(&mut self, subject: &str) {
        if let Some(place) = self.owed_beyond.iter().position(|owed| owed.subject() == subject) {
            if let Err(error) = self.owed_beyond.remove(place).settle() {
                tracing::warn!(%error, "cannot remove the journal of what is to stay");
            }
        }
    }

    /// Puts back what this run changed, or found owed and could not settle at its start.
    pub(super) async fn settle_owed(&mut self) {
        while let Some(owed) = self.owed_beyond.first() {
            let subject = owed.subject().to_owned();
            if self.hung_up || !matches!(self.settle_first().await, Ok(true)) {
                self.owed_beyond.remove(0); // on disk it stays
                self.tell(&format!(
                    "the {subject} is not put back yet: the next run that meets this modem does so"
                ));
            }
        }
    }

    /// Whether the modem took back what is owed first. Until it has, it stays owed: also where nobody waits
    /// for the end of this.
    async fn settle_first(&mut self) -> Result<bool, Error> {
        let Some(owed) = self.owed_beyond.first() else { return Ok(true) };
        for debt in owed.debts().to_vec() {
            if !self.pay(&debt).await? {
                return Ok(false);
            }
        }
        if let Err(error) = self.owed_beyond.remove(0).settle() {
            tracing::warn!(%error, "cannot remove the journal of what was put back");
        }
        Ok(true)
    }

    async fn pay(&mut self, debt: &Debt) -> Result<bool, Error> {
        match debt {
            Debt::Command(command) => self.insist(command).await,
            #[cfg(feature = "esim")]
            Debt::Profile(iccid) => Box::pin(self.put_back_profile(iccid)).await,
            // A build that knows no eSIM leaves it to one that does.
            #[cfg(not(feature = "esim"))]
            Debt::Profile(_) => Ok(false),
        }
    }

    /// A modem that searches may refuse what it takes a moment later, and nothing is lost by asking again.
    pub(super) async fn insist(&mut self, command: &str) -> Result<bool, Error> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.pause().await?;
            }
            let answer = self.command(Command::new(command).within(SWITCH)).await?;
            match answer.outcome {
                Outcome::Ok => return Ok(true),
                Outcome::Silent => break, // it has had its time: asking on would keep a user waiting
                _ => {}
            }
        }
        Ok(false)
    }

    /// By what this modem is known again; `None` where it does not tell its IMEI.
    pub(super) async fn key(&mut self) -> Result<Option<ModemKey>, Error> {
        let identity = self.identify().await?;
        Ok(self.imei.as_ref().and_then(|imei| ModemKey::new(imei, &identity)))
    }
}

/// What the journal calls it.
const RADIO: &str = "radio mode";

/// How long a modem may take to change its mode: some leave their network first.
const SWITCH: Duration = Duration::from_secs(20);

/// How long it may take until a network has it.
pub(super) const REGISTER: Duration = Duration::from_secs(60);

/// How often a mode is put back before that is left to the next run.
const ATTEMPTS: usize = 3;

fn network(message: &str, hint: &str) -> Error {
    Error::Network { message: message.to_owned(), hint: Some(hint.to_owned()) }
}

fn no_way() -> Error {
    network("no way to 3G or 2G is known for this modem", why::BY_HAND)
}

fn nobody_there() -> Error {
    let message = "neither 3G nor 2G took the modem within 60 s";
    network(message, "the operator may have switched them off: its app or a message remain")
}

fn unreadable(line: &str) -> Error {
    let message =
        format!("the radio mode could not be put back from `{line}`, so it is not changed");
    network(&message, why::BY_HAND)
}

fn unknown_again() -> Error {
    let message = "the modem tells no IMEI of its own: an interrupted run could not put its radio mode \
                   back, so it is not changed";
    network(message, why::BY_HAND)
}

fn unwritten(error: &io::Error) -> Error {
    let message = match error.kind() {
        io::ErrorKind::ResourceBusy => {
            "another run has changed the radio mode of this modem, and puts it back".to_owned()
        }
        _ => format!(
            "cannot write down how the radio mode is put back, so it is not changed: {}",
            port::words(error)
        ),
    };
    Error::Usage { message, hint: Some("XDG_STATE_HOME names a folder for that".into()) }
}
