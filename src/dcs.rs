//! The data coding scheme octet: which alphabet a USSD string or a short message is written in.
//!
//! USSD and cell broadcast read the octet one way ([`Cbs`], 3GPP TS 23.038 clause 5), short messages
//! another ([`Sms`], clause 4): 0x11 is UCS2 behind a language in the one and plain GSM 7-bit of
//! class 1 in the other. Reserved values are the GSM 7-bit default alphabet, as both clauses ask.
//! The octet is what was promised, not what came: firmwares put wrong ones beside right texts.

/// What the octets of a text stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// GSM 7-bit default alphabet, packed (clause 6.2.1).
    Gsm7,
    /// Octets with no meaning given here.
    Octets,
    /// UCS2, in practice UTF-16, big end first (clause 6.2.3).
    Ucs2,
}

/// The data coding scheme of cell broadcast and USSD (3GPP TS 23.038 clause 5).
///
/// ```
/// use saldo::dcs::{Alphabet, Cbs};
///
/// assert_eq!(Cbs(15).alphabet(), Alphabet::Gsm7);
/// assert_eq!(Cbs(72).alphabet(), Alphabet::Ucs2);
/// assert_eq!(Cbs(32).language(), Some("cs"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cbs(pub u8);

impl Cbs {
    /// The alphabet of the text, behind a language prefix if there is one.
    pub fn alphabet(self) -> Alphabet {
        match self.0 {
            0x11 => Alphabet::Ucs2,
            0x40..=0x7F | 0x90..=0x9F => bits_3_and_2(self.0),
            0xF0..=0xFF => bit_2(self.0),
            _ => Alphabet::Gsm7,
        }
    }

    /// Whether the text starts with its language: with 16 two letters and a CR in GSM 7-bit, with 17
    /// two letters packed into two octets before the UCS2.
    pub fn language_prefix(self) -> bool {
        matches!(self.0, 0x10 | 0x11)
    }

    /// The language as its ISO 639-1 code, where the octet itself names one.
    pub fn language(self) -> Option<&'static str> {
        LANGUAGES.iter().find(|(dcs, _)| *dcs == self.0).map(|(_, code)| *code)
    }

    /// The message class, 0 to 3; class 0 is shown at once.
    pub fn class(self) -> Option<u8> {
        let stated = match self.0 {
            0x40..=0x7F => self.0 & 0x10 != 0,
            0x90..=0x9F | 0xF0..=0xFF => true,
            _ => false,
        };
        stated.then_some(self.0 & 0x03)
    }

    /// Whether the text is compressed (3GPP TS 23.042), which nobody is known to send.
    pub fn compressed(self) -> bool {
        matches!(self.0, 0x60..=0x7F)
    }
}

/// The data coding scheme of a short message (3GPP TS 23.038 clause 4).
///
/// ```
/// use saldo::dcs::{Alphabet, Sms};
///
/// assert_eq!(Sms(0x08).alphabet(), Alphabet::Ucs2);
/// assert_eq!(Sms(0xF1).class(), Some(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sms(pub u8);

impl Sms {
    /// The alphabet of the user data.
    pub fn alphabet(self) -> Alphabet {
        match self.0 {
            0x00..=0x7F => bits_3_and_2(self.0),
            0xE0..=0xEF => Alphabet::Ucs2,
            0xF0..=0xFF => bit_2(self.0),
            _ => Alphabet::Gsm7,
        }
    }

    /// The message class, 0 to 3; class 0 is shown at once and not stored.
    pub fn class(self) -> Option<u8> {
        let stated = match self.0 {
            0x00..=0x7F => self.0 & 0x10 != 0,
            0xF0..=0xFF => true,
            _ => false,
        };
        stated.then_some(self.0 & 0x03)
    }

    /// Whether the text is compressed (3GPP TS 23.042), which nobody is known to send.
    pub fn compressed(self) -> bool {
        matches!(self.0, 0x20..=0x3F | 0x60..=0x7F)
    }

    /// Whether this only says that voice mail, fax or e-mail waits (or no longer does).
    pub fn message_waiting(self) -> bool {
        matches!(self.0, 0xC0..=0xEF)
    }
}

fn bits_3_and_2(dcs: u8) -> Alphabet {
    match (dcs >> 2) & 0x03 {
        1 => Alphabet::Octets,
        2 => Alphabet::Ucs2,
        _ => Alphabet::Gsm7,
    }
}

fn bit_2(dcs: u8) -> Alphabet {
    if dcs & 0x04 == 0 { Alphabet::Gsm7 } else { Alphabet::Octets }
}

