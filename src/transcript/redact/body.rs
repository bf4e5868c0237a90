//! Numbers within hexadecimal: text in UCS2, in packed septets, in octets; identities in SIM files.

use super::{Context, number, zero};
use crate::{gsm7, hex};

/// Fewer hexadecimal digits hold no number worth masking.
const SHORT: usize = 16;

/// Masks what stands in hexadecimal, in place; gives the places that are done with.
pub(super) fn mask(octets: &mut [u8], context: &Context) -> Vec<(usize, usize)> {
    let mut done = Vec::new();
    for (start, end) in tokens(octets) {
        let token = octets.get_mut(start..end).unwrap_or_default();
        if token.len() >= SHORT && mask_token(token, context) {
            done.push((start, end));
        }
    }
    done
}

/// Whether the token was hexadecimal of a kind we know.
fn mask_token(token: &mut [u8], context: &Context) -> bool {
    let Some(mut octets) = hex::octets(token) else { return false };
    if context.asked(&["28423", "6F07"]) && token.starts_with(b"08") {
        mask_swapped(&mut octets, 2..18, 6);
    } else if context.asked(&["28480", "6F40"]) {
        mask_swapped(&mut octets, 0..token.len(), 0);
    } else if token.starts_with(b"98") && token.len() == 20 {
        mask_iccid(&mut octets);
    } else if context.asked(&["CGLA", "CRSM", "CSIM"]) {
        mask_profiles(&mut octets); // an APDU: other digits in it are no numbers
    } else if !mask_text(token, &mut octets) {
        return false;
    }
    let lower = token.iter().any(|digit| (b'a'..=b'f').contains(digit));
    let written = hex::digits(&octets);
    let written = if lower { written.to_ascii_lowercase() } else { written };
    if written.eq_ignore_ascii_case(&String::from_utf8_lossy(token)) {
        return true; // digits of mixed case stay as they are
    }
    token.copy_from_slice(written.as_bytes());
    true
}

/// Text in one of the encodings a modem uses; `false` where it looks like none of them.
fn mask_text(token: &[u8], octets: &mut [u8]) -> bool {
    if is_ucs2(octets) {
        mask_ucs2(octets);
    } else if token.iter().all(u8::is_ascii_digit) {
        return false; // a number as it stands
    } else if octets.iter().all(|octet| matches!(octet, b' '..=b'~' | b'\r' | b'\n')) {
        number::mask(octets, &Context::default());
    } else {
        return mask_packed(octets);
    }
    true
}

/// Whether octets read as UCS2: every unit is a letter, digit or sign of a Western text, or of one
/// script beside it.
fn is_ucs2(octets: &[u8]) -> bool {
    let plausible = |unit: &[u8]| matches!(unit, [0, 10 | 13 | 0x20..] | [1..=6 | 0x20, _]);
    octets.len() % 2 == 0 && octets.chunks(2).all(plausible)
}

/// UCS2 octets, from the first unit on.
pub(super) fn mask_ucs2(octets: &mut [u8]) {
    let narrow = |unit: &[u8]| if let [0, low] = unit { *low } else { 0xFF };
    let mut text: Vec<u8> = octets.chunks(2).map(narrow).collect();
    number::mask(&mut text, &Context::default());
    for (unit, masked) in octets.chunks_exact_mut(2).zip(text) {
        if let [0, low] = unit {
            *low = masked;
        }
    }
}

