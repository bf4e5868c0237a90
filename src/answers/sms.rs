//! Short messages as records hold them: `+CMGL`, `+CMGR`, `+CMT`, `+CDS`, and PDUs alone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::at::params::Params;
use crate::dcs::Alphabet;
use crate::pdu::{Pdu, Time, Tpdu, UserData};
use crate::sms::{self as records, Entry};
use crate::ussd::decode;

use super::block::Block;
use super::operator::text_of;
use super::{Context, Item, Sms, other};

/// A header line and the PDU or the text behind it.
pub(super) fn items(block: &Block, context: &Context) -> Vec<Item> {
    let name = block.name.as_deref().unwrap_or_default();
    let params = block.params();
    if let Some(place) = text_mode(&params, name) {
        return vec![Item::Sms(from_text(block, &params, place, context))];
    }
    let header = [name.as_bytes(), b": ", block.rest()].concat();
    let lines = std::iter::once(header.as_slice()).chain(block.more.iter().map(Vec::as_slice));
    let entries = records::entries(lines);
    let asked = context.request.command("+CMGR").and_then(|command| command.params().number(0));
    entries.iter().map(|entry| record(entry, asked, block)).collect()
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

/// A PDU without its header: one that is whole, starts with a service centre and holds a time.
pub(super) fn bare_line(line: &[u8], _: &Context) -> Vec<Item> {
    let line = line.trim_ascii();
    let digits = line.len() >= SHORTEST_PDU && line.iter().all(u8::is_ascii_hexdigit);
    let pdu = digits.then(|| Pdu::from_line(line, None).ok()).flatten();
    let pdu = pdu.filter(|pdu| {
        pdu.smsc.as_ref().is_none_or(|smsc| smsc.toa() & 0x80 != 0) && is_plausible(&pdu.tpdu)
    });
    pdu.map(|pdu| Item::Sms(from_pdu(&pdu))).into_iter().collect()
}

const SHORTEST_PDU: usize = 20;

/// An ICCID or a USSD body may be read as a PDU too, with a number that nobody has.
fn is_plausible(tpdu: &Tpdu) -> bool {
    match tpdu {
        Tpdu::Deliver(deliver) => deliver.time.is_some() && deliver.from.toa() & 0x80 != 0,
        Tpdu::Submit(submit) => submit.to.toa() & 0x80 != 0,
        Tpdu::StatusReport(report) => report.sent.is_some() && report.to.toa() & 0x80 != 0,
    }
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

/// Where the status in words stands in a text-mode header (3GPP TS 27.005 clause 3.4).
fn text_mode(params: &Params<'_>, name: &str) -> Option<usize> {
    match name {
        "+CMGL" => params.text(1).filter(|status| is_status(status)).map(|_| 1),
        "+CMGR" => (0..2).find(|place| params.text(*place).is_some_and(|text| is_status(&text))),
        _ => None,
    }
}

fn is_status(word: &str) -> bool {
    word.starts_with("REC ") || word.starts_with("STO ")
}

/// `[<index>,]"<status>","<number>",[<alpha>],"<time>"` and the text, which may be UCS2 digits.
fn from_text(block: &Block, params: &Params<'_>, place: usize, context: &Context) -> Sms {
    let asked = context.request.command("+CMGR").and_then(|command| command.params().number(0));
    let sent = params.text(place).is_some_and(|status| status.starts_with("STO"));
    let number = text_of(params.at(place + 1), context);
    let body = block.more.join(&b"\n"[..]);
    let readings = decode::decode(&body, None, context.cscs.as_deref());
    let (from, to) = if sent { (None, number) } else { (number, None) };
    Sms {
        index: params.number(0).or(asked),
        direction: Some(if sent { "sent" } else { "received" }),
        from,
        to,
        time: (place + 2..params.len()).find_map(|place| local_time(&params.text(place)?)),
        text: readings.into_iter().next().map(|reading| reading.text),
        ..Sms::default()
    }
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
    fn an_unreadable_record_stays_a_line() {
        let items = decode(b"+CMGR: 1,,25\r\n0791\r\nOK\r\n", None, None).items;
        assert!(matches!(&items[..], [Item::Other(other)] if other.line.ends_with("0791")));
    }
}
