//! When somebody has to be told: on changes only, once in each direction.
//!
//! What can surprise you:
//!
//! * A mark is crossed downwards at the mark, and upwards a [margin](Marks::margin) above it. An account that plays
//!   around its mark tells once.
//! * What cannot be relied on neither raises nor ends anything but [`AlertKind::NoAnswer`].
//! * Each mark is for itself and told when it is crossed, also where another one was before; a reply that speaks of
//!   money alone says nothing of a mark of data. The alert ends with the last of them.
//! * `low` says nothing of its own where `critical` is raised; it stays raised where it was before.
//! * Another SIM ends all that was said of the account before, and is the modem's own from then on.
//!
//! | file | holds |
//! |---|---|
//! | `marks` | from when on somebody is told |
//! | `words` | what they are told |

mod marks;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{AlertKind, Answer, Failure, Forecast, Left, Outcome, Pot, Record, SimKey};
use crate::ids::Iccid;

use marks::lead_days;
pub use marks::{Mark, MarkList, Marks, NotAMark};

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
    /// The bundle that ends first, and when.
    bundle: Option<(String, Date)>,
    /// The marks that were crossed last: a reply need not speak of each.
    crossed: BTreeSet<(AlertKind, String)>,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
            Event::Tick => {
                judge_validity(&self.marks, self.state.valid_until, now, &mut told);
                judge_bundle(&self.marks, self.state.bundle.as_ref(), now, &mut told);
            }
            Event::Asked(record, forecast) => {
                if judge_sim(record, &mut self.state.sim, &mut told) {
                    (self.state.valid_until, self.state.unanswered) = (None, 0);
                    self.state.crossed.clear();
                    self.state.bundle = None;
                }
                judge_access(record, &mut told);
                judge_answer(&self.marks, record, &mut self.state.unanswered, &mut told);
                if let Some(answer) = record.reliable() {
                    // Not every reply states a date: the last one stated holds until another is.
                    self.state.valid_until = answer.valid_until().or(self.state.valid_until);
                    self.state.bundle = first_to_end(answer).or(self.state.bundle.take());
                    judge_validity(&self.marks, self.state.valid_until, now, &mut told);
                    judge_bundle(&self.marks, self.state.bundle.as_ref(), now, &mut told);
                    let crossed = &mut self.state.crossed;
                    judge_account(&self.marks, answer, forecast, crossed, &mut told);
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
        if !self.has(kind) {
            self.add(kind, message);
        }
    }

    /// Raises it also where it is raised already: for another reason.
    fn add(&mut self, kind: AlertKind, message: String) {
        self.raised.insert(kind);
        self.alerts.push(Alert { kind, is_raised: true, severity: severity(kind), message });
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

/// Another SIM than before is told once; from the next question on it is the modem's own. Gives whether it is another.
fn judge_sim(record: &Record, known: &mut Option<SimKey>, told: &mut Told<'_>) -> bool {
    if record.sim.is_none() {
        return false;
    }
    told.end(AlertKind::SimChanged, "the new SIM counts as the modem's own".into());
    let is_another = known.as_ref().zip(record.sim.as_ref()).is_some_and(|(known, found)| {
        // The same SIM may be known plainly now and by its hash before, or the other way round.
        let is_plain = |SimKey(key): &SimKey| Iccid::parse(key).is_ok();
        known != found && is_plain(known) == is_plain(found)
    });
    if is_another {
        for kind in OF_THE_ACCOUNT {
            told.end(*kind, "another SIM is in the modem".into());
        }
        told.raise(AlertKind::SimChanged, words::another_sim(record));
    }
    known.clone_from(&record.sim);
    is_another
}

/// What holds for an account, and for no other.
const OF_THE_ACCOUNT: &[AlertKind] = &[
    AlertKind::Low,
    AlertKind::Critical,
    AlertKind::Expiring,
    AlertKind::Expired,
    AlertKind::BundleExpiring,
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
        Some(failure) if matches!(failure.class.as_str(), "port" | "modem" | "sim" | "usage") => {}
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
    let days = days_to(last, now);
    if days < 0 {
        told.raise(AlertKind::Expired, format!("no longer valid: it ended on {last}"));
        return;
    }
    let again = || format!("valid until {last} again");
    told.end(AlertKind::Expired, again());
    if lead_days(marks.expiry_lead).is_some_and(|lead| days <= lead) {
        told.raise(AlertKind::Expiring, words::ends_in(days, last));
    } else {
        told.end(AlertKind::Expiring, again());
    }
}

fn days_to(last: Date, now: Timestamp) -> i64 {
    let today = now.to_zoned(TimeZone::UTC).date();
    i64::from(today.until(last).map_or(0, |span| span.get_days()))
}

/// Of what is left beside the main money pot and ends on a day of its own, what ends first.
fn first_to_end(answer: &Answer) -> Option<(String, Date)> {
    let account = answer.valid_until();
    let is_bundle = |pot: &&Pot| pot.amount > Decimal::ZERO && pot.expires != account;
    let ends = answer.pots.iter().filter(is_bundle).filter_map(|pot| Some((pot.expires?, pot)));
    let (day, pot) = ends.min_by_key(|(day, _)| *day)?;
    Some((words::name(pot), day))
}

/// Whether a bundle ends soon. When it has ended there is nothing to be told of any more.
fn judge_bundle(
    marks: &Marks,
    bundle: Option<&(String, Date)>,
    now: Timestamp,
    told: &mut Told<'_>,
) {
    let Some((name, last)) = bundle else { return };
    let days = days_to(*last, now);
    if lead_days(marks.bundle_lead).is_some_and(|lead| (0..=lead).contains(&days)) {
        let message = format!("{name}: {}", words::ends_in(days, *last));
        told.raise(AlertKind::BundleExpiring, message);
    } else {
        told.end(AlertKind::BundleExpiring, words::bundle(name, days, *last));
    }
}

fn judge_account(
    marks: &Marks,
    answer: &Answer,
    forecast: Option<&Forecast>,
    crossed: &mut BTreeSet<(AlertKind, String)>,
    told: &mut Told<'_>,
) {
    if let Some(pot) = answer.main() {
        judge_currency(marks, pot, told);
    }
    judge_marks(AlertKind::Critical, marks, answer, crossed, told);
    judge_marks(AlertKind::Low, marks, answer, crossed, told);
    // A bundle that was asked for in between is not what the forecast is of.
    let is_of = |(left, forecast): &(Left<'_>, &Forecast)| left.unit == forecast.unit.as_deref();
    if let Some((left, forecast)) = answer.left().zip(forecast).filter(is_of) {
        judge_rate(marks, forecast, left, told);
    }
}

/// A mark in another currency is a mistake in the configuration, and is told as one.
fn judge_currency(marks: &Marks, pot: &Pot, told: &mut Told<'_>) {
    let unit = pot.unit.as_deref();
    if marks.foreign_to(unit).next().is_some() {
        told.raise(AlertKind::ForeignMark, words::foreign(marks, pot));
    } else {
        told.end(AlertKind::ForeignMark, "marks and balance are in one currency".into());
    }
}

/// What is left and its marks: below one of them raises, a margin above all of them ends.
fn judge_marks(
    kind: AlertKind,
    marks: &Marks,
    answer: &Answer,
    crossed: &mut BTreeSet<(AlertKind, String)>,
    told: &mut Told<'_>,
) {
    let (name, list) = match kind {
        AlertKind::Critical => ("critical", &marks.critical.0),
        _ => ("low", &marks.low.0),
    };
    if list.is_empty() {
        told.end(kind, format!("there is no {name} mark any more"));
    }
    crossed.retain(|(of, mark)| *of != kind || list.iter().any(|it| it.to_string() == *mark));
    for mark in list {
        let Some(left) = mark.left_in(&answer.pots) else { continue };
        let key = (kind, mark.to_string());
        if left < mark.amount {
            let is_new = crossed.insert(key);
            if kind == AlertKind::Low && is_critical(mark, marks, crossed) {
                continue;
            }
            let message = words::below(name, mark, answer, left);
            if is_new { told.add(kind, message) } else { told.raise(kind, message) }
        } else if left >= recovered(mark.amount, marks.margin) {
            crossed.remove(&key);
            if crossed.iter().all(|(of, _)| *of != kind) {
                told.end(kind, words::above(name, mark, answer, left));
            }
        }
    }
}

/// Whether worse was told of the same: whoever reads of a critical balance knows that it is low.
fn is_critical(mark: &Mark, marks: &Marks, crossed: &BTreeSet<(AlertKind, String)>) -> bool {
    let critical = |other: &&Mark| crossed.contains(&(AlertKind::Critical, other.to_string()));
    marks.critical.0.iter().filter(critical).any(|other| other.is_like(mark))
}

/// The mark and its margin.
fn recovered(mark: Decimal, margin: u8) -> Decimal {
    let margin = mark.abs().checked_mul(Decimal::new(i64::from(margin), 2));
    mark.saturating_add(margin.unwrap_or_default())
}

/// Whether it is empty too soon. It has recovered where it lasts a whole day longer: a rate moves with every question.
fn judge_rate(marks: &Marks, forecast: &Forecast, left: Left<'_>, told: &mut Told<'_>) {
    let Some(least) = marks.drain.map(Decimal::from) else {
        return told.end(AlertKind::FastDrain, "there is no drain mark any more".into());
    };
    match forecast.days_left {
        Some(days) if days < least => {
            told.raise(AlertKind::FastDrain, words::fast(forecast, left, days));
        }
        Some(days) if days < least.saturating_add(Decimal::ONE) => {}
        days => told.end(AlertKind::FastDrain, words::slow(days)),
    }
}
