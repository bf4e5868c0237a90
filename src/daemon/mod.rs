//! What `saldo watch` runs: it asks on a schedule, remembers, and tells whoever listens.
//!
//! | file | holds |
//! |---|---|
//! | `board` | how every modem is now, for those who show it |
//! | `clock` | the time of day, and the wait for it |
//! | `config` | what is watched and how |
//! | `host` | what the loop needs of the program around it |
//! | `hotplug` | whether a modem is plugged in |
//! | `memory` | when a modem was asked, and how often that day |
//! | `notify` | what the service manager is told |
//! | `run` | the loop |
//! | `task` | one modem of it |
//! | `trail` | what a forecast is made of |

mod board;
mod clock;
pub mod config;
mod host;
mod hotplug;
mod memory;
mod notify;
mod run;
mod task;
mod trail;

pub use board::{Board, Change};
pub use clock::Clock;
pub use config::Config;
pub use host::{Asked, Control, Host, Level};
pub use notify::Notify;
pub use run::Daemon;
