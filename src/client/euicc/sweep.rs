//! One profile after another, and the first one again: for a question that each of them answers itself.

use super::super::Modem;
use super::super::facts::Registration;
use super::super::run::now;
use super::owed::{PROFILE, STARTING};
use super::why;
use crate::Error;
use crate::euicc::{self, Obstacle, Profile};
use crate::ids::{Eid, Iccid};
use crate::port::Line;

/// The profiles of a card while one after another is enabled.
#[derive(Clone, Debug)]
pub struct Sweep {
    eid: Eid,
    profiles: Vec<Profile>,
    original: Profile,
}

impl Sweep {
    /// The profile that was in use, and is again in the end.
    pub fn original(&self) -> &Profile {
        &self.original
    }

    /// In the order of asking: the one in use first, since that takes no switch.
    pub fn profiles(&self) -> Vec<Profile> {
        let is_original = |profile: &&Profile| profile.iccid == self.original.iccid;
        let others = self.profiles.iter().filter(|profile| !is_original(profile));
        std::iter::once(&self.original).chain(others).cloned().collect()
    }

    /// Why this profile is left out; nothing is asked of the card for it.
    pub fn obstacle(&self, profile: &Profile) -> Option<Error> {
        if profile.iccid != self.original.iccid && euicc::is_one_way(profile) {
            return Some(why::one_way());
        }
        euicc::obstacle(&self.profiles, profile)
            .filter(|obstacle| *obstacle != Obstacle::Enabled)
            .map(why::forbidden)
    }
}

impl<P: Line> Modem<P> {
    /// What there is to sweep over. Nothing is changed yet.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] where no profile is in use, or not the one that its owner chose: there would be none to
    /// come back to. As [`Modem::profiles`].
    pub async fn begin_sweep(&mut self) -> Result<Sweep, Error> {
        let (eid, profiles) = self.listing().await?;
        self.check_profile()?;
        let original = euicc::enabled(&profiles).cloned().ok_or_else(why::nothing_enabled)?;
        Ok(Sweep { eid, profiles, original })
    }

    /// Makes `profile` the one in use and waits for its network. Before the first switch the original one
    /// is written down: whatever becomes of this run, it comes back. Until then it needs none.
    ///
    /// # Errors
    ///
    /// As [`Sweep::obstacle`] and [`Modem::enable_profile`]; the sweep may go on with the next one, except where
    /// the port is gone.
    pub async fn visit(&mut self, sweep: &Sweep, profile: &Profile) -> Result<Registration, Error> {
        if let Some(obstacle) = sweep.obstacle(profile) {
            return Err(obstacle);
        }
        if profile.iccid == sweep.original.iccid && !self.owes(PROFILE) {
            self.wait_for_original(&profile.iccid).await?;
        } else if !self.reads(&profile.iccid).await.unwrap_or(false) {
            self.owe_radio().await?;
            self.owe_profile(&sweep.original, sweep.eid).await?;
            self.visit_other(profile).await?;
        }
        self.wait_until_served().await
    }

    /// It is in use still, so a modem that does not tell it is given a moment: a switch would be more than
    /// anybody has agreed to.
    async fn wait_for_original(&mut self, iccid: &Iccid) -> Result<(), Error> {
        let until = now() + STARTING;
        while !self.reads(iccid).await? && now() < until {
            self.pause().await?;
        }
        Ok(())
    }

    async fn visit_other(&mut self, profile: &Profile) -> Result<(), Error> {
        let Err(error) = self.change_to(profile).await else { return Ok(()) };
        // It is in use no more when this is read: whoever unlocked the SIM then would unlock another one.
        let is_locked = matches!(self.waits_for_pin(&profile.iccid).await, Ok(true));
        Err(if is_locked { why::wants_its_pin("it is not asked") } else { error })
    }

    /// Enables the original profile again, where another one was.
    ///
    /// # Errors
    ///
    /// As [`Modem::enable_profile`]; then it stays owed, and the next run that meets the modem does it.
    pub async fn end_sweep(&mut self, sweep: &Sweep) -> Result<(), Error> {
        if !self.owes(PROFILE) || self.reads(&sweep.original.iccid).await.unwrap_or(false) {
            self.settle_owed().await;
            return Ok(());
        }
        self.return_to(&sweep.original).await?;
        self.settle_owed().await;
        Ok(())
    }
}
