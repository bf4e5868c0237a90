//! What the card says of itself: EID, EUICCInfo2, configured addresses (SGP.22 clauses 5.7.20, 5.7.8, 5.7.3).

use std::fmt;

use super::{Error, Policy, policy, tlv};
use crate::hex;
use crate::ids::Eid;

/// Reads the answer to GetEID.
///
/// # Errors
///
/// [`Error`] where it is none.
pub fn eid(answer: &[u8]) -> Result<Eid, Error> {
    let octets = tlv::find(tlv::find(answer, EID)?, 0x5A)?;
    Eid::parse(hex::digits(octets)).map_err(|_| Error::Value(0x5A))
}

/// What a card can do and holds; what it does not say is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// Version of the profile packages it takes.
    pub profile_version: Option<Version>,
    /// SVN: the version of SGP.22 it follows.
    pub svn: Option<Version>,
    /// Version of its firmware.
    pub firmware: Option<Version>,
    /// Applications on it.
    pub applications: Option<u32>,
    /// Free memory for profiles, in octets.
    pub free_memory: Option<u32>,
    /// Free memory for running, in octets.
    pub free_volatile: Option<u32>,
    /// The keys of those whose word it takes (certificate issuers), by their identifiers.
    pub trusted_keys: Vec<Vec<u8>>,
    /// Policy rules that no profile on it may have.
    pub forbidden: Vec<Policy>,
    /// Version of the protection profile.
    pub protection_version: Option<Version>,
    /// Number of its accreditation (SAS).
    pub accreditation: String,
}

impl Info {
    /// Reads the answer to GetEuiccInfo2.
    ///
    /// # Errors
    ///
    /// [`Error`] where it is none.
    pub fn decode(answer: &[u8]) -> Result<Self, Error> {
        let mut info = Self::default();
        for object in tlv::objects(tlv::find(answer, INFO)?) {
            let tlv::Object { tag, value } = object?;
            match tag {
                0x81 => info.profile_version = version(value),
                0x82 => info.svn = version(value),
                0x83 => info.firmware = version(value),
                0x84 => info.note_resources(value),
                0xA9 => info.trusted_keys = keys(value),
                0x99 => info.forbidden = policy(value),
                0x04 => info.protection_version = version(value),
                0x0C => info.accreditation = String::from_utf8_lossy(value).into_owned(),
                _ => {}
            }
        }
        Ok(info)
    }

    /// Extended card resources (ETSI TS 102 226 clause 8.2.1.7.2).
    fn note_resources(&mut self, value: &[u8]) {
        for object in tlv::objects(value).flatten() {
            match object.tag {
                0x81 => self.applications = number(object.value),
                0x82 => self.free_memory = number(object.value),
                0x83 => self.free_volatile = number(object.value),
                _ => {}
            }
        }
    }
}

/// Three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version(pub [u8; 3]);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, revision] = self.0;
        write!(f, "{major}.{minor}.{revision}")
    }
}

/// Where the card would go for profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// The default SM-DP+, where one is set.
    pub default_smdp: String,
    /// The SM-DS, which knows of profiles that wait.
    pub root_smds: String,
}

impl Addresses {
    /// Reads the answer to GetEuiccConfiguredAddresses.
    ///
    /// # Errors
    ///
    /// [`Error`] where it is none.
    pub fn decode(answer: &[u8]) -> Result<Self, Error> {
        let body = tlv::find(answer, ADDRESSES)?;
        let text = |tag| match tlv::find(body, tag) {
            Ok(value) => Ok(String::from_utf8_lossy(value).into_owned()),
            Err(Error::Missing(_)) => Ok(String::new()),
            Err(error) => Err(error),
        };
        Ok(Self { default_smdp: text(0x80)?, root_smds: text(0x81)? })
    }
}

pub(super) const INFO: u16 = 0xBF22;
pub(super) const ADDRESSES: u16 = 0xBF3C;
pub(super) const EID: u16 = 0xBF3E;

fn version(value: &[u8]) -> Option<Version> {
    value.try_into().ok().map(Version)
}

/// Big-endian, of up to four octets behind leading zeros.
fn number(value: &[u8]) -> Option<u32> {
    value.iter().try_fold(0_u32, |number, octet| {
        number.checked_mul(256).map(|shifted| shifted | u32::from(*octet))
    })
}

fn keys(value: &[u8]) -> Vec<Vec<u8>> {
    let keys = tlv::objects(value).flatten().filter(|object| object.tag == 0x04);
    keys.map(|object| object.value.to_vec()).collect()
}
