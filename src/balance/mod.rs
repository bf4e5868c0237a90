//! An operator's words turned into pots, with how sure we are.
//!
//! [`read`] takes the text of one reply and gives a [`Reading`]: what kind of reply it is, the
//! amounts that belong to the account, until when, and how sure all that is. What can surprise you:
//!
//! * No amount is better than a wrong one. Prices, call charges, top-ups just made and adverts are
//!   money too, and are no pots.
//! * `47.000` is forty-seven in one country and forty-seven thousand in the next, `d` is a currency
//!   in one and a letter elsewhere: the country in [`Hints`] decides, and without one less is sure.
//! * Nothing here knows what day it is. A date without a year stays out.
//!
//! | file | holds |
//! |---|---|
//! | `scan` | text to tokens: words with their senses, numbers, dates, phone numbers, codes |
//! | `read` | tokens to a reading: which amounts are pots, what role, how sure and why |
//! | `lexicon` | what words mean, one TOML file a language |
//! | `country`, `currency` | how a country writes numbers, dates and money |
//!
//! ```
//! use saldo::balance::{Confidence, Hints, read};
//!
//! let hints = Hints { country: Some("BE"), ..Hints::default() };
//! let reading = read("Uw saldo: 12,34 EUR, geldig tot 31/12/2026", &hints);
//! assert_eq!(reading.main().unwrap().amount.to_string(), "12.34");
//! assert_eq!(reading.confidence, Confidence::Sure);
//! assert_eq!(reading.expires[0].to_string(), "2026-12-31");
//! ```

pub mod country;
mod currency;
mod dictionary;
mod lexicon;
mod read;
mod reading;
mod scan;

pub use reading::{Amount, Confidence, Hints, Kind, Pot, PotType, Reading, Role};

/// Reads one reply of an operator, whole, as it was decoded.
///
/// Any text gives a reading; one that states nothing has [`Kind::Other`] and no pots.
pub fn read(text: &str, hints: &Hints<'_>) -> Reading {
    read::read(beginning(text), hints, false)
}

/// Reads in what [`read`] needs to know of a country's languages, once a run: half a millisecond that is
/// better spent while the network is asked than when its answer is there.
pub fn prepare(hints: &Hints<'_>) {
    read::prepare(hints);
}

/// As [`read`], with the [reasons](Reading::reasons) filled in.
pub fn explain(text: &str, hints: &Hints<'_>) -> Reading {
    read::read(beginning(text), hints, true)
}

/// Whether a choice of a menu leads to the balance: it names the account and neither sells nor sends.
pub fn speaks_of_balance(choice: &str, hints: &Hints<'_>) -> bool {
    read::speaks_of_balance(beginning(choice), hints)
}

/// Whether `words` stand in `text`, however either is written: accents, capitals and spaces count nothing.
pub fn has_words(text: &str, words: &str) -> bool {
    let plain =
        |text: &str| scan::fold::fold(text).text.split_whitespace().collect::<Vec<_>>().join(" ");
    plain(beginning(text)).contains(&plain(words))
}

/// As much of a text as any operator sends: 255 parts of a message would be 39,000 octets, and none
/// says its balance behind the first few thousand.
fn beginning(text: &str) -> &str {
    const MOST: usize = 8 * 1024;
    let end = (0..=MOST.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}
