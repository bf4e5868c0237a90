//! `+COPS`: the operator in use, and a scan of those in reach (3GPP TS 27.007 clause 7.3).

use crate::at::params::{Param, Params};
use crate::ussd::decode;

use super::block::Block;
use super::{Context, Item, Operator, other};

/// The read form, or one item for each operator of a scan.
pub(super) fn items(block: &Block, context: &Context) -> Vec<Item> {
    let scanned: Vec<Item> =
        block.lines().flat_map(groups).filter_map(|group| scanned(group, context)).collect();
    if !scanned.is_empty() {
        return scanned;
    }
    // The test form, and a scan that found nobody: nothing but ranges.
    if block.rest().trim_ascii_start().starts_with(b"(") || block.params().text(0).is_none() {
        return vec![other(&block.line)];
    }
    vec![Item::Operator(current(&block.params(), context))]
}

/// `<mode>[,<format>,<oper>[,<AcT>]]`
fn current(params: &Params<'_>, context: &Context) -> Operator {
    let format: Option<u8> = params.number(1);
    let oper = text_of(params.at(2), context);
    let numeric = oper.clone().filter(|oper| is_plmn(oper));
    Operator {
        mode: params.number(0),
        format,
        name: oper.filter(|_| format != Some(2) && numeric.is_none()),
        plmn: numeric,
        act: params.number(3),
        ..Operator::default()
    }
}

/// `<stat>,"long","short","<plmn>"[,<AcT>]`. The ranges that end the list have no network code.
fn scanned(group: Group<'_>, context: &Context) -> Option<Item> {
    let params = Params::parse(group.inside);
    let stat: u8 = params.number(0)?;
    let plmn = text_of(params.at(3), context).filter(|plmn| is_plmn(plmn))?;
    let name = text_of(params.at(1), context).or_else(|| text_of(params.at(2), context));
    Some(Item::Operator(Operator {
        name,
        plmn: Some(plmn),
        act: params.number(4).or(group.act),
        available: Some(stat == 1),
        current: Some(stat == 2),
        forbidden: Some(stat == 3),
        ..Operator::default()
    }))
}

/// What stands in one pair of brackets, and the technology where firmware puts it behind them.
struct Group<'a> {
    inside: &'a [u8],
    act: Option<u8>,
}

fn groups(line: &[u8]) -> impl Iterator<Item = Group<'_>> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let start = rest.iter().position(|octet| *octet == b'(')?;
        let (_, from) = rest.split_at_checked(start + 1)?;
        let end = unquoted_end(from).unwrap_or(from.len());
        let (inside, behind) = from.split_at_checked(end)?;
        rest = behind.get(1..).unwrap_or_default();
        let act = rest.strip_prefix(b",").filter(|tail| tail.get(1) == Some(&b')'));
        let act =
            act.and_then(|tail| Some(tail.first()?.wrapping_sub(b'0'))).filter(|act| *act < 10);
        Some(Group { inside, act })
    })
}

/// The closing bracket; one in a name is none.
fn unquoted_end(from: &[u8]) -> Option<usize> {
    let mut quoted = false;
    from.iter().position(|octet| {
        quoted ^= *octet == b'"';
        *octet == b')' && !quoted
    })
}

/// A name or code, in UCS2 where the character set says so or its digits make sense as nothing else.
///
/// Firmware pads with septet 0, which is `@`, and with 0xFFFF.
pub(super) fn text_of(param: Param<'_>, context: &Context) -> Option<String> {
    let readings = decode::decode(param.octets, None, context.cscs.as_deref());
    let text = readings.into_iter().next()?.text;
    let text = text.trim_end_matches(['@', '\0', '\u{FFFF}', '\u{FFFD}']).trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn is_plmn(text: &str) -> bool {
    matches!(text.len(), 5 | 6) && text.bytes().all(|octet| octet.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::answers::decode;

    use super::*;

    fn operators(response: &str, cscs: Option<&str>) -> Vec<Operator> {
        let operator = |item| match item {
            Item::Operator(operator) => operator,
            other => panic!("{other:?}"),
        };
        decode(response.as_bytes(), cscs, None).items.into_iter().map(operator).collect()
    }

    #[test]
    #[rustfmt::skip]
    fn the_current_operator_with_and_without_its_quotes() {
        for (line, cscs, name, plmn, act) in [
            ("+COPS: 0",                                   None,         None,            None,          None),
            ("+COPS: 0,0,\"Example Mobile\",7",            None,         Some("Example Mobile"), None,   Some(7)),
            ("+COPS: 0,0,EXAMPLE,2",                       None,         Some("EXAMPLE"), None,          Some(2)),
            ("+COPS: 0,0,\"EXAMPLE,2",                     None,         Some("EXAMPLE"), None,          Some(2)),
            ("+COPS:0,2,\"00101\",13",                     None,         None,            Some("00101"), Some(13)),
            ("+COPS: 1,2,00101",                           None,         None,            Some("00101"), None),
            ("+COPS: 0,0,\"004500780061006D0070006C0065\"", None,        Some("Example"), None,          None),
            ("+COPS: 0,2,\"00300030003100300031\",7",      Some("UCS2"), None,            Some("00101"), Some(7)),
            ("+COPS: 0,0,\"Example\",7",                   Some("UCS2"), Some("Example"), None,          Some(7)),
            ("+COPS: 0,0,\"0042\",9",                      None,         Some("0042"),    None,          Some(9)),
            ("+COPS: 0,0,\"FADE\",2",                      None,         Some("FADE"),    None,          Some(2)),
            ("+COPS: 0,0,\"example@\",2",                  None,         Some("example"), None,          Some(2)),
        ] {
            let [operator] = &operators(line, cscs)[..] else { panic!("{line}") };
            assert_eq!(operator.name.as_deref(), name, "{line}");
            assert_eq!((operator.plmn.as_deref(), operator.act), (plmn, act), "{line}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn scans_with_their_brackets_in_odd_places() {
        for (response, plmns) in [
            ("+COPS: (2,\"A\",\"a\",\"00101\",7),(3,\"B\",,\"001012\",0),,(0,1,3,4),(0-2)\r\nOK\r\n", &[("00101", Some(7)), ("001012", Some(0))][..]),
            ("+COPS: (1,\"A (x)\",\"a\",\"00101\"),2),(1,\"B\",\"b\",\"00102\"),0)",                  &[("00101", Some(2)), ("00102", Some(0))]),
            ("+COPS: (2,\"A\",,\"00101\",0),\r\n(1,\"B\",,\"00102\",0),,(0,1,3),(0,2)",               &[("00101", Some(0)), ("00102", Some(0))]),
            ("+COPS: (0,\"A\",\"A\",\"00101\",2)\r\n+COPS: (1,\"B\",\"B\",\"00102\",0)\r\n",          &[("00101", Some(2)), ("00102", Some(0))]),
            ("+COPS: (1,\"\",\"\",\"00101\",0),,(0, 1,)",                                             &[("00101", Some(0))]),
            ("+COPS: (1,\"A\",\"a\",\"00101",                                                         &[("00101", None)]),
        ] {
            let got = operators(response, None);
            let got: Vec<_> = got.iter().map(|o| (o.plmn.as_deref().unwrap(), o.act)).collect();
            assert_eq!(got, plmns, "{response}");
        }
    }

    #[test]
    fn a_scan_says_which_may_be_chosen() {
        let [operator] = &operators("+COPS: (3,\"A\",\"a\",\"00101\",7)", None)[..] else {
            panic!()
        };
        let states = (operator.available, operator.current, operator.forbidden);
        assert_eq!(states, (Some(false), Some(false), Some(true)));
    }
}
