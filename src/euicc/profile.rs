//! One profile on the card, as ProfileInfo has it (SGP.22 clause 5.7.15).

use crate::ids::{Iccid, Plmn};

/// What the card says of one profile; what it does not say is `None` or empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its ICCID.
    pub iccid: Iccid,
    /// The AID of its security domain (ISD-P), 5 to 16 octets.
    pub aid: Vec<u8>,
    /// Whether it is the one in use.
    pub state: State,
    /// What its owner calls it.
    pub nickname: String,
    /// Who sold it.
    pub provider: String,
    /// What the seller calls it.
    pub name: String,
    /// What it is for.
    pub class: Class,
    /// The network of its owner, where the card tells it.
    pub plmn: Option<Plmn>,
    /// Its owner's GID1, where there is one.
    pub gid1: Vec<u8>,
    /// What may not be done with it.
    pub policy: Vec<Policy>,
}

/// Whether a profile is in use. On a card of SGP.22 v2 at most one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not in use.
    Disabled,
    /// In use.
    Enabled,
}

/// What a profile is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// For tests of the device.
    Test,
    /// For downloading another one.
    Provisioning,
    /// For use.
    Operational,
    /// A class we do not know, by its number.
    Other(u8),
}

/// Profile policy rules (SGP.22 clause 2.9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// PPR1: it must not be disabled.
    NoDisable,
    /// PPR2: it must not be deleted.
    NoDelete,
    /// A rule we do not know, by its bit.
    Other(u8),
}
