//! Several questions on one line: `AT+CSCS?;+CPIN?` (ITU-T V.250 clause 5.2.1).

use super::Modem;
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
    /// Asks all `commands` (without `AT`) on one line, and one by one what the modem left open.
    ///
    /// A modem stops at the first part that fails, so what stood before it is answered. One that
    /// refuses the line as a whole is never sent a joined line again.
    pub(super) async fn ask(&mut self, commands: &[&str]) -> Result<Answers, Error> {
        self.ask_with(commands, &[]).await
    }

    /// As [`Modem::ask`]; `optional` ones among the commands are not worth a line of their own.
    pub(super) async fn ask_with(
        &mut self,
        commands: &[&str],
        optional: &[&str],
    ) -> Result<Answers, Error> {
        let mut parts: Vec<Part> = commands.iter().map(|command| Part::new(command)).collect();
        if self.settings.joins && commands.len() > 1 {
            self.ask_joined(&mut parts).await?;
        }
        for part in &mut parts {
            if part.is_open() && (self.settings.joins || !optional.contains(&part.command.as_str()))
            {
                let answer = self.command(Command::new(format!("AT{}", part.command))).await?;
                part.lines = answer.lines;
                part.done = true;
                if let Outcome::Failed(result) = answer.outcome {
                    part.failed = Some(result);
                }
            }
        }
        Ok(Answers(parts))
    }

    async fn ask_joined(&mut self, parts: &mut [Part]) -> Result<(), Error> {
        let line: Vec<_> = parts.iter().map(|part| part.command.as_str()).collect();
        let line = Command::new(format!("AT{}", line.join(";")));
        let answer = if self.settings.awake {
            self.command(line).await?
        } else {
            self.open_with(line).await?
        };
        distribute(answer.lines, parts);
        let stopped = match answer.outcome {
            Outcome::Ok | Outcome::Unfinished => parts.len(),
            // It stops at the first part that fails, which is the first one behind the last answered.
            Outcome::Failed(_) | Outcome::Silent => {
                parts.iter().rposition(|part| part.done).map_or(0, |last| last + 1)
            }
        };
        for setting in parts.iter_mut().take(stopped).filter(|part| part.is_setting()) {
            setting.done = true;
        }
        match answer.outcome {
            Outcome::Failed(result) if result.code.is_some() => {
                // Settings on the way to it were taken: they are simple, and known to every modem.
                let open = parts.iter_mut().filter(|part| part.is_open());
                for setting in open.take_while(|part| part.is_setting()) {
                    setting.done = true;
                }
                if let Some(part) = parts.iter_mut().find(|part| part.is_open()) {
                    part.failed = Some(result);
                }
            }
            // Nothing at all came of it: it is the joining that this firmware does not know.
            Outcome::Failed(_) | Outcome::Silent if stopped == 0 => self.settings.joins = false,
            _ => {}
        }
        Ok(())
    }
}

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
fn distribute(lines: Vec<String>, parts: &mut [Part]) {
    let mut bare = Vec::new();
    for line in lines {
        let fits = |part: &&mut Part| after_prefix(&line, &part.command).is_some();
        let open = parts.iter_mut().filter(|part| part.is_open()).find(fits);
        match open {
            Some(part) => part.take(line),
            None => match parts.iter_mut().rev().find(fits) {
                Some(part) => part.take(line),
                None => bare.push(line),
            },
        }
    }
    let left: Vec<_> =
        parts.iter_mut().filter(|part| part.is_open() && !part.is_setting()).collect();
    if bare.len() <= left.len() {
        left.into_iter().zip(bare).for_each(|(part, line)| part.take(line));
    }
}

/// `"GSM"` of `+CSCS: "GSM"` for `+CSCS?`; prefixes may mirror the case of the command or lose the blank.
fn after_prefix<'a>(line: &'a str, command: &str) -> Option<&'a str> {
    let name = command.split(['=', '?']).next().unwrap_or(command);
    let (start, rest) = line.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name).then(|| rest.trim_start().strip_prefix(':'))?
}
