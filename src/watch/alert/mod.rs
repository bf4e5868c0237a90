//! When somebody has to be told: on changes only, once in each direction.
//!
//! What can surprise you:
//!
//! * A mark is crossed downwards at the mark, and upwards a [margin](Marks::margin) above it. An account that plays
//!   around its mark tells once.
//! * What cannot be relied on neither raises nor ends anything but [`AlertKind::NoAnswer`].
//! * `low` says nothing of its own where `critical` is raised; it stays raised where it was before.
//! * Another SIM ends all that was said of the account before, and is the modem's own from then on.
//!
//! | file | holds |
//! |---|---|
//! | `marks` | from when on somebody is told |
//! | `words` | what they are told |

mod marks;
mod words;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{AlertKind, Answer, Failure, Forecast, Outcome, Pot, Record, SimKey};

pub use marks::{Mark, Marks, NotAMark};

/// What is wrong with one modem and its account, and what of it was told.
#[derive(Clone, Debug)]
pub struct Alerts {
    marks: Marks,
    state: AlertState,
}

/// What of [`Alerts`] has to survive a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertState {
    raised: BTreeSet<AlertKind>,
    sim: Option<SimKey>,
    unanswered: u32,
    valid_until: Option<Date>,
}

/// What an alert may follow from.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A question was asked: what came of it, and what follows from the history with it.
    Asked(&'a Record, Option<&'a Forecast>),
    /// The modem is not there.
    Gone,
    /// The modem is there.
    Back,
    /// Time has passed; once an hour is enough.
    Tick,
}

/// Something began to be wrong, or ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// What.
    pub kind: AlertKind,
    /// `false` where it has ended.
    pub is_raised: bool,
    /// How bad it is.
    pub severity: Severity,
    /// For people: one sentence without the modem's name.
    pub message: String,
}

/// How bad something is; the later, the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something has ended.
    Info,
    /// Somebody should look at it in time.
    Warning,
    /// It does not work, or is about to stop.
    Critical,
}

impl Alerts {
    /// Nothing is raised, and no SIM is known.
    pub fn new(marks: Marks) -> Self {
        Self::resume(marks, AlertState::default())
    }

    /// Goes on from what was told before a restart.
    pub fn resume(marks: Marks, state: AlertState) -> Self {
        Self { marks, state }
    }

    /// What has to be kept for [`Alerts::resume`].
    pub fn state(&self) -> &AlertState {
        &self.state
    }

    /// What is wrong now, in the order of [`AlertKind`].
    pub fn raised(&self) -> Vec<AlertKind> {
        self.state.raised.iter().copied().collect()
    }

    /// What changes by this event. Each kind is raised and ended in turn. Days are those of UTC.
    pub fn handle(&mut self, event: Event<'_>, now: Timestamp) -> Vec<Alert> {
        let mut told = Told { raised: &mut self.state.raised, alerts: Vec::new() };
        match event {
            Event::Gone => told.raise(AlertKind::ModemGone, "the modem is not there".into()),
            Event::Back => told.end(AlertKind::ModemGone, "the modem is there again".into()),
            Event::Tick => judge_validity(&self.marks, self.state.valid_until, now, &mut told),
            Event::Asked(record, forecast) => {
                let account = (&mut self.state.valid_until, &mut self.state.unanswered);
                judge_sim(record, &mut self.state.sim, account, &mut told);
                judge_access(record, &mut told);
                judge_answer(&self.marks, record, &mut self.state.unanswered, &mut told);
                if let Some(answer) = record.reliable() {
                    // Not every reply states a date: the last one stated holds until another is.
                    self.state.valid_until = answer.valid_until().or(self.state.valid_until);
                    judge_validity(&self.marks, self.state.valid_until, now, &mut told);
                    judge_account(&self.marks, answer, forecast, &mut told);
                }
            }
        }
        told.alerts
    }
}

/// What is raised, and what is told of it.
struct Told<'a> {
    raised: &'a mut BTreeSet<AlertKind>,
    alerts: Vec<Alert>,
}

