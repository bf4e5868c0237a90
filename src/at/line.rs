//! Bytes to lines: the only place that knows about pieces.

use std::collections::VecDeque;

use super::{code, urc};

/// Longest line kept, in octets; a longer one is handed over in parts.
///
/// A USSD text has at most 182 characters, which is 728 hexadecimal digits in UCS2; APDU answers
/// over `+CGLA` and PDU lists stay under 4 KiB.
const LONGEST: usize = 8 * 1024;

/// What the modem sent, cut where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// One line without its line end. A `+CUSD` keeps the line breaks inside its text.
    Line(Vec<u8>),
    /// `>` at the start of a line, while a prompt was expected.
    Prompt,
}

/// Cuts a stream of octets into [`Frame`]s, however it arrives.
///
/// A line ends at CR or LF; runs of them count once. A `+CUSD` whose text is open goes on over line
/// ends until its closing quote, until [`Framer::silence`], or until it is too long.
///
/// ```
/// use saldo::at::{Frame, Framer};
///
/// let mut framer = Framer::default();
/// framer.push(b"\r\n+CUSD: 0,\"Saldo\r\n5 E");
/// assert_eq!(framer.next_frame(), None);
/// framer.push(b"UR\",15\r\n");
/// assert_eq!(framer.next_frame(), Some(Frame::Line(b"+CUSD: 0,\"Saldo\r\n5 EUR\",15".to_vec())));
/// ```
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// Where the current physical line starts in `buffer`; above 0 only inside an open `+CUSD`.
    line_start: usize,
    frames: VecDeque<Frame>,
    prompt: bool,
    /// The CR of a line routed out of a text has passed; its LF is no part of the text either.
    swallow_lf: bool,
}

impl Framer {
    /// Takes octets in any portions.
    pub fn push(&mut self, octets: &[u8]) {
        for &octet in octets {
            let swallowed = std::mem::take(&mut self.swallow_lf) && octet == b'\n';
            match octet {
                _ if swallowed => {}
                b'\r' | b'\n' => self.end_line(octet),
                b'>' if self.prompt && self.buffer.is_empty() => {
                    self.frames.push_back(Frame::Prompt)
                }
                _ => self.buffer.push(octet),
            }
            if self.buffer.len() >= LONGEST {
                self.emit_all();
            }
        }
    }

    /// The next whole line or prompt.
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }

    /// Whether `>` at a line start is a prompt. Outside `AT+CMGS` and its like it is text. One that is
    /// there already, and the last thing that came, counts.
    pub fn expect_prompt(&mut self, expected: bool) {
        self.prompt = expected;
        if expected && self.buffer.trim_ascii() == b">" {
            self.buffer.clear();
            self.frames.push_back(Frame::Prompt);
        }
    }

    /// Whether a part of a line is held back, waiting for its end.
    pub fn holds_back(&self) -> bool {
        !self.buffer.iter().all(u8::is_ascii_whitespace)
    }

    /// Nothing came for a while: what is held back is a line, cut off or never closed.
    pub fn silence(&mut self) {
        self.emit_all();
    }

    fn end_line(&mut self, terminator: u8) {
        let line = self.buffer.get(self.line_start..).unwrap_or_default();
        if line.iter().all(u8::is_ascii_whitespace) && self.line_start == 0 {
            self.buffer.clear();
            return;
        }
        if self.line_start > 0 && urc::is_known(line) {
            // A URC on a line of its own inside a text: routed away, the text goes on.
            let urc = self.buffer.split_off(self.line_start);
            self.frames.push_back(Frame::Line(urc));
            self.drop_leading_line_end();
            self.swallow_lf = terminator == b'\r';
            return;
        }
        match text_state(&self.buffer) {
            Text::Open => self.continue_text(terminator),
            Text::Bare if self.line_start > 0 && ends_bare_text(line) => self.emit_all(),
            Text::Bare => self.continue_text(terminator),
            Text::Closed => self.emit(),
        }
    }

    /// The empty line before a URC is the CR LF that modems put before every line (V.250 clause 5.7.1).
    fn drop_leading_line_end(&mut self) {
        let end = self.buffer.len();
        let before = match self.buffer.as_slice() {
            [.., b'\r', b'\n'] => end - 2,
            _ => end - 1,
        };
        if matches!(self.buffer.get(..before), Some([.., b'\r' | b'\n'])) {
            self.buffer.truncate(before);
        }
        self.line_start = self.buffer.len();
    }

    fn continue_text(&mut self, terminator: u8) {
        self.buffer.push(terminator);
        self.line_start = self.buffer.len();
    }

    fn emit(&mut self) {
        self.line_start = 0;
        let line = std::mem::take(&mut self.buffer);
        match glued_ok(&line) {
            Some(rest) => {
                self.frames.push_back(Frame::Line(b"OK".to_vec()));
                self.frames.push_back(Frame::Line(rest.to_vec()));
            }
            None => self.frames.push_back(Frame::Line(line)),
        }
    }

    /// Hands over an unfinished text, and behind it the lines from the first final result on.
    fn emit_all(&mut self) {
        let held = std::mem::take(&mut self.buffer);
        self.line_start = 0;
        let end = final_line_in(&held).unwrap_or(held.len());
        let (text, rest) = held.split_at(end);
        self.buffer.extend_from_slice(trim_line_ends(text));
        if !self.buffer.is_empty() {
            self.emit();
        }
        for line in
            rest.split(|octet| matches!(octet, b'\r' | b'\n')).filter(|line| !line.is_empty())
        {
            self.frames.push_back(Frame::Line(line.to_vec()));
        }
    }
}

