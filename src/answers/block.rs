//! An answer cut into blocks: a line with its prefix, and the lines without one that belong to it.

use crate::at::params::Params;
use crate::at::{Frame, Framer, params};

/// One prefixed line and what follows it; a line without prefix is a block of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// The prefix without colon in upper case; `None` where the line has none.
    pub(super) name: Option<String>,
    /// The first line, whole.
    pub(super) line: Vec<u8>,
    /// Where the rest behind the prefix starts in `line`.
    start: usize,
    /// Further lines.
    pub(super) more: Vec<Vec<u8>>,
}

impl Block {
    pub(super) fn new(line: Vec<u8>) -> Self {
        let split = params::split_prefix(&line);
        let name = split.map(|(name, _)| String::from_utf8_lossy(name).to_ascii_uppercase());
        let start = split.map_or(0, |(_, rest)| line.len() - rest.len());
        Self { name, line, start, more: Vec::new() }
    }

    /// Whether the first line ends behind its prefix.
    pub(super) fn is_open(&self) -> bool {
        self.name.is_some() && self.rest().trim_ascii().is_empty()
    }

    /// Takes a line that the modem has broken off behind the prefix.
    pub(super) fn resume(&mut self, line: &[u8]) {
        self.line.extend_from_slice(line);
    }

    /// What stands behind the prefix on the first line.
    pub(super) fn rest(&self) -> &[u8] {
        self.line.get(self.start..).unwrap_or_default()
    }

    /// The parameters of the first line.
    pub(super) fn params(&self) -> Params<'_> {
        Params::parse(self.rest())
    }

    /// The rest of the first line where it says something, and all further lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let first = Some(self.rest()).filter(|rest| !rest.trim_ascii().is_empty());
        first.into_iter().chain(self.more.iter().map(Vec::as_slice))
    }
}

/// Everything the modem said, as lines; a `+CUSD` keeps the line breaks of its text.
pub(super) fn lines(response: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut framer = Framer::default();
    framer.push(response);
    framer.silence();
    std::iter::from_fn(move || framer.next_frame()).filter_map(|frame| match frame {
        Frame::Line(line) => Some(line),
        Frame::Prompt => None,
    })
}
