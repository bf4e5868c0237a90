//! What is owed to a modem beyond a power cut, and how it is paid: by this run, or by the next one that meets
//! the modem. It stands in the journal on disk before anything is changed.

use std::io;

use super::Modem;
use super::fallback::SWITCH;
use crate::Error;
use crate::at::{Command, Outcome};
use crate::port::{self, Line};
use crate::store::{Debt, Journal, ModemKey};

/// What came of something that is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paid {
    /// It is as it was.
    Back,
    /// Not yet: it is tried once more.
    NotYet,
    /// Never: there is no way back, and its owner was told.
    #[cfg_attr(not(feature = "esim"), expect(dead_code, reason = "a command is taken or not"))]
    Void,
    /// It is owed to a card that is not in the modem now, and its owner was told.
    Elsewhere,
}

impl<P: Line> Modem<P> {
    /// With the journal of what is owed to modems: without it nothing is changed that a modem
    /// remembers.
    pub fn with_journal(self, journal: Journal) -> Self {
        Self { journal: Some(journal), ..self }
    }

    /// Writes down what puts `subject` back, where it is not owed already: what was noted first counts. `false`
    /// where the modem tells no IMEI by which it would be known again.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where it cannot be written; as any question.
    pub(super) async fn note_debt(&mut self, subject: &str, debt: Debt) -> Result<bool, Error> {
        if self.owes(subject) {
            return Ok(true);
        }
        let missing = || unwritten(subject, &io::ErrorKind::NotFound.into());
        let journal = self.journal.clone().ok_or_else(missing)?;
        let Some(key) = self.key().await? else { return Ok(false) };
        let owed = journal.note(&key, subject, &[debt]);
        self.owed_beyond.push(owed.map_err(|error| unwritten(subject, &error))?);
        Ok(true)
    }

    /// Puts back what runs that were killed had changed on this modem, once it has said who it is. Whether
    /// there was anything to put back.
    pub(super) async fn settle_journal(&mut self) -> Result<bool, Error> {
        let Some(journal) = self.journal.clone().filter(|_| !self.settings.journal_read) else {
            return Ok(false);
        };
        if journal.is_empty() {
            self.settings.journal_read = true;
            return Ok(false);
        }
        let key = self.key().await?;
        self.settings.journal_read = true;
        let Some(key) = key else {
            self.tell(
                "the modem tells no IMEI of its own: what an interrupted run may have changed on it is not \
                 put back",
            );
            return Ok(false);
        };
        self.owed_beyond = journal.left_behind(&key);
        let is_owed = !self.owed_beyond.is_empty();
        self.settle_left_behind().await.map(|()| is_owed)
    }

    async fn settle_left_behind(&mut self) -> Result<(), Error> {
        let mut place = 0;
        while let Some(owed) = self.owed_beyond.get(place) {
            let subject = owed.subject().to_owned();
            let paid = self.settle_at(place).await;
            self.settings.was_switched |= !matches!(paid, Ok(Paid::Elsewhere));
            match paid {
                Ok(Paid::Back) => {
                    let was =
                        format!("an interrupted run had changed the {subject}: it is put back");
                    self.tell(&was);
                }
                Ok(Paid::Void | Paid::Elsewhere) => {} // its owner was told
                Err(error @ Error::Unplugged { .. }) => return Err(error),
                Ok(Paid::NotYet) | Err(_) => place += 1, // it is tried once more at the end
            }
        }
        Ok(())
    }

    /// Whether the SIM is the one that its owner left in use.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] where an interrupted run left another profile on this card, and it stays in use.
    pub(super) fn check_profile(&self) -> Result<(), Error> {
        let Some(reason) = &self.settings.stranded else { return Ok(()) };
        let message = format!(
            "an interrupted run left another eSIM profile in use, and the one before does not come back: {reason}"
        );
        let hint =
            "`saldo esim list` tells what is in use, `saldo esim enable PROFILE` chooses anew";
        Err(Error::Sim { message, hint: Some(hint.into()) })
    }

    /// Whether this run owes something about this subject, or found it owed.
    pub(super) fn owes(&self, subject: &str) -> bool {
        self.owed_beyond.iter().any(|owed| owed.subject() == subject)
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
            let is_over = |paid| matches!(paid, Ok(Paid::Back | Paid::Void | Paid::Elsewhere));
            if self.hung_up || !is_over(self.settle_at(0).await) {
                self.owed_beyond.remove(0); // on disk it stays
                self.tell(&format!(
                    "the {subject} is not put back yet: the next run that meets this modem does so"
                ));
            }
        }
    }

    /// Whether the modem took back what is owed at this place. Until it has, it stays owed: also where nobody
    /// waits for the end of this.
    async fn settle_at(&mut self, place: usize) -> Result<Paid, Error> {
        let Some(owed) = self.owed_beyond.get(place) else { return Ok(Paid::Back) };
        let mut whole = Paid::Back;
        for debt in owed.debts().to_vec() {
            whole = match self.pay(&debt).await? {
                Paid::Back => whole,
                Paid::NotYet => return Ok(Paid::NotYet),
                paid => paid,
            };
        }
        let owed = self.owed_beyond.remove(place);
        if whole == Paid::Elsewhere {
            return Ok(whole); // on disk it stays
        }
        if let Err(error) = owed.settle() {
            tracing::warn!(%error, "cannot remove the journal of what was put back");
        }
        Ok(whole)
    }

    async fn pay(&mut self, debt: &Debt) -> Result<Paid, Error> {
        match debt {
            Debt::Command(command) if self.insist(command).await? => Ok(Paid::Back),
            Debt::Command(_) => Ok(Paid::NotYet),
            #[cfg(feature = "esim")]
            Debt::Profile(iccid, eid) => Box::pin(self.put_back_profile(iccid, eid.as_ref())).await,
            // A build that knows no eSIM leaves it to one that does.
            #[cfg(not(feature = "esim"))]
            Debt::Profile(..) => Ok(Paid::NotYet),
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
    async fn key(&mut self) -> Result<Option<ModemKey>, Error> {
        let identity = self.identify().await?;
        Ok(self.imei.as_ref().and_then(|imei| ModemKey::new(imei, &identity)))
    }
}

/// How often something is put back before that is left to the next run.
const ATTEMPTS: usize = 3;

fn unwritten(subject: &str, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::ResourceBusy {
        let message =
            format!("another run has changed the {subject} of this modem, and puts it back");
        return Error::Usage { message, hint: None };
    }
    let reason = port::words(error);
    Error::Usage {
        message: format!(
            "cannot write down how the {subject} is put back, so it is not changed: {reason}"
        ),
        hint: Some("XDG_STATE_HOME names a folder for that".into()),
    }
}
