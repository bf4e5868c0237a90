//! Ports: what a user calls them, where they are, who holds them.

mod sim;

pub use sim::{OpenError as SimError, SimPort, modem as sim_modem};
