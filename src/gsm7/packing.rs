//! Septets in octets, lowest bits first (3GPP TS 23.038 clause 6.1.2).

/// Septets side by side in octets, behind `fill_bits` zero bits (0 to 6).
///
/// Fill bits put the first septet behind a user data header on a septet boundary
/// (3GPP TS 23.040 clause 9.2.3.24). What is left of the last octet is zero.
pub fn pack(septets: &[u8], fill_bits: u8) -> Vec<u8> {
    let mut octets = Vec::with_capacity(septets.len() * 7 / 8 + 2);
    let (mut waiting, mut bits) = (0_u32, u32::from(fill_bits % 7));
    for septet in septets {
        waiting |= u32::from(septet & 0x7F) << bits;
        bits += 7;
        if bits >= 8 {
            octets.push(low_octet(waiting));
            waiting >>= 8;
            bits -= 8;
        }
    }
    if bits > 0 && !septets.is_empty() {
        octets.push(low_octet(waiting));
    }
    octets
}

/// Up to `count` septets from octets, behind `fill_bits` bits (0 to 6); fewer where the octets end.
pub fn unpack(octets: &[u8], count: usize, fill_bits: u8) -> Vec<u8> {
    let fill_bits = fill_bits % 7;
    if fill_bits > 0 {
        return unpack(&without_fill(octets, fill_bits), count.min(whole(octets, fill_bits)), 0);
    }
    let count = count.min(whole(octets, 0));
    let mut septets = Vec::with_capacity(count + 8);
    for block in Blocks(octets) {
        if septets.len() >= count {
            break;
        }
        septets.extend_from_slice(&block.to_le_bytes());
    }
    septets.truncate(count);
    septets
}

/// How many septets fit into octets behind fill bits.
pub(super) fn whole(octets: &[u8], fill_bits: u8) -> usize {
    octets.len().saturating_mul(8).saturating_sub(fill_bits.into()) / 7
}

/// Seven octets at a time as eight septets, one in each octet of the number, the first one lowest.
///
/// The last block is filled up with zeros.
pub(super) struct Blocks<'a>(pub(super) &'a [u8]);

impl Iterator for Blocks<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        // Eight octets at once where they are there: the eighth is read again as the next first.
        let block = match self.0.first_chunk() {
            Some(octets) => u64::from_le_bytes(*octets),
            None if self.0.is_empty() => return None,
            None => self.0.iter().rev().fold(0, |block, octet| (block << 8) | u64::from(*octet)),
        };
        self.0 = self.0.get(7..).unwrap_or_default();
        Some(spread(block))
    }
}

/// The low 56 bits as eight septets: halves apart, then quarters, then eighths.
fn spread(block: u64) -> u64 {
    let halves = (block & 0x0FFF_FFFF) | ((block & 0x00FF_FFFF_F000_0000) << 4);
    let quarters = (halves & 0x0000_3FFF_0000_3FFF) | ((halves & 0x0FFF_C000_0FFF_C000) << 2);
    (quarters & 0x007F_007F_007F_007F) | ((quarters & 0x3F80_3F80_3F80_3F80) << 1)
}

fn without_fill(octets: &[u8], fill_bits: u8) -> Vec<u8> {
    let next = octets.iter().skip(1).chain(&[0]);
    let moved =
        |(low, high): (&u8, &u8)| low_octet((u32::from(*high) << 8 | u32::from(*low)) >> fill_bits);
    octets.iter().zip(next).map(moved).collect()
}

fn low_octet(bits: u32) -> u8 {
    let [low, ..] = bits.to_le_bytes();
    low
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{pack, unpack, whole};

    #[test]
    fn hello_packs_as_in_every_book() {
        assert_eq!(pack(b"hellohello", 0), crate::hex::octets(b"E8329BFD4697D9EC37").unwrap());
        assert_eq!(pack(b"A", 1), [0x82]);
        assert_eq!(pack(b"A", 3), [0x08, 0x02]);
        assert!(pack(b"", 5).is_empty());
    }

    #[test]
    fn fewer_octets_give_fewer_septets() {
        let octets = pack(b"hellohello", 0);
        for end in 0..=octets.len() {
            let septets = unpack(&octets[..end], 10, 0);
            assert_eq!(septets, b"hellohello"[..(end * 8 / 7).min(10)]);
        }
        assert!(unpack(&[0x00], 9, 6).is_empty());
        assert!(unpack(&[], usize::MAX, 0).is_empty());
    }

    /// One bit at a time, written down from the figure in clause 6.1.2.1.
    fn bit_by_bit(octets: &[u8], count: usize, fill_bits: usize) -> Vec<u8> {
        let bit = |at: usize| octets.get(at / 8).map(|octet| octet >> (at % 8) & 1);
        let septet = |at: usize| (0..7).try_fold(0, |sum, i| Some(sum | (bit(at + i)? << i)));
        (0..count).map_while(|n| septet(fill_bits + 7 * n)).collect()
    }

    proptest! {
        #[test]
        fn septets_come_back(septets in prop::collection::vec(0..128_u8, 0..200), fill in 0..7_u8) {
            let octets = pack(&septets, fill);
            prop_assert_eq!(unpack(&octets, septets.len(), fill), septets);
        }

        #[test]
        fn blocks_read_what_single_bits_say(octets: Vec<u8>, count in 0..300_usize, fill in 0..7_u8) {
            let expected = bit_by_bit(&octets, count, fill.into());
            prop_assert_eq!(expected.len(), count.min(whole(&octets, fill)));
            prop_assert_eq!(unpack(&octets, count, fill), expected);
        }
    }
}
