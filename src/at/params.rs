//! Parameter lists of information responses: `+NAME: a,"b",,3` (V.250 clause 5.4.2), as written
//! by firmware that forgets quotes and scatters blanks.

use std::str::FromStr;

use nom::branch::alt;
use nom::bytes::complete::{take_till, take_while, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{eof, opt, peek, recognize, value};
use nom::multi::separated_list1;
use nom::sequence::{delimited, terminated};
use nom::{IResult, Parser};

/// The parameters of one line, by place. A place that the line does not have reads as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params<'a>(Vec<Param<'a>>);

/// One parameter: its octets without quotes and outer blanks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Param<'a> {
    /// What the field holds.
    pub octets: &'a [u8],
    /// Whether a quote stood at either edge.
    pub quoted: bool,
}

/// Splits `+NAME: rest` into its name without colon and the rest without leading blanks.
///
/// The name keeps its sign and case. Before the colon may come blanks, behind it also a line break.
/// `None` where the line has no such prefix; names without a sign (`DST:`) are none.
pub fn split_prefix(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let name = recognize((one_of("+^#!*%$_&"), take_while1(is_name)));
    let (rest, name) = delimited(blanks, name, (blanks, char(':'), blanks)).parse(line).ok()?;
    Some((name, rest))
}

/// What follows `name:`, where the line begins with it in any case.
///
/// ```
/// use saldo::at::params::after;
///
/// assert_eq!(after(b"+csq:17,99", "+CSQ"), Some(&b"17,99"[..]));
/// assert_eq!(after(b"+CSQ: 17,99", "+CESQ"), None);
/// ```
pub fn after<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (found, rest) = split_prefix(line)?;
    found.eq_ignore_ascii_case(name.as_bytes()).then_some(rest)
}

impl<'a> Params<'a> {
    /// Reads a whole list; any octets are some list.
    ///
    /// A quote closes a field only where a comma or the end follows, so a lost closing quote costs
    /// one field and not the rest of the line.
    pub fn parse(input: &'a [u8]) -> Self {
        let parsed: IResult<_, _> = separated_list1(char(','), param).parse(input);
        Self(parsed.map(|(_, list)| list).unwrap_or_default())
    }

    /// How many fields there are, empty ones counted.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the list is one empty field, or nothing.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|param| param.octets.is_empty() && !param.quoted)
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = Param<'a>> {
        self.0.iter().copied()
    }

    /// The field at `place`, empty where the line is shorter.
    pub fn at(&self, place: usize) -> Param<'a> {
        self.0.get(place).copied().unwrap_or_default()
    }

    /// The field at `place` as a decimal number.
    pub fn number<N: FromStr>(&self, place: usize) -> Option<N> {
        self.at(place).number()
    }

    /// The field at `place` as a hexadecimal number.
    pub fn hex(&self, place: usize) -> Option<u64> {
        self.at(place).hex()
    }

    /// The field at `place` as text; `None` where it is empty.
    pub fn text(&self, place: usize) -> Option<String> {
        self.at(place).text()
    }

    /// The list from `place` on.
    pub fn from(&self, place: usize) -> Self {
        Self(self.0.get(place..).unwrap_or_default().to_vec())
    }
}

impl<'a> Param<'a> {
    /// As a decimal number, with sign, leading zeros or a fraction where `N` takes them.
    pub fn number<N: FromStr>(&self) -> Option<N> {
        self.str()?.trim().parse().ok()
    }

    /// As a hexadecimal number, with or without `0x`.
    pub fn hex(&self) -> Option<u64> {
        let digits = self.str()?.trim();
        let digits = digits.strip_prefix("0x").or(digits.strip_prefix("0X")).unwrap_or(digits);
        // from_str_radix takes a sign, which no field of ours has.
        let plain = digits.bytes().all(|octet| octet.is_ascii_hexdigit());
        plain.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
    }

    /// As it stands, where it is UTF-8.
    pub fn str(&self) -> Option<&'a str> {
        std::str::from_utf8(self.octets).ok()
    }

    /// As text, foreign octets replaced; `None` where the field is empty.
    pub fn text(&self) -> Option<String> {
        (!self.octets.is_empty()).then(|| String::from_utf8_lossy(self.octets).into_owned())
    }

    /// Compares without regard to case.
    pub fn is(&self, word: &str) -> bool {
        self.octets.eq_ignore_ascii_case(word.as_bytes())
    }
}