/// Whether the text of a `+CUSD` has ended.
enum Text {
    /// It is no `+CUSD`, or its text is complete.
    Closed,
    /// An opening quote, and no closing one yet.
    Open,
    /// No quotes at all and no DCS: more lines may belong to it.
    Bare,
}

/// A `+CUSD` with a quote ends at the first line end before which its last quote is followed by
/// nothing but a DCS. Without a DCS the quotes must be even in number: an operator's own pair of
/// quotes may end a line of the text too.
fn text_state(line: &[u8]) -> Text {
    let Some(body) = cusd_body(line) else { return Text::Closed };
    if body.first() != Some(&b'"') {
        return if is_bare_text(body) { Text::Bare } else { Text::Closed };
    }
    let last = body.iter().rposition(|octet| *octet == b'"').unwrap_or(0);
    let tail = body.get(last + 1..).unwrap_or_default().trim_ascii();
    let quotes = body.iter().filter(|octet| **octet == b'"').count();
    let closed = match tail.strip_prefix(b",") {
        Some(dcs) if last > 0 => is_dcs(dcs.trim_ascii()),
        None if tail.is_empty() => quotes % 2 == 0,
        _ => false,
    };
    if closed { Text::Closed } else { Text::Open }
}

/// What follows `+CUSD: <m>,`; `None` for anything else. A broker may put its own prefix before it.
fn cusd_body(line: &[u8]) -> Option<&[u8]> {
    const PREFIX: &[u8] = b"+CUSD:";
    let start = line
        .windows(PREFIX.len())
        .take(32)
        .position(|window| window.eq_ignore_ascii_case(PREFIX))?;
    let rest = line.get(start + PREFIX.len()..)?;
    let comma = rest.iter().position(|octet| *octet == b',')?;
    let (status, body) = rest.split_at(comma);
    let is_status =
        !status.trim_ascii().is_empty() && status.trim_ascii().iter().all(u8::is_ascii_digit);
    is_status.then(|| body.get(1..).unwrap_or_default().trim_ascii_start())
}

/// Text without quotes, rather than hexadecimal or a bare DCS; a DCS behind it would end it.
fn is_bare_text(body: &[u8]) -> bool {
    let dcs_follows =
        body.rsplit(|octet| *octet == b',').next().is_some_and(|last| is_number(last.trim_ascii()));
    let hexadecimal = body.trim_ascii().iter().all(u8::is_ascii_hexdigit);
    !(hexadecimal || dcs_follows && body.contains(&b','))
}

fn ends_bare_text(line: &[u8]) -> bool {
    code::final_result(line).is_some() || matches!(line.first(), Some(b'+' | b'^' | b'*' | b'#'))
}

fn is_dcs(field: &[u8]) -> bool {
    field.is_empty() || is_number(field.strip_prefix(b"-").unwrap_or(field))
}

fn is_number(field: &[u8]) -> bool {
    (1..=3).contains(&field.len()) && field.iter().all(u8::is_ascii_digit)
}

/// `OK` and the reply in one line, as brokers that strip line ends hand it over.
fn glued_ok(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(b"OK").filter(|rest| rest.starts_with(b"+CUSD:"))
}

/// Where the first line that is exactly a final result starts, behind the first line.
fn final_line_in(held: &[u8]) -> Option<usize> {
    let mut start = 0;
    for line in held.split(|octet| matches!(octet, b'\r' | b'\n')) {
        if start > 0 && code::final_result(line).is_some() {
            return Some(start);
        }
        start += line.len() + 1;
    }
    None
}

