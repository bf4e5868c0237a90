//! The answers to `AT+CMGL` and `AT+CMGR`, and `+CMT`, `+CDS` (3GPP TS 27.005 clauses 3.4, 4.1, 4.2).

use super::plain::Plain;
use crate::pdu::{self, Pdu};

/// One record: what the header line says, and the message on the line behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is stored; `None` where the line does not say (`+CMGR`, `+CMT`, `+CDS`).
    pub index: Option<u16>,
    /// 0 new, 1 read, 2 to be sent, 3 sent; `None` where the line does not say.
    pub status: Option<u8>,
    /// The message, or why it cannot be read.
    pub pdu: Result<Pdu, pdu::Error>,
}

/// The records in the lines of an answer.
///
/// A header line and the line of digits behind it make a record, on one line or two. What is neither
/// is skipped, wherever it stands: modems report other things in between. A header with no digits
/// before the next one is a record that cannot be read, unless it says that nothing is stored there.
///
/// In text mode all lines up to the next header or the final result are the message.
pub fn entries<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut open: Option<Record<'a>> = None;
    for line in lines.into_iter().map(<[u8]>::trim_ascii) {
        let next = Record::read(line);
        if next.is_some() || is_final(line) {
            entries.extend(open.take().and_then(Record::entry));
            open = next;
        } else if let Some(record) = &mut open {
            record.lines.push(line);
        }
    }
    entries.extend(open.and_then(Record::entry));
    entries
}

/// The places in use, from the answer to `AT+CMGD=?` (3GPP TS 27.005 clause 3.5.4): `(1,2,7),(0-4)`.
///
/// `None` where the modem gives the range of all places instead.
pub fn places_in_use(value: &str) -> Option<Vec<u16>> {
    let (list, _) = value.trim_start().strip_prefix('(')?.split_once(')')?;
    let places = list.split(',').map(str::trim).filter(|place| !place.is_empty());
    places.map(|place| place.parse().ok()).collect()
}

/// A header line and what came behind it so far.
struct Record<'a> {
    index: Option<u16>,
    status: Option<u8>,
    /// In octets, without the service centre.
    length: Option<usize>,
    plain: Option<Plain>,
    lines: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    /// A header line, with the message where that stands on the same line.
    fn read(line: &'a [u8]) -> Option<Self> {
        let kind = KINDS.iter().find(|kind| line.starts_with(kind.prefix))?;
        let fields = fields(line.get(kind.prefix.len()..)?);
        let (last, before) = fields.split_last()?;
        let blank = last.iter().position(u8::is_ascii_whitespace).unwrap_or(last.len());
        // A length has at most three digits; anything longer is the message itself.
        let (length, behind) = last.split_at_checked(if blank < 5 { blank } else { 0 })?;
        let plain = Plain::read(&fields);
        // Where `+CMGR` has three, the first is the index: some firmwares answer it as `+CMGL`.
        let has_index = kind.has_index || (kind.has_status && plain.is_none() && before.len() >= 3);
        let index = before.first().filter(|_| has_index);
        let status = before.get(usize::from(has_index)).filter(|_| kind.has_status);
        Some(Self {
            index: index.and_then(|field| number(field)),
            status: match &plain {
                Some(plain) => plain.status,
                None => status.and_then(|field| number(field)),
            },
            length: number(length),
            plain,
            lines: vec![behind.trim_ascii()],
        })
    }

    /// `None` for a place that the modem says is empty.
    fn entry(self) -> Option<Entry> {
        let digits = self.lines.iter().find(|line| is_digits(line));
        let pdu = match (&self.plain, digits) {
            (Some(plain), _) => Ok(plain.message(self.lines.get(1..).unwrap_or_default())),
            (None, None) if self.length == Some(0) => return None,
            (None, digits) => Pdu::from_line(digits.unwrap_or(&b"".as_slice()), self.length),
        };
        Some(Entry { index: self.index, status: self.status, pdu })
    }
}

fn is_final(line: &[u8]) -> bool {
    matches!(line, b"OK" | b"ERROR") || line.starts_with(b"+CMS ERROR")
}

/// A kind of header, and which fields stand in front of the length.
struct Kind {
    prefix: &'static [u8],
    has_index: bool,
    has_status: bool,
}

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    Kind { prefix: b"+CDS:",  has_index: false, has_status: false },
    Kind { prefix: b"+CMGL:", has_index: true,  has_status: true },
    Kind { prefix: b"+CMGR:", has_index: false, has_status: true },
    Kind { prefix: b"+CMT:",  has_index: false, has_status: false },
];

