//! One question of a modem that is watched: put, remembered, shown, judged, told.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::rc::Rc;

use super::Change;
use super::config::Channels;
use super::host::{Asked, Host, Level};
use super::hotplug;
use super::task::Task;
use super::tell;
use crate::Error;
use crate::client::record_of;
use crate::pdu::Address;
use crate::watch::{Alert, Event, Outcome, Record, Severity};

impl<H: Host + 'static> Task<H> {
    /// Asks and remembers; gives whether it may be asked again soon, `None` where the watch ended.
    pub(super) async fn ask(&mut self) -> Option<bool> {
        let asked = self.question().await;
        self.bell.settle();
        let may_retry = match &asked.outcome {
            Err(Error::Interrupted { .. }) => return None,
            Err(Error::Usage { .. }) | Ok(_) => false,
            Err(_) => !asked.was_on_air,
        };
        self.tries = if may_retry { self.tries + 1 } else { 0 };
        // Of the tries in a row each failure is remembered once.
        if self.tries <= 1 || self.is_new(&asked.outcome) {
            self.note(asked);
            self.send_messages().await;
        }
        Some(may_retry)
    }

    /// Whether it failed otherwise than the last time.
    fn is_new<T>(&self, outcome: &Result<T, Error>) -> bool {
        let last = self.view.last.as_ref().map(|record| &record.outcome);
        match (outcome, last) {
            (Err(error), Some(Outcome::Failure(last))) => {
                last.class != error.class() || last.message != error.to_string()
            }
            _ => true,
        }
    }

    /// A question is counted before it is put: also one whose end we do not live to see.
    pub(super) async fn question(&mut self) -> Asked {
        let before = self.memory.clone();
        let clock = &self.daemon.clock;
        self.memory.asked = Some(clock.now());
        self.memory.count.note(clock.now(), clock.tz());
        self.keep();
        let file = self.modem.pin_file.as_deref().map(fingerprint);
        let may_unlock = file.is_some() && file != self.memory.refused_pin;
        let asked = self.daemon.host.ask(&self.modem, may_unlock).await;
        let is_as_before = !asked.was_on_air && asked.outcome.is_err();
        if is_as_before {
            self.memory = before;
        }
        if asked.pin_refused {
            self.memory.refused_pin = file;
        }
        if is_as_before || asked.pin_refused {
            self.keep();
        }
        asked
    }

    pub(super) fn note(&mut self, asked: Asked) {
        let now = self.daemon.clock.now();
        let outcome = asked.outcome.as_ref();
        let record = record_of(&self.modem.name, now, outcome, &asked.sim, &self.daemon.keep);
        if let Some(operator) = outcome.ok().and_then(|balance| balance.plan.operator.as_ref()) {
            self.view.operator = Some(operator.name.clone());
        }
        self.view.port = asked.port.or(self.view.port.take());
        self.view.radio = asked.radio.or(self.view.radio);
        let is_away = || hotplug::is_plugged_in(self.modem.port.as_ref()) == Some(false);
        self.view.is_present = match outcome {
            Err(Error::Unplugged { .. }) => false,
            Err(Error::Port { .. }) => !is_away(),
            _ => true,
        };
        let id = self.daemon.note(&record);
        self.remember(record.clone());
        self.view.forecast = self.trail.forecast(now);
        let forecast = self.view.forecast.clone();
        if let Some(id) = id {
            self.daemon.board.tell(Change::Record { id, record: Box::new(record.clone()) });
        }
        self.tell_again();
        self.judge(Event::Asked(&record, forecast.as_ref()));
        self.show();
    }

    pub(super) fn remember(&mut self, record: Record) {
        self.trail.add(&record);
        if record.reliable().is_some() {
            self.view.last_good = Some(record.clone());
        }
        self.view.last = Some(record);
    }

    /// What is wrong now, and who has to be told.
    pub(super) fn judge(&mut self, event: Event<'_>) {
        let alerts = self.alerts.handle(event, self.daemon.clock.now());
        if self.memory.alerts != *self.alerts.state() {
            self.memory.alerts = self.alerts.state().clone();
            self.keep();
        }
        self.view.alerts = self.alerts.raised();
        for alert in alerts {
            self.tell(alert);
        }
    }

    fn tell(&mut self, alert: Alert) {
        let daemon = Rc::clone(&self.daemon);
        let channels = Rc::clone(&daemon.channels.borrow());
        self.show();
        self.daemon.board.tell(Change::Alert {
            modem: self.modem.name.clone(),
            kind: alert.kind,
            is_raised: alert.is_raised,
            message: alert.message.clone(),
        });
        if channels.journal {
            let level = match alert.severity {
                Severity::Info => Level::Notice,
                Severity::Warning => Level::Warning,
                Severity::Critical => Level::Error,
            };
            self.log(level, &alert.message);
        }
        if channels.sms_to.is_some() && alert.is_raised && alert.severity == Severity::Critical {
            self.messages.push(alert.clone());
        }
        self.run_command(alert, channels);
    }

    /// What the user's command did not take is told once more with the next question: a mail that cannot go out now
    /// may then.
    fn tell_again(&self) {
        while self.daemon.telling.borrow_mut().try_join_next().is_some() {}
        if !self.daemon.telling.borrow().is_empty() {
            return; // what is being told is kept until that has ended
        }
        let channels = Rc::clone(&self.daemon.channels.borrow());
        for alert in self.daemon.untold(&self.modem.name) {
            self.run_command(alert, Rc::clone(&channels));
        }
    }

    fn run_command(&self, alert: Alert, channels: Rc<Channels>) {
        if channels.command.is_empty() {
            return;
        }
        self.daemon.keep_untold(&self.modem.name, &alert); // the watch may end before the command
        let (view, now) = (self.view.clone(), self.daemon.clock.now());
        let daemon = Rc::clone(&self.daemon);
        let mut all = self.daemon.telling.borrow_mut();
        while all.try_join_next().is_some() {}
        all.spawn_local(async move {
            let ended = tell::run(&channels, &alert, &view, now).await;
            daemon.log_command(&channels, &ended);
            if ended.fault.is_none() {
                daemon.forget_untold(&view.modem, &alert);
            }
        });
    }

    /// Alerts that cannot wait go out as messages, each once a day, and each is paid for.
    pub(super) async fn send_messages(&mut self) {
        let Some(number) = self.daemon.channels.borrow().sms_to.clone() else { return };
        let clock = self.daemon.clock.clone();
        for alert in std::mem::take(&mut self.messages) {
            if !self.memory.take_message(alert.kind, clock.now(), clock.tz()) {
                continue;
            }
            self.keep(); // first: one that may be on its way is not sent again
            let to = number.parse::<Address>().map_or_else(|_| "…".into(), |to| to.shown(false));
            self.log(Level::Notice, &format!("writes to {to}, which the operator charges"));
            let text = format!("saldo: {}: {}", self.modem.name, alert.message);
            if let Err(error) = self.daemon.host.write_message(&self.modem, &number, &text).await {
                self.log(Level::Error, &format!("the message did not go out: {error}"));
            }
        }
    }

    fn keep(&self) {
        let kept = self.memory.keep(&mut self.daemon.history.borrow_mut(), &self.modem.name);
        self.daemon.told(kept);
    }
}

/// Another file, or the same with other content, is another PIN.
fn fingerprint(file: &Path) -> String {
    let changed = fs::metadata(file).map(|about| (about.ino(), about.mtime(), about.mtime_nsec()));
    format!("{} {:?}", file.display(), changed.ok())
}
