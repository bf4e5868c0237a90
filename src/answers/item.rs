//! What one line says, in the shape of the JSON: keys in this order, `null` for what is not known.

use serde::{Serialize, Serializer};

use super::units::{Level, Rat};

/// One thing that an answer says. `kind` in the JSON is the variant's name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Item {
    /// A USSD reply.
    Cusd(Cusd),
    /// The answer to `AT+CUSD?`, which is no reply.
    CusdSetting(CusdSetting),
    /// A final result that is a no.
    Error(Failure),
    /// How strong and how clean a cell comes in.
    Signal(Signal),
    /// Which cell.
    Cell(Cell),
    /// Where the modem is registered.
    Registration(Registration),
    /// An operator, the current one or one of a scan.
    Operator(Operator),
    /// What the SIM is, and in which state.
    Sim(Sim),
    /// How many tries of PIN and PUK are left.
    Retries(Retries),
    /// A short message, or one part of it.
    Sms(Sms),
    /// How warm the modem is.
    Temperature(Temperature),
    /// Maker, model, firmware.
    Identity(Identity),
    /// The answer of a card application.
    Apdu(Apdu),
    /// A line that is none of these.
    Other(Other),
}

impl Item {
    /// The name of the kind, as in the JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Cusd(_) => "cusd",
            Self::CusdSetting(_) => "cusd-setting",
            Self::Error(_) => "error",
            Self::Signal(_) => "signal",
            Self::Cell(_) => "cell",
            Self::Registration(_) => "registration",
            Self::Operator(_) => "operator",
            Self::Sim(_) => "sim",
            Self::Retries(_) => "retries",
            Self::Sms(_) => "sms",
            Self::Temperature(_) => "temperature",
            Self::Identity(_) => "identity",
            Self::Apdu(_) => "apdu",
            Self::Other(_) => "other",
        }
    }
}

/// A USSD reply and its readings (3GPP TS 27.007 clause 7.15).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cusd {
    /// `<m>` of the line; `None` for a body without its line.
    pub status: Option<u32>,
    /// The best reading; `None` without a body, and under a status that reflects our own request.
    pub text: Option<String>,
    /// The data coding scheme as received, right or wrong.
    pub dcs: Option<i32>,
    /// How the body was read: the name of a [`crate::ussd::decode::Encoding`].
    pub encoding: Option<&'static str>,
    /// The end of the text was not seen, or it ends inside a character.
    pub truncated: bool,
    /// Other readings, best first.
    pub alternatives: Vec<Alternative>,
    /// The letters are wrong: their high octets were lost on the way. Not in the JSON.
    #[serde(skip)]
    pub lossy: bool,
}

/// Another reading of a body.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    /// The text under this reading.
    pub text: String,
    /// The encoding it assumes.
    pub encoding: &'static str,
}

/// Whether replies are reported.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CusdSetting {
    /// `None` for a number that is neither 0 nor 1.
    pub enabled: Option<bool>,
}

/// An error line.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Failure {
    /// `error`, `cme`, `cms` or `other`.
    pub class: &'static str,
    /// Its number; of a worded error the number of that wording.
    pub code: Option<u32>,
    /// The modem's own words, where it used words.
    pub text: Option<String>,
    /// What the number stands for.
    pub meaning: Option<&'static str>,
    /// The command or action that helps.
    pub hint: Option<&'static str>,
}

/// Levels of one radio access technology; powers in dBm, ratios in dB.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Signal {
    /// The technology, where the line names it.
    pub rat: Option<Rat>,
    /// Received signal strength.
    pub rssi_dbm: Option<Level>,
    /// Reference signal received power (LTE, NR).
    pub rsrp_dbm: Option<Level>,
    /// Reference signal received quality (LTE, NR).
    pub rsrq_db: Option<Level>,
    /// Signal to interference and noise (LTE, NR).
    pub sinr_db: Option<Level>,
    /// Received signal code power (UMTS).
    pub rscp_dbm: Option<Level>,
    /// Energy per chip to interference (UMTS).
    pub ecio_db: Option<Level>,
}

/// A cell, as far as the line names it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cell {
    /// The technology.
    pub rat: Option<Rat>,
    /// Mobile country code.
    pub mcc: Option<u16>,
    /// Mobile network code, with its zeros.
    pub mnc: Option<String>,
    /// Tracking area code, or location area code before LTE.
    pub tac: Option<u64>,
    /// Cell identity; in LTE the eNodeB in its upper 20 bits.
    pub cell_id: Option<u64>,
    /// Physical cell identity; in UMTS the primary scrambling code.
    pub pci: Option<u32>,
    /// Absolute radio frequency channel number, downlink.
    pub channel: Option<u32>,
    /// Band number.
    pub band: Option<u32>,
}

