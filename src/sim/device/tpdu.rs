//! Short messages as a modem hands them over: DELIVER out, SUBMIT in (3GPP TS 23.040 clause 9.2).
//!
//! Written apart from `pdu`, so that the two prove each other.

use jiff::Timestamp;

use super::Message;
use super::card::swapped;
use crate::sim::text;
use crate::{gsm7, hex};

/// One part of a message that arrived.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) from: String,
    pub(super) text: String,
    /// As `+CMGL` writes it in text mode, in UTC.
    pub(super) time: String,
    /// The header of a message in several parts.
    header: Vec<u8>,
    is_gsm: bool,
    /// The record as it is, whatever the other fields say.
    raw: Option<String>,
}

/// How much text one message holds, alone and as one of several (clause 9.2.3.24.1).
const GSM: (usize, usize) = (160, 153);
const UCS2: (usize, usize) = (70, 67);

/// A message in as many parts as it takes.
pub(super) fn parts(message: &Message, reference: u8, unix_seconds: i64) -> Vec<Part> {
    let sent = unix_seconds - i64::from(message.age_hours) * 3600;
    let is_gsm = text::fits_gsm(&message.text);
    let cost = |c: char| {
        if is_gsm { text::septets(c.encode_utf8(&mut [0; 4])).len() } else { c.len_utf16() }
    };
    let (alone, one_of_several) = if is_gsm { GSM } else { UCS2 };
    let whole: usize = message.text.chars().map(cost).sum();
    let room = if whole <= alone { alone } else { one_of_several };
    let mut texts = vec![(0, String::new())];
    for c in message.text.chars() {
        match texts.last_mut() {
            Some((used, text)) if *used + cost(c) <= room => {
                *used += cost(c);
                text.push(c);
            }
            _ => texts.push((cost(c), c.to_string())),
        }
    }
    let count = u8::try_from(texts.len()).unwrap_or(u8::MAX);
    let header =
        |number| if count > 1 { vec![5, 0, 3, reference, count, number] } else { Vec::new() };
    let part = |((_, text), number)| Part {
        from: message.from.clone(),
        text,
        time: time(sent),
        header: header(number),
        is_gsm,
        raw: message.pdu.clone(),
    };
    texts.into_iter().zip(1..=u8::MAX).map(part).collect()
}

/// `26/11/22,10:00:00+00`
pub(super) fn time(unix_seconds: i64) -> String {
    let time = Timestamp::from_second(unix_seconds).unwrap_or_default();
    time.strftime("%y/%m/%d,%H:%M:%S+00").to_string()
}

impl Part {
    /// The length in octets without the service centre, and the PDU in hexadecimal.
    pub(super) fn pdu(&self, service_centre: &str) -> (usize, String) {
        if let Some(raw) = &self.raw {
            let centre = raw.get(..2).and_then(|digits| text::octets(digits)?.first().copied());
            let centre = centre.unwrap_or(0);
            let time: String = self.time.chars().filter(char::is_ascii_digit).collect();
            let raw = raw.replace("{time}", &swapped(&time));
            return ((raw.len() / 2).saturating_sub(usize::from(centre) + 1), raw);
        }
        let centre = address(service_centre);
        let centre = format!("{:02X}{centre}", centre.len() / 2);
        let first = if self.header.is_empty() { 0x04 } else { 0x44 };
        let time: String = self.time.chars().filter(char::is_ascii_digit).collect();
        let dcs = if self.is_gsm { 0x00 } else { 0x08 };
        let (length, data) = self.user_data();
        let tpdu = format!(
            "{first:02X}{}00{dcs:02X}{}{length:02X}{}",
            originator(&self.from),
            swapped(&time),
            hex::digits(&data)
        );
        (tpdu.len() / 2, centre + &tpdu)
    }

    /// Its length in septets or octets, header included, and the octets.
    fn user_data(&self) -> (usize, Vec<u8>) {
        let header = self.header.len();
        if !self.is_gsm {
            let units = self.text.encode_utf16().flat_map(u16::to_be_bytes);
            let data: Vec<u8> = self.header.iter().copied().chain(units).collect();
            return (data.len(), data);
        }
        let septets = text::septets(&self.text);
        let before = (header * 8).div_ceil(7);
        let fill = u8::try_from(before * 7 - header * 8).unwrap_or(0);
        (before + septets.len(), [self.header.clone(), gsm7::pack(&septets, fill)].concat())
    }
}

