//! User data: the text or the octets of a message, behind its header (3GPP TS 23.040 clause 9.2.3.24).

use super::reader::Reader;
use super::{Concat, Error, Header};
use crate::dcs::{Alphabet, Sms};
use crate::gsm7::{self, Shift};
use crate::ucs2;

/// The text or the octets of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserData {
    /// What stands before the text.
    pub header: Header,
    /// What was said.
    pub content: Content,
    /// What it was written in.
    pub alphabet: Alphabet,
    /// There are fewer octets than the length says, or they end inside a character.
    pub truncated: bool,
    /// The data coding scheme says GSM 7-bit, but the octets are UCS2 and so many as the length says.
    pub dcs_contradicted: bool,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text, in either alphabet.
    Text(String),
    /// Octets for an application, or compressed text.
    Octets(Vec<u8>),
}

/// A text that does not fit into the 255 parts a message can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a text of at most 255 parts, found {0}")]
pub struct TooLong(pub usize);

impl UserData {
    /// The text, unless these are octets.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Octets(_) => None,
        }
    }

    /// A text as the user data of as many messages as it takes.
    ///
    /// GSM 7-bit where the default alphabet has every character, else UCS2. One message holds 160
    /// characters or 70 units, a part 153 or 67; no escape and no surrogate loses its partner.
    ///
    /// # Errors
    ///
    /// [`TooLong`] above 255 parts.
    pub fn parts(text: &str, reference: u8) -> Result<Vec<Self>, TooLong> {
        let septets = text.chars().try_fold(0, |sum, character| Some(sum + septets_of(character)?));
        let (alphabet, texts) = match septets {
            Some(0..=160) => (Alphabet::Gsm7, vec![text.to_owned()]),
            Some(_) => (Alphabet::Gsm7, split(text, 153, |c| septets_of(c).unwrap_or(1))),
            None if text.encode_utf16().count() <= 70 => (Alphabet::Ucs2, vec![text.to_owned()]),
            None => (Alphabet::Ucs2, split(text, 67, char::len_utf16)),
        };
        let parts = u8::try_from(texts.len()).map_err(|_| TooLong(texts.len()))?;
        let concat = |part| Concat { reference: reference.into(), wide: false, parts, part };
        let numbered = (1..=parts).zip(texts);
        Ok(numbered
            .map(|(n, text)| Self::new(text, alphabet, (parts > 1).then(|| concat(n))))
            .collect())
    }

    /// A text without a header, however long it is.
    pub(crate) fn from_text(text: String) -> Self {
        let encodable = text.chars().all(|character| septets_of(character).is_some());
        Self::new(text, if encodable { Alphabet::Gsm7 } else { Alphabet::Ucs2 }, None)
    }

    /// A data coding scheme for this alphabet, without a class.
    pub fn dcs(&self) -> Sms {
        match self.alphabet {
            Alphabet::Gsm7 => Sms(0x00),
            Alphabet::Octets => Sms(0x04),
            Alphabet::Ucs2 => Sms(0x08),
        }
    }

    pub(super) fn read(reader: Reader<'_>, has_header: bool, dcs: Sms) -> Result<Self, Error> {
        let mut reader = reader;
        let length = usize::from(reader.octet("user data")?);
        Ok(decoded(reader.rest(), length, has_header, dcs))
    }

    /// Whether the first octet of the message has to announce a header.
    pub(super) fn has_header(&self) -> bool {
        !self.header.octets().is_empty()
    }

    /// Length and data; a character that the alphabet does not have becomes `?`.
    pub(super) fn octets(&self) -> Vec<u8> {
        let mut data = self.header.octets();
        if let Ok(length @ 1..) = u8::try_from(data.len()) {
            data.insert(0, length);
        }
        let length = match (&self.content, self.alphabet) {
            (Content::Text(text), Alphabet::Gsm7) => {
                let (header_septets, fill_bits) = septets_before(data.len());
                let septets = lossy_septets(text, self.header.shift);
                data.extend(gsm7::pack(&septets, fill_bits));
                header_septets + septets.len()
            }
            (Content::Text(text), _) => {
                data.extend(ucs2::octets_from_text(text));
                data.len()
            }
            (Content::Octets(octets), _) => {
                data.extend_from_slice(octets);
                data.len()
            }
        };
        data.insert(0, u8::try_from(length).unwrap_or(u8::MAX));
        data
    }

    fn new(text: String, alphabet: Alphabet, concat: Option<Concat>) -> Self {
        let header = Header { concat, ..Header::default() };
        let content = Content::Text(text);
        Self { header, content, alphabet, truncated: false, dcs_contradicted: false }
    }
}

fn decoded(octets: &[u8], length: usize, has_header: bool, dcs: Sms) -> UserData {
    let is_septets = dcs.alphabet() == Alphabet::Gsm7 && !dcs.compressed();
    let contradicted =
        is_septets && octets.get(..length).is_some_and(|all| is_ucs2(all, has_header));
    let alphabet = match dcs.alphabet() {
        _ if contradicted => Alphabet::Ucs2,
        _ if dcs.compressed() => Alphabet::Octets,
        alphabet => alphabet,
    };
    let stated = if alphabet == Alphabet::Gsm7 { (length * 7).div_ceil(8) } else { length };
    let present = octets.get(..stated).unwrap_or(octets);
    let (header_octets, body) = split_header(present, has_header);
    let header = Header::from_octets(header_octets.get(1..).unwrap_or_default());
    let (content, half) = match alphabet {
        Alphabet::Gsm7 => {
            let (before, fill_bits) = septets_before(header_octets.len());
            let septets = gsm7::unpack(body, length.saturating_sub(before), fill_bits);
            (Content::Text(gsm7::text_from_septets(&septets, header.shift)), false)
        }
        Alphabet::Ucs2 => {
            let text = ucs2::text_from_octets(body);
            (Content::Text(text.text), text.truncated)
        }
        Alphabet::Octets => (Content::Octets(body.to_vec()), false),
    };
    let truncated = half || present.len() < stated;
    UserData { header, content, alphabet, truncated, dcs_contradicted: contradicted }
}

