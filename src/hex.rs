//! Octets as hexadecimal digits, as modems write them.

/// The octets that pairs of hexadecimal digits stand for, in either case.
///
/// `None` for an odd number of digits or where anything else is between them.
///
/// ```
/// assert_eq!(saldo::hex::octets(b"2a31"), Some(vec![0x2A, 0x31]));
/// assert_eq!(saldo::hex::octets(b"2a3"), None);
/// ```
pub fn octets(digits: &[u8]) -> Option<Vec<u8>> {
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let mut octets = Vec::with_capacity(digits.len() / 2);
    let mut seen = 0;
    for pair in pairs {
        let &[high, low] = pair else { return None };
        let (high, low) = (value(high), value(low));
        // Checked once at the end: a branch for each digit would cost more than the table.
        seen |= high | low;
        octets.push((high << 4) | (low & 0x0F));
    }
    (seen <= 0x0F).then_some(octets)
}

/// Two upper-case hexadecimal digits for each octet.
///
/// ```
/// assert_eq!(saldo::hex::digits(&[0x2A, 0x0D]), "2A0D");
/// ```
pub fn digits(octets: &[u8]) -> String {
    let digit = |nibble: u8| char::from(nibble + if nibble < 10 { b'0' } else { b'A' - 10 });
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 0x0F)]).collect()
}

fn value(digit: u8) -> u8 {
    VALUES.get(usize::from(digit)).copied().unwrap_or(NO_DIGIT)
}

const NO_DIGIT: u8 = 0xFF;

/// What each octet is worth as a digit.
const VALUES: [u8; 256] = values();

#[expect(
    clippy::indexing_slicing,
    reason = "runs in the compiler, where a wrong index is an error"
)]
const fn values() -> [u8; 256] {
    let mut values = [NO_DIGIT; 256];
    let mut digit = 0;
    while digit < 16 {
        values[b"0123456789abcdef"[digit] as usize] = digit as u8;
        values[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{digits, octets};

    #[test]
    fn only_pairs_of_digits_are_octets() {
        #[rustfmt::skip]
        let rows: &[(&str, Option<&[u8]>)] = &[
            ("",     Some(&[])),
            ("00fF", Some(&[0x00, 0xFF])),
            ("0",    None),
            ("0g",   None),
            ("g0",   None),
            ("+1",   None),
            (" 1",   None),
            ("1 ",   None),
            ("é",    None),
        ];
        for (text, expected) in rows {
            assert_eq!(octets(text.as_bytes()).as_deref(), *expected, "{text:?}");
        }
    }

    #[test]
    fn each_octet_is_read_as_the_standard_library_reads_it() {
        for pair in 0..=u16::MAX {
            let text = pair.to_be_bytes();
            let whole = text.iter().all(u8::is_ascii_hexdigit);
            let expected =
                whole.then(|| u8::from_str_radix(std::str::from_utf8(&text).unwrap(), 16).unwrap());
            assert_eq!(octets(&text), expected.map(|octet| vec![octet]), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(data: Vec<u8>) {
            let written = digits(&data);
            prop_assert_eq!(octets(written.as_bytes()), Some(data.clone()));
            prop_assert_eq!(octets(written.to_lowercase().as_bytes()), Some(data));
        }
    }
}