/// Fields between commas, blanks around them dropped; a comma in quotes is a character.
fn fields(text: &[u8]) -> Vec<&[u8]> {
    let mut quoted = false;
    let split = text.split(|octet| {
        quoted ^= *octet == b'"';
        *octet == b',' && !quoted
    });
    split.map(<[u8]>::trim_ascii).collect()
}

fn number<T: std::str::FromStr>(field: &[u8]) -> Option<T> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

/// A line of digits and nothing else; an odd one is one that was cut.
fn is_digits(line: &[u8]) -> bool {
    line.len() >= 2 && line.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PDU: &str = "000405810350F60000621172010000400ED3309BFC06C564AC190DB42903";

    /// The index, the status, and whether a message could be read.
    fn read(lines: &[&str]) -> Vec<(Option<u16>, Option<u8>, bool)> {
        let lines = lines.iter().map(|line| line.as_bytes());
        entries(lines).iter().map(|entry| (entry.index, entry.status, entry.pdu.is_ok())).collect()
    }

    #[test]
    fn headers_are_read_in_every_shape_modems_give_them() {
        #[rustfmt::skip]
        let rows: &[(&str, Option<u16>, Option<u8>)] = &[
            ("+CMGL: 0,1,,29",          Some(0),   Some(1)),
            ("+CMGL: 12,3,\"\",29",     Some(12),  Some(3)),
            ("+CMGL: 7,1,\"A, B\",29",  Some(7),   Some(1)),
            ("+CMGL:255,0,,29",         Some(255), Some(0)),
            ("+CMGR: 1,,29",            None,      Some(1)),
            ("+CMGR: 0,29",             None,      Some(0)),
            ("+CMGR: 0,\"\",50",        None,      Some(0)),
            ("+CMGR: 4,1,,151",         Some(4),   Some(1)),
            ("+CMGR: ,,27",             None,      None),
            ("+CMT: ,29",               None,      None),
            ("+CMT: \"Bank\",29",       None,      None),
            ("+CMT: 29",                None,      None),
            ("+CDS: 29",                None,      None),
            ("+CMGL: 70000,900,,",      None,      None),
        ];
        for (header, index, status) in rows {
            assert_eq!(read(&[header, PDU]), [(*index, *status, true)], "{header}");
            assert_eq!(read(&[&format!("{header} {PDU}")]), [(*index, *status, true)], "{header}");
        }
    }

    #[test]
    fn what_is_no_record_is_skipped_and_a_bad_one_hides_no_other() {
        let lines = [
            "AT+CMGL=4",
            "^RSSI:17",
            PDU,
            "+CMGL: 1,1,,29",
            "^BOOT: 1,0,0,0,2",
            PDU,
            "+CMGL: 2,1,,9",
            "+CMGL: 3,1,,29",
            "0791",
            "+CMGL: 4,0,,29",
            "",
            PDU,
            PDU,
            "OK",
        ];
        let (one, four) = ((Some(1), Some(1), true), (Some(4), Some(0), true));
        let bad = |index| (Some(index), Some(1), false);
        assert_eq!(read(&lines), [one, bad(2), bad(3), four]);
    }

    #[test]
    fn a_length_that_counts_the_whole_line_says_that_no_service_centre_is_there() {
        let line = format!("+CMGR: 1,,{}", PDU.len() / 2 - 1);
        assert_eq!(read(&[&line, &PDU[2..]]), [(None, Some(1), true)]);
    }

    proptest! {
        #[test]
        fn any_lines_are_some_entries(lines: Vec<Vec<u8>>, tail in "[0-9A-F]{0,80}") {
            let with_head = [b"+CMGL: 1,1,,29".as_slice(), tail.as_bytes()];
            let found = entries(lines.iter().map(Vec::as_slice).chain(with_head));
            prop_assert!((1..=lines.len() + 1).contains(&found.len()));
        }
    }

    #[test]
    fn places_in_use_are_a_list_and_no_range() {
        for (value, places) in [
            ("(1,2,17),(0-4)", Some(vec![1, 2, 17])),
            (" ( 0, 3 ),(0-4)", Some(vec![0, 3])),
            ("(),(0-4)", Some(vec![])),
            ("(1-25),(0-4)", None),
            ("1,2", None),
            ("", None),
        ] {
            assert_eq!(places_in_use(value), places, "{value}");
        }
    }
}
