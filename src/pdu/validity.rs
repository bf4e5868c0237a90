//! How long the service centre keeps trying (3GPP TS 23.040 clause 9.2.3.12).

use std::time::Duration;

use super::reader::Reader;
use super::{Error, Time};

/// A validity period in one of its three forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// As long as this, in steps from five minutes to a week.
    Relative(Duration),
    /// Until then; `None` where the octets are no time.
    Absolute(Option<Time>),
    /// The seven octets of the enhanced form, which nobody is known to send.
    Enhanced([u8; 7]),
}

impl Validity {
    /// The period in the form that the first octet of a SUBMIT announces.
    pub(super) fn read(first: u8, reader: &mut Reader<'_>) -> Result<Option<Self>, Error> {
        const FIELD: &str = "validity period";
        Ok(match first & FORMAT {
            RELATIVE => Some(Self::Relative(duration(reader.octet(FIELD)?))),
            ABSOLUTE => Some(Self::Absolute(Time::from_octets(reader.array(FIELD)?))),
            ENHANCED => Some(Self::Enhanced(reader.array(FIELD)?)),
            _ => None,
        })
    }

    /// The bits of the first octet, and the octets of the field.
    pub(super) fn octets(self) -> (u8, Vec<u8>) {
        match self {
            Self::Relative(duration) => (RELATIVE, vec![relative(duration)]),
            Self::Absolute(time) => (ABSOLUTE, time.map_or([0xFF; 7], Time::octets).to_vec()),
            Self::Enhanced(octets) => (ENHANCED, octets.to_vec()),
        }
    }
}

const FORMAT: u8 = 0x18;
const RELATIVE: u8 = 0x10;
const ABSOLUTE: u8 = 0x18;
const ENHANCED: u8 = 0x08;

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

fn duration(value: u8) -> Duration {
    let steps = u64::from(value);
    Duration::from_secs(match value {
        0..=143 => (steps + 1) * 5 * MINUTE,
        144..=167 => DAY / 2 + (steps - 143) * 30 * MINUTE,
        168..=196 => (steps - 166) * DAY,
        197..=255 => (steps - 192) * 7 * DAY,
    })
}

/// The shortest period that is not shorter than asked for.
fn relative(asked: Duration) -> u8 {
    (0..=254).find(|value| duration(*value) >= asked).unwrap_or(255)
}

#[cfg(test)]
mod tests {
    use super::{DAY, Duration, MINUTE, duration, relative};

    #[test]
    fn steps_grow_from_minutes_to_weeks() {
        #[rustfmt::skip]
        let rows = [
            (0, 5 * MINUTE), (143, DAY / 2), (144, DAY / 2 + 30 * MINUTE), (167, DAY), (168, 2 * DAY),
            (170, 4 * DAY), (196, 30 * DAY), (197, 35 * DAY), (255, 63 * 7 * DAY),
        ];
        for (value, seconds) in rows {
            assert_eq!(duration(value), Duration::from_secs(seconds), "{value}");
        }
        for value in 0..=255 {
            assert_eq!(relative(duration(value)), value);
        }
        assert_eq!(duration(relative(Duration::from_secs(1))), Duration::from_secs(5 * MINUTE));
    }
}
