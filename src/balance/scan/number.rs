//! Numbers in every notation: `12.34`, `12,34`, `1.234.567`, `1 234,56`, `12,34,567.89`, `1'234.50`.

use nom::bytes::complete::tag;
use nom::character::complete::{digit1, one_of};
use nom::combinator::{not, peek};
use nom::{IResult, Parser};
use rust_decimal::Decimal;

use super::date::{clock, numeric_date};

/// A number as written. Whether its one mark is a decimal one may need the rest of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// All digits, without marks.
    digits: i64,
    /// How many of them are decimals, where nothing is in doubt.
    decimals: u32,
    /// The mark of a number like `1.234`, which is read in two ways.
    pub(crate) doubt: Option<char>,
    /// The decimal mark that the notation itself proves, as in `12.34` or `1.234,50`.
    pub(crate) proof: Option<char>,
    /// Whether only digits were written.
    pub(crate) plain: bool,
    /// Whether groups stood apart by spaces.
    pub(crate) spaced: bool,
}

impl Number {
    fn plain(digits: &str) -> Option<Self> {
        let digits = digits.parse().ok()?;
        Some(Self { digits, decimals: 0, doubt: None, proof: None, plain: true, spaced: false })
    }

    /// The value, with `decimal` as the mark before the decimals.
    pub(crate) fn value(&self, decimal: char) -> Decimal {
        let decimals = if self.doubt == Some(decimal) { 3 } else { self.decimals };
        Decimal::new(self.digits, decimals)
    }

    /// The value, where it is a small whole number: a day, a year, a count of hours.
    pub(crate) fn small(&self) -> Option<u16> {
        if self.plain { u16::try_from(self.digits).ok() } else { None }
    }

    /// The number with a subunit written out, as `12 rub. 34 kop.`; none where it had decimals.
    pub(crate) fn with_subunit(&self, subunit: &Self) -> Option<Self> {
        if self.decimals != 0 || self.doubt.is_some() || !subunit.plain || subunit.digits > 99 {
            return None;
        }
        let digits = self.digits.checked_mul(100)?.checked_add(subunit.digits)?;
        Some(Self { digits, decimals: 2, doubt: None, proof: None, plain: false, spaced: false })
    }
}

/// Parses the longest number at the start of `input`.
///
/// `spaces` says whether a space may stand between groups of three digits with no decimals behind.
pub(crate) fn number(input: &str, spaces: bool) -> IResult<&str, Number> {
    let (rest, first) = digit1(input)?;
    let mut run = Run { first, groups: [(' ', ""); MOST_GROUPS], len: 0 };
    let mut longest = (rest, run.number(spaces));
    let mut rest = rest;
    while let Ok((after, (mark, digits))) = group(rest) {
        if !run.push(mark, digits) {
            break;
        }
        rest = after;
        if let Some(number) = run.number(spaces) {
            longest = (rest, Some(number));
        }
    }
    match longest {
        (rest, Some(number)) => Ok((rest, number)),
        (_, None) => {
            Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Digit)))
        }
    }
}

/// A mark and the digits behind it, unless a date or a time begins there: `0.125,20-12-2028`.
fn group(input: &str) -> IResult<&str, (char, &str)> {
    let (rest, mark) = one_of(".,' ").parse(input)?;
    not(peek(numeric_date)).parse(rest)?;
    not(peek(clock)).parse(rest)?;
    let (rest, digits) = digit1(rest)?;
    // "5 1. Recharge" and "20 500MB" hold two numbers; "1.5.2" holds a version.
    if mark == ' ' && digits.len() == 3 {
        not(peek(tag::<_, _, nom::error::Error<&str>>("#"))).parse(rest)?;
    }
    Ok((rest, (mark, digits)))
}

const MOST_GROUPS: usize = 6;