/// The language groups 0000 and 0010; 15 is "unspecified".
#[rustfmt::skip]
const LANGUAGES: &[(u8, &str)] = &[
    (0x00, "de"), (0x01, "en"), (0x02, "it"), (0x03, "fr"), (0x04, "es"), (0x05, "nl"), (0x06, "sv"),
    (0x07, "da"), (0x08, "pt"), (0x09, "fi"), (0x0A, "no"), (0x0B, "el"), (0x0C, "tr"), (0x0D, "hu"),
    (0x0E, "pl"), (0x20, "cs"), (0x21, "he"), (0x22, "ar"), (0x23, "ru"), (0x24, "is"),
];

#[cfg(test)]
mod tests {
    use super::{Alphabet, Cbs, LANGUAGES, Sms};

    /// One letter a value: 7 is GSM 7-bit, 8 octets, U UCS2; sixteen values a row.
    #[rustfmt::skip]
    const CBS: [&str; 16] = [
        "7777777777777777", "7U77777777777777", "7777777777777777", "7777777777777777",
        "77778888UUUU7777", "77778888UUUU7777", "77778888UUUU7777", "77778888UUUU7777",
        "7777777777777777", "77778888UUUU7777", "7777777777777777", "7777777777777777",
        "7777777777777777", "7777777777777777", "7777777777777777", "7777888877778888",
    ];

    #[rustfmt::skip]
    const SMS: [&str; 16] = [
        "77778888UUUU7777", "77778888UUUU7777", "77778888UUUU7777", "77778888UUUU7777",
        "77778888UUUU7777", "77778888UUUU7777", "77778888UUUU7777", "77778888UUUU7777",
        "7777777777777777", "7777777777777777", "7777777777777777", "7777777777777777",
        "7777777777777777", "7777777777777777", "UUUUUUUUUUUUUUUU", "7777888877778888",
    ];

    /// The class of sixteen values, `.` for none.
    const ALL: &str = "0123012301230123";
    const NONE: &str = "................";

    #[test]
    fn every_value_has_the_alphabet_of_its_clause() {
        for dcs in 0..=255 {
            assert_eq!(letter(Cbs(dcs).alphabet()), at(&CBS, dcs), "CBS {dcs:#04x}");
            assert_eq!(letter(Sms(dcs).alphabet()), at(&SMS, dcs), "SMS {dcs:#04x}");
        }
    }

    #[test]
    fn every_value_has_the_class_of_its_clause() {
        let (n, a) = (NONE, ALL);
        let cbs = [n, n, n, n, n, a, n, a, n, a, n, n, n, n, n, a];
        let sms = [n, a, n, a, n, a, n, a, n, n, n, n, n, n, n, a];
        for dcs in 0..=255 {
            assert_eq!(class(Cbs(dcs).class()), at(&cbs, dcs), "CBS {dcs:#04x}");
            assert_eq!(class(Sms(dcs).class()), at(&sms, dcs), "SMS {dcs:#04x}");
        }
    }

    #[test]
    fn compression_language_and_waiting_stand_in_their_groups_only() {
        for dcs in 0..=255_u8 {
            let group = dcs >> 4;
            assert_eq!(Cbs(dcs).compressed(), [6, 7].contains(&group), "CBS {dcs:#04x}");
            assert_eq!(Sms(dcs).compressed(), [2, 3, 6, 7].contains(&group), "SMS {dcs:#04x}");
            assert_eq!(Cbs(dcs).language_prefix(), dcs == 16 || dcs == 17, "{dcs:#04x}");
            assert_eq!(Cbs(dcs).language().is_some(), dcs < 15 || (32..37).contains(&dcs));
            assert_eq!(Sms(dcs).message_waiting(), [12, 13, 14].contains(&group), "{dcs:#04x}");
        }
    }

    #[test]
    fn languages_are_sorted() {
        assert!(LANGUAGES.is_sorted_by(|a, b| a.0 < b.0));
    }

    fn at(rows: &[&str; 16], dcs: u8) -> char {
        rows[usize::from(dcs >> 4)].as_bytes()[usize::from(dcs & 15)].into()
    }

    fn letter(alphabet: Alphabet) -> char {
        match alphabet {
            Alphabet::Gsm7 => '7',
            Alphabet::Octets => '8',
            Alphabet::Ucs2 => 'U',
        }
    }

    fn class(class: Option<u8>) -> char {
        class.map_or('.', |class| char::from(b'0' + class))
    }
}
