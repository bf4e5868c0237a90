//! What card applications answer: `+CGLA`, `+CSIM`, `+CRSM`, `+CCHO` (3GPP TS 27.007 clauses 8.17 to 8.45).

use crate::hex;

use super::block::Block;
use super::{Apdu, Context, Item, other, retries, sim};

/// `+CGLA: <length>,"<data><sw>"`; the channel stands in the request.
pub(super) fn cgla(block: &Block, context: &Context) -> Vec<Item> {
    let asked = context.request.command("+CGLA");
    let session = asked.and_then(|command| command.params().number(0));
    answered(block)
        .map_or_else(|| vec![other(&block.line)], |(data, sw)| vec![apdu(session, data, sw)])
}

/// `+CSIM: <length>,"<data><sw>"`. The length lies on some firmware; a status word may count tries.
pub(super) fn csim(block: &Block, context: &Context) -> Vec<Item> {
    let Some((data, sw)) = answered(block) else { return vec![other(&block.line)] };
    let asked = context.request.command("+CSIM").and_then(|command| command.params().text(1));
    let asked = asked.filter(|apdu| apdu.bytes().all(|octet| octet.is_ascii_hexdigit()));
    let left = retries::from_status_word(&sw, asked.as_deref());
    [apdu(None, data, sw)].into_iter().chain(left).collect()
}

/// Data and status word, in upper case.
fn answered(block: &Block) -> Option<(String, String)> {
    let digits = block.params().text(1)?.to_ascii_uppercase();
    let whole = digits.len() >= 4 && digits.bytes().all(|octet| octet.is_ascii_hexdigit());
    let (data, sw) = digits.split_at_checked(digits.len().checked_sub(4)?)?;
    whole.then(|| (data.to_owned(), sw.to_owned()))
}

/// `+CRSM: <sw1>,<sw2>[,<data>]` in decimal; what the file says where we know it.
pub(super) fn crsm(block: &Block, context: &Context) -> Vec<Item> {
    let params = block.params();
    let (Some(sw1), Some(sw2)) = (params.number::<u8>(0), params.number::<u8>(1)) else {
        return vec![other(&block.line)];
    };
    let data = params.text(2).unwrap_or_default().to_ascii_uppercase();
    let file = context.request.command("+CRSM").and_then(|command| command.params().number(1));
    let octets = hex::octets(data.as_bytes()).unwrap_or_default();
    let read = sim::from_file(file, &octets);
    [apdu(None, data, hex::digits(&[sw1, sw2]))].into_iter().chain(read).collect()
}

/// `+CCHO: <session>`: the channel that was opened.
pub(super) fn session(block: &Block, _: &Context) -> Vec<Item> {
    let session = block.params().number(0);
    vec![Item::Apdu(Apdu { session, data: None, sw: None })]
}

/// The same as a bare number.
pub(super) fn bare_session(lines: &[Vec<u8>], _: &Context) -> Vec<Item> {
    let numbers =
        lines.iter().filter_map(|line| std::str::from_utf8(line).ok()?.trim().parse().ok());
    numbers
        .map(|session| Item::Apdu(Apdu { session: Some(session), data: None, sw: None }))
        .collect()
}

fn apdu(session: Option<u32>, data: String, sw: String) -> Item {
    Item::Apdu(Apdu { session, data: Some(data), sw: Some(sw) })
}

#[cfg(test)]
mod tests {
    use crate::answers::decode;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn answers_end_in_their_status_word() {
        for (response, request, session, data, sw) in [
            ("+CGLA: 4,\"9000\"",              Some("AT+CGLA=2,10,\"0020000100\""), Some(2), Some(""),       Some("9000")),
            ("+CGLA: 10,6f02aa9000",           None,                                None,    Some("6F02AA"), Some("9000")),
            ("+CSIM: 8, \"AABB9000\"",         None,                                None,    Some("AABB"),   Some("9000")),
            ("+CRSM: 106,130",                 None,                                None,    Some(""),       Some("6A82")),
            ("+CCHO: 3",                       None,                                Some(3), None,           None),
            ("3\r\nOK",                        Some("AT+CCHO=\"A000\""),            Some(3), None,           None),
        ] {
            let answer = decode(response.as_bytes(), None, request);
            let expected = Apdu { session, data: data.map(str::to_owned), sw: sw.map(str::to_owned) };
            assert_eq!(answer.items, [Item::Apdu(expected)], "{response}");
        }
    }
}
