use proptest::prelude::*;

use super::super::example::{at, failure, record};
use super::*;

/// `+low` where something is raised, `-low` where it ends.
fn signs(alerts: &[Alert]) -> String {
    let sign =
        |alert: &Alert| format!("{}{}", if alert.is_raised { '+' } else { '-' }, alert.kind.name());
    alerts.iter().map(sign).collect::<Vec<_>>().join(" ")
}

fn marks() -> Marks {
    toml::from_str("low = '10 EUR'\ncritical = '2 EUR'\ndrain = 3").unwrap()
}

fn asked(alerts: &mut Alerts, record: &Record) -> String {
    signs(&alerts.handle(Event::Asked(record, None), record.time))
}

#[test]
fn marks_are_crossed_once_in_each_direction() {
    let mut alerts = Alerts::new(marks());
    for (amount, expected) in [
        ("10.00 EUR", ""),
        ("9.99 EUR", "+low"),
        ("10.00 EUR", ""),
        ("10.49 EUR", ""),
        ("9.00 EUR", ""),
        ("1.99 EUR", "+critical"),
        ("2.09 EUR", ""),
        ("2.10 EUR", "-critical"),
        ("1.00 EUR", "+critical"),
        ("50.00 EUR", "-critical -low"),
        ("1.00 EUR", "+critical"),
        ("5.00 EUR", "-critical +low"),
        ("10.50 EUR", "-low"),
        ("-3 EUR", "+critical"),
    ] {
        assert_eq!(asked(&mut alerts, &record(at("2026-01-01"), amount)), expected, "{amount}");
    }
    assert_eq!(alerts.raised(), [AlertKind::Critical]);
}

#[test]
fn a_mark_of_data_is_for_itself() {
    let marks = toml::from_str("low = ['10 EUR', '500 MB']\ncritical = '0.1 GB'").unwrap();
    let mut alerts = Alerts::new(marks);
    let time = at("2026-01-01");
    for (money, data, expected) in [
        ("20 EUR", &["300 MB", "0.3 GB"][..], ""),
        ("20 EUR", &["0.4 GB"], "+low"),
        ("20 EUR", &[], ""),
        ("9 EUR", &[], "+low"),
        ("20 EUR", &[], ""),
        ("20 EUR", &["90 MB"], "+critical"),
        ("9 EUR", &["90 MB"], "+low"),
        ("20 EUR", &["510 MB"], "-critical"),
        ("20 EUR", &["1 TB"], "-low"),
    ] {
        let record = record(time, money).with_data(data);
        assert_eq!(asked(&mut alerts, &record), expected, "{money} {data:?}");
    }
    let record = record(time, "20 EUR").with_data(&["449567 KB"]);
    let told = alerts.handle(Event::Asked(&record, None), time).remove(0);
    assert_eq!(told.message, "449.56 MB left, below the low mark of 500 MB");
}

#[test]
fn a_mark_for_each_currency_is_no_mistake() {
    let mut alerts = Alerts::new(toml::from_str("low = ['5 EUR', '20 PLN', '1 GB']").unwrap());
    let time = at("2026-01-01");
    assert_eq!(asked(&mut alerts, &record(time, "4.00 EUR")), "+low");
    assert_eq!(asked(&mut alerts, &record(time, "9 USD")), "+foreign-mark");
}

#[test]
fn marks_the_wrong_way_round_are_seen_in_any_unit() {
    for (low, critical, is_wrong) in [
        ("5 EUR", "6 EUR", true),
        ("500 MB", "1 GB", true),
        ("1 GB", "500 MB", false),
        ("5 EUR", "6 USD", false),
        ("5", "6 GB", false),
        ("10 EUR', '2 EUR", "5 EUR", false),
        ("3 EUR', '2 EUR", "5 EUR", true),
    ] {
        let marks = format!("low = ['{low}']\ncritical = '{critical}'");
        let marks: Marks = toml::from_str(&marks).unwrap();
        assert_eq!(marks.wrong_way_round().is_some(), is_wrong, "{low} {critical}");
    }
}

