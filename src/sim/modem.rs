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
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is said until then, as text; `!` is a hang-up.
    fn said(modem: &mut Modem, until: Instant) -> String {
        let mut now = until;
        let mut said = String::new();
        loop {
            while let Some(output) = modem.poll_output(now) {
                match output {
                    Output::Bytes(bytes) => said += &String::from_utf8_lossy(&bytes),
                    Output::Hangup => said.push('!'),
                    Output::Away(_) => said.push('?'),
                }
            }
            match modem.poll_timeout() {
                Some(next) if next <= until && next > now => now = next,
                _ => return said,
            }
        }
    }

    fn script(steps: &str) -> Modem {
        Modem::from_text("x.at", &format!("# saldo script 1\n{steps}")).unwrap()
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_script_is_played_in_its_order_and_time() {
        let t0 = Instant::now();
        let mut modem = script(
            "< RDY\n* AT\n< OK\n> AT+CSQ\n< +CSQ: 1,99\n~ 900ms\n< OK\n> ATI\n~ 5ms\n! hangup\n",
        );
        assert_eq!(said(&mut modem, t0), "\r\nRDY\r\n");
        modem.handle_input(t0, b"AT\rATI\rat+csq\r");
        assert_eq!(said(&mut modem, t0), "\r\nOK\r\n\r\nERROR\r\n\r\n+CSQ: 1,99\r\n");
        assert_eq!(modem.poll_timeout(), Some(t0 + Duration::from_millis(900)));
        assert_eq!(said(&mut modem, t0 + SECOND), "\r\nOK\r\n");
        assert_eq!(modem.unexpected(), ["ATI"]);
        assert_eq!(modem.unused(), [(9, "ATI".to_owned())]);
        assert!(!modem.is_done());
        modem.handle_input(t0 + SECOND, b"ATI\r");
        assert_eq!(said(&mut modem, t0 + 2 * SECOND), "!");
        assert!(modem.is_done());
        assert_eq!((modem.poll_timeout(), modem.poll_output(t0 + 3 * SECOND)), (None, None));
    }

    #[test]
    fn what_a_script_does_not_say_its_base_answers() {
        let t0 = Instant::now();
        let mut modem = script("# base: be-proximus\n> AT+CUSD=1,\"#121#\",15\n< +CUSD: 4\n< OK\n");
        modem.handle_input(t0, b"ATE0\r");
        assert_eq!(said(&mut modem, t0), "ATE0\r\r\nOK\r\n");
        modem.handle_input(t0, b"AT+CSQ\rAT+CUSD=1,\"#121#\",15\r");
        assert_eq!(said(&mut modem, t0), "\r\n+CSQ: 19,99\r\n\r\nOK\r\n\r\n+CUSD: 4\r\n\r\nOK\r\n");
        modem.handle_input(t0, b"AT+CUSD=1,\"#120#\",15\r");
        assert!(said(&mut modem, t0 + SECOND).contains("Bonus"));
        assert!(modem.is_done() && modem.unexpected().is_empty());
    }

    #[test]
    fn a_script_asks_for_a_text_behind_its_prompt() {
        let t0 = Instant::now();
        let mut modem = script("> AT+CMGS=\"1914\"\n= \\r\\n>\\x20\n> two\\rlines\\x1A\n< OK\n");
        modem.handle_input(t0, b"AT+CMGS=\"1914\"\r");
        assert_eq!(said(&mut modem, t0), "\r\n> ");
        modem.handle_input(t0, b"two\rlines\x1A");
        assert_eq!(said(&mut modem, t0), "\r\nOK\r\n");
        assert!(modem.is_done());
    }

    #[test]
    fn echo_is_what_was_typed_until_it_is_turned_off() {
        let t0 = Instant::now();
        let mut modem = Modem::named("be-proximus").unwrap();
        modem.handle_input(t0, b"A");
        assert_eq!(said(&mut modem, t0), "A");
        modem.handle_input(t0, b"TE0\rAT\r");
        assert_eq!(said(&mut modem, t0), "TE0\r\r\nOK\r\n\r\nOK\r\n");
    }

    #[test]
    fn latency_comes_before_each_answer() {
        let t0 = Instant::now();
        let mut modem = Modem::named("be-proximus").unwrap();
        modem.latency = SECOND;
        modem.handle_input(t0, b"ATE0\rAT\r");
        assert_eq!(said(&mut modem, t0), "ATE0\r");
        assert_eq!(modem.poll_timeout(), Some(t0 + SECOND));
        assert_eq!(said(&mut modem, t0 + SECOND), "\r\nOK\r\n");
        assert_eq!(said(&mut modem, t0 + 2 * SECOND), "\r\nOK\r\n");
    }

    #[test]
    fn a_network_that_hurries_answers_at_once_and_still_behind_ok() {
        let t0 = Instant::now();
        let mut modem = Modem::named("be-proximus").unwrap();
        modem.hurries = true;
        modem.handle_input(t0, b"ATE0\rAT+CUSD=1,\"#121#\"\r");
        assert!(said(&mut modem, t0).contains("OK\r\n\r\n+CUSD: 0,\"Uw herlaadbaar"));
    }

    #[test]
    fn cancelling_keeps_the_answer_from_coming() {
        let t0 = Instant::now();
        let mut modem = Modem::named("be-proximus").unwrap();
        modem.handle_input(t0, b"ATE0\rAT+CUSD=1,\"#121#\"\rAT+CUSD=2\r");
        let said = said(&mut modem, t0 + SECOND);
        assert!(!said.contains("+CUSD: "), "{said}");
    }

    #[test]
    fn a_reset_takes_a_search_and_what_the_network_had_on_its_way() {
        let t0 = Instant::now();
        let mut modem = Modem::named("esim-travel").unwrap();
        modem.handle_input(t0, b"ATE0\rAT+CEREG?\rAT+CUSD=1,\"#121#\"\rAT+CFUN=0;+CFUN=1\r");
        assert!(said(&mut modem, t0).contains("+CEREG: 0,1\r\n"));
        modem.handle_input(t0, b"AT+CEREG?\r");
        assert!(said(&mut modem, t0).contains("+CEREG: 0,0\r\n"), "it reads its card");
        let read = t0 + Duration::from_millis(6);
        modem.handle_input(read, b"AT+CIMI;+CEREG?\r");
        let searching = said(&mut modem, read);
        assert!(searching.contains("206010000000013\r\n\r\n+CEREG: 0,2\r\n"), "{searching}");
        modem.handle_input(t0 + SECOND, b"AT+CEREG?\r");
        let found = said(&mut modem, t0 + SECOND);
        assert_eq!(found, "\r\n+CEREG: 0,1\r\n\r\nOK\r\n", "no answer to #121#");
    }

    #[test]
    fn a_modem_that_restarts_hears_nothing_and_comes_back_with_its_card() {
        let t0 = Instant::now();
        for hurries in [false, true] {
            let mut modem = Modem::named("_esim-restarts").unwrap();
            modem.hurries = hurries;
            modem.handle_input(t0, b"ATE0\rAT+CFUN=1,1\r");
            assert!(said(&mut modem, t0 + SECOND).ends_with("OK\r\n?"));
            let away = if hurries { 0 } else { 20 };
            assert!(
                modem
                    .away_until()
                    .is_some_and(|until| until <= t0 + SECOND + Duration::from_millis(away))
            );
            modem.handle_input(t0 + SECOND, b"AT\r");
            assert_eq!(
                (said(&mut modem, t0 + SECOND), modem.poll_timeout()),
                (String::new(), None)
            );
            modem.come_back();
            modem.handle_input(t0 + 2 * SECOND, b"ATE0\rAT+CIMI\r");
            let said = said(&mut modem, t0 + 2 * SECOND);
            assert_eq!(said, "ATE0\r\r\nOK\r\n\r\n206010000000013\r\n\r\nOK\r\n");
        }
    }

    #[test]
    fn what_a_card_was_asked_is_told() {
        let t0 = Instant::now();
        let mut modem = Modem::named("esim-travel").unwrap();
        assert!(modem.has_euicc() && !Modem::named("be-proximus").unwrap().has_euicc());
        modem.handle_input(t0, b"AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"\r");
        modem.handle_input(t0, b"AT+CGLA=1,18,\"81E2910003BF340000\"\r");
        assert_eq!(modem.forbidden_seen(), ["BF34 MemoryReset"]);
        assert_eq!(modem.take_card_log(), ["BF34 MemoryReset BF3400 BF3403800100"]);
    }

    #[test]
    fn noise_goes_on_until_it_is_turned_off_and_is_not_caught_up() {
        let t0 = Instant::now();
        let mut modem = Modem::named("huawei-e3372").unwrap();
        assert_eq!(modem.poll_output(t0), None);
        assert_eq!(said(&mut modem, t0 + SECOND).matches("^RSSI:20").count(), 1);
        let one_by_one =
            (6..=15).map(|n| said(&mut modem, t0 + n * SECOND / 5)).collect::<String>();
        assert_eq!(one_by_one.matches("^RSSI:20").count(), 10);
        modem.handle_input(t0 + 3 * SECOND, b"AT^CURC=0\r");
        said(&mut modem, t0 + 3 * SECOND);
        assert_eq!(said(&mut modem, t0 + 60 * SECOND), "");
        assert_eq!(modem.poll_timeout(), None);
    }

    #[test]
    fn a_reader_that_is_gone_does_not_fill_the_memory() {
        let t0 = Instant::now();
        let mut modem = Modem::named("be-proximus").unwrap();
        modem.handle_input(t0, b"ATE0\r");
        for _ in 0..10_000 {
            modem.handle_input(t0, b"AT\r");
        }
        assert!(modem.queue.len() <= WAITING + 1);
    }

    proptest! {
        #[test]
        fn any_input_is_answered_or_ignored(pieces: Vec<Vec<u8>>, lines in prop::collection::vec("AT[+&^]?[A-Z]{1,4}[=?]?[0-9\",;#*]{0,12}\r", 0..8)) {
            let t0 = Instant::now();
            for name in ["be-base-sms", "esim-travel", "huawei-e3372"] {
                let mut modem = Modem::named(name).unwrap();
                for piece in pieces.iter().map(Vec::as_slice).chain(lines.iter().map(|line| line.as_bytes())) {
                    modem.handle_input(t0, piece);
                }
                said(&mut modem, t0 + SECOND);
            }
        }

        #[test]
        fn where_the_input_is_cut_does_not_matter(cut in 0_usize..40) {
            let wire = b"ATE0\rAT+CSQ;+CREG?\rAT+CUSD=1,\"#121#\"\r";
            let t0 = Instant::now();
            let answers = |pieces: [&[u8]; 2]| {
                let mut modem = Modem::named("be-proximus").unwrap();
                for piece in pieces {
                    modem.handle_input(t0, piece);
                }
                said(&mut modem, t0 + SECOND)
            };
            let (start, end) = wire.split_at(cut.min(wire.len()));
            prop_assert_eq!(answers([start, end]), answers([wire, b""]));
        }
    }
}
