//! Beside ModemManager, on a bus of our own: a stub of it that we wrote, and Debian's, as it is installed.

#![cfg(feature = "modemmanager")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stderr)]
#![allow(clippy::unwrap_used)]

#[path = "modemmanager/asking.rs"]
mod asking;
#[path = "modemmanager/borrowing.rs"]
mod borrowing;
#[path = "modemmanager/bus.rs"]
mod bus;
#[path = "modemmanager/real.rs"]
mod real;
#[path = "modemmanager/stub.rs"]
mod stub;
