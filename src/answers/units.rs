//! Levels as numbers with a physical range, and the indexes that modems send in their place.

use std::ops::RangeInclusive;

use crate::at::params::Params;

use super::item::Signal;

/// A power in dBm, a ratio in dB or a temperature in °C, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(i32);

impl Level {
    /// `offset` + `index` × `step`, both in hundredths: how 3GPP counts levels.
    pub(super) fn from_index(index: i32, offset: i32, step: i32) -> Option<Self> {
        index.checked_mul(step)?.checked_add(offset).map(Self)
    }

    /// The number itself, times `hundredths`: 100 for whole units, 10 for tenths.
    pub(super) fn scaled(number: f64, hundredths: f64) -> Option<Self> {
        let scaled = (number * hundredths).round();
        #[expect(clippy::cast_possible_truncation, reason = "checked to be far inside")]
        (scaled.abs() < 1e8).then_some(Self(scaled as i32))
    }

    /// The number as the modem writes it, in whole units with or without a fraction.
    pub(super) fn plain(number: f64) -> Option<Self> {
        Self::scaled(number, 100.0)
    }

    /// The value in its unit.
    pub fn value(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// The value, where it has no fraction.
    pub(super) fn whole(self) -> Option<i32> {
        (self.0 % 100 == 0).then_some(self.0 / 100)
    }

    fn within(self, range: &RangeInclusive<i32>) -> bool {
        range.start() * 100 <= self.0 && self.0 <= range.end() * 100
    }
}

/// In whole units.
impl From<i16> for Level {
    fn from(units: i16) -> Self {
        Self(100 * i32::from(units))
    }
}

/// Radio access technologies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rat {
    /// 2G, with GPRS and EDGE.
    Gsm,
    /// 3G of 3GPP, WCDMA and TD-SCDMA.
    Umts,
    /// 4G.
    Lte,
    /// LTE for machines (Cat-M, eMTC).
    LteM,
    /// Narrowband LTE.
    NbIot,
    /// 5G.
    Nr,
    /// 2G and 3G of 3GPP2.
    Cdma,
}

impl Rat {
    /// The name in JSON, as most modems spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gsm => "GSM",
            Self::Umts => "WCDMA",
            Self::Lte => "LTE",
            Self::LteM => "LTE-M",
            Self::NbIot => "NB-IoT",
            Self::Nr => "NR",
            Self::Cdma => "CDMA",
        }
    }

    /// What a modem's word for it means; case and punctuation do not count.
    pub(super) fn of(word: &str) -> Option<Self> {
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let word = word.to_ascii_uppercase();
        WORDS.iter().find(|(part, _)| word.contains(part)).map(|(_, rat)| *rat)
    }
}

/// Parts of the words that firmware uses; the first that a word contains decides.
#[rustfmt::skip]
const WORDS: &[(&str, Rat)] = &[
    ("CATM", Rat::LteM), ("EMTC", Rat::LteM), ("LTEM", Rat::LteM),
    ("CATNB", Rat::NbIot), ("NBIOT", Rat::NbIot),
    ("NR", Rat::Nr), ("LTE", Rat::Lte), ("EUTRA", Rat::Lte),
    ("WCDMA", Rat::Umts), ("SCDMA", Rat::Umts), ("UMTS", Rat::Umts), ("UTRA", Rat::Umts),
    ("HSPA", Rat::Umts), ("HSDPA", Rat::Umts), ("HSUPA", Rat::Umts),
    ("GSM", Rat::Gsm), ("GPRS", Rat::Gsm), ("EDGE", Rat::Gsm),
    ("CDMA", Rat::Cdma), ("EVDO", Rat::Cdma), ("HDR", Rat::Cdma), ("1X", Rat::Cdma),
];

/// A range that a value must be in, or it is what the firmware sends for "unknown".
pub(super) struct Range(RangeInclusive<i32>);

impl Range {
    pub(super) fn check(&self, level: Option<Level>) -> Option<Level> {
        level.filter(|level| level.within(&self.0))
    }
}

pub(super) const RSSI: Range = Range(-125..=-10);
/// 3GPP TS 36.133 clause 9.1.4, one step lower for the open end.
pub(super) const RSRP: Range = Range(-141..=-44);
/// 3GPP TS 38.133 clause 10.1.6.
pub(super) const RSRP_NR: Range = Range(-157..=-31);
pub(super) const RSRQ: Range = Range(-34..=3);
pub(super) const RSRQ_NR: Range = Range(-44..=20);
pub(super) const SINR: Range = Range(-24..=40);
pub(super) const RSCP: Range = Range(-121..=-24);
pub(super) const ECIO: Range = Range(-33..=0);
/// What a modem survives; 255 and -273 are no temperatures.
pub(super) const CELSIUS: Range = Range(-50..=140);

/// The values of one line, each kept only inside its physical range.
impl Signal {
    pub(super) fn of(rat: Option<Rat>) -> Self {
        Self { rat, ..Self::default() }
    }

    pub(super) fn rssi(self, level: Option<Level>) -> Self {
        Self { rssi_dbm: RSSI.check(level), ..self }
    }

