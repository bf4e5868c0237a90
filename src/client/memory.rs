//! Which form this modem took before, and which it took now.

use super::Modem;
use super::facts::MAKER;
use super::ladder::Rung;
use crate::modems::Identity;
use crate::port::Line;
use crate::store::{self, Learned};

/// What one run remembers and will keep.
#[derive(Default)]
pub(super) struct Memory {
    store: Option<store::Memory>,
    /// What was remembered of this modem, once its name was known.
    recalled: Option<Option<Rung>>,
    /// What a request was taken in only after others were refused.
    won: Option<Rung>,
}

impl Memory {
    /// Whether modems are remembered that take one command a line, and so have to be asked who they are.
    pub(super) fn has_single(&self) -> bool {
        self.store.as_ref().is_some_and(store::Memory::has_single)
    }
}

impl<P: Line> Modem<P> {
    /// Lets this modem's ways be looked up in `memory`, and kept there when it is closed. Without this
    /// nothing is read or written.
    #[must_use]
    pub fn remembering(mut self, memory: store::Memory) -> Self {
        self.memory.store = Some(memory);
        self
    }

    /// The rung that this modem took before, by the name it has given.
    pub(super) fn learned(&mut self) -> Option<Rung> {
        let (store, identity) = (self.memory.store.as_ref()?, self.identity.as_ref()?);
        if self.dialects.has_users_request(identity) {
            return None;
        }
        let recall = || store.recall(identity).map(|learned| rung(&learned));
        *self.memory.recalled.get_or_insert_with(recall)
    }

    /// Notes the rung that gave an answer, where it is not the one that would be tried first anyhow.
    pub(super) fn note_winner(&mut self, rung: Rung, tried: usize) {
        if tried > 1 {
            self.memory.won = Some(rung);
        }
    }

    /// Keeps what was found out in this run. A modem that was not asked for its name is asked now, when
    /// nobody waits for it.
    pub(super) async fn keep_winner(&mut self) {
        let (Some(won), true) = (self.memory.won.take(), self.memory.store.is_some()) else {
            return;
        };
        let is_known = |identity: &Identity| !identity.model.is_empty();
        if !self.identity.as_ref().is_some_and(is_known) {
            if self.end_ussd().await.is_err() {
                return;
            }
            let Ok(answers) = self.ask(&MAKER).await else { return };
            self.note_maker(&answers);
        }
        let single = !self.settings.joins;
        if let (Some(store), Some(modem)) = (&self.memory.store, &self.identity) {
            store.keep(learned(modem, won, single));
        }
    }
}

fn rung(learned: &Learned) -> Rung {
    let [form] = learned.request;
    Rung { form, cscs: learned.cscs, mode: learned.mode }
}

fn learned(modem: &Identity, won: Rung, single: bool) -> Learned {
    let Identity { manufacturer, model, firmware, .. } = modem.clone();
    let Rung { form, cscs, mode } = won;
    Learned { manufacturer, model, firmware, request: [form], cscs, mode, single }
}
