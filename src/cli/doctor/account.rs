//! The account of the SIM at hand, as the history has it.

use crate::diag::{Account, Facts};
use crate::ids::Iccid;
use crate::port::PortSpec;
use crate::store::{self, Filter, History};
use crate::watch::Record;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cli::settings::Settings;

/// So many questions back; what is further back is old in any case.
const FAR: usize = 5000;

/// `None` where nothing is remembered of this SIM, or of this modem where its SIM does not say which it is.
pub(super) fn of(
    facts: &Facts,
    spec: Option<&PortSpec>,
    settings: &Settings,
    now: Timestamp,
) -> Option<Account> {
    let folder = store::folder();
    let (file, open): (_, fn(&_) -> _) = match spec {
        Some(PortSpec::Sim(_)) => (History::simulated_file(&folder), History::open_simulated),
        _ => (History::file(&folder), History::open),
    };
    if !file.exists() {
        return None;
    }
    let last = Filter { last: Some(FAR), ..Filter::default() };
    let records = open(&folder).and_then(|history| history.records(&last)).ok()?;
    let name = settings.watch.modem_on(spec).name;
    let iccid = facts.sim.iccid.as_deref().map(masked);
    let is_its = |record: &&Record| match &iccid {
        Some(iccid) => record.iccid.as_ref() == Some(iccid),
        None => record.modem == name,
    };
    let its: Vec<_> = records.iter().rev().map(|(_, record)| record).filter(is_its).collect();
    // A modem with several SIMs, such as profiles of an eUICC, does not say whose balance it was.
    let is_one =
        its.iter().all(|record| record.sim == its.first().and_then(|first| first.sim.clone()));
    let last = its.into_iter().find(|record| record.main().is_some()).filter(|_| is_one)?;
    account(last, now)
}

fn account(record: &Record, now: Timestamp) -> Option<Account> {
    let (answer, main) = (record.reliable()?, record.main()?);
    let expires = answer.valid_until();
    let today = now.to_zoned(TimeZone::system()).date();
    Some(Account {
        amount: main.amount,
        unit: main.unit.clone(),
        age_s: now.duration_since(record.time).as_secs().max(0),
        expires,
        days_valid: expires.and_then(|day| Some(today.until(day).ok()?.get_days())),
    })
}

/// As the history holds it, also where the user wants to see it whole.
fn masked(iccid: &str) -> String {
    Iccid::parse(iccid).map_or_else(|_| iccid.to_owned(), |iccid| iccid.to_string())
}
