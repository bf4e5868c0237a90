//! Reports to a broker for ever: connects, says how everything is, passes on what changes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use jiff::Zoned;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{Instant, sleep_until, timeout};

use super::backoff::Backoff;
use super::discovery;
use super::fault::Fault;
use super::link::{Broker, Link};
use super::message;
use super::outbox::Outbox;
use super::packet::{self, Incoming, Publish};
use super::settings::Settings;
use super::topics::{Leaf, Topics};
use crate::Error;
use crate::daemon::{Board, Change};
use crate::store::History;
use crate::watch::View;

/// Between two checks of one modem that somebody wished by a message: each may keep its line busy for a minute.
const CHECKS: Duration = Duration::from_secs(60);

/// Under this key the history holds the topics that the broker keeps of us.
const KEPT: &str = "mqtt-kept";

/// How long [`Reporter::deliver`] may take.
const LIMIT: Duration = Duration::from_secs(60);

/// What is said to a broker, and what of it has arrived.
pub struct Reporter {
    broker: Broker,
    topics: Topics,
    settings: Settings,
    board: Board,
    changes: Receiver<Change>,
    history: Rc<RefCell<History>>,
    outbox: Outbox,
    backoff: Backoff,
    /// The topics that the broker keeps of us.
    kept: BTreeSet<String>,
    /// What Home Assistant was told, by topic.
    discovered: BTreeMap<String, Vec<u8>>,
    /// When a modem was last checked because of a message.
    checked: BTreeMap<String, Instant>,
    device: String,
    client: String,
    /// Whether the board holds every modem of the settings: what is not on it is gone then.
    is_whole: bool,
    tell: Box<dyn Fn(&str)>,
}

/// What may happen on a connection.
enum Event {
    Incoming(Incoming),
    Change(Result<Change, RecvError>),
    Due,
}

impl Reporter {
    /// `history` is the one of the modems on the board. `tell` gets a line for every change of the connection.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] where the settings name a file that cannot be read, or this build has no TLS.
    pub fn new(
        settings: Settings,
        board: Board,
        history: Rc<RefCell<History>>,
        tell: impl Fn(&str) + 'static,
    ) -> Result<Self, Error> {
        let device = settings.device();
        let client = settings.client_id.clone().unwrap_or_else(|| format!("saldo-{device}"));
        let kept = history.borrow().state(KEPT).unwrap_or_default();
        Ok(Self {
            broker: Broker::new(&settings)?,
            topics: Topics::new(&settings, &device),
            changes: board.listen(),
            board,
            history,
            outbox: Outbox::default(),
            backoff: Backoff::new(Duration::from_secs_f32(settings.first_wait)),
            kept: kept.lines().map(str::to_owned).collect(),
            discovered: BTreeMap::new(),
            checked: BTreeMap::new(),
            settings,
            device,
            client,
            is_whole: true,
            tell: Box::new(tell),
        })
    }

    /// Reports until it is dropped; then the broker says `offline` for us.
    ///
    /// The board holds every modem of the configuration when the connection stands, or none: what the broker keeps of
    /// others is taken back.
    pub async fn run(mut self) -> Infallible {
        let mut told = String::new();
        loop {
            let Err(fault) = self.connection(&mut told).await;
            let wait = self.backoff.wait();
            let reason = fault.to_string();
            if reason != told {
                let next = (&Zoned::now() + wait).strftime("%H:%M:%S").to_string();
                (self.tell)(&format!("{}: {reason}; next try at {next}", self.broker.url));
                told = reason;
            }
            self.pause(Instant::now() + wait).await;
        }
    }

    /// Of a watch of some modems only: what the broker keeps of the others stays.
    pub fn of_some(self) -> Self {
        Self { is_whole: false, ..self }
    }

