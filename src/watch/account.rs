//! The readings of one account in a history: what may be compared with what.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Left, Record};

/// What a reliable record says is left.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Reading<'a> {
    /// The SIM, or the modem where its SIM could not be read: the account is the SIM's, in whatever modem.
    pub(super) account: (bool, &'a str),
    pub(super) time: Timestamp,
    pub(super) amount: Decimal,
    pub(super) unit: Option<&'a str>,
    pub(super) is_data: bool,
    pub(super) expires: Option<Date>,
}

/// Two readings of one account in one currency with none between them.
pub(super) struct Step<'a> {
    pub(super) from: Reading<'a>,
    pub(super) to: Reading<'a>,
}

impl<'a> Reading<'a> {
    /// `None` for failures, for what is unsure, and for answers that state neither money nor data.
    pub(super) fn of(record: &'a Record) -> Option<Self> {
        let answer = record.reliable()?;
        let Left { amount, unit, is_data } = answer.left()?;
        let account = match &record.sim {
            Some(sim) => (true, sim.0.as_str()),
            None => (false, record.modem.as_str()),
        };
        let expires = answer.valid_until();
        Some(Self { account, time: record.time, amount, unit, is_data, expires })
    }

    pub(super) fn is_same_account(&self, other: &Self) -> bool {
        self.account == other.account
    }
}

impl Step<'_> {
    /// What was spent; below zero where more came in. `None` where a decimal cannot hold it.
    pub(super) fn fall(&self) -> Option<Decimal> {
        self.from.amount.checked_sub(self.to.amount)
    }

    /// What came in above what was spent; `None` where the account did not rise.
    pub(super) fn rise(&self) -> Option<Decimal> {
        self.to.amount.checked_sub(self.from.amount).filter(|rise| *rise > Decimal::ZERO)
    }
}

/// The readings of every account in a history, in its order: of its money, and of its data where no reply ever stated
/// money. Who asks for a bundle now and then has an account of money all the same.
pub(super) fn readings<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<Reading<'a>> {
    of_one_kind(records.into_iter().filter_map(Reading::of).collect())
}

/// The same of readings of both kinds.
pub(super) fn of_one_kind(mut readings: Vec<Reading<'_>>) -> Vec<Reading<'_>> {
    let of_money = readings.iter().filter(|reading| !reading.is_data);
    let accounts: BTreeSet<_> = of_money.map(|reading| reading.account).collect();
    readings.retain(|reading| !reading.is_data || !accounts.contains(&reading.account));
    readings
}

/// The steps of every account in a history, oldest first. Another currency than before starts anew.
pub(super) fn steps(records: &[Record]) -> impl Iterator<Item = Step<'_>> {
    let mut before = BTreeMap::new();
    readings(records).into_iter().filter_map(move |to| {
        let from: Reading<'_> = before.insert(to.account, to)?;
        (from.unit == to.unit).then_some(Step { from, to })
    })
}