#[test]
fn a_sim_that_is_known_in_another_way_is_no_other_sim() {
    let mut alerts = Alerts::new(marks());
    let reading = |sim: &str| record(at("2026-01-01"), "9 EUR").of_sim(sim);
    assert_eq!(asked(&mut alerts, &reading("5f1c9a0be83d2274")), "+low");
    assert_eq!(asked(&mut alerts, &reading("8932010000000000012")), "", "plain from now on");
    assert_eq!(asked(&mut alerts, &reading("8932020000000000028")), "-low +sim-changed +low");
}

#[test]
fn what_is_unsure_changes_nothing() {
    let mut alerts = Alerts::new(marks());
    let time = at("2026-01-01");
    assert_eq!(asked(&mut alerts, &record(time, "1 EUR").unsure()), "");
    assert_eq!(asked(&mut alerts, &record(time, "5 EUR")), "+low");
    assert_eq!(asked(&mut alerts, &record(time, "90 EUR").unsure()), "");
    assert_eq!(alerts.raised(), [AlertKind::Low]);
}

#[test]
fn a_mark_in_another_currency_is_told_once_and_never_compared() {
    let mut alerts = Alerts::new(marks());
    let time = at("2026-01-01");
    assert_eq!(asked(&mut alerts, &record(time, "1 USD")), "+foreign-mark");
    assert_eq!(asked(&mut alerts, &record(time, "0 USD")), "");
    assert_eq!(asked(&mut alerts, &record(time, "9 EUR")), "-foreign-mark +low");
    assert_eq!(asked(&mut alerts, &record(time, "90 USD")), "+foreign-mark");
    assert_eq!(asked(&mut alerts, &record(time, "90")), "-foreign-mark -low", "none is stated");
    let mut bare = Alerts::new(toml::from_str("low = 5").unwrap());
    assert_eq!(asked(&mut bare, &record(time, "1 USD")), "+low");
}

#[test]
fn validity_ends_by_time_alone() {
    let mut alerts = Alerts::new(marks());
    let first = record(at("2026-01-01"), "50 EUR").until("2026-01-31");
    assert_eq!(asked(&mut alerts, &first), "");
    for (now, expected) in [
        ("2026-01-23", ""),
        ("2026-01-24", "+expiring"),
        ("2026-01-31T23:59:59Z", ""),
        ("2026-02-01", "+expired"),
        ("2026-02-02", ""),
    ] {
        assert_eq!(signs(&alerts.handle(Event::Tick, at(now))), expected, "{now}");
    }
    assert_eq!(asked(&mut alerts, &record(at("2026-02-02"), "50 EUR")), "", "no date stated");
    let longer = record(at("2026-02-03"), "50 EUR").until("2026-02-05");
    assert_eq!(asked(&mut alerts, &longer), "-expired");
    let longer = record(at("2026-02-03"), "50 EUR").until("2026-08-05");
    assert_eq!(asked(&mut alerts, &longer), "-expiring");
    assert_eq!(alerts.raised(), []);
}

#[test]
fn a_bundle_that_ends_is_told_and_then_gone() {
    let mut alerts = Alerts::new(marks());
    let reading = |time: &str, end: &str| {
        let record = record(at(time), "50 EUR").until("2026-12-31").with_data(&["1 GB"]);
        record.with(|answer| answer.pots[1].expires = Some(end.parse().unwrap()))
    };
    assert_eq!(asked(&mut alerts, &reading("2026-01-01", "2026-01-05")), "");
    let told = alerts.handle(Event::Tick, at("2026-01-03")).remove(0);
    assert_eq!(told.message, "data bonus: valid only until 2026-01-05, 2 days from now");
    assert_eq!(asked(&mut alerts, &record(at("2026-01-04"), "50 EUR")), "", "no bundle is stated");
    assert_eq!(signs(&alerts.handle(Event::Tick, at("2026-01-06"))), "-bundle-expiring");
    assert_eq!(asked(&mut alerts, &reading("2026-01-07", "2026-01-08")), "+bundle-expiring");
    assert_eq!(asked(&mut alerts, &reading("2026-01-08", "2026-02-08")), "-bundle-expiring");
}

