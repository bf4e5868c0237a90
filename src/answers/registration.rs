//! `+CREG`, `+CGREG`, `+CEREG`, `+C5GREG` (3GPP TS 27.007 clauses 7.2, 10.1.20, 10.1.22, 10.1.47).

use crate::at::params::{Param, Params};

use super::block::Block;
use super::{Context, Item, Registration};

/// An answer is `<n>,<stat>[,<lac>,<ci>[,<AcT>]]`, a report the same without `<n>`. Firmware mixes the
/// two, so the request says nothing: the shape of the second field decides.
pub(super) fn items(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let stat = usize::from(starts_with_setting(&params));
    let place = Place::of(&params.from(stat + 1));
    let stat: Option<u8> = params.number(stat);
    vec![Item::Registration(Registration {
        domain: domain(block.name.as_deref().unwrap_or_default()),
        stat,
        meaning: stat.and_then(meaning),
        lac: place.lac,
        cell_id: place.cell_id,
        act: place.act,
    })]
}

fn starts_with_setting(params: &Params<'_>) -> bool {
    let second = params.at(1);
    // A location area has four digits, quoted or not; a status one or two, of some firmware three.
    let status = !second.quoted && second.octets.len() <= 3;
    let status = status && second.number::<u8>().is_some_and(|stat| stat <= HIGHEST);
    let setting = params.number::<u8>(0).is_some_and(|n| n <= 5);
    status && setting
}

struct Place {
    lac: Option<u64>,
    cell_id: Option<u64>,
    act: Option<u8>,
}

impl Place {
    /// `<lac>,<ci>,<AcT>`, or with a routing area between the first two (Novatel).
    fn of(params: &Params<'_>) -> Self {
        let with_routing = params.at(1).octets.len() <= 2
            && params.at(2).octets.len() >= 4
            && act(params.at(3)).is_some();
        let cell = if with_routing { 2 } else { 1 };
        let lac = params.at(0);
        // Where letters like XXXX stand for the area, those of the cell stand for nothing too.
        let stand_in = lac.hex().is_none() && lac.octets.iter().any(u8::is_ascii_alphabetic);
        let known = |value: &u64| !stand_in && !matches!(value, 0xFFF_FFFF | 0xFFFF_FFFF);
        Self {
            lac: lac.hex().filter(|lac| !matches!(lac, 0xFFFE | 0xFFFF)),
            cell_id: params.hex(cell).filter(known),
            act: act(params.at(cell + 1)),
        }
    }
}

fn act(param: Param<'_>) -> Option<u8> {
    param.number().filter(|act| *act <= 15 && param.octets.len() <= 2)
}

fn domain(name: &str) -> &'static str {
    match name {
        "+CGREG" => "ps",
        "+CEREG" => "eps",
        "+C5GREG" => "5gs",
        _ => "cs",
    }
}

const HIGHEST: u8 = 11;

/// `<stat>` in words (3GPP TS 27.007 clause 7.2).
pub fn meaning(stat: u8) -> Option<&'static str> {
    MEANINGS.get(usize::from(stat)).copied()
}

#[rustfmt::skip]
const MEANINGS: [&str; 12] = [
    "not registered, not searching", "registered, home network", "not registered, searching",
    "registration denied", "unknown", "registered, roaming", "registered for SMS only, home network",
    "registered for SMS only, roaming", "emergency services only", "registered without CSFB, home network",
    "registered without CSFB, roaming", "attached for access to RLOS",
];

#[cfg(test)]
mod tests {
    use crate::answers::decode;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn answers_and_reports_in_all_their_forms() {
        let (asked, report) = (Some("AT+CREG?"), None);
        for (line, request, stat, lac, cell, act) in [
            ("+CREG: 0,1",                        asked,  Some(1),  None,         None,               None),
            ("+CREG: 5",                          report, Some(5),  None,         None,               None),
            ("+CREG: 11",                         report, Some(11), None,         None,               None),
            ("+CREG: 0,1",                        report, Some(1),  None,         None,               None),
            ("+CREG: 2,5,\"0A1B\",\"00C0FFEE\",7", asked, Some(5),  Some(0x0A1B), Some(0x00C0_FFEE),  Some(7)),
            ("+CREG: 5,\"0A1B\",\"00C0FFEE\",7",  report, Some(5),  Some(0x0A1B), Some(0x00C0_FFEE),  Some(7)),
            ("+CREG: 1,0A1B,00C0FFEE",            report, Some(1),  Some(0x0A1B), Some(0x00C0_FFEE),  None),
            ("+CREG:002,001,\"1a2b\",\"1234\"",   asked,  Some(1),  Some(0x1A2B), Some(0x1234),       None),
            ("+CREG: 2,,",                        report, Some(2),  None,         None,               None),
            ("+CREG: 2,1,  0 7, 1234",            asked,  Some(1),  None,         Some(0x1234),       None),
            ("+CREG: 2,1,\"0C,\"0200802\",7",     asked,  Some(1),  Some(0x0C),   Some(0x0020_0802),   Some(7)),
            ("+CREG: 2,1,ZZZZ,BBBB",              asked,  Some(1),  None,         None,               None),
            ("+CREG: 2,1,FFFE,FFFFFFF",           asked,  Some(1),  None,         None,               None),
            ("+CREG: 2,1, 2F00, 30 ,89D904 ,7",   asked,  Some(1),  Some(0x2F00), Some(0x89_D904),    Some(7)),
        ] {
            let answer = decode(line.as_bytes(), None, request);
            let [Item::Registration(item)] = &answer.items[..] else { panic!("{line}") };
            assert_eq!((item.stat, item.lac, item.cell_id, item.act), (stat, lac, cell, act), "{line}");
        }
    }

    #[test]
    fn every_status_has_its_words() {
        assert_eq!(meaning(3), Some("registration denied"));
        assert_eq!(meaning(HIGHEST), Some("attached for access to RLOS"));
        assert_eq!(meaning(12), None);
    }
}
