//! What ends a run from outside: SIGINT, SIGTERM, and SIGHUP when the terminal goes.

use std::rc::Rc;
use std::{fs, io};

use crate::Error;
use crate::daemon::Control;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What may end a piece of work before its time.
pub(super) enum Ending {
    /// A signal.
    Signals(Signals),
    /// The end of the watch that the work is part of.
    Watch(Rc<Control>),
}

impl Ending {
    /// Any signal that ends a run.
    pub(super) fn signals() -> io::Result<Self> {
        Signals::new().map(Self::Signals)
    }

    /// The work, or what ended it.
    pub(super) async fn interrupt<T>(
        &mut self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let ended = async {
            match self {
                Self::Signals(signals) => signals.next().await,
                Self::Watch(control) => control.ended().await,
            }
        };
        tokio::select! {
            result = work => result,
            error = ended => Err(error),
        }
    }
}

/// SIGINT, SIGTERM and SIGHUP, as errors.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// `None` under `nohup`, which asks to live on.
    hangup: Option<Signal>,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        let hangup = SignalKind::hangup();
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: if is_ignored(hangup) { None } else { Some(signal(hangup)?) },
        })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Error {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        let kind = tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = hangup => SignalKind::hangup(),
        };
        Error::Interrupted { signal: kind.as_raw_value() }
    }
}

/// Whether whoever started us asked for that signal to be ignored.
fn is_ignored(kind: SignalKind) -> bool {
    ignores(&fs::read_to_string("/proc/self/status").unwrap_or_default(), kind.as_raw_value())
}

/// `SigIgn` of `/proc/PID/status` is a mask with a bit a signal, the first for signal 1.
fn ignores(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_that_nohup_took_away_is_not_taken_back() {
        let status =
            |mask| format!("Name:\tsaldo\nSigBlk:\tffff\nSigIgn:\t{mask}\nSigCgt:\tffff\n");
        for (mask, hangup) in
            [("0000000000001001", true), ("0000000000001000", false), ("?", false)]
        {
            assert_eq!(ignores(&status(mask), 1), hangup, "{mask}");
        }
        assert!(!ignores("", 1));
    }
}
