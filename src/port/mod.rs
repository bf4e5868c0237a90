//! Ports: what a user calls them, where they are, who holds them.
//!
//! | file | holds |
//! |---|---|
//! | `absent` | why there is no port to ask |
//! | `find` | which ports there are, and which one the user means |
//! | `holder` | which program has a device open |
//! | `inspect` | why a port is not open, as a fact |
//! | `line` | what the client needs of a port |
//! | `lock` | the lock file, and what a crashed run left undone |
//! | `named` | a port under its name, with the modem's other ports behind it |
//! | `nowhere` | what stands in for a port that is away |
//! | `open` | [`open`] and [`Port`]: a tty, a socket, or the simulator |
//! | `pty` | a pseudo-terminal for other programs |
//! | `refusal` | why a port would not open, in words |
//! | `rival` | another program at the same port |
//! | `role` | what a port is for, and why it is left alone |
//! | `roots` | the folders all this looks into |
//! | `route` | whether this machine's own connection runs over a modem |
//! | `serial` | a tty while we hold it |
//! | `siblings` | the other ports of a modem, listened to for an answer |
//! | `sim` | a simulated modem as a port |
//! | `spec` | `/dev/ttyUSB2`, `usb:2c7c:0125`, `sim:NAME`: the names a user may give |
//! | `sysfs` | what the kernel says of its ports |
//! | `tap` | everything that passed, recorded |
//! | `watch` | what passes: whose commands, and where the answer comes |
//! | `wwan` | a port of the WWAN subsystem while we hold it |

mod absent;
mod find;
mod holder;
mod inspect;
mod line;
mod lock;
mod named;
mod nowhere;
mod open;
mod pty;
mod refusal;
mod rival;
mod role;
mod roots;
mod route;
mod serial;
mod siblings;
mod sim;
mod spec;
mod sysfs;
mod tap;
mod watch;
mod wwan;

pub(crate) use crate::error::words;
pub use absent::{none_found, without_ports};
pub use find::{
    Candidate, by_modem, candidate, candidates, choose, first_ports, name_holders, only_modem,
    ports_of,
};
pub use holder::{Holder, hidden_broker, holders};
pub use inspect::inspect;
pub use line::Line;
pub use lock::{Held, Lock};
pub use named::NamedPort;
pub use nowhere::Nowhere;
pub use open::{BAUD, Port, Stream, is_unplugged, open, open_in};
pub use pty::Pty;
pub use refusal::forbidden;
pub use rival::Rival;
pub use roots::Roots;
pub use route::own_connection;
pub use serial::SerialPort;
pub use sim::{OpenError as SimError, SimPort, modem as sim_modem};
pub use spec::{Digits, PortSpec, SpecError};
pub use tap::Tap;
pub use wwan::WwanPort;
