//! Every modem in the text format that Prometheus scrapes
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
//!
//! Times are timestamps and amounts base units, so that a rule can be written without knowing this file: what is old
//! is `time() - saldo_last_success_timestamp_seconds`. A value that is not known has no line.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::duration::DAY;
use super::{AlertKind, Outcome, Pot, Record, View};
use crate::balance::{Confidence, PotType, Role};

/// The views as one page of metrics, sorted, each family with its help and type.
///
/// A modem's `name` is its label in all of them. ICCIDs are as masked as in the records.
pub fn metrics(views: &[View], now: Timestamp) -> String {
    let mut page = Page::default();
    for view in views {
        presence(view, &mut page);
        account(view, now, &mut page);
        for kind in AlertKind::ALL {
            let labels = [("modem", view.modem.as_str()), ("kind", kind.name())];
            page.add(Family::Alert, &labels, truth(view.alerts.contains(&kind)));
        }
    }
    page.text()
}

fn presence(view: &View, page: &mut Page) {
    let modem = [("modem", view.modem.as_str())];
    page.add(Family::ModemPresent, &modem, truth(view.is_present));
    let radio = view.radio.unwrap_or_default();
    page.add_known(Family::Signal, &modem, radio.rssi_dbm.map(Decimal::from));
    // Registered at home or roaming, also for SMS only (3GPP TS 27.007 clause 7.2).
    let is_registered = radio.registration.map(|stat| matches!(stat, 1 | 5 | 6 | 7 | 9 | 10));
    page.add_known(Family::Registered, &modem, is_registered.map(truth));
    page.add_known(Family::LastAttempt, &modem, view.last.as_ref().map(|last| seconds(last.time)));
    page.add_known(Family::NextAttempt, &modem, view.next.map(seconds));
    page.add_known(Family::Confidence, &modem, view.last.as_ref().and_then(confidence));
}

fn account(view: &View, now: Timestamp, page: &mut Page) {
    let modem = [("modem", view.modem.as_str())];
    let day = Decimal::from(DAY);
    page.add_known(
        Family::TimeLeft,
        &modem,
        view.days_left(now).map(|days| days.saturating_mul(day)),
    );
    let Some(record) = &view.last_good else { return };
    page.add(Family::LastSuccess, &modem, seconds(record.time));
    let Some(answer) = record.reliable() else { return };
    page.add_known(Family::Expiry, &modem, answer.valid_until().and_then(end_of));
    for pot in &answer.pots {
        page.add_pot(view, record, pot);
    }
}

/// The end of the last valid day.
fn end_of(day: Date) -> Option<Decimal> {
    let midnight = day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(seconds(midnight.timestamp()))
}

fn truth(is: bool) -> Decimal {
    if is { Decimal::ONE } else { Decimal::ZERO }
}

fn seconds(time: Timestamp) -> Decimal {
    Decimal::from(time.as_second())
}

fn confidence(record: &Record) -> Option<Decimal> {
    let Outcome::Answer(answer) = &record.outcome else { return None };
    Some(match answer.confidence {
        Confidence::Unsure => Decimal::ZERO,
        Confidence::Likely => Decimal::new(5, 1),
        Confidence::Sure => Decimal::ONE,
    })
}

impl PotType {
    /// Where a pot belongs.
    fn family(self, role: Role) -> Family {
        match self {
            Self::Money if role == Role::Main => Family::Balance,
            Self::Money => Family::Money,
            Self::Sms => Family::Messages,
            Self::Points => Family::Points,
            Self::Voice => Family::Voice,
            Self::Data => Family::Data,
        }
    }
}

/// Lines by family and labels, so that each stands where it belongs, and none twice.
#[derive(Default)]
struct Page(BTreeMap<(Family, String), Decimal>);

impl Page {
    fn add(&mut self, family: Family, labels: &[(&str, &str)], value: Decimal) {
        self.0.insert((family, written(labels)), value);
    }

    fn add_known(&mut self, family: Family, labels: &[(&str, &str)], value: Option<Decimal>) {
        if let Some(value) = value {
            self.add(family, labels, value);
        }
    }

