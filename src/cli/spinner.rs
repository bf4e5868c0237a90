//! What saldo is waiting for, on a terminal only.

use std::convert::Infallible;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use crate::client::{Progress, Step};
use tokio::time;

use super::{Globals, terminal};

/// Quick answers come without a flicker.
const QUIET: Duration = Duration::from_millis(150);

const FRAME: Duration = Duration::from_millis(100);

/// Draws one line on stderr until the future is dropped, which removes it. Off a terminal it only waits.
pub(super) async fn show(progress: Progress, globals: &Globals) -> Infallible {
    if globals.quiet || globals.verbose > 0 || !io::stderr().is_terminal() {
        return std::future::pending().await;
    }
    time::sleep(QUIET).await;
    let _line = Line;
    for turn in (0..FRAMES.len()).cycle() {
        if !terminal::is_asking() {
            let mark = FRAMES.get(turn).copied().unwrap_or_default();
            let _ = write!(io::stderr(), "\r{mark} {}\x1b[K", words(progress.step()));
        }
        time::sleep(FRAME).await;
    }
    std::future::pending().await
}

const FRAMES: [&str; 4] = ["|", "/", "-", "\\"];

/// The line on the terminal; it goes when this does.
struct Line;

impl Drop for Line {
    fn drop(&mut self) {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}

fn words(step: Step) -> &'static str {
    match step {
        Step::Opening => "waiting for the modem",
        Step::Identifying => "looking at modem and SIM",
        Step::Switching => "waiting for 3G or 2G to take the modem",
        Step::Profile => "waiting for the modem to take the profile",
        Step::Network => "waiting for the network",
        Step::Message => "waiting for the operator's message",
        Step::Examining => "asking the modem what it knows",
    }
}
