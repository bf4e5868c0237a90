//! When to try again: ever later, and not all at once after a broker's restart.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(300);

/// Doubles from try to try.
pub(super) struct Backoff {
    first: Duration,
    next: Duration,
}

impl Backoff {
    pub(super) fn new(first: Duration) -> Self {
        Self { first, next: first }
    }

    /// What was tried has worked.
    pub(super) fn reset(&mut self) {
        self.next = self.first;
    }

    /// Between half the time and all of it.
    pub(super) fn wait(&mut self) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(LONGEST);
        // The keys of a hash are the only chance that std offers.
        let chance = RandomState::new().hash_one(0) as u16;
        whole / 2 + whole / 2 * u32::from(chance) / u32::from(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_to_five_minutes_and_begins_anew_after_success() {
        let mut backoff = Backoff::new(Duration::from_secs(1));
        for whole in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            let (wait, whole) = (backoff.wait(), Duration::from_secs(whole));
            assert!(whole / 2 <= wait && wait <= whole, "{wait:?} of {whole:?}");
        }
        backoff.reset();
        assert!(backoff.wait() <= Duration::from_secs(1));
    }
}
