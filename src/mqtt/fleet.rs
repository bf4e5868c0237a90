//! What every machine on a broker last reported.

use std::collections::BTreeMap;
use std::process;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use super::fault::Fault;
use super::link::{Broker, Link};
use super::packet::{self, Incoming, Publish};
use super::settings::Settings;
use super::topics::{escaped, unescaped};
use crate::Error;
use crate::watch::View;

/// One modem of one machine.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The machine.
    pub device: String,
    /// Whether the machine is connected to the broker.
    pub is_online: bool,
    /// How the modem was when it last said.
    pub view: View,
}

/// What a broker keeps under a prefix.
#[derive(Debug, Default)]
pub struct Fleet {
    /// By machine and modem.
    pub modems: Vec<Reported>,
    /// Topics with something else in them than a state.
    pub unreadable: Vec<String>,
}

/// How long nothing has to come for everything to be there: nothing in MQTT says that a broker has told all
/// that it keeps.
const QUIET: Duration = Duration::from_millis(300);

/// How long a broker may take to answer.
const LIMIT: Duration = Duration::from_secs(30);

/// Machines asked for at once. A broker drops what does not fit into the queue of a subscriber that reads slowly:
/// mosquitto drops all above 1000 messages, and says nothing.
const AT_ONCE: usize = 100;

/// Asks a broker what it keeps of every machine.
///
/// # Errors
///
/// [`Error::Network`] where there is no broker or it does not answer, [`Error::Usage`] where it does not want us.
pub async fn fleet(settings: &Settings) -> Result<Fleet, Error> {
    let broker = Broker::new(settings)?;
    gather(&broker, &settings.prefix).await.map_err(|fault| fault.at(&broker.url))
}

/// First who is there, which is short, then what each has to say.
async fn gather(broker: &Broker, prefix: &str) -> Result<Fleet, Fault> {
    let client = format!("saldo-fleet-{}", process::id());
    let (link, _) = Link::open(broker, &client, None).await?;
    let mut ear = Ear { link, start: prefix.len() + 1, kept: 0, heard: Heard::default() };
    ear.ask(&[format!("{prefix}/+/status")]).await?;
    ear.settle().await?;
    let states: Vec<_> = ear.heard.online.keys().map(|device| state_of(prefix, device)).collect();
    for filters in states.chunks(AT_ONCE) {
        ear.ask(filters).await?;
    }
    ear.settle().await?;
    ear.link.send(&packet::disconnect()).await?;
    Ok(ear.heard.fleet())
}

fn state_of(prefix: &str, device: &str) -> String {
    format!("{prefix}/{}/+/state", escaped(device))
}

/// A connection, and what was heard on it.
struct Ear {
    link: Link,
    /// Where the machine begins in a topic.
    start: usize,
    /// Messages that the broker had kept.
    kept: usize,
    heard: Heard,
}

impl Ear {
    /// Subscribes, and hears what comes until the broker has answered.
    async fn ask(&mut self, filters: &[String]) -> Result<(), Fault> {
        let filters: Vec<_> = filters.iter().map(String::as_str).collect();
        self.link.send(&packet::subscribe(1, &filters, 0)).await?;
        match self.until_answer().await? {
            Incoming::SubAck(codes) if codes.iter().all(|code| *code == 0x80) => {
                Err(Fault::NotGranted)
            }
            _ => Ok(()),
        }
    }

    /// Hears until a while has passed in which nothing came that was kept. What is still on a slow way comes before
    /// the answer to a ping; what machines say meanwhile does not keep us.
    async fn settle(&mut self) -> Result<(), Fault> {
        loop {
            let before = self.kept;
            let until = Instant::now() + QUIET;
            while let Ok(incoming) = timeout_at(until, self.link.receive()).await {
                self.hear(incoming?);
            }
            self.link.send(&packet::pingreq()).await?;
            self.until_answer().await?;
            if self.kept == before {
                return Ok(());
            }
        }
    }

    /// What the broker says for itself.
    async fn until_answer(&mut self) -> Result<Incoming, Fault> {
        loop {
            let incoming = timeout(LIMIT, self.link.receive()).await;
            if let Some(answer) = self.hear(incoming.map_err(|_| Fault::Silent)??) {
                return Ok(answer);
            }
        }
    }

    /// Gives back what is no message.
    fn hear(&mut self, incoming: Incoming) -> Option<Incoming> {
        let Incoming::Publish(message) = incoming else { return Some(incoming) };
        self.kept += usize::from(message.is_retained);
        self.heard.add(self.start, message);
        None
    }
}

#[derive(Default)]
struct Heard {
    online: BTreeMap<String, bool>,
    modems: BTreeMap<(String, String), View>,
    unreadable: Vec<String>,
}

impl Heard {
    /// `DEVICE/status` or `DEVICE/MODEM/state`; nothing in it takes it back.
    fn add(&mut self, start: usize, message: Publish) {
        let Some((device, rest)) = message.topic.get(start..).and_then(|t| t.split_once('/'))
        else {
            return;
        };
        let Some(device) = unescaped(device) else { return self.unreadable.push(message.topic) };
        if rest == "status" {
            self.online.insert(device, message.payload == b"online");
            return;
        }
        match serde_json::from_slice::<View>(&message.payload) {
            Ok(view) => {
                self.modems.insert((device, view.modem.clone()), view);
            }
            Err(_) if message.payload.is_empty() => {}
            Err(_) => self.unreadable.push(message.topic),
        }
    }

    fn fleet(self) -> Fleet {
        let Self { online, modems, unreadable, .. } = self;
        let modems = modems.into_iter().map(|((device, _), view)| {
            let is_online = online.get(&device) == Some(&true);
            Reported { device, is_online, view }
        });
        Fleet { modems: modems.collect(), unreadable }
    }
}
