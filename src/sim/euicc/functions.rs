//! The functions of ES10b and ES10c that a card's owner may ask for (SGP.22 clause 5.7).

use super::profile::Profile;
use super::rows::{Operation, Refusal, Rule};
use super::{Euicc, tlv};
use crate::hex;

/// What a function answers, or why it cannot.
type Answered = Result<Vec<u8>, [u8; 2]>;

/// What came is no function, or not whole: wrong data (ETSI TS 102 221 clause 10.2.1.5.2).
const WRONG_DATA: [u8; 2] = [0x6A, 0x80];

/// Results as their tag 80 has them.
const OK: u8 = 0;
const NOT_FOUND: u8 = 1;
const WRONG_STATE: u8 = 2;
const POLICY: u8 = 3;
const CAT_BUSY: u8 = 5;
const UNDEFINED: u8 = 0x7F;

/// SGP.22: "0..64" octets of UTF-8.
const NICKNAME: usize = 64;

/// EUICCInfo2 of an ordinary card.
const INFO2: &str = "810302030182030202008303040600840D81010082040004724D8302175A8504067F36C088020490A916041481370F5125D0B1D408D4C3B232E6D25E795BEBFBAA16041481370F5125D0B1D408D4C3B232E6D25E795BEBFB990206C004030000010C0D45582D414D2D55502D30303030";

impl Euicc {
    /// One request, whole.
    pub(super) fn function(&mut self, octets: &[u8]) -> Answered {
        let (request, _) = tlv::first(octets).ok_or(WRONG_DATA)?;
        let (tag, value) = (request.tag, request.value);
        let (name, answer) = match tag {
            0xBF22 => ("GetEuiccInfo2", self.info2()),
            0xBF28 => ("ListNotification", self.notes.list(value)),
            0xBF29 => ("SetNickname", self.set_nickname(value)),
            0xBF2B => ("RetrieveNotificationsList", self.notes.retrieve(value)),
            0xBF2D => ("GetProfilesInfo", self.profiles_info(value)),
            0xBF30 => ("NotificationSent", self.notification_sent(value)),
            0xBF31 => ("EnableProfile", self.switch(tag, value, Self::enable)),
            0xBF32 => ("DisableProfile", self.switch(tag, value, Self::disable)),
            0xBF33 => ("DeleteProfile", self.delete(value)),
            0xBF34 => ("MemoryReset", self.reset_memory()),
            0xBF3E => ("GetEID", self.eid()),
            _ => ("unknown", Vec::new()),
        };
        self.remember(tag, name, octets, &answer);
        if answer.is_empty() { Err(WRONG_DATA) } else { Ok(answer) }
    }

    fn eid(&self) -> Vec<u8> {
        let eid = hex::octets(self.row.eid.as_bytes()).unwrap_or_default();
        tlv::write(0xBF3E, &tlv::write(0x5A, &eid))
    }

    fn info2(&self) -> Vec<u8> {
        let own = if self.row.info2.is_empty() { INFO2 } else { &self.row.info2 };
        tlv::write(0xBF22, &hex::octets(own.as_bytes()).unwrap_or_default())
    }

    fn profiles_info(&self, request: &[u8]) -> Vec<u8> {
        let (filter, tags) = (tlv::find(request, 0xA0), tlv::find(request, 0x5C));
        let chosen =
            self.profiles.iter().filter(|profile| filter.is_none_or(|filter| profile.is(filter)));
        let told: Vec<u8> = chosen.flat_map(|profile| profile.told(tags)).collect();
        tlv::write(0xBF2D, &tlv::write(0xA0, &told))
    }

    fn set_nickname(&mut self, request: &[u8]) -> Vec<u8> {
        let nickname = tlv::find(request, 0x90).unwrap_or_default();
        let nickname = String::from_utf8(nickname.to_vec()).ok().filter(|n| n.len() <= NICKNAME);
        let mut profiles = self.profiles.iter_mut();
        let result = match (profiles.find(|profile| profile.is(request)), nickname) {
            (_, None) => UNDEFINED,
            (None, _) => NOT_FOUND,
            (Some(profile), Some(nickname)) => {
                profile.nickname = Some(nickname).filter(|nickname| !nickname.is_empty());
                OK
            }
        };
        result_of(0xBF29, result)
    }

