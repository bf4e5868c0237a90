//! The last minute, and the best of all.

use std::collections::VecDeque;

use crate::diag::{self, Facts};

/// What was seen, oldest first.
#[derive(Default)]
pub(super) struct History {
    shares: VecDeque<f64>,
    best: Option<f64>,
}

/// Seconds that the line behind the bar goes back.
const MINUTE: usize = 60;

impl History {
    /// Takes in one second.
    pub(super) fn add(&mut self, facts: &Facts) {
        let [power, _] = diag::signal(facts);
        if self.shares.len() == MINUTE {
            self.shares.pop_front();
        }
        self.shares.push_back(power.map_or(0.0, diag::Measure::share));
        let value = power.map(|power| power.level.value());
        self.best = match (self.best, value) {
            (Some(best), Some(value)) => Some(best.max(value)),
            (best, value) => best.or(value),
        };
    }

    /// The highest power, in dBm.
    pub(super) fn best(&self) -> Option<f64> {
        self.best
    }

    /// A second a sign.
    pub(super) fn sparkline(&self) -> String {
        const SIGNS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let sign = |share: &f64| SIGNS.get(step(*share, SIGNS.len() - 1)).copied();
        self.shares.iter().filter_map(sign).collect()
    }
}

/// `[######----]`.
pub(super) fn bar(share: f64) -> String {
    const WIDTH: usize = 20;
    let full = step(share, WIDTH);
    format!("[{}{}]", "#".repeat(full), "-".repeat(WIDTH - full))
}

fn step(share: f64, last: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of a small number"
    )]
    let step = (share.clamp(0.0, 1.0) * last as f64).round() as usize;
    step.min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_lines_stay_within_their_ends() {
        for (share, filled) in [(-1.0, 0), (0.0, 0), (0.5, 10), (1.0, 20), (7.0, 20), (f64::NAN, 0)]
        {
            assert_eq!(bar(share).matches('#').count(), filled, "{share}");
        }
    }

    #[test]
    fn a_minute_is_kept_and_the_best_of_all() {
        let mut history = History::default();
        for _ in 0..100 {
            history.add(&Facts::default());
        }
        assert_eq!(history.sparkline().chars().count(), MINUTE);
        assert_eq!(history.best(), None);
    }
}
