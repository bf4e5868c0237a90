//! A modem that keeps state: commands in, answers and events out.
//!
//! | file | holds |
//! |---|---|
//! | `line` | a command line to its commands |
//! | `table` | every standard command: what it needs, its test form, what it does |
//! | `basic`, `card`, `euicc`, `network`, `radio`, `ussd`, `sms` | what they do, by topic |
//! | `cme` | the words of `+CME ERROR` under `AT+CMEE=2` |

mod basic;
mod card;
mod cme;
mod euicc;
mod line;
mod network;
mod radio;
mod settings;
mod sms;
mod table;
mod tpdu;
mod ussd;

use std::time::Duration;

use self::card::CardState;
use self::euicc::Inserted;
use self::line::{Command, Form};
use self::radio::RadioState;
use self::settings::Settings;
use self::sms::Inbox;
use super::euicc::Euicc;
use super::input::Typed;
use super::modem::Output;
use super::scenario::{Code, Message, Needs, Row, Scenario};

/// The state of a modem, its SIM and its network.
#[derive(Debug)]
pub(super) struct Device {
    scenario: Scenario,
    settings: Settings,
    card: CardState,
    radio: RadioState,
    inbox: Inbox,
    euicc: Option<Box<Inserted>>,
    /// Code and answers so far, while the network waits for another: `*103# 1`.
    dialogue: Option<String>,
    /// What the computer is asked to type behind a prompt.
    prompt: Option<sms::Prompt>,
    /// Whether the network's question waits behind one.
    is_ussd_prompting: bool,
    /// What the command being executed causes.
    later: Vec<(Duration, Event)>,
    hold: Duration,
    forgets_ussd: bool,
    loses_network: bool,
    is_quieted: bool,
}

/// What a line brings about.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// What the modem says.
    pub(super) bytes: Vec<u8>,
    /// How long it takes for that beyond its usual latency.
    pub(super) hold: Duration,
    /// What happens after it was said.
    pub(super) later: Vec<(Duration, Event)>,
    /// The USSD answer on its way is not to come any more.
    pub(super) forgets_ussd: bool,
    /// Nor anything else that the network had on its way.
    pub(super) loses_network: bool,
    /// The line breaks.
    pub(super) ends: Option<Output>,
}

/// Something that happens in the network.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Ussd(Code),
    Message(Message),
    /// The modem has read its SIM.
    CardStarted,
    /// A network takes the modem, after so many searches.
    Found(u32),
    /// The modem fetches what the card wants of it.
    Refresh,
    /// The modem starts anew.
    Restart,
}

/// Why a command line does not end with OK.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stop {
    Error,
    Cme(u16),
    /// A CME error in words, whatever `+CMEE` says.
    Words(String),
    Cms(u16),
    NoCarrier,
    /// The modem waits for a text.
    Prompt,
    /// The command hangs.
    Silence,
}

impl Stop {
    /// With a CME code; 0 is plain `ERROR`.
    fn error(code: u16) -> Self {
        if code == 0 { Self::Error } else { Self::Cme(code) }
    }
}

/// The lines of a response before its final result.
#[derive(Debug, Default)]
struct Info(Vec<Vec<u8>>);

impl Info {
    fn none() -> Result<Self, Stop> {
        Ok(Self::default())
    }

    fn line(line: impl Into<Vec<u8>>) -> Result<Self, Stop> {
        Ok(Self(vec![line.into()]))
    }
}

impl Device {
    pub(super) fn new(scenario: Scenario) -> Self {
        let inbox = Inbox::new(&scenario);
        let mut device = Self {
            settings: Settings::of(&scenario),
            card: CardState::new(&scenario.card),
            radio: RadioState::new(&scenario.radio),
            inbox,
            euicc: Inserted::new(&scenario),
            dialogue: None,
            prompt: None,
            is_ussd_prompting: false,
            later: Vec::new(),
            hold: Duration::ZERO,
            forgets_ussd: false,
            loses_network: false,
            is_quieted: false,
            scenario,
        };
        device.read_card();
        device
    }

