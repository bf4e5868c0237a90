//! Every modem in a task of its own, on one thread, until the end.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet, LocalSet, spawn_local};
use tokio::time::timeout;

use super::board::Board;
use super::clock::Clock;
use super::config::{Channels, Config, Modem};
use super::host::{Control, Host, Level};
use super::notify::Notify;
use super::task::{Bell, Task};
use super::tell::Ended;
use crate::Error;
use crate::client::KeepIccid;
use crate::store::{History, HistoryError};
use crate::watch::{Alert, Record};

/// What is kept longer than it should be is forgotten this often.
const TIDY: SignedDuration = SignedDuration::from_hours(24);

/// How long commands that tell an alert may take when the watch ends.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What all modems share.
pub struct Daemon<H> {
    pub(super) host: H,
    pub(super) clock: Clock,
    pub(super) board: Board,
    pub(super) history: Rc<RefCell<History>>,
    pub(super) keep: KeepIccid,
    pub(super) control: Rc<Control>,
    notify: Notify,
    /// Whom an alert is told.
    pub(super) channels: RefCell<Rc<Channels>>,
    /// Commands that are being told.
    pub(super) telling: RefCell<JoinSet<()>>,
    /// For how long a question is remembered, and when that was seen to.
    tidied: Cell<(SignedDuration, Option<Timestamp>)>,
}

/// What the daemon works with.
pub struct Parts<H> {
    /// Who asks.
    pub host: H,
    /// What time it is.
    pub clock: Clock,
    /// How every modem is.
    pub board: Board,
    /// What was asked before.
    pub history: Rc<RefCell<History>>,
    /// By what the history knows SIMs again.
    pub keep: KeepIccid,
    /// What is wanted from outside.
    pub control: Rc<Control>,
}

impl<H: Host + 'static> Daemon<H> {
    /// Tells the service manager that `NOTIFY_SOCKET` names.
    pub fn new(parts: Parts<H>, config: &Config) -> Rc<Self> {
        let Parts { host, clock, board, history, keep, control } = parts;
        Rc::new(Self {
            host,
            clock,
            board,
            history,
            keep,
            control,
            notify: Notify::from_env(),
            channels: RefCell::new(Rc::new(config.channels.clone())),
            telling: RefCell::default(),
            tidied: Cell::new((config.keep, None)),
        })
    }

    /// Asks every modem once, side by side; gives the highest exit status.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`].
    pub async fn once(self: Rc<Self>, config: Config) -> Result<u8, Error> {
        let tasks = LocalSet::new();
        let mut asked = JoinSet::new();
        for modem in config.modems {
            let task = Task::new(Rc::clone(&self), modem, Rc::default());
            asked.spawn_local_on(task.once(), &tasks);
        }
        tasks.await;
        match self.control.has_ended() {
            true => Err(self.control.ended().await),
            false => Ok(asked.join_all().await.into_iter().max().unwrap_or_default()),
        }
    }

    /// Asks every modem when it is time, until [`Control::end`]. Wishes are names of modems to be asked now.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`], which is the only end there is.
    pub async fn watch(
        self: Rc<Self>,
        config: Config,
        wishes: mpsc::UnboundedReceiver<String>,
    ) -> Result<u8, Error> {
        LocalSet::new().run_until(self.keep_watch(config, wishes)).await
    }

    async fn keep_watch(
        self: Rc<Self>,
        config: Config,
        mut wishes: mpsc::UnboundedReceiver<String>,
    ) -> Result<u8, Error> {
        let mut watched = Watched::default();
        watched.set(&self, config);
        let clock = self.clock.clone();
        let jumps = spawn_local(async move { clock.tell_jumps().await });
        let alive = Rc::clone(&self);
        let alive = spawn_local(async move { alive.notify.keep_alive().await });
        self.notify.ready();
        let error = loop {
            tokio::select! {
                error = self.control.ended() => break error,
                () = self.control.reload.notified() => self.reload(&mut watched),
                Some(name) = wishes.recv() => watched.want(&name),
            }
        };
        self.notify.stopping();
        watched.end().await;
        // A command that hangs has its own limit; nobody who wants an end waits for that.
        let telling = self.telling.take();
        let _ = timeout(LAST_WORDS, telling.join_all()).await;
        jumps.abort();
        alive.abort();
        Err(error)
    }

    fn reload(self: &Rc<Self>, watched: &mut Watched) {
        self.notify.reloading();
        match self.host.reload() {
            Ok(config) => {
                watched.set(self, config);
                self.host.log(Level::Notice, "the configuration was read anew ([web], [metrics], [mqtt] and iccid count from the next start)");
            }
            Err(error) => {
                let text = format!("the configuration stays as it was: {error}");
                self.host.log(Level::Error, &text);
            }
        }
        self.notify.ready();
        self.tell_next();
    }
}