/// Digits and the groups behind them, as far as read.
struct Run<'t> {
    first: &'t str,
    groups: [(char, &'t str); MOST_GROUPS],
    len: usize,
}

impl<'t> Run<'t> {
    fn push(&mut self, mark: char, digits: &'t str) -> bool {
        let Some(slot) = self.groups.get_mut(self.len) else { return false };
        *slot = (mark, digits);
        self.len += 1;
        true
    }

    fn groups(&self) -> &[(char, &'t str)] {
        self.groups.get(..self.len).unwrap_or(&[])
    }

    /// What is read so far as a number, where it is one.
    fn number(&self, spaces: bool) -> Option<Number> {
        let Some(((mark, last), before)) = self.groups().split_last() else {
            return Number::plain(self.first);
        };
        let lakhs = before.len() == 1 && self.thousands(self.groups()) == Some(',');
        let grouped = if lakhs { ',' } else { self.thousands(before)? };
        let base = Number { digits: self.digits()?, plain: false, ..Number::plain("0")? };
        let spaced = self.groups().iter().any(|(mark, _)| *mark == ' ');
        if !before.is_empty() && grouped == *mark || matches!(mark, ' ' | '\'') {
            let all = self.thousands(self.groups())?;
            let allowed = all != ' ' || spaces;
            return allowed.then_some(Number { spaced, ..base });
        }
        if before.is_empty()
            && last.len() == 3
            && self.first.len() <= 3
            && !self.first.starts_with('0')
        {
            return Some(Number { doubt: Some(*mark), ..base });
        }
        let decimals = u32::try_from(last.len()).ok().filter(|decimals| *decimals <= 6)?;
        Some(Number { decimals, proof: Some(*mark), spaced, ..base })
    }

    /// The one mark between groups of thousands, or of lakhs; a space where there are no groups.
    fn thousands(&self, groups: &[(char, &str)]) -> Option<char> {
        let Some(((mark, last), before)) = groups.split_last() else { return Some(' ') };
        let same = before.iter().all(|(other, _)| other == mark);
        let western = before.iter().all(|(_, digits)| digits.len() == 3);
        let indian = *mark == ',' && before.iter().all(|(_, digits)| digits.len() == 2);
        let first = (1..=3).contains(&self.first.len());
        (same && first && last.len() == 3 && (western || indian)).then_some(*mark)
    }

    fn digits(&self) -> Option<i64> {
        let all = std::iter::once(self.first).chain(self.groups().iter().map(|group| group.1));
        let mut digits = 0_i64;
        for octet in all.flat_map(str::bytes) {
            digits = digits.checked_mul(10)?.checked_add(i64::from(octet.wrapping_sub(b'0')))?;
        }
        Some(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn notations() {
        for (text, decimal, expected, left) in [
            ("12.34",                 '.', "12.34",       ""),
            ("12,34 EUR",             ',', "12.34",       " EUR"),
            ("1.234,56",              ',', "1234.56",     ""),
            ("1,234.56",              '.', "1234.56",     ""),
            ("1 250,00 Ar",           ',', "1250.00",     " Ar"),
            ("45 000 Ar",             ',', "45000",       " Ar"),
            ("1'234.50",              '.', "1234.50",     ""),
            ("12,34,567.89",          '.', "1234567.89",  ""),
            ("1,00,000",              '.', "100000",      ""),
            ("1.234.567",             ',', "1234567",     ""),
            ("47.000d",               ',', "47000",       "d"),
            ("15.365.",               '.', "15.365",      "."),
            ("0.400",                 ',', "0.400",       ""),
            ("13.3380.",              '.', "13.3380",     "."),
            ("1312326.28.",           '.', "1312326.28",  "."),
            ("0.125,20-12-2028",      '.', "0.125",       ",20-12-2028"),
            ("24.460,28-07-2027",     '.', "24.460",      ",28-07-2027"),
            ("5,10,15",               '.', "5.10",        ",15"),
            ("5 1. Recharge",         ',', "5",           " 1. Recharge"),
            ("3.08. Balance",         '.', "3.08",        ". Balance"),
            ("5 12:30",               ',', "5",           " 12:30"),
            ("007",                   '.', "7",           ""),
        ] {
            let (rest, number) = number(text, true).unwrap();
            assert_eq!((number.value(decimal).to_string().as_str(), rest), (expected, left), "{text}");
        }
    }

    #[test]
    fn too_many_digits_are_no_number() {
        assert!(number("12345678901234567890", true).is_err());
    }

    #[test]
    fn a_subunit_joins_a_whole_number_only() {
        let parse = |text| number(text, false).unwrap().1;
        let joined = parse("12").with_subunit(&parse("5")).unwrap();
        assert_eq!(joined.value('.').to_string(), "12.05");
        assert!(parse("12.5").with_subunit(&parse("5")).is_none());
        assert!(parse("12").with_subunit(&parse("500")).is_none());
    }
}