    fn add_pot(&mut self, view: &View, record: &Record, pot: &Pot) {
        let Some(amount) = pot.in_base_units() else { return };
        let (unit, family) = (pot.unit.as_deref(), pot.pot_type.family(pot.role));
        let role = pot.role.to_string();
        let mut labels = vec![
            ("modem", view.modem.as_str()),
            ("iccid", record.iccid.as_deref().unwrap_or_default()),
            ("operator", record.operator.as_deref().unwrap_or_default()),
        ];
        if matches!(family, Family::Balance | Family::Money) {
            labels.push(("currency", unit.unwrap_or_default()));
        }
        if family != Family::Balance {
            labels.push(("role", &role));
        }
        // Two data pots of one role are one series: a scrape with a series twice is refused whole.
        let sum = self.0.entry((family, written(&labels))).or_default();
        *sum = sum.saturating_add(amount);
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut before = None;
        for ((family, labels), value) in &self.0 {
            let (name, help) = family.words();
            if before != Some(*family) {
                let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
                before = Some(*family);
            }
            let _ = writeln!(text, "{name}{{{labels}}} {}", value.normalize());
        }
        text
    }
}

/// `modem="attic",kind="low"`, with backslash, quote and line feed escaped.
fn written(labels: &[(&str, &str)]) -> String {
    let escaped =
        |value: &str| value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    let labels = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value)));
    labels.collect::<Vec<_>>().join(",")
}

/// In the order of their names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Alert,
    Balance,
    Expiry,
    Confidence,
    Data,
    LastAttempt,
    LastSuccess,
    Messages,
    ModemPresent,
    Money,
    NextAttempt,
    Points,
    Registered,
    Signal,
    TimeLeft,
    Voice,
}

impl Family {
    /// Name and help.
    #[rustfmt::skip]
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Alert        => ("saldo_alert", "Whether this is wrong with the modem or its account: 1, else 0."),
            Self::Balance      => ("saldo_balance", "Main money pot of the last answer that can be relied on, in its currency."),
            Self::Expiry       => ("saldo_balance_expiry_timestamp_seconds", "End (UTC) of the last day on which the account is valid."),
            Self::Confidence   => ("saldo_confidence", "How sure the amounts of the last answer are: 0 unsure, 0.5 likely, 1 sure."),
            Self::Data         => ("saldo_data_bytes", "Mobile data left by role of the pot; 1 MB is 1000000 bytes."),
            Self::LastAttempt  => ("saldo_last_attempt_timestamp_seconds", "When the modem was last asked, whatever came of it."),
            Self::LastSuccess  => ("saldo_last_success_timestamp_seconds", "When it last answered what can be relied on."),
            Self::Messages     => ("saldo_messages", "Messages left by role of the pot."),
            Self::ModemPresent => ("saldo_modem_present", "Whether the modem was there when it was last looked for."),
            Self::Money        => ("saldo_money", "Money in pots other than the main one, by role and in its currency."),
            Self::NextAttempt  => ("saldo_next_attempt_timestamp_seconds", "When the modem is asked next."),
            Self::Points       => ("saldo_points", "Loyalty points by role of the pot."),
            Self::Registered   => ("saldo_registered", "Whether the modem was registered in a network when it was last asked."),
            Self::Signal       => ("saldo_signal_dbm", "Received signal strength when the modem was last asked."),
            Self::TimeLeft     => ("saldo_time_left_seconds", "Until the account is empty at its present rate."),
            Self::Voice        => ("saldo_voice_seconds", "Talk time left by role of the pot."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{at, view};
    use super::*;

    #[test]
    fn labels_are_escaped_and_series_stand_once() {
        let odd = View { modem: "a\"b\\c\nd".into(), ..view() };
        let page = metrics(&[odd.clone(), odd], at("2026-01-07"));
        assert!(page.contains(r#"saldo_modem_present{modem="a\"b\\c\nd"} 1"#), "{page}");
        assert!(page.ends_with('\n'));
        assert_eq!(metrics(&[], at("2026-01-07")), "");
    }

    #[test]
    fn families_stand_in_the_order_of_their_names() {
        let page = metrics(&[view()], at("2026-01-07"));
        let names: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
        assert!(names.is_sorted() && names.len() > 5, "{names:?}");
    }
}
