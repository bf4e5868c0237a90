//! Dates and times written in digits: ISO, day or month first, two-digit and Buddhist years.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::{char, one_of, space0};
use nom::combinator::{map_opt, not, opt, peek};
use nom::sequence::terminated;
use nom::{IResult, Parser};

use jiff::civil;

/// Three numbers that are a date, in an order that the country settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumericDate {
    /// Year, month, day.
    Iso(u16, u16, u16),
    /// Day and month in either order, then a year with so many digits.
    Local(u16, u16, u16, usize),
}

/// A time of day, or a length of time written like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    /// Before the first colon.
    pub(crate) first: u32,
    /// Between the colons.
    pub(crate) second: u32,
    /// Behind the second colon, where there is one.
    pub(crate) third: Option<u32>,
}

/// Years that a validity date can have; what lies outside is no date.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;

/// How much older the calendar's years are.
const BUDDHIST: i16 = 543;

/// Years of the Solar Hijri calendar of Iran and Afghanistan: 2011 to 2051. Lunar ones, which are not
/// read, have passed 1440.
const SOLAR_HIJRI: std::ops::RangeInclusive<i16> = 1390..=1429;

impl NumericDate {
    /// The date, with the month first where the country writes so; none where no calendar has it.
    pub(crate) fn resolve(self, month_first: bool, buddhist: bool) -> Option<civil::Date> {
        match self {
            Self::Iso(year, month, day) => date(year, month, day, 4, buddhist),
            Self::Local(a, b, year, digits) => {
                let (month, day) = if month_first { (a, b) } else { (b, a) };
                date(year, month, day, digits, buddhist)
                    .or_else(|| date(year, day, month, digits, buddhist))
            }
        }
    }
}

/// A date from its parts. Two-digit years are of this century, Buddhist years are converted.
pub(crate) fn date(
    year: u16,
    month: u16,
    day: u16,
    digits: usize,
    buddhist: bool,
) -> Option<civil::Date> {
    let mut year = i16::try_from(year).ok()?;
    if digits == 2 {
        year += if buddhist && year >= 43 { 2500 } else { 2000 };
    }
    if SOLAR_HIJRI.contains(&year) {
        return solar_hijri(year, month, day);
    }
    if year > *YEARS.end() {
        year -= BUDDHIST;
    }
    if !YEARS.contains(&year) {
        return None;
    }
    civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Six months of 31 days, five of 30, and a last one that leap years, eight in 33, make longer.
fn solar_hijri(year: i16, month: u16, day: u16) -> Option<civil::Date> {
    let leaps = |year: i16| (8 * i32::from(year) + 29).div_euclid(33);
    let is_leap = leaps(year) > leaps(year - 1);
    let length = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 => 29 + u16::from(is_leap),
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // The first of Farvardin 1404.
    let new_year = civil::Date::constant(2025, 3, 21);
    let years = i32::from(year - 1404) * 365 + leaps(year - 1) - leaps(1403);
    let before = if month <= 7 { 31 * (month - 1) } else { 186 + 30 * (month - 7) };
    let days = years + i32::from(before) + i32::from(day) - 1;
    new_year.checked_add(jiff::Span::new().days(days)).ok()
}

/// A date with its year: `2026-12-31`, `31.12.2026`, `12/31/26`, `20261231`, `2026年12月31日`.
pub(crate) fn numeric_date(input: &str) -> IResult<&str, NumericDate> {
    let end = not(peek(digits(1, 1)));
    terminated(alt((year_first, year_last, compact, han)), end).parse(input)
}

fn year_first(input: &str) -> IResult<&str, NumericDate> {
    let (rest, year) = map_opt(digits(4, 4), plausible_year).parse(input)?;
    let (rest, mark) = one_of("-/.").parse(rest)?;
    let (rest, (month, _, day)) = (digits(1, 2), char(mark), digits(1, 2)).parse(rest)?;
    Ok((rest, NumericDate::Iso(year, month.0, day.0)))
}

fn year_last(input: &str) -> IResult<&str, NumericDate> {
    let day_or_month =
        || map_opt(digits(1, 2), |(value, _)| (1..=31).contains(&value).then_some(value));
    let (rest, a) = day_or_month().parse(input)?;
    let (rest, mark) = one_of("-/.").parse(rest)?;
    let (rest, (b, _)) = (day_or_month(), char(mark)).parse(rest)?;
    let (rest, (year, len)) = alt((digits(4, 4), digits(2, 2))).parse(rest)?;
    let known = (a <= 12 || b <= 12) && (len == 2 || plausible_year((year, len)).is_some());
    not(peek(digits(1, 1))).parse(rest)?;
    if known { Ok((rest, NumericDate::Local(a, b, year, len))) } else { fail(input) }
}

fn compact(input: &str) -> IResult<&str, NumericDate> {
    let (rest, (year, month, day)) = (digits(4, 4), digits(2, 2), digits(2, 2)).parse(input)?;
    let (rest, _) = opt(digits(6, 6)).parse(rest)?;
    let known =
        (2010..2060).contains(&year.0) && (1..=12).contains(&month.0) && (1..=31).contains(&day.0);
    if known { Ok((rest, NumericDate::Iso(year.0, month.0, day.0))) } else { fail(input) }
}

fn han(input: &str) -> IResult<&str, NumericDate> {
    let (rest, (year, _, month, _, day, _)) =
        (digits(4, 4), tag("年"), digits(1, 2), tag("月"), digits(1, 2), tag("日")).parse(input)?;
    Ok((rest, NumericDate::Iso(year.0, month.0, day.0)))
}

/// A day of a month with no year: `31/12`, `12月22日`. `24/7` looks the same, and is no amount either.
pub(crate) fn day_of_month(input: &str) -> IResult<&str, ()> {
    let han = (digits(1, 2), tag("月"), digits(1, 2), tag("日")).map(|_| ());
    let slash =
        (digits(1, 2), char('/'), digits(1, 2), not(peek(one_of("0123456789/")))).map(|_| ());
    alt((han, slash)).parse(input)
}

/// `23:59`, `23:59:59`, `11:16 AM`, `23h59`, `0:0:15`.
pub(crate) fn clock(input: &str) -> IResult<&str, Clock> {
    let (rest, first) = digits(1, 3).parse(input)?;
    let (rest, mark) = one_of(":h").parse(rest)?;
    let (rest, (second, len)) = digits(1, 2).parse(rest)?;
    let (rest, third) = if mark == ':' {
        opt((char(':'), digits(1, 2)).map(|(_, part)| part)).parse(rest)?
    } else {
        (rest, None)
    };
    not(peek(digits(1, 1))).parse(rest)?;
    if len < 2 && third.is_none() || second > 59 {
        return fail(input);
    }
    let half = (space0, alt((tag("am"), tag("pm"), tag("hrs"), tag("hr"))));
    let (rest, _) = opt(terminated(half, not(peek(letter)))).parse(rest)?;
    let third = third.map(|(value, _)| u32::from(value));
    Ok((rest, Clock { first: u32::from(first.0), second: u32::from(second), third }))
}

fn letter(input: &str) -> IResult<&str, char> {
    map_opt(nom::character::complete::anychar, |c| c.is_alphabetic().then_some(c)).parse(input)
}

/// Whether a year of four digits can be one of a validity date, in any calendar.
pub(super) fn plausible_year((year, _): (u16, usize)) -> Option<u16> {
    matches!(year, 1390..=1429 | 1990..=2199 | 2500..=2700).then_some(year)
}

/// From `least` to `most` digits: their value and how many there were.
fn digits<'t>(
    least: usize,
    most: usize,
) -> impl Parser<&'t str, Output = (u16, usize), Error = nom::error::Error<&'t str>> {
    let run = take_while_m_n(least, most, |c: char| c.is_ascii_digit());
    map_opt(run, |text: &str| text.parse().ok().map(|value| (value, text.len())))
}

