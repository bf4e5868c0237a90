//! The line of a simulated modem: framing, echo, and when what is said.

use std::time::{Duration, Instant};

use super::catalog;
use super::device::{Answer, Device, Event};
use super::input::{Input, Typed};
use super::queue::Queue;
use super::scenario::{Noise, Scenario, ScenarioError};
use super::script::Script;
use crate::transcript;

/// A modem on the far end of a line. See the module for how to drive it.
#[derive(Debug)]
pub struct Modem {
    /// How long the modem takes before it answers a command; zero unless set.
    pub latency: Duration,
    /// Whether the network answers at once, whatever its scenario says; not unless set. A script keeps
    /// its waits.
    pub hurries: bool,
    script: Script,
    device: Option<Box<Device>>,
    input: Input,
    queue: Queue<Due>,
    noise: Vec<NoiseAt>,
    busy_until: Option<Instant>,
    is_on: bool,
    is_gone: bool,
    away_until: Option<Instant>,
}

/// What comes out of a modem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The modem sends these.
    Bytes(Vec<u8>),
    /// The line breaks, as when the cable is pulled; nothing follows.
    Hangup,
    /// The line breaks because the modem restarts. After so long it is there again, with its card as it
    /// was, once [`Modem::come_back`] is called.
    Away(Duration),
}

/// What is to happen: an output, or something in the network that the device turns into one.
#[derive(Debug)]
enum Due {
    Output(Output),
    Event(Event),
}

/// A line that the modem says again and again, and when it is next.
#[derive(Debug)]
struct NoiseAt {
    every: Duration,
    line: Vec<u8>,
    next: Option<Instant>,
}

/// Commands beyond this many unsaid answers are lost: nobody reads them.
const WAITING: usize = 4096;

impl Modem {
    /// The built-in scenario of that name.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Unknown`], which lists the names there are.
    pub fn named(name: &str) -> Result<Self, ScenarioError> {
        Ok(Self::of_scenario(catalog::scenario(name)?))
    }

    /// The script, recording or scenario that stands in a file; `file` is its name for errors.
    ///
    /// A script may name a scenario in its header, as `# base: be-proximus`: what the script does not
    /// say, that modem answers.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] with the place where the text is none of them.
    pub fn from_text(file: &str, text: &str) -> Result<Self, ScenarioError> {
        let first = text.lines().next().unwrap_or_default();
        if !first.starts_with("# saldo transcript") && !first.starts_with("# saldo script") {
            return Ok(Self::of_scenario(catalog::from_text(file, text)?));
        }
        let transcript = transcript::read(file, text)?;
        let modem = match transcript.note("base") {
            Some(base) => Self::named(&base)?,
            None => Self::new(None, Vec::new()),
        };
        Ok(Self { script: Script::new(transcript), ..modem })
    }

    fn of_scenario(scenario: Scenario) -> Self {
        let noise = scenario.noise.iter().filter_map(NoiseAt::of).collect();
        Self::new(Some(Device::new(scenario)), noise)
    }

    fn new(device: Option<Device>, noise: Vec<NoiseAt>) -> Self {
        Self {
            latency: Duration::ZERO,
            hurries: false,
            script: Script::default(),
            device: device.map(Box::new),
            input: Input::default(),
            queue: Queue::default(),
            noise,
            busy_until: None,
            is_on: false,
            is_gone: false,
            away_until: None,
        }
    }

    /// Tells the modem the network's time, in seconds since 1970 UTC: messages carry it.
    pub fn set_clock(&mut self, unix_seconds: i64) {
        if let Some(device) = &mut self.device {
            device.set_clock(unix_seconds);
        }
    }

    /// Takes what the computer sent.
    pub fn handle_input(&mut self, now: Instant, bytes: &[u8]) {
        if self.away_until.is_some() {
            return;
        }
        self.switch_on(now);
        self.catch_up(now);
        let mut echo = Vec::new();
        for octet in bytes {
            if self.echoes() {
                echo.push(*octet);
            }
            let Some(typed) = self.input.push(*octet, self.is_prompting()) else { continue };
            self.say(now, std::mem::take(&mut echo));
            if self.queue.len() < WAITING {
                self.handle_typed(now, &typed);
            }
        }
        self.say(now, echo);
    }

