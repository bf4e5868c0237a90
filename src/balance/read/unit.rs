//! What a figure counts.

use crate::balance::lexicon::{Class, Classes};
use crate::balance::reading::PotType;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Money; none where the currency is not known.
    Money(Option<&'static str>),
    /// Data, with its unit.
    Data(&'static str),
    /// Talk time in minutes.
    Minutes,
    /// Talk time in seconds.
    Seconds,
    /// Hours, which are talk time only together with minutes.
    Hours,
    /// Messages.
    Sms,
    /// Points.
    Points,
    /// Days, percent, times: nothing that is left in an account.
    Foreign,
    /// Nothing is said: money where the words around it say so.
    Bare,
}

impl Unit {
    /// The pot it makes.
    pub(super) fn pot(self) -> Option<(PotType, Option<&'static str>)> {
        Some(match self {
            Self::Money(code) => (PotType::Money, code),
            Self::Data(unit) => (PotType::Data, Some(unit)),
            Self::Minutes => (PotType::Voice, Some("min")),
            Self::Seconds => (PotType::Voice, Some("s")),
            Self::Sms => (PotType::Sms, None),
            Self::Points => (PotType::Points, None),
            Self::Bare => (PotType::Money, None),
            Self::Hours | Self::Foreign => return None,
        })
    }

    pub(super) fn is_money(self) -> bool {
        matches!(self, Self::Money(_))
    }

    pub(super) fn is_allowance(self) -> bool {
        matches!(self, Self::Data(_) | Self::Minutes | Self::Seconds | Self::Sms)
    }

    pub(super) fn is_talk(self) -> bool {
        matches!(self, Self::Minutes | Self::Seconds | Self::Hours)
    }

    pub(super) fn of_word(classes: Classes) -> Option<Self> {
        const UNITS: [(Class, Unit); 11] = [
            (Class::Megabyte, Unit::Data("MB")),
            (Class::Gigabyte, Unit::Data("GB")),
            (Class::Kilobyte, Unit::Data("KB")),
            (Class::Terabyte, Unit::Data("TB")),
            (Class::Byte, Unit::Data("B")),
            (Class::Minute, Unit::Minutes),
            (Class::Second, Unit::Seconds),
            (Class::Hour, Unit::Hours),
            (Class::Sms, Unit::Sms),
            (Class::Points, Unit::Points),
            (Class::Day, Unit::Foreign),
        ];
        UNITS.iter().find(|(class, _)| classes.has(*class)).map(|(_, unit)| *unit)
    }
}
