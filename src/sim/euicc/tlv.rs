//! BER-TLV as the card reads and writes it (ITU-T X.690): tags of up to three octets, definite lengths.

/// A tag with all its octets, `0xBF2D`, and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tlv<'a> {
    pub(super) tag: u32,
    pub(super) value: &'a [u8],
}

/// The first object, and what stands behind it; `None` where it is torn or has no definite length.
pub(super) fn first(octets: &[u8]) -> Option<(Tlv<'_>, &[u8])> {
    let (tag, rest) = tag(octets)?;
    let (length, rest) = length(rest)?;
    let (value, rest) = rest.split_at_checked(length)?;
    Some((Tlv { tag, value }, rest))
}

/// Every object, up to the first that is torn.
pub(super) fn all(mut octets: &[u8]) -> impl Iterator<Item = Tlv<'_>> {
    std::iter::from_fn(move || {
        let (tlv, rest) = first(octets)?;
        octets = rest;
        Some(tlv)
    })
}

/// What the first object of that tag holds.
pub(super) fn find(octets: &[u8], tag: u32) -> Option<&[u8]> {
    all(octets).find(|tlv| tlv.tag == tag).map(|tlv| tlv.value)
}

/// A tag, and what stands behind it.
pub(super) fn tag(octets: &[u8]) -> Option<(u32, &[u8])> {
    let (first, mut rest) = octets.split_first()?;
    let mut tag = u32::from(*first);
    if first & 0x1F != 0x1F {
        return Some((tag, rest));
    }
    for _ in 0..2 {
        let (next, behind) = rest.split_first()?;
        (tag, rest) = (tag << 8 | u32::from(*next), behind);
        if next & 0x80 == 0 {
            return Some((tag, rest));
        }
    }
    None
}

fn length(octets: &[u8]) -> Option<(usize, &[u8])> {
    match octets {
        [short @ 0..=0x7F, rest @ ..] => Some((usize::from(*short), rest)),
        [0x81, length, rest @ ..] => Some((usize::from(*length), rest)),
        [0x82, high, low, rest @ ..] => {
            Some((usize::from(u16::from_be_bytes([*high, *low])), rest))
        }
        _ => None,
    }
}

/// An object; what does not fit in 65535 octets is cut, which no answer of a card comes near.
pub(super) fn write(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut octets: Vec<u8> =
        tag.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    let [high, low] = length.to_be_bytes();
    match length {
        0..=0x7F => octets.push(low),
        0x80..=0xFF => octets.extend([0x81, low]),
        _ => octets.extend([0x82, high, low]),
    }
    octets.extend(value.iter().take(usize::from(length)));
    octets
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hex;

    #[test]
    fn objects_read_as_they_are_written() {
        for (octets, tag, length) in [
            ("5A0102", 0x5A, 1),
            ("9F700101", 0x9F70, 1),
            ("BF2D00", 0xBF2D, 0),
            ("5F370111", 0x5F37, 1),
        ] {
            let octets = hex::octets(octets.as_bytes()).unwrap();
            let (tlv, rest) = first(&octets).unwrap();
            assert_eq!((tlv.tag, tlv.value.len(), rest), (tag, length, &b""[..]));
            assert_eq!(write(tlv.tag, tlv.value), octets);
        }
        for (length, start) in [(0x7F, "A07F"), (0x80, "A08180"), (0x100, "A0820100")] {
            let octets = write(0xA0, &vec![0; length]);
            assert!(hex::digits(&octets).starts_with(start), "{length}");
            assert_eq!(first(&octets).unwrap().0.value.len(), length);
        }
    }

    #[test]
    fn what_is_torn_is_none() {
        for octets in ["", "5A", "5A02", "5A0201", "9F", "BF2D80", "A080", "1FFFFF", "5A830000"] {
            assert_eq!(first(&hex::octets(octets.as_bytes()).unwrap()), None, "{octets}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_read(octets: Vec<u8>) {
            let _ = all(&octets).count();
        }
    }
}
