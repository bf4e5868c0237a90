//! To 2G or 3G for the length of a run, and back however it ends: USSD is a circuit-switched service, and
//! LTE has none by itself.
//!
//! The modem remembers its radio mode beyond its own restart. So what puts it back is in the journal on disk
//! before the mode is changed, and whoever meets the modem next settles what a killed run left there.

use std::time::Duration;

use super::facts::Registration;
use super::run::now;
use super::{Modem, Step, why};
use crate::Error;
use crate::at::{Command, Outcome};
use crate::modems::Fallback;
use crate::port::Line;
use crate::store::Debt;

impl<P: Line> Modem<P> {
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

    /// Writes down what puts the mode back. From here on it is owed, whatever becomes of this run: also where an
    /// earlier run's note could not be settled, since that mode is the owner's.
    async fn note_way_back(&mut self, back: String) -> Result<(), Error> {
        let is_owed = self.note_debt(RADIO, Debt::Command(back)).await?;
        if is_owed { Ok(()) } else { Err(unknown_again()) }
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
}

/// What the journal calls it.
const RADIO: &str = "radio mode";

/// How long a modem may take to change its mode: some leave their network first.
pub(super) const SWITCH: Duration = Duration::from_secs(20);

/// How long it may take until a network has it.
pub(super) const REGISTER: Duration = Duration::from_secs(60);

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