fn param(input: &[u8]) -> IResult<&[u8], Param<'_>> {
    delimited(blanks, alt((quoted, bare)), blanks).parse(input)
}

fn quoted(input: &[u8]) -> IResult<&[u8], Param<'_>> {
    let end = (blanks, alt((value((), peek(char(','))), value((), eof))));
    let body = take_till(|octet| octet == b'"');
    let (rest, octets) = delimited(char('"'), body, terminated(char('"'), end)).parse(input)?;
    Ok((rest, Param { octets, quoted: true }))
}

/// A field with no quotes, or with one of its two lost.
fn bare(input: &[u8]) -> IResult<&[u8], Param<'_>> {
    let (rest, field) = take_till(|octet| octet == b',').parse(input)?;
    let octets = field.trim_ascii();
    let octets = octets.strip_prefix(b"\"").unwrap_or(octets);
    let octets = octets.strip_suffix(b"\"").unwrap_or(octets);
    Ok((rest, Param { octets: octets.trim_ascii(), quoted: field.contains(&b'"') }))
}

fn blanks(input: &[u8]) -> IResult<&[u8], Option<&[u8]>> {
    opt(take_while(|octet: u8| octet.is_ascii_whitespace())).parse(input)
}

fn is_name(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet == b'_'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn lists_with_lost_quotes_and_scattered_blanks() {
        for (input, fields) in [
            (r#"0,2,"26202",7"#,         &["0", "2", "26202", "7"][..]),
            (r#"1, 4, "0A1B" ,"00FF""#,  &["1", "4", "0A1B", "00FF"]),
            (r#"2,1,"0C,"0200802",7"#,   &["2", "1", "0C", "0200802", "7"]),
            (r#"2,1,"6F36"#,             &["2", "1", "6F36"]),
            (r#"0,0,"ALPHA,2"#,          &["0", "0", "ALPHA", "2"]),
            (r#"0,0,ALPHA,2"#,           &["0", "0", "ALPHA", "2"]),
            (r#""",+15550001",145"#,     &["", "+15550001", "145"]),
            (r#""25/05/03,10:50:28+08""#,&["25/05/03,10:50:28+08"]),
            (r#"25/05/03,10:50:28","+08",1"#, &["25/05/03", "10:50:28", "+08", "1"]),
            (",,",                       &["", "", ""]),
            ("",                         &[""]),
        ] {
            let got = Params::parse(input.as_bytes());
            let got: Vec<_> = got.iter().map(|param| param.str().unwrap()).collect();
            assert_eq!(got, fields, "{input}");
        }
    }

    #[test]
    fn a_prefix_is_followed_by_anything_or_nothing() {
        #[rustfmt::skip]
        let lines = [
            "+GTCCINFO:\r\n1,4", "+GTCCINFO:1,4", "+gtccinfo:  1,4", "\r\n+GTCCINFO: 1,4", "+GTCCINFO : 1,4",
        ];
        for line in lines {
            assert_eq!(after(line.as_bytes(), "+GTCCINFO"), Some(&b"1,4"[..]), "{line:?}");
        }
        assert_eq!(split_prefix(b"DST: 0"), None);
        assert_eq!(split_prefix(b"+ 5"), None);
    }

    #[test]
    fn numbers_in_both_bases() {
        let params = Params::parse(b"002,-6.5,0x4D07,\"00ff\",+7");
        assert_eq!(params.number(0), Some(2_u8));
        assert_eq!(params.number(1), Some(-6.5_f64));
        assert_eq!(params.hex(2), Some(0x4D07));
        assert_eq!(params.hex(3), Some(255));
        assert_eq!(params.hex(4), None);
        assert_eq!(params.number::<u8>(9), None);
    }

    proptest! {
        #[test]
        fn any_octets_are_some_list(input: Vec<u8>) {
            prop_assert!(Params::parse(&input).len() <= input.len() + 1);
            split_prefix(&input);
        }

        #[test]
        fn a_well_formed_list_comes_back(fields in prop::collection::vec("[a-z0-9 ,]{0,8}", 1..9)) {
            let line = fields.iter().map(|field| format!("\"{field}\"")).collect::<Vec<_>>().join(",");
            let got = Params::parse(line.as_bytes());
            let got: Vec<_> = got.iter().map(|param| param.str().unwrap().to_owned()).collect();
            prop_assert_eq!(got, fields);
        }
    }
}
