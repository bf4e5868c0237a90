//! What lines say of the SIM: its state, its identities, whose it is.

use crate::ids::Iccid;

use super::block::Block;
use super::operator::text_of;
use super::{Context, Item, Retries, Sim, other, retries};

/// `+CPIN: <state>` (3GPP TS 27.007 clause 8.3).
pub(super) fn state(block: &Block, _: &Context) -> Vec<Item> {
    vec![sim(Sim { state: block.params().text(0), ..Sim::default() })]
}

/// The answer to `AT+CPIN?` of firmware that leaves its prefix out.
pub(super) fn bare_state(lines: &[Vec<u8>], _: &Context) -> Vec<Item> {
    let known = |line: &[u8]| {
        let state = String::from_utf8_lossy(unquoted(line)).into_owned();
        let worded =
            ["SIM ", "PH-", "NOT ", "BLOCKED"].iter().any(|start| state.starts_with(start));
        (worded || state == "READY").then_some(state)
    };
    let state = lines.iter().find_map(|line| known(line));
    state.map(|state| sim(Sim { state: Some(state), ..Sim::default() })).into_iter().collect()
}

/// `^CPIN: <state>,<left>,<puk>,<pin>,<puk2>,<pin2>` (Huawei): the PUK before its PIN.
pub(super) fn huawei(block: &Block, context: &Context) -> Vec<Item> {
    let params = block.params();
    let left = |place| retries::count(params.at(place));
    let retries = Retries { puk: left(2), pin: left(3), puk2: left(4), pin2: left(5) };
    let mut items = state(block, context);
    items.extend((retries != Retries::default()).then_some(Item::Retries(retries)));
    items
}

/// `#QSS: <mode>,<status>` (Telit), in the words of `+CPIN` as far as it has some.
pub(super) fn qss(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    // The report has the status alone.
    let status: Option<u8> = params.number(params.len().saturating_sub(1).min(1));
    let state = match status {
        Some(0) => "NOT INSERTED",
        Some(1) => "INSERTED",
        Some(2) => "UNLOCKED",
        Some(3) => "READY",
        _ => return vec![other(&block.line)],
    };
    vec![sim(Sim { state: Some(state.to_owned()), ..Sim::default() })]
}

/// `+CCID: <iccid>` and its many other names.
pub(super) fn iccid(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let found = params.iter().find_map(|param| Iccid::parse(param.octets).ok());
    vec![found.map_or_else(|| other(&block.line), with_iccid)]
}

fn with_iccid(iccid: Iccid) -> Item {
    sim(Sim { iccid: Some(iccid.expose().to_owned()), ..Sim::default() })
}

/// `#CIMI: <imsi>` and its like.
pub(super) fn imsi(block: &Block, _: &Context) -> Vec<Item> {
    let imsi = block.params().text(0).filter(|imsi| is_imsi(imsi.as_bytes()));
    vec![imsi.map_or_else(|| other(&block.line), with_imsi)]
}

fn with_imsi(imsi: String) -> Item {
    sim(Sim { imsi: Some(imsi), ..Sim::default() })
}

/// The answer to `AT+CIMI`, which has no prefix (3GPP TS 27.007 clause 5.6).
pub(super) fn bare_imsi(lines: &[Vec<u8>], _: &Context) -> Vec<Item> {
    let imsi = lines.iter().map(|line| unquoted(line)).find(|line| is_imsi(line));
    imsi.map(|imsi| with_imsi(String::from_utf8_lossy(imsi).into_owned())).into_iter().collect()
}