#[test]
fn a_new_sim_is_told_once_and_starts_anew() {
    let mut alerts = Alerts::new(marks());
    let time = at("2026-01-01");
    assert_eq!(asked(&mut alerts, &record(time, "9 EUR").until("2026-01-02")), "+expiring +low");
    let unread = Record { sim: None, ..failure(time, "sim", "no") };
    assert_eq!(asked(&mut alerts, &unread), "");
    let new = record(time, "10 EUR").of_sim("B");
    assert_eq!(
        asked(&mut alerts, &new),
        "-low -expiring +sim-changed",
        "no hysteresis of the old one"
    );
    assert_eq!(asked(&mut alerts, &new), "-sim-changed");
    assert_eq!(asked(&mut alerts, &new), "");
    assert_eq!(asked(&mut alerts, &record(time, "9 EUR").of_sim("C")), "+sim-changed +low");
    let next = record(time, "9 EUR").of_sim("D");
    assert_eq!(asked(&mut alerts, &next), "-sim-changed -low +sim-changed +low");
}

#[test]
fn questions_without_an_answer_are_counted() {
    let mut alerts = Alerts::new(marks());
    let time = at("2026-01-01");
    let silent = failure(time, "network", "no");
    assert_eq!(asked(&mut alerts, &silent), "");
    assert_eq!(asked(&mut alerts, &record(time, "50 EUR").unsure()), "");
    assert_eq!(asked(&mut alerts, &record(time, "50 EUR")), "");
    let row: Vec<_> = (0..4).map(|_| asked(&mut alerts, &silent)).collect();
    assert_eq!(row, ["", "", "+no-answer", ""]);
    assert_eq!(asked(&mut alerts, &record(time, "50 EUR")), "-no-answer");
}

#[test]
fn what_explains_silence_is_told_instead_of_it() {
    let mut alerts = Alerts::new(marks());
    let time = at("2026-01-01");
    assert_eq!(signs(&alerts.handle(Event::Gone, time)), "+modem-gone");
    let gone = failure(time, "port", "no");
    assert_eq!([(); 5].map(|()| asked(&mut alerts, &gone)), [""; 5]);
    assert_eq!(signs(&alerts.handle(Event::Back, time)), "-modem-gone");
    let locked = failure(time, "sim", "the SIM is locked by its PIN");
    assert_eq!(asked(&mut alerts, &locked), "+pin-needed");
    assert_eq!([(); 5].map(|()| asked(&mut alerts, &locked)), [""; 5]);
    assert_eq!(asked(&mut alerts, &failure(time, "network", "no")), "-pin-needed");
    assert_eq!(signs(&alerts.handle(Event::Gone, time)), "+modem-gone");
    assert_eq!(asked(&mut alerts, &record(time, "50 EUR")), "-modem-gone");
}

#[test]
fn a_fast_drain_has_its_own_margin() {
    let mut alerts = Alerts::new(marks());
    let now = at("2026-01-01");
    let reading = record(now, "50 EUR");
    for (days, expected) in [
        (Some("3"), ""),
        (Some("2.9"), "+fast-drain"),
        (Some("3.9"), ""),
        (Some("4"), "-fast-drain"),
        (Some("0"), "+fast-drain"),
        (None, "-fast-drain"),
    ] {
        let forecast = Forecast {
            unit: Some("EUR".into()),
            per_day: Decimal::TEN,
            days_left: days.map(|days| days.parse().unwrap()),
            empty_on: None,
            expires: None,
            ends_before_expiry: false,
        };
        let told = alerts.handle(Event::Asked(&reading, Some(&forecast)), now);
        assert_eq!(signs(&told), expected, "{days:?}");
    }
}

#[test]
fn a_restart_tells_nothing_again() {
    let mut alerts = Alerts::new(marks());
    let low = record(at("2026-01-01"), "9 EUR");
    assert_eq!(asked(&mut alerts, &low), "+low");
    let kept = serde_json::to_string(alerts.state()).unwrap();
    let mut alerts = Alerts::resume(marks(), serde_json::from_str(&kept).unwrap());
    assert_eq!(asked(&mut alerts, &low), "");
    let mut alerts = Alerts::resume(Marks::default(), serde_json::from_str(&kept).unwrap());
    assert_eq!(asked(&mut alerts, &low), "-low", "the mark is gone");
    assert_eq!(serde_json::from_str::<AlertState>("{}").unwrap(), AlertState::default());
}

