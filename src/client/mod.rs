//! One modem on one port: the loop that waits, and the sequences of commands.
//!
//! A [`Modem`] changes as little as it can and remembers what it changed: [`Modem::close`] puts it
//! back, also after an error or an interrupted question. Dropping a future of a method in the middle
//! is safe; the modem then still knows what it owes.
//!
//! | file | holds |
//! |---|---|
//! | `run` | the loop between port, session and clock |
//! | `batch` | several questions on one line |
//! | `probe` | whether a port takes commands |
//! | `pass` | commands of the user's own |
//! | `select` | which port has the modem that was meant |
//! | `setup` | first words, settings changed and put back |
//! | `examine` | everything that can be known, for a diagnosis |
//! | `facts` | who made the modem, whose SIM it holds, whether it is registered |
//! | `pin` | whether the SIM is open, the tries left, and its PIN, given once |
//! | `ready` | what is said before a request, and between two |
//! | `ladder` | the forms in which it is tried |
//! | `memory` | which of them this modem took before |
//! | `circuit` | whether USSD can be answered here at all |
//! | `debts` | what is owed to a modem beyond a power cut |
//! | `fallback` | to 2G or 3G for a request, and back |
//! | `exchange` | one request, and the wait for its answer |
//! | `euicc` | the eSIM, by a channel to its card |
//! | `signal` | levels, again and again |
//! | `ussd` | one dialogue |
//! | `sms` | one message out |
//! | `again` | the same modem, after it was away |
//! | `arrivals` | the messages that come in answer |
//! | `sender` | whose message it is |
//! | `inbox` | messages in storage |
//! | `menu` | which choice leads to the balance |
//! | `plan` | which operator, and how it is asked |
//! | `balance` | the whole question |
//! | `record` | the same, as it is remembered |
//! | `topup` | a voucher, sent once |
//! | `together` | several pieces of work at once |
//! | `why` | why the network gave no text |

mod again;
mod arrivals;
mod balance;
mod batch;
mod circuit;
mod debts;
#[cfg(feature = "esim")]
mod euicc;
mod examine;
mod exchange;
mod facts;
mod fallback;
mod inbox;
mod ladder;
mod memory;
mod menu;
mod pass;
mod pin;
mod plan;
mod probe;
mod ready;
mod record;
mod run;
mod select;
mod sender;
mod setup;
mod signal;
mod sms;
mod together;
mod topup;
mod ussd;
mod why;

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::at::Session;
use crate::ids::Imei;
use crate::modems::{Dialects, Identity};
use crate::operators::SimFacts;
use crate::store::{Journal, Owed};

pub use again::{Trace, Whereabouts, find_again};
pub use arrivals::Worth;
pub use balance::{Balance, Via};
#[cfg(feature = "esim")]
pub use euicc::{Euicc, Reopen, Sweep, forbidden};
pub use examine::Examination;
pub use facts::Registration;
pub use inbox::Storage;
pub use menu::Follow;
pub use pass::Passed;
pub use pin::SimLock;
pub use plan::{Asked, Plan, Question};
pub use probe::{Probed, probe, probe_all};
pub use record::{KeepIccid, record_of};
pub use select::{select, select_in};
pub use signal::SignalCommands;
pub use topup::Credited;
pub use ussd::Turn;

/// What is decided the same way where somebody else talks to the modem.
#[cfg(feature = "modemmanager")]
pub(crate) mod shared {
    pub(crate) use super::arrivals::{BETTER, Worth, no_message};
    pub(crate) use super::balance::{Said, WITHOUT_TEXT};
    pub(crate) use super::facts::{SEARCH, gid1};
    pub(crate) use super::pin::{START_UP, check_state};
    pub(crate) use super::plan::{named, settled};
    pub(crate) use super::sender::{Fit, weigh};
    pub(crate) use super::sms::not_taken;
    pub(crate) use super::why::not_registered;
}

/// One modem on one port.
pub struct Modem<P> {
    port: P,
    session: Session,
    /// Unsolicited lines nobody has looked at yet.
    urcs: VecDeque<Vec<u8>>,
    arrivals: arrivals::Arrivals,
    settings: setup::Settings,
    identity: Option<Identity>,
    dialects: Dialects,
    imei: Option<Imei>,
    sim: SimFacts,
    /// How the last USSD request was sent: answers to its menus go the same way.
    rung: Option<ladder::Rung>,
    /// The names on the SIM, once they were asked.
    names: Option<facts::Names>,
    memory: memory::Memory,
    progress: Progress,
    /// Where it is written what is owed to modems beyond a power cut.
    journal: Option<Journal>,
    /// What of that is owed to this one.
    owed_beyond: Vec<Owed>,
    /// Who is told what the user should know while this goes on.
    told: Option<Told>,
    /// How it is reached again where a switch of profiles restarts it.
    #[cfg(feature = "esim")]
    reopen: Option<Rc<dyn Reopen<P>>>,
    /// Whether the port has said that it is gone.
    hung_up: bool,
}

/// Takes what the user should know while something goes on.
type Told = Box<dyn Fn(&str)>;

/// What the modem is waiting for, for a display beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// The first commands.
    #[default]
    Opening,
    /// Manufacturer, SIM, registration.
    Identifying,
    /// Another radio access technology was chosen; its network has not answered.
    Switching,
    /// Another eSIM profile was chosen; the modem has not read it, or no network has it.
    Profile,
    /// The request is out; the network has not answered.
    Network,
    /// The operator announced a message.
    Message,
    /// One question after another, none of them on air.
    Examining,
}

/// A view on the [`Step`] of a modem that another task may hold.
#[derive(Clone, Debug, Default)]
pub struct Progress(Rc<Cell<Step>>);

impl Progress {
    /// What the modem is waiting for now.
    pub fn step(&self) -> Step {
        self.0.get()
    }

    pub(crate) fn set(&self, step: Step) {
        self.0.set(step);
    }
}
