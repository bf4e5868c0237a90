//! A balance that was just asked, as it is remembered.

use jiff::Timestamp;

use super::{Balance, Turn};
use crate::Error;
use crate::ids::{Iccid, Msisdn, mask_number};
use crate::operators::SimFacts;
use crate::store::Salt;
use crate::transcript::redacted_answer;
use crate::watch::{Answer, Failure, Outcome, Pot, Record, SimKey};

/// By what SIMs are known again in a history.
#[derive(Clone, Copy)]
pub enum KeepIccid {
    /// By a hash of the ICCID.
    Hashed(Salt),
    /// By the ICCID itself.
    Plain,
}

impl KeepIccid {
    fn key_of(&self, iccid: &Iccid) -> SimKey {
        match self {
            Self::Hashed(salt) => salt.key_of(iccid),
            Self::Plain => SimKey(iccid.expose().to_owned()),
        }
    }
}

/// One question to the modem `name` and what came of it; phone numbers in the operator's words are masked.
pub fn record_of(
    name: &str,
    time: Timestamp,
    outcome: Result<&Balance, &Error>,
    sim: &SimFacts,
    keep: &KeepIccid,
) -> Record {
    let operator = outcome.ok().and_then(|balance| balance.plan.operator.as_ref());
    Record {
        time: Timestamp::from_second(time.as_second()).unwrap_or(time),
        modem: name.to_owned(),
        sim: sim.iccid.as_ref().map(|iccid| keep.key_of(iccid)),
        iccid: sim.iccid.as_ref().map(ToString::to_string),
        plmn: sim.home(operator).map(|plmn| plmn.to_string()),
        operator: operator.map(|operator| operator.id.clone()),
        outcome: match outcome {
            Ok(balance) => Outcome::Answer(answer(balance)),
            Err(error) => Outcome::Failure(Failure {
                class: error.class().to_owned(),
                message: error.to_string(),
                hint: error.hint(),
            }),
        },
    }
}

fn answer(balance: &Balance) -> Answer {
    let reading = &balance.reading;
    let raw = |turn: &Turn| masked(&turn.reply.raw);
    Answer {
        kind: reading.kind,
        confidence: reading.confidence,
        via: balance.via.as_str().to_owned(),
        text: masked_text(&balance.text, reading.msisdn.as_deref()),
        raw: balance.turns.iter().map(raw).collect(),
        pots: reading.pots.iter().map(Pot::from).collect(),
        expires: reading.expires.clone(),
    }
}

/// The SIM's own number shortened, other long ones with zeros for digits.
fn masked_text(text: &str, own: Option<&str>) -> String {
    let shown = |own: &str| Msisdn::parse(own).map_or_else(|_| "…".into(), |own| own.shown(false));
    match own {
        Some(own) => masked(mask_number(text, own, &shown(own)).as_bytes()),
        None => masked(text.as_bytes()),
    }
}

fn masked(said: &[u8]) -> String {
    let masked = redacted_answer(b"AT+CUSD", &[said.to_vec()]).concat();
    String::from_utf8_lossy(&masked).into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::super::sender::Fit;
    use super::super::{Asked, Follow, Plan, Via};
    use super::*;
    use crate::ids::Imsi;
    use crate::operators::Operators;

    fn balance(text: &str) -> Balance {
        let operator = Operators::default().by_id("be-proximus-prepaid");
        let ask = Asked::Ussd {
            code: "#121#".parse().unwrap(),
            path: Vec::new(),
            follow: Follow::AsGiven,
            by_message: false,
        };
        let plan = Plan { operator, found_by: None, ask };
        Balance::new(plan, Vec::new(), (text.into(), Via::Ussd), Fit::Operator, Duration::ZERO)
    }

    fn sim() -> SimFacts {
        SimFacts {
            imsi: Imsi::parse("206010000000010").ok(),
            iccid: Iccid::parse("8932020000000000010").ok(),
            ..SimFacts::default()
        }
    }

    fn record(outcome: Result<&Balance, &Error>, keep: &KeepIccid) -> Record {
        record_of("attic", "2026-11-22T10:00:00.7Z".parse().unwrap(), outcome, &sim(), keep)
    }

    #[test]
    fn an_answer_is_remembered_without_numbers() {
        let balance =
            balance("Nr 0470 12 34 56: uw saldo is 12,34 EUR tot 31/12/2026. Bel 0800123456.");
        let record = record(Ok(&balance), &KeepIccid::Plain);
        assert_eq!(record.main().unwrap().amount.to_string(), "12.34");
        assert_eq!(record.sim, Some(SimKey("8932020000000000010".into())));
        let text = serde_json::to_string(&record).unwrap();
        assert!(!text.contains("12 34 56") && !text.contains("0800123456"), "{text}");
        assert!(text.contains("12,34 EUR tot 31/12/2026"), "{text}");
        assert!(text.starts_with(r#"{"time":"2026-11-22T10:00:00Z","modem":"attic""#), "{text}");
        assert!(
            text.contains(r#""iccid":"8932…0010","plmn":"20601","operator":"be-proximus-prepaid""#)
        );
    }

    #[test]
    fn a_failure_is_remembered_with_its_class() {
        let folder = tempfile::tempdir().unwrap();
        let keep = KeepIccid::Hashed(Salt::in_folder(folder.path() as &Path).unwrap());
        let error = Error::Network { message: "no answer".into(), hint: None };
        let record = record(Err(&error), &keep);
        let Outcome::Failure(failure) = &record.outcome else { panic!("{record:?}") };
        assert_eq!((failure.class.as_str(), failure.message.as_str()), ("network", "no answer"));
        assert_eq!(record.sim.as_ref().unwrap().0.len(), 16);
        assert!(!serde_json::to_string(&record).unwrap().contains("000000"));
    }
}
