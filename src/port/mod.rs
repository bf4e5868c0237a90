//! Ports: what a user calls them, where they are, who holds them.
//!
//! | file | holds |
//! |---|---|
//! | `holder` | which program has a device open |
//! | `lock` | the lock file, and what a crashed run left undone |
//! | `open` | [`open`] and [`Port`]: a tty, a socket, or the simulator |
//! | `refusal` | why a port would not open, in words |
//! | `roots` | the folders all this looks into |
//! | `serial` | a tty while we hold it |
//! | `spec` | `/dev/ttyUSB2`, `usb:2c7c:0125`, `sim:NAME`: the names a user may give |

mod holder;
mod lock;
mod open;
mod refusal;
mod roots;
mod serial;
mod spec;

pub use holder::{Holder, holders};
pub use lock::{Held, Lock};
pub use open::{BAUD, Port, Stream, is_unplugged, open, open_in};
pub use roots::Roots;
pub use serial::SerialPort;
pub use spec::{Digits, PortSpec, SpecError};
