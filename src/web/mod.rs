//! The page of `saldo watch`: what is left on every modem, live, for a phone or a desk, and the same as JSON.
//!
//! The page needs nothing but this program: HTML that is whole without JavaScript, one style sheet, one script.
//! The script only puts a modem's part of the page in anew when an event says that it changed. What can
//! surprise you:
//!
//! * It listens on loopback. On any other address it starts only with a token, since a balance is nobody else's.
//! * A page elsewhere cannot use it through the reader's browser: a POST has to come from our own page
//!   (`gate`), and without a token only the names of this machine are answered to (DNS rebinding).
//! * It speaks no TLS. Where the way to it is not trusted, a proxy or a tunnel in front of it does.
//!
//! | file | holds |
//! |---|---|
//! | `settings` | `[web]` of `config.toml`: where to listen, where the token lies |
//! | `server` | the port, its connections and their limits |
//! | `route` | every address there is, how it may be asked and by whom |
//! | `answer` | from a request to a reply |
//! | `gate` | who may: token, sessions, where a request comes from |
//! | `failures` | wrong tokens, by peer |
//! | `form` | percent coding and small bodies |
//! | `reply` | what every reply carries |
//! | `events` | what changes, as it changes (server-sent events) |
//! | `past` | what the page reads of the history |
//! | `json` | the same for programs |
//! | `page`, `card`, `words` | the same for people |

mod answer;
mod card;
mod events;
mod failures;
mod form;
mod gate;
mod json;
mod page;
mod past;
mod reply;
mod route;
mod server;
mod settings;
mod words;

pub use past::Past;
pub use server::Server;
pub use settings::{Settings, address};
