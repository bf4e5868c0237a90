//! Numbers and names of senders, recipients and service centres (3GPP TS 23.040 clause 9.1.2.5).

use std::fmt;
use std::str::FromStr;

use super::Error;
use super::reader::Reader;
use crate::gsm7::{self, Shift};

/// A number or a name, with its type as the octet said it.
///
/// [`fmt::Display`] writes it as people do, with `+` in front of an international number;
/// [`fmt::Debug`] masks the middle of a number, so that it may stand in a log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    toa: u8,
    text: String,
}

impl Address {
    /// An alphanumeric name of up to eleven characters; what is behind them is cut off.
    ///
    /// # Errors
    ///
    /// [`gsm7::Unencodable`] for a character outside the default alphabet.
    pub fn name(name: &str) -> Result<Self, gsm7::Unencodable> {
        let text: String = name.chars().take(11).collect();
        gsm7::septets_from_text(&text, Shift::default())?;
        Ok(Self { toa: ALPHANUMERIC, text })
    }

    /// What a modem shows of a sender: a number where it can be one, else a name. A character that no
    /// name can have becomes `?`.
    pub fn from_shown(shown: &str) -> Self {
        let shortened = || shown.chars().take(11);
        let known =
            |sign: char| if Self::name(sign.encode_utf8(&mut [0; 4])).is_ok() { sign } else { '?' };
        let name = || Self { toa: ALPHANUMERIC, text: shortened().map(known).collect() };
        shown.parse().unwrap_or_else(|_| name())
    }

    /// The type-of-address octet.
    pub fn toa(&self) -> u8 {
        self.toa
    }

    /// Whether this is a name, not a number.
    pub fn is_name(&self) -> bool {
        self.toa & TYPE_OF_NUMBER == ALPHANUMERIC & TYPE_OF_NUMBER
    }

    /// Whether this is a number that starts with a country code.
    pub fn is_international(&self) -> bool {
        self.toa & TYPE_OF_NUMBER == INTERNATIONAL & TYPE_OF_NUMBER
    }

    /// Whether this is a number of at least six digits, as those of service centres are.
    pub(super) fn is_whole(&self) -> bool {
        self.text.len() >= 6 && self.text.bytes().all(|digit| digit.is_ascii_digit())
    }

    /// The service centre, whose length counts octets with the type (3GPP TS 24.011 clause 8.2.5.1).
    pub(super) fn read_smsc(reader: &mut Reader<'_>) -> Result<Option<Self>, Error> {
        let length = reader.octet("service centre")?;
        let octets = reader.take(length.into(), "service centre")?;
        Ok(octets.split_first().map(|(toa, digits)| Self::number(*toa, digits, usize::MAX)))
    }

    /// An address whose length counts semi-octets.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let length = reader.octet("address")?;
        if length > 24 {
            return Err(Error::Address(length));
        }
        let toa = reader.octet("address")?;
        let octets = reader.take(usize::from(length).div_ceil(2), "address")?;
        if toa & TYPE_OF_NUMBER == ALPHANUMERIC & TYPE_OF_NUMBER {
            return Ok(Self { toa, text: name(octets, length.into()) });
        }
        Ok(Self::number(toa, octets, length.into()))
    }

    /// Length in semi-octets, type, digits.
    pub(super) fn octets(&self) -> Vec<u8> {
        let (length, value) = if self.is_name() {
            // Only characters of the alphabet ever get in.
            let septets = gsm7::septets_from_text(&self.text, Shift::default()).unwrap_or_default();
            ((septets.len() * 7).div_ceil(4), gsm7::pack(&septets, 0))
        } else {
            (self.text.chars().count(), semi_octets(&self.text))
        };
        let mut octets = vec![u8::try_from(length).unwrap_or(0), self.toa];
        octets.extend(value);
        octets
    }

    /// Length in octets, type, digits.
    pub(super) fn smsc_octets(&self) -> Vec<u8> {
        let digits = semi_octets(&self.text);
        let mut octets = vec![u8::try_from(digits.len() + 1).unwrap_or(0), self.toa];
        octets.extend(digits);
        octets
    }

    fn number(toa: u8, octets: &[u8], count: usize) -> Self {
        let nibbles = octets.iter().flat_map(|octet| [octet & 0x0F, octet >> 4]).take(count);
        let digits = nibbles.map_while(|nibble| DIGITS.get(usize::from(nibble)));
        Self { toa, text: digits.copied().map(char::from).collect() }
    }

    /// As people read it: whole where `whole` is asked for, else without the middle of a long number.
    pub fn shown(&self, whole: bool) -> String {
        if whole { self.to_string() } else { self.masked() }
    }

    /// The number without its middle, a short code or a name whole.
    fn masked(&self) -> String {
        let shown = self.to_string();
        let length = shown.chars().count();
        if self.is_name() || length <= 6 {
            return shown;
        }
        let start: String = shown.chars().take(4).collect();
        let end: String = shown.chars().skip(length - 2).collect();
        format!("{start}…{end}")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plus = if self.is_international() { "+" } else { "" };
        write!(f, "{plus}{}", self.text)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.masked())
    }
}

