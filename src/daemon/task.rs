//! One modem for as long as it is watched: when it is asked.

use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::sleep;

use super::config::Modem;
use super::host::{Host, Level};
use super::hotplug;
use super::memory::Memory;
use super::run::Daemon;
use crate::Error;
use crate::store::Filter;
use crate::watch::{Alert, AlertKind, Alerts, Event, Moment, Record, Trail, View};

/// A modem that is not there may be restarting: it is looked for once more before that is said.
const SECOND_LOOK: Duration = Duration::from_secs(30);

/// How many records of the past a forecast may need.
const PAST: usize = 1000;

/// How long a wait may be before it is looked whether an account has ended meanwhile.
const DAY: Duration = Duration::from_secs(86_400);

/// What is wanted of a task from outside.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: Notify,
    is_wanted: Cell<bool>,
    has_ended: Cell<bool>,
}

impl Bell {
    /// Has the modem asked now.
    pub(super) fn want(&self) {
        self.is_wanted.set(true);
        self.rung.notify_waiters();
    }

    /// Ends the watch of this modem, after a question that is going on.
    pub(super) fn end(&self) {
        self.has_ended.set(true);
        self.rung.notify_waiters();
    }

    /// What was wished while a question went on has been granted by it.
    pub(super) fn settle(&self) {
        self.is_wanted.set(false);
    }
}

/// Why a wait is over.
enum Woken {
    Due,
    Wanted,
    Ended,
}

/// One modem.
pub(super) struct Task<H> {
    pub(super) daemon: Rc<Daemon<H>>,
    pub(super) modem: Modem,
    pub(super) bell: Rc<Bell>,
    pub(super) memory: Memory,
    pub(super) alerts: Alerts,
    /// Alerts that go out as messages when the modem is free.
    pub(super) messages: Vec<Alert>,
    pub(super) trail: Trail,
    pub(super) view: View,
    /// Questions in a row that did not reach the network.
    pub(super) tries: u32,
    /// Spreads what would be asked at once.
    seed: u64,
}

