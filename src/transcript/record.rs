//! What passed on a port, as steps of a transcript.

use std::time::{Duration, Instant};

use super::write::stands_as_it_is;
use super::{Mark, Step, Transcript};

/// Notes both directions of a port; it is told the time with each.
///
/// Bytes come back exactly: what is no line between two CR LF is kept as `=`.
#[derive(Debug, Default)]
pub struct Recorder {
    steps: Vec<Step>,
    /// Typed by the computer, not ended yet.
    typed: Vec<u8>,
    /// Said by the modem, not yet a whole line.
    heard: Vec<u8>,
    /// What the modem repeats if its echo is on.
    echo: Vec<u8>,
    last: Option<Instant>,
    size: usize,
}

/// Silence shorter than this is no wait, but the machine's own time.
const PAUSE: Duration = Duration::from_millis(20);

/// A line that does not end by then is noted as it is.
const LONGEST_LINE: usize = 4096;

/// Recordings end here: `watch` runs for ever, and a recording is for reading.
const LONGEST: usize = 8 << 20;

const CRLF: &[u8] = b"\r\n";

impl Recorder {
    /// The computer wrote these.
    pub fn sent(&mut self, now: Instant, bytes: &[u8]) {
        if !self.has_room(bytes) {
            return;
        }
        let prompting =
            self.heard.ends_with(b"> ") || self.heard.ends_with(b">") || self.is_in_text();
        // A line that is still coming goes on behind the command: cut in two, nobody could mask it.
        let is_coming = self.last.is_some_and(|last| now.duration_since(last) < PAUSE);
        self.note_heard(prompting || !is_coming);
        for octet in bytes {
            match octet {
                b'\r' if !prompting => self.note_command(),
                0x1A | 0x1B if prompting => {
                    self.typed.push(*octet);
                    self.note_command();
                }
                0x1B => self.note_escape(),
                b'\n' if self.typed.is_empty() => {}
                _ => self.typed.push(*octet),
            }
        }
        self.last = Some(now);
    }

    /// The modem sent these.
    pub fn received(&mut self, now: Instant, bytes: &[u8]) {
        if !self.has_room(bytes) {
            return;
        }
        let pause = self.last.map_or(Duration::ZERO, |last| now.duration_since(last));
        if pause >= PAUSE {
            self.note_heard(false);
            if self.heard.is_empty() {
                self.note(Mark::Wait(Duration::from_millis(
                    pause.as_millis().try_into().unwrap_or(0),
                )));
            }
        }
        self.heard.extend_from_slice(bytes);
        if self.heard.len() > LONGEST_LINE {
            self.note_heard(false);
        }
        self.last = Some(now);
    }

    /// The line broke.
    pub fn hung_up(&mut self) {
        self.note_heard(true);
        self.note(Mark::Hangup);
    }

    /// What was noted so far, under these headers.
    pub fn transcript(&mut self, notes: Vec<String>) -> Transcript {
        self.note_heard(true);
        Transcript { notes, steps: self.steps.clone(), ..Transcript::default() }
    }

    fn has_room(&mut self, bytes: &[u8]) -> bool {
        if self.size > LONGEST {
            return false;
        }
        self.size += bytes.len();
        if self.size > LONGEST {
            self.note_heard(true);
            self.note(Mark::Comment("the rest was not kept: the recording is long enough".into()));
        }
        self.size <= LONGEST
    }

    /// Whether the text behind a prompt is on its way, in more than one write.
    fn is_in_text(&self) -> bool {
        let prompt = |step: &Step| matches!(&step.mark, Mark::Bytes(bytes) if bytes.ends_with(b"> ") || bytes.ends_with(b">"));
        self.heard.is_empty() && self.steps.last().is_some_and(prompt)
    }

    fn note_command(&mut self) {
        let command = std::mem::take(&mut self.typed);
        if !command.is_empty() {
            self.echo = [&command[..], b"\r"].concat();
            self.note(Mark::Command(command));
        }
    }

    /// ESC where no prompt was seen. What got no answer before it may have been text in a prompt that another
    /// program left open: a replay swallows everything up to this ESC. Anywhere else it does nothing.
    fn note_escape(&mut self) {
        let is_command = |step: &Step| matches!(step.mark, Mark::Command(_));
        let Some(last) = self.steps.iter().rposition(is_command) else { return };
        let echo = Mark::Bytes(self.echo.clone());
        let mut behind = self.steps.iter().skip(last + 1).map(|step| &step.mark);
        if behind.all(|mark| *mark == echo || matches!(mark, Mark::Wait(_))) {
            self.steps.truncate(last);
            self.note(Mark::Command(vec![0x1B]));
        }
    }

    /// Notes the whole lines that were heard, and with `all` the rest too.
    fn note_heard(&mut self, all: bool) {
        let heard = std::mem::take(&mut self.heard);
        let mut rest = &heard[..];
        while let Some((mark, behind)) = next_mark(rest, &self.echo) {
            self.note(mark);
            rest = behind;
        }
        let noted = match rest.len() {
            length if all => length,
            0..=LONGEST_LINE => 0,
            length => end_of_word(rest).unwrap_or(length),
        };
        let (noted, kept) = rest.split_at_checked(noted).unwrap_or_default();
        if !noted.is_empty() {
            self.note(Mark::Bytes(noted.to_vec()));
        }
        self.heard = kept.to_vec();
    }

