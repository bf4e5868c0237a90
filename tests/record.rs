//! Recordings: nobody's identity is in one, and one plays again as what was recorded.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "client/bench.rs"]
#[allow(dead_code, reason = "the client's tests need more of it")]
mod bench;
#[path = "record/replayed.rs"]
mod replayed;
#[path = "record/secrets.rs"]
mod secrets;
