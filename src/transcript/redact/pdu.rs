//! Addresses and text of short messages, in place (3GPP TS 23.040 clause 9.2).
//!
//! Only what it takes to find them: reading messages is for `pdu`, which stands above.

use super::body;
use crate::hex;

/// Service codes have fewer digits, and say which service was asked.
const LONG: u8 = 7;

/// So many hexadecimal digits are a PDU, where one may stand.
const SHORTEST: usize = 12;

/// Whether a line is nothing but hexadecimal digits, as a PDU is.
pub(super) fn is_pdu(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let digits = line.strip_suffix(b"\x1A").unwrap_or(line);
    digits.len() >= SHORTEST && digits.iter().all(u8::is_ascii_hexdigit)
}

/// Masks the PDU of a message that is sent, behind its prompt.
pub(super) fn mask_submit(typed: &mut [u8]) {
    mask(typed, |_| SUBMIT);
}

/// Masks the PDU of a message that was listed: received, sent or a report.
pub(super) fn mask_stored(said: &mut [u8]) {
    mask(said, |first| first & 3);
}

/// `TP-MTI` (3GPP TS 23.040 clause 9.2.3.1), as it reads from the modem's side.
const SUBMIT: u8 = 1;
const REPORT: u8 = 2;

/// A PDU that does not read loses all its digits: better less to replay than a number too many.
fn mask(line: &mut [u8], kind: fn(u8) -> u8) {
    let from = line.iter().position(u8::is_ascii_hexdigit).unwrap_or(line.len());
    let digits = line.iter().skip(from).take_while(|octet| octet.is_ascii_hexdigit()).count();
    let Some(pdu) = line.get_mut(from..from + digits).filter(|pdu| !pdu.is_empty()) else { return };
    let Some(mut octets) = hex::octets(pdu) else { return pdu.fill(b'0') };
    match mask_octets(&mut octets, kind) {
        Some(()) => body::write(&octets, pdu),
        None => pdu.fill(b'0'),
    }
}

fn mask_octets(pdu: &mut [u8], kind: fn(u8) -> u8) -> Option<()> {
    let (length, rest) = pdu.split_first_mut()?;
    let (centre, rest) = rest.split_at_mut_checked((*length).into())?;
    body::mask_swapped(centre, 2..usize::MAX, 2);
    let (first, mut rest) = rest.split_first_mut()?;
    let kind = kind(*first);
    if matches!(kind, SUBMIT | REPORT) {
        rest = rest.get_mut(1..)?; // the message reference
    }
    let rest = mask_address(rest)?;
    if kind == REPORT {
        return Some(());
    }
    let time =
        if kind == SUBMIT { [0, 7, 1, 7].get(usize::from(*first >> 3 & 3)).copied()? } else { 7 };
    // Protocol, DCS and time, then the length of the text.
    let text = rest.get_mut(2 + time + 1..)?;
    let header = if *first & 0x40 == 0 { 0 } else { usize::from(*text.first()?) + 1 };
    let fill = u8::try_from((header * 8).div_ceil(7) * 7 - header * 8).ok()?;
    body::mask_octets(text.get_mut(header..)?, fill);
    Some(())
}

/// Gives what follows the address.
fn mask_address(octets: &mut [u8]) -> Option<&mut [u8]> {
    let [digits, kind, rest @ ..] = octets else { return None };
    let (address, rest) = rest.split_at_mut_checked(usize::from(*digits).div_ceil(2))?;
    let is_name = *kind & 0x70 == 0x50;
    if !is_name && *digits >= LONG {
        body::mask_swapped(address, 0..usize::MAX, 2);
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gsm7;

    fn masked(pdu: &str, is_submit: bool) -> String {
        let mut octets = pdu.as_bytes().to_vec();
        mask(&mut octets, if is_submit { |_| SUBMIT } else { |first| first & 3 });
        String::from_utf8(octets).unwrap()
    }

    #[test]
    fn a_deliver_loses_its_numbers_and_keeps_the_rest() {
        // From +32470123456 through +32475161616, 2026-11-22 10:00, "Nr 0470123456".
        let text = hex::digits(&gsm7::pack(b"Nr 0470123456", 0));
        let zeros = hex::digits(&gsm7::pack(b"Nr 0000000000", 0));
        let pdu = format!("07912374151616F6040B912374103254F6000062112201000000 0D{text}")
            .replace(' ', "");
        let expected = format!("07912300000000F0040B912300000000F0000062112201000000 0D{zeros}")
            .replace(' ', "");
        assert_eq!(masked(&pdu, false), expected);
    }

    #[test]
    fn a_service_code_and_a_name_stay() {
        // To 1914, "CONSULT"; from the name "BASE" with nothing in it.
        for (pdu, is_submit) in [
            ("001100048119410000AA07C3A7735A655201\u{1A}", true),
            ("000407D0C2E0B4080000 62112201000000 00", false),
        ] {
            let pdu = pdu.replace(' ', "");
            assert_eq!(masked(&pdu, is_submit), pdu);
        }
    }

    #[test]
    fn what_does_not_read_is_gone() {
        assert_eq!(masked("0791237415", false), "0000000000");
        assert_eq!(masked("079", false), "000");
    }
}
