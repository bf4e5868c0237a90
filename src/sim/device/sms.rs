//! Messages: storage, lists, sending and what comes in (3GPP TS 27.005).

use super::line::{Command, Form};
use super::tpdu::{self, Part};
use super::{Device, Event, Info, Message, Scenario, Stop};
use crate::sim::text;

/// Messages in store.
#[derive(Debug)]
pub(super) struct Inbox {
    stored: Vec<Stored>,
    reference: u8,
    unix_seconds: i64,
}

#[derive(Clone, Debug)]
struct Stored {
    storage: String,
    index: usize,
    is_read: bool,
    part: Part,
}

/// What is to be typed behind `> `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Prompt {
    /// Text mode: the text for this number.
    TextTo(String),
    /// PDU mode: a TPDU of so many octets, its SMSC not counted.
    Pdu(usize),
}

/// The network's time where nobody set it: 2026-11-22 10:00 UTC.
const SOME_DAY: i64 = 1_795_341_600;

impl Inbox {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut inbox = Self { stored: Vec::new(), reference: 0, unix_seconds: SOME_DAY };
        for message in &scenario.message {
            inbox.store(message, scenario);
        }
        inbox
    }

    /// An empty one on the same network.
    pub(super) fn another(&self) -> Self {
        Self { stored: Vec::new(), reference: 0, unix_seconds: self.unix_seconds }
    }

    pub(super) fn set_clock(&mut self, unix_seconds: i64) {
        self.unix_seconds = unix_seconds;
    }

    /// The network's time as `+CCLK` has it.
    pub(super) fn time(&self) -> String {
        tpdu::time(self.unix_seconds)
    }

    /// Stores a message in its parts; what does not fit is lost.
    fn store(&mut self, message: &Message, scenario: &Scenario) -> Vec<Stored> {
        self.reference = self.reference.wrapping_add(1);
        let mut stored = Vec::new();
        for part in tpdu::parts(message, self.reference, self.unix_seconds) {
            let indexes =
                scenario.sms.first_index..scenario.sms.first_index + scenario.sms.capacity;
            let storage = message.storage.as_ref().unwrap_or(&scenario.sms.storage);
            let is_free = |index: &usize| !self.stored.iter().any(|one| one.is(storage, *index));
            let Some(index) = { indexes }.find(is_free) else { break };
            let storage = storage.clone();
            let one = Stored { storage, index, is_read: message.is_read, part };
            self.stored.push(one.clone());
            stored.push(one);
        }
        self.stored.sort_by_key(|stored| stored.index);
        stored
    }
}

impl Stored {
    fn is(&self, storage: &str, index: usize) -> bool {
        self.storage == storage && self.index == index
    }
}

impl Device {
    /// The storage that is read from.
    fn used(&self) -> &str {
        self.settings.storage.as_deref().unwrap_or(&self.scenario.sms.storage)
    }

    /// A message arrives: the lines that say so, as `+CNMI` wants them.
    pub(super) fn receive(&mut self, message: &Message) -> Vec<u8> {
        let stored = self.inbox.store(message, &self.scenario);
        let storage = &self.scenario.sms.storage;
        let mut lines = Vec::new();
        let is_quiet = self.scenario.sms.is_quiet;
        for one in stored.into_iter().filter(|_| !is_quiet) {
            match self.settings.cnmi {
                [1 | 2, 1, ..] => {
                    lines.extend(self.urc(format!("+CMTI: \"{storage}\",{}", one.index)))
                }
                [1 | 2, 2, ..] => {
                    self.inbox.stored.retain(|stored| !stored.is(&one.storage, one.index));
                    lines.extend(
                        self.urc([&b"+CMT: "[..], &self.shown(&one, Shown::Arriving)].concat()),
                    );
                }
                _ => {}
            }
        }
        lines
    }

    /// The answer to `AT+CMGD=?` (3GPP TS 27.005 clause 3.5.4).
    pub(super) fn indexes_in_use(&self) -> String {
        let here = self.inbox.stored.iter().filter(|one| one.storage == self.used());
        let indexes: Vec<_> = here.map(|one| one.index.to_string()).collect();
        format!("+CMGD: ({}),(0-4)", indexes.join(","))
    }