    /// EnableProfile or DisableProfile: which profile, and whether the modem is to be told.
    fn switch(
        &mut self,
        tag: u32,
        request: &[u8],
        run: fn(&mut Self, usize, Refusal) -> u8,
    ) -> Vec<u8> {
        let identifier = tlv::find(request, 0xA0).unwrap_or_default();
        let refresh = tlv::find(request, 0x81).is_some_and(|flag| flag != [0]);
        let way = match (tlv::find(identifier, 0x4F).is_some(), refresh) {
            (false, false) => Refusal::Iccid,
            (false, true) => Refusal::IccidRefresh,
            (true, false) => Refusal::Aid,
            (true, true) => Refusal::AidRefresh,
        };
        let result = match self.profiles.iter().position(|profile| profile.is(identifier)) {
            None => NOT_FOUND,
            Some(place) => run(self, place, way),
        };
        self.refreshes |= result == OK && refresh;
        result_of(tag, result)
    }

    fn enable(&mut self, place: usize, way: Refusal) -> u8 {
        let current = self.profiles.iter().position(|profile| profile.is_enabled);
        let is_kept = current.and_then(|place| self.profiles.get(place));
        if current == Some(place) {
            return WRONG_STATE;
        } else if is_kept.is_some_and(|profile| profile.has(Rule::NoDisable)) {
            return POLICY;
        } else if self.is_busy() {
            return CAT_BUSY;
        } else if self.row.refuses.contains(&way) {
            return UNDEFINED;
        }
        if let Some(current) = current {
            self.set(current, false);
        }
        self.set(place, true);
        OK
    }

    fn disable(&mut self, place: usize, way: Refusal) -> u8 {
        let profile = self.profiles.get(place);
        if profile.is_some_and(|profile| !profile.is_enabled) {
            return WRONG_STATE;
        } else if profile.is_some_and(|profile| profile.has(Rule::NoDisable)) {
            return POLICY;
        } else if self.is_busy() {
            return CAT_BUSY;
        } else if self.row.refuses.contains(&way) {
            return UNDEFINED;
        }
        self.set(place, false);
        OK
    }

    /// A toolkit session is open: so often as the scenario says, and while a refresh waits for the modem.
    fn is_busy(&mut self) -> bool {
        let was = self.busy_left > 0 || self.refreshes;
        self.busy_left = self.busy_left.saturating_sub(1);
        was
    }

    fn set(&mut self, place: usize, enabled: bool) {
        let Some(profile) = self.profiles.get_mut(place) else { return };
        profile.is_enabled = enabled;
        let operation = if enabled { Operation::Enable } else { Operation::Disable };
        self.notes.add(operation, &profile.row.iccid, profile.address());
    }

    fn delete(&mut self, identifier: &[u8]) -> Vec<u8> {
        let place = self.profiles.iter().position(|profile| profile.is(identifier));
        let result = match place.and_then(|place| self.profiles.get(place)) {
            None => NOT_FOUND,
            Some(profile) if profile.is_enabled => WRONG_STATE,
            Some(profile) if profile.has(Rule::NoDelete) => POLICY,
            Some(profile) => {
                let (iccid, address) = (profile.row.iccid.clone(), profile.address().to_owned());
                self.notes.add(Operation::Delete, &iccid, &address);
                self.profiles.retain(|profile| profile.row.iccid != iccid);
                OK
            }
        };
        result_of(0xBF33, result)
    }

    fn reset_memory(&mut self) -> Vec<u8> {
        self.profiles.clear();
        self.refreshes = true;
        result_of(0xBF34, OK)
    }

    fn notification_sent(&mut self, request: &[u8]) -> Vec<u8> {
        let was_there = self.notes.remove(tlv::find(request, 0x80).unwrap_or_default());
        result_of(0xBF30, if was_there { OK } else { NOT_FOUND })
    }
}

impl Profile {
    fn address(&self) -> &str {
        if self.row.address.is_empty() { "smdp.example.test" } else { &self.row.address }
    }
}

fn result_of(tag: u32, result: u8) -> Vec<u8> {
    tlv::write(tag, &tlv::write(0x80, &[result]))
}
