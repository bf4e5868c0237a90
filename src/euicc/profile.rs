//! One profile on the card, as ProfileInfo has it (SGP.22 clause 5.7.15).

use super::request::{AID, ICCID};
use super::{Error, policy, tlv};
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

/// Reads the answer to GetProfilesInfo.
///
/// # Errors
///
/// [`Error`] where it is none, and [`Error::Declined`] where the card gives no list.
pub fn profiles(answer: &[u8]) -> Result<Vec<Profile>, Error> {
    let list = super::list(tlv::find(answer, PROFILES)?)?;
    let each = tlv::objects(list).map(|object| {
        let object = object?;
        if object.tag == PROFILE { decode(object.value).map(Some) } else { Ok(None) }
    });
    each.filter_map(Result::transpose).collect()
}

pub(super) const PROFILES: u16 = 0xBF2D;
const PROFILE: u16 = 0xE3;

fn decode(body: &[u8]) -> Result<Profile, Error> {
    let iccid = Iccid::from_bcd(tlv::find(body, ICCID)?).map_err(|_| Error::Value(ICCID))?;
    let mut profile = Profile {
        iccid,
        aid: Vec::new(),
        state: State::Disabled,
        nickname: String::new(),
        provider: String::new(),
        name: String::new(),
        class: Class::Operational, // the default of the ASN.1
        plmn: None,
        gid1: Vec::new(),
        policy: Vec::new(),
    };
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    for object in tlv::objects(body) {
        let tlv::Object { tag, value } = object?;
        match tag {
            AID => profile.aid = value.to_vec(),
            0x9F70 => profile.state = state(value)?,
            0x90 => profile.nickname = text(value),
            0x91 => profile.provider = text(value),
            0x92 => profile.name = text(value),
            0x95 => profile.class = class(value)?,
            0x99 => profile.policy = policy(value),
            0xB7 => profile.note_owner(value),
            _ => {}
        }
    }
    Ok(profile)
}

impl Profile {
    /// MCC, MNC and GID1 (OperatorId); a card may leave them empty, or fill them with what is no network.
    fn note_owner(&mut self, body: &[u8]) {
        for object in tlv::objects(body).flatten() {
            match (object.tag, object.value) {
                (0x80, [a, b, c]) => self.plmn = Plmn::from_bcd([*a, *b, *c]).ok(),
                (0x81, gid1) => self.gid1 = gid1.to_vec(),
                _ => {}
            }
        }
    }
}

fn state(value: &[u8]) -> Result<State, Error> {
    match value {
        [0] => Ok(State::Disabled),
        [1] => Ok(State::Enabled),
        _ => Err(Error::Value(0x9F70)),
    }
}

fn class(value: &[u8]) -> Result<Class, Error> {
    match value {
        [0] => Ok(Class::Test),
        [1] => Ok(Class::Provisioning),
        [2] => Ok(Class::Operational),
        [other] => Ok(Class::Other(*other)),
        _ => Err(Error::Value(0x95)),
    }
}