    /// What was typed behind the prompt goes out.
    pub(super) fn send_message(&mut self, body: &[u8]) -> Result<Info, Stop> {
        let typed = String::from_utf8_lossy(body);
        let (to, text) = match self.prompt.take().ok_or(Stop::Error)? {
            Prompt::TextTo(to) => {
                let text = text::from_terminal(self.settings.charset, &typed);
                (to, text.ok_or(Stop::Cms(305))?)
            }
            Prompt::Pdu(length) => tpdu::submit(typed.trim(), length).ok_or(Stop::Cms(304))?,
        };
        if let Some(code) = self.scenario.sms.denied {
            return Err(Stop::Cms(code));
        }
        let same = |a: &str, b: &str| a.trim().eq_ignore_ascii_case(b.trim());
        let known = self.scenario.text.iter().find(|row| row.to == to && same(&row.text, &text));
        if let Some(row) = known.cloned() {
            let replies = row.more.into_iter().chain([row.reply]);
            self.later.extend(replies.map(|reply| (reply.after(), Event::Message(reply))));
        }
        self.inbox.reference = self.inbox.reference.wrapping_add(1);
        Info::line(format!("+CMGS: {}", self.inbox.reference))
    }

    /// A message behind its prefix, in the format that `+CMGF` says.
    fn shown(&self, stored: &Stored, how: Shown) -> Vec<u8> {
        let part = &stored.part;
        if self.settings.cmgf == 0 {
            let (length, pdu) = part.pdu(&self.scenario.sms.service_centre);
            let head = match how {
                Shown::Listed => format!("{},{},,{length}", stored.index, u8::from(stored.is_read)),
                Shown::Read => format!("{},,{length}", u8::from(stored.is_read)),
                Shown::Arriving => format!(",{length}"),
            };
            return format!("{head}\r\n{pdu}").into_bytes();
        }
        let status = if stored.is_read { "REC READ" } else { "REC UNREAD" };
        let (from, time) = (&part.from, &part.time);
        let head = match how {
            Shown::Listed => format!("{},\"{status}\",\"{from}\",,\"{time}\"\r\n", stored.index),
            Shown::Read => format!("\"{status}\",\"{from}\",,\"{time}\"\r\n"),
            Shown::Arriving => format!("\"{from}\",,\"{time}\"\r\n"),
        };
        [head.into_bytes(), text::for_terminal(self.settings.charset, &part.text)].concat()
    }
}

#[derive(Clone, Copy)]
enum Shown {
    Listed,
    Read,
    Arriving,
}

pub(super) fn format(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match (command.form, command.number(0)) {
        (Form::Read, _) => Info::line(format!("+CMGF: {}", device.settings.cmgf)),
        (Form::Set, Some(mode @ (0 | 1))) => {
            device.settings.cmgf = mode;
            Info::none()
        }
        _ => Err(Stop::Cms(303)),
    }
}

/// `+CPMS`: the second storage only reads; what comes goes to the first.
pub(super) fn storage(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    let sms = &device.scenario.sms;
    if command.form == Form::Set {
        let wanted = command.arguments.iter().find(|storage| !storage.is_empty());
        let wanted = wanted.ok_or(Stop::Cms(303))?.trim_matches('"').to_owned();
        match &sms.second {
            Some(second) if ![second, &sms.storage].contains(&&wanted) => {
                return Err(Stop::Cms(302));
            }
            Some(_) => device.settings.storage = Some(wanted),
            None => {}
        }
    } else if command.form != Form::Read {
        return Err(Stop::Cms(303));
    }
    let sms = &device.scenario.sms;
    let used = |name: &str| device.inbox.stored.iter().filter(|one| one.storage == name).count();
    let shown = [device.used(), device.used(), &sms.storage].map(|name| {
        let room = format!("{},{}", used(name), sms.capacity);
        if command.form == Form::Set { room } else { format!("\"{name}\",{room}") }
    });
    Info::line(format!("+CPMS: {}", shown.join(",")))
}

