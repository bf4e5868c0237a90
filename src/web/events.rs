//! What changes, as it changes: server-sent events (WHATWG HTML clause 9.2).

use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};

use super::json;
use crate::daemon::Change;

/// More pages than this are not told of changes.
const LISTENERS: usize = 16;

/// A listener that does not take so many events in waits; meanwhile the board may leave it behind.
const AHEAD: usize = 8;

/// Proxies and NAT forget a connection on which nothing passes.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// A page that comes back tries again after 3 s.
const HELLO: &str = "retry: 3000\n\n";

/// What a listener that was left behind is told: it has to read everything anew.
const RELOAD: &str = "event: reload\ndata: {\"schema\":1}\n\n";

/// How many listen.
#[derive(Clone, Debug, Default)]
pub(super) struct Listeners(Rc<Cell<usize>>);

/// One who listens; counted until it is dropped.
#[derive(Debug)]
pub(super) struct Listener {
    events: mpsc::Receiver<Bytes>,
    all: Listeners,
}

impl Listeners {
    /// One more; `None` where there are too many.
    pub(super) fn add(&self, changes: broadcast::Receiver<Change>) -> Option<Listener> {
        if self.0.get() >= LISTENERS {
            return None;
        }
        self.0.set(self.0.get() + 1);
        let (sender, events) = mpsc::channel(AHEAD);
        let _ = sender.try_send(Bytes::from_static(HELLO.as_bytes()));
        tokio::task::spawn_local(feed(changes, sender));
        Some(Listener { events, all: self.clone() })
    }
}

impl Listener {
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.events.poll_recv(cx)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.all.0.set(self.all.0.get().saturating_sub(1));
    }
}

async fn feed(mut changes: broadcast::Receiver<Change>, listener: mpsc::Sender<Bytes>) {
    loop {
        let text = tokio::select! {
            () = listener.closed() => return,
            change = changes.recv() => match change {
                Ok(change) => event(&change),
                Err(RecvError::Lagged(_)) => RELOAD.to_owned(),
                Err(RecvError::Closed) => return,
            },
            () = tokio::time::sleep(KEEP_ALIVE) => ":\n\n".to_owned(),
        };
        if listener.send(text.into()).await.is_err() {
            return;
        }
    }
}

/// One event; the number of a record is its id.
fn event(change: &Change) -> String {
    match change {
        Change::View(view) => format!("event: view\ndata: {}\n\n", json::modem(view)),
        Change::Record { id, record } => {
            format!("id: {id}\nevent: record\ndata: {}\n\n", json::record(*id, record))
        }
        Change::Alert { modem, kind, is_raised, message } => {
            let alert = json::alert(modem, *kind, *is_raised, message);
            format!("event: alert\ndata: {alert}\n\n")
        }
    }
}
