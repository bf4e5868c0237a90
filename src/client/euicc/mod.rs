//! The eUICC through the modem: a channel to its ISD-R, requests on it, and the channel closed again.
//!
//! What can surprise you:
//!
//! * A channel that stays open is one of three for ever: closing it is owed like a setting, so
//!   [`Modem::close`] does it where nobody else did, and the next run after a kill.
//! * Several modems have the commands and refuse what is sent by them, so a way counts as one only once
//!   the card has told its EID by it.
//!
//! | file | holds |
//! |---|---|
//! | `open` | which way leads to the ISD-R |
//! | `channel` | one APDU there and back; what is owed |
//! | `switch` | from one profile to another |
//! | `sweep` | one profile after another, and back |
//! | `owed` | what a killed run leaves half done |
//! | `why` | why there is no way |

mod channel;
mod open;
mod owed;
mod sweep;
mod switch;
#[cfg(test)]
mod tests;
mod why;

use super::Modem;
use crate::Error;
use crate::euicc::{
    Addresses, EnableResult, Exchange, Identifier, Info, Nickname, NicknameResult, Notification,
    Profile, notifications, profiles, request,
};
use crate::ids::{Eid, Iccid};
use crate::port::Line;
use channel::Channel;

pub use sweep::Sweep;
pub use switch::Reopen;
pub use why::forbidden;

/// The eUICC of a modem, while a channel to it is open.
///
/// [`Euicc::close`] closes it; dropping it leaves that to [`Modem::close`].
pub struct Euicc<'m, P> {
    modem: &'m mut Modem<P>,
    channel: Channel,
    eid: Eid,
}

impl<P: Line> Modem<P> {
    /// Opens a channel to the eUICC and asks who it is. Nothing on the card changes.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] where the card is no consumer eUICC, or is locked or missing; [`Error::Refused`] with
    /// the reason where the modem gives no way to it; [`Error::Silent`], [`Error::Unplugged`].
    pub async fn euicc(&mut self) -> Result<Euicc<'_, P>, Error> {
        let (channel, eid) = self.open_isd_r().await?;
        Ok(Euicc { modem: self, channel, eid })
    }
}

/// Each fails with [`Error::Sim`] where the card refuses or its answer does not read, and as any command.
impl<P: Line> Euicc<'_, P> {
    /// Which eUICC it is.
    pub fn eid(&self) -> Eid {
        self.eid
    }

    /// What it can do and holds.
    ///
    /// # Errors
    ///
    /// See above, here and below.
    pub async fn info(&mut self) -> Result<Info, Error> {
        let answer = self.ask(&request::info()).await?;
        Info::decode(&answer).map_err(why::card)
    }

    /// Where it would go for profiles; `None` where it does not tell.
    ///
    /// # Errors
    ///
    /// See above.
    pub async fn addresses(&mut self) -> Result<Option<Addresses>, Error> {
        match self.ask(&request::addresses()).await {
            Ok(answer) => Ok(Addresses::decode(&answer).ok()),
            Err(Error::Sim { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All profiles on it, in the card's order.
    ///
    /// # Errors
    ///
    /// See above.
    pub async fn profiles(&mut self) -> Result<Vec<Profile>, Error> {
        let answer = self.ask(&request::profiles()).await?;
        profiles(&answer).map_err(why::card)
    }

    /// What it still wants to tell those who sold its profiles.
    ///
    /// # Errors
    ///
    /// See above.
    pub async fn notifications(&mut self) -> Result<Vec<Notification>, Error> {
        let answer = self.ask(&request::notifications()).await?;
        notifications(&answer).map_err(why::card)
    }

    /// Names a profile; the empty name takes its name away.
    ///
    /// # Errors
    ///
    /// See above; a refusal by its own number is no error.
    pub async fn set_nickname(
        &mut self,
        profile: &Iccid,
        nickname: &Nickname,
    ) -> Result<NicknameResult, Error> {
        let answer = self.ask(&request::nickname(profile, nickname)).await?;
        NicknameResult::decode(&answer).map_err(why::card)
    }

    /// Has the card take another profile, once: where the answer is lost, it may have done so.
    ///
    /// The modem notices at its next look at the card, at once with `refresh`; then the channel is gone.
    ///
    /// # Errors
    ///
    /// See above; a refusal by its own number is no error.
    pub async fn enable(
        &mut self,
        profile: &Identifier,
        refresh: bool,
    ) -> Result<EnableResult, Error> {
        let answer = self.ask(&request::enable(profile, refresh)).await?;
        EnableResult::decode(&answer).map_err(why::card)
    }

    /// Closes the channel.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`] alone: a channel that the modem does not know any more is closed.
    pub async fn close(self) -> Result<(), Error> {
        self.modem.close_channel(&self.channel).await
    }

    async fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, Error> {
        let exchange = Exchange::new(self.channel.framing, request);
        self.modem.carry(self.channel.way, exchange).await?.map_err(why::card)
    }
}