fn fail<T>(input: &str) -> IResult<&str, T> {
    Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Verify)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn dates_in_digits() {
        for (text, month_first, buddhist, expected) in [
            ("2026-12-31",     false, false, Some("2026-12-31")),
            ("2026/2/3",       false, false, Some("2026-02-03")),
            ("31.12.2026",     false, false, Some("2026-12-31")),
            ("3.4.2027",       false, false, Some("2027-04-03")),
            ("04/03/16",       true,  false, Some("2016-04-03")),
            ("04/03/16",       false, false, Some("2016-03-04")),
            ("12/25/2026",     false, false, Some("2026-12-25")),
            ("25/12/2565",     false, true,  Some("2022-12-25")),
            ("25/12/65",       false, true,  Some("2022-12-25")),
            ("01-01-2100",     false, false, Some("2100-01-01")),
            ("20261231",       false, false, Some("2026-12-31")),
            ("2026年12月31日",  false, false, Some("2026-12-31")),
            ("1405/12/14",     false, false, Some("2027-03-05")),
            ("01/01/1399",     false, false, Some("2020-03-20")),
            ("1403/12/30",     false, false, Some("2025-03-20")),
            ("1404/12/30",     false, false, None),
            ("1448/05/12",     false, false, None),
            ("31/31/2026",     false, false, None),
            ("30/02/2026",     false, false, None),
            ("12.34",          false, false, None),
            ("31.12.1850",     false, false, None),
            ("12345678",       false, false, None),
            ("1.12.265",       false, false, None),
        ] {
            let got = numeric_date(text).ok().and_then(|(_, date)| date.resolve(month_first, buddhist));
            assert_eq!(got.map(|date| date.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn times_of_day_and_lengths() {
        let parse =
            |text| clock(text).map(|(rest, clock)| (clock.first, clock.second, clock.third, rest));
        assert_eq!(parse("23:59hr"), Ok((23, 59, None, "")));
        assert_eq!(parse("0:0:15,main"), Ok((0, 0, Some(15), ",main")));
        assert_eq!(parse("23h59"), Ok((23, 59, None, "")));
        assert_eq!(parse("3:47 pm."), Ok((3, 47, None, ".")));
        assert!(parse("1:5").is_err());
        assert!(parse("5h").is_err());
    }
}
