//! The rows a simulated modem is made of: who it is, what is in it, and where it departs.
//!
//! Every field has a default, so that a scenario says only what is different from its base.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::euicc::rows::{ApduRow, EuiccRow};
use crate::transcript::ReadError;

/// Why there is no such modem.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// No scenario has that name.
    #[error("no scenario and no file is called `{name}`; scenarios: {known}")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A scenario's rows do not read.
    #[error("{file}: {message}")]
    Rows {
        /// The file as the caller named it.
        file: String,
        /// What was expected and what was found.
        message: String,
    },
    /// A script's lines do not read.
    #[error(transparent)]
    Script(#[from] ReadError),
}

/// A modem, its SIM and its network.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Scenario {
    /// One line for the list of scenarios.
    pub(super) about: String,
    /// The scenarios this one departs from; what an earlier one says counts before a later one.
    pub(super) base: Vec<String>,
    /// Standard commands this modem does not know.
    pub(super) lacks: Vec<String>,
    /// Whether it refuses a line of several commands.
    pub(super) takes_one: bool,
    /// The CME code for a command it does not know; 0 is plain `ERROR`.
    pub(super) unknown: u16,
    /// The character set after power-on; GSM where nothing is said.
    pub(super) charset: Option<String>,
    pub(super) identity: Identity,
    pub(super) card: Card,
    /// The eUICC whose enabled profile stands in for `card` and `network`.
    pub(super) euicc: Option<EuiccRow>,
    pub(super) apdu: ApduRow,
    pub(super) network: Network,
    pub(super) radio: Radio,
    pub(super) ussd: Ussd,
    pub(super) sms: Sms,
    /// What the operator answers to codes. The first row that fits counts.
    pub(super) code: Vec<Code>,
    /// What the operator answers to messages.
    pub(super) text: Vec<TextAnswer>,
    /// Messages that are there at the start.
    pub(super) message: Vec<Message>,
    /// Answers that come before, or instead of, the standard ones. The first row that fits counts.
    pub(super) row: Vec<Row>,
    pub(super) noise: Vec<Noise>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Identity {
    pub(super) manufacturer: String,
    pub(super) model: String,
    pub(super) revision: String,
    pub(super) imei: String,
    /// The lines of `ATI`.
    pub(super) info: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Card {
    pub(super) is_absent: bool,
    /// The PIN it asks for; none where it asks for none.
    pub(super) pin: Option<String>,
    pub(super) pin_left: u8,
    /// How long the SIM takes after its PIN.
    pub(super) start_ms: u32,
    pub(super) puk: String,
    pub(super) puk_left: u8,
    pub(super) imsi: String,
    pub(super) iccid: String,
    /// EF_SPN as text; none where the file is not there.
    pub(super) spn: Option<String>,
    /// EF_GID1 in hexadecimal.
    pub(super) gid1: Option<String>,
    /// EF_MSISDN, as most prepaid cards leave it: empty.
    pub(super) number: Option<String>,
    /// Other transparent files: identifier in hexadecimal, content in hexadecimal.
    pub(super) file: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Network {
    pub(super) plmn: String,
    pub(super) name: String,
    pub(super) short: String,
    /// What `+COPS=?` finds besides, as the modem writes it.
    pub(super) others: Vec<String>,
    /// Access technology (3GPP TS 27.007 clause 7.3): 7 is LTE.
    pub(super) act: u8,
    /// Registration in the circuit-switched domain, GPRS and EPS (clauses 7.2, 10.1.20, 10.1.22).
    pub(super) creg: u8,
    pub(super) cgreg: u8,
    pub(super) cereg: u8,
    pub(super) lac: String,
    pub(super) cell: String,
    /// The values of `+CSQ` and `+CESQ`, as the modem writes them.
    pub(super) csq: String,
    pub(super) cesq: String,
}

/// How this modem is sent from one radio access technology to another; it has one only without this.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Radio {
    /// The command that reads the mode.
    pub(super) read: String,
    /// Its answer; `{mode}` stands for the mode.
    pub(super) says: String,
    /// The command that sets it, with `{mode}` as well.
    pub(super) set: String,
    /// The mode at the start.
    pub(super) start: String,
    /// How long the search for a network takes after a change.
    pub(super) search_ms: u32,
    /// The first setting of this mode is refused.
    pub(super) stumbles_on: Option<String>,
    /// What serves the modem in each mode; others are refused.
    pub(super) mode: Vec<Mode>,
}

/// What serves a modem in one mode.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Mode {
    /// The mode as the modem writes it.
    pub(super) is: String,
    /// As in [`Network`].
    pub(super) act: u8,
    pub(super) creg: u8,
    pub(super) cgreg: u8,
    pub(super) cereg: u8,
}

