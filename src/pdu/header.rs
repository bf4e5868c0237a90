//! User data headers: parts, ports and national languages (3GPP TS 23.040 clause 9.2.3.24).

use crate::gsm7::{Language, Shift};

/// What stands before the text of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Which part of a longer message this is.
    pub concat: Option<Concat>,
    /// The application it is for.
    pub ports: Option<Ports>,
    /// The national tables the text is written with.
    pub shift: Shift,
    /// Everything else, in its order.
    pub other: Vec<Element>,
}

/// One part of several (clauses 9.2.3.24.1 and 9.2.3.24.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Concat {
    /// The same in all parts of one message.
    pub reference: u16,
    /// The reference is one of 65,536, not of 256.
    pub wide: bool,
    /// How many parts there are, from 1.
    pub parts: u8,
    /// Which one this is, from 1.
    pub part: u8,
}

/// Application ports (clauses 9.2.3.24.3 and 9.2.3.24.4); 2948 is WAP push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// The receiver's.
    pub to: u16,
    /// The sender's.
    pub from: u16,
    /// They are numbers of 16 bits, not of 8.
    pub wide: bool,
}

/// An information element we have no better name for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its identifier (clause 9.2.3.24).
    pub id: u8,
    /// Its octets.
    pub data: Vec<u8>,
}

impl Header {
    /// The header from its elements, without the length in front; it ends where an element is cut.
    pub(super) fn from_octets(mut octets: &[u8]) -> Self {
        let mut header = Self::default();
        while let [id, length, rest @ ..] = octets {
            let Some((data, rest)) = rest.split_at_checked(usize::from(*length)) else { break };
            header.add(*id, data);
            octets = rest;
        }
        header
    }

    /// The elements without the length in front; empty where there is no header.
    pub(super) fn octets(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        octets.extend(self.concat.map(Concat::octets).unwrap_or_default());
        octets.extend(self.ports.map(Ports::octets).unwrap_or_default());
        for (id, language) in
            [(SINGLE_SHIFT, self.shift.single), (LOCKING_SHIFT, self.shift.locking)]
        {
            if language != Language::Default {
                octets.extend([id, 1, language.id()]);
            }
        }
        for element in &self.other {
            // The elements came out of one header of at most 255 octets.
            octets.extend([element.id, u8::try_from(element.data.len()).unwrap_or(0)]);
            octets.extend_from_slice(&element.data);
        }
        octets
    }

    /// Later elements of a kind win; one with impossible values is ignored (clause 9.2.3.24).
    fn add(&mut self, id: u8, data: &[u8]) {
        match (id, data) {
            (CONCAT, &[reference, parts, part]) => {
                self.concat = Concat::new(reference.into(), false, parts, part).or(self.concat);
            }
            (WIDE_CONCAT, &[high, low, parts, part]) => {
                let reference = u16::from_be_bytes([high, low]);
                self.concat = Concat::new(reference, true, parts, part).or(self.concat);
            }
            (PORTS, &[to, from]) => {
                self.ports = Some(Ports { to: to.into(), from: from.into(), wide: false });
            }
            (WIDE_PORTS, &[a, b, c, d]) => {
                let (to, from) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
                self.ports = Some(Ports { to, from, wide: true });
            }
            (SINGLE_SHIFT, &[language]) => self.shift.single = Language::from_id(language),
            (LOCKING_SHIFT, &[language]) => self.shift.locking = Language::from_id(language),
            _ => self.other.push(Element { id, data: data.to_vec() }),
        }
    }
}

impl Concat {
    fn new(reference: u16, wide: bool, parts: u8, part: u8) -> Option<Self> {
        (1..=parts).contains(&part).then_some(Self { reference, wide, parts, part })
    }

    fn octets(self) -> Vec<u8> {
        let [high, low] = self.reference.to_be_bytes();
        if self.wide {
            vec![WIDE_CONCAT, 4, high, low, self.parts, self.part]
        } else {
            vec![CONCAT, 3, low, self.parts, self.part]
        }
    }
}

impl Ports {
    fn octets(self) -> Vec<u8> {
        let ([a, to], [b, from]) = (self.to.to_be_bytes(), self.from.to_be_bytes());
        if self.wide { vec![WIDE_PORTS, 4, a, to, b, from] } else { vec![PORTS, 2, to, from] }
    }
}

const CONCAT: u8 = 0x00;
const PORTS: u8 = 0x04;
const WIDE_PORTS: u8 = 0x05;
const WIDE_CONCAT: u8 = 0x08;
const SINGLE_SHIFT: u8 = 0x24;
const LOCKING_SHIFT: u8 = 0x25;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_are_read_and_impossible_parts_ignored() {
        let octets = [0x07, 1, 3, 0x00, 3, 0x99, 2, 2, 0x05, 4, 0x0B, 0x84, 0x23, 0xF0, 0x24, 1, 1];
        let header = Header::from_octets(&octets);
        assert_eq!(header.concat, Some(Concat { reference: 0x99, wide: false, parts: 2, part: 2 }));
        assert_eq!(header.ports, Some(Ports { to: 2948, from: 9200, wide: true }));
        assert_eq!(header.shift, Shift { single: Language::Turkish, ..Shift::default() });
        assert_eq!(header.other, [Element { id: 7, data: vec![3] }]);

        for data in [[1, 0, 0], [1, 2, 0], [1, 2, 3], [1, 0, 1]] {
            let [a, b, c] = data;
            assert_eq!(Header::from_octets(&[0, 3, a, b, c]).concat, None, "{data:?}");
        }
        let cut = Header::from_octets(&[0x24, 1, 1, 0x00, 3, 0x99, 2]);
        assert_eq!((cut.concat, cut.shift.single), (None, Language::Turkish));
    }

    proptest! {
        #[test]
        fn headers_come_back(octets in prop::collection::vec(any::<u8>(), 0..140)) {
            let header = Header::from_octets(&octets);
            prop_assert_eq!(Header::from_octets(&header.octets()), header);
        }
    }
}