impl<H: Host + 'static> Task<H> {
    /// With what the history says of this modem.
    pub(super) fn new(daemon: Rc<Daemon<H>>, modem: Modem, bell: Rc<Bell>) -> Self {
        let memory = Memory::of(&daemon.history.borrow(), &modem.name);
        let view = View {
            modem: modem.name.clone(),
            port: modem.port.as_ref().map(ToString::to_string),
            is_present: true,
            operator: None,
            last: None,
            last_good: None,
            forecast: None,
            alerts: Vec::new(),
            radio: None,
            next: None,
        };
        let mut task = Self {
            alerts: Alerts::resume(modem.marks.clone(), memory.alerts.clone()),
            messages: Vec::new(),
            trail: Trail::default(),
            tries: 0,
            seed: seed(&modem.name),
            daemon,
            modem,
            bell,
            memory,
            view,
        };
        task.recall();
        task
    }

    /// Not where the modem is no longer watched: its last question may still be going on.
    pub(super) fn show(&self) {
        if !self.bell.has_ended.get() {
            self.daemon.board.show(self.view.clone());
        }
    }

    fn recall(&mut self) {
        let filter =
            Filter { modem: Some(self.modem.name.clone()), last: Some(PAST), ..Filter::default() };
        let past = self.daemon.history.borrow().records(&filter);
        for (_, record) in self.daemon.told(past).unwrap_or_default() {
            self.remember(record);
        }
        let (last, good) = (self.view.last.as_ref(), self.view.last_good.as_ref());
        let known = |record: &&Record| record.operator.is_some();
        let operator = last.into_iter().chain(good).find(known);
        let operator = operator.and_then(|record| record.operator.as_deref());
        self.view.operator = operator.and_then(|id| self.daemon.host.operator_name(id));
        let last = last.map(|record| record.time);
        self.memory.asked = self.memory.asked.max(last);
        self.view.forecast = self.trail.forecast(self.daemon.clock.now());
        self.view.alerts = self.alerts.raised();
        self.show();
    }

    /// Asks whenever it is time, until the end.
    pub(super) async fn watch(self) {
        let due = self.first();
        self.watch_from(due).await;
    }

    /// The same of a modem that was watched in another way before: it is no later for that.
    pub(super) async fn watch_on(self) {
        let (clock, last) = (&self.daemon.clock, self.memory.asked);
        let due = self.modem.schedule.resumed(clock.now(), last, clock.tz(), self.seed);
        self.watch_from(due).await;
    }

    async fn watch_from(mut self, mut due: Timestamp) {
        let clock = self.daemon.clock.clone();
        let mut planned = clock.moment();
        self.tell_first(due);
        loop {
            self.announce(due);
            match self.wait(due, planned).await {
                Woken::Ended => break,
                Woken::Wanted if !self.may_ask() => {
                    self.bell.settle();
                    self.log(Level::Notice, "is not asked again today: `per-day` is reached");
                }
                Woken::Due if !self.may_ask() => (planned, due) = (clock.moment(), self.next()),
                woken @ (Woken::Due | Woken::Wanted) => {
                    if !self.is_here().await {
                        break;
                    }
                    if matches!(woken, Woken::Due) && !self.is_due(due, planned) {
                        continue; // it came back in quiet hours
                    }
                    if matches!(woken, Woken::Wanted) {
                        self.tries = 0; // a question of its own
                    }
                    let Some(may_retry) = self.ask().await else { break };
                    let next = self.next();
                    due = if may_retry { self.retry() } else { next };
                    if due >= next {
                        self.tries = 0; // the next question, and no try of this one
                    }
                    planned = clock.moment();
                }
            }
        }
    }

    fn is_due(&self, due: Timestamp, planned: Moment) -> bool {
        let clock = &self.daemon.clock;
        self.modem.schedule.wait(due, planned, clock.moment(), clock.tz()).is_zero()
    }

    /// Hours of silence look like a watch that does nothing.
    fn tell_first(&self, due: Timestamp) {
        let clock = &self.daemon.clock;
        if due > clock.now() {
            let due = due.to_zoned(clock.tz().clone()).strftime("%Y-%m-%d %H:%M");
            self.log(Level::Info, &format!("is asked next at {due}"));
        }
    }

    /// Asks once; gives the exit status.
    pub(super) async fn once(mut self) -> u8 {
        if !self.may_ask() {
            self.log(Level::Notice, "is not asked again today: `per-day` is reached");
            return 0;
        }
        if let Some(is_present) = hotplug::is_plugged_in(self.modem.port.as_ref()) {
            self.judge_presence(is_present);
        }
        let asked = self.question().await;
        let status = match &asked.outcome {
            Ok(balance) if balance.is_reliable() => 0,
            Ok(_) => 6,
            Err(error) => error.exit_status(),
        };
        if !matches!(asked.outcome, Err(Error::Interrupted { .. })) {
            self.note(asked);
            self.send_messages().await;
        }
        let is_bad = |kind: &AlertKind| BAD.contains(kind);
        if status == 0 { u8::from(self.view.alerts.iter().any(is_bad)) } else { status }
    }

    /// When it is asked first: the schedule goes on where it was.
    fn first(&self) -> Timestamp {
        let clock = &self.daemon.clock;
        self.modem.schedule.first(clock.now(), self.memory.asked, clock.tz(), self.seed)
    }

    fn next(&self) -> Timestamp {
        let (clock, count) = (&self.daemon.clock, &self.memory.count);
        self.modem.schedule.next_within(clock.now(), count, clock.tz(), self.seed)
    }

    fn retry(&self) -> Timestamp {
        let clock = &self.daemon.clock;
        self.modem.schedule.retry(clock.now(), self.tries, clock.tz(), self.seed)
    }

    fn may_ask(&self) -> bool {
        let clock = &self.daemon.clock;
        self.modem.per_day.is_none_or(|most| self.memory.today(clock.now(), clock.tz()) < most)
    }

    fn announce(&mut self, due: Timestamp) {
        self.view.next = Some(due);
        self.show();
        self.daemon.tell_next();
    }

    async fn wait(&mut self, due: Timestamp, planned: Moment) -> Woken {
        let daemon = Rc::clone(&self.daemon);
        loop {
            if self.bell.has_ended.get() || daemon.control.has_ended() {
                return Woken::Ended;
            }
            if self.bell.is_wanted.get() {
                return Woken::Wanted;
            }
            let clock = &daemon.clock;
            let left = self.modem.schedule.wait(due, planned, clock.moment(), clock.tz());
            if left.is_zero() {
                return Woken::Due;
            }
            tokio::select! {
                biased;
                () = self.bell.rung.notified() => {}
                _ = daemon.control.ended() => {}
                () = clock.sleep(left.min(DAY)) => {
                    self.judge(Event::Tick);
                    self.send_messages().await;
                }
            }
        }
    }

    /// Waits for a modem that is not plugged in; `false` where the watch ends meanwhile.
    async fn is_here(&mut self) -> bool {
        let is_gone = |modem: &Modem| hotplug::is_plugged_in(modem.port.as_ref()) == Some(false);
        if is_gone(&self.modem) && self.until_end(sleep(SECOND_LOOK)).await.is_none() {
            return false;
        }
        if !is_gone(&self.modem) {
            self.judge_presence(true);
            return true;
        }
        self.judge_presence(false);
        let port = self.modem.port.clone();
        let clock = self.daemon.clock.clone();
        loop {
            let came = async {
                tokio::select! {
                    () = hotplug::plugged_in(port.as_ref()) => true,
                    () = clock.sleep(DAY) => false,
                }
            };
            match self.until_end(came).await {
                Some(true) => break,
                Some(false) => self.judge(Event::Tick), // its validity ends all the same
                None => return false,
            }
        }
        self.judge_presence(true);
        true
    }

    fn judge_presence(&mut self, is_present: bool) {
        if self.view.is_present != is_present {
            self.view.is_present = is_present;
            self.show();
        }
        self.judge(if is_present { Event::Back } else { Event::Gone });
    }

    /// `None` where the watch ended before.
    async fn until_end<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let ended = async {
            while !self.bell.has_ended.get() {
                self.bell.rung.notified().await;
            }
        };
        tokio::select! {
            done = work => Some(done),
            () = ended => None,
            _ = self.daemon.control.ended() => None,
        }
    }

    pub(super) fn log(&self, level: Level, text: &str) {
        self.daemon.host.log(level, &format!("{}: {text}", self.modem.name));
    }
}

/// The same for this modem on this machine, and another for any other.
fn seed(modem: &str) -> u64 {
    let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    let mut hasher = DefaultHasher::new();
    (machine, modem).hash(&mut hasher);
    hasher.finish()
}

/// What makes an answer the bad one: it is below a mark, or of no use any more.
const BAD: &[AlertKind] = &[AlertKind::Low, AlertKind::Critical, AlertKind::Expired];
