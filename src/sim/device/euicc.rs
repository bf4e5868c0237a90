//! The eUICC behind the modem: how commands reach it, and what the modem makes of it
//! (3GPP TS 27.007 clauses 8.17 and 8.43 to 8.46).
//!
//! What the modem shows (IMSI, ICCID, network, the operator's answers) is the card as it was last
//! read. A switch changes the card at once, and the modem with the next reading: where it fetches a
//! refresh, or is reset.

use std::time::Duration;

use super::card::CardState;
use super::line::{Command, Form};
use super::sms::Inbox;
use super::{Device, Event, Info, Stop};
use crate::hex;
use crate::sim::euicc::rows::{Csim, Refresh};
use crate::sim::euicc::{Euicc, Profile};
use crate::sim::modem::Output;
use crate::sim::scenario::{Card, Code, Network, Scenario, TextAnswer};

/// The card in the modem.
#[derive(Debug)]
pub(super) struct Inserted {
    pub(super) card: Euicc,
    bare: Bare,
    /// Channels that `+CCHO` opened.
    sessions: Vec<u8>,
    /// The messages of profiles that are not in use, by ICCID.
    inboxes: Vec<(String, Inbox)>,
}

/// The modem's own rows, which a profile's are laid over.
#[derive(Debug)]
struct Bare {
    card: Card,
    network: Network,
    code: Vec<Code>,
    text: Vec<TextAnswer>,
}

/// How soon a modem fetches what the card wants of it, and restarts when it was told to.
const SOON: Duration = Duration::from_millis(5);

impl Inserted {
    pub(super) fn new(scenario: &Scenario) -> Option<Box<Self>> {
        let bare = Bare {
            card: scenario.card.clone(),
            network: scenario.network.clone(),
            code: scenario.code.clone(),
            text: scenario.text.clone(),
        };
        let card = Euicc::new(scenario.euicc.as_ref()?);
        Some(Box::new(Self { card, bare, sessions: Vec::new(), inboxes: Vec::new() }))
    }
}

impl Bare {
    /// Without a profile the modem finds no SIM.
    fn card(&self, profile: Option<&Profile>) -> Card {
        let bare = self.card.clone();
        let Some(Profile { row, .. }) = profile else { return Card { is_absent: true, ..bare } };
        Card {
            iccid: row.iccid.clone(),
            imsi: row.imsi.clone(),
            spn: row.spn.clone(),
            gid1: row.gid1.clone(),
            number: row.number.clone(),
            pin: row.pin.clone(),
            ..bare
        }
    }

    fn network(&self, profile: Option<&Profile>) -> Network {
        let bare = self.network.clone();
        let Some(Profile { row, .. }) = profile else { return bare };
        let or = |own: &str, bare: String| if own.is_empty() { bare } else { own.to_owned() };
        let own = &row.network;
        Network {
            plmn: or(&own.plmn, bare.plmn),
            name: or(&own.name, bare.name),
            short: or(&own.short, bare.short),
            others: own.others.clone(),
            lac: or(&own.lac, bare.lac),
            cell: or(&own.cell, bare.cell),
            csq: or(&own.csq, bare.csq),
            cesq: or(&own.cesq, bare.cesq),
            ..own.clone()
        }
    }
}

impl Device {
    /// Whether this modem has a command: those of logical channels it has with an eUICC only.
    pub(super) fn has(&self, name: &str) -> bool {
        let lacks = self.scenario.lacks.iter().any(|lack| lack.eq_ignore_ascii_case(name));
        !lacks && (self.euicc.is_some() || !matches!(name, "+CCHC" | "+CCHO" | "+CGLA"))
    }

