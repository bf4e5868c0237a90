//! BER-TLV, as far as cards use it (ITU-T X.690 clause 8.1, ISO/IEC 7816-4): tags of one or two octets,
//! definite lengths below 65536.
//!
//! Nothing here goes deeper than the object it is asked for, so no nesting can exhaust the stack.

use super::Error;

/// One data object: its tag, as its octets stand, and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object<'a> {
    /// One octet below 256, else two.
    pub tag: u16,
    /// What the length counts.
    pub value: &'a [u8],
}

/// The first object, and what stands behind it.
///
/// # Errors
///
/// [`Error::Truncated`] where its end is missing, [`Error::Form`] for longer tags and other lengths.
pub fn read(octets: &[u8]) -> Result<(Object<'_>, &[u8]), Error> {
    let (tag, rest) = read_tag(octets)?;
    let (length, rest) = read_length(rest)?;
    let (value, rest) = rest.split_at_checked(length).ok_or(Error::Truncated)?;
    Ok((Object { tag, value }, rest))
}

/// All objects that stand side by side; the first one that does not read is the last.
pub fn objects(octets: &[u8]) -> Objects<'_> {
    Objects(octets)
}

/// The value of the first object with this tag; those with other tags are skipped, in any order.
///
/// # Errors
///
/// As [`read`], of an object before it; [`Error::Missing`] where there is none.
pub fn find(octets: &[u8], tag: u16) -> Result<&[u8], Error> {
    for object in objects(octets) {
        let object = object?;
        if object.tag == tag {
            return Ok(object.value);
        }
    }
    Err(Error::Missing(tag))
}

/// The octets of one object, its length in the shortest form.
pub fn write(tag: u16, value: &[u8]) -> Vec<u8> {
    let mut octets = shortest(usize::from(tag));
    let length = shortest(value.len());
    if value.len() > SHORT {
        octets.extend(u8::try_from(length.len()).map(|count| 0x80 | count));
    }
    octets.extend(length);
    octets.extend(value);
    octets
}

/// An iterator over objects; see [`objects`].
#[derive(Clone, Debug)]
pub struct Objects<'a>(&'a [u8]);

impl<'a> Iterator for Objects<'a> {
    type Item = Result<Object<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let read = read(self.0);
        self.0 = read.as_ref().map_or(&[], |(_, rest)| rest);
        Some(read.map(|(object, _)| object))
    }
}

/// The longest value whose length is one octet.
const SHORT: usize = 0x7F;

fn read_tag(octets: &[u8]) -> Result<(u16, &[u8]), Error> {
    /// All set: the number of the tag follows.
    const NUMBER: u8 = 0x1F;
    match octets {
        [first, rest @ ..] if first & NUMBER != NUMBER => Ok((u16::from(*first), rest)),
        [_, second, ..] if *second > 0x7F => Err(Error::Form),
        [first, second, rest @ ..] => Ok((u16::from_be_bytes([*first, *second]), rest)),
        _ => Err(Error::Truncated),
    }
}

fn read_length(octets: &[u8]) -> Result<(usize, &[u8]), Error> {
    match octets {
        [length @ ..=0x7F, rest @ ..] => Ok((usize::from(*length), rest)),
        [0x81, length, rest @ ..] => Ok((usize::from(*length), rest)),
        [0x82, high, low, rest @ ..] => Ok((usize::from(u16::from_be_bytes([*high, *low])), rest)),
        [] | [0x81 | 0x82, ..] => Err(Error::Truncated),
        _ => Err(Error::Form),
    }
}

