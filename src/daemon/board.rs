//! How every modem is now: written by the loop that asks, read by the page, the metrics and the broker.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use tokio::sync::{broadcast, mpsc};

use crate::watch::{AlertKind, Record, View};

/// Every modem that is watched. A clone is another view on the same board; all of it lives on one thread.
#[derive(Clone, Debug)]
pub struct Board {
    views: Rc<RefCell<BTreeMap<String, View>>>,
    changes: broadcast::Sender<Change>,
    checks: mpsc::UnboundedSender<String>,
}

/// What has changed on a board.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A modem is shown anew.
    View(Box<View>),
    /// A question was asked; its number in the history says which.
    Record {
        /// Rises with every record of one history.
        id: i64,
        /// The question.
        record: Box<Record>,
    },
    /// Something began to be wrong with a modem, or ended.
    Alert {
        /// The modem's name.
        modem: String,
        /// What.
        kind: AlertKind,
        /// `false` where it has recovered.
        is_raised: bool,
        /// For people.
        message: String,
    },
}

/// A listener that is further behind than this reads the board anew.
const BEHIND: usize = 256;

impl Board {
    /// An empty board, and where wishes to check a modem now arrive, by its name.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<String>) {
        let (checks, wishes) = mpsc::unbounded_channel();
        let changes = broadcast::Sender::new(BEHIND);
        (Self { views: Rc::default(), changes, checks }, wishes)
    }

    /// Shows a modem anew and tells the listeners.
    pub fn show(&self, view: View) {
        self.views.borrow_mut().insert(view.modem.clone(), view.clone());
        self.tell(Change::View(Box::new(view)));
    }

    /// Takes a modem that is no longer watched off the board.
    pub fn remove(&self, modem: &str) {
        self.views.borrow_mut().remove(modem);
    }

    /// Tells the listeners, where there are any.
    pub fn tell(&self, change: Change) {
        let _ = self.changes.send(change);
    }

    /// Every modem, by name.
    pub fn views(&self) -> Vec<View> {
        self.views.borrow().values().cloned().collect()
    }

    /// One modem.
    pub fn view(&self, modem: &str) -> Option<View> {
        self.views.borrow().get(modem).cloned()
    }

    /// What changes from now on.
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Wishes that this modem be asked now; `false` where there is none of that name.
    pub fn check(&self, modem: &str) -> bool {
        self.views.borrow().contains_key(modem) && self.checks.send(modem.to_owned()).is_ok()
    }
}