/// A registration (3GPP TS 27.007 clauses 7.2, 10.1.20, 10.1.22, 10.1.47).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Registration {
    /// `cs`, `ps`, `eps` or `5gs`.
    pub domain: &'static str,
    /// `<stat>`.
    pub stat: Option<u8>,
    /// What it stands for.
    pub meaning: Option<&'static str>,
    /// Location or tracking area code.
    pub lac: Option<u64>,
    /// Cell identity.
    pub cell_id: Option<u64>,
    /// Access technology `<AcT>`.
    pub act: Option<u8>,
}

/// An operator (3GPP TS 27.007 clause 7.3).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Operator {
    /// How it was selected; `None` in a scan.
    pub mode: Option<u8>,
    /// How it is named: 0 long, 1 short, 2 numeric; `None` in a scan.
    pub format: Option<u8>,
    /// Its name.
    pub name: Option<String>,
    /// Its country and network code.
    pub plmn: Option<String>,
    /// Access technology `<AcT>`.
    pub act: Option<u8>,
    /// In a scan: it may be chosen.
    pub available: Option<bool>,
    /// In a scan: it is the current one.
    pub current: Option<bool>,
    /// In a scan: the SIM may not use it.
    pub forbidden: Option<bool>,
}

/// What a line says of the SIM.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sim {
    /// As `+CPIN` words it.
    pub state: Option<String>,
    /// Card identity.
    pub iccid: Option<String>,
    /// Subscriber identity.
    pub imsi: Option<String>,
    /// Service provider name.
    pub spn: Option<String>,
    /// Own number.
    pub msisdn: Option<String>,
}

/// Tries left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Retries {
    /// Of the PIN.
    pub pin: Option<u8>,
    /// Of the PUK.
    pub puk: Option<u8>,
    /// Of the PIN2.
    pub pin2: Option<u8>,
    /// Of the PUK2.
    pub puk2: Option<u8>,
}

impl Retries {
    /// These, and from `other` what these leave open.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            pin: self.pin.or(other.pin),
            puk: self.puk.or(other.puk),
            pin2: self.pin2.or(other.pin2),
            puk2: self.puk2.or(other.puk2),
        }
    }

    /// Whether all four are known.
    pub fn is_complete(&self) -> bool {
        [self.pin, self.puk, self.pin2, self.puk2].iter().all(Option::is_some)
    }
}

/// A short message as one record holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sms {
    /// Where it is stored.
    pub index: Option<u16>,
    /// `received`, `sent` or `report`.
    pub direction: Option<&'static str>,
    /// Who sent it.
    pub from: Option<String>,
    /// Who it is or was for.
    pub to: Option<String>,
    /// When the service centre got it, RFC 3339 in UTC.
    pub time: Option<String>,
    /// What it says; `None` for octets and reports.
    pub text: Option<String>,
    /// `gsm7`, `8bit` or `ucs2`.
    pub alphabet: Option<&'static str>,
    /// Which part of a longer message this is, from 1.
    pub part: Option<u8>,
    /// How many parts there are.
    pub parts: Option<u8>,
    /// What the parts have in common; for a report the number of the message it is about.
    pub reference: Option<u16>,
}

/// Temperatures in degrees Celsius.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Temperature {
    /// The highest.
    pub max_c: Option<Level>,
    /// Each by its name, or by its place from 1 where it has none.
    #[serde(serialize_with = "as_object")]
    pub sensors: Vec<(String, Level)>,
}

/// What the modem is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Identity {
    /// Who made it.
    pub manufacturer: Option<String>,
    /// What they call it.
    pub model: Option<String>,
    /// Its firmware.
    pub firmware: Option<String>,
}

/// The answer of a card application (3GPP TS 27.007 clauses 8.17, 8.18, 8.43 to 8.45).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Apdu {
    /// The logical channel.
    pub session: Option<u32>,
    /// The data in hexadecimal, without the status word.
    pub data: Option<String>,
    /// The status word in hexadecimal.
    pub sw: Option<String>,
}

/// A line we have no kind for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Other {
    /// As the modem wrote it.
    pub line: String,
}

fn as_object<S: Serializer>(sensors: &[(String, Level)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(sensors.iter().map(|(name, level)| (name, level)))
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.whole() {
            Some(whole) => serializer.serialize_i32(whole),
            None => serializer.serialize_f64(self.value()),
        }
    }
}

impl Serialize for Rat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