/// How this modem writes USSD.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Ussd {
    /// The request forms it takes.
    pub(super) request: Vec<RequestForm>,
    pub(super) reply: ReplyForm,
    /// The DCS it reports with text of the default alphabet, and with UCS2.
    pub(super) dcs: Option<u8>,
    pub(super) ucs2_dcs: Option<u8>,
    /// The DCS with any text under `AT+CSCS="UCS2"`, where that is another.
    pub(super) dcs_under_ucs2: Option<u8>,
    /// The CME code for a request in another form; 0 is plain `ERROR`.
    pub(super) refusal: u16,
    /// Blanks behind the commas of `+CUSD`.
    pub(super) has_blanks: bool,
    /// Whether a request that the circuit-switched domain does not carry gets OK, and then nothing for ever.
    pub(super) needs_circuit: bool,
    /// Whether `+CUSD` comes before `OK`, as in firmware older than 27.007 release 6.
    pub(super) is_before_ok: bool,
    /// Whether the network's question ends in a prompt, which takes text and Ctrl-Z.
    pub(super) is_prompting: bool,
    /// `AT^USSDMODE` after power-on, for modems that have it: 0 is text and 1 packed septets, both ways,
    /// in place of `request` and `reply`.
    pub(super) mode: Option<u32>,
    /// Whether the modem numbers its modes the other way round.
    pub(super) is_mode_swapped: bool,
    /// Whether the answers come only where `AT^PORTSEL` chose this port.
    pub(super) needs_portsel: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RequestForm {
    /// In the character set that `+CSCS` says.
    Charset,
    /// As text, whatever `+CSCS` says.
    Plain,
    /// Packed septets in hexadecimal.
    PackedHex,
    /// UCS2 in hexadecimal, and only while `+CSCS` says so.
    Ucs2Hex,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ReplyForm {
    /// In the character set that `+CSCS` says.
    #[default]
    Charset,
    /// As it came over the air, in hexadecimal: packed septets, or UCS2 with its own DCS.
    PackedHex,
    /// As ASCII with the low octet of everything else, whatever `+CSCS` says.
    Plain,
    /// UCS2 in hexadecimal, whatever `+CSCS` says.
    Ucs2Hex,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Sms {
    pub(super) storage: String,
    /// A second storage, as large; where there is none, every name means the first.
    pub(super) second: Option<String>,
    pub(super) capacity: usize,
    /// Index of the first message: 0 on some modems, 1 on most.
    pub(super) first_index: usize,
    pub(super) service_centre: String,
    /// The CMS code for every message, where none can be sent.
    pub(super) denied: Option<u16>,
    /// Messages are stored without a word, whatever `+CNMI` says.
    pub(super) is_quiet: bool,
    /// `AT+CMGR=<index>,1` reads a message and leaves it new, as SIMCom's modems do.
    pub(super) can_peek: bool,
}

/// One USSD answer of the operator.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Code {
    /// The code, and for a menu the answers behind it: `*103# 1`. `*` is every other code.
    pub(super) ask: String,
    /// `<m>` of `+CUSD`; 1 keeps the dialogue open.
    pub(super) status: u8,
    /// No text: the line has its status only.
    pub(super) text: Option<String>,
    /// The DCS, where it is not the one of the form.
    pub(super) dcs: Option<u8>,
    pub(super) after_ms: u32,
    /// OK, then nothing for ever.
    pub(super) is_silent: bool,
    /// The cable goes instead of an answer.
    pub(super) is_hangup: bool,
    /// A CME error comes after OK instead of an answer.
    pub(super) late_error: Option<u16>,
    /// A message that comes as well, and what comes besides.
    pub(super) sms: Option<Message>,
    pub(super) more: Vec<Message>,
}

/// One answer of the operator to a message.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct TextAnswer {
    pub(super) to: String,
    /// Compared without regard to case and blanks at the ends.
    pub(super) text: String,
    pub(super) reply: Message,
    /// What comes besides.
    pub(super) more: Vec<Message>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Message {
    pub(super) from: String,
    pub(super) text: String,
    /// The record as a modem gives it, service centre first, in place of one made of `from` and `text`;
    /// `{time}` stands for the seven octets of the network's time.
    pub(super) pdu: Option<String>,
    pub(super) after_ms: u32,
    pub(super) is_read: bool,
    /// How long it waited in the network before it came.
    pub(super) age_hours: u32,
    /// The storage it is in at the start, where that is not the first.
    pub(super) storage: Option<String>,
}

/// An answer to a command that is the same each time.
///
/// `{imei}`, `{imsi}`, `{iccid}`, `{iccid-swapped}`, `{plmn}`, `{name}`, `{model}`, `{revision}`,
/// `{pin}` (the state), `{pin-left}` and `{puk-left}` stand for what the modem holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Row {
    pub(super) command: String,
    pub(super) says: Vec<String>,
    pub(super) needs: Needs,
    /// The CME code that ends it instead of OK; 0 is plain `ERROR`.
    pub(super) error: Option<u16>,
    /// The words of the CME error that ends it, for modems that never give the number.
    pub(super) words: Option<String>,
    /// Ends the noise.
    pub(super) is_quieting: bool,
    /// Neither lines nor a final result: the command hangs.
    pub(super) is_silent: bool,
    pub(super) after_ms: u32,
}

/// What must be there before a command works.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Needs {
    #[default]
    Nothing,
    /// A SIM.
    Card,
    /// A SIM with its PIN given.
    Pin,
}

/// A line nobody asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Noise {
    pub(super) line: String,
    /// Said this often.
    pub(super) every_ms: Option<u64>,
    /// Said inside every answer, before its final result.
    pub(super) is_inside: bool,
}

impl Code {
    pub(super) fn after(&self) -> Duration {
        Duration::from_millis(self.after_ms.into())
    }
}

impl Message {
    pub(super) fn after(&self) -> Duration {
        Duration::from_millis(self.after_ms.into())
    }
}
