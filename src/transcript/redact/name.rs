//! Names of people: the alpha fields of the own number, the phone book, callers and messages.

/// Lines whose strings are names and numbers, whatever their length.
const PERSONAL: &[&str] = &["+CCWA:", "+CLIP:", "+CNUM:", "+CPBF:", "+CPBN:", "+CPBR:", "^CPBR:"];

/// Heads of messages, and where the name stands: in PDU mode, in text mode (3GPP TS 27.005 clause 3).
#[rustfmt::skip]
const HEADS: &[(&str, usize, usize)] = &[
    ("+CDS:",  0, 3),
    ("+CMGL:", 2, 3),
    ("+CMGR:", 1, 2),
    ("+CMT:",  0, 1),
];

/// Whether the line is the head of a message, and if so whether a PDU follows it.
pub(super) fn head(line: &[u8]) -> Option<bool> {
    let behind = HEADS.iter().find_map(|(name, ..)| fields_behind(line, name))?;
    let fields = line.get(behind..).unwrap_or_default();
    let is_text = [&b"REC "[..], b"STO "].iter().any(|word| super::has(fields, word));
    // A time stamp: 26/11/27,10:00:00+04
    let is_dated =
        fields.windows(9).any(|part| matches!(part, [_, _, b'/', _, _, b'/', _, _, b',']));
    Some(!is_text && !is_dated)
}

/// Masks the names of one line, and the numbers beside them that are too short to be told from others.
pub(super) fn mask(line: &mut [u8]) {
    let row = HEADS.iter().find_map(|row| Some((fields_behind(line, row.0)?, row)));
    if let Some((behind, (_, in_pdu_mode, in_text_mode))) = row {
        let place = if head(line) == Some(true) { *in_pdu_mode } else { *in_text_mode };
        let fields = line.get_mut(behind..).unwrap_or_default();
        if let Some((start, end)) = fields_of(fields).get(place).copied() {
            mask_field(fields.get_mut(start..end).unwrap_or_default(), false);
        }
    } else if let Some(behind) = PERSONAL.iter().find_map(|name| fields_behind(line, name)) {
        let fields = line.get_mut(behind..).unwrap_or_default();
        for (start, end) in fields_of(fields) {
            mask_field(fields.get_mut(start..end).unwrap_or_default(), true);
        }
    }
}

/// Where the fields begin behind a prefix.
fn fields_behind(line: &[u8], name: &str) -> Option<usize> {
    let start = line.iter().position(|octet| !octet.is_ascii_whitespace())?;
    let head = line.get(start..start + name.len())?;
    head.eq_ignore_ascii_case(name.as_bytes()).then_some(start + name.len())
}

/// The places of the fields between commas outside quotes.
fn fields_of(line: &[u8]) -> Vec<(usize, usize)> {
    let (mut start, mut is_quoted) = (0, false);
    let mut fields = Vec::new();
    for (place, octet) in line.iter().enumerate() {
        is_quoted ^= *octet == b'"';
        if *octet == b',' && !is_quoted {
            fields.push((start, place));
            start = place + 1;
        }
    }
    fields.push((start, line.len()));
    fields
}

/// A name loses its letters, one for one; a number in quotes its digits, where `numbers` are masked here.
fn mask_field(field: &mut [u8], numbers: bool) {
    let is_quoted = field.contains(&b'"');
    let start = field.iter().position(|octet| !b" \"".contains(octet)).unwrap_or(field.len());
    let end =
        field.iter().rposition(|octet| !b" \"\r\n".contains(octet)).map_or(start, |end| end + 1);
    let value = field.get_mut(start..end).unwrap_or_default();
    if is_units(value) {
        value.chunks_exact_mut(4).for_each(mask_unit);
    } else if value.iter().all(|octet| octet.is_ascii_digit() || b"+*#".contains(octet)) {
        if numbers && is_quoted && value.len() < super::number::LONG {
            super::zero(value, 0);
        }
    } else {
        let letters =
            value.iter_mut().filter(|octet| octet.is_ascii_alphabetic() || !octet.is_ascii());
        letters.for_each(|letter| *letter = b'x');
    }
}

/// Whether a string is UCS2 in hexadecimal digits: of a number, or of letters of some script.
fn is_units(value: &[u8]) -> bool {
    let is_whole = value.len() >= 8 && value.len() % 4 == 0;
    let is_number = value.iter().all(u8::is_ascii_digit);
    let start: &[u8] = if is_number { b"00" } else { b"0" };
    is_whole
        && value.iter().all(u8::is_ascii_hexdigit)
        && value.chunks(4).all(|unit| unit.starts_with(start))
}

/// Digits become zeros and letters `x`; what stands between them stays.
fn mask_unit(unit: &mut [u8]) {
    match unit {
        [b'0', b'0', b'3', digit] if digit.is_ascii_digit() => *digit = b'0',
        [b'0', b'0', b'2', _] => {}
        _ => unit.copy_from_slice(b"0078"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn names_lose_their_letters_and_short_numbers_their_digits() {
        for (line, expected) in [
            ("+CNUM: \"Jan Smit\",\"4701234\",129",           "+CNUM: \"xxx xxxx\",\"0000000\",129"),
            ("+CNUM: something,\"+34600000001\",145",         "+CNUM: xxxxxxxxx,\"+34600000001\",145"),
            ("+CNUM: \"004A0061\",\"0034003700300031\",129",  "+CNUM: \"00780078\",\"0030003000300030\",129"),
            ("+CPBR: 1,\"112\",129,\"Oma\"",                  "+CPBR: 1,\"000\",129,\"xxx\""),
            ("+CMGL: 1,\"REC READ\",\"BASE\",\"Oma\",\"26/11/27,10:00:00+04\"", "+CMGL: 1,\"REC READ\",\"BASE\",\"xxx\",\"26/11/27,10:00:00+04\""),
            ("+CMGR: 1,\"Oma\",27",                           "+CMGR: 1,\"xxx\",27"),
            ("+CMT: ,27",                                     "+CMT: ,27"),
            ("+COPS: 0,0,\"Example\",7",                      "+COPS: 0,0,\"Example\",7"),
        ] {
            let mut masked = line.as_bytes().to_vec();
            mask(&mut masked);
            assert_eq!(String::from_utf8(masked).unwrap(), expected);
        }
    }

    #[test]
    fn a_head_says_what_follows_it() {
        for (line, follows) in [
            ("+CMGL: 1,1,\"\",27", Some(true)),
            ("+CMGR: 1,,27", Some(true)),
            ("+CDS: 25", Some(true)),
            (
                "+CMGR: \"REC READ\",\"BASE\",,\"26/11/27,10:00:00+04\",145,4,0,0,,145,7",
                Some(false),
            ),
            ("+CMGS: 7", None),
        ] {
            assert_eq!(head(line.as_bytes()), follows, "{line}");
        }
    }
}
