//! One modem for as long as it is watched: waited for, asked, remembered, shown.

use std::cell::Cell;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::config::Modem;
use super::host::{Asked, Host, Level};
use super::memory::{Memory, tomorrow};
use super::run::Daemon;
use super::trail::Trail;
use super::{Change, hotplug};
use crate::Error;
use crate::client::record_of;
use crate::store::Filter;
use crate::watch::{Record, View};

/// How long after a question that did not reach the network it is put again; then it waits for its time.
const AGAIN: [SignedDuration; 3] =
    [SignedDuration::from_mins(1), SignedDuration::from_mins(5), SignedDuration::from_mins(15)];

/// A modem that is not there may be restarting: it is looked for once more before that is said.
const SECOND_LOOK: Duration = Duration::from_secs(30);

/// How many records of the past a forecast may need.
const PAST: usize = 1000;

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
}

/// Why a wait is over.
enum Woken {
    Due,
    Wanted,
    Jumped,
    Ended,
}

/// One modem.
pub(super) struct Task<H> {
    daemon: Rc<Daemon<H>>,
    modem: Modem,
    bell: Rc<Bell>,
    memory: Memory,
    trail: Trail,
    view: View,
    tries: usize,
}

impl<H: Host> Task<H> {
    /// With what the history says of this modem.
    pub(super) fn new(daemon: Rc<Daemon<H>>, modem: Modem, bell: Rc<Bell>) -> Self {
        let memory = Memory::of(&daemon.history.borrow(), &modem.name);
        let mut task = Self {
            view: View {
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
            },
            trail: Trail::default(),
            tries: 0,
            daemon,
            modem,
            bell,
            memory,
        };
        task.recall();
        task
    }

    fn recall(&mut self) {
        let filter =
            Filter { modem: Some(self.modem.name.clone()), last: Some(PAST), ..Filter::default() };
        let past = self.daemon.history.borrow().records(&filter);
        for (_, record) in self.daemon.told(past).unwrap_or_default() {
            self.remember(record);
        }
        let last = self.view.last.as_ref().map(|record| record.time);
        self.memory.asked = self.memory.asked.max(last);
        self.view.forecast = self.trail.forecast(self.daemon.clock.now());
        self.daemon.board.show(self.view.clone());
    }

    /// Asks whenever it is time, until the end.
    pub(super) async fn watch(mut self) {
        let mut due = self.first_due();
        loop {
            due = self.allowed(due);
            self.announce(due);
            match self.wait(due).await {
                Woken::Ended => break,
                Woken::Jumped => due = due.min(self.next()),
                Woken::Wanted if !self.may_ask() => self.log_limit(),
                Woken::Due | Woken::Wanted => {
                    if !self.is_here().await {
                        break;
                    }
                    let Some(may_retry) = self.ask().await else { break };
                    due = self.due_after(may_retry);
                }
            }
        }
    }

    /// Asks once; gives the exit status.
    pub(super) async fn once(mut self) -> u8 {
        if !self.may_ask() {
            self.log_limit();
            return 0;
        }
        let asked = self.question().await;
        let status = match &asked.outcome {
            Ok(balance) if balance.is_reliable() => 0,
            Ok(_) => 6,
            Err(error) => error.exit_status(),
        };
        self.note(asked);
        status
    }

    /// When it is asked first: at once where it never was, as the schedule goes on where it was.
    fn first_due(&self) -> Timestamp {
        let now = self.daemon.clock.now();
        // A time that has not come yet was told by a clock that was wrong.
        let asked = self.memory.asked.map(|asked| asked.min(now));
        asked.map_or(now, |asked| self.modem.schedule.next(asked))
    }

    fn next(&self) -> Timestamp {
        self.modem.schedule.next(self.daemon.clock.now())
    }

    /// Not before tomorrow where today has had its questions.
    fn allowed(&self, due: Timestamp) -> Timestamp {
        if self.may_ask() { due } else { due.max(tomorrow(self.daemon.clock.now())) }
    }

    fn may_ask(&self) -> bool {
        let today = self.memory.today(self.daemon.clock.now());
        self.modem.schedule.per_day.is_none_or(|most| today < most)
    }

    fn log_limit(&self) {
        self.log(Level::Notice, "is not asked again today: `per-day` is reached");
    }

    fn announce(&mut self, due: Timestamp) {
        self.view.next = Some(due);
        self.daemon.board.show(self.view.clone());
        self.daemon.tell_next();
    }

    async fn wait(&self, due: Timestamp) -> Woken {
        loop {
            if self.bell.has_ended.get() || self.daemon.control.has_ended() {
                return Woken::Ended;
            }
            if self.bell.is_wanted.take() {
                return Woken::Wanted;
            }
            tokio::select! {
                biased;
                () = self.bell.rung.notified() => {}
                _ = self.daemon.control.ended() => return Woken::Ended,
                is_due = self.daemon.clock.until(due) => {
                    return if is_due { Woken::Due } else { Woken::Jumped };
                }
            }
        }
    }

