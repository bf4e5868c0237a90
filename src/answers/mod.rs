//! What a modem's lines say: one type and one file a kind of answer.
//!
//! [`decode`] takes everything a modem said to one command, with echo, noise and line ends, and gives
//! [`Item`]s: replies, levels, cells, registrations, messages. What can surprise you:
//!
//! * A value outside its physical range, or the firmware's own "unknown", is `None`.
//! * A line may be an answer or unsolicited; the request decides, and without one its shape does.
//! * A line nobody has a parser for is an [`Item::Other`], never lost.
//!
//! | file | holds |
//! |---|---|
//! | `item` | the types, in the shape of the JSON |
//! | `table` | which prefix is read by what |
//! | `block`, `request` | lines that belong together, and what was asked |
//! | `units` | indexes to dBm and dB, physical ranges |
//! | `mask`, `merge` | the same without what names a person; pieces put together |
//! | `serving`, `labels` | what lines about cells have in common, the labels of reports |
//! | all others | the parsers, one file a kind or a maker |
//!
//! ```
//! use saldo::answers::{Item, decode};
//!
//! let answer = decode(b"\r\n+CSQ: 17,99\r\n\r\nOK\r\n", None, Some("AT+CSQ"));
//! let [Item::Signal(signal)] = &answer.items[..] else { panic!() };
//! assert_eq!(signal.rssi_dbm.unwrap().value(), -79.0);
//! ```

mod apdu;
mod block;
mod cusd;
mod failure;
mod fibocom;
mod huawei;
mod identity;
mod item;
mod labelled;
mod labels;
mod mask;
mod merge;
mod neighbour;
mod operator;
mod quectel;
mod registration;
mod request;
mod retries;
mod serving;
mod signal;
mod sim;
mod simcom;
mod sms;
mod table;
mod telit;
mod temperature;
mod ublox;
mod units;
mod zte;

pub use item::{
    Alternative, Apdu, Cell, Cusd, CusdSetting, Failure, Identity, Item, Operator, Other,
    Registration, Retries, Signal, Sim, Sms, Temperature,
};
pub use registration::meaning as registration_meaning;
pub use units::{Level, Rat};

use crate::at::code::{Class, FinalResult, final_result};
use crate::at::urc;
use block::Block;
use request::Request;
use table::Row;

/// Everything one response says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// What the lines say, in their order.
    pub items: Vec<Item>,
    /// The names of lines that nobody asked for, in their order.
    pub urcs: Vec<String>,
    /// The last final result; a late error after `OK` is what counts.
    pub final_result: Option<FinalResult>,
}

impl Answer {
    /// The final result's name in JSON: `OK`, `ERROR`, `CME`, `CMS`, or `None` where there was none.
    pub fn final_name(&self) -> Option<&'static str> {
        self.final_result.as_ref().map(|result| match result.class {
            Class::Ok => "OK",
            Class::Error | Class::Other => "ERROR",
            Class::Cme => "CME",
            Class::Cms => "CMS",
        })
    }

    /// The same with the identities of people masked: `8932…0010`.
    #[must_use]
    pub fn masked(self) -> Self {
        Self { items: self.items.into_iter().map(mask::item).collect(), ..self }
    }
}

/// Reads a response; any octets give some answer.
///
/// `cscs` is what `AT+CSCS?` answers, `request` the command as it was sent; both may be unknown.
pub fn decode(response: &[u8], cscs: Option<&str>, request: Option<&str>) -> Answer {
    let context = Context {
        request: request.map(Request::new).unwrap_or_default(),
        cscs: cscs.map(str::to_owned),
    };
    let mut reader = Reader { context, ..Reader::default() };
    for line in block::lines(response) {
        reader.line(line);
    }
    reader.finish()
}

/// What a parser may know besides its lines.
#[derive(Clone, Debug, Default)]
struct Context {
    request: Request,
    cscs: Option<String>,
}

