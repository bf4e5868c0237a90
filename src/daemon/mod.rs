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
//! | `task` | one modem of it: when it is asked |
//! | `question` | and what comes of it |
//! | `tell` | the user's command for alerts |
//! | `textfile` | metrics in a file |

mod board;
mod clock;
pub mod config;
mod host;
mod hotplug;
mod memory;
mod notify;
mod question;
mod run;
mod task;
mod tell;
mod textfile;

pub use board::{Board, Change};
pub use clock::Clock;
pub use config::Config;
pub use host::{Asked, Control, Host, Level};
pub use run::{Daemon, Parts};
pub use textfile::{keep_textfile, write_textfile};
