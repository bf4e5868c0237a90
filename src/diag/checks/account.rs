//! What the history says of the account.

use super::{Check, Said, info, say, warning};
use crate::diag::account::Account;
use crate::diag::facts::Facts;

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    warning("account-expired", expired),
    warning("expires-soon",    expires_soon),
    warning("balance-old",     old),
    info("balance-known",      known),
];

/// From here on the last balance says little of today's.
const OLD_S: i64 = 30 * 86_400;

/// A top-up takes a few days to arrange.
const SOON_DAYS: i32 = 14;

fn expired(facts: &Facts) -> Option<Said> {
    let account = facts.account.as_ref()?;
    let (day, days) = (account.expires?, account.days_valid?);
    (days < 0).then(|| say(format!("the account was valid until {day}"), "`saldo topup`"))
}

fn expires_soon(facts: &Facts) -> Option<Said> {
    let account = facts.account.as_ref()?;
    let (day, days) = (account.expires?, account.days_valid?);
    (0..=SOON_DAYS)
        .contains(&days)
        .then(|| say(format!("the account is valid until {day}: {days} days"), "`saldo topup`"))
}

fn old(facts: &Facts) -> Option<Said> {
    let account = facts.account.as_ref().filter(|account| account.age_s > OLD_S)?;
    Some(say(last(account), "`saldo balance`"))
}

fn known(facts: &Facts) -> Option<Said> {
    let account = facts.account.as_ref().filter(|account| account.age_s <= OLD_S)?;
    Some(say(last(account), "`saldo history`"))
}

fn last(account: &Account) -> String {
    let unit = account.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
    format!("the last balance was {}{unit}, {} ago", account.amount, account.age())
}
