//! From one profile to another: the card is asked, the modem is made to see it, and the new SIM is waited
//! for. What fails on the way is undone.

use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use super::super::facts::Registration;
use super::super::run::now;
use super::super::{Modem, Step, why as network};
use super::owed::{ON, PROFILE, STARTING};
use super::why;
use crate::Error;
use crate::at::{Command, Outcome};
use crate::euicc::{self, EnableResult, Identifier, Obstacle, Profile};
use crate::ids::{Eid, Iccid, Imei};
use crate::port::Line;

/// How a modem is reached again that was away for a moment: a reset may number its port anew.
pub trait Reopen<P> {
    /// Notes where the modem is, while it is there, and whom to look for.
    fn note_place(&self, imei: Option<&Imei>);

    /// A port that leads nowhere, in place of the one that is away: one that is still held cannot be opened.
    fn nowhere(&self) -> P;

    /// Opens the port again, wherever it is now.
    ///
    /// # Errors
    ///
    /// [`Error::Port`] where it does not come back.
    fn reopen(&self) -> Pin<Box<dyn Future<Output = Result<P, Error>> + '_>>;
}

impl<P: Line> Modem<P> {
    /// With a way to reach the modem again that a switch restarts; without it the next run does what is left.
    pub fn reopening(self, reopen: impl Reopen<P> + 'static) -> Self {
        Self { reopen: Some(Rc::new(reopen)), ..self }
    }

    /// Enables a profile and waits until a network has the modem with it; where that fails, the profile
    /// that was in use is enabled again. The modem is reset, so every connection over it ends.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] where the card, its rules or the new profile's PIN forbid it, [`Error::Network`] where
    /// no network takes it, [`Error::Port`] where the modem does not come back, [`Error::Usage`] where the
    /// journal cannot be written.
    pub async fn enable_profile(&mut self, wanted: &Profile) -> Result<Registration, Error> {
        let (eid, profiles) = self.listing().await?;
        if let Some(obstacle) = euicc::obstacle(&profiles, wanted) {
            return Err(why::forbidden(obstacle));
        }
        self.owe_radio().await?;
        let before = euicc::enabled(&profiles);
        if let Some(before) = before {
            self.owe_profile(before, eid).await?;
        }
        let arrived = match self.change_to(wanted).await {
            Ok(()) => self.wait_until_served().await,
            Err(error) => Err(error),
        };
        let arrived = match (arrived, before) {
            (Ok(found), _) => {
                self.forgive(PROFILE);
                self.settings.stranded = None; // the owner has chosen
                Ok(found)
            }
            (Err(error), Some(before)) => Err(self.undo(wanted, before, error).await),
            (Err(error), None) => Err(error),
        };
        self.settle_owed().await;
        arrived
    }

    /// Enables the profile before; gives why the wanted one is not in use.
    async fn undo(&mut self, wanted: &Profile, before: &Profile, error: Error) -> Error {
        let is_locked = matches!(self.waits_for_pin(&wanted.iccid).await, Ok(true));
        let is_back = self.roll_back(before).await;
        // Whoever unlocked the SIM now would unlock another one.
        let outcome = "the one before is in use again";
        if is_locked && is_back { why::wants_its_pin(outcome) } else { error }
    }

    /// All profiles on the card; the channel is closed again.
    ///
    /// # Errors
    ///
    /// As [`Modem::euicc`] and [`super::Euicc::profiles`].
    pub async fn profiles(&mut self) -> Result<Vec<Profile>, Error> {
        self.listing().await.map(|(_, profiles)| profiles)
    }

    /// The same, and which card it is.
    pub(super) async fn listing(&mut self) -> Result<(Eid, Vec<Profile>), Error> {
        let mut card = self.euicc().await?;
        let (eid, profiles) = (card.eid(), card.profiles().await);
        card.close().await?;
        Ok((eid, profiles?))
    }