    pub(super) fn set_clock(&mut self, unix_seconds: i64) {
        self.inbox.set_clock(unix_seconds);
    }

    pub(super) fn echoes(&self) -> bool {
        self.settings.echo
    }

    /// Whether the noise was turned off.
    pub(super) fn is_quieted(&self) -> bool {
        self.is_quieted
    }

    pub(super) fn is_prompting(&self) -> bool {
        self.prompt.is_some() || self.is_ussd_prompting
    }

    pub(super) fn handle_typed(&mut self, typed: &Typed) -> Answer {
        let bytes = match typed {
            Typed::Line(line) => self.line(&String::from_utf8_lossy(line)),
            Typed::Body(body) if self.is_ussd_prompting => {
                let answered = self.answer_prompt(body);
                self.finish(answered)
            }
            Typed::Body(body) => {
                let sent = self.send_message(body);
                self.finish(sent)
            }
            Typed::Escape => {
                self.prompt = None;
                if std::mem::take(&mut self.is_ussd_prompting) {
                    self.dialogue = None;
                }
                self.finish(Info::none())
            }
        };
        self.answer(bytes, None)
    }

    pub(super) fn happen(&mut self, event: Event) -> Answer {
        let (mut bytes, mut ends) = (Vec::new(), None);
        match event {
            Event::Ussd(code) if code.is_hangup => ends = Some(Output::Hangup),
            Event::Ussd(code) => bytes = self.ussd_arrives(&code),
            Event::Message(message) => bytes = self.receive(&message),
            Event::CardStarted => self.card.start_up(),
            Event::Found(search) => self.radio.find(search),
            Event::Refresh => ends = self.refresh(),
            Event::Restart => ends = Some(self.restart()),
        }
        self.answer(bytes, ends)
    }

    /// With what the command or event caused.
    fn answer(&mut self, bytes: Vec<u8>, ends: Option<Output>) -> Answer {
        Answer {
            bytes,
            hold: std::mem::take(&mut self.hold),
            later: std::mem::take(&mut self.later),
            forgets_ussd: std::mem::take(&mut self.forgets_ussd),
            loses_network: std::mem::take(&mut self.loses_network),
            ends,
        }
    }

    /// The eUICC, where there is one.
    pub(super) fn euicc(&self) -> Option<&Euicc> {
        self.euicc.as_ref().map(|inserted| &inserted.card)
    }

    /// The same, to take what it remembers.
    pub(super) fn euicc_mut(&mut self) -> Option<&mut Euicc> {
        self.euicc.as_mut().map(|inserted| &mut inserted.card)
    }

    fn line(&mut self, line: &str) -> Vec<u8> {
        let Some(commands) = line::commands(line) else { return Vec::new() };
        if self.scenario.takes_one && commands.len() > 1 {
            return self.end(Stop::Error);
        }
        let mut bytes = Vec::new();
        for command in commands {
            match self.execute(&command) {
                Ok(info) => bytes.extend(self.info(&info)),
                Err(stop) => {
                    bytes.extend(self.end(stop));
                    return bytes;
                }
            }
        }
        bytes.extend(self.ok());
        bytes
    }

    fn finish(&mut self, done: Result<Info, Stop>) -> Vec<u8> {
        match done {
            Ok(info) => [self.info(&info), self.ok()].concat(),
            Err(stop) => self.end(stop),
        }
    }

    /// A row of the scenario, else the radio's mode, else the standard command, else unknown.
    fn execute(&mut self, command: &Command) -> Result<Info, Stop> {
        let typed = &command.text;
        if let Some(row) =
            self.scenario.row.iter().find(|row| row.command.eq_ignore_ascii_case(typed))
        {
            return self.row(&row.clone());
        }
        if let Some(answer) = self.radio_mode(typed) {
            return answer;
        }
        let known = table::find(&command.name);
        let Some(standard) = known.filter(|standard| self.has(standard.name)) else {
            return Err(Stop::error(self.scenario.unknown));
        };
        if command.form == Form::Test && standard.name == "+CMGD" {
            return Info::line(self.indexes_in_use());
        }
        if command.form == Form::Test && !standard.test.is_empty() {
            return Info::line(format!("{}: {}", command.name, standard.test));
        }
        self.check(standard.needs)?;
        (standard.run)(self, command)
    }

