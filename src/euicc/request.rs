//! Requests of ES10b and ES10c (SGP.22 clause 5.7), ready for [`Exchange`](super::Exchange).
//!
//! The tags are those of the ASN.1 module with AUTOMATIC TAGS.

use super::tlv::write;
use crate::ids::Iccid;

/// GetEuiccInfo2 (clause 5.7.8).
pub fn info() -> Vec<u8> {
    write(super::info::INFO, &[])
}

/// GetEuiccConfiguredAddresses (clause 5.7.3).
pub fn addresses() -> Vec<u8> {
    write(super::info::ADDRESSES, &[])
}

/// GetEID (clause 5.7.20).
pub fn eid() -> Vec<u8> {
    write(super::info::EID, &write(TAG_LIST, &[0x5A]))
}

/// GetProfilesInfo (clause 5.7.15) for all profiles, without their icons, which are long, and with their
/// owners and policy rules, which a card leaves out unasked.
pub fn profiles() -> Vec<u8> {
    const TAGS: [u8; 10] = [0x5A, 0x4F, 0x9F, 0x70, 0x90, 0x91, 0x92, 0x95, 0x99, 0xB7];
    write(super::profile::PROFILES, &write(TAG_LIST, &TAGS))
}

/// ListNotification (clause 5.7.9), of every kind.
pub fn notifications() -> Vec<u8> {
    write(super::notification::LIST, &[])
}

/// SetNickname (clause 5.7.21).
pub fn nickname(profile: &Iccid, nickname: &Nickname) -> Vec<u8> {
    let body = [write(ICCID, &profile.to_bcd()), write(0x90, nickname.0.as_bytes())];
    write(super::outcome::NICKNAME, &body.concat())
}

/// EnableProfile (clause 5.7.16), which disables the one in use. With `refresh` the card makes the modem
/// read it anew; without, that is up to the caller.
pub fn enable(profile: &Identifier, refresh: bool) -> Vec<u8> {
    let identifier = match profile {
        Identifier::Iccid(iccid) => write(ICCID, &iccid.to_bcd()),
        Identifier::Aid(aid) => write(AID, aid),
    };
    let flag = if refresh { 0xFF } else { 0x00 };
    let body = [write(0xA0, &identifier), write(0x81, &[flag])];
    write(super::outcome::ENABLE, &body.concat())
}

/// By what a profile is named to the card: some cards take only one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// Its ICCID.
    Iccid(Iccid),
    /// The AID of its security domain (ISD-P).
    Aid(Vec<u8>),
}

/// What a user calls a profile: at most 64 octets of UTF-8; empty for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nickname(String);

impl Nickname {
    /// The most octets it may have (SGP.22 clause 5.7.21).
    pub const LONGEST: usize = 64;

    /// `None` for a name that is too long.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() <= Self::LONGEST).then(|| Self(text.to_owned()))
    }
}

pub(super) const ICCID: u16 = 0x5A;
pub(super) const AID: u16 = 0x4F;
const TAG_LIST: u16 = 0x5C;
