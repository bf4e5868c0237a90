//! Tries left of PIN and PUK. Each maker has an order of its own, and a wrong one burns a SIM.

use crate::at::params::Param;

use super::block::Block;
use super::request::Command;
use super::{Context, Item, Retries, other};

/// Pin, puk, pin2, puk2: `+SPIC`, `*EPIN?`, `%PINNUM?`; the first two: `_OERCN?`, `+ZPINPUK=?`.
pub(super) fn pins_by_pair(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let left = |place| count(params.at(place));
    retries(Retries { pin: left(0), puk: left(1), pin2: left(2), puk2: left(3) })
}

/// Pin, pin2, puk, puk2: `+UPINCNT`, `+CPINC?` (Sierra), `+EPINC?` (MediaTek), `+XPINCNT` (Intel).
pub(super) fn pins_first(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let left = |place| count(params.at(place));
    retries(Retries { pin: left(0), pin2: left(1), puk: left(2), puk2: left(3) })
}

/// `+QPINC: "SC",<pin>,<puk>` or `"P2",<pin2>,<puk2>`.
pub(super) fn qpinc(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let (pin, puk) = (count(params.at(1)), count(params.at(2)));
    if params.at(0).is("P2") {
        return retries(Retries { pin2: pin, puk2: puk, ..Retries::default() });
    }
    retries(Retries { pin, puk, ..Retries::default() })
}

/// `+CPINR: <code>,<left>[,<default>]` (3GPP TS 27.007 clause 8.65), a line a code.
pub(super) fn coded(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let mut left = Retries::default();
    let name = params.text(0).unwrap_or_default();
    match slot(&mut left, &name) {
        Some(slot) => *slot = count(params.at(1)),
        None => return vec![other(&block.line)],
    }
    retries(left)
}

/// `PIN1=3; PUK1=10; ...` or `PIN1, 3`, with or without a prefix.
pub(super) fn named(block: &Block, _: &Context) -> Vec<Item> {
    let found = from_names(&String::from_utf8_lossy(block.rest()));
    found.map_or_else(|| vec![other(&block.line)], retries)
}

/// The same alone on its line.
pub(super) fn bare_line(line: &[u8], _: &Context) -> Vec<Item> {
    let line = String::from_utf8_lossy(line);
    let is_named = line.trim_start().get(..3).is_some_and(|start| matches!(start, "PIN" | "PUK"));
    let found = is_named.then(|| from_names(&line)).flatten();
    found.map(retries).unwrap_or_default()
}

/// `^SPIC: <left>` (Cinterion) for the code that `AT^SPIC="<code>"[,<counter>]` asks for, the PIN where it
/// names none; counter 1 is that of its PUK. `AT^SPIC?` answers which code is wanted.
pub(super) fn spic(block: &Block, context: &Context) -> Vec<Item> {
    let params = block.params();
    if params.number::<u8>(0).is_none() {
        return vec![other(&block.line)];
    }
    let asked = context.request.command("^SPIC").map(Command::params).unwrap_or_default();
    let left = count(params.at(0));
    let mut found = Retries::default();
    match (asked.at(0).is("P2"), asked.number::<u8>(1) == Some(1)) {
        (false, false) => found.pin = left,
        (false, true) => found.puk = left,
        (true, false) => found.pin2 = left,
        (true, true) => found.puk2 = left,
    }
    retries(found)
}

/// `#PCT: <left>` (Telit), of the PIN.
pub(super) fn current(block: &Block, _: &Context) -> Vec<Item> {
    retries(Retries { pin: count(block.params().at(0)), ..Retries::default() })
}