impl Told<'_> {
    fn has(&self, kind: AlertKind) -> bool {
        self.raised.contains(&kind)
    }

    fn raise(&mut self, kind: AlertKind, message: String) {
        if self.raised.insert(kind) {
            self.alerts.push(Alert { kind, is_raised: true, severity: severity(kind), message });
        }
    }

    fn end(&mut self, kind: AlertKind, message: String) {
        if self.raised.remove(&kind) {
            self.alerts.push(Alert { kind, is_raised: false, severity: Severity::Info, message });
        }
    }
}

fn severity(kind: AlertKind) -> Severity {
    match kind {
        AlertKind::Critical | AlertKind::Expired | AlertKind::PinNeeded => Severity::Critical,
        _ => Severity::Warning,
    }
}

/// Another SIM than before is told once; from the next question on it is the modem's own.
fn judge_sim(
    record: &Record,
    known: &mut Option<SimKey>,
    (valid_until, unanswered): (&mut Option<Date>, &mut u32),
    told: &mut Told<'_>,
) {
    if record.sim.is_none() {
        return;
    }
    told.end(AlertKind::SimChanged, "the new SIM counts as the modem's own".into());
    if known.is_some() && *known != record.sim {
        for kind in OF_THE_ACCOUNT {
            told.end(*kind, "another SIM is in the modem".into());
        }
        (*valid_until, *unanswered) = (None, 0);
        told.raise(AlertKind::SimChanged, words::another_sim(record));
    }
    known.clone_from(&record.sim);
}

/// What holds for an account, and for no other.
const OF_THE_ACCOUNT: &[AlertKind] = &[
    AlertKind::Low,
    AlertKind::Critical,
    AlertKind::Expiring,
    AlertKind::Expired,
    AlertKind::FastDrain,
    AlertKind::PinNeeded,
    AlertKind::NoAnswer,
    AlertKind::ForeignMark,
];

/// Whether the modem is there and its SIM open: whoever got as far as the network found both.
fn judge_access(record: &Record, told: &mut Told<'_>) {
    let failure = match &record.outcome {
        Outcome::Failure(failure) => Some(failure),
        Outcome::Answer(_) => None,
    };
    match failure {
        Some(failure) if wants_pin(failure) => {
            told.raise(AlertKind::PinNeeded, words::with_hint(failure));
        }
        Some(failure) if matches!(failure.class.as_str(), "port" | "modem" | "sim") => {}
        _ => {
            told.end(AlertKind::ModemGone, "the modem is there again".into());
            told.end(AlertKind::PinNeeded, "the SIM is open".into());
        }
    }
}

/// A failure keeps words only; of those of a SIM, the ones that name its PIN or PUK say that it is locked.
fn wants_pin(failure: &Failure) -> bool {
    failure.class == "sim" && ["PIN", "PUK"].iter().any(|word| failure.message.contains(word))
}

/// Questions in a row without an answer. Where the modem is gone or locked that was told already.
fn judge_answer(marks: &Marks, record: &Record, unanswered: &mut u32, told: &mut Told<'_>) {
    if record.reliable().is_some() {
        *unanswered = 0;
        told.end(AlertKind::NoAnswer, "the operator answers again".into());
        return;
    }
    if told.has(AlertKind::ModemGone) || told.has(AlertKind::PinNeeded) {
        return;
    }
    *unanswered = unanswered.saturating_add(1);
    if marks.no_answer > 0 && *unanswered >= marks.no_answer {
        let why = match &record.outcome {
            Outcome::Failure(failure) => failure.message.as_str(),
            Outcome::Answer(_) => "a reply that states no balance for sure",
        };
        told.raise(AlertKind::NoAnswer, words::no_answer(*unanswered, why));
    }
}

