//! Several pieces of work at once, on the task that waits for them all.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Waits for all of them; the results stand in the order of the work.
pub(super) async fn together<F: Future>(work: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = work.into_iter().map(|future| (Box::pin(future), None)).collect();
    let mut all = pin!(poll_fn(|cx| {
        for (future, result) in &mut running {
            if result.is_none() {
                if let Poll::Ready(done) = future.as_mut().poll(cx) {
                    *result = Some(done);
                }
            }
        }
        match running.iter().all(|(_, result)| result.is_some()) {
            true => Poll::Ready(running.drain(..).filter_map(|(_, result)| result).collect()),
            false => Poll::Pending,
        }
    }));
    all.as_mut().await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::*;

    #[test]
    fn what_runs_together_takes_as_long_as_the_longest() {
        let builder = &mut tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap().block_on(async {
            let started = Instant::now();
            let waits = [3, 1, 2].map(|seconds| async move {
                sleep(Duration::from_secs(seconds)).await;
                seconds
            });
            assert_eq!(together(waits).await, [3, 1, 2]);
            assert_eq!(started.elapsed(), Duration::from_secs(3));
        });
    }
}
