//! Several questions on one line: `AT+CSCS?;+CPIN?` (ITU-T V.250 clause 5.2.1).

use super::Modem;
use super::facts::FIRMWARE;
use crate::Error;
use crate::at::code::FinalResult;
use crate::at::{Command, Outcome};
use crate::port::Line;

/// What each part of a batch gave, in the order they were asked.
#[derive(Debug)]
pub(super) struct Answers(Vec<Part>);

#[derive(Debug)]
struct Part {
    command: String,
    lines: Vec<String>,
    failed: Option<FinalResult>,
    /// The modem has taken it, with or without data.
    done: bool,
}

impl Answers {
    /// What follows the prefix in the first line of a part's answer, or the whole line.
    pub(super) fn value(&self, command: &str) -> Option<&str> {
        // A message may have come in between, with a line of its own that nothing marks.
        let lines = &self.part(command)?.lines;
        let own = lines.iter().find_map(|line| after_prefix(line, command));
        Some(own.or_else(|| lines.first().map(String::as_str))?.trim())
    }

    /// Why a part failed; `None` where it did not.
    pub(super) fn failure(&self, command: &str) -> Option<&FinalResult> {
        self.part(command)?.failed.as_ref()
    }

    fn part(&self, command: &str) -> Option<&Part> {
        self.0.iter().find(|part| part.command == command)
    }
}

impl<P: Line> Modem<P> {
    /// Asks all `commands` (without `AT`) on one line, and what a failure left open on the next.
    ///
    /// A modem stops at the first part that fails, so what stood before it is answered. One that
    /// refuses the line as a whole is never sent a joined line again.
    pub(super) async fn ask(&mut self, commands: &[&str]) -> Result<Answers, Error> {
        self.ask_with(commands, &[]).await
    }

    /// As [`Modem::ask`]; `optional` ones among the commands are not worth a line of their own where the
    /// modem takes one command a line.
    pub(super) async fn ask_with(
        &mut self,
        commands: &[&str],
        optional: &[&str],
    ) -> Result<Answers, Error> {
        let setting = self.number_errors();
        let commands = setting.iter().chain(commands);
        let mut parts: Vec<Part> = commands.map(|command| Part::new(command)).collect();
        let mut next = Next::Joined;
        while let Some(place) = parts.iter().position(Part::is_open) {
            let is_joinable = parts.iter().filter(|part| part.is_open()).count() > 1;
            if self.settings.joins && is_joinable && next == Next::Joined {
                next = self.ask_joined(&mut parts).await?;
                continue;
            }
            let Some(part) = parts.get_mut(place) else { break };
            if self.settings.joins || !optional.contains(&part.command.as_str()) {
                let answer = self.command(Command::new(format!("AT{}", part.command))).await?;
                part.lines = answer.lines;
                if let Outcome::Failed(result) = answer.outcome {
                    part.failed = Some(result);
                }
            }
            part.done = true;
            if next == Next::One {
                next = Next::Joined;
            }
        }
        Ok(Answers(parts))
    }

    /// Asks what is open of `parts` on one line, and gives how the rest is asked.
    async fn ask_joined(&mut self, parts: &mut [Part]) -> Result<Next, Error> {
        let open = || parts.iter().filter(|part| part.is_open());
        let line: Vec<_> = open().map(|part| part.command.as_str()).collect();
        let line = Command::new(format!("AT{}", line.join(";")));
        let answer = if self.settings.awake {
            self.command(line).await?
        } else {
            self.open_with(line).await?
        };
        let mut open: Vec<_> = parts.iter_mut().filter(|part| part.is_open()).collect();
        distribute(answer.lines, &mut open);
        let is_whole = matches!(answer.outcome, Outcome::Ok | Outcome::Unfinished);
        // It stops at the first part that fails, which is the first one behind the last answered.
        let answered = open.iter().rposition(|part| part.done).map_or(0, |last| last + 1);
        self.settings.has_joined |= is_whole || answered > 0;
        let taken = if is_whole { open.len() } else { answered };
        for setting in open.iter_mut().take(taken).filter(|part| part.is_setting()) {
            setting.done = true;
        }
        let Outcome::Failed(result) = answer.outcome else {
            // Nothing at all came of it: it is the joining that this firmware does not know.
            self.settings.joins &= is_whole || self.settings.has_joined;
            return Ok(if is_whole { Next::OneByOne } else { Next::One });
        };
        if !self.settings.has_joined && result.code.is_none() {
            self.settings.joins = false;
        } else if answered > 0 || result.code.is_some() {
            blame(&mut open, result);
        }
        Ok(if open.iter().any(|part| part.failed.is_some()) { Next::Joined } else { Next::One })
    }
}