    /// Waits for a modem that is not plugged in; `false` where the watch ends meanwhile.
    async fn is_here(&mut self) -> bool {
        let is_gone = |modem: &Modem| hotplug::is_plugged_in(modem.port.as_ref()) == Some(false);
        if is_gone(&self.modem) {
            self.until_end(sleep(SECOND_LOOK)).await;
        }
        if !is_gone(&self.modem) {
            return true;
        }
        self.note_presence(false);
        let port = self.modem.port.clone();
        if !self.until_end(hotplug::plugged_in(port.as_ref())).await {
            return false;
        }
        self.note_presence(true);
        true
    }

    /// `false` where the watch ended before.
    async fn until_end(&self, work: impl Future<Output = ()>) -> bool {
        let bell = async {
            while !self.bell.has_ended.get() {
                self.bell.rung.notified().await;
            }
        };
        tokio::select! {
            () = work => true,
            () = bell => false,
            _ = self.daemon.control.ended() => false,
        }
    }

    fn note_presence(&mut self, is_present: bool) {
        if self.view.is_present == is_present {
            return;
        }
        self.view.is_present = is_present;
        self.view.next = None;
        match is_present {
            true => self.log(Level::Notice, "is there again"),
            false => self.log(Level::Warning, "is not there"),
        }
        self.daemon.board.show(self.view.clone());
    }

    /// Asks and remembers; gives whether it may be asked again soon, `None` where the watch ended.
    async fn ask(&mut self) -> Option<bool> {
        let asked = self.question().await;
        self.bell.is_wanted.set(false);
        let may_retry = match &asked.outcome {
            Err(Error::Interrupted { .. }) => return None,
            Err(Error::Usage { .. }) | Ok(_) => false,
            Err(_) => !asked.was_on_air,
        };
        // Of the tries at one time one failure is remembered.
        if !(may_retry && self.tries > 0) {
            self.note(asked);
        }
        Some(may_retry)
    }

    /// A question is counted before it is put: also one whose end we do not live to see.
    async fn question(&mut self) -> Asked {
        let before = self.memory.clone();
        self.memory.count(self.daemon.clock.now());
        self.keep();
        let file = self.modem.pin_file.as_deref().map(fingerprint);
        let may_unlock = file.is_some() && file != self.memory.refused_pin;
        let asked = self.daemon.host.ask(&self.modem, may_unlock).await;
        if !asked.was_on_air && asked.outcome.is_err() {
            self.memory = before;
        }
        if asked.pin_refused {
            self.memory.refused_pin = file;
        }
        self.keep();
        asked
    }

    fn note(&mut self, asked: Asked) {
        let now = self.daemon.clock.now();
        let outcome = asked.outcome.as_ref();
        let record = record_of(&self.modem.name, now, outcome, &asked.sim, &self.daemon.keep);
        let operator = outcome.ok().and_then(|balance| balance.plan.operator.as_ref());
        self.view.operator =
            operator.map(|operator| operator.name.clone()).or(self.view.operator.take());
        self.view.port = asked.port.or(self.view.port.take());
        self.view.radio = asked.radio.or(self.view.radio);
        self.view.is_present = !matches!(outcome, Err(Error::Unplugged { .. }));
        let id = self.daemon.note(&record);
        self.remember(record.clone());
        self.view.forecast = self.trail.forecast(now);
        self.daemon.board.show(self.view.clone());
        if let Some(id) = id {
            self.daemon.board.tell(Change::Record { id, record: Box::new(record) });
        }
    }

    fn remember(&mut self, record: Record) {
        self.trail.add(&record);
        if record.reliable().is_some() {
            self.view.last_good = Some(record.clone());
        }
        self.view.last = Some(record);
    }

    fn due_after(&mut self, may_retry: bool) -> Timestamp {
        let next = self.next();
        let again = AGAIN.get(self.tries).filter(|_| may_retry);
        self.tries = if again.is_some() { self.tries + 1 } else { 0 };
        let now = self.daemon.clock.now();
        again.and_then(|pause| now.checked_add(*pause).ok()).map_or(next, |again| again.min(next))
    }

    fn keep(&self) {
        let kept = self.memory.keep(&mut self.daemon.history.borrow_mut(), &self.modem.name);
        self.daemon.told(kept);
    }

    fn log(&self, level: Level, text: &str) {
        self.daemon.host.log(level, &format!("{}: {text}", self.modem.name));
    }
}

/// Another file, or the same with other content, is another PIN.
fn fingerprint(file: &Path) -> String {
    let changed = fs::metadata(file).map(|about| (about.ino(), about.mtime(), about.mtime_nsec()));
    format!("{} {:?}", file.display(), changed.ok())
}
