//! Messages as people see them: entries of a listing, parts joined.
//!
//! - [`entries`] finds the messages in the answer to `AT+CMGL`, `AT+CMGR` and in `+CMT`, `+CDS`.
//! - [`join`] makes of them an [`Inbox`] of whole messages.
//!
//! ```
//! let lines: [&[u8]; 2] = [b"+CMGL: 3,1,,29", b"000405810350F60000621172010000400ED3309BFC06C564AC190DB42903"];
//! let inbox = saldo::sms::join(&saldo::sms::entries(lines));
//! assert_eq!(inbox.messages[0].text, "Saldo 12,34 €");
//! assert_eq!(inbox.messages[0].indexes, [3]);
//! ```
//!
//! **The trap:** one record that cannot be read must not hide the others: it is in
//! [`Inbox::unreadable`], with the index by which it can be deleted.

mod join;
mod listing;
mod plain;

pub use join::{Direction, Inbox, MISSING, Message, join};
pub use listing::{Entry, entries, places_in_use};
