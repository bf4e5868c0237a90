//! What this run has asked, kept for the history until it is on stdout.

use std::cell::RefCell;

use crate::Error;
use crate::client::{Balance, KeepIccid, record_of};
use crate::daemon::Config;
use crate::port::PortSpec;
use crate::store::{self, History, HistoryError, Salt};
use crate::watch::Record;
use jiff::Timestamp;

use super::json::Facts;
use super::settings::Settings;
use super::{Globals, out};

/// Questions and what came of them; nothing is opened or written before [`Memo::write`].
pub(super) struct Memo {
    is_wanted: bool,
    /// Under which names modems are known, and for how long, as for a watch.
    config: Config,
    /// Of real modems, then of simulated ones.
    records: RefCell<[Vec<Record>; 2]>,
    /// Why a SIM could not be given its key.
    fault: RefCell<Option<HistoryError>>,
}

impl Memo {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            is_wanted: settings.history,
            config: settings.watch.clone(),
            records: RefCell::default(),
            fault: RefCell::default(),
        }
    }

    /// Notes what came of a question. Arguments that were wrong, and a reader that left, say nothing of an account.
    pub(super) fn keep(
        &self,
        spec: Option<&PortSpec>,
        outcome: Result<&Balance, &Error>,
        facts: &Facts<'_>,
    ) {
        let is_beside = matches!(
            outcome,
            Err(Error::Usage { .. } | Error::Output(_) | Error::Interrupted { .. })
        );
        if !self.is_wanted || is_beside {
            return;
        }
        let keep = match self.config.plain_iccid {
            true => Ok(KeepIccid::Plain),
            false => Salt::in_folder(&store::folder()).map(KeepIccid::Hashed),
        };
        let keep = match keep {
            Ok(keep) => keep,
            Err(fault) => {
                self.fault.replace(Some(fault));
                return;
            }
        };
        let name = self.config.modem_on(spec).name;
        let record = record_of(&name, Timestamp::now(), outcome, facts.sim, &keep);
        let [real, simulated] = &mut *self.records.borrow_mut();
        let is_simulated = matches!(spec, Some(PortSpec::Sim(_)));
        if is_simulated { simulated } else { real }.push(record);
    }

    /// Writes it all down. What cannot be remembered was printed all the same.
    pub(super) fn write(&self, globals: &Globals) {
        let mut faults: Vec<HistoryError> = self.fault.take().into_iter().collect();
        let [real, simulated] = self.records.take();
        let folder = store::folder();
        let opened: [(_, fn(&_) -> _); 2] =
            [(real, History::open), (simulated, History::open_simulated)];
        for (records, open) in opened {
            if !records.is_empty() {
                faults.extend(self.note(open(&folder), &records, globals).err());
            }
        }
        for fault in faults {
            out::note(globals, &format!("this could not be remembered: {fault}"));
        }
    }

    fn note(
        &self,
        history: Result<History, HistoryError>,
        records: &[Record],
        globals: &Globals,
    ) -> Result<(), HistoryError> {
        let mut history = history?;
        let noted = history.note_all(records);
        if let Some(notice) = history.take_notice() {
            out::note(globals, &notice);
        }
        noted?;
        history.tidy(Timestamp::now(), self.config.keep).map(|_| ())
    }
}
