//! Ports: what a user calls them, where they are, who holds them.
//!
//! | file | holds |
//! |---|---|
//! | `holder` | which program has a device open |
//! | `lock` | the lock file, and what a crashed run left undone |
//! | `roots` | the folders all this looks into |
//! | `spec` | `/dev/ttyUSB2`, `usb:2c7c:0125`, `sim:NAME`: the names a user may give |

mod holder;
mod lock;
mod roots;
mod spec;

pub use holder::{Holder, holders};
pub use lock::{Held, Lock};
pub use roots::Roots;
pub use spec::{Digits, PortSpec, SpecError};
