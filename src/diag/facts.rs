//! What can be known about a modem and what is around it; `None` where nobody said.

use serde::Serialize;

use super::account::Account;
use super::cause::Cause;
use crate::answers::{Cell, Rat, Registration, Retries, Signal, Temperature};

/// Everything, by layer. Identities are in it as they may be shown.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Facts {
    /// The way to the modem.
    pub port: PortFacts,
    /// The module itself.
    pub modem: ModemFacts,
    /// The SIM or the profile in its place.
    pub sim: Card,
    /// What comes through the antenna.
    pub radio: Radio,
    /// What the networks say.
    pub network: Network,
    /// Messages, USSD, data.
    pub service: Service,
    /// Whose SIM it is, and how its balance is asked.
    pub operator: Option<Home>,
    /// What the history says of its account.
    pub account: Option<Account>,
}

impl Facts {
    /// Asked for levels, the modem knew none, in any way: no cell is heard.
    pub fn hears_nothing(&self) -> bool {
        let signal = &self.radio.signal;
        let levels = [signal.rssi_dbm, signal.rsrp_dbm, signal.rscp_dbm];
        let is_silent = levels.iter().flatten().all(|level| level.value() <= FLOOR_DBM);
        self.radio.was_asked && is_silent && self.radio.cell.cell_id.is_none()
    }

    /// Whether the radio is off (3GPP TS 27.007 clause 8.2). 7 is offline with Qualcomm and a way to sleep
    /// with Telit, which still hears something.
    pub(super) fn is_radio_off(&self) -> bool {
        match self.modem.functionality {
            Some(0 | 4) => true,
            Some(7) => self.radio.is_deaf && self.network.is_registered() != Some(true),
            _ => false,
        }
    }
}

/// What a receiver without an antenna shows.
const FLOOR_DBM: f64 = -112.0;

/// Whether a port lets us in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// It is open.
    Open,
    /// There is no modem on this machine.
    NoModem,
    /// There are several, and none was named.
    Several,
    /// No such device.
    Missing,
    /// Not our user's to open.
    Denied,
    /// Another program has it.
    Held,
    /// No serial port at all.
    NotSerial,
    /// Something else stood in the way.
    Failed,
}

/// The way to the modem.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PortFacts {
    /// As the user calls it.
    pub name: String,
    /// The kernel driver.
    pub driver: Option<String>,
    /// What its interface is for: `at`, `diag`, `nmea`.
    pub role: Option<String>,
    /// Whether it lets us in.
    pub access: Option<Access>,
    /// The program that has it.
    pub holder: Option<String>,
    /// What opening it said.
    pub error: Option<String>,
    /// What helps, by the same words as any other command.
    pub hint: Option<String>,
    /// Whether `AT` is answered.
    pub answers: Option<bool>,
    /// Whether positions come out of it.
    pub nmea: bool,
    /// Unsolicited lines while we asked.
    pub noise: usize,
    /// The port to take instead.
    pub better: Option<String>,
    /// Whether this machine's own supply was too low since it started.
    pub host_undervoltage: Option<bool>,
}

/// The module.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ModemFacts {
    /// `+CGMI`.
    pub manufacturer: Option<String>,
    /// `+CGMM`.
    pub model: Option<String>,
    /// `+CGMR`.
    pub firmware: Option<String>,
    /// Masked unless asked otherwise.
    pub imei: Option<String>,
    /// The row of the modem data that fits it.
    pub dialect: Option<String>,
    /// Why it has no USSD at all.
    pub cannot: Option<String>,
    /// What is to be known of USSD on it.
    pub note: Option<String>,
    /// `<fun>` of `+CFUN` (3GPP TS 27.007 clause 8.2).
    pub functionality: Option<u8>,
    /// How warm it is.
    pub temperature: Option<Temperature>,
    /// Its supply in millivolts (`+CBC`, clause 8.4).
    pub supply_mv: Option<u32>,
    /// It complained of its supply.
    pub undervoltage: bool,
    /// It complained of heat.
    pub overheated: bool,
    /// It started anew while we asked.
    pub restarted: bool,
    /// What its clock says, compared with ours.
    pub clock: Option<Clock>,
    /// The radio technologies it is held to, in words; `None` where it may use all.
    pub held_to: Option<&'static str>,
}

impl ModemFacts {
    /// Maker and model; `None` where it told neither.
    pub fn name(&self) -> Option<String> {
        let names = [&self.manufacturer, &self.model].into_iter().flatten();
        let name = names.map(String::as_str).collect::<Vec<_>>().join(" ");
        Some(name).filter(|name| !name.is_empty())
    }
}

/// The modem's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// As the modem wrote it.
    pub says: String,
    /// Seconds it is ahead of this machine.
    pub ahead_s: Option<i64>,
}

/// The SIM.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Card {
    /// As `+CPIN` words it: `READY`, `SIM PIN`, `SIM PUK`.
    pub state: Option<String>,
    /// The CME number given in place of a state (3GPP TS 27.007 clause 9.2).
    pub error: Option<u32>,
    /// Whether the state was refused without a reason.
    #[serde(skip)]
    pub is_refused: bool,
    /// Whether the modem said, of itself or in another answer, that no card is there.
    #[serde(skip)]
    pub is_gone: bool,
    /// Tries left.
    pub retries: Option<Retries>,
    /// Masked unless asked otherwise.
    pub iccid: Option<String>,
    /// Masked unless asked otherwise.
    pub imsi: Option<String>,
    /// Whether the card was asked for its subscriber and named none.
    pub has_no_imsi: bool,
    /// Whether it holds profiles (GSMA SGP.22): asked only where no subscriber was told.
    pub is_euicc: Option<bool>,
    /// Home network.
    pub plmn: Option<String>,
    /// Service provider name.
    pub spn: Option<String>,
}