/// The header with its length in front, and what is behind it.
fn split_header(octets: &[u8], has_header: bool) -> (&[u8], &[u8]) {
    match octets.first() {
        Some(length) if has_header => {
            octets.split_at_checked(usize::from(*length) + 1).unwrap_or((octets, &[]))
        }
        _ => (&[], octets),
    }
}

/// How many septets the octets of a header take, and the bits up to the next septet.
fn septets_before(header_octets: usize) -> (usize, u8) {
    let septets = (header_octets * 8).div_ceil(7);
    let fill_bits = septets * 7 - header_octets * 8;
    (septets, u8::try_from(fill_bits).unwrap_or(0))
}

/// Whether octets that are announced as GSM 7-bit are UCS2 all the same: the length has then counted
/// octets, and that many are there. Fewer than four units prove nothing.
fn is_ucs2(octets: &[u8], has_header: bool) -> bool {
    let (_, body) = split_header(octets, has_header);
    body.len() >= 8 && ucs2::is_plausible(body)
}

fn septets_of(character: char) -> Option<usize> {
    let septets = gsm7::septets_from_text(character.encode_utf8(&mut [0; 4]), Shift::default());
    septets.ok().map(|septets| septets.len())
}

fn lossy_septets(text: &str, shift: Shift) -> Vec<u8> {
    gsm7::septets_from_text(text, shift).unwrap_or_else(|_| {
        let one = |c: char| gsm7::septets_from_text(c.encode_utf8(&mut [0; 4]), shift);
        text.chars().flat_map(|c| one(c).unwrap_or_else(|_| vec![b'?'])).collect()
    })
}

/// Pieces of a text that each cost no more than `limit`.
fn split(text: &str, limit: usize, cost: impl Fn(char) -> usize) -> Vec<String> {
    let (mut pieces, mut piece, mut left) = (Vec::new(), String::new(), limit);
    for character in text.chars() {
        if cost(character) > left {
            pieces.push(std::mem::take(&mut piece));
            left = limit;
        }
        left -= cost(character);
        piece.push(character);
    }
    pieces.push(piece);
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lengths(text: &str) -> Vec<usize> {
        let parts = UserData::parts(text, 7).unwrap();
        parts.iter().map(|part| part.text().unwrap().chars().count()).collect()
    }

    #[test]
    fn long_texts_are_split_where_the_standard_says() {
        #[rustfmt::skip]
        let rows: &[(String, &[usize])] = &[
            (String::new(),                            &[0]),
            ("a".repeat(160),                          &[160]),
            ("a".repeat(161),                          &[153, 8]),
            ("a".repeat(159) + "€",                    &[153, 7]),
            ("a".repeat(152) + "€" + &"a".repeat(9),   &[152, 10]),
            ("ж".repeat(70),                           &[70]),
            ("ж".repeat(71),                           &[67, 4]),
            ("ж".repeat(66) + "😀" + &"ж".repeat(9),   &[66, 10]),
        ];
        for (text, expected) in rows {
            assert_eq!(lengths(text), *expected, "{text}");
        }
        assert_eq!(UserData::parts(&"a".repeat(153 * 255 + 1), 0), Err(TooLong(256)));
        assert_eq!(UserData::parts(&"a".repeat(153 * 255), 0).unwrap().len(), 255);
    }

    #[test]
    fn no_part_is_longer_than_140_octets() {
        for text in ["a€".repeat(300), "жa".repeat(300), "😀".repeat(100)] {
            for part in UserData::parts(&text, 200).unwrap() {
                assert!((130..=141).contains(&part.octets().len()) || part.header.concat.is_some());
                assert!(part.octets().len() <= 141);
            }
        }
    }

    #[test]
    fn octets_that_read_as_one_script_are_ucs2_whatever_the_scheme_says() {
        let cyrillic = ucs2::octets_from_text("Баланс 5 р");
        let data = decoded(&cyrillic, cyrillic.len(), false, Sms(0xF1));
        assert_eq!((data.text(), data.dcs_contradicted), (Some("Баланс 5 р"), true));

        let packed = gsm7::pack(b"Saldo: 20,00 euro", 0);
        let mut record = packed.clone();
        record.extend([0xFF; 40]);
        let data = decoded(&record, 17, false, Sms(0xF1));
        assert_eq!((data.text(), data.dcs_contradicted), (Some("Saldo: 20,00 euro"), false));
    }

    proptest! {
        #[test]
        fn parts_come_back(text in "[a-zA-Z0-9 €@\\[\\]àжΩ漢😀]{0,400}", reference: u8) {
            let parts = UserData::parts(&text, reference).unwrap();
            let mut again = String::new();
            for part in &parts {
                let octets = part.octets();
                let read = UserData::read(Reader::new(&octets), part.has_header(), part.dcs()).unwrap();
                prop_assert_eq!(&read, part);
                again.push_str(read.text().unwrap());
            }
            prop_assert_eq!(again, text);
        }

        #[test]
        fn any_octets_are_some_data(octets: Vec<u8>, length: u8, header: bool, dcs: u8) {
            decoded(&octets, length.into(), header, Sms(dcs));
        }
    }
}
