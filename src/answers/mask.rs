//! Items without what names a person: numbers of SIMs, subscribers and phones.

use crate::ids::{Iccid, Imsi, Msisdn};
use crate::pdu::Pdu;

use super::{Item, Other, Sim, Sms};

/// The item with identities as `8932…0010`. Short numbers are services and stay.
pub(super) fn item(item: Item) -> Item {
    match item {
        Item::Sim(sim) => Item::Sim(Sim {
            iccid: sim
                .iccid
                .map(|text| Iccid::parse(&text).map_or(HIDDEN.into(), |id| id.to_string())),
            imsi: sim
                .imsi
                .map(|text| Imsi::parse(&text).map_or(HIDDEN.into(), |id| id.to_string())),
            msisdn: sim.msisdn.map(|text| number(&text)),
            ..sim
        }),
        Item::Sms(sms) => {
            let (from, to) = (sms.from.as_deref().map(number), sms.to.as_deref().map(number));
            Item::Sms(Sms { from, to, ..sms })
        }
        Item::Other(Other { line }) => Item::Other(Other { line: line_without_ids(&line) }),
        other => other,
    }
}

const HIDDEN: &str = "…";

/// A sender's name is no number, and one of six digits or less belongs to a service.
fn number(text: &str) -> String {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match Msisdn::parse(text) {
        Ok(number) if digits > 6 => number.to_string(),
        _ => text.to_owned(),
    }
}

/// A line of unknown content: every run of digits long enough to be an IMEI, IMSI, ICCID or number.
fn line_without_ids(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut run = String::new();
    for c in line.chars() {
        if c.is_ascii_hexdigit() {
            run.push(c);
        } else {
            shown.push_str(&run_without_id(&std::mem::take(&mut run)));
            shown.push(c);
        }
    }
    shown + &run_without_id(&run)
}

fn run_without_id(run: &str) -> String {
    let decimal = run.bytes().all(|octet| octet.is_ascii_digit());
    match (run.get(..4), run.get(run.len().saturating_sub(4)..)) {
        (Some(first), Some(last)) if decimal && run.len() >= 10 => format!("{first}…{last}"),
        (Some(first), Some(last)) if run.starts_with("89") && (18..=20).contains(&run.len()) => {
            format!("{first}…{last}")
        }
        // A message names who sent it, in digits swapped in pairs.
        (Some(first), Some(last)) if Pdu::is_cut(run.as_bytes()) => format!("{first}…{last}"),
        _ => run.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_masked_wherever_they_stand() {
        for (line, shown) in [
            ("867500000001234", "8675…1234"),
            ("+CGSN: \"867500000001234\"", "+CGSN: \"8675…1234\""),
            ("^ICCID: 898600F0000000000017", "^ICCID: 8986…0017"),
            ("07919471020000F0040C91945112325476", "0791…5476"),
            ("Revision 2026110912", "Revision 2026…0912"),
            ("+CSCS: \"GSM\"", "+CSCS: \"GSM\""),
            ("29", "29"),
        ] {
            assert_eq!(line_without_ids(line), shown);
        }
    }

    #[test]
    fn people_have_numbers_and_services_have_short_ones() {
        assert_eq!(number("+32470123456"), "+3247…3456");
        assert_eq!(number("1984"), "1984");
        assert_eq!(number("Example"), "Example");
    }
}
