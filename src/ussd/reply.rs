//! The `+CUSD` line (3GPP TS 27.007 clause 7.15): status, body as octets, DCS.

use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while_m_n};
use nom::character::complete::{char, digit1, i32, multispace0, one_of, u32};
use nom::combinator::{eof, not, opt, recognize, value};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

/// One `+CUSD` line, its body still as the modem wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cusd<'a> {
    /// What the network says of the session.
    pub status: Status,
    /// The octets of the string, without its quotes; `None` where the line has none.
    pub body: Option<&'a [u8]>,
    /// The data coding scheme as received; firmware cuts it, invents it and lies in it.
    pub dcs: Option<i32>,
    /// Whether the end of the body was seen; an opening quote that never closes has none.
    pub closed: bool,
}

/// `<m>` of `+CUSD`. Numbers that the standard does not know are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// 0: done, nothing more is asked.
    Final,
    /// 1: the network waits for an answer.
    NeedsAnswer,
    /// 2: the network ended the session. With a body that is a good final answer.
    EndedByNetwork,
    /// 3: another client of the modem has answered.
    OtherClient,
    /// 4: the operation is not supported.
    NotSupported,
    /// 5: the network did not answer in time. A body is our own request, reflected.
    NetworkTimeout,
    /// A number of the firmware's own.
    Other(u32),
}

impl Status {
    /// The number on the line.
    pub fn number(self) -> u32 {
        match self {
            Self::Final => 0,
            Self::NeedsAnswer => 1,
            Self::EndedByNetwork => 2,
            Self::OtherClient => 3,
            Self::NotSupported => 4,
            Self::NetworkTimeout => 5,
            Self::Other(number) => number,
        }
    }

    /// Whether a body under this status is the network's answer to us.
    pub fn carries_text(self) -> bool {
        !matches!(self, Self::OtherClient | Self::NotSupported | Self::NetworkTimeout)
    }

    /// What the status says, in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Final => "done",
            Self::NeedsAnswer => "the network waits for an answer",
            Self::EndedByNetwork => "ended by the network",
            Self::OtherClient => "another client answered",
            Self::NotSupported => "operation not supported",
            Self::NetworkTimeout => "network timeout",
            Self::Other(_) => "a status of this firmware's own",
        }
    }
}

impl From<u32> for Status {
    fn from(number: u32) -> Self {
        match number {
            0 => Self::Final,
            1 => Self::NeedsAnswer,
            2 => Self::EndedByNetwork,
            3 => Self::OtherClient,
            4 => Self::NotSupported,
            5 => Self::NetworkTimeout,
            other => Self::Other(other),
        }
    }
}

/// Reads one whole `+CUSD`, line breaks of its body included; `None` where it is none.
///
/// The test form `+CUSD: (0-2)` is none. The answer to `AT+CUSD?` looks like a reply without
/// body: only the caller knows what was asked.
///
/// ```
/// use saldo::ussd::reply::{Status, cusd};
///
/// let reply = cusd(br#"+CUSD: 2,"Tariff "M", 5,00 EUR left", 15"#).unwrap();
/// assert_eq!(reply.status, Status::EndedByNetwork);
/// assert_eq!(reply.body, Some(&br#"Tariff "M", 5,00 EUR left"#[..]));
/// assert_eq!((reply.dcs, reply.closed), (Some(15), true));
/// ```
pub fn cusd(line: &[u8]) -> Option<Cusd<'_>> {
    parse(line).ok().map(|(_, reply)| reply)
}

fn parse(line: &[u8]) -> IResult<&[u8], Cusd<'_>> {
    let name = (multispace0, tag_no_case("+CUSD"), multispace0, char(':'), multispace0);
    let (line, status) = preceded(name, terminated(u32, not(digit1))).parse(line)?;
    let (line, body) = opt(preceded(comma, alt((quoted, unquoted)))).parse(line)?;
    let none = Body { octets: None, dcs: None, closed: true };
    let Body { octets, dcs, closed } = body.unwrap_or(none);
    Ok((line, Cusd { status: status.into(), body: octets, dcs, closed }))
}

struct Body<'a> {
    octets: Option<&'a [u8]>,
    dcs: Option<i32>,
    closed: bool,
}

