//! Ports: what a user calls them, where they are, who holds them.
//!
//! | file | holds |
//! |---|---|
//! | `spec` | `/dev/ttyUSB2`, `usb:2c7c:0125`, `sim:NAME`: the names a user may give |

mod spec;

pub use spec::{PortSpec, SpecError};