impl Card {
    /// Whether the card is there and open.
    pub fn is_ready(&self) -> bool {
        self.state.as_deref() == Some("READY")
    }
}

/// What comes through the antenna.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Radio {
    /// Levels, the most telling of all commands.
    pub signal: Signal,
    /// Where from.
    pub cell: Cell,
    /// Power of each antenna branch in dBm, main first.
    pub branches: Vec<Option<i32>>,
    /// Whether the modem has answered a question about levels.
    #[serde(skip)]
    pub was_asked: bool,
    /// Whether it hears nothing at all.
    pub is_deaf: bool,
}

/// What the networks say.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Network {
    /// One a domain: `cs`, `ps`, `eps`, `5gs`.
    pub registrations: Vec<Registration>,
    /// The serving operator.
    pub name: Option<String>,
    /// Its code.
    pub plmn: Option<String>,
    /// Access technology (3GPP TS 27.007 clause 7.3).
    pub act: Option<u8>,
    /// `<mode>` of `+COPS`: 1 is chosen by hand, 2 is none.
    pub selection: Option<u8>,
    /// Whether the modem calls its service limited: emergency calls only.
    #[serde(skip)]
    pub is_limited: bool,
    /// Why a network refused.
    pub cause: Option<Cause>,
    /// The modem's own words for the last failure (`+CEER`).
    pub last_error: Option<String>,
}

impl Network {
    /// `<stat>` of a domain.
    pub fn stat(&self, domain: &str) -> Option<u8> {
        self.registrations.iter().find(|one| one.domain == domain)?.stat
    }

    /// Why a network refused: as it was told, or as the bare numbers of `+CEER` (`13`, or place, cause and
    /// release) tell where a domain is denied; elsewhere those are of an old call.
    pub fn reject_cause(&self) -> Option<Cause> {
        let bare = || {
            let words = self.last_error.as_ref().filter(|_| self.any(3))?;
            let numbers: Option<Vec<u16>> =
                words.split(',').map(|number| number.trim().parse().ok()).collect();
            let cause = match numbers?.as_slice() {
                [cause] | [_, cause, _] => Cause(*cause),
                _ => return None,
            };
            cause.row().map(|_| cause)
        };
        self.cause.or_else(bare)
    }

    /// Registered for calls and USSD: at home (1) or roaming (5).
    pub fn has_circuit(&self) -> Option<bool> {
        self.stat("cs").map(|stat| matches!(stat, 1 | 5))
    }

    /// Registered in any domain; `None` where none was told.
    pub fn is_registered(&self) -> Option<bool> {
        let mut stats = self.registrations.iter().filter_map(|one| one.stat).peekable();
        stats.peek()?;
        Some(stats.any(|stat| matches!(stat, 1 | 5 | 6 | 7 | 9 | 10)))
    }

    /// Whether any domain has this `<stat>`.
    pub fn any(&self, stat: u8) -> bool {
        self.registrations.iter().any(|one| one.stat == Some(stat))
    }

    /// Whether the modem is on LTE (7) or something newer.
    pub fn is_on_lte(&self) -> bool {
        self.act.is_some_and(|act| matches!(act, 7 | 10..=13))
            || matches!(self.stat("eps"), Some(1 | 5))
    }
}

/// Messages, USSD, data.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Service {
    /// Whether a number of the service centre is set; the number itself helps nobody.
    pub has_smsc: Option<bool>,
    /// Whether the modem said that a store is full.
    #[serde(skip)]
    pub is_full: bool,
    /// Message stores.
    pub stores: Vec<Store>,
    /// Whether `+CUSD` is known.
    pub has_ussd: Option<bool>,
    /// Attached for packet data.
    pub attached: Option<bool>,
    /// Data contexts.
    pub contexts: Vec<Context>,
    /// Registered for calls over LTE.
    pub ims: Option<bool>,
}

/// A message store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Store {
    /// `SM`, `ME`.
    pub name: String,
    /// Messages in it.
    pub used: u32,
    /// Messages there is room for.
    pub total: u32,
}

/// A data context (3GPP TS 27.007 clause 10.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Context {
    /// Its number.
    pub cid: u8,
    /// Access point name.
    pub apn: String,
    /// Whether it is up.
    pub active: Option<bool>,
    /// Whether it has an address.
    pub has_address: Option<bool>,
}

/// Whose SIM it is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Home {
    /// In the operator data; `None` where the network is in none.
    pub id: Option<String>,
    /// The brand.
    pub name: Option<String>,
    /// ISO 3166.
    pub country: Option<String>,
    /// How its balance is asked: `#121#`, `SMS BAL to 1966`.
    pub ask: Option<String>,
    /// The brands it may be, where the SIM does not tell.
    pub candidates: Vec<String>,
}

/// The technology in use, where anything tells.
pub(super) fn rat(facts: &Facts) -> Option<Rat> {
    let by_act = || match facts.network.act? {
        0 | 1 | 3 | 8 => Some(Rat::Gsm),
        2 | 4..=6 => Some(Rat::Umts),
        7 => Some(Rat::Lte),
        9 => Some(Rat::NbIot),
        10..=13 => Some(Rat::Nr),
        _ => None,
    };
    facts.radio.signal.rat.or(facts.radio.cell.rat).or_else(by_act)
}
