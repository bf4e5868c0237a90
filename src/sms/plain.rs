//! Records in text mode, where the modem has decoded the message (3GPP TS 27.005 clause 3.4).
//!
//! We ask in PDU mode. But a modem may have been left in text mode, and what others recorded is read too.

use crate::pdu::{Address, Deliver, Pdu, Submit, Time, Tpdu, UserData};
use crate::{hex, ucs2};

/// A header line of text mode.
pub(super) struct Plain {
    pub(super) status: Option<u8>,
    address: String,
    time: Option<Time>,
}

impl Plain {
    /// The header of which these are the fields, if it is one: a status in words, then the address, or a
    /// time in third place.
    pub(super) fn read(fields: &[&[u8]]) -> Option<Self> {
        let shown: Vec<String> = fields.iter().map(|field| shown(field)).collect();
        let stated = shown.iter().position(|field| status(field).is_some());
        let time = shown.iter().skip(1).find_map(|field| Time::from_text(field));
        let address = match (stated, time) {
            (Some(before), _) => shown.get(before + 1),
            (None, Some(_)) => shown.first(),
            (None, None) => None,
        };
        let status = stated.and_then(|number| status(shown.get(number)?));
        Some(Self { status, address: address?.clone(), time })
    }

    /// The message, from the lines behind the header.
    pub(super) fn message(&self, lines: &[&[u8]]) -> Pdu {
        let lines: Vec<String> = lines.iter().map(|line| shown(line)).collect();
        let data = UserData::from_text(lines.join("\n").trim_end_matches('\n').to_owned());
        let (address, pid, dcs) = (Address::from_shown(&self.address), 0, data.dcs());
        let tpdu = if self.status.is_some_and(|status| status >= 2) {
            let (reference, validity, report) = (0, None, false);
            Tpdu::Submit(Submit { reference, to: address, pid, dcs, validity, report, data })
        } else {
            Tpdu::Deliver(Deliver { from: address, pid, dcs, time: self.time, data })
        };
        Pdu { smsc: None, tpdu }
    }
}

/// The number that PDU mode has for a status in words.
fn status(word: &str) -> Option<u8> {
    STATUSES.iter().zip(0..).find(|(known, _)| **known == word).map(|(_, number)| number)
}

const STATUSES: [&str; 4] = ["REC UNREAD", "REC READ", "STO UNSENT", "STO SENT"];

/// A field without its quotes, or a line: in UCS2 digits where it reads as such, else as it stands.
fn shown(text: &[u8]) -> String {
    let bare = text.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(text);
    ucs2_digits(bare).unwrap_or_else(|| String::from_utf8_lossy(bare).into_owned())
}

/// Four digits a unit. Decimal digits alone are a number, unless they start as Latin letters do.
fn ucs2_digits(text: &[u8]) -> Option<String> {
    let is_number = text.iter().all(u8::is_ascii_digit) && !text.starts_with(b"00");
    let octets = hex::octets(text).filter(|octets| octets.len() >= 4 && !is_number)?;
    ucs2::is_plausible(&octets).then(|| ucs2::text_from_octets(&octets).text)
}

#[cfg(test)]
mod tests {
    use crate::pdu::Tpdu;
    use crate::sms::{Entry, entries};

    fn described(entry: &Entry) -> String {
        let index = entry.index.map(|index| index.to_string()).unwrap_or_default();
        let status = entry.status.map(|status| status.to_string()).unwrap_or_default();
        let message = match &entry.pdu.as_ref().unwrap().tpdu {
            Tpdu::Deliver(deliver) => {
                let time = deliver.time.map(|time| time.to_string()).unwrap_or_default();
                format!("{} {time} {}", deliver.from, deliver.data.text().unwrap())
            }
            Tpdu::Submit(submit) => format!("to {} {}", submit.to, submit.data.text().unwrap()),
            Tpdu::StatusReport(_) => panic!("no report"),
        };
        format!("{index};{status};{message}")
    }

    #[test]
    fn records_of_text_mode_are_read() {
        #[rustfmt::skip]
        let rows: &[(&[&str], &[&str])] = &[
            (
                &["+CMGL: 2,\"REC READ\",\"+32470000001\",,\"26/11/27,10:00:00+04\"", "Saldo 5,00", "", "tot 1/12", "", "OK"],
                &["2;1;+32470000001 2026-11-27T10:00:00+01:00 Saldo 5,00\n\ntot 1/12"],
            ),
            (
                &["+CMGL: 0,\"STO SENT\",\"1966\",,", "BAL", "+CMGL: 1,\"REC UNREAD\",\"Info\",\"\",\"26/11/27,10:00:00+04\"", "hoi"],
                &["0;3;to 1966 BAL", "1;0;Info 2026-11-27T10:00:00+01:00 hoi"],
            ),
            (
                &["+CMGR: \"REC READ\",\"002B0033003200340037\",,\"26/11/27,10:00:00+04\",145,4,0,0", "00480069", "OK"],
                &[";1;+3247 2026-11-27T10:00:00+01:00 Hi"],
            ),
            (
                &["+CMT: \"1966\",,\"26/11/27,10:00:00+04\"", "12345678"],
                &[";;1966 2026-11-27T10:00:00+01:00 12345678"],
            ),
        ];
        for (lines, expected) in rows {
            let found = entries(lines.iter().map(|line| line.as_bytes()));
            assert_eq!(found.iter().map(described).collect::<Vec<_>>(), *expected);
        }
    }
}