impl<H: Host + 'static> Daemon<H> {
    /// Remembers a question; its number in the history. What cannot be remembered is still shown.
    pub(super) fn note(&self, record: &Record) -> Option<i64> {
        let noted = self.history.borrow_mut().note(record);
        self.tidy(record.time);
        if let Some(notice) = self.history.borrow_mut().take_notice() {
            self.host.log(Level::Warning, &notice);
        }
        self.told(noted)
    }

    fn tidy(&self, now: Timestamp) {
        let (keep, tidied) = self.tidied.get();
        let is_recent = |tidied| (SignedDuration::ZERO..TIDY).contains(&now.duration_since(tidied));
        if tidied.is_some_and(is_recent) {
            return;
        }
        self.tidied.set((keep, Some(now)));
        let forgotten = self.history.borrow_mut().tidy(now, keep);
        self.told(forgotten);
    }

    /// What was done, or nothing and a line in the log.
    pub(super) fn told<T>(&self, done: Result<T, HistoryError>) -> Option<T> {
        done.map_err(|error| self.host.log(Level::Error, &error.to_string())).ok()
    }

    /// The alerts that the user's command has not taken yet, oldest first.
    pub(super) fn untold(&self, modem: &str) -> Vec<Alert> {
        let kept = self.history.borrow().state(&untold(modem));
        kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default()
    }

    /// Keeps one of them until it is told; of many the oldest go first.
    pub(super) fn keep_untold(&self, modem: &str, alert: &Alert) {
        const MOST: usize = 16;
        let mut alerts = self.untold(modem);
        if !alerts.contains(alert) {
            alerts.push(alert.clone());
        }
        alerts.drain(..alerts.len().saturating_sub(MOST));
        self.set_untold(modem, &alerts);
    }

    pub(super) fn forget_untold(&self, modem: &str, alert: &Alert) {
        let mut alerts = self.untold(modem);
        alerts.retain(|kept| kept != alert);
        self.set_untold(modem, &alerts);
    }

    fn set_untold(&self, modem: &str, alerts: &[Alert]) {
        let text = serde_json::to_string(alerts).unwrap_or_default();
        let kept = self.history.borrow_mut().set_state(&untold(modem), &text);
        self.told(kept);
    }

    /// What the user's command said, and whether it did what it should.
    pub(super) fn log_command(&self, channels: &Channels, ended: &Ended) {
        let name = channels.command.first().map(String::as_str).unwrap_or_default();
        if let Some(fault) = &ended.fault {
            self.host.log(Level::Error, &format!("alert command `{name}`: {fault}"));
        }
        for line in ended.said.lines() {
            self.host.log(Level::Info, &format!("alert command `{name}`: {line}"));
        }
    }

    /// One line of what comes next.
    pub(super) fn tell_next(&self) {
        let views = self.board.views();
        let next = views.iter().filter_map(|view| Some((view.next?, &view.modem))).min();
        let next =
            next.map_or_else(String::new, |(time, modem)| format!(", next {modem} at {time:.0}"));
        self.notify.status(&format!("watching {}{next}", views.len()));
    }
}

/// Under this key the history holds what was not told of a modem.
fn untold(modem: &str) -> String {
    format!("untold/{modem}")
}

/// The tasks, by the names of their modems.
#[derive(Default)]
struct Watched {
    running: BTreeMap<String, Running>,
    /// Those of modems that are no longer watched, in the middle of a question still.
    leaving: BTreeMap<String, JoinHandle<()>>,
}

struct Running {
    modem: Modem,
    bell: Rc<Bell>,
    task: JoinHandle<()>,
}

impl Watched {
    /// Watches these modems and no others; one that is watched in another way is so after the question that is
    /// going on.
    fn set<H: Host + 'static>(&mut self, daemon: &Rc<Daemon<H>>, config: Config) {
        daemon.tidied.set((config.keep, daemon.tidied.get().1));
        daemon.channels.replace(Rc::new(config.channels));
        let mut before = std::mem::take(&mut self.running);
        for modem in config.modems {
            let running = match before.remove(&modem.name) {
                Some(old) if old.modem == modem => old,
                Some(old) => Running::start(daemon, modem, Some(old.leave())),
                None => {
                    let old = self.leaving.remove(&modem.name);
                    Running::start(daemon, modem, old)
                }
            };
            self.running.insert(running.modem.name.clone(), running);
        }
        for (name, old) in before {
            daemon.board.remove(&name);
            self.leaving.insert(name, old.leave());
        }
    }

    fn want(&self, name: &str) {
        if let Some(running) = self.running.get(name) {
            running.bell.want();
        }
    }

    async fn end(self) {
        let running = self.running.into_values().map(|running| running.task);
        for task in running.chain(self.leaving.into_values()) {
            let _ = task.await;
        }
    }
}

impl Running {
    fn start<H: Host + 'static>(
        daemon: &Rc<Daemon<H>>,
        modem: Modem,
        old: Option<JoinHandle<()>>,
    ) -> Self {
        let bell = Rc::<Bell>::default();
        let (ours, daemon, named) = (Rc::clone(&bell), Rc::clone(daemon), modem.clone());
        let task = match old {
            // On the board at once: whoever shows it finds every modem there.
            None => spawn_local(Task::new(daemon, named, ours).watch()),
            Some(old) => spawn_local(async move {
                let _ = old.await;
                Task::new(daemon, named, ours).watch_on().await;
            }),
        };
        Self { modem, bell, task }
    }

    /// Ends after the question that is going on.
    fn leave(self) -> JoinHandle<()> {
        self.bell.end();
        self.task
    }
}