    /// Says how everything is and delivers what waits, once.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] where the broker is not there or too slow, [`Error::Usage`] where it does not want us; what
    /// has not arrived waits for the next time.
    pub async fn deliver(mut self) -> Result<(), Error> {
        loop {
            match self.changes.try_recv() {
                Ok(change) => self.note(change),
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        let delivered = timeout(LIMIT, self.delivery()).await.unwrap_or(Err(Fault::Silent));
        delivered.map_err(|fault| fault.at(&self.broker.url))
    }

    async fn delivery(&mut self) -> Result<(), Fault> {
        let mut link = self.connect().await?;
        loop {
            if let Some(message) = self.next()? {
                link.send(&message).await?;
            }
            if self.outbox.is_idle() {
                return link.send(&packet::disconnect()).await;
            }
            let incoming = link.receive().await?;
            self.take(incoming, &mut link).await?;
        }
    }

    async fn connect(&mut self) -> Result<Link, Fault> {
        let will = message::word(self.topics.status(), "offline");
        let (mut link, has_session) = Link::open(&self.broker, &self.client, Some(&will)).await?;
        self.greet(&mut link, has_session).await?;
        Ok(link)
    }

    /// One connection, to its end; `told` is forgotten when it stands.
    async fn connection(&mut self, told: &mut String) -> Result<Infallible, Fault> {
        let mut link = self.connect().await?;
        told.clear();
        (self.tell)(&format!("{}: connected as {}", self.broker.url, self.client));
        loop {
            if let Some(message) = self.next()? {
                link.send(&message).await?;
            }
            let due = link.due();
            let event = tokio::select! {
                incoming = link.receive() => Event::Incoming(incoming?),
                change = self.changes.recv() => Event::Change(change),
                () = sleep_until(due) => Event::Due,
            };
            match event {
                Event::Incoming(incoming) => self.take(incoming, &mut link).await?,
                Event::Change(change) => self.pass_on(change, &mut link).await?,
                Event::Due => link.keep().await?,
            }
        }
    }

    /// What is to be sent next, where nothing is on its way.
    fn next(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let next = self.outbox.next(&self.history.borrow(), &self.topics)?;
        Ok(next.map(Publish::write))
    }

    /// Says all that holds now; the broker may have lost whatever it was told before.
    async fn greet(&mut self, link: &mut Link, has_session: bool) -> Result<(), Fault> {
        self.discovered.clear();
        self.keep(link, message::word(self.topics.status(), "online")).await?;
        let commands = self.topics.commands();
        match (self.settings.commands, has_session) {
            // Quality 0: a wish is for now, and not kept for a modem that is away.
            (true, _) => link.send(&packet::subscribe(1, &[&commands], 0)).await?,
            (false, true) => link.send(&packet::unsubscribe(1, &commands)).await?,
            (false, false) => {}
        }
        self.show_all(link).await?;
        if let Some(message) = self.outbox.again(has_session) {
            link.send(&message.write()).await?;
        }
        Ok(())
    }

    async fn show_all(&mut self, link: &mut Link) -> Result<(), Fault> {
        self.take_back(link).await?;
        for view in self.board.views() {
            self.show(&view, link).await?;
        }
        Ok(())
    }

    async fn show(&mut self, view: &View, link: &mut Link) -> Result<(), Fault> {
        if self.settings.discovery {
            let has_commands = self.settings.commands;
            let device = discovery::device(&self.topics, &self.device, view, has_commands);
            if self.discovered.get(&device.topic) != Some(&device.payload) {
                self.discovered.insert(device.topic.clone(), device.payload.clone());
                self.keep(link, device).await?;
            }
        }
        let topic = self.topics.of(&view.modem, Leaf::State);
        self.keep(link, message::state(topic, view)).await
    }

    /// Takes back what the broker keeps of modems that are no longer watched, and under names we no longer have.
    async fn take_back(&mut self, link: &mut Link) -> Result<(), Fault> {
        let views = self.board.views();
        if views.is_empty() || !self.is_whole {
            return Ok(()); // the watch has not begun, or is of some modems only
        }
        let mut holds = BTreeSet::from([self.topics.status()]);
        for view in &views {
            holds.insert(self.topics.of(&view.modem, Leaf::State));
            holds.extend(self.settings.discovery.then(|| self.topics.discovery(&view.modem)));
        }
        let gone: Vec<_> = self.kept.difference(&holds).cloned().collect();
        for topic in &gone {
            link.send(&message::word(topic.clone(), "").write()).await?;
            self.kept.remove(topic);
            self.discovered.remove(topic);
        }
        if gone.is_empty() { Ok(()) } else { self.remember() }
    }

    /// Publishes what the broker is to keep, and remembers that it does.
    async fn keep(&mut self, link: &mut Link, message: Publish) -> Result<(), Fault> {
        link.send(&message.write()).await?;
        if self.kept.insert(message.topic) { self.remember() } else { Ok(()) }
    }

    fn remember(&mut self) -> Result<(), Fault> {
        let topics: Vec<_> = self.kept.iter().map(String::as_str).collect();
        Ok(self.history.borrow_mut().set_state(KEPT, &topics.join("\n"))?)
    }

    async fn take(&mut self, incoming: Incoming, link: &mut Link) -> Result<(), Fault> {
        match incoming {
            Incoming::PubAck(id) => {
                self.backoff.reset();
                self.outbox.acknowledged(id, &mut self.history.borrow_mut())?;
            }
            Incoming::Done => self.backoff.reset(),
            Incoming::Publish(message) => {
                self.command(&message);
                if let Some(id) = message.id {
                    link.send(&packet::puback(id)).await?;
                }
            }
            Incoming::SubAck(codes) if codes.contains(&0x80) => {
                (self.tell)(&format!("{}: the broker lets nobody command us", self.broker.url));
            }
            Incoming::SubAck(_) => {}
            Incoming::ConnAck { .. } => return Err(packet::Malformed::Packet.into()),
        }
        Ok(())
    }

    /// `check` is the only command there is. One that the broker kept is not for now.
    fn command(&mut self, message: &Publish) {
        let modem = self.topics.commanded(&message.topic);
        let is_check = message.payload == b"check" && !message.is_retained;
        let Some(modem) = modem.filter(|_| is_check && self.settings.commands) else {
            let length = message.payload.len();
            return (self.tell)(&format!("ignored {length} octets on {}", message.topic));
        };
        let now = Instant::now();
        if self.checked.get(&modem).is_some_and(|last| now < *last + CHECKS) {
            return (self.tell)(&format!("{modem} was checked less than a minute ago"));
        }
        if self.board.check(&modem) {
            self.checked.insert(modem, now);
        } else {
            (self.tell)(&format!("no modem `{modem}` to check"));
        }
    }

    async fn pass_on(
        &mut self,
        change: Result<Change, RecvError>,
        link: &mut Link,
    ) -> Result<(), Fault> {
        match change {
            Ok(Change::View(view)) => {
                self.show(&view, link).await?;
                self.take_back(link).await
            }
            Ok(change) => {
                self.note(change);
                Ok(())
            }
            Err(_) => self.show_all(link).await, // some of it was missed
        }
    }

    /// Records are read from the history.
    fn note(&mut self, change: Change) {
        match change {
            Change::Alert { modem, kind, is_raised, message } => {
                let topic = self.topics.of(&modem, Leaf::Alert);
                self.outbox.add_alert(message::alert(topic, &modem, kind, is_raised, &message));
            }
            Change::Record { .. } | Change::View(_) => {}
        }
    }

    /// Waits, and keeps the alerts of that time.
    async fn pause(&mut self, until: Instant) {
        loop {
            tokio::select! {
                () = sleep_until(until) => return,
                change = self.changes.recv() => {
                    change.into_iter().for_each(|change| self.note(change));
                }
            }
        }
    }
}