/// Type of address and digits in pairs.
fn address(number: &str) -> String {
    match number.strip_prefix('+') {
        Some(digits) => format!("91{}", swapped(digits)),
        None => format!("81{}", swapped(number)),
    }
}

/// With its length: in digits, or for a name in the semi-octets it takes (clause 9.1.2.5).
fn originator(from: &str) -> String {
    let number = from.strip_prefix('+').unwrap_or(from);
    if number.chars().all(|c| c.is_ascii_digit()) {
        return format!("{:02X}{}", number.len(), address(from));
    }
    let septets = text::septets(from);
    let length = (septets.len() * 7).div_ceil(4);
    format!("{length:02X}D0{}", hex::digits(&gsm7::pack(&septets, 0)))
}

/// Number and text of a SUBMIT in hexadecimal; `None` where it is none, or not of that length.
pub(super) fn submit(hex: &str, length: usize) -> Option<(String, String)> {
    let octets = text::octets(hex)?;
    let tpdu =
        octets.get(usize::from(*octets.first()?) + 1..).filter(|tpdu| tpdu.len() == length)?;
    let [first, _reference, digits, kind, rest @ ..] = tpdu else { return None };
    let (number, rest) = rest.split_at_checked(usize::from(*digits).div_ceil(2))?;
    let [_pid, dcs, rest @ ..] = rest else { return None };
    let validity = [0, 7, 1, 7].get(usize::from(first >> 3 & 3))?;
    let [length, data @ ..] = rest.get(*validity..)? else { return None };
    let text = match dcs {
        0x08 => text::from_ucs2_hex(&hex::digits(data))?,
        _ => text::from_septets(&gsm7::unpack(data, (*length).into(), 0)),
    };
    let digits: String = swapped(&hex::digits(number)).chars().take((*digits).into()).collect();
    let plus = if *kind == 0x91 { "+" } else { "" };
    (first & 3 == 1).then(|| (format!("{plus}{digits}"), text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-11-22 10:00:00 UTC
    const TEN: i64 = 1_795_341_600;

    fn message(from: &str, text: &str) -> Message {
        Message { from: from.into(), text: text.into(), ..Message::default() }
    }

    #[test]
    fn a_short_message_is_one_deliver() {
        let [part] = &parts(&message("1914", "hellohello"), 1, TEN)[..] else { panic!("one part") };
        // Centre +32475161616; DELIVER from 1914, 2026-11-22 10:00:00 UTC, "hellohello".
        let golden = "07912374151616F6".to_owned()
            + "04048191410000"
            + "62112201000000"
            + "0AE8329BFD4697D9EC37";
        assert_eq!(part.pdu("+32475161616"), (golden.len() / 2 - 8, golden));
    }

    #[test]
    fn a_long_message_comes_in_parts_that_say_so() {
        let parts = parts(&message("BASE", &"a".repeat(161)), 7, TEN);
        let texts: Vec<_> = parts.iter().map(|part| part.text.len()).collect();
        assert_eq!(texts, [153, 8]);
        let (_, second) = parts[1].pdu("+32475161616");
        // Alphanumeric sender in 7 semi-octets; header 05 00 03 07 02 02, one fill bit, 8 septets.
        assert!(second.ends_with("0F050003070202C2E170381C0E8701"), "{second}");
        assert!(second.contains("4407D0C2E0B408"), "{second}");
    }

    #[test]
    fn a_submit_gives_number_and_text() {
        // To 1914, validity 4 days, "CONSULT"; the same in UCS2 to +32475000000 without validity.
        let gsm = "0011000481914100 00AA07C3A7735A6552 01".replace(' ', "");
        assert_eq!(submit(&gsm, gsm.len() / 2 - 1), Some(("1914".into(), "CONSULT".into())));
        let ucs2 = "000100 0B912374050000F0 0008 04 0042 00E9".replace(' ', "");
        assert_eq!(submit(&ucs2, ucs2.len() / 2 - 1), Some(("+32475000000".into(), "Bé".into())));
        assert_eq!(submit(&ucs2, 3), None);
    }

    proptest! {
        #[test]
        fn any_submit_is_read_or_refused(hex in "[0-9A-F]{0,80}", length in 0_usize..40) {
            let _ = submit(&hex, length);
        }
    }
}