    fn row(&mut self, row: &Row) -> Result<Info, Stop> {
        self.check(row.needs)?;
        if row.is_silent {
            return Err(Stop::Silence);
        }
        self.hold += Duration::from_millis(row.after_ms.into());
        self.is_quieted |= row.is_quieting;
        match (&row.words, row.error) {
            (Some(words), _) => Err(Stop::Words(words.clone())),
            (None, Some(code)) => Err(Stop::error(code)),
            (None, None) => {
                Ok(Info(row.says.iter().map(|line| self.filled(line).into_bytes()).collect()))
            }
        }
    }

    fn check(&self, needs: Needs) -> Result<(), Stop> {
        match needs {
            Needs::Nothing => Ok(()),
            Needs::Card => self.card.check_inserted(),
            Needs::Pin => self.card.check_ready(),
        }
    }

    /// A line with what the modem holds in place of the names in braces.
    fn filled(&self, line: &str) -> String {
        if !line.contains('{') {
            return line.to_owned();
        }
        let Scenario { identity, card, network, .. } = &self.scenario;
        let mut filled = line.to_owned();
        for (name, value) in [
            ("{imei}", &identity.imei),
            ("{model}", &identity.model),
            ("{revision}", &identity.revision),
            ("{imsi}", &card.imsi),
            ("{iccid}", &card.iccid),
            ("{iccid-swapped}", &card::swapped(&card.iccid)),
            ("{plmn}", &network.plmn),
            ("{name}", &network.name),
            ("{pin}", &self.card.word().to_owned()),
            ("{pin-left}", &self.card.pin_left.to_string()),
            ("{puk-left}", &self.card.puk_left.to_string()),
        ] {
            filled = filled.replace(name, value);
        }
        filled
    }

    /// The lines of a response, framed as V.250 clause 5.7.1 has it.
    fn info(&self, info: &Info) -> Vec<u8> {
        let mut bytes = Vec::new();
        if info.0.is_empty() {
            return bytes;
        }
        if self.settings.verbose {
            bytes.extend(b"\r\n");
        }
        for line in &info.0 {
            bytes.extend(line);
            bytes.extend(b"\r\n");
        }
        for noise in self.scenario.noise.iter().filter(|noise| noise.is_inside) {
            bytes.extend(self.urc(&noise.line));
        }
        bytes
    }

    /// A line nobody asked for.
    fn urc(&self, line: impl AsRef<[u8]>) -> Vec<u8> {
        [b"\r\n", line.as_ref(), b"\r\n"].concat()
    }

    fn ok(&self) -> Vec<u8> {
        self.result("OK", "0")
    }

    fn end(&self, stop: Stop) -> Vec<u8> {
        match stop {
            Stop::Error => self.result("ERROR", "4"),
            Stop::NoCarrier => self.result("NO CARRIER", "3"),
            Stop::Prompt => b"\r\n> ".to_vec(),
            Stop::Silence => Vec::new(),
            Stop::Words(words) => self.urc(format!("+CME ERROR: {words}")),
            Stop::Cms(code) => self.urc(format!("+CMS ERROR: {code}")),
            Stop::Cme(code) => match self.settings.cmee {
                0 => self.result("ERROR", "4"),
                1 => self.urc(format!("+CME ERROR: {code}")),
                _ => self.urc(format!("+CME ERROR: {}", cme::text(code))),
            },
        }
    }

    fn result(&self, word: &str, digit: &str) -> Vec<u8> {
        match (self.settings.quiet, self.settings.verbose) {
            (true, _) => Vec::new(),
            (false, true) => format!("\r\n{word}\r\n").into_bytes(),
            (false, false) => format!("{digit}\r").into_bytes(),
        }
    }
}

#[cfg(test)]
mod tests;
