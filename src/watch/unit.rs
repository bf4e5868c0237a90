//! The units that amounts are counted in, and what can be compared.

use rust_decimal::Decimal;

use super::Pot;
use crate::balance::PotType;

/// What a unit of ours counts, and how many base units it is: octets, seconds, messages, points.
const UNITS: &[(&str, PotType, i64)] = &[
    ("B", PotType::Data, 1),
    ("KB", PotType::Data, 1_000),
    ("MB", PotType::Data, 1_000_000),
    ("GB", PotType::Data, 1_000_000_000),
    ("TB", PotType::Data, 1_000_000_000_000),
    ("min", PotType::Voice, 60),
    ("s", PotType::Voice, 1),
    ("SMS", PotType::Sms, 1),
];

/// The unit as we write it, what it counts, and how many base units it is; `None` for a currency.
pub(super) fn counted(unit: &str) -> Option<(&'static str, PotType, i64)> {
    UNITS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(unit)).copied()
}

impl Pot {
    /// The amount in octets, seconds, messages or points, money as it is; `None` for a unit that is none of ours.
    pub(super) fn in_base_units(&self) -> Option<Decimal> {
        let factor = match (self.pot_type, self.unit.as_deref()) {
            (PotType::Money | PotType::Sms | PotType::Points, _) => 1,
            (wanted, unit) => counted(unit?).filter(|(_, found, _)| *found == wanted)?.2,
        };
        self.amount.checked_mul(Decimal::from(factor))
    }
}