#[test]
#[rustfmt::skip]
fn people_are_told_in_sentences() {
    let mut alerts = Alerts::new(marks());
    let now = at("2026-01-27");
    let forecast = Forecast {
        unit: Some("EUR".into()), per_day: "1.5".parse().unwrap(), days_left: Some("1.3".parse().unwrap()),
        empty_on: Some("2026-01-28".parse().unwrap()), expires: None, ends_before_expiry: true,
    };
    let mut said = |event: Event<'_>| -> Vec<String> {
        let told = alerts.handle(event, now);
        told.iter().map(|alert| format!("{:?}: {}", alert.severity, alert.message)).collect()
    };
    assert_eq!(said(Event::Asked(&record(now, "1.99 EUR").until("2026-01-31"), Some(&forecast))), [
        "Warning: valid only until 2026-01-31, 4 days from now",
        "Critical: 1.99 EUR left, below the critical mark of 2 EUR; valid until 2026-01-31",
        "Warning: 1.99 EUR left; at 1.5 EUR a day it is empty in 1.3 days, on 2026-01-28",
    ]);
    assert_eq!(said(Event::Asked(&record(now, "40.00 USD").until("2026-01-26"), None)), [
        "Critical: no longer valid: it ended on 2026-01-26",
        "Warning: the balance is 40.00 USD; it is not compared with 10 EUR and 2 EUR: name its currency in the marks",
    ]);
    assert_eq!(said(Event::Asked(&record(now, "40.00 EUR").until("2026-12-31").of_sim("B"), None)), [
        "Info: another SIM is in the modem", "Info: another SIM is in the modem", "Info: another SIM is in the modem",
        "Info: another SIM is in the modem", "Info: another SIM is in the modem",
        "Warning: another SIM is in the modem: 8932…0010",
    ]);
}

proptest! {
    /// However an account plays around its mark, it tells once for each time it crosses the whole band downwards.
    #[test]
    fn a_walk_around_a_mark_tells_once_a_crossing(walk in prop::collection::vec(940_i64..1070, 1..200)) {
        let mut alerts = Alerts::new(marks());
        let (mut raises, mut ends, mut crossings, mut is_above) = (0, 0, 0, true);
        for cents in walk {
            let reading = record(at("2026-01-01"), &format!("{} EUR", Decimal::new(cents, 2)));
            for alert in alerts.handle(Event::Asked(&reading, None), reading.time) {
                if alert.is_raised { raises += 1 } else { ends += 1 }
            }
            if cents < 1000 && is_above {
                crossings += 1;
                is_above = false;
            }
            is_above |= cents >= 1050;
        }
        prop_assert_eq!(raises, crossings);
        prop_assert_eq!(ends, crossings - i32::from(!is_above));
    }

    /// Whatever comes in whatever order: no kind is raised twice or ends twice, and what is raised was told.
    #[test]
    fn every_kind_is_raised_and_ended_in_turn(events in prop::collection::vec((0_u8..8, -5_i64..60, 0_i64..900), 0..80)) {
        let mut alerts = Alerts::new(marks());
        let mut open = BTreeSet::new();
        for (kind, euros, hours) in events {
            let now = at("2026-01-01") + jiff::SignedDuration::from_hours(hours);
            let reading = record(now, &format!("{euros} EUR")).until("2026-01-15");
            let reading = match kind {
                0 => reading.unsure(),
                1 => reading.of_sim("B"),
                2 => failure(now, "network", "no"),
                3 => failure(now, "sim", "the SIM is blocked: it wants its PUK"),
                4 => record(now, &format!("{euros} USD")),
                _ => reading,
            };
            let event = match kind {
                5 => Event::Gone,
                6 => Event::Back,
                7 => Event::Tick,
                _ => Event::Asked(&reading, None),
            };
            for alert in alerts.handle(event, now) {
                let is_new = if alert.is_raised { open.insert(alert.kind) } else { open.remove(&alert.kind) };
                prop_assert!(is_new, "{alert:?}");
            }
            prop_assert!(open.iter().copied().eq(alerts.raised()));
        }
    }
}
