//! Histories as no account has them: the rules of watching take them without panic, and in bounded time.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;
use saldo::balance::{Confidence, Kind, PotType, Role};
use saldo::watch::{
    Alerts, Answer, Event, Failure, Marks, Outcome, Pot, Record, SimKey, View, forecast, metrics,
    spending_by_month, top_ups,
};

fn decimals() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        Just(Decimal::MAX),
        Just(Decimal::MIN),
        Just(Decimal::ZERO),
        Just(Decimal::new(1, 28)),
        Just(Decimal::new(-1, 28)),
        (any::<i64>(), 0_u32..=28).prop_map(|(number, scale)| Decimal::new(number, scale)),
        (-1000_i64..1000).prop_map(|cents| Decimal::new(cents, 2)),
    ]
}

fn times() -> impl Strategy<Value = Timestamp> {
    let seconds = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    prop_oneof![
        Just(Timestamp::MIN),
        Just(Timestamp::MAX),
        Just(Timestamp::UNIX_EPOCH),
        seconds.prop_map(|second| Timestamp::from_second(second).unwrap()),
        (0_i64..40).prop_map(|day| Timestamp::from_second(1_767_225_600 + day * 86_400).unwrap()),
    ]
}

fn dates() -> impl Strategy<Value = Option<Date>> {
    let some = [Date::MIN, Date::MAX, Date::constant(2026, 2, 1)].map(Some);
    prop::sample::select(vec![some[0], some[1], some[2], None])
}

fn pots() -> impl Strategy<Value = Pot> {
    let types = [PotType::Money, PotType::Money, PotType::Data, PotType::Voice, PotType::Points];
    let units = [None, Some("EUR"), Some("USD"), Some("TB"), Some("min"), Some("\"\\\n")];
    let roles = [Role::Main, Role::Main, Role::Bonus];
    let select = prop::sample::select::<PotType>;
    (
        select(types.to_vec()),
        prop::sample::select(roles.to_vec()),
        decimals(),
        prop::sample::select(units.to_vec()),
        dates(),
    )
        .prop_map(|(pot_type, role, amount, unit, expires)| Pot {
            pot_type,
            role,
            amount,
            unit: unit.map(str::to_owned),
            expires,
        })
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    let failure = Failure {
        class: "sim".into(),
        message: String::new(),
        hint: Some("`saldo sim unlock`".into()),
    };
    let kinds = prop::sample::select(vec![Kind::Balance, Kind::Balance, Kind::Bundle, Kind::Other]);
    let sure = prop::sample::select(vec![Confidence::Sure, Confidence::Sure, Confidence::Unsure]);
    let answer = (kinds, sure, prop::collection::vec(pots(), 0..4), dates());
    prop_oneof![
        1 => Just(Outcome::Failure(failure)),
        6 => answer.prop_map(|(kind, confidence, pots, expires)| Outcome::Answer(Answer {
            kind,
            confidence,
            via: "ussd".into(),
            text: String::new(),
            raw: Vec::new(),
            pots,
            expires: expires.into_iter().collect(),
        })),
    ]
}

fn records() -> impl Strategy<Value = Record> {
    (times(), prop::sample::select(vec![None, Some("A"), Some("A"), Some("B")]), outcomes())
        .prop_map(|(time, sim, outcome)| Record {
            time,
            modem: "attic".into(),
            sim: sim.map(|sim| SimKey(sim.to_owned())),
            iccid: None,
            plmn: None,
            operator: None,
            outcome,
        })
}

fn view(record: &Record, records: &[Record], now: Timestamp) -> View {
    View {
        modem: record.modem.clone(),
        port: None,
        is_present: true,
        operator: None,
        last: Some(record.clone()),
        last_good: Some(record.clone()),
        forecast: forecast(records, now),
        alerts: Vec::new(),
        radio: None,
        next: Some(now),
    }
}

proptest! {
    #[test]
    fn no_history_panics(records in prop::collection::vec(records(), 0..12), now in times(), low in decimals()) {
        let marks = format!("low = '{low}'\ncritical = '1 EUR'\nmargin = 255\ndrain = 65535\nexpiry-lead = '3653d'");
        let mut alerts = Alerts::new(toml::from_str::<Marks>(&marks).unwrap());
        let zones = [TimeZone::UTC, TimeZone::fixed(jiff::tz::Offset::MAX), TimeZone::fixed(jiff::tz::Offset::MIN)];
        let _ = top_ups(&records);
        for zone in &zones {
            let _ = spending_by_month(&records, zone);
        }
        for (known, record) in (1..).zip(&records) {
            let view = view(record, &records[..known], now);
            let _ = alerts.handle(Event::Asked(record, view.forecast.as_ref()), now);
            let _ = alerts.handle(Event::Tick, record.time);
            let _ = (view.urgency(now), view.is_below(&"0".parse().unwrap()));
            let page = metrics(&[view], now);
            prop_assert!(page.lines().all(|line| line.starts_with("# ") || line.starts_with("saldo_")));
        }
    }

    /// What a forecast promises holds for any history.
    #[test]
    fn a_forecast_is_never_negative(records in prop::collection::vec(records(), 3..30), now in times()) {
        if let Some(forecast) = forecast(&records, now) {
            prop_assert!(forecast.per_day >= Decimal::ZERO);
            prop_assert!(forecast.days_left.is_none_or(|days| (Decimal::ZERO..=Decimal::from(3653)).contains(&days)));
            prop_assert!(forecast.days_left.is_some() || forecast.empty_on.is_none());
        }
    }
}

#[test]
fn years_of_hourly_records_take_no_time() {
    let first: Timestamp = "2024-01-01T00:00:00Z".parse().unwrap();
    let record = |hour: i64| {
        let amount = Decimal::new(1_000_000 - hour, 2);
        let pot = Pot {
            pot_type: PotType::Money,
            role: Role::Main,
            amount,
            unit: Some("EUR".into()),
            expires: None,
        };
        let answer = Answer {
            kind: Kind::Balance,
            confidence: Confidence::Sure,
            via: "ussd".into(),
            text: String::new(),
            raw: Vec::new(),
            pots: vec![pot],
            expires: Vec::new(),
        };
        Record {
            time: first + SignedDuration::from_hours(hour),
            modem: "attic".into(),
            sim: None,
            iccid: None,
            plmn: None,
            operator: None,
            outcome: Outcome::Answer(answer),
        }
    };
    let records: Vec<_> = (0..10 * 8766).map(record).collect();
    let now = records.last().unwrap().time;
    let begun = Instant::now();
    let forecast = forecast(&records, now).unwrap();
    assert_eq!(forecast.per_day, Decimal::new(24, 2));
    assert_eq!(top_ups(&records), []);
    assert_eq!(spending_by_month(&records, &TimeZone::UTC).len(), 120);
    // A tenth of a second where nothing else runs; with a loop in a loop it would be hours.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