/// 15 digits, on some networks 14; never in a row with a prefix of their own.
fn is_imsi(digits: &[u8]) -> bool {
    (14..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}

/// A line that is an ICCID by its looks: 89, or 98 with its digits swapped, on 18 to 20 places; Qualcomm's
/// own firmware names it without a sign.
pub(super) fn bare_line(line: &[u8], _: &Context) -> Vec<Item> {
    let line = line.trim_ascii();
    let digits = unquoted(line.strip_prefix(b"ICCID:").unwrap_or(line));
    let looks = digits.starts_with(b"89") || digits.starts_with(b"98");
    let found = (looks && digits.len() >= 18).then(|| Iccid::parse(digits).ok()).flatten();
    found.map(with_iccid).into_iter().collect()
}

fn unquoted(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    line.strip_suffix(b"\"").unwrap_or(line)
}

/// `+CNUM: [<alpha>],<number>,<type>` (3GPP TS 27.007 clause 7.1); most prepaid SIMs hold none.
pub(super) fn cnum(block: &Block, context: &Context) -> Vec<Item> {
    let params = block.params();
    // Some firmware leaves the name out with its comma.
    let place = if params.len() < 3 { 0 } else { 1 };
    let number = text_of(params.at(place), context);
    let is_number = |text: &String| {
        text.bytes().filter(u8::is_ascii_digit).count() >= 3
            && text.bytes().all(|octet| octet.is_ascii_digit() || b"+*# -".contains(&octet))
    };
    vec![sim(Sim { msisdn: number.filter(is_number), ..Sim::default() })]
}

/// `+CSPN: "<name>",<display>` (SIMCom).
pub(super) fn spn(block: &Block, context: &Context) -> Vec<Item> {
    vec![with_spn(text_of(block.params().at(0), context))]
}

/// `+QSPN: "<full>","<short>","<spn>",<alphabet>,"<plmn>"` (Quectel).
pub(super) fn qspn(block: &Block, context: &Context) -> Vec<Item> {
    vec![with_spn(text_of(block.params().at(2), context))]
}

pub(super) fn with_spn(spn: Option<String>) -> Item {
    sim(Sim { spn, ..Sim::default() })
}

/// The octets of an elementary file, by its number (3GPP TS 31.102 clause 4.2, ETSI TS 102 221).
pub(super) fn from_file(file: Option<u16>, octets: &[u8]) -> Option<Item> {
    match file {
        Some(EF_SPN) => Some(with_spn(alpha(octets.get(1..)?))),
        Some(EF_ICCID) => Iccid::from_bcd(octets).ok().map(with_iccid),
        Some(EF_IMSI) => imsi_from_bcd(octets).map(with_imsi),
        Some(EF_MSISDN) => {
            Some(sim(Sim { msisdn: Some(number_of_record(octets)?), ..Sim::default() }))
        }
        Some(_) => None,
        // Without the request: a display condition and a name padded to 17 octets is EF_SPN.
        None if octets.len() == 17 && octets.first()? & 0xFC == 0 && octets.ends_with(&[0xFF]) => {
            Some(with_spn(alpha(octets.get(1..)?)))
        }
        None => None,
    }
}

const EF_ICCID: u16 = 0x2FE2;
const EF_IMSI: u16 = 0x6F07;
const EF_MSISDN: u16 = 0x6F40;
const EF_SPN: u16 = 0x6F46;

/// The number in the last fourteen octets of a record: length with its type, type, digits swapped in pairs
/// (3GPP TS 31.102 clause 4.2.26).
fn number_of_record(octets: &[u8]) -> Option<String> {
    let (length, rest) = octets.get(octets.len().checked_sub(14)?..)?.split_first()?;
    let (toa, digits) = rest.split_first()?;
    let digits = digits.get(..usize::from(*length).checked_sub(1)?)?;
    let nibbles = digits.iter().flat_map(|octet| [octet & 15, octet >> 4]);
    let number: String =
        nibbles.take_while(|nibble| *nibble < 10).map(|nibble| char::from(b'0' + nibble)).collect();
    let plus = if toa & 0x70 == 0x10 { "+" } else { "" };
    (number.len() >= 3).then(|| format!("{plus}{number}"))
}

/// A name as SIM files hold it: UCS2 behind 0x80, else GSM 7-bit, padded with 0xFF (ETSI TS 102 221
/// annex A). The two forms that compress UCS2 are not known to be in use for names.
fn alpha(octets: &[u8]) -> Option<String> {
    let text = match octets.split_first()? {
        (0x80, units) => crate::ucs2::text_from_octets(units).text,
        (0x81 | 0x82, _) => return None,
        _ => {
            let end = octets.iter().position(|octet| *octet == 0xFF).unwrap_or(octets.len());
            crate::gsm7::text_from_septets(octets.get(..end)?, crate::gsm7::Shift::default())
        }
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Length, then digits swapped in pairs, a parity nibble first.
fn imsi_from_bcd(octets: &[u8]) -> Option<String> {
    let (length, digits) = octets.split_first()?;
    let digits = digits.get(..usize::from(*length))?;
    let nibbles = digits.iter().flat_map(|octet| [octet & 15, octet >> 4]).skip(1);
    let imsi: String =
        nibbles.take_while(|nibble| *nibble < 10).map(|nibble| char::from(b'0' + nibble)).collect();
    is_imsi(imsi.as_bytes()).then_some(imsi)
}

fn sim(sim: Sim) -> Item {
    Item::Sim(sim)
}

#[cfg(test)]
mod tests {
    use crate::answers::decode;

    use super::*;

    fn read(line: &str, request: Option<&str>) -> Sim {
        match &decode(line.as_bytes(), None, request).items[..] {
            [Item::Sim(sim), ..] => sim.clone(),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    #[rustfmt::skip]
    fn card_identities_under_every_name() {
        for (line, request) in [
            ("+CCID: \"8932000000000000017F\"", Some("AT+CCID")),
            ("+QCCID: 8932000000000000017F",    Some("AT+QCCID")),
            ("^ICCID: 982300000000000010F7",    Some("AT^ICCID?")),
            ("^SCID: 8932000000000000017",      Some("AT^SCID")),
            ("!ICCID: 8932000000000000017",     Some("AT!ICCID?")),
            ("8932000000000000017",             Some("AT+CCID")),
            ("\"982300000000000010F7\"",        None),
        ] {
            assert_eq!(read(line, request).iccid.as_deref(), Some("8932000000000000017"), "{line}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn own_numbers_with_their_quotes_eaten() {
        for (line, number) in [
            ("+CNUM: \"me\",\"+32470123456\",145", Some("+32470123456")),
            ("+CNUM: ,\"+32470123456\",145",       Some("+32470123456")),
            ("+CNUM: \"\",+32470123456\",145",     Some("+32470123456")),
            ("+CNUM: me,\"+32470123456\",145",     Some("+32470123456")),
            ("+CNUM: \"me\",\"\",145",             None),
            ("+CNUM: ,,145",                       None),
        ] {
            assert_eq!(read(line, Some("AT+CNUM")).msisdn.as_deref(), number, "{line}");
        }
    }

    #[test]
    fn states_and_huawei_counters() {
        assert_eq!(read("+CPIN: \"SIM PIN\"", None).state.as_deref(), Some("SIM PIN"));
        assert_eq!(read("#QSS: 0,3", None).state.as_deref(), Some("READY"));
        assert_eq!(read("#QSS:1", None).state.as_deref(), Some("INSERTED"));
        let answer = decode(b"^CPIN: READY,,10,3,9,2", None, None);
        let expected = Retries { pin: Some(3), puk: Some(10), pin2: Some(2), puk2: Some(9) };
        assert!(answer.items.contains(&Item::Retries(expected)));
    }

    #[test]
    fn elementary_files_are_read_by_their_number() {
        let spn = "+CRSM: 144,0,\"014578616D706C65FFFFFFFFFFFFFFFFFF\"";
        let answer = decode(spn.as_bytes(), None, Some("AT+CRSM=176,28486,0,0,17"));
        assert!(answer.items.contains(&with_spn(Some("Example".into()))));
        assert_eq!(decode(spn.as_bytes(), None, None).items, answer.items);
        let octets = [8, 0x29, 0x60, 0x10, 0, 0, 0, 0, 0x01];
        assert_eq!(imsi_from_bcd(&octets).as_deref(), Some("206010000000010"));
    }
}
