//! Short messages as records hold them: `+CMGL`, `+CMGR`, `+CMT`, `+CDS`, and PDUs alone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::at::params::Params;
use crate::dcs::Alphabet;
use crate::hex;
use crate::pdu::{Address, Pdu, Time, Tpdu, UserData};
use crate::sms::{self as records, Entry};
use crate::ussd::decode;

use super::block::Block;
use super::operator::text_of;
use super::{Context, Item, Sms, other};

/// A header line and the PDU or the text behind it.
pub(super) fn items(block: &Block, context: &Context) -> Vec<Item> {
    let name = block.name.as_deref().unwrap_or_default();
    let params = block.params();
    if let Some(header) = Header::of(&params, name, context) {
        return vec![Item::Sms(header.with_text(block, &params, context))];
    }
    let header = [name.as_bytes(), b": ", block.rest()].concat();
    let lines = std::iter::once(header.as_slice()).chain(block.more.iter().map(Vec::as_slice));
    let entries = records::entries(lines);
    entries.iter().map(|entry| record(entry, asked_index(context), block)).collect()
}

fn asked_index(context: &Context) -> Option<u16> {
    context.request.command("+CMGR").and_then(|command| command.params().number(0))
}

fn record(entry: &Entry, asked: Option<u16>, block: &Block) -> Item {
    match &entry.pdu {
        Ok(pdu) => Item::Sms(Sms { index: entry.index.or(asked), ..from_pdu(pdu) }),
        Err(_) => other(
            &block
                .more
                .iter()
                .fold(block.line.clone(), |line, more| [line.as_slice(), b" ", more].concat()),
        ),
    }
}

/// A PDU without its header, with or without a service centre: one whose fields all make sense.
pub(super) fn bare_line(line: &[u8], context: &Context) -> Vec<Item> {
    let digits: Vec<u8> = line.iter().copied().filter(|c| !c.is_ascii_whitespace()).collect();
    let enough = digits.len() >= SHORTEST_PDU && digits.iter().all(u8::is_ascii_hexdigit);
    if !enough || context.request.any_of(NO_MESSAGES).is_some() {
        return Vec::new();
    }
    let with_centre = Pdu::from_line(&digits, None).ok().filter(is_plausible);
    let without = || {
        let octets = hex::octets(digits.get(..digits.len() & !1)?)?;
        let pdu = Pdu { smsc: None, tpdu: Tpdu::from_octets(&octets).ok()? };
        is_plausible(&pdu).then_some(pdu)
    };
    match with_centre.or_else(without) {
        Some(pdu) => vec![Item::Sms(from_pdu(&pdu))],
        None if Pdu::is_cut(&digits) => vec![other(line)],
        None => Vec::new(),
    }
}

const SHORTEST_PDU: usize = 20;
/// Commands whose answer is a line of digits too.
const NO_MESSAGES: &[&str] = &["+CUSD", "+CSIM", "+CRSM", "+CGLA"];

/// An ICCID or a USSD body may be read as a PDU too, with a number that nobody has and at no time.
fn is_plausible(pdu: &Pdu) -> bool {
    let number = |address: &Address| address.toa() & 0x80 != 0;
    let centre = pdu.smsc.as_ref();
    let sound = match &pdu.tpdu {
        // Some centres send no time; then the rest has to fit to the last octet.
        Tpdu::Deliver(deliver) => {
            let timed = deliver.time.is_some() || (centre.is_some() && !deliver.data.truncated);
            number(&deliver.from) && timed
        }
        Tpdu::Submit(submit) => number(&submit.to) && (centre.is_some() || submit.pid < 0x80),
        Tpdu::StatusReport(report) => report.sent.is_some() && number(&report.to),
    };
    sound && centre.is_none_or(number)
}

fn from_pdu(pdu: &Pdu) -> Sms {
    match &pdu.tpdu {
        Tpdu::Deliver(deliver) => Sms {
            direction: Some("received"),
            from: Some(deliver.from.to_string()),
            time: deliver.time.and_then(utc),
            ..with_data(&deliver.data)
        },
        Tpdu::Submit(submit) => Sms {
            direction: Some("sent"),
            to: Some(submit.to.to_string()),
            ..with_data(&submit.data)
        },
        Tpdu::StatusReport(report) => Sms {
            direction: Some("report"),
            to: Some(report.to.to_string()),
            time: report.sent.and_then(utc),
            reference: Some(report.reference.into()),
            ..Sms::default()
        },
    }
}

fn with_data(data: &UserData) -> Sms {
    let concat = data.header.concat;
    Sms {
        text: data.text().map(str::to_owned),
        alphabet: Some(match data.alphabet {
            Alphabet::Gsm7 => "gsm7",
            Alphabet::Octets => "8bit",
            Alphabet::Ucs2 => "ucs2",
        }),
        part: concat.map(|concat| concat.part),
        parts: concat.map(|concat| concat.parts),
        reference: concat.map(|concat| concat.reference),
        ..Sms::default()
    }
}

fn utc(time: Time) -> Option<String> {
    time.utc().map(|time| time.to_string())
}

/// A header of text mode (3GPP TS 27.005 clause 3.4), by the places of its fields.
struct Header {
    index: Option<u16>,
    direction: &'static str,
    /// Where the number stands.
    number: usize,
    /// The number of the message that a report is about.
    reference: Option<u16>,
}