impl FromStr for Address {
    type Err = NotANumber;

    /// A number as people write it: `+` makes it international, blanks and hyphens are dropped.
    fn from_str(number: &str) -> Result<Self, NotANumber> {
        let (toa, digits) = match number.trim().strip_prefix('+') {
            Some(digits) => (INTERNATIONAL, digits),
            None => (UNKNOWN, number.trim()),
        };
        let text: String = digits.chars().filter(|sign| !matches!(sign, ' ' | '-')).collect();
        let dialled = text.bytes().all(|digit| DIGITS.contains(&digit));
        if dialled && (1..=20).contains(&text.len()) {
            Ok(Self { toa, text })
        } else {
            Err(NotANumber)
        }
    }
}

/// A text that cannot be dialled: expected 1 to 20 of `0`-`9`, `*`, `#`, with or without `+`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a number of at most 20 digits, with or without `+`")]
pub struct NotANumber;

const UNKNOWN: u8 = 0x81;
const INTERNATIONAL: u8 = 0x91;
const ALPHANUMERIC: u8 = 0xD0;
const TYPE_OF_NUMBER: u8 = 0x70;

/// What the semi-octets stand for (3GPP TS 24.008 table 10.5.118); 15 fills up.
const DIGITS: &[u8; 15] = b"0123456789*#abc";

/// A name of `length` semi-octets.
fn name(octets: &[u8], length: usize) -> String {
    let mut septets = gsm7::unpack(octets, length * 4 / 7, 0);
    // Seven characters fill 49 of 56 bits: who counts whole octets leaves zeros that read as `@`.
    if septets.len() % 8 == 0 && septets.last() == Some(&0) {
        septets.pop();
    }
    gsm7::text_from_septets(&septets, Shift::default())
}

fn semi_octets(digits: &str) -> Vec<u8> {
    let nibble =
        |digit: &u8| (0..15).zip(DIGITS).find(|(_, known)| *known == digit).map_or(15, |d| d.0);
    let pair = |pair: &[u8]| match pair {
        [low, high] => nibble(high) << 4 | nibble(low),
        [low] => 0xF0 | nibble(low),
        _ => 0xFF,
    };
    digits.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(octets: &[u8]) -> Result<Address, Error> {
        Address::read(&mut Reader::new(octets))
    }

    #[test]
    fn addresses_are_written_as_people_do() {
        #[rustfmt::skip]
        let rows: &[(&str, &str)] = &[
            ("0B916407281553F8",         "+46708251358"),
            ("0481 1800",                "8100"),
            ("03A121F3",                 "123"),
            ("05812176F3",               "12673"),
            ("00 81",                    ""),
            ("0681 0A1B2C",              "*0#1a2"),
            ("06D0 E8740B",              "hi-"),
            ("0DD0 F334FC1CA69701",      "sipgate"),
            ("0ED0 F334FC1CA69701",      "sipgate"),
            ("04D0 4138",                "Ap"),
        ];
        for (digits, text) in rows {
            let octets = crate::hex::octets(digits.replace(' ', "").as_bytes()).unwrap();
            assert_eq!(read(&octets).unwrap().to_string(), *text, "{digits}");
        }
    }

    #[test]
    fn an_address_longer_than_any_is_an_error() {
        assert_eq!(read(&[25, 0x91]), Err(Error::Address(25)));
        assert_eq!(read(&[11, 0x91, 0x64]), Err(Error::Truncated("address")));
        assert_eq!(read(&[]), Err(Error::Truncated("address")));
    }

    #[test]
    fn numbers_come_back() {
        for text in ["+46708251358", "1966", "*100#", "+1", "12345678901234567890"] {
            let address: Address = text.parse().unwrap();
            assert_eq!(read(&address.octets()).as_ref(), Ok(&address));
            assert_eq!(address.to_string(), text);
        }
        for name in ["A", "sipgate", "InternetSMS", "Käse&Co", "Saldo5€"] {
            let address = Address::name(name).unwrap();
            assert_eq!(read(&address.octets()).as_ref(), Ok(&address), "{name}");
        }
        for text in ["", "+", "12x", "123456789012345678901", "é"] {
            assert_eq!(text.parse::<Address>(), Err(NotANumber), "{text}");
        }
        assert_eq!("+46 70-825".parse::<Address>().unwrap().to_string(), "+4670825");
    }

    #[test]
    fn what_is_no_number_is_a_name() {
        for (shown, address) in
            [("+32470", "+32470"), ("Info €", "Info €"), ("Баланс", "??????"), ("", "")]
        {
            assert_eq!(Address::from_shown(shown).to_string(), address);
        }
    }

    #[test]
    fn a_number_is_masked_in_debug() {
        let debug = |text: &str| format!("{:?}", text.parse::<Address>().unwrap());
        assert_eq!(debug("+46708251358"), "Address(+467…58)");
        assert_eq!(debug("1966"), "Address(1966)");
    }
}
