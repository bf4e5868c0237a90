//! Messages that come in answer, as ModemManager has received and joined them.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep, timeout};
use zbus::zvariant::{OwnedObjectPath, Value};

use super::{MESSAGING, Modem};
use crate::Error;
use crate::client::Step;
use crate::client::shared::{BETTER, Fit, Worth, no_message, not_taken, weigh};
use crate::operators::Operator;
use crate::pdu::Address;

/// The interface of one message.
const SMS: &str = "org.freedesktop.ModemManager1.Sms";

/// `MM_SMS_STATE_RECEIVED` and `MM_SMS_PDU_TYPE_DELIVER`: whole, and from somebody.
const RECEIVED: i64 = 3;
const DELIVER: i64 = 1;

/// How often the list of messages is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// More than twice what a modem has that we ask ourselves: ModemManager's own error comes first.
const SENDING: Duration = Duration::from_secs(150);

/// The messages that were there before a question: none of them is its answer.
#[derive(Clone)]
pub(super) struct Known(Vec<OwnedObjectPath>);

impl Modem {
    pub(super) async fn known_messages(&self) -> Result<Known, Error> {
        let messaging = self.properties(&self.path, MESSAGING).await?;
        Ok(Known(messaging.list("Messages").unwrap_or_default()))
    }

    /// Sends `text` to `number`, once. ModemManager's copy of it is deleted.
    pub(super) async fn send_message(&self, number: &str, text: &str) -> Result<(), Error> {
        let message = HashMap::from([("number", Value::from(number)), ("text", Value::from(text))]);
        let made = self.bus.call(&self.path, MESSAGING, "Create", &message).await;
        let path: OwnedObjectPath = made.map_err(|error| self.explain(error))?;
        let sent = timeout(SENDING, self.bus.ask::<()>(path.as_str(), SMS, "Send", &())).await;
        let _ = self.bus.call::<()>(&self.path, MESSAGING, "Delete", &path).await;
        match sent {
            Ok(sent) => sent.map_err(|error| self.explain(error)),
            Err(_) => Err(not_taken()),
        }
    }

    /// The message since `known` that is worth most as the operator's answer, which was asked by one to
    /// `asked` or otherwise; it stays where it is.
    pub(super) async fn next_message(
        &self,
        mut known: Known,
        asked: Option<&str>,
        operator: Option<&Operator>,
        limit: Duration,
    ) -> Result<(String, Fit), Error> {
        self.progress.set(Step::Message);
        let mut until = Instant::now() + limit;
        let mut others_came = false;
        let mut best: Option<(Worth, String, Fit)> = None;
        while Instant::now() < until {
            let Known(now) = self.known_messages().await?;
            for path in now {
                if known.0.contains(&path) {
                    continue;
                }
                let Some(Received { from, text, time }) = self.message(&path).await? else {
                    continue;
                };
                known.0.push(path);
                others_came = true;
                let (fit, worth) = weigh(from.as_ref(), &text, time, asked, operator);
                let Some(worth) = worth else { continue };
                match worth {
                    Worth::Answer => return Ok((text, fit)),
                    Worth::Perhaps => until = until.min(Instant::now() + BETTER),
                    Worth::Announcement => {}
                }
                if best.as_ref().is_none_or(|(better, ..)| worth < *better) {
                    best = Some((worth, text, fit));
                }
            }
            sleep(LOOK).await;
        }
        best.map(|(_, text, fit)| (text, fit)).ok_or_else(|| no_message(limit, others_came))
    }

    /// None where it is one of ours, or parts are still missing.
    async fn message(&self, path: &OwnedObjectPath) -> Result<Option<Received>, Error> {
        let sms = self.properties(path.as_str(), SMS).await?;
        let is_whole = sms.number("State") == Some(RECEIVED);
        if !is_whole || sms.number("PduType") != Some(DELIVER) {
            return Ok(None);
        }
        let from = sms.text("Number").map(Address::from_shown);
        let text = sms.text("Text").unwrap_or_default().to_owned();
        let time = sms.text("Timestamp").and_then(|time| time.parse().ok());
        Ok(Some(Received { from, text, time }))
    }
}

/// What somebody sent.
struct Received {
    from: Option<Address>,
    text: String,
    /// When the service centre got it.
    time: Option<Timestamp>,
}
