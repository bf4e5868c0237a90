//! Service centre time stamps (3GPP TS 23.040 clause 9.2.3.11).

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A local time and how far it is ahead of UTC, in quarters of an hour.
///
/// [`fmt::Display`] writes it as RFC 3339: `2026-11-27T10:00:00+01:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    /// Date and time on the service centre's clock; the years are 2000 to 2099.
    pub local: DateTime,
    /// What that clock is ahead of UTC.
    pub offset: Offset,
}

impl Time {
    /// The same moment on the UTC clock.
    pub fn utc(self) -> Option<Timestamp> {
        self.offset.to_timestamp(self.local).ok()
    }

    /// A time as modems write it in text mode, `26/11/27,10:00:00+04` (3GPP TS 27.005 clause 3.1).
    pub fn from_text(text: &str) -> Option<Self> {
        let zone = text.rfind(['+', '-'])?;
        let (clock, quarters) = text.split_at_checked(zone)?;
        let parts: Vec<i8> =
            clock.split(['/', ',', ':']).map(str::parse).collect::<Result<_, _>>().ok()?;
        let [year, month, day, hour, minute, second] = parts[..] else { return None };
        let local =
            DateTime::new(2000 + i16::from(year), month, day, hour, minute, second, 0).ok()?;
        let quarters: i32 = quarters.parse().ok()?;
        Some(Self { local, offset: Offset::from_seconds(quarters.checked_mul(QUARTER)?).ok()? })
    }

    /// `None` where the octets are no time: some centres send zeros, some SIMs 0xFF.
    pub(super) fn from_octets(octets: [u8; 7]) -> Option<Self> {
        let [year, month, day, hour, minute, second, zone] = octets;
        let year = 2000 + i16::from(decimal(year)?);
        let (month, day) = (decimal(month)?, decimal(day)?);
        let (hour, minute, second) = (decimal(hour)?, decimal(minute)?, decimal(second)?);
        let local = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
        let quarters = i32::from(decimal(zone & !WEST)?);
        let sign = if zone & WEST == 0 { 1 } else { -1 };
        Some(Self { local, offset: Offset::from_seconds(sign * quarters * QUARTER).ok()? })
    }

    /// The seven octets; years outside 2000 to 2099 lose their century.
    pub(super) fn octets(self) -> [u8; 7] {
        let (date, time) = (self.local.date(), self.local.time());
        let quarters = self.offset.seconds() / QUARTER;
        let zone = semi_octets(quarters.abs()) | if quarters < 0 { WEST } else { 0 };
        let parts = [date.month(), date.day(), time.hour(), time.minute(), time.second()];
        let [month, day, hour, minute, second] = parts.map(|part| semi_octets(i32::from(part)));
        [semi_octets(i32::from(date.year())), month, day, hour, minute, second, zone]
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.offset.seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
        write!(f, "{}{sign}{hours:02}:{minutes:02}", self.local)
    }
}

/// The bit of the zone that says: behind UTC.
const WEST: u8 = 0x08;

const QUARTER: i32 = 15 * 60;

/// Two digits, the low semi-octet first.
fn decimal(octet: u8) -> Option<i8> {
    let (tens, units) = (octet & 0x0F, octet >> 4);
    if tens < 10 && units < 10 { i8::try_from(tens * 10 + units).ok() } else { None }
}

fn semi_octets(number: i32) -> u8 {
    let digit = |number: i32| u8::try_from(number.rem_euclid(10)).unwrap_or(0);
    digit(number) << 4 | digit(number / 10)
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn zones_count_quarters_of_an_hour() {
        #[rustfmt::skip]
        let rows: &[([u8; 7], Option<&str>)] = &[
            ([0x62, 0x11, 0x72, 0x01, 0x00, 0x00, 0x40], Some("2026-11-27T10:00:00+01:00")),
            ([0x62, 0x11, 0x72, 0x01, 0x00, 0x00, 0x00], Some("2026-11-27T10:00:00+00:00")),
            ([0x62, 0x11, 0x72, 0x01, 0x00, 0x00, 0x0A], Some("2026-11-27T10:00:00-05:00")),
            ([0x62, 0x11, 0x72, 0x01, 0x00, 0x00, 0x22], Some("2026-11-27T10:00:00+05:30")),
            ([0x62, 0x11, 0x72, 0x01, 0x00, 0x00, 0x41], Some("2026-11-27T10:00:00+03:30")),
            ([0x62, 0x11, 0x72, 0x01, 0x00, 0x00, 0x4D], Some("2026-11-27T10:00:00-13:30")),
            ([0x99, 0x30, 0x92, 0x51, 0x61, 0x95, 0x80], Some("2099-03-29T15:16:59+02:00")),
            ([0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00], None),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], None),
            ([0x62, 0x20, 0x03, 0x00, 0x00, 0x00, 0x00], None),
        ];
        for (octets, text) in rows {
            let time = Time::from_octets(*octets);
            assert_eq!(time.map(|time| time.to_string()).as_deref(), *text, "{octets:x?}");
            assert_eq!(time.map_or(*octets, Time::octets), *octets);
        }
    }

    #[test]
    fn text_mode_writes_the_same_times() {
        #[rustfmt::skip]
        let rows: &[(&str, Option<&str>)] = &[
            ("26/11/27,10:00:00+04", Some("2026-11-27T10:00:00+01:00")),
            ("26/11/27,10:00:00-20", Some("2026-11-27T10:00:00-05:00")),
            ("26/11/27,10:00:00",    None),
            ("26/13/27,10:00:00+04", None),
            ("26/11/27,10:00+04",    None),
            ("-1+04",                None),
            ("26/11/27,10:00:00+999999999", None),
            ("",                     None),
        ];
        for (text, expected) in rows {
            let time = Time::from_text(text).map(|time| time.to_string());
            assert_eq!(time.as_deref(), *expected, "{text}");
        }
    }

    #[test]
    fn utc_is_the_same_moment() {
        let time = Time::from_octets([0x62, 0x11, 0x72, 0x01, 0x00, 0x00, 0x0A]).unwrap();
        assert_eq!(time.utc().unwrap().to_string(), "2026-11-27T15:00:00Z");
    }
}