pub(super) fn service_centre(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match command.form {
        Form::Read => Info::line(format!("+CSCA: \"{}\",145", device.scenario.sms.service_centre)),
        Form::Set => {
            device.scenario.sms.service_centre = command.argument(0).to_owned();
            Info::none()
        }
        _ => Info::none(),
    }
}

pub(super) fn parameters(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    if command.form == Form::Read {
        let [fo, vp, pid, dcs] = device.settings.csmp;
        return Info::line(format!("+CSMP: {fo},{vp},{pid},{dcs}"));
    }
    set_numbers(&mut device.settings.csmp, command)
}

pub(super) fn indications(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    if command.form == Form::Read {
        let [mode, mt, bm, ds, bfr] = device.settings.cnmi;
        return Info::line(format!("+CNMI: {mode},{mt},{bm},{ds},{bfr}"));
    }
    set_numbers(&mut device.settings.cnmi, command)
}

/// Missing numbers keep their value.
fn set_numbers(numbers: &mut [u32], command: &Command) -> Result<Info, Stop> {
    for (place, number) in numbers.iter_mut().enumerate() {
        if !command.argument(place).is_empty() {
            *number = command.number(place).ok_or(Stop::Cms(302))?;
        }
    }
    Info::none()
}

pub(super) fn service(_: &mut Device, command: &Command) -> Result<Info, Stop> {
    match command.form {
        Form::Read => Info::line("+CSMS: 0,1,1,1"),
        _ => Info::line("+CSMS: 1,1,1"),
    }
}

pub(super) fn list(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    let wanted = |is_read: bool| match command.argument(0) {
        "4" | "ALL" => Ok(true),
        "" | "0" | "REC UNREAD" => Ok(!is_read),
        "1" | "REC READ" => Ok(is_read),
        "2" | "3" | "STO UNSENT" | "STO SENT" => Ok(false),
        _ => Err(Stop::Cms(302)),
    };
    let (mut lines, used) = (Vec::new(), device.used().to_owned());
    for stored in device.inbox.stored.iter().filter(|one| one.storage == used) {
        if wanted(stored.is_read)? {
            lines.push([&b"+CMGL: "[..], &device.shown(stored, Shown::Listed)].concat());
        }
    }
    for stored in device.inbox.stored.iter_mut().filter(|one| one.storage == used) {
        stored.is_read |= wanted(stored.is_read)?;
    }
    Ok(Info(lines))
}

pub(super) fn read(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    let wanted = command.argument(0).parse::<usize>().map_err(|_| Stop::Cms(321))?;
    let is_peek = command.number(1) == Some(1);
    if is_peek && !device.scenario.sms.can_peek {
        return Err(Stop::Cms(302));
    }
    let used = device.used().to_owned();
    let place = device.inbox.stored.iter().position(|stored| stored.is(&used, wanted));
    let stored = place.and_then(|place| device.inbox.stored.get(place)).ok_or(Stop::Cms(321))?;
    let line = [&b"+CMGR: "[..], &device.shown(stored, Shown::Read)].concat();
    for stored in device.inbox.stored.iter_mut().filter(|stored| stored.is(&used, wanted)) {
        stored.is_read |= !is_peek;
    }
    Info::line(line)
}

/// `+CMGD=<index>[,<delflag>]`; flag 4 deletes all, 1 to 3 what was read.
pub(super) fn delete(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    let wanted: usize = command.argument(0).parse().map_err(|_| Stop::Cms(321))?;
    let used = device.used().to_owned();
    device.inbox.stored.retain(|stored| match command.number(1).unwrap_or(0) {
        _ if stored.storage != used => true,
        0 => stored.index != wanted,
        4 => false,
        _ => !stored.is_read,
    });
    Info::none()
}

