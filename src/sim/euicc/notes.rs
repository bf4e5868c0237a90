//! Notifications: what was done with a profile, kept until its server has heard of it
//! (SGP.22 clauses 5.7.9 to 5.7.11).

use super::profile;
use super::rows::{EuiccRow, NotificationRow, Operation};
use super::tlv;

/// The notifications that wait.
#[derive(Debug)]
pub(super) struct Notes {
    waiting: Vec<NotificationRow>,
    next: u32,
}

impl Notes {
    pub(super) fn new(row: &EuiccRow) -> Self {
        let waiting = row.notification.clone();
        let behind = waiting.iter().map(|note| note.seq.saturating_add(1)).max();
        Self { next: row.next_seq.max(behind.unwrap_or(1)), waiting }
    }

    pub(super) fn add(&mut self, operation: Operation, iccid: &str, address: &str) {
        let (iccid, address) = (iccid.to_owned(), address.to_owned());
        self.waiting.push(NotificationRow { seq: self.next, operation, address, iccid });
        self.next += 1;
    }

    /// The answer to ListNotification; bits in `81` choose the operations.
    pub(super) fn list(&self, request: &[u8]) -> Vec<u8> {
        let bits = tlv::find(request, 0x81);
        let chosen = self.waiting.iter().filter(|note| bits.is_none_or(|bits| note.is_in(bits)));
        let told: Vec<u8> = chosen.flat_map(NotificationRow::told).collect();
        tlv::write(0xBF28, &tlv::write(0xA0, &told))
    }

    /// The answer to RetrieveNotificationsList: one by its number, some by operation, or all.
    pub(super) fn retrieve(&self, request: &[u8]) -> Vec<u8> {
        let search = tlv::find(request, 0xA0).unwrap_or_default();
        let (seq, bits) = (tlv::find(search, 0x80), tlv::find(search, 0x81));
        let is_chosen = |note: &&NotificationRow| {
            seq.is_none_or(|seq| number(seq) == note.seq)
                && bits.is_none_or(|bits| note.is_in(bits))
        };
        let told: Vec<u8> =
            self.waiting.iter().filter(is_chosen).flat_map(NotificationRow::signed).collect();
        let list = match told.is_empty() {
            true => tlv::write(0x81, &[1]), // noResultAvailable
            false => tlv::write(0xA0, &told),
        };
        tlv::write(0xBF2B, &list)
    }

    /// Forgets one; whether it was there.
    pub(super) fn remove(&mut self, seq: &[u8]) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|note| note.seq != number(seq));
        self.waiting.len() < before
    }
}

impl NotificationRow {
    /// `BF2F`: number, operation, address and ICCID.
    fn told(&self) -> Vec<u8> {
        let bit = self.operation as u8;
        let fields = [
            tlv::write(0x80, &integer(self.seq)),
            tlv::write(0x81, &[7 - bit, 0x80 >> bit]),
            tlv::write(0x0C, self.address.as_bytes()),
            tlv::write(0x5A, &profile::iccid(&self.iccid)),
        ];
        tlv::write(0xBF2F, &fields.concat())
    }

    /// With a signature and two certificates that nobody here can check.
    fn signed(&self) -> Vec<u8> {
        let certificate = tlv::write(0x30, &[]);
        let signature = tlv::write(0x5F37, &[0x11; 64]);
        tlv::write(0x30, &[self.told(), signature, certificate.clone(), certificate].concat())
    }

    /// Whether its operation is in a bit string.
    fn is_in(&self, bits: &[u8]) -> bool {
        bits.get(1).is_some_and(|octet| octet & 0x80 >> self.operation as u8 != 0)
    }
}

/// A number in as few octets as ASN.1 wants: the first bit is a sign.
fn integer(number: u32) -> Vec<u8> {
    let octets = number.to_be_bytes();
    let zeros = octets.iter().take(3).take_while(|octet| **octet == 0).count();
    let octets: Vec<u8> = octets.into_iter().skip(zeros).collect();
    let sign = octets.first().filter(|first| **first >= 0x80).map(|_| 0);
    sign.into_iter().chain(octets).collect()
}

fn number(octets: &[u8]) -> u32 {
    octets.iter().fold(0, |number, octet| number << 8 | u32::from(*octet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_can_be() {
        for (value, octets) in
            [(7, &[7][..]), (127, &[127]), (128, &[0, 128]), (256, &[1, 0]), (0, &[0])]
        {
            assert_eq!(integer(value), octets);
            assert_eq!(number(octets), value);
        }
    }
}