/// A number without leading zeros; zero is one octet.
fn shortest(number: usize) -> Vec<u8> {
    let octets = number.to_be_bytes();
    let start = octets.iter().position(|octet| *octet != 0).unwrap_or(octets.len() - 1);
    octets.get(start..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use iso7816_tlv::ber::{Tlv, Value};
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn objects_in_every_form_of_length() {
        let long = [0xAA; 200];
        for (octets, expected) in [
            (&b"\x5A\x00"[..],                 Ok((0x5A, 0, 0))),
            (b"\x5A\x02\x01\x02\x03",          Ok((0x5A, 2, 1))),
            (b"\xBF\x2D\x01\x00",              Ok((0xBF2D, 1, 0))),
            (b"\x9F\x70\x81\x01\x01",          Ok((0x9F70, 1, 0))), // longer than it need be
            (b"\x9F\x70\x82\x00\x01\x01\x90",  Ok((0x9F70, 1, 1))),
            (&[&b"\x5A\x81\xC8"[..], &long].concat(), Ok((0x5A, 200, 0))),
            (b"",                              Err(Error::Truncated)),
            (b"\x5A",                          Err(Error::Truncated)),
            (b"\xBF",                          Err(Error::Truncated)),
            (b"\x5A\x81",                      Err(Error::Truncated)),
            (b"\x5A\x82\x01",                  Err(Error::Truncated)),
            (b"\x5A\x02\x01",                  Err(Error::Truncated)),
            (b"\x5A\x80\x00\x00",              Err(Error::Form)), // no definite length
            (b"\x5A\x83\x00\x00\x01\x01",      Err(Error::Form)),
            (b"\x7F\x81\x22\x01\x01",          Err(Error::Form)), // a tag of three octets
        ] {
            let got = read(octets).map(|(object, rest)| (object.tag, object.value.len(), rest.len()));
            assert_eq!(got, expected, "{octets:02X?}");
        }
    }

    #[test]
    fn the_one_asked_for_is_found_behind_unknown_ones() {
        let octets = b"\xDF\x01\x02\xAA\xBB\x80\x01\x07\x80\x01\x08\x5A\x09";
        assert_eq!(find(octets, 0x80), Ok(&b"\x07"[..]));
        assert_eq!(find(octets, 0x5A), Err(Error::Truncated));
        assert_eq!(find(b"\x80\x00", 0x81), Err(Error::Missing(0x81)));
        assert_eq!(objects(octets).count(), 4);
        assert!(objects(octets).last().unwrap().is_err());
    }

    /// One object with all that stands in it, where its tag says that objects do.
    #[derive(Debug, PartialEq)]
    struct Tree {
        tag: Vec<u8>,
        value: Vec<u8>,
        within: Vec<Tree>,
    }

    fn ours(object: Object<'_>) -> Result<Tree, Error> {
        let tag = shortest(usize::from(object.tag));
        if tag[0] & 0x20 == 0 {
            return Ok(Tree { tag, value: object.value.to_vec(), within: Vec::new() });
        }
        let within: Result<Vec<_>, _> = objects(object.value).map(|inner| ours(inner?)).collect();
        Ok(Tree { tag, value: Vec::new(), within: within? })
    }

    fn theirs(object: &Tlv) -> Tree {
        let (value, within) = match object.value() {
            Value::Primitive(octets) => (octets.clone(), Vec::new()),
            Value::Constructed(within) => (Vec::new(), within.iter().map(theirs).collect()),
        };
        Tree { tag: object.tag().to_bytes().to_vec(), value, within }
    }

    fn has_no_tag(tree: &Tree) -> bool {
        tree.tag == [0] || tree.within.iter().any(has_no_tag)
    }

    fn written(tree: &Tree) -> Vec<u8> {
        let tag = tree.tag.iter().fold(0, |tag, octet| tag << 8 | u16::from(*octet));
        let within = tree.within.iter().flat_map(written);
        write(tag, &tree.value.iter().copied().chain(within).collect::<Vec<_>>())
    }

    /// Numbers that look random and are the same in every run (xorshift).
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, most: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % most as u64).unwrap()
        }

        fn message(&mut self, depth: usize) -> Vec<u8> {
            const PLAIN: &[u16] = &[0x5A, 0x4F, 0x9F70, 0x90, 0x80, 0x04, 0x0C, 0xDF7F];
            const WITH_INNER: &[u16] = &[0xA0, 0xE3, 0xBF2D, 0xB7, 0x7F21, 0x30];
            if depth == 0 || self.below(3) == 0 {
                const LENGTHS: &[usize] = &[0, 1, 3, 10, 16, 127, 128, 200, 255, 256, 300];
                let length = LENGTHS[self.below(if depth == 3 { 11 } else { 5 })];
                let value: Vec<u8> = (0..length).map(|_| self.below(256) as u8).collect();
                return write(PLAIN[self.below(PLAIN.len())], &value);
            }
            let inner: Vec<u8> = (0..self.below(4)).flat_map(|_| self.message(depth - 1)).collect();
            write(WITH_INNER[self.below(WITH_INNER.len())], &inner)
        }

        fn damage(&mut self, octets: &mut Vec<u8>) {
            let place = self.below(octets.len());
            match self.below(4) {
                0 => octets.truncate(place),
                1 => drop(octets.remove(place)),
                2 => octets.insert(place, self.below(256) as u8),
                _ => octets[place] = self.below(256) as u8,
            }
        }
    }

    /// 100,000 messages, half of them damaged: what both read reads the same, and what one refuses the other
    /// refuses. They differ on purpose in three things, which are not compared:
    ///
    /// * `iso7816-tlv` takes the indefinite length 80 for zero, lengths 83 and 84, and tags of three
    ///   octets and more; no eUICC answers so, and we refuse them.
    /// * It measures objects within another by the shortest length they could have, so that a
    ///   constructed object with a longer form in it is refused, or reads behind its own end. BER allows
    ///   the longer form (X.690 clause 8.1.3.5 note 2), and we read it.
    /// * It refuses the tag 00, which we skip as we do any unknown one.
    #[test]
    fn another_reader_reads_the_same() {
        let mut dice = Dice(0x2545_F491_4F6C_DD1D);
        let (mut read_by_both, mut refused_by_both, mut apart) = (0, 0, 0);
        for turn in 0..100_000 {
            let mut octets = dice.message(3);
            for _ in 0..if turn % 2 == 0 { 0 } else { 1 + dice.below(3) } {
                if !octets.is_empty() {
                    dice.damage(&mut octets);
                }
            }
            let (their, their_rest) = Tlv::parse(&octets);
            match read(&octets).and_then(|(object, rest)| Ok((ours(object)?, rest))) {
                Ok((tree, rest)) => {
                    let whole = octets.len() - rest.len();
                    if written(&tree) != octets[..whole] || has_no_tag(&tree) {
                        apart += 1;
                        continue;
                    }
                    let their = their.unwrap_or_else(|error| panic!("{octets:02X?}: {error:?}"));
                    assert_eq!((theirs(&their), their_rest), (tree, rest), "{octets:02X?}");
                    read_by_both += 1;
                }
                Err(Error::Truncated) if their.is_err() => refused_by_both += 1,
                // Behind a form that we refuse they go on, and may find anything.
                Err(Error::Form) => apart += 1,
                Err(error) => {
                    // An inner object that sticks out of its outer one, in a longer form.
                    let again = their.as_ref().map(Tlv::to_vec).unwrap_or_default();
                    assert!(!octets.starts_with(&again), "{octets:02X?}: {error:?}, {their:?}");
                    apart += 1;
                }
            }
        }
        assert!(read_by_both > 55_000, "{read_by_both}, {refused_by_both}, {apart}");
        assert!(refused_by_both > 10_000, "{read_by_both}, {refused_by_both}, {apart}");
        assert!(apart < 15_000, "{read_by_both}, {refused_by_both}, {apart}");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            tag in prop_oneof![0x80_u16..0x9F, 0xE0_u16..0xFF, 0xBF1F_u16..=0xBF7F],
            value in prop::collection::vec(any::<u8>(), 0..400),
            behind in prop::collection::vec(any::<u8>(), 0..4),
        ) {
            let octets = [write(tag, &value), behind.clone()].concat();
            prop_assert_eq!(read(&octets), Ok((Object { tag, value: &value }, &behind[..])));
        }

        #[test]
        fn any_octets_are_objects_and_perhaps_an_end(octets: Vec<u8>) {
            let read: usize = objects(&octets).flatten().map(|object| object.value.len() + 2).sum();
            prop_assert!(read <= octets.len());
        }
    }
}
