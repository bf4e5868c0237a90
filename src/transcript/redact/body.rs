//! Numbers within hexadecimal: text in UCS2, in packed septets, in octets; identities in SIM files.

use super::{Context, number, secret, zero};
use crate::{gsm7, hex};

/// Fewer hexadecimal digits hold no number worth masking.
const SHORT: usize = 16;

/// Masks what stands in hexadecimal, in place; gives the places that are done with.
pub(super) fn mask(octets: &mut [u8], context: &Context) -> Vec<(usize, usize)> {
    let upper = octets.to_ascii_uppercase();
    let is_apdu = [&b"+CGLA"[..], b"+CRSM", b"+CSIM"].iter().any(|name| super::has(&upper, name));
    let mut done = Vec::new();
    for (start, end) in tokens(octets) {
        // A text cut off in the middle may leave a digit without its partner.
        let whole = start + (end - start) / 2 * 2;
        let token = octets.get_mut(start..whole).unwrap_or_default();
        if token.len() >= SHORT && mask_token(token, is_apdu, context) {
            done.push((start, end));
        }
    }
    done
}

/// Whether the token was hexadecimal of a kind we know.
fn mask_token(token: &mut [u8], is_apdu: bool, context: &Context) -> bool {
    let Some(mut octets) = hex::octets(token) else { return false };
    if context.asked(&["28474", "28480", "6F3A", "6F40"]) {
        mask_swapped(&mut octets, 0..token.len(), 0); // numbers and their names
    } else if token.starts_with(b"98") && token.len() == 20 {
        mask_iccid(&mut octets);
    } else if is_apdu {
        mask_files(&mut octets); // other digits in an APDU are no numbers
        mask_profiles(&mut octets);
    } else if !mask_text(token, &mut octets) {
        return false;
    }
    write(&octets, token);
    true
}

/// Writes octets over the digits they were read from, in their case; what has not changed stays as it is.
pub(super) fn write(octets: &[u8], token: &mut [u8]) {
    let lower = token.iter().any(|digit| (b'a'..=b'f').contains(digit));
    let written = hex::digits(octets);
    let written = if lower { written.to_ascii_lowercase() } else { written };
    if !written.eq_ignore_ascii_case(&String::from_utf8_lossy(token)) {
        token.copy_from_slice(written.as_bytes());
    }
}

/// Text in one of the encodings a modem uses; `false` where it looks like none of them and holds no number.
fn mask_text(token: &[u8], octets: &mut [u8]) -> bool {
    let is_printable = octets.iter().all(|octet| matches!(octet, b' '..=b'~' | b'\r' | b'\n'));
    if !is_ucs2(octets) && token.iter().all(u8::is_ascii_digit) {
        return false; // a number as it stands
    }
    let is_text = is_ucs2(octets) || is_printable || is_packed(octets);
    mask_octets(octets, 0) || is_text
}

/// Text in octets, whatever their coding: a number in one of them is nothing in the others. `fill` bits
/// stand before the first septet. Whether there was a number.
pub(super) fn mask_octets(octets: &mut [u8], fill: u8) -> bool {
    let before = octets.to_vec();
    mask_ucs2(octets);
    secret::mask(octets);
    number::mask(octets, &Context::default());
    mask_packed(octets, fill);
    octets != before
}

/// What firmware sends without making digits of it: UCS2, and septets packed in a USSD string.
pub(super) fn mask_raw(said: &mut [u8]) {
    mask_ucs2(said);
    let Some(start) = said.windows(6).position(|part| part.eq_ignore_ascii_case(b"+CUSD:")) else {
        return;
    };
    let quotes: Vec<usize> = said
        .iter()
        .enumerate()
        .skip(start)
        .filter(|(_, octet)| **octet == b'"')
        .map(|(place, _)| place)
        .collect();
    if let [first, .., last] = quotes[..] {
        mask_packed(said.get_mut(first + 1..last).unwrap_or_default(), 0);
    }
}