/// Whether the account is valid for long enough. Once expired, `expiring` stays as it was.
fn judge_validity(marks: &Marks, last: Option<Date>, now: Timestamp, told: &mut Told<'_>) {
    let Some(last) = last else { return };
    let today = now.to_zoned(TimeZone::UTC).date();
    let days = i64::from(today.until(last).map_or(0, |span| span.get_days()));
    if days < 0 {
        told.raise(AlertKind::Expired, format!("no longer valid: it ended on {last}"));
        return;
    }
    let again = || format!("valid until {last} again");
    told.end(AlertKind::Expired, again());
    if marks.lead_days().is_some_and(|lead| days <= lead) {
        told.raise(AlertKind::Expiring, words::ends_in(days, last));
    } else {
        told.end(AlertKind::Expiring, again());
    }
}

fn judge_account(marks: &Marks, answer: &Answer, forecast: Option<&Forecast>, told: &mut Told<'_>) {
    let Some(pot) = answer.main() else { return };
    judge_currency(marks, pot, told);
    judge_mark(AlertKind::Critical, marks, answer, pot, told);
    judge_mark(AlertKind::Low, marks, answer, pot, told);
    if let Some(forecast) = forecast {
        judge_rate(marks, forecast, pot, told);
    }
}

/// A mark in another currency is a mistake in the configuration, and is told as one.
fn judge_currency(marks: &Marks, pot: &Pot, told: &mut Told<'_>) {
    let unit = pot.unit.as_deref();
    if [&marks.low, &marks.critical].into_iter().flatten().any(|mark| mark.is_foreign_to(unit)) {
        told.raise(AlertKind::ForeignMark, words::foreign(marks, pot));
    } else {
        told.end(AlertKind::ForeignMark, "marks and balance are in one currency".into());
    }
}

/// The balance and one of its marks: below it raises, a margin above it ends.
fn judge_mark(kind: AlertKind, marks: &Marks, answer: &Answer, pot: &Pot, told: &mut Told<'_>) {
    let (name, mark) = match kind {
        AlertKind::Critical => ("critical", &marks.critical),
        _ => ("low", &marks.low),
    };
    let Some(mark) = mark else {
        return told.end(kind, format!("there is no {name} mark any more"));
    };
    if mark.is_foreign_to(pot.unit.as_deref()) {
        return;
    }
    let is_silent = kind == AlertKind::Low && told.has(AlertKind::Critical);
    if pot.amount < mark.amount {
        if !is_silent {
            told.raise(kind, words::below(name, mark, answer, pot));
        }
    } else if pot.amount >= recovered(mark.amount, marks.margin) {
        told.end(kind, words::above(name, mark, pot));
    }
}

/// The mark and its margin.
fn recovered(mark: Decimal, margin: u8) -> Decimal {
    let margin = mark.abs().checked_mul(Decimal::new(i64::from(margin), 2));
    mark.saturating_add(margin.unwrap_or_default())
}

/// Whether it is empty too soon. It has recovered where it lasts a whole day longer: a rate moves with every question.
fn judge_rate(marks: &Marks, forecast: &Forecast, pot: &Pot, told: &mut Told<'_>) {
    let Some(least) = marks.drain.map(Decimal::from) else {
        return told.end(AlertKind::FastDrain, "there is no drain mark any more".into());
    };
    match forecast.days_left {
        Some(days) if days < least => {
            told.raise(AlertKind::FastDrain, words::fast(forecast, pot, days));
        }
        Some(days) if days < least.saturating_add(Decimal::ONE) => {}
        days => told.end(AlertKind::FastDrain, words::slow(days)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::example::{at, failure, record};
    use super::*;

    /// `+low` where something is raised, `-low` where it ends.
    fn signs(alerts: &[Alert]) -> String {
        let sign = |alert: &Alert| {
            format!("{}{}", if alert.is_raised { '+' } else { '-' }, alert.kind.name())
        };
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
    fn a_new_sim_is_told_once_and_starts_anew() {
        let mut alerts = Alerts::new(marks());
        let time = at("2026-01-01");
        assert_eq!(
            asked(&mut alerts, &record(time, "9 EUR").until("2026-01-02")),
            "+expiring +low"
        );
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
            per_day: "1.5".parse().unwrap(), days_left: Some("1.3".parse().unwrap()),
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
}