    /// Makes the modem's view that of the card.
    pub(super) fn read_card(&mut self) {
        let Some(inserted) = &mut self.euicc else { return };
        let profile = inserted.card.enabled();
        let rows = profile.map(|profile| &profile.row);
        let before = std::mem::replace(&mut self.scenario.card, inserted.bare.card(profile));
        self.scenario.network = inserted.bare.network(profile);
        let codes = rows.map(|row| row.code.clone()).unwrap_or_default();
        self.scenario.code = [codes, inserted.bare.code.clone()].concat();
        let texts = rows.map(|row| row.text.clone()).unwrap_or_default();
        self.scenario.text = [texts, inserted.bare.text.clone()].concat();
        self.card = CardState::new(&self.scenario.card);
        if let Some((pin, puk)) = profile.and_then(|profile| profile.left) {
            (self.card.pin_left, self.card.puk_left) = (pin, puk);
        }
        let now = &self.scenario.card.iccid;
        if *now != before.iccid {
            let kept = inserted.inboxes.iter().position(|(iccid, _)| iccid == now);
            let inbox = kept.map(|place| inserted.inboxes.remove(place).1);
            let inbox = inbox.unwrap_or_else(|| self.inbox.another());
            inserted.inboxes.push((before.iccid, std::mem::replace(&mut self.inbox, inbox)));
        }
    }

    /// Power is taken from the card: its channels are gone, and what the network had for it.
    pub(super) fn power_off_card(&mut self) {
        let Some(inserted) = &mut self.euicc else { return };
        let left = (self.card.pin_left, self.card.puk_left);
        inserted.card.keep_tries(&self.scenario.card.iccid, left);
        inserted.card.reset();
        inserted.sessions.clear();
        self.dialogue = None;
        self.loses_network = true;
    }

    /// The card is reset and read, and the modem looks for a network.
    pub(super) fn reset_card(&mut self) {
        if self.euicc.is_none() {
            return;
        }
        self.power_off_card();
        self.read_card();
        let reading = Duration::from_millis(self.scenario.apdu.reads_ms.into());
        self.card.read_for(reading);
        self.later.push((reading, Event::CardStarted));
        let search = Duration::from_millis(self.scenario.apdu.search_ms.into());
        self.later.push((reading + search, Event::Found(self.radio.search())));
    }

    /// `AT+CFUN=1,1`, where that breaks the line: a modem without an eUICC takes it for `AT+CFUN=1`.
    pub(super) fn is_to_restart(&mut self) -> bool {
        if self.euicc.is_some() {
            self.later.push((SOON, Event::Restart));
        }
        self.euicc.is_some()
    }

    /// The modem starts anew, and its line is gone meanwhile.
    pub(super) fn restart(&mut self) -> Output {
        self.settings = super::Settings::of(&self.scenario);
        (self.prompt, self.is_ussd_prompting) = (None, false);
        self.reset_card();
        Output::Away(Duration::from_millis(self.scenario.apdu.away_ms.into()))
    }

    /// The modem fetches a refresh, if it still waits, and does as it is its way.
    pub(super) fn refresh(&mut self) -> Option<Output> {
        let waits = self.euicc.as_ref().is_some_and(|inserted| inserted.card.wants_refresh());
        match self.scenario.apdu.refresh {
            Refresh::Restarts if waits => Some(self.restart()),
            Refresh::Reads if waits => {
                self.reset_card();
                None
            }
            _ => None,
        }
    }

    /// The card, where commands reach it.
    fn reached(&mut self) -> Result<&mut Inserted, Stop> {
        if self.settings.cfun == 0 {
            return Err(Stop::Cme(13));
        } else if self.card.is_reading() {
            return Err(self.starting());
        }
        let needs_profile = self.scenario.apdu.needs_profile;
        let inserted = self.euicc.as_mut().ok_or(Stop::error(self.scenario.unknown))?;
        if needs_profile && inserted.card.enabled().is_none() {
            return Err(Stop::Error);
        }
        Ok(inserted)
    }

    /// What the modem says of a card that it has not read yet.
    pub(super) fn starting(&self) -> Stop {
        Stop::Cme(self.scenario.apdu.reading.unwrap_or(14))
    }

