//! What is still to happen, by time; what falls together keeps its order.

use std::time::Instant;

/// Things to come. Few at a time: a sorted list is enough.
#[derive(Debug)]
pub(super) struct Queue<T> {
    entries: Vec<(Instant, T)>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<T> Queue<T> {
    /// Adds behind everything that is due no later.
    pub(super) fn push(&mut self, due: Instant, what: T) {
        let place = self.entries.partition_point(|(other, _)| *other <= due);
        self.entries.insert(place, (due, what));
    }

    /// Takes the first that is due by now.
    pub(super) fn pop(&mut self, now: Instant) -> Option<T> {
        let (due, _) = self.entries.first()?;
        (*due <= now).then(|| self.entries.remove(0).1)
    }

    /// Takes the first of this kind that is due by now, whatever stands before it.
    pub(super) fn pop_if(&mut self, now: Instant, is_wanted: impl Fn(&T) -> bool) -> Option<T> {
        let place = self.entries.iter().position(|(due, what)| *due <= now && is_wanted(what))?;
        Some(self.entries.remove(place).1)
    }

    /// When the first is due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.entries.first().map(|(due, _)| *due)
    }

    /// Drops what is no longer to happen.
    pub(super) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.entries.retain(|(_, what)| keep(what));
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_earliest_comes_first_and_equals_keep_their_order() {
        let t0 = Instant::now();
        let mut queue = Queue::default();
        for (after, name) in [(20, 'c'), (10, 'a'), (10, 'b')] {
            queue.push(t0 + Duration::from_millis(after), name);
        }
        assert_eq!(queue.next(), Some(t0 + Duration::from_millis(10)));
        assert_eq!(queue.pop(t0), None);
        let late = t0 + Duration::from_secs(1);
        assert_eq!(
            [queue.pop(late), queue.pop(late), queue.pop(late)],
            [Some('a'), Some('b'), Some('c')]
        );
        assert_eq!(queue.len(), 0);
    }
}
