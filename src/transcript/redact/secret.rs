//! PINs in commands: by where they stand, since they are short.

use super::zero;
use crate::hex;

/// Commands whose arguments are PINs, and how many come before the first.
#[rustfmt::skip]
const COMMANDS: &[(&str, usize)] = &[
    ("+CLCK=", 2),
    ("+CPIN2=", 0),
    ("+CPIN=", 0),
    ("+CPWD=", 1),
    ("^CPIN=", 0),
];

/// Procedures that change or unblock a PIN or a barring password (3GPP TS 22.030 clause 6.6).
const PROCEDURES: &[&[u8]] = &[b"**03*", b"**04", b"**05"];

/// VERIFY, CHANGE, DISABLE, ENABLE and UNBLOCK PIN (ETSI TS 102 221 clause 11.1): the second octet of an APDU.
const INSTRUCTIONS: &[&[u8]] = &[b"20", b"24", b"26", b"28", b"2C"];

/// Class, instruction, two parameters and the length, in digits; then come the PINs.
const APDU_HEADER: usize = 10;

/// Masks the PINs of one command.
pub(super) fn mask(command: &mut [u8]) {
    let upper = command.to_ascii_uppercase();
    for (name, before) in COMMANDS {
        if let Some(start) = position(&upper, name.as_bytes()) {
            let from = start + name.len();
            let skipped = argument(upper.get(from..).unwrap_or_default(), *before);
            zero(command.get_mut(from + skipped..).unwrap_or_default(), 0);
        }
    }
    for procedure in PROCEDURES {
        if let Some(start) = position(&upper, procedure) {
            let from = start + procedure.len();
            let end = upper.iter().skip(from).position(|octet| *octet == b'#');
            let end = end.map_or(upper.len(), |end| from + end);
            zero(command.get_mut(from..end).unwrap_or_default(), 0);
        }
    }
    if [&b"+CGLA="[..], b"+CSIM="].iter().any(|name| position(&upper, name).is_some()) {
        let start = upper.iter().rposition(|octet| *octet == b',').map_or(0, |comma| comma + 1);
        let start =
            start + upper.iter().skip(start).take_while(|octet| b" \"".contains(octet)).count();
        let apdu = upper.get(start + 2..start + 4).unwrap_or_default();
        if INSTRUCTIONS.contains(&apdu) {
            mask_digits_in_hex(command.get_mut(start + APDU_HEADER..).unwrap_or_default());
        }
    }
}

/// Masks the PINs of `command` in what the modem said to it: an echo may have lost its start.
pub(super) fn mask_echo(said: &mut [u8], command: &[u8]) {
    /// Shorter numbers are no PINs, and `+CME ERROR: 16` holds one.
    const SHORTEST: usize = 4;
    let mut masked = command.to_vec();
    mask(&mut masked);
    let words = |octets: &'_ [u8]| -> Vec<Vec<u8>> {
        octets.split(|octet| !octet.is_ascii_digit()).map(<[u8]>::to_vec).collect()
    };
    for (pin, zeros) in words(command).into_iter().zip(words(&masked)) {
        if pin == zeros || pin.len() < SHORTEST {
            continue;
        }
        while let Some(start) = position(said, &pin) {
            zero(said.get_mut(start..start + pin.len()).unwrap_or_default(), 0);
        }
    }
}

/// The digits of a PIN as octets in hexadecimal.
fn mask_digits_in_hex(digits: &mut [u8]) {
    for pair in digits.chunks_exact_mut(2) {
        if hex::octets(pair).is_some_and(|octet| octet.iter().all(u8::is_ascii_digit)) {
            pair.copy_from_slice(b"30");
        }
    }
}

/// Where the argument begins that so many stand before.
fn argument(arguments: &[u8], before: usize) -> usize {
    let commas = arguments.iter().enumerate().filter(|(_, octet)| **octet == b',');
    match before {
        0 => 0,
        _ => commas.map(|(place, _)| place + 1).nth(before - 1).unwrap_or(arguments.len()),
    }
}

fn position(octets: &[u8], part: &[u8]) -> Option<usize> {
    octets.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_sorted() {
        assert!(COMMANDS.is_sorted());
    }

    #[test]
    fn a_pin_in_lower_case_is_a_pin() {
        let mut command = *b"at+cpin=1234";
        mask(&mut command);
        assert_eq!(&command, b"at+cpin=0000");
    }
}
