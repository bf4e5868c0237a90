//! How good a signal is: the limits that field engineers use, by radio technology.

use std::fmt;

use serde::Serialize;

use crate::answers::{Level, Rat, Signal};

/// From no use to as good as it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// Drops out.
    Bad,
    /// Works with luck.
    Weak,
    /// Works.
    Fair,
    /// Works well.
    Good,
    /// Next to the mast.
    Excellent,
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Bad => "bad",
            Self::Weak => "weak",
            Self::Fair => "fair",
            Self::Good => "good",
            Self::Excellent => "excellent",
        })
    }
}

/// One level that quality is judged by, with the scale it is on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// `RSRP`, `SINR`.
    pub name: &'static str,
    /// `dBm` or `dB`.
    pub unit: &'static str,
    /// The value.
    pub level: Level,
    /// Lower ends of weak, fair, good and excellent.
    limits: [i16; 4],
}

impl Measure {
    /// Where the value stands among the limits.
    pub fn quality(self) -> Quality {
        let [weak, fair, good, excellent] = self.limits.map(f64::from);
        match self.level.value() {
            value if value >= excellent => Quality::Excellent,
            value if value >= good => Quality::Good,
            value if value >= fair => Quality::Fair,
            value if value >= weak => Quality::Weak,
            _ => Quality::Bad,
        }
    }

    /// From 0, below what works, to 1, as good as it gets.
    pub fn share(self) -> f64 {
        let [weak, .., excellent] = self.limits.map(f64::from);
        let (bottom, top) = (weak - (excellent - weak) / 4.0, excellent + (excellent - weak) / 8.0);
        ((self.level.value() - bottom) / (top - bottom)).clamp(0.0, 1.0)
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.name, self.level.value(), self.unit)
    }
}

/// The power of a signal: what an antenna is turned by.
pub(super) fn power(signal: &Signal, rat: Option<Rat>) -> Option<Measure> {
    let (name, level, limits) = match rat {
        Some(Rat::Umts) if signal.rscp_dbm.is_some() => ("RSCP", signal.rscp_dbm, UMTS),
        Some(Rat::Gsm | Rat::Umts | Rat::Cdma) => ("RSSI", signal.rssi_dbm, GSM),
        _ if signal.rsrp_dbm.is_some() => ("RSRP", signal.rsrp_dbm, LTE),
        _ if signal.rscp_dbm.is_some() => ("RSCP", signal.rscp_dbm, UMTS),
        _ => ("RSSI", signal.rssi_dbm, GSM),
    };
    Some(Measure { name, unit: "dBm", level: level?, limits })
}

/// How clean it is: what interference spoils.
pub(super) fn cleanness(signal: &Signal) -> Option<Measure> {
    let all = [
        ("SINR", signal.sinr_db, [-3, 0, 13, 20]),
        ("Ec/Io", signal.ecio_db, [-16, -12, -9, -6]),
        ("RSRQ", signal.rsrq_db, [-19, -15, -12, -9]),
    ];
    let (name, level, limits) = all.into_iter().find(|(_, level, _)| level.is_some())?;
    Some(Measure { name, unit: "dB", level: level?, limits })
}

const LTE: [i16; 4] = [-118, -108, -95, -82];
const UMTS: [i16; 4] = [-108, -98, -88, -75];
const GSM: [i16; 4] = [-106, -97, -87, -72];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::{Item, decode};

    fn signal(line: &str, request: &str) -> Signal {
        match decode(line.as_bytes(), None, Some(request)).items.into_iter().next() {
            Some(Item::Signal(signal)) => signal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_technology_has_its_own_scale() {
        for (csq, expected) in [(31, Quality::Excellent), (15, Quality::Good), (2, Quality::Bad)] {
            let signal = signal(&format!("+CSQ: {csq},99"), "AT+CSQ");
            assert_eq!(power(&signal, Some(Rat::Gsm)).unwrap().quality(), expected, "{csq}");
        }
        let lte = signal("+CESQ: 99,99,255,255,20,40", "AT+CESQ"); // -101 dBm, -10 dB
        let measure = power(&lte, None).unwrap();
        assert_eq!((measure.name, measure.quality()), ("RSRP", Quality::Fair));
        assert_eq!(cleanness(&lte).unwrap().quality(), Quality::Good);
        assert!(measure.share() > 0.0 && measure.share() < 1.0);
    }
}