    /// Enables a profile and waits until the modem reads it; whether a network takes it is another question.
    pub(super) async fn change_to(&mut self, wanted: &Profile) -> Result<(), Error> {
        self.progress.set(Step::Profile);
        self.note_place();
        self.ask_card(wanted).await?;
        self.reset_card().await?;
        self.wait_for_card(&wanted.iccid).await
    }

    /// Asks in one way after another, and looks at the list in between: an answer may have been lost.
    async fn ask_card(&mut self, wanted: &Profile) -> Result<(), Error> {
        let mut reason = None;
        for (by, refresh) in euicc::attempts(wanted) {
            match self.ask_once(&by, refresh).await {
                Ok(EnableResult::Done) => return Ok(()),
                Ok(EnableResult::Disallowed) => return Err(why::forbidden(Obstacle::Held)),
                Ok(result) => reason = Some(why::not_enabled(result)),
                Err(Error::Unplugged { .. }) => self.come_back().await?,
                Err(error) => reason = Some(error),
            }
            let is_wanted = |profile: &Profile| profile.iccid == wanted.iccid;
            let profiles = self.profiles_once_started().await?;
            if euicc::enabled(&profiles).is_some_and(is_wanted) {
                return Ok(());
            }
        }
        Err(reason.unwrap_or_else(|| why::not_enabled(EnableResult::Undefined)))
    }

    /// All profiles of a card that may be starting: to some modems it is busy meanwhile, to others not there.
    async fn profiles_once_started(&mut self) -> Result<Vec<Profile>, Error> {
        let (until, mut pause) = (now() + CARD, SHORTEST);
        loop {
            match self.profiles().await {
                Err(error) if now() >= until => return Err(error),
                Err(Error::Unplugged { .. }) => self.come_back().await?,
                Err(_) => self.longer(&mut pause).await?,
                profiles => return profiles,
            }
        }
    }

    /// Asks in one way. A card that is at a dialogue with the modem is waited for, and the modem is reset
    /// once where the dialogue is a stale one.
    async fn ask_once(&mut self, by: &Identifier, refresh: bool) -> Result<EnableResult, Error> {
        for attempt in 1..=BUSY {
            let mut card = self.euicc().await?;
            let result = card.enable(by, refresh).await?;
            card.close().await?;
            if result != EnableResult::ToolkitBusy {
                return Ok(result);
            }
            if attempt + 1 == BUSY {
                self.reset_card().await?;
                self.profiles_once_started().await?;
            }
            self.pause().await?;
        }
        Ok(EnableResult::ToolkitBusy)
    }

    /// Has the modem read the card anew: off and on again, radio and card, or the radio alone where that is
    /// all it takes (3GPP TS 27.007 clause 8.2).
    pub(super) async fn reset_card(&mut self) -> Result<(), Error> {
        for step in [OFF, ON] {
            match self.command(Command::new(step).within(RESET)).await {
                Ok(answer) if step == OFF && matches!(answer.outcome, Outcome::Failed(_)) => {
                    self.command(Command::new("AT+CFUN=4").within(RESET)).await?;
                }
                Ok(answer) if step == ON && answer.outcome != Outcome::Ok => {
                    self.insist(ON).await?;
                }
                Ok(_) => {}
                Err(Error::Unplugged { .. }) => self.come_back().await?,
                Err(error) => return Err(error),
            }
        }
        self.forget_card();
        Ok(())
    }

    /// Waits until the modem reads this profile, and its IMSI.
    async fn wait_for_card(&mut self, iccid: &Iccid) -> Result<(), Error> {
        let (until, patient, mut pause) = (now() + CARD, now() + STARTING, SHORTEST);
        loop {
            let seen = match now() < patient {
                true => self.reads(iccid).await,
                false => self.reads_by_now(iccid).await,
            };
            match seen {
                Ok(true) => return Ok(()),
                Err(error @ Error::Sim { .. }) => return Err(error), // it wants its PIN
                Err(Error::Unplugged { .. }) if now() < until => self.come_back().await?,
                Err(error) if now() >= until => return Err(error),
                Ok(false) if now() >= until => return Err(why::not_seen()),
                _ => self.longer(&mut pause).await?,
            }
        }
    }