    fn note(&mut self, mark: Mark) {
        self.steps.push(Step { line: 0, mark });
    }
}

/// The first step that `heard` holds whole, and what follows it.
fn next_mark<'a>(heard: &'a [u8], echo: &[u8]) -> Option<(Mark, &'a [u8])> {
    if let Some(behind) = heard.strip_prefix(echo).filter(|_| !echo.is_empty()) {
        return Some((Mark::Bytes(echo.to_vec()), behind));
    }
    if let Some(framed) = heard.strip_prefix(CRLF) {
        let (line, behind) = split_at_crlf(framed)?;
        let text = std::str::from_utf8(line).ok().filter(|line| stands_as_it_is(line));
        return match text {
            Some(_) => Some((Mark::Line(line.to_vec()), behind)),
            None => Some((Mark::Bytes(CRLF.to_vec()), framed)),
        };
    }
    let (line, behind) = split_at_crlf(heard)?;
    Some((Mark::Bytes([line, CRLF].concat()), behind))
}

/// Behind the last octet that is no part of a word or number.
fn end_of_word(octets: &[u8]) -> Option<usize> {
    octets.iter().rposition(|octet| !octet.is_ascii_alphanumeric()).map(|place| place + 1)
}

fn split_at_crlf(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = octets.windows(2).position(|pair| pair == CRLF)?;
    Some((octets.get(..end)?, octets.get(end + 2..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `>` and `<` with the milliseconds since the start.
    fn recorded(passed: &[(u64, char, &[u8])]) -> String {
        let t0 = Instant::now();
        let mut recorder = Recorder::default();
        for (after, direction, bytes) in passed {
            let now = t0 + Duration::from_millis(*after);
            match direction {
                '>' => recorder.sent(now, bytes),
                '<' => recorder.received(now, bytes),
                _ => recorder.hung_up(),
            }
        }
        recorder.transcript(vec!["modem: X".into()]).to_string()
    }

    #[test]
    fn a_question_and_its_answer() {
        let text = recorded(&[
            (0, '>', b"\x1B\rAT+CUSD=1,\"#121#\""),
            (1, '>', b",15\r"),
            (3, '<', b"\r\nO"),
            (4, '<', b"K\r\n"),
            (1204, '<', b"\r\n+CUSD: 0,\"Saldo\n5\",15\r\n"),
            (1300, '!', b""),
        ]);
        assert_eq!(
            text,
            "# saldo transcript 1\n# modem: X\n> AT+CUSD=1,\"#121#\",15\n< OK\n~ 1200ms\n\
             = \\r\\n\n= +CUSD: 0,\"Saldo\\n5\",15\\r\\n\n! hangup\n"
        );
    }

    #[test]
    fn echo_prompt_and_the_text_behind_it() {
        let text = recorded(&[
            (0, '>', b"AT+CMGS=\"1914\"\r"),
            (1, '<', b"AT+CMGS=\"1914\"\r\r\n> "),
            (2, '>', b"two\rlines"),
            (3, '>', b"\x1A"),
            (4, '<', b"\r\n+CMGS: 1\r\n\r\nOK\r\n"),
        ]);
        assert_eq!(
            text,
            "# saldo transcript 1\n# modem: X\n> AT+CMGS=\"1914\"\n= AT+CMGS=\"1914\"\\r\n\
             = \\r\\n>\\x20\n> two\\rlines\\x1A\n< +CMGS: 1\n< OK\n"
        );
    }

    #[test]
    fn what_was_swallowed_before_an_escape_is_swallowed_again() {
        let text = recorded(&[
            (0, '>', b"AT+CSQ\r"),
            (1, '<', b"AT+CSQ\r"),
            (1001, '>', b"\x1B\rAT\r"),
            (1002, '<', b"\r\nOK\r\n"),
            (1003, '>', b"\x1B"),
        ]);
        assert_eq!(text, "# saldo transcript 1\n# modem: X\n> \\x1B\n> AT\n< OK\n");
    }

    #[test]
    fn a_recording_has_an_end() {
        let mut recorder = Recorder::default();
        for _ in 0..(LONGEST / 4096 + 100) {
            recorder.received(Instant::now(), &[b'x'; 4096]);
        }
        let text = recorder.transcript(Vec::new()).to_string();
        assert!(text.len() < LONGEST + 100_000, "{} octets", text.len());
        assert!(text.ends_with("# the rest was not kept: the recording is long enough\n"));
    }

    proptest! {
        #[test]
        fn every_octet_the_modem_sent_is_there(pieces: Vec<Vec<u8>>) {
            let mut recorder = Recorder::default();
            let t0 = Instant::now();
            for (piece, after) in pieces.iter().zip(0..) {
                recorder.received(t0 + Duration::from_millis(after * 15), piece);
            }
            let back = recorder.transcript(Vec::new()).steps.into_iter().flat_map(|step| match step.mark {
                Mark::Line(line) => [CRLF, &line[..], CRLF].concat(),
                Mark::Bytes(bytes) => bytes,
                _ => Vec::new(),
            });
            prop_assert_eq!(back.collect::<Vec<u8>>(), pieces.concat());
        }
    }
}