/// A string up to the *last* quote that only a DCS follows: operators put bare quotes and commas
/// inside, and no modem we know escapes them. Without such a quote it is all text.
fn quoted(input: &[u8]) -> IResult<&[u8], Body<'_>> {
    let (input, _) = char('"').parse(input)?;
    let ends_at = |at: usize, end: End| {
        let (octets, tail) = input.split_at_checked(at)?;
        let (_, dcs) = end(tail).ok()?;
        Some(Body { octets: Some(octets), dcs, closed: true })
    };
    let quotes = || (0..input.len()).filter(|at| input.get(*at) == Some(&b'"'));
    let body = quotes()
        .find_map(|at| ends_at(at, glued_end))
        .or_else(|| quotes().find_map(|at| ends_at(at, quoted_dcs)))
        .or_else(|| quotes().rev().find_map(|at| ends_at(at, clean_end)));
    let open = Body { octets: Some(input), dcs: None, closed: false };
    Ok((&[], body.unwrap_or(open)))
}

type End = fn(&[u8]) -> IResult<&[u8], Option<i32>>;

/// The closing quote and a DCS in quotes of its own.
fn quoted_dcs(tail: &[u8]) -> IResult<&[u8], Option<i32>> {
    let dcs = delimited(char('"'), number, char('"')).map(Some);
    delimited((char('"'), comma), dcs, (multispace0, eof)).parse(tail)
}

/// The closing quote, a DCS or none, and nothing more.
fn clean_end(tail: &[u8]) -> IResult<&[u8], Option<i32>> {
    let dcs = opt(preceded(comma, opt(number)));
    delimited(char('"'), dcs.map(Option::flatten), (multispace0, eof)).parse(tail)
}

/// The closing quote, a DCS, and another line whose line break got lost on the way.
fn glued_end(tail: &[u8]) -> IResult<&[u8], Option<i32>> {
    let name = (one_of("+^*#"), take_while_m_n(2, 16, |c: u8| c.is_ascii_uppercase()), char(':'));
    let next_line = alt((recognize(name), terminated(tag("OK"), eof)));
    let dcs = preceded(comma, number).map(Some);
    delimited(char('"'), dcs, preceded(multispace0, next_line)).parse(tail)
}

/// A string with no quotes at all, as some firmware of 2008 has it. A number behind the last comma
/// is the DCS behind hexadecimal digits; behind words it is so only where no digit precedes the
/// comma, since "12,50" may end a text.
fn unquoted(input: &[u8]) -> IResult<&[u8], Body<'_>> {
    let input = input.trim_ascii();
    let split = input.iter().rposition(|octet| *octet == b',').and_then(|at| {
        let (octets, dcs) = input.split_at_checked(at)?;
        let (_, dcs) = preceded(comma, terminated(number, eof)).parse(dcs).ok()?;
        let packed = octets.len() >= 8 && octets.iter().all(u8::is_ascii_hexdigit);
        let amount = octets.last().is_some_and(u8::is_ascii_digit);
        (packed || !amount).then_some((octets.trim_ascii_end(), Some(dcs)))
    });
    let (octets, dcs) = split.unwrap_or((input, None));
    // A quote without its partner is what is left of the pair around the body.
    let lone = octets.iter().filter(|octet| **octet == b'"').count() % 2 == 1;
    let octets = octets.strip_suffix(b"\"").filter(|_| lone).unwrap_or(octets);
    Ok((&[], Body { octets: Some(octets), dcs, closed: true }))
}

fn comma(input: &[u8]) -> IResult<&[u8], ()> {
    value((), (multispace0, char(','), multispace0)).parse(input)
}