/// How the parts that are open are asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Together.
    Joined,
    /// The first one alone, then the others together: it may be the one that failed.
    One,
    /// Each alone: the modem has said all it will say to a joined line.
    OneByOne,
}

/// Finds the part that has stopped a line, where only one can have.
///
/// A setting is taken without a word, so the next question may be what failed; errors are numbered
/// by then, so that setting is taken. An `ERROR` without a number may be about the line.
fn blame(parts: &mut [&mut Part], result: FinalResult) {
    let mut open: Vec<_> = parts.iter_mut().filter(|part| part.is_open()).collect();
    if let Some(first) = open.first_mut().filter(|part| part.command == NUMBERED) {
        first.done = true;
        open.remove(0);
    }
    let settings = open.iter().take_while(|part| part.is_setting()).count();
    let is_certain = settings == 0 || settings == 1 && open.len() == 1;
    if let Some(first) = open.first_mut().filter(|_| is_certain && result.code.is_some()) {
        first.failed = Some(result);
    }
}

/// Errors with their numbers (3GPP TS 27.007 clause 9.1).
pub(super) const NUMBERED: &str = "+CMEE=1";

impl Part {
    fn new(command: &str) -> Self {
        Self { command: command.to_owned(), lines: Vec::new(), failed: None, done: false }
    }

    fn is_open(&self) -> bool {
        !self.done && self.failed.is_none()
    }

    /// `+CMEE=1` is answered by `OK` alone; `+CRSM=` reads.
    fn is_setting(&self) -> bool {
        self.command.contains('=') && !self.command.starts_with("+CRSM")
    }

    fn take(&mut self, line: String) {
        self.lines.push(line);
        self.done = true;
    }
}

/// Gives each line to the part whose prefix it carries; lines without one go to the parts left
/// over, in order, where there are not more of them than parts: then an answer has several lines.
fn distribute(lines: Vec<String>, parts: &mut [&mut Part]) {
    let mut bare = Vec::new();
    for line in lines {
        let fits = |part: &&mut &mut Part| after_prefix(&line, &part.command).is_some();
        let is_waiting = |part: &&mut &mut Part| part.is_open() && !part.is_setting();
        let place = match parts.iter_mut().filter(is_waiting).find(fits) {
            Some(part) => Some(part),
            None => parts.iter_mut().rev().find(fits),
        };
        match place {
            Some(part) => part.take(line),
            None => bare.push(line),
        }
    }
    let left: Vec<_> =
        parts.iter_mut().filter(|part| part.is_open() && !part.is_setting()).collect();
    if bare.len() > left.len() {
        bare.retain(|line| !is_foreign(line));
    }
    // Of all that is asked without a prefix, a version alone may have several lines.
    let is_version_last = left.last().is_some_and(|part| part.command == FIRMWARE);
    if bare.len() <= left.len() || is_version_last {
        left.into_iter().zip(bare).for_each(|(part, line)| part.take(line));
    }
}

/// A line of another command or of nobody: `^RSSI: 20`.
fn is_foreign(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_punctuation()) && line.contains(':')
}

/// `"GSM"` of `+CSCS: "GSM"` for `+CSCS?`; prefixes may mirror the case of the command or lose the blank.
fn after_prefix<'a>(line: &'a str, command: &str) -> Option<&'a str> {
    let name = command.split(['=', '?']).next().unwrap_or(command);
    let (start, rest) = line.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name).then(|| rest.trim_start().strip_prefix(':'))?
}