pub(super) fn send(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    if command.form != Form::Set {
        return Info::none();
    }
    device.prompt = Some(match device.settings.cmgf {
        0 => Prompt::Pdu(command.argument(0).parse().map_err(|_| Stop::Cms(304))?),
        _ => {
            let to = text::from_terminal(device.settings.charset, command.argument(0));
            Prompt::TextTo(to.ok_or(Stop::Cms(305))?)
        }
    });
    Err(Stop::Prompt)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{device, said, talk, typed};
    use crate::sim::input::Typed;

    #[test]
    fn a_message_that_asks_is_answered_in_two_parts() {
        let mut device = device("be-base-sms");
        said(&mut device, "AT+CMGF=1");
        assert_eq!(said(&mut device, "AT+CMGS=\"1914\""), "\r\n> ");
        assert!(device.is_prompting());
        let answer = typed(&mut device, &Typed::Body(b"consult ".to_vec()));
        assert_eq!(
            answer,
            "\r\n+CMGS: 1\r\n\r\nOK\r\n\r\n+CMTI: \"SM\",1\r\n\r\n+CMTI: \"SM\",2\r\n"
        );
        assert!(!device.is_prompting());
        let first = said(&mut device, "AT+CMGR=1");
        assert!(first.starts_with("\r\n+CMGR: \"REC UNREAD\",\"1914\",,\"26/11/22,10:00:00+00\"\r\nJe herlaadkrediet is 10,75 euro"), "{first}");
        assert!(said(&mut device, "AT+CMGR=1").contains("REC READ"));
        assert!(
            said(&mut device, "AT+CPMS?")
                .contains("+CPMS: \"SM\",2,25,\"SM\",2,25,\"SM\",2,25\r\n")
        );
        let list = said(&mut device, "AT+CMGF=0;+CMGL=4");
        assert!(list.contains("+CMGL: 1,1,,") && list.contains("+CMGL: 2,0,,"), "{list}");
        said(&mut device, "AT+CMGD=1");
        assert!(said(&mut device, "AT+CPMS=\"SM\"").contains("+CPMS: 1,25,1,25,1,25\r\n"));
    }

    #[test]
    fn a_message_goes_out_as_a_pdu_as_well() {
        let mut device = device("be-base-sms");
        assert_eq!(said(&mut device, "AT+CMGS=17"), "\r\n> ");
        let pdu =
            b"0011000481914100 00AA07C3A7735A655201".iter().copied().filter(|octet| *octet != b' ');
        let answer = typed(&mut device, &Typed::Body(pdu.collect()));
        assert!(answer.contains("+CMTI"), "{answer}");
        said(&mut device, "AT+CMGS=19");
        let answer = typed(&mut device, &Typed::Body(b"00110004".to_vec()));
        assert_eq!(answer, "\r\n+CMS ERROR: 304\r\n");
    }

    #[test]
    fn escape_leaves_the_prompt() {
        let mut device = device("be-base-sms");
        said(&mut device, "AT+CMGF=1;+CMGS=\"1914\"");
        assert_eq!(typed(&mut device, &Typed::Escape), "\r\nOK\r\n");
        assert!(!device.is_prompting());
    }

    #[test]
    fn indications_come_as_they_were_set() {
        let mut device = device("be-sms-later");
        let reply = said(&mut device, "AT+CNMI=2,0;+CUSD=1,\"#121#\"");
        assert!(!reply.contains("+CMTI"), "{reply}");
        let reply = said(&mut device, "AT+CMGF=1;+CNMI=2,2;+CUSD=1,\"#121#\"");
        let message = "\r\n+CMT: \"Proximus\",,\"26/11/22,10:00:00+00\"\r\nUw herlaadbaar krediet: 12,34 EUR, geldig tot 31/12/2026.\r\n";
        assert!(reply.ends_with(message), "{reply}");
    }

    #[test]
    fn faults_have_their_cms_code() {
        talk(
            "be-proximus",
            &[("AT+CMGR=7", "+CMS ERROR: 321"), ("AT+CMGL=\"NONE\"", "OK"), ("AT+CMGD=3", "OK")],
        );
        let mut device = device("no-service");
        said(&mut device, "AT+CMGF=1;+CMGS=\"1914\"");
        assert_eq!(typed(&mut device, &Typed::Body(b"x".to_vec())), "\r\n+CMS ERROR: 331\r\n");
    }

    #[test]
    fn the_clock_is_the_one_that_was_set() {
        let mut device = device("be-proximus");
        device.set_clock(1_800_000_000);
        assert_eq!(
            said(&mut device, "AT+CCLK?"),
            "\r\n+CCLK: \"27/01/15,08:00:00+00\"\r\n\r\nOK\r\n"
        );
    }
}
