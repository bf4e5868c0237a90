//! Playing a transcript: `>` in strict order, `*` at any time; the rest is for its base, or refused.

use std::collections::VecDeque;
use std::time::Duration;

use super::input::Typed;
use super::modem::Output;
use crate::transcript::{Mark, Transcript, redacted_command};

/// A script on its way.
#[derive(Debug, Default)]
pub(super) struct Script {
    opening: Vec<Timed>,
    next: VecDeque<Scene>,
    always: Vec<Scene>,
    unexpected: Vec<String>,
}

/// An output and its time since the command, or since the start.
pub(super) type Timed = (Duration, Output);

/// A command and what the modem does when it comes.
#[derive(Debug)]
struct Scene {
    role: Role,
    command: Vec<u8>,
    line: usize,
    says: Vec<Timed>,
    lasts: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Opening,
    Next,
    Always,
}

/// How many refused commands are remembered: enough to say what went wrong.
const REMEMBERED: usize = 32;

impl Script {
    pub(super) fn new(transcript: Transcript) -> Self {
        let mut script = Self::default();
        for scene in scenes(transcript) {
            match scene.role {
                Role::Opening => script.opening = scene.says,
                Role::Next => script.next.push_back(scene),
                Role::Always => script.always.push(scene),
            }
        }
        script
    }

    /// What the modem says before it was asked anything; once.
    pub(super) fn opening(&mut self) -> Vec<Timed> {
        std::mem::take(&mut self.opening)
    }

    /// What the modem does on this, where the script says it. Case counts as little as in V.250; a
    /// masked recording takes any PIN or number for the one it masked.
    pub(super) fn command(&mut self, typed: &Typed) -> Option<Vec<Timed>> {
        let typed = octets(typed);
        let masked = redacted_command(&typed);
        let is_it = |scene: &Scene| {
            [&typed, &masked].iter().any(|typed| scene.command.eq_ignore_ascii_case(typed))
        };
        if self.next.front().is_some_and(is_it) {
            return self.next.pop_front().map(|scene| scene.says);
        }
        self.always.iter().find(|scene| is_it(scene)).map(|scene| scene.says.clone())
    }

    /// What nobody answers: an error, and remembered. An empty line is nothing.
    pub(super) fn refuse(&mut self, typed: &Typed) -> Vec<u8> {
        let typed = octets(typed);
        if typed.is_empty() {
            return Vec::new();
        }
        if self.unexpected.len() < REMEMBERED {
            self.unexpected.push(String::from_utf8_lossy(&typed).into_owned());
        }
        b"\r\nERROR\r\n".to_vec()
    }

    /// Whether the next command is the text behind a prompt.
    pub(super) fn is_prompting(&self) -> bool {
        self.next.front().is_some_and(|scene| matches!(scene.command.last(), Some(0x1A | 0x1B)))
    }

    /// The commands of the script that never came, with their line numbers.
    pub(super) fn unused(&self) -> impl Iterator<Item = (usize, String)> {
        self.next
            .iter()
            .map(|scene| (scene.line, String::from_utf8_lossy(&scene.command).into_owned()))
    }

    /// Commands that came and stand nowhere in the script.
    pub(super) fn unexpected(&self) -> &[String] {
        &self.unexpected
    }
}

/// As a script writes it: a text behind a prompt with what ends it.
fn octets(typed: &Typed) -> Vec<u8> {
    match typed {
        Typed::Line(line) => line.clone(),
        Typed::Body(body) => [body, &b"\x1A"[..]].concat(),
        Typed::Escape => b"\x1B".to_vec(),
    }
}

fn scenes(transcript: Transcript) -> Vec<Scene> {
    let scene = |role, command, line| Scene {
        role,
        command,
        line,
        says: Vec::new(),
        lasts: Duration::ZERO,
    };
    let mut done = Vec::new();
    let mut open = scene(Role::Opening, Vec::new(), 0);
    for step in transcript.steps {
        match step.mark {
            Mark::Comment(_) => {}
            Mark::Command(command) => {
                done.push(std::mem::replace(&mut open, scene(Role::Next, command, step.line)));
            }
            Mark::Always(command) => {
                done.push(std::mem::replace(&mut open, scene(Role::Always, command, step.line)));
            }
            Mark::Wait(time) => open.lasts += time,
            Mark::Line(line) => open.say(Output::Bytes([b"\r\n", &line[..], b"\r\n"].concat())),
            Mark::Bytes(bytes) => open.say(Output::Bytes(bytes)),
            Mark::Hangup => open.say(Output::Hangup),
        }
    }
    done.push(open);
    done
}

impl Scene {
    fn say(&mut self, output: Output) {
        self.says.push((self.lasts, output));
    }
}