impl Header {
    /// `[<index>,]"<status>","<number>",...` of `+CMGL` and `+CMGR`, `"<number>",[<alpha>],"<time>"` of
    /// `+CMT`, `<fo>,<mr>,"<number>",<type>,"<time>"` of `+CDS`.
    fn of(params: &Params<'_>, name: &str, context: &Context) -> Option<Self> {
        let status =
            |place: usize| text_of(params.at(place), context).filter(|word| is_status(word));
        let stated = |place| {
            let direction = if status(place)?.starts_with("STO") { "sent" } else { "received" };
            let index = if place == 0 { None } else { params.number(0) };
            Some(Self { index, direction, number: place + 1, reference: None })
        };
        let timed = || (1..params.len()).any(|place| time_at(params, place).is_some());
        match name {
            "+CMGL" => stated(1),
            "+CMGR" => stated(0).or_else(|| stated(1)).map(|header| Self {
                index: header.index.or_else(|| asked_index(context)),
                ..header
            }),
            "+CMT" if timed() => {
                Some(Self { index: None, direction: "received", number: 0, reference: None })
            }
            "+CDS" if timed() => Some(Self {
                index: None,
                direction: "report",
                number: 2,
                reference: params.number(1),
            }),
            _ => None,
        }
    }

    /// The lines behind the header are the text, which may be UCS2 digits.
    fn with_text(self, block: &Block, params: &Params<'_>, context: &Context) -> Sms {
        let number = text_of(params.at(self.number), context);
        let body = block.more.join(&b"\n"[..]);
        let readings = decode::decode(&body, None, context.cscs.as_deref());
        let (from, to) = if self.direction == "received" { (number, None) } else { (None, number) };
        let text = readings.into_iter().next().map(|reading| reading.text);
        Sms {
            index: self.index,
            direction: Some(self.direction),
            from,
            to,
            time: (self.number + 1..params.len()).find_map(|place| time_at(params, place)),
            text: text.filter(|_| self.direction != "report"),
            reference: self.reference,
            ..Sms::default()
        }
    }
}

fn is_status(word: &str) -> bool {
    word.starts_with("REC ") || word.starts_with("STO ")
}

fn time_at(params: &Params<'_>, place: usize) -> Option<String> {
    local_time(&params.text(place)?)
}

/// `13/01/28,14:51:42+08`, the zone in quarters of an hour.
fn local_time(text: &str) -> Option<String> {
    let (clock, zone) = text.split_at_checked(17)?;
    let (date, time) = clock.split_once(',')?;
    let local: DateTime = format!("20{}T{time}", date.replace('/', "-")).parse().ok()?;
    let quarters: i32 = if zone.is_empty() { 0 } else { zone.parse().ok()? };
    let offset = Offset::from_seconds(quarters.checked_mul(900)?).ok()?;
    offset.to_timestamp(local).ok().map(|time: Timestamp| time.to_string())
}

#[cfg(test)]
mod tests {
    use crate::answers::decode;

    use super::*;

    const PDU: &str = "000405810350F60000621172010000400ED3309BFC06C564AC190DB42903";

    fn read(response: &str, request: Option<&str>) -> Sms {
        match &decode(response.as_bytes(), None, request).items[..] {
            [Item::Sms(sms)] => sms.clone(),
            other => panic!("{response}: {other:?}"),
        }
    }

    #[test]
    #[rustfmt::skip]
    fn records_in_pdu_mode() {
        for (response, request, index) in [
            (format!("+CMGL: 4,1,,25\r\n{PDU}\r\nOK\r\n"),  None,              Some(4)),
            (format!("+CMGR: 1,,25\r\n{PDU}\r\nOK\r\n"),    Some("AT+CMGR=7"), Some(7)),
            (format!("+CMGR: 1,,25 {PDU}"),                 None,              None),
            (format!("+CMGR: 1,,25\r\n^RSSI:14\r\n{PDU}"),  None,              None),
            (format!("+CMT: ,25\r\n{PDU}\r\n"),             None,              None),
            (PDU.to_owned(),                                None,              None),
        ] {
            let sms = read(&response, request);
            assert_eq!((sms.index, sms.from.as_deref()), (index, Some("30056")), "{response}");
            assert_eq!(sms.text.as_deref(), Some("Saldo 12,34 €"), "{response}");
            assert_eq!((sms.direction, sms.alphabet), (Some("received"), Some("gsm7")));
        }
    }

    #[test]
    fn records_in_text_mode() {
        let header = "+CMGL: 3,\"REC UNREAD\",\"+32470123456\",,\"26/11/27,10:00:00+04\"";
        let sms = read(&format!("{header}\r\nSaldo 5\r\nEUR\r\nOK\r\n"), None);
        assert_eq!(sms.text.as_deref(), Some("Saldo 5\nEUR"));
        assert_eq!(sms.time.as_deref(), Some("2026-11-27T09:00:00Z"));
        assert_eq!((sms.index, sms.from.as_deref()), (Some(3), Some("+32470123456")));
    }

    #[test]
    fn a_message_cut_anywhere_is_no_ussd_text() {
        let with_centre = format!("07919471020000{}", PDU.replacen("00", "10", 1));
        for line in [PDU, &with_centre] {
            for end in SHORTEST_PDU..line.len() {
                let items = decode(&line.as_bytes()[..end], None, None).items;
                let kind = items[0].kind();
                assert!(matches!(kind, "sms" | "other"), "{kind}: {}", &line[..end]);
            }
        }
    }

    #[test]
    fn an_unreadable_record_stays_a_line() {
        let items = decode(b"+CMGR: 1,,25\r\n0791\r\nOK\r\n", None, None).items;
        assert!(matches!(&items[..], [Item::Other(other)] if other.line.ends_with("0791")));
    }
}