fn trim_line_ends(text: &[u8]) -> &[u8] {
    let end =
        text.iter().rposition(|octet| !matches!(octet, b'\r' | b'\n')).map_or(0, |last| last + 1);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(wire: &[u8]) -> Vec<String> {
        let mut framer = Framer::default();
        framer.push(wire);
        framer.silence();
        std::iter::from_fn(|| framer.next_frame())
            .map(|frame| match frame {
                Frame::Line(line) => String::from_utf8_lossy(&line).into_owned(),
                Frame::Prompt => "PROMPT".into(),
            })
            .collect()
    }

    #[test]
    #[rustfmt::skip]
    fn lines_are_cut_where_they_end() {
        for (wire, expected) in [
            ("AT\r\r\nOK\r\n",                                      &["AT", "OK"][..]),
            ("\r\n\r\n\r\nOK\r\n\r\n",                              &["OK"]),
            ("+CSQ: 17,99\nOK\n",                                   &["+CSQ: 17,99", "OK"]),
            ("+CUSD: 0,\"Plan \"XL\" 5,00\",15\r\nOK\r\n",          &["+CUSD: 0,\"Plan \"XL\" 5,00\",15", "OK"]),
            ("+CUSD: 0,\"Plan \"XL\"\r\n5,00\",15\r\n",             &["+CUSD: 0,\"Plan \"XL\"\r\n5,00\",15"]),
            ("+CUSD: 0,\"A\r\n\r\nB\"\r\nOK\r\n",                   &["+CUSD: 0,\"A\r\n\r\nB\"", "OK"]),
            ("+CUSD: 0,\"\"\r\nOK\r\n",                             &["+CUSD: 0,\"\"", "OK"]),
            ("+CUSD: 0,\"A\r\n^RSSI:12\r\nB\",15\r\n",              &["^RSSI:12", "+CUSD: 0,\"A\r\nB\",15"]),
            ("+CUSD: 0,\"A\r\n\r\n^RSSI:12\r\n\r\n+CREG: 1\r\nB\",15\r\n", &["^RSSI:12", "+CREG: 1", "+CUSD: 0,\"A\r\nB\",15"]),
            ("+CUSD: 2,\"Balans 35 grn, bonus\r\nOK\r\n",           &["+CUSD: 2,\"Balans 35 grn, bonus", "OK"]),
            ("+CUSD: 0,\"OK. Your\r\nNO ANSWER\r\nthing\",15\r\n",  &["+CUSD: 0,\"OK. Your\r\nNO ANSWER\r\nthing\",15"]),
            ("+CUSD: 0,Saldo 5 EUR\r\nbis morgen\r\n\r\nOK\r\n",    &["+CUSD: 0,Saldo 5 EUR\r\nbis morgen", "OK"]),
            ("+CUSD: 2, D3309BFC06D51A\r\nOK\r\n",                  &["+CUSD: 2, D3309BFC06D51A", "OK"]),
            ("+CUSD: 0,Saldo 5 EUR,15\r\nRING\r\n",                 &["+CUSD: 0,Saldo 5 EUR,15", "RING"]),
            ("OK+CUSD: 2,\"fini\",15\r\n",                          &["OK", "+CUSD: 2,\"fini\",15"]),
            ("+CUSD: 4\r\nOK\r\n",                                  &["+CUSD: 4", "OK"]),
            ("+CUSD: (0-2)\r\nOK\r\n",                              &["+CUSD: (0-2)", "OK"]),
        ] {
            assert_eq!(lines(wire.as_bytes()), expected, "{wire:?}");
        }
    }

    #[test]
    fn a_line_reads_the_same_however_it_is_cut() {
        let wire = b"AT\r\r\nOK\r\n+CUSD: 0,\"Plan \"XL\"\r\n5\r\nOK\r\n6\",15\r\n+CSQ: 1,99\r\n";
        let whole = lines(wire);
        for cut in 0..=wire.len() {
            let mut framer = Framer::default();
            framer.push(&wire[..cut]);
            framer.push(&wire[cut..]);
            let frames: Vec<_> = std::iter::from_fn(|| framer.next_frame()).collect();
            let expected: Vec<_> =
                whole.iter().map(|line| Frame::Line(line.clone().into_bytes())).collect();
            assert_eq!(frames, expected, "cut at {cut}");
        }
    }

    #[test]
    fn a_prompt_is_one_only_where_it_was_expected() {
        let mut framer = Framer::default();
        framer.push(b"\r\n> ");
        framer.silence();
        assert_eq!(framer.next_frame(), Some(Frame::Line(b"> ".to_vec())));
        framer.expect_prompt(true);
        framer.push(b"\r\n>");
        assert_eq!(framer.next_frame(), Some(Frame::Prompt));
    }

    #[test]
    fn an_endless_line_stays_bounded() {
        let mut framer = Framer::default();
        for _ in 0..100 {
            framer.push(&[b'"'; 1000]);
            assert!(framer.buffer.len() <= LONGEST);
        }
        assert!(framer.next_frame().is_some());
    }

    proptest::proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>, prompt: bool) {
            let mut framer = Framer::default();
            framer.expect_prompt(prompt);
            framer.push(&octets);
            framer.silence();
            while framer.next_frame().is_some() {}
            assert!(!framer.holds_back());
        }
    }
}
