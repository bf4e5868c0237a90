//! Reporting to an MQTT 3.1.1 broker, and asking one what others have reported.
//!
//! | topic | holds |
//! |---|---|
//! | `PREFIX/DEVICE/status` | `online`, or `offline` as the last will; kept by the broker |
//! | `PREFIX/DEVICE/MODEM/state` | how a modem is, as JSON; kept by the broker |
//! | `PREFIX/DEVICE/MODEM/record` | every question and its answer, once, in order |
//! | `PREFIX/DEVICE/MODEM/alert` | what began to be wrong, or ended |
//! | `PREFIX/DEVICE/MODEM/command` | `check` asks the modem now, where the settings allow it |
//! | `homeassistant/device/saldo_DEVICE_MODEM/config` | what Home Assistant has to know; kept by the broker |
//!
//! `PREFIX` is `saldo` and `DEVICE` the host name where the settings say nothing else. In names `/`, `+`, `#`,
//! `%` and control characters are written as `%2F`. Every object has `"schema":1` first.
//!
//! * A state is what is known of a modem, with `balance`, `currency`, `data_left`, `data_unit`,
//!   `valid_until`, `days_left`, `last_success`, `signal_dbm` and `problem` in front.
//! * A record has an `id` that rises. It is sent until the broker has it, over lost connections, restarts of
//!   either side and power cuts; after a kill at the wrong moment it may come twice.
//! * The lines of the modem are left out, and numbers are masked.
//!
//! | file | holds |
//! |---|---|
//! | `settings` | where the broker is, and who we are to it |
//! | `packet` | the control packets |
//! | `link`, `tls` | one connection |
//! | `topics`, `message`, `discovery` | what is said, and where |
//! | `outbox` | what has to arrive |
//! | `run`, `backoff` | reporting, for ever or once |
//! | `fleet` | what others have reported |
//! | `fault` | why there is no connection |

mod backoff;
mod discovery;
mod fault;
mod fleet;
mod link;
mod message;
mod outbox;
mod packet;
mod run;
mod settings;
#[cfg_attr(not(feature = "mqtt-tls"), path = "no_tls.rs")]
mod tls;
mod topics;

pub use fleet::{Fleet, Reported, fleet};
pub use run::Reporter;
pub use settings::{Settings, Url};