/// Packed septets of a USSD string; `false` where they do not read as text.
fn mask_packed(octets: &mut [u8]) -> bool {
    let mut septets = gsm7::unpack(octets, usize::MAX, 0);
    let words = septets
        .iter()
        .filter(|septet| matches!(septet, b' ' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z'));
    if words.count() * 10 < septets.len() * 7 {
        return false;
    }
    number::mask(&mut septets, &Context::default());
    let packed = gsm7::pack(&septets, 0);
    // What is left of the last octet beyond the septets is not ours to change.
    for (octet, masked) in octets.iter_mut().zip(packed) {
        *octet = masked;
    }
    true
}

/// ICCID (`5A 0A`) and EID (`5A 10`) in the answers of an eUICC (SGP.22 clause 5.7).
fn mask_profiles(octets: &mut [u8]) {
    for start in 0..octets.len() {
        match octets.get_mut(start..).unwrap_or_default() {
            [0x5A, 0x0A, iccid @ ..] if iccid.len() >= 10 => {
                mask_iccid(iccid.get_mut(..10).unwrap_or_default());
            }
            [0x5A, 0x10, 0x89, eid @ ..] if eid.len() >= 15 => {
                eid.get_mut(3..15).unwrap_or_default().fill(0);
            }
            _ => {}
        }
    }
}

/// EF_ICCID: ten octets of swapped digits, filled with F.
fn mask_iccid(octets: &mut [u8]) {
    let mut digits = unswapped(octets);
    let end = digits.iter().position(|digit| !digit.is_ascii_digit()).unwrap_or(digits.len());
    let number = digits.get_mut(..end).unwrap_or_default();
    let is_checked = number::luhn(number);
    zero(number, 6);
    if is_checked {
        number::set_check_digit(number);
    }
    swap_into(&digits, octets);
}

/// Swapped digits at these places, but for the first `kept`.
pub(super) fn mask_swapped(octets: &mut [u8], places: std::ops::Range<usize>, kept: usize) {
    let mut digits = unswapped(octets);
    let end = places.end.min(digits.len());
    zero(digits.get_mut(places.start..end).unwrap_or_default(), kept);
    swap_into(&digits, octets);
}

/// Hexadecimal digits, low nibble first.
fn unswapped(octets: &[u8]) -> Vec<u8> {
    hex::digits(octets).as_bytes().chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect()
}

fn swap_into(digits: &[u8], octets: &mut [u8]) {
    let swapped: Vec<u8> = digits.chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect();
    if let Some(swapped) = hex::octets(&swapped).filter(|swapped| swapped.len() == octets.len()) {
        octets.copy_from_slice(&swapped);
    }
}

/// Runs of hexadecimal digits that are whole words.
fn tokens(octets: &[u8]) -> Vec<(usize, usize)> {
    let mut tokens = Vec::new();
    let mut start = 0;
    for word in octets.split(|octet| !octet.is_ascii_alphanumeric()) {
        if word.iter().all(u8::is_ascii_hexdigit) {
            tokens.push((start, start + word.len()));
        }
        start += word.len() + 1;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn numbers_within_hexadecimal() {
        for (line, expected, why) in [
            ("+CUSD: 0,\"004E007200200030003400370030003100320033003400350036\",72",
             "+CUSD: 0,\"004E007200200030003000300030003000300030003000300030\",72", "UCS2: Nr 0470123456"),
            ("+CUSD: 0,\"4E7220D02D1AC664D1581B\"",
             "+CUSD: 0,\"4E7220D02D1AC664D1581B\"", "no text in any encoding"),
            ("+CUSD: 0,\"4E722030343730313233343536\"",
             "+CUSD: 0,\"4E722030303030303030303030\"", "octets: Nr 0470123456"),
            ("+CUSD: 0,\"002A0031003200310023\"",
             "+CUSD: 0,\"002A0031003200310023\"", "a short code"),
        ] {
            let mut masked = line.as_bytes().to_vec();
            mask(&mut masked, &Context::default());
            assert_eq!(String::from_utf8(masked).unwrap(), expected, "{why}");
        }
    }

    #[test]
    fn numbers_within_packed_septets() {
        let written = |text: &str| hex::digits(&gsm7::ussd_from_text(text).unwrap());
        for (text, expected) in [
            ("Uw nummer is 0470123456", "Uw nummer is 0000000000"),
            ("Saldo 12,34 EUR tot 31.12.2026", "Saldo 12,34 EUR tot 31.12.2026"),
        ] {
            let mut masked = written(text).into_bytes();
            mask(&mut masked, &Context::default());
            assert_eq!(String::from_utf8(masked).unwrap(), written(expected));
        }
    }

    #[test]
    fn profiles_of_an_euicc_lose_their_numbers() {
        let mut line = b"+CGLA: 40,\"E30C5A0A982310103254769810F99000\"".to_vec();
        let command = b"AT+CGLA=1,10,\"80E2910003BF2D00\"".to_vec();
        mask(&mut line, &Context { command, ..Context::default() });
        assert_eq!(
            String::from_utf8(line).unwrap(),
            "+CGLA: 40,\"E30C5A0A982310000000000000F49000\""
        );
    }
}