#[derive(Default)]
struct Reader {
    context: Context,
    answer: Answer,
    /// The block that lines without a prefix belong to.
    open: Option<(Block, &'static Row)>,
    /// Lines without a prefix and without a block.
    bare: Vec<Vec<u8>>,
    begun: bool,
    /// The request is known from its echo alone.
    echoed: bool,
}

impl Reader {
    fn line(&mut self, line: Vec<u8>) {
        let begun = std::mem::replace(&mut self.begun, true);
        if self.is_echo(&line, begun) || line.trim_ascii() == b">" {
            return;
        }
        if let Some(result) = final_result(&line) {
            return self.end(result);
        }
        if let Some(reply) = cusd::find(&line) {
            let item = cusd::item(reply, &self.context);
            if !self.open.as_ref().is_some_and(|(_, row)| row.takes_lines) {
                self.close();
            }
            return self.answer.items.extend(item);
        }
        let block = Block::new(line);
        match block.name.as_deref().and_then(table::row) {
            Some(row) => self.begin(block, row),
            None => self.unknown(block),
        }
    }

    fn is_echo(&mut self, line: &[u8], begun: bool) -> bool {
        if self.open.as_ref().is_some_and(|(_, row)| row.takes_lines) {
            return false;
        }
        if request::looks_like_echo(line) {
            // A log holds several commands, each with its answer.
            if self.context.request.is_empty() || self.echoed {
                self.echoed = true;
                self.context.request = Request::new(&String::from_utf8_lossy(line));
            }
            return true;
        }
        !begun && self.context.request.is_echo(line)
    }

    fn begin(&mut self, block: Block, row: &'static Row) {
        let unsolicited = self.is_unsolicited(&block.line, row.name);
        if unsolicited {
            self.answer.urcs.extend(self.unsolicited_name(&block.line).map(str::to_owned));
        }
        if unsolicited && !row.takes_lines {
            // It may stand in the middle of another answer, which goes on behind it.
            return self.answer.items.extend((row.parse)(&block, &self.context));
        }
        self.close();
        self.open = Some((block, row));
    }

    fn is_unsolicited(&self, line: &[u8], name: &str) -> bool {
        let asked = self.context.request.command(name).is_some();
        let between = urc::interrupts(line, format!("{name}:").as_bytes());
        (between || !asked) && self.unsolicited_name(line).is_some()
    }

    /// The name of a line that nobody asked for. Some answers are such lines where a modem starts up, behind
    /// others of the kind.
    fn unsolicited_name(&self, line: &[u8]) -> Option<&'static str> {
        let starting = || {
            let block = Block::new(line.to_vec());
            let name =
                STARTING.iter().find(|name| block.name.as_deref() == Some(**name)).copied()?;
            let asked = self.context.request.command(name).is_some();
            (!self.answer.urcs.is_empty() && !asked).then_some(name)
        };
        urc::name(line).or_else(starting)
    }

    /// A line whose prefix no row has, or that has none.
    fn unknown(&mut self, block: Block) {
        if let Some(name) = self.unsolicited_name(&block.line) {
            return self.answer.urcs.push(name.to_owned());
        }
        match &mut self.open {
            Some((open, row)) if row.takes_lines && block.name.is_none() => {
                open.more.push(block.line);
            }
            Some((open, _)) if open.is_open() && block.name.is_none() => open.resume(&block.line),
            _ if block.name.is_some() => {
                self.close();
                self.answer.items.push(other(&block.line));
            }
            _ => self.bare.push(block.line),
        }
    }

    fn end(&mut self, result: FinalResult) {
        self.close();
        if !result.is_ok() {
            self.answer.items.push(Item::Error(Failure::from(&result)));
        }
        self.answer.final_result = Some(result);
    }

    fn close(&mut self) {
        if let Some((block, row)) = self.open.take() {
            self.answer.items.extend((row.parse)(&block, &self.context));
        }
        let bare = std::mem::take(&mut self.bare);
        if !bare.is_empty() {
            self.answer.items.extend(table::bare(&bare, &self.context));
        }
    }

    fn finish(mut self) -> Answer {
        self.close();
        Answer { items: merge::items(self.answer.items), ..self.answer }
    }
}

/// What a modem says of itself and its SIM when it starts up, and what is an answer at any other time.
const STARTING: &[&str] = &["+CFUN", "+CPIN"];

fn other(line: &[u8]) -> Item {
    let line = String::from_utf8_lossy(line.trim_ascii()).into_owned();
    Item::Other(Other { line })
}

#[cfg(test)]
mod tests;