    /// Waits until a network has the modem. One that says nothing of it may still be starting: unlike
    /// before a question, silence is not taken for a network.
    pub(super) async fn wait_until_served(&mut self) -> Result<Registration, Error> {
        let (until, mut refused, mut pause) = (now() + NETWORK, 0, SHORTEST);
        let mut is_told = false;
        loop {
            match self.registration().await {
                Ok(found) if found.is_told() && found.is_registered() => return Ok(found),
                Ok(found) => {
                    is_told |= found.is_told();
                    refused = if found.is_denied() { refused + 1 } else { 0 };
                }
                Err(Error::Unplugged { .. }) => self.come_back().await?,
                Err(error) => return Err(error),
            }
            if refused == REFUSED {
                return Err(why::denied());
            }
            if now() >= until {
                return Err(if is_told { network::not_registered() } else { why::not_told() });
            }
            self.longer(&mut pause).await?;
        }
    }

    /// A pause, and the next one twice as long, up to a second.
    async fn longer(&mut self, pause: &mut Duration) -> Result<(), Error> {
        match self.next_event(Some(now() + *pause)).await {
            Err(Error::Unplugged { .. }) => {} // the next question meets it, and comes back
            event => drop(event?),
        }
        *pause = (*pause * 2).min(LONGEST);
        Ok(())
    }

    /// Whether the profile before is in use again.
    async fn roll_back(&mut self, before: &Profile) -> bool {
        if self.is_unmoved(before).await {
            return true;
        }
        self.tell("that did not work: the profile that was in use is enabled again");
        match self.return_to(before).await {
            Ok(()) => true,
            Err(error) => {
                self.tell(&format!("it could not be enabled again: {error}"));
                false
            }
        }
    }

    /// As [`Self::change_to`], to a profile that was in use: it is back also where it wants its PIN.
    pub(super) async fn return_to(&mut self, before: &Profile) -> Result<(), Error> {
        let Err(error) = self.change_to(before).await else { return Ok(()) };
        if !self.waits_for_pin(&before.iccid).await.unwrap_or(false) {
            return Err(error);
        }
        self.tell("the profile that was in use is back, and wants its PIN: `saldo sim unlock`");
        Ok(())
    }

    /// Whether card and modem are with this profile still: a refusal changes nothing, and needs no restart.
    async fn is_unmoved(&mut self, before: &Profile) -> bool {
        let is_before = |used: &Profile| used.iccid == before.iccid;
        let listed = self.profiles().await;
        let is_enabled = listed.is_ok_and(|now| euicc::enabled(&now).is_some_and(is_before));
        is_enabled && self.reads(&before.iccid).await.unwrap_or(false)
    }

    /// The port is another one now, and the modem behind it has forgotten what we had set.
    pub(super) async fn come_back(&mut self) -> Result<(), Error> {
        let Some(reopen) = self.reopen.clone() else { return Err(self.unplugged()) };
        self.port.note_restore(&[]);
        self.port = reopen.nowhere();
        let port = reopen.reopen().await?;
        self.move_to(port);
        Ok(())
    }

    /// Of one that is gone already nothing new is to be seen: its name may be another's by now.
    pub(super) fn note_place(&self) {
        if let Some(reopen) = self.reopen.as_ref().filter(|_| !self.hung_up) {
            reopen.note_place(self.imei.as_ref());
        }
    }
}

const OFF: &str = "AT+CFUN=0";

/// How often a busy card is asked.
const BUSY: usize = 4;

/// How long the modem may take for a step of its reset: it leaves its network first.
pub(super) const RESET: Duration = Duration::from_secs(15);

/// How long it may take until it reads the new profile: 2 s are usual.
pub(super) const CARD: Duration = Duration::from_secs(60);

/// How long a network may take: the first one abroad takes minutes.
const NETWORK: Duration = Duration::from_secs(180);

/// Between the first looks: what is quick is not kept waiting.
const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);

/// So many looks in a row at a network that says no are an answer.
const REFUSED: usize = 10;
