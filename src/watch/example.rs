//! Records for tests.

use jiff::Timestamp;

use super::{Answer, Failure, Outcome, Pot, Radio, Record, SimKey, View};
use crate::balance::{Confidence, Kind, PotType, Role};

pub(super) fn at(time: &str) -> Timestamp {
    time.parse().unwrap_or_else(|_| format!("{time}T00:00:00Z").parse().unwrap())
}

/// An answer of SIM `A` in modem `attic`: `amount` is `12.34 EUR` or `12.34`.
pub(super) fn record(time: Timestamp, amount: &str) -> Record {
    let (amount, unit) = amount.split_once(' ').map_or((amount, None), |(a, u)| (a, Some(u)));
    Record {
        time,
        modem: "attic".into(),
        sim: Some(SimKey("A".into())),
        iccid: Some("8932…0010".into()),
        plmn: Some("20601".into()),
        operator: Some("be-proximus-prepaid".into()),
        outcome: Outcome::Answer(Answer {
            kind: Kind::Balance,
            confidence: Confidence::Sure,
            via: "ussd".into(),
            text: String::new(),
            raw: Vec::new(),
            pots: vec![Pot {
                pot_type: PotType::Money,
                role: Role::Main,
                amount: amount.parse().unwrap(),
                unit: unit.map(Into::into),
                expires: None,
            }],
            expires: Vec::new(),
        }),
    }
}

pub(super) fn failure(time: Timestamp, class: &str, message: &str) -> Record {
    let failure = Failure { class: class.into(), message: message.into(), hint: None };
    Record { outcome: Outcome::Failure(failure), ..record(time, "0") }
}

/// A modem that is there and was asked once, in vain.
pub(super) fn view() -> View {
    View {
        modem: "attic".into(),
        port: Some("/dev/ttyUSB2".into()),
        is_present: true,
        operator: Some("Proximus".into()),
        last: Some(failure(at("2026-01-06"), "network", "no")),
        last_good: None,
        forecast: None,
        alerts: Vec::new(),
        radio: Some(Radio { rssi_dbm: Some(-79), registration: Some(1) }),
        next: Some(at("2026-01-06T06:00:00Z")),
    }
}

impl Record {
    pub(super) fn of_sim(self, sim: &str) -> Self {
        Self { sim: Some(SimKey(sim.into())), ..self }
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Answer)) -> Self {
        if let Outcome::Answer(answer) = &mut self.outcome {
            change(answer);
        }
        self
    }

    pub(super) fn unsure(self) -> Self {
        self.with(|answer| answer.confidence = Confidence::Unsure)
    }

    /// With pots of data beside the money: `450 MB`.
    pub(super) fn with_data(self, pots: &[&str]) -> Self {
        let pot = |text: &&str| {
            let (amount, unit) = text.split_once(' ').unwrap();
            let (pot_type, role, unit) = (PotType::Data, Role::Bonus, Some(unit.to_owned()));
            Pot { pot_type, role, amount: amount.parse().unwrap(), unit, expires: None }
        };
        self.with(|answer| answer.pots.extend(pots.iter().map(pot)))
    }

    pub(super) fn until(self, day: &str) -> Self {
        self.with(|answer| answer.expires = vec![day.parse().unwrap()])
    }
}
