//! One profile as the card keeps it, and as it tells it (SGP.22 clause 5.7.15).

use super::rows::{Class, ProfileRow, Rule};
use super::tlv;
use crate::hex;

/// A profile with what changes of it.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Profile {
    pub(in crate::sim) row: ProfileRow,
    pub(super) is_enabled: bool,
    pub(super) nickname: Option<String>,
    /// Tries of PIN and PUK that a modem left; `None` before the first.
    pub(in crate::sim) left: Option<(u8, u8)>,
}

/// What is told of a profile where no tags are asked for: everything but B7 and 99.
const USUAL: &[u32] = &[0x5A, 0x4F, 0x9F70, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95];

impl Profile {
    /// The profile of that row, in use where its ICCID is the enabled one.
    pub(super) fn new(row: &ProfileRow, enabled: &str) -> Self {
        let nickname = row.nickname.clone();
        Self { is_enabled: row.iccid == enabled, nickname, left: None, row: row.clone() }
    }

    /// The ICCID as a card stores it: pairs swapped, filled with F.
    pub(super) fn iccid(&self) -> Vec<u8> {
        iccid(&self.row.iccid)
    }

    pub(super) fn aid(&self) -> Vec<u8> {
        hex::octets(self.row.aid.as_bytes()).unwrap_or_default()
    }

    pub(super) fn has(&self, rule: Rule) -> bool {
        self.row.policy.contains(&rule)
    }

    /// Whether `5A` or `4F` in these octets names it.
    pub(super) fn is(&self, identifier: &[u8]) -> bool {
        let of = |tag| tlv::find(identifier, tag);
        of(0x5A).is_some_and(|iccid| iccid == self.iccid())
            || of(0x4F).is_some_and(|aid| aid == self.aid())
    }

    /// `E3`, with the fields of that tag list, in the order of the standard.
    pub(super) fn told(&self, tags: Option<&[u8]>) -> Vec<u8> {
        let asked = tags.map_or_else(|| USUAL.to_vec(), tag_list);
        let text = |text: &Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        let fields = [
            (0x5A, Some(self.iccid())),
            (0x4F, Some(self.aid())),
            (0x9F70, Some(vec![u8::from(self.is_enabled)])),
            (0x90, text(&self.nickname)),
            (0x91, text(&self.row.provider)),
            (0x92, text(&self.row.name)),
            (0x93, self.row.icon.map(|_| vec![1])),
            (0x94, self.row.icon.map(|size| vec![0x89; size])),
            (0x95, Some(vec![class(self.row.class)])),
            (0xB7, self.owner()),
            (0x99, self.policy()),
        ];
        let told = fields.into_iter().filter(|(tag, _)| asked.contains(tag));
        let told = told.filter_map(|(tag, value)| Some(tlv::write(tag, &value?)));
        tlv::write(0xE3, &told.collect::<Vec<_>>().concat())
    }

    fn owner(&self) -> Option<Vec<u8>> {
        let plmn = tlv::write(0x80, &plmn(self.row.owner.as_ref()?));
        let gid1 = self.row.gid1.as_ref().and_then(|gid1| hex::octets(gid1.as_bytes()));
        let gid1 = gid1.map(|gid1| tlv::write(0x81, &gid1)).unwrap_or_default();
        Some([plmn, gid1].concat())
    }

    /// A bit string of pprUpdateControl, PPR1 and PPR2, without its trailing zeros.
    fn policy(&self) -> Option<Vec<u8>> {
        match (self.has(Rule::NoDisable), self.has(Rule::NoDelete)) {
            (false, false) => None,
            (true, false) => Some(vec![6, 0x40]),
            (first, true) => Some(vec![5, 0x20 | u8::from(first) << 6]),
        }
    }
}

/// An ICCID as a card stores it.
pub(super) fn iccid(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().map(|digit| digit & 0x0F).collect();
    digits.chunks(2).map(|pair| packed(pair.get(1).copied(), pair.first().copied())).collect()
}

/// MCC and MNC as 3GPP TS 24.008 clause 10.5.1.13 packs them.
fn plmn(digits: &str) -> Vec<u8> {
    let digit = |place| digits.as_bytes().get(place).map(|digit| digit & 0x0F);
    vec![packed(digit(1), digit(0)), packed(digit(5), digit(2)), packed(digit(4), digit(3))]
}

/// Two digits in an octet; F where there is none.
fn packed(high: Option<u8>, low: Option<u8>) -> u8 {
    high.unwrap_or(0x0F) << 4 | low.unwrap_or(0x0F)
}

fn class(class: Class) -> u8 {
    match class {
        Class::Test => 0,
        Class::Provisioning => 1,
        Class::Operational => 2,
    }
}

fn tag_list(mut octets: &[u8]) -> Vec<u32> {
    let mut tags = Vec::new();
    while let Some((tag, rest)) = tlv::tag(octets) {
        tags.push(tag);
        octets = rest;
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_packed_as_card_and_network_have_them() {
        assert_eq!(hex::digits(&iccid("8932020000000000010")), "982320000000000010F0");
        assert_eq!(hex::digits(&iccid("89320200000000000100")), "98232000000000001000");
        for (digits, octets) in [("20601", "02F610"), ("20801", "02F810"), ("310260", "130062")] {
            assert_eq!(hex::digits(&plmn(digits)), octets);
        }
    }

    #[test]
    fn policy_is_a_bit_string() {
        for (policy, octets) in [
            (vec![], None),
            (vec![Rule::NoDisable], Some("0640")),
            (vec![Rule::NoDelete], Some("0520")),
            (vec![Rule::NoDelete, Rule::NoDisable], Some("0560")),
        ] {
            let profile = Profile::new(&ProfileRow { policy, ..ProfileRow::default() }, "89");
            assert_eq!(profile.policy().map(|bits| hex::digits(&bits)).as_deref(), octets);
        }
    }
}
