//! What every machine on a broker last reported.

use std::collections::BTreeMap;
use std::process;
use std::time::Duration;

use tokio::time::timeout;

use super::fault::Fault;
use super::link::{Broker, Link};
use super::packet::{self, Incoming, Publish};
use super::settings::Settings;
use super::topics::unescaped;
use crate::Error;
use crate::watch::View;

/// One modem of one machine.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The machine.
    pub device: String,
    /// Whether the machine is connected to the broker; `None` where it has not said.
    pub is_online: Option<bool>,
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
const QUIET: Duration = Duration::from_millis(500);

/// How long a broker may take to begin with it.
const LIMIT: Duration = Duration::from_secs(30);

/// Asks a broker what it keeps of every machine.
///
/// # Errors
///
/// [`Error::Network`] where there is no broker or it does not answer, [`Error::Usage`] where it does not want us.
pub async fn fleet(settings: &Settings) -> Result<Fleet, Error> {
    let broker = Broker::new(settings)?;
    gather(&broker, &settings.prefix).await.map_err(|fault| fault.at(&broker.url))
}

async fn gather(broker: &Broker, prefix: &str) -> Result<Fleet, Fault> {
    let client = format!("saldo-fleet-{}", process::id());
    let (mut link, _) = Link::open(broker, &client, None).await?;
    let (status, state) = (format!("{prefix}/+/status"), format!("{prefix}/+/+/state"));
    link.send(&packet::subscribe(1, &[&status, &state], 0)).await?;
    let mut heard = Heard { start: prefix.len() + 1, ..Heard::default() };
    let mut is_granted = false;
    loop {
        let limit = if is_granted { QUIET } else { LIMIT };
        match timeout(limit, heard.next(&mut link)).await.ok().transpose()? {
            Some(Next::Granted(false)) => return Err(Fault::NotGranted),
            Some(_) => is_granted = true,
            None if is_granted => break,
            None => return Err(Fault::Silent),
        }
    }
    link.send(&packet::disconnect()).await?;
    Ok(heard.fleet())
}

#[derive(Default)]
struct Heard {
    /// Where the machine begins in a topic.
    start: usize,
    online: BTreeMap<String, bool>,
    modems: BTreeMap<(String, String), View>,
    unreadable: Vec<String>,
}

/// What a broker says to a subscriber that is of interest.
enum Next {
    /// Whether it grants any of the topics.
    Granted(bool),
    /// What it has kept under one of them.
    Kept,
}

impl Heard {
    /// Waits for a message that was kept, or for what the filters were granted.
    async fn next(&mut self, link: &mut Link) -> Result<Next, Fault> {
        loop {
            match link.receive().await? {
                Incoming::SubAck(codes) => {
                    return Ok(Next::Granted(codes.iter().any(|code| *code != 0x80)));
                }
                Incoming::Publish(message) => {
                    let was_kept = message.is_retained;
                    self.add(message);
                    // What machines say meanwhile must not keep us for ever.
                    if was_kept {
                        return Ok(Next::Kept);
                    }
                }
                _ => {}
            }
        }
    }

    /// `DEVICE/status` or `DEVICE/MODEM/state`; nothing in it takes it back.
    fn add(&mut self, message: Publish) {
        let Some((device, rest)) = message.topic.get(self.start..).and_then(|t| t.split_once('/'))
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
            let is_online = online.get(&device).copied();
            Reported { device, is_online, view }
        });
        Fleet { modems: modems.collect(), unreadable }
    }
}
