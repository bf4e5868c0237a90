//! Phone numbers and identities in text: long runs of digits, with or without marks between.

use super::{Context, zero};

/// So many digits are a phone number, a voucher or an identity; fewer are an amount, a date, a code.
pub(super) const LONG: usize = 9;

/// Masks the long numbers of a text, in place.
pub(super) fn mask(text: &mut [u8], context: &Context) {
    let asked = |names: &[&str], label| context.asked(names) || super::has(text, label);
    let kept = match () {
        () if asked(&["CGSN", "+GSN", "SIMEI", "ATI"], b"IMEI") => IMEI,
        () if asked(&["CIMI", "#RFSTS"], b"IMSI") => IMSI,
        () => 0,
    };
    let mut from = 0;
    while let Some((start, end)) = next_number(text, from) {
        let before = start.checked_sub(1).and_then(|place| text.get(place)).copied();
        let number = text.get_mut(start..end).unwrap_or_default();
        let digits = number.iter().filter(|octet| octet.is_ascii_digit()).count();
        if digits == number.len() && before != Some(b'+') {
            mask_run(number, kept);
        } else {
            zero(number, 2);
        }
        from = end;
    }
}

/// What of an IMEI says which model it is, and of an IMSI which network's.
const IMEI: usize = 8;
const IMSI: usize = 5;

/// A run of digits: its length and beginning say what it is.
fn mask_run(run: &mut [u8], kept: usize) {
    let is_checked = luhn(run);
    let (kept, has_check_digit) = match run.len() {
        32 => (8, false), // an EID
        18..=20 if run.starts_with(b"89") => (6, true),
        14..=16 => (kept, kept == IMEI),
        _ => (0, false),
    };
    zero(run, kept);
    if is_checked && has_check_digit {
        set_check_digit(run);
    }
}

/// Whether the last digit is the check digit (ISO/IEC 7812-1 annex B).
pub(super) fn luhn(digits: &[u8]) -> bool {
    digits.len() > 1 && luhn_sum(digits) % 10 == 0
}

/// Makes the last digit the check digit of the others.
pub(super) fn set_check_digit(digits: &mut [u8]) {
    if let Some(last) = digits.last_mut() {
        *last = b'0';
    }
    let check = (10 - luhn_sum(digits) % 10) % 10;
    if let Some(last) = digits.last_mut() {
        *last = b'0' + check;
    }
}

fn luhn_sum(digits: &[u8]) -> u8 {
    let weighed = digits.iter().rev().zip([1, 2].into_iter().cycle()).map(|(digit, weight)| {
        let weighed = digit.wrapping_sub(b'0') % 10 * weight;
        weighed / 10 + weighed % 10
    });
    weighed.fold(0, |sum, digit| (sum + digit) % 10)
}

/// The next long number at or behind `from`.
fn next_number(text: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut start = from;
    while start < text.len() {
        let run = run(text, start);
        if run == 0 {
            start += 1;
            continue;
        }
        let grouped = grouped(text, start);
        if run >= LONG || grouped > run {
            return Some((start, start + grouped.max(run)));
        }
        start += run;
    }
    None
}

/// How many digits stand from here on.
fn run(text: &[u8], start: usize) -> usize {
    text.iter().skip(start).take_while(|octet| octet.is_ascii_digit()).count()
}

/// The length of a phone number written in groups; 0 where it is none.
///
/// It begins with `+` or a zero, and its first group has three digits, or all have two with the
/// same mark between: a date goes on with a year of four digits, or with a time behind another mark.
fn grouped(text: &[u8], start: usize) -> usize {
    let is_international = start.checked_sub(1).and_then(|place| text.get(place)) == Some(&b'+');
    if !is_international && text.get(start) != Some(&b'0') {
        return 0;
    }
    let mut groups = Vec::new();
    let mut marks: Vec<u8> = Vec::new();
    let mut end = start;
    loop {
        let group = run(text, end);
        groups.push(group);
        end += group;
        let goes_on =
            matches!(text.get(end), Some(b' ' | b'.' | b'/' | b'-')) && run(text, end + 1) > 1;
        if !goes_on {
            break;
        }
        marks.extend(text.get(end));
        end += 1;
    }
    let digits: usize = groups.iter().sum();
    let is_even = marks.windows(2).all(|pair| pair.first() == pair.last());
    let in_pairs = groups.len() >= 5 && is_even && groups.iter().all(|group| *group == 2);
    let begins = is_international || in_pairs || groups.first().is_some_and(|group| *group >= 3);
    if begins && digits >= LONG { end - start } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn numbers_in_text() {
        for (text, expected) in [
            ("bel 0470 12 34 56 nu",     "bel 0400 00 00 00 nu"),
            ("bel 04 70 12 34 56",       "bel 04 00 00 00 00"),
            ("+32 470 12 34 56.",        "+32 000 00 00 00."),
            ("+32470123456",             "+32000000000"),
            ("0032470123456",            "0000000000000"),
            ("voucher 1234567890123",    "voucher 0000000000000"),
            ("04-05-2026 10:11",         "04-05-2026 10:11"),
            ("07.08.26 12.13.14",        "07.08.26 12.13.14"),
            ("012 1234",                 "012 1234"),
            ("12.345.678,90",            "12.345.678,90"),
            ("89049032123451234512345678901235", "89049032000000000000000000000000"),
        ] {
            let mut masked = text.as_bytes().to_vec();
            mask(&mut masked, &Context::default());
            assert_eq!(String::from_utf8(masked).unwrap(), expected);
        }
    }
}