/// A DCS: firmware was seen to print negative ones.
fn number(input: &[u8]) -> IResult<&[u8], i32> {
    i32.parse(input)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn cusd_lines() {
        use Status::{EndedByNetwork, Final, NeedsAnswer, NetworkTimeout, NotSupported, Other};
        for (line, status, body, dcs, closed) in [
            (r#"+CUSD: 0,"Saldo 5",15"#,              Final,          Some("Saldo 5"),             Some(15),  true),
            (r#"+CUSD: 1,"1 Data 2 Voice""#,          NeedsAnswer,    Some("1 Data 2 Voice"),      None,      true),
            (r#"+CUSD: 0,"Plan "XL", 5,00",15"#,      Final,          Some(r#"Plan "XL", 5,00"#),  Some(15),  true),
            (r#"+CUSD: 0,"Plan "XL"",15"#,            Final,          Some(r#"Plan "XL""#),        Some(15),  true),
            (r#"+CUSD: 0,"Plan "XL" and more"#,       Final,          Some(r#"Plan "XL" and more"#), None,    false),
            ("+CUSD: 0,\"Saldo\r\n5 €\",72",          Final,          Some("Saldo\r\n5 €"),        Some(72),  true),
            (r#"+CUSD:0, "", 72"#,                    Final,          Some(""),                    Some(72),  true),
            (r#"+CUSD: 1,"Saldo 5","#,                NeedsAnswer,    Some("Saldo 5"),             None,      true),
            (r#"+CUSD: 0,"Saldo 5"#,                  Final,          Some("Saldo 5"),             None,      false),
            (r#"+cusd: 0,"Saldo 5",7"#,               Final,          Some("Saldo 5"),             Some(7),   true),
            (r#"+CUSD: 0,"Saldo 5",-12"#,             Final,          Some("Saldo 5"),             Some(-12), true),
            (r#"+CUSD: 0,"Saldo 5",15OK"#,            Final,          Some("Saldo 5"),             Some(15),  true),
            (r#"+CUSD: 0,"Saldo 5",15+CREG: 1,"0A","1B""#, Final,     Some("Saldo 5"),             Some(15),  true),
            ("+CUSD: 2, D3309BFC06D51A",              EndedByNetwork, Some("D3309BFC06D51A"),      None,      true),
            ("+CUSD: 2, D3309BFC06D51A,15",           EndedByNetwork, Some("D3309BFC06D51A"),      Some(15),  true),
            ("+CUSD: 0,Saldo 12,50",                  Final,          Some("Saldo 12,50"),         None,      true),
            ("+CUSD: 0,Saldo 12,50 EUR,15",           Final,          Some("Saldo 12,50 EUR"),     Some(15),  true),
            ("+CUSD: 0,Saldo 5 EUR\",15",             Final,          Some("Saldo 5 EUR"),         Some(15),  true),
            ("+CUSD: 4",                              NotSupported,   None,                        None,      true),
            ("+CUSD: 5\r\n",                          NetworkTimeout, None,                        None,      true),
            ("+CUSD: 6",                              Other(6),       None,                        None,      true),
        ] {
            let expected = Cusd { status, body: body.map(str::as_bytes), dcs, closed };
            assert_eq!(cusd(line.as_bytes()), Some(expected), "{line:?}");
        }
    }

    #[test]
    fn what_is_no_reply_is_none() {
        for line in ["+CUSD: (0-2)", "+CUSD: (0,1)", "+CUSD:", "+CSQ: 0", "", "+CUSD: 99999999999"]
        {
            assert_eq!(cusd(line.as_bytes()), None, "{line:?}");
        }
    }

    #[test]
    fn every_prefix_of_a_line_gives_no_longer_text() {
        let line = "+CUSD: 0,\"Plan \"XL\": 5,00 EUR\r\nvalid \"until, 3\" May\",15\r\n".as_bytes();
        let whole = cusd(line).unwrap().body.unwrap().len();
        for cut in 0..line.len() {
            let body = cusd(&line[..cut]).and_then(|reply| reply.body);
            assert!(body.unwrap_or_default().len() <= whole + 3, "cut at {cut}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_read_without_panic(tail: Vec<u8>) {
            cusd(&[b"+CUSD: 0,\"", &tail[..]].concat());
            cusd(&tail);
        }

        #[test]
        fn a_quoted_text_comes_back(text in "[ -~\\r\\n]{0,60}", dcs in 0..256_i32) {
            // A text that itself looks like an end followed by another line is not told apart.
            prop_assume!(!text.contains("\","));
            let line = format!("+CUSD: 0,\"{text}\",{dcs}");
            let reply = cusd(line.as_bytes()).unwrap();
            prop_assert_eq!(reply.body, Some(text.as_bytes()));
            prop_assert_eq!((reply.dcs, reply.closed), (Some(dcs), true));
        }
    }
}