    /// A command to the card, and its answer as this modem writes it.
    fn transmit(&mut self, name: &str, channel: u8, command: &[u8]) -> Result<Info, Stop> {
        let answer = self.reached()?.card.transmit(channel, command);
        let asks_refresh = answer.iter().rev().nth(1) == Some(&0x91);
        if asks_refresh && self.scenario.apdu.loses_answer {
            self.reset_card();
            return Err(self.starting());
        } else if asks_refresh {
            self.later.push((SOON, Event::Refresh));
        }
        let digits = match self.scenario.apdu.is_lower {
            true => hex::digits(&answer).to_ascii_lowercase(),
            false => hex::digits(&answer),
        };
        let quote = if self.scenario.apdu.is_unquoted { "" } else { "\"" };
        Info::line(format!("{name}: {},{quote}{digits}{quote}", digits.len()))
    }
}

/// `+CCHO`: a channel with the application of that AID.
pub(super) fn open(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    if command.form != Form::Set {
        return form_of(command);
    }
    let apdu = device.scenario.apdu.clone();
    match (apdu.words, apdu.error) {
        (Some(words), _) => return Err(Stop::Words(words)),
        (None, Some(code)) => return Err(Stop::error(code)),
        (None, None) => {}
    }
    let aid = hex::octets(command.argument(0).as_bytes()).ok_or(Stop::Cme(50))?;
    let inserted = device.reached()?;
    let channel = inserted.card.open().map_err(|_| Stop::Cme(3))?;
    if inserted.card.select(channel, &aid).is_err() {
        inserted.card.close(channel);
        return Err(Stop::error(apdu.no_such_aid));
    }
    inserted.sessions.push(channel);
    Info::line(if apdu.is_bare { channel.to_string() } else { format!("+CCHO: {channel}") })
}

/// `+CGLA`: one command on a channel; its length counts hexadecimal digits.
pub(super) fn access(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    if command.form != Form::Set {
        return form_of(command);
    }
    let channel = session(device, command)?;
    let octets = octets(command, 1)?;
    device.hold += Duration::from_millis(device.scenario.apdu.after_ms.into());
    device.transmit("+CGLA", channel, &octets)
}

/// `+CCHC`.
pub(super) fn close(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    if command.form != Form::Set {
        return form_of(command);
    }
    let channel = session(device, command)?;
    let inserted = device.reached()?;
    inserted.card.close(channel);
    inserted.sessions.retain(|session| *session != channel);
    Info::none()
}

/// `+CSIM` to an eUICC: the class says which channel is meant.
pub(super) fn generic_access(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    if command.form != Form::Set {
        return form_of(command);
    }
    let octets = octets(command, 0)?;
    let (class, ins) = match octets[..] {
        [class, ins, ..] => (class, ins),
        _ => return Err(Stop::Cme(50)),
    };
    let is_closed = match device.scenario.apdu.csim {
        Csim::Channels => false,
        Csim::Opens => ins != MANAGE_CHANNEL,
        Csim::Basic => true,
    };
    if is_closed {
        return Info::line("+CSIM: 4,\"6881\"");
    }
    device.transmit("+CSIM", class & 3, &octets)
}

const MANAGE_CHANNEL: u8 = 0x70;

/// `=?` is answered with OK; the other forms are no commands.
fn form_of(command: &Command) -> Result<Info, Stop> {
    if command.form == Form::Test { Info::none() } else { Err(Stop::Cme(50)) }
}

fn session(device: &Device, command: &Command) -> Result<u8, Stop> {
    let number = command.number(0).and_then(|number| u8::try_from(number).ok());
    let is_open = |number: &u8| {
        device.euicc.as_ref().is_some_and(|inserted| inserted.sessions.contains(number))
    };
    number.filter(is_open).ok_or(Stop::Cme(22))
}

/// The octets behind their number of digits.
fn octets(command: &Command, place: usize) -> Result<Vec<u8>, Stop> {
    let digits = command.argument(place + 1);
    let is_whole =
        command.number(place).and_then(|n| usize::try_from(n).ok()) == Some(digits.len());
    hex::octets(digits.as_bytes()).filter(|_| is_whole).ok_or(Stop::Cme(50))
}

#[cfg(test)]
mod tests;