/// Whether octets read as UCS2: most units are of the scripts that most operators write. The others may be what
/// the firmware's memory held behind the end.
fn is_ucs2(octets: &[u8]) -> bool {
    let units = octets.chunks_exact(2);
    let plausible = units.clone().filter(|unit| matches!(unit, [0..=0x20, _])).count();
    octets.len() % 2 == 0 && plausible * 10 >= units.len() * 7
}

/// The numbers of UCS2 text, wherever its units begin.
fn mask_ucs2(octets: &mut [u8]) {
    let mut start = 0;
    while start < octets.len() {
        let units = octets.get(start..).unwrap_or_default().chunks_exact(2);
        let mut text: Vec<u8> = units.map_while(narrow).collect();
        let end = start + text.len() * 2;
        secret::mask(&mut text);
        number::mask(&mut text, &Context::default());
        for (unit, masked) in
            octets.get_mut(start..end).unwrap_or_default().chunks_exact_mut(2).zip(text)
        {
            if let (Some(digit), [_, low]) = (narrow(unit), unit) {
                *low = low.wrapping_sub(digit.wrapping_sub(masked));
            }
        }
        start = end.max(start + 1);
    }
}

/// The octet that a unit stands for: ASCII, or a digit that is written otherwise (Arabic, Persian, Hindi).
fn narrow(unit: &[u8]) -> Option<u8> {
    match unit {
        [0, low] if *low > 0 => Some(*low),
        [6, low @ 0x60..=0x69] => Some(*low - 0x60 + b'0'),
        [6, low @ 0xF0..=0xF9] => Some(*low - 0xF0 + b'0'),
        [9, low @ 0x66..=0x6F] => Some(*low - 0x66 + b'0'),
        _ => None,
    }
}

/// Whether octets read as packed septets of a USSD string.
fn is_packed(octets: &[u8]) -> bool {
    let septets = gsm7::unpack(octets, usize::MAX, 0);
    let words = septets
        .iter()
        .filter(|septet| matches!(septet, b' ' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z'));
    words.count() * 10 >= septets.len() * 7
}

/// The numbers of packed septets, behind so many bits.
fn mask_packed(octets: &mut [u8], fill: u8) {
    let septets = gsm7::unpack(octets, usize::MAX, fill);
    let mut masked = septets.clone();
    secret::mask(&mut masked);
    number::mask(&mut masked, &Context::default());
    if masked == septets {
        return;
    }
    // What is left of the last octet beyond the septets is not ours to change.
    let whole = (septets.len() * 7 + usize::from(fill)) / 8;
    for (octet, masked) in octets.iter_mut().take(whole).zip(gsm7::pack(&masked, fill)) {
        *octet = masked;
    }
}

/// EF_IMSI and EF_ICCID, where an answer is the content of one (3GPP TS 31.102 clause 4.2.2).
pub(super) fn mask_files(octets: &mut [u8]) {
    let content = octets.strip_suffix(&[0x90, 0]).unwrap_or(octets).len();
    match octets.get_mut(..content).unwrap_or_default() {
        imsi @ [8, ..] if content == 9 => mask_swapped(imsi, 2..18, 6),
        iccid @ [0x98, ..] if content == 10 => mask_iccid(iccid),
        _ => {}
    }
}

/// ICCID (`5A 0A`) and EID (`5A 10`) in the answers of an eUICC (SGP.22 clause 5.7), also at an end that
/// cuts them.
pub(super) fn mask_profiles(octets: &mut [u8]) {
    for start in 0..octets.len() {
        match octets.get_mut(start..).unwrap_or_default() {
            [0x5A, 0x0A, iccid @ ..] => match iccid.first_chunk_mut::<10>() {
                Some(whole) => mask_iccid(whole),
                None => mask_swapped(iccid, 0..20, 6),
            },
            [0x5A, 0x10, 0x89, eid @ ..] => {
                let end = eid.len().min(15);
                eid.get_mut(3..end).unwrap_or_default().fill(0);
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
pub(super) fn tokens(octets: &[u8]) -> Vec<(usize, usize)> {
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
