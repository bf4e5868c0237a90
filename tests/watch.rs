//! `saldo watch`: the loop on a clock that the tests drive, with simulated modems, and the program itself.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]
#![allow(clippy::unwrap_used)]

#[path = "watch/bench.rs"]
mod bench;
#[path = "watch/loop.rs"]
mod looped;
#[path = "watch/program.rs"]
mod program;
mod running;
