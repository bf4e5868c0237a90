//! What is owed to the eUICC and to the radio while profiles change, and how it is paid: by this run, or by
//! the next one that meets the modem.

use super::super::debts::Paid;
use super::super::pin::check_state;
use super::super::run::now;
use super::super::{Modem, facts};
use super::why;
use crate::Error;
use crate::at::Session;
use crate::euicc::{self, Profile};
use crate::ids::{Eid, Iccid};
use crate::operators::SimFacts;
use crate::port::Line;
use crate::store::Debt;

impl<P: Line> Modem<P> {
    /// Whoever is killed between "off" and "on" leaves a modem without its radio.
    pub(super) async fn owe_radio(&mut self) -> Result<(), Error> {
        self.note(RADIO, Debt::Command(ON.into())).await
    }

    /// From here on the profile that is in use now on this card is owed, whatever becomes of this run.
    pub(super) async fn owe_profile(&mut self, profile: &Profile, eid: Eid) -> Result<(), Error> {
        self.note(PROFILE, Debt::Profile(profile.iccid, Some(eid))).await
    }

    async fn note(&mut self, subject: &str, debt: Debt) -> Result<(), Error> {
        if self.note_debt(subject, debt).await? { Ok(()) } else { Err(why::unknown_again()) }
    }

    /// Enables the profile that a run has left for another. What cannot be done now stays owed, and so does
    /// what another card is owed.
    pub(in crate::client) async fn put_back_profile(
        &mut self,
        iccid: &Iccid,
        eid: Option<&Eid>,
    ) -> Result<Paid, Error> {
        self.note_place();
        let (card, profiles) = self.card_after_kill().await?;
        if eid.is_some_and(|eid| *eid != card) {
            self.tell("another card than this one is owed the eSIM profile that was in use on it");
            return Ok(Paid::Elsewhere);
        }
        if profiles.is_empty() {
            self.tell("the card lists no profile: the one that was in use is not put back");
            return Ok(Paid::NotYet);
        }
        match profiles.iter().find(|profile| profile.iccid == *iccid) {
            Some(profile) => {
                let paid = self.switch_back(profile, &profiles).await;
                self.settings.stranded = paid.as_ref().err().map(Error::to_string);
                paid
            }
            None => Ok(self.miss_profile(eid.is_some())),
        }
    }

    /// The profile is not in the list: it was deleted, where this is the card that had it.
    fn miss_profile(&self, is_its_card: bool) -> Paid {
        if is_its_card {
            self.tell("the profile that was in use is no longer on this card: nothing to put back");
            return Paid::Void;
        }
        self.tell("the eSIM profile that was in use is not on this card: another one is owed it");
        Paid::Elsewhere
    }

    async fn switch_back(&mut self, profile: &Profile, all: &[Profile]) -> Result<Paid, Error> {
        let iccid = &profile.iccid;
        let used = euicc::enabled(all);
        let is_enabled = used.is_some_and(|used| used.iccid == *iccid);
        if is_enabled && self.reads(iccid).await.unwrap_or(false) {
            return Ok(Paid::Back);
        }
        if !is_enabled && used.is_some_and(euicc::is_one_way) {
            self.tell(
                "a rule of the eSIM profile in use (PPR1) forbids that the one before is put back",
            );
            return Ok(Paid::Void);
        }
        self.tell("putting the eSIM profile back that was in use; that may take a minute");
        self.return_to(profile).await.map(|()| Paid::Back)
    }

    /// Whether the profile is in use and wants its PIN, as after any restart: it is back then.
    pub(super) async fn waits_for_pin(&mut self, iccid: &Iccid) -> Result<bool, Error> {
        let answers = self.ask(&["+CPIN?"]).await?;
        let state = answers.value("+CPIN?").map(facts::unquoted);
        let is_locked = matches!(state, Some("SIM PIN" | "SIM PUK"));
        Ok(is_locked && self.is_enabled(iccid).await?)
    }

    /// A run that was killed may have left the card off. One that is only starting lists nothing yet.
    async fn card_after_kill(&mut self) -> Result<(Eid, Vec<Profile>), Error> {
        let answers = self.ask(&["+CFUN?"]).await?;
        let was_off = answers.value("+CFUN?").is_some_and(|value| value.trim() != "1");
        if was_off {
            self.insist(ON).await?;
            self.settings.was_switched = true;
        }
        let until = now() + if was_off { super::switch::CARD } else { STARTING };
        loop {
            match self.listing().await {
                listing if now() >= until => return listing,
                Ok((_, profiles)) if profiles.is_empty() => self.pause().await?,
                Ok(listing) => return Ok(listing),
                Err(Error::Unplugged { .. }) => self.come_back().await?,
                Err(_) => self.pause().await?,
            }
        }
    }

    /// Whether the modem reads this profile by now, and its IMSI.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] where it waits for a PIN; as any question.
    pub(super) async fn reads(&mut self, iccid: &Iccid) -> Result<bool, Error> {
        let answers = self.ask(&["+CPIN?"]).await?;
        let Some(state) = answers.value("+CPIN?") else { return Ok(false) };
        check_state(Some(facts::unquoted(state)))?;
        self.sim().await?;
        if self.sim.iccid.is_none() {
            self.complete_facts().await?;
        }
        let is_seen = self.sim.iccid.as_ref().is_some_and(|seen| seen.is_of_card(iccid));
        Ok(is_seen && self.sim.imsi.is_some())
    }

    /// As [`Self::reads`], some time after a reset: a modem that tells no ICCID at all reads the profile that the
    /// card lists as enabled.
    pub(super) async fn reads_by_now(&mut self, iccid: &Iccid) -> Result<bool, Error> {
        if self.reads(iccid).await? {
            return Ok(true);
        }
        let tells_another = self.sim.iccid.is_some() || self.sim.imsi.is_none();
        Ok(!tells_another && self.is_enabled(iccid).await?)
    }

    async fn is_enabled(&mut self, iccid: &Iccid) -> Result<bool, Error> {
        Ok(euicc::enabled(&self.profiles().await?).is_some_and(|used| used.iccid == *iccid))
    }

    /// Another SIM is behind the same modem.
    pub(super) fn forget_card(&mut self) {
        (self.sim, self.names) = (SimFacts::default(), None);
        self.settings.forget_network();
    }

    /// The modem has restarted behind another port; what is owed goes with it.
    pub(super) fn move_to(&mut self, port: P) {
        self.port = port;
        let owed = self.owed().to_vec();
        self.port.note_restore(&owed);
        self.session = Session::default();
        self.urcs.clear();
        self.hung_up = false;
        self.settings.restarted();
        self.forget_card();
    }
}

pub(super) const ON: &str = "AT+CFUN=1";

/// What the journal calls them.
pub(super) const RADIO: &str = "radio";
pub(super) const PROFILE: &str = "eSIM profile";

/// A card that was never off is asked for no longer than this: it may be another one.
pub(super) const STARTING: std::time::Duration = std::time::Duration::from_secs(5);
