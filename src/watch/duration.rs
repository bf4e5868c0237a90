//! Lengths of time as people write them: `90s`, `15m`, `6h`, `2d`, `1h30m`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// What is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no length of time: expected a number with s, m, h or d, such as 90s, 15m, 6h or 2d"
)]
pub struct NotADuration(pub String);

/// Reads whole numbers, each with its unit: `s`, `m`, `h` or `d`; several are added up.
///
/// # Errors
///
/// [`NotADuration`] with what was expected; also for a bare number, whose unit nobody can guess.
///
/// ```
/// use saldo::watch::duration;
/// use std::time::Duration;
///
/// assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
/// assert_eq!(duration("1h 30m"), Ok(Duration::from_secs(5400)));
/// assert!(duration("90").is_err());
/// ```
pub fn duration(text: &str) -> Result<Duration, NotADuration> {
    seconds(text).map(Duration::from_secs).ok_or_else(|| NotADuration(text.to_owned()))
}

fn seconds(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut sum: Option<u64> = None;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at_checked(end)?;
        let unit = behind.chars().next()?;
        let part = number.parse::<u64>().ok()?.checked_mul(length(unit)?)?;
        sum = Some(sum.unwrap_or_default().checked_add(part)?);
        rest = behind.get(unit.len_utf8()..)?.trim_start();
    }
    sum.filter(|sum| *sum <= LONGEST)
}

fn length(unit: char) -> Option<u64> {
    Some(match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => DAY,
        _ => return None,
    })
}

/// As [`duration`], of a text in a configuration.
pub(super) fn in_toml<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(value)?;
    duration(&text).map(Some).map_err(de::Error::custom)
}

pub(super) const DAY: u64 = 24 * 3600;

/// Ten years: far above what anybody waits, and far below what a clock cannot count.
const LONGEST: u64 = 3653 * DAY;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn lengths_of_time() {
        for (text, expected) in [
            ("0s",           Some(0)),
            ("90s",          Some(90)),
            ("15m",          Some(900)),
            ("6h",           Some(21_600)),
            ("2d",           Some(172_800)),
            ("1d12h",        Some(129_600)),
            (" 1h 30m ",     Some(5400)),
            ("3653d",        Some(315_619_200)),
            ("",             None),
            ("90",           None),
            ("h",            None),
            ("-1h",          None),
            ("1.5h",         None),
            ("6 h",          None),
            ("6H",           None),
            ("1w",           None),
            ("5µ",           None),
            ("4000d",        None),
            ("99999999999999999999s", None),
            ("18446744073709551615d", None),
        ] {
            assert_eq!(seconds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_error_says_what_was_expected() {
        assert_eq!(
            duration("6 hours").unwrap_err().to_string(),
            "`6 hours` is no length of time: expected a number with s, m, h or d, such as 90s, 15m, 6h or 2d"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String) {
            let _ = duration(&text);
        }
    }
}