    pub(super) fn rsrp(self, level: Option<Level>) -> Self {
        let range = if self.rat == Some(Rat::Nr) { RSRP_NR } else { RSRP };
        Self { rsrp_dbm: range.check(level), ..self }
    }

    pub(super) fn rsrq(self, level: Option<Level>) -> Self {
        let range = if self.rat == Some(Rat::Nr) { RSRQ_NR } else { RSRQ };
        Self { rsrq_db: range.check(level), ..self }
    }

    pub(super) fn sinr(self, level: Option<Level>) -> Self {
        Self { sinr_db: SINR.check(level), ..self }
    }

    pub(super) fn rscp(self, level: Option<Level>) -> Self {
        Self { rscp_dbm: RSCP.check(level), ..self }
    }

    pub(super) fn ecio(self, level: Option<Level>) -> Self {
        Self { ecio_db: ECIO.check(level), ..self }
    }

    /// Whether no value is known.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self { rat: self.rat, ..Self::default() }
    }
}

/// How an index becomes a level, and how far it goes: 3GPP TS 27.007 clauses 8.5 and 8.69, lower edges.
pub(super) struct Index {
    last: i32,
    offset: i32,
    step: i32,
}

impl Index {
    const fn new(last: i32, offset: i32, step: i32) -> Self {
        Self { last, offset, step }
    }

    /// The level, or `None` for 99, 255 and whatever else lies outside.
    pub(super) fn level(&self, index: Option<i32>) -> Option<Level> {
        let index = index.filter(|index| (0..=self.last).contains(index))?;
        Level::from_index(index, self.offset, self.step)
    }

    /// The level of the index in one field.
    pub(super) fn at(&self, params: &Params<'_>, place: usize) -> Option<Level> {
        self.level(params.number(place))
    }
}

pub(super) const CSQ_RSSI: Index = Index::new(31, -11_300, 200);
pub(super) const RXLEV: Index = Index::new(63, -11_100, 100);
pub(super) const CESQ_RSCP: Index = Index::new(96, -12_100, 100);
pub(super) const CESQ_ECNO: Index = Index::new(49, -2_450, 50);
pub(super) const CESQ_RSRQ: Index = Index::new(34, -2_000, 50);
pub(super) const CESQ_RSRP: Index = Index::new(97, -14_100, 100);
pub(super) const SS_RSRQ: Index = Index::new(126, -4_350, 50);
pub(super) const SS_RSRP: Index = Index::new(126, -15_700, 100);
pub(super) const SS_SINR: Index = Index::new(127, -2_350, 50);
/// Huawei's scales, from its own manuals.
pub(super) const HCSQ_RSSI: Index = Index::new(96, -12_100, 100);
pub(super) const HCSQ_ECIO: Index = Index::new(65, -3_250, 50);
pub(super) const HCSQ_SINR: Index = Index::new(251, -2_020, 20);
pub(super) const HCSQ_RSRQ: Index = Index::new(34, -2_000, 50);
/// Quectel's signal to noise, in fifths of a dB.
pub(super) const QCSQ_SINR: Index = Index::new(250, -2_000, 20);

/// A level that stands in the field as it is; Intel's firmware signs the fraction too: `-9.-50`.
pub(super) fn level_at(params: &Params<'_>, place: usize) -> Option<Level> {
    let signed_twice = || params.at(place).str()?.replacen(".-", ".", 1).parse().ok();
    params.number(place).or_else(signed_twice).and_then(Level::plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_give_lower_edges_and_unknown_gives_none() {
        let value = |level: Option<Level>| level.map(Level::value);
        assert_eq!(value(CSQ_RSSI.level(Some(17))), Some(-79.0));
        assert_eq!(value(CESQ_RSRP.level(Some(60))), Some(-81.0));
        assert_eq!(value(CESQ_RSRQ.level(Some(17))), Some(-11.5));
        assert_eq!(value(HCSQ_SINR.level(Some(171))), Some(14.0));
        assert_eq!(value(QCSQ_SINR.level(Some(141))), Some(8.2));
        for unknown in [-1, 99, 255] {
            assert_eq!(CSQ_RSSI.level(Some(unknown)), None);
        }
    }

    #[test]
    fn values_outside_physics_are_unknown() {
        let signal =
            Signal::of(Some(Rat::Lte)).rsrp(Level::plain(-32768.0)).sinr(Level::plain(250.0));
        assert!(signal.is_empty());
        assert_eq!(Level::plain(f64::NAN), None);
        assert_eq!(Level::plain(1e300), None);
    }

    #[test]
    #[rustfmt::skip]
    fn words_for_technologies() {
        for (word, rat) in [
            ("FDD LTE",    Some(Rat::Lte)),
            ("LTE CAT-M1", Some(Rat::LteM)),
            ("eMTC",       Some(Rat::LteM)),
            ("NBIoT",      Some(Rat::NbIot)),
            ("NR5G_NSA",   Some(Rat::Nr)),
            ("TDSCDMA",    Some(Rat::Umts)),
            ("HSPA+",      Some(Rat::Umts)),
            ("EGPRS",      Some(Rat::Gsm)),
            ("CDMA 1X",    Some(Rat::Cdma)),
            ("NOSERVICE",  None),
        ] {
            assert_eq!(Rat::of(word), rat, "{word}");
        }
    }
}