    /// When the modem speaks next, if it will by itself.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.is_gone || self.away_until.is_some() {
            return None;
        }
        self.noise.iter().filter_map(|noise| noise.next).chain(self.queue.next()).min()
    }

    /// What the modem says by now; call until `None`.
    pub fn poll_output(&mut self, now: Instant) -> Option<Output> {
        self.switch_on(now);
        while !self.is_gone && self.away_until.is_none() {
            match self.queue.pop(now) {
                Some(Due::Output(output)) => {
                    match output {
                        Output::Bytes(_) => {}
                        Output::Hangup => self.is_gone = true,
                        Output::Away(time) => self.away_until = Some(now + time),
                    }
                    return Some(output);
                }
                Some(Due::Event(event)) => self.happen(now, event),
                None => return self.noise(now).map(Output::Bytes),
            }
        }
        None
    }

    /// When a modem that went away is there again; `None` while it is there.
    pub fn away_until(&self) -> Option<Instant> {
        self.away_until
    }

    /// Puts a modem that went away on the line again. What it had begun to say and to hear is lost.
    pub fn come_back(&mut self) {
        self.away_until = None;
        self.input = Input::default();
        self.queue.retain(|due| matches!(due, Due::Event(_)));
        self.busy_until = None;
    }

    /// Whether it holds an eUICC, whose state lasts as long as the modem.
    pub fn has_euicc(&self) -> bool {
        self.device.as_ref().is_some_and(|device| device.euicc().is_some())
    }

    /// What the eUICC was asked since this was last called, and answered: `BF31 EnableProfile BF31…
    /// BF3103800100`. A restart or reset of the modem takes nothing from it.
    pub fn take_card_log(&mut self) -> Vec<String> {
        let card = self.device.as_mut().and_then(|device| device.euicc_mut());
        card.map(|card| card.take_heard()).unwrap_or_default()
    }

    /// What the eUICC was asked that only looking and switching never needs: `BF33 DeleteProfile`.
    pub fn forbidden_seen(&self) -> &[String] {
        let card = self.device.as_ref().and_then(|device| device.euicc());
        card.map(|card| card.forbidden()).unwrap_or_default()
    }

    /// The commands of a script that never came, each with its line number.
    ///
    /// A script must be used up: a replay that leaves some has not passed.
    pub fn unused(&self) -> Vec<(usize, String)> {
        self.script.unused().collect()
    }

    /// The first commands that came and stand nowhere in the script; they were answered with `ERROR`.
    pub fn unexpected(&self) -> &[String] {
        self.script.unexpected()
    }

    /// Whether every command of the script came and everything was said.
    pub fn is_done(&self) -> bool {
        self.unused().is_empty() && (self.is_gone || self.queue.len() == 0)
    }

    /// The first contact starts the clocks: what a script opens with, and the noise.
    fn switch_on(&mut self, now: Instant) {
        if std::mem::replace(&mut self.is_on, true) {
            return;
        }
        for noise in &mut self.noise {
            noise.next = Some(now + noise.every);
        }
        let opening = self.script.opening();
        self.schedule(now, opening);
    }

    fn echoes(&self) -> bool {
        self.device.as_ref().is_some_and(|device| device.echoes())
    }

    fn is_prompting(&self) -> bool {
        let device = self.device.as_ref();
        self.script.is_prompting() || device.is_some_and(|device| device.is_prompting())
    }

    /// Answers as soon as the modem is free: from the script, else from the scenario.
    fn handle_typed(&mut self, now: Instant, typed: &Typed) {
        let mut free = self.busy_until.map_or(now, |busy| busy.max(now)) + self.latency;
        if let Some(says) = self.script.command(typed) {
            self.schedule(free, says);
        } else if let Some(device) = &mut self.device {
            let answer = device.handle_typed(typed);
            free = self.carry_out(free, answer);
        } else {
            let refusal = self.script.refuse(typed);
            self.say(free, refusal);
        }
        self.busy_until = Some(free);
    }

    fn happen(&mut self, now: Instant, event: Event) {
        let Some(device) = &mut self.device else { return };
        let answer = device.happen(event);
        self.carry_out(now, answer);
    }

    /// Says the answer, and what follows from it; gives the time when it is said.
    fn carry_out(&mut self, from: Instant, answer: Answer) -> Instant {
        self.queue.retain(|due| match due {
            Due::Event(Event::Ussd(_)) => !answer.forgets_ussd && !answer.loses_network,
            Due::Event(Event::Message(_)) => !answer.loses_network,
            _ => true,
        });
        let hurries = self.hurries;
        let wait = |time| if hurries { Duration::ZERO } else { time };
        let said = from + wait(answer.hold);
        self.say(said, answer.bytes);
        let mut behind = said;
        match answer.ends {
            Some(Output::Away(time)) => {
                behind += wait(time);
                self.queue.push(said, Due::Output(Output::Away(wait(time))));
            }
            Some(output) => self.queue.push(said, Due::Output(output)),
            None => {}
        }
        for (after, event) in answer.later {
            self.queue.push(behind + wait(after), Due::Event(event));
        }
        said
    }

    /// Card and network go their way also while nobody listens.
    fn catch_up(&mut self, now: Instant) {
        let is_silent = |due: &Due| matches!(due, Due::Event(Event::CardStarted | Event::Found(_)));
        while let Some(Due::Event(event)) = self.queue.pop_if(now, is_silent) {
            self.happen(now, event);
        }
    }

    fn schedule(&mut self, now: Instant, says: Vec<(Duration, Output)>) {
        for (after, output) in says {
            self.queue.push(now + after, Due::Output(output));
        }
    }

    fn say(&mut self, due: Instant, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.queue.push(due, Due::Output(Output::Bytes(bytes)));
        }
    }

    /// The first line of noise that is due. A reader that comes late gets each once, not all it missed.
    fn noise(&mut self, now: Instant) -> Option<Vec<u8>> {
        if self.device.as_ref().is_some_and(|device| device.is_quieted()) {
            self.noise.clear();
        }
        let due = self.noise.iter_mut().find(|noise| noise.next.is_some_and(|next| next <= now))?;
        due.next = Some(now + due.every);
        Some(due.line.clone())
    }
}

impl NoiseAt {
    fn of(noise: &Noise) -> Option<Self> {
        let every = Duration::from_millis(noise.every_ms?.max(1));
        let line = format!("\r\n{}\r\n", noise.line).into_bytes();
        Some(Self { every, line, next: None })
    }
}

#[cfg(test)]
mod tests;