/// What the status word of a VERIFY or UNBLOCK without data says (ETSI TS 102 221 clause 10.2.1.5):
/// 63Cx is x tries left, 6983 none. `apdu` is the command in hexadecimal, where it is known.
pub(super) fn from_status_word(sw: &str, apdu: Option<&str>) -> Option<Item> {
    let left = match sw.get(..3)? {
        "63C" => u8::from_str_radix(sw.get(3..)?, 16).ok()?,
        _ if sw == "6983" => 0,
        _ => return None,
    };
    let instruction = apdu.and_then(|apdu| apdu.get(2..4));
    let second = apdu.and_then(|apdu| apdu.get(6..8)).is_some_and(|p2| matches!(p2, "81" | "02"));
    let mut found = Retries::default();
    match (instruction, second) {
        (Some("2C" | "2c"), false) => found.puk = Some(left),
        (Some("2C" | "2c"), true) => found.puk2 = Some(left),
        (_, true) => found.pin2 = Some(left),
        (_, false) => found.pin = Some(left),
    }
    Some(Item::Retries(found))
}

fn from_names(line: &str) -> Option<Retries> {
    let mut found = Retries::default();
    let mut words =
        line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if let Some(slot) = slot(&mut found, word) {
            *slot = words.next().and_then(|left| left.parse().ok()).filter(|left| *left <= MOST);
        }
    }
    (found != Retries::default()).then_some(found)
}

/// Where the count of `SIM PIN`, `PIN1`, `PUK2`, ... goes.
fn slot<'a>(retries: &'a mut Retries, name: &str) -> Option<&'a mut Option<u8>> {
    let name = name.trim().trim_start_matches("SIM").trim();
    match name {
        "PIN" | "PIN1" => Some(&mut retries.pin),
        "PUK" | "PUK1" => Some(&mut retries.puk),
        "PIN2" => Some(&mut retries.pin2),
        "PUK2" => Some(&mut retries.puk2),
        _ => None,
    }
}

/// A counter has at most fifteen; 255 is unknown.
pub(super) fn count(param: Param<'_>) -> Option<u8> {
    param.number().filter(|count| *count <= MOST)
}

const MOST: u8 = 15;

fn retries(retries: Retries) -> Vec<Item> {
    vec![Item::Retries(retries)]
}

#[cfg(test)]
mod tests {
    use crate::answers::decode;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn every_maker_has_an_order_of_its_own() {
        let all = [Some(3), Some(10), Some(2), Some(9)];
        for (response, request, [pin, puk, pin2, puk2]) in [
            ("+SPIC: 3,10,2,9",                          None, all),
            ("*EPIN: 3,10,2,9",                          None, all),
            ("+UPINCNT: 3,2,10,9",                       None, all),
            ("+CPINC: 3,2,10,9",                         None, all),
            ("+EPINC: 3,2,10,9",                         None, all),
            ("+XPINCNT: 3, 2, 10, 9",                    None, all),
            ("^CPIN: SIM PIN,3,10,3,9,2",                None, all),
            ("+QPINC: \"SC\",3,10\r\n+QPINC: \"P2\",2,9", None, all),
            ("+CPINR: SIM PIN,3,3\r\n+CPINR: \"SIM PUK\",10\r\n+CPINR: SIM PIN2,2\r\n+CPINR: SIM PUK2,9", None, all),
            ("PIN1=3; PUK1=10; PIN2=2; PUK2=9",          None, all),
            ("PIN1, 3\r\nPUK1, 10\r\nPIN2, 2\r\nPUK2, 9", None, all),
            ("_OERCN: 3, 10",                            None, [Some(3), Some(10), None, None]),
            ("^SPIC: 2",                                 Some("AT^SPIC=\"P2\""), [None, None, Some(2), None]),
            ("+SPIC: 3,255,2,9",                         None, [Some(3), None, Some(2), Some(9)]),
            ("+CSIM:8,\"000063C1\"",                     None, [Some(1), None, None, None]),
            ("+CSIM: 4,\"6983\"",                        Some("AT+CSIM=10,\"002C000100\""), [None, Some(0), None, None]),
        ] {
            let items = decode(response.as_bytes(), None, request).items;
            let expected = Item::Retries(Retries { pin, puk, pin2, puk2 });
            assert!(items.contains(&expected), "{response}: {items:?}");
        }
    }
}
