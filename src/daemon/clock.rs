//! The time of day as a value, and the wait for it.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::unix::AsyncFd;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::watch::Moment;

/// Where the kernel does not tell of a jump, the clock is looked at this often.
const LOOK: Duration = Duration::from_secs(15 * 60);

/// The time of day. A clone is the same clock.
///
/// A sleep of the runtime is measured by a clock that stands still while the machine is suspended, and knows
/// nothing of somebody who sets the time of day; so whoever waits here looks again after a jump.
#[derive(Clone)]
pub struct Clock {
    now: Rc<dyn Fn() -> Timestamp>,
    started: Instant,
    tz: TimeZone,
    jump: Rc<Notify>,
    tells: Rc<Cell<bool>>,
}

impl Clock {
    /// The clock of this machine.
    pub fn system() -> Self {
        Self::new(Timestamp::now, TimeZone::system())
    }

    /// A clock that says what `now` says in that zone; [`Clock::jumped`] tells of its jumps.
    pub fn new(now: impl Fn() -> Timestamp + 'static, tz: TimeZone) -> Self {
        let (jump, tells) = (Rc::default(), Rc::default());
        Self { now: Rc::new(now), started: Instant::now(), tz, jump, tells }
    }

    /// Where it shows the time of.
    pub fn tz(&self) -> &TimeZone {
        &self.tz
    }

    /// This instant, also on the clock of the runtime, which nobody sets.
    pub fn moment(&self) -> Moment {
        Moment { wall: self.now(), mono: self.started.elapsed() }
    }

    /// What it says.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Wakes whoever waits: the clock was set, or the machine was suspended.
    pub fn jumped(&self) {
        self.jump.notify_waiters();
    }

    /// Waits this long, or less: until it has jumped.
    pub async fn sleep(&self, wait: Duration) {
        let longest = if self.tells.get() { Duration::MAX } else { LOOK };
        tokio::select! {
            () = sleep(wait.min(longest)) => {}
            () = self.jump.notified() => {}
        }
    }

    /// Tells of the jumps of this machine's clock for as long as it is awaited.
    ///
    /// The kernel says so itself (`timerfd_create(2)`, `TFD_TIMER_CANCEL_ON_SET`), also after a suspend; where
    /// it does not, this ends and whoever waits looks at the clock now and then.
    pub async fn tell_jumps(&self) {
        let _ = self.watch().await;
        self.tells.set(false);
    }

    async fn watch(&self) -> io::Result<()> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        #[allow(deprecated)] // as in `port::wwan`: an owned descriptor keeps its number
        let timer = AsyncFd::new(timerfd_create(TimerfdClockId::Realtime, flags)?)?;
        loop {
            let until = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
            timerfd_settime(timer.get_ref(), until, &NEVER)?;
            self.tells.set(true);
            timer.readable().await?.clear_ready();
            // Reading gives ECANCELED, which says nothing that we do not know.
            let _ = rustix::io::read(timer.get_ref(), &mut [0; 8]);
            self.jumped();
        }
    }
}

/// Far enough: the year 2200.
const NEVER: Itimerspec = Itimerspec {
    it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
    it_value: Timespec { tv_sec: 7_258_118_400, tv_nsec: 0 },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_wakes_whoever_waits() {
        let builder = &mut tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap().block_on(async {
            let clock = Clock::new(|| Timestamp::UNIX_EPOCH, TimeZone::UTC);
            let before = clock.moment().mono;
            let set = async {
                tokio::task::yield_now().await;
                clock.jumped();
            };
            tokio::join!(clock.sleep(Duration::from_secs(60)), set);
            assert_eq!(clock.moment().mono, before);
            clock.sleep(Duration::from_secs(60)).await;
            assert_eq!(clock.moment().mono - before, Duration::from_secs(60));
        });
    }
}
