//! Whose message it is: the operator's that was asked, or somebody else's that came meanwhile.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Modem;
use super::arrivals::Worth;
use super::balance::read;
use crate::Error;
use crate::balance::{Confidence, Kind, Reading};
use crate::operators::Operator;
use crate::pdu::{Address, Time};
use crate::port::Line;
use crate::sms::{Direction, Message};

impl<P: Line> Modem<P> {
    /// The next message whose sender fits the operator, which was asked by one to `asked` or otherwise.
    pub(super) async fn answer_by_message(
        &mut self,
        asked: Option<&str>,
        operator: Option<&Operator>,
        limit: Duration,
    ) -> Result<(Message, Fit), Error> {
        let weighed = |message: &Message| {
            let time = message.time.and_then(Time::utc);
            weigh(message.from.as_ref(), &message.text, time, asked, operator)
        };
        let worth = |message: &Message| {
            let (_, worth) = weighed(message);
            worth.filter(|_| message.direction == Direction::Received)
        };
        let message = self.next_message(limit, worth).await?;
        let (fit, _) = weighed(&message);
        Ok((message, fit))
    }
}

/// Whose message it may be, and what it is worth; nothing where it is not the operator's.
///
/// One that waited in the network for the modem answers an older question. Service centres and computers
/// may be hours apart, where one of them has its time zone wrong; not days.
pub(crate) fn weigh(
    from: Option<&Address>,
    text: &str,
    time: Option<Timestamp>,
    asked: Option<&str>,
    operator: Option<&Operator>,
) -> (Fit, Option<Worth>) {
    let yesterday = Timestamp::now() - SignedDuration::from_hours(24);
    let fit = Fit::of(from, asked, operator);
    let reading = read(text, operator);
    if time.is_none_or(|time| time >= yesterday) {
        return (fit, fit.worth(&reading));
    }
    let fit = fit.min(Fit::Unknown);
    (fit, fit.worth(&reading).map(|worth| worth.max(Worth::Perhaps)))
}

/// How well a sender fits the operator that was asked; the better, the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// A telephone number, as people have.
    Person,
    /// A name or a short number that says nothing: the operator's own or a bank's.
    Unknown,
    /// The number that was asked, one of the operator's, or its name.
    Operator,
}

/// Digits of the longest number that networks give to services, not to people.
const SHORT: usize = 6;

impl Fit {
    fn of(from: Option<&Address>, asked: Option<&str>, operator: Option<&Operator>) -> Self {
        let Some(from) = from else { return Self::Unknown };
        let shown = from.to_string();
        let is_theirs = operator.is_some_and(|operator| operator.has_number(&shown));
        if asked == Some(shown.as_str()) || is_theirs {
            return Self::Operator;
        }
        if from.is_name() {
            let names = operator.map(|operator| [Some(&operator.name), operator.company.as_ref()]);
            let names = names.into_iter().flatten().flatten();
            let is_theirs = names.into_iter().any(|name| share_a_name(name, &shown));
            return if is_theirs { Self::Operator } else { Self::Unknown };
        }
        let is_short = !from.is_international() && shown.len() <= SHORT;
        if is_short { Self::Unknown } else { Self::Person }
    }

    /// Another's balance would read as well as the operator's.
    pub(super) fn distrust(self, reading: &mut Reading) {
        if self != Self::Operator {
            reading.confidence = reading.confidence.min(Confidence::Likely);
        }
    }

    /// What a message with this reading is worth; nothing where it is not the operator's.
    fn worth(self, reading: &Reading) -> Option<Worth> {
        let is_reliable = reading.confidence > Confidence::Unsure;
        match (self, reading.kind) {
            (Self::Person, _) => None,
            (_, Kind::Balance | Kind::Bundle) if is_reliable => Some(Worth::Answer),
            (Self::Unknown, _) => None,
            (Self::Operator, Kind::Error) => Some(Worth::Answer),
            (Self::Operator, Kind::Pending) => Some(Worth::Announcement),
            (Self::Operator, _) => Some(Worth::Perhaps),
        }
    }
}

/// Words of names that say nothing: `MobilePay` is no operator called Something Mobile. Sorted.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "bank", "call", "card", "cell", "company", "data", "group", "info", "mobil", "mobile", "mobiles", "net",
    "network", "networks", "pay", "phone", "prepago", "prepaid", "sim", "sms", "talk", "tel", "tele",
    "telecom", "telekom", "the",
];

fn is_common(word: &str) -> bool {
    COMMON.binary_search(&word).is_ok()
}

/// `BASE` and `BASE Company`, `mobilevikings` and `Mobile Vikings`.
fn share_a_name(name: &str, sender: &str) -> bool {
    /// Shorter words may be the middle of any other: `MTN` begins a name or stands alone.
    const LONG: usize = 4;
    let (name, sender) = (name.to_lowercase(), sender.to_lowercase());
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
    };
    // A sender has eleven characters at most: `mobilevikin`.
    let whole = words(&sender).concat();
    if whole.chars().count() >= LONG
        && !is_common(&whole)
        && words(&name).concat().starts_with(&whole)
    {
        return true;
    }
    let own = words(&name);
    let own = own.iter().filter(|word| !is_common(word));
    own.filter(|word| !word.is_empty()).any(|word| {
        let length = word.chars().count();
        if length < 3 {
            return *word == whole;
        }
        let is_long = length >= LONG;
        is_long && sender.contains(word)
            || words(&sender).iter().any(|theirs| theirs.starts_with(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::Operators;

    fn fit(id: &str, from: &str, asked: Option<&str>) -> Fit {
        let operator = Operators::built_in().by_id(id).unwrap();
        Fit::of(Some(&Address::from_shown(from)), asked, Some(&operator))
    }

    #[test]
    #[rustfmt::skip]
    fn a_sender_is_the_operator_a_stranger_or_a_person() {
        for (id, from, asked, expected) in [
            ("be-base-prepaid",   "1914",          Some("1914"), Fit::Operator),
            ("be-base-prepaid",   "1912",          Some("1914"), Fit::Operator), // its row has this one too
            ("be-base-prepaid",   "8155",          Some("1914"), Fit::Unknown),
            ("be-base-prepaid",   "BASE",          None,         Fit::Operator),
            ("be-base-prepaid",   "MyBASE",        None,         Fit::Operator),
            ("be-base-prepaid",   "KBC",           None,         Fit::Unknown),
            ("be-base-prepaid",   "PrepaidCard",   None,         Fit::Unknown),
            ("be-base-prepaid",   "+32470123456",  None,         Fit::Person),
            ("be-base-prepaid",   "0470123456",    Some("1914"), Fit::Person),
            ("be-mobile-vikings", "mobilevikings", None,         Fit::Operator),
            ("be-mobile-vikings", "MobilePay",     None,         Fit::Unknown),
            ("be-mobile-vikings", "Mobile",        None,         Fit::Unknown),
            ("gb-o2",             "O2",            None,         Fit::Operator),
            ("gb-o2",             "CO2-info",      None,         Fit::Unknown),
            ("ng-mtn",            "MTN",           None,         Fit::Operator),
            ("ng-mtn",            "MTN-NG",        None,         Fit::Operator),
            ("ng-mtn",            "Amtnews",       None,         Fit::Unknown),
        ] {
            assert_eq!(fit(id, from, asked), expected, "{from}");
        }
        assert_eq!(Fit::of(None, None, None), Fit::Unknown);
        assert!(COMMON.is_sorted());
    }
}
