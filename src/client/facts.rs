//! Who made the modem, whose SIM it holds, and whether a network has taken it.

use std::time::Duration;

use super::batch::Answers;
use super::fallback::REGISTER;
use super::run::now;
use super::{Modem, why};
use crate::Error;
use crate::ids::{Iccid, Imei, Imsi};
use crate::modems::{Dialect, Identity};
use crate::operators::SimFacts;
use crate::port::Line;
use crate::watch::Radio;
use crate::{hex, ucs2};

/// What the networks say of this modem (3GPP TS 27.007 clauses 7.2 and 10.1.22).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registration {
    /// `<stat>` of `+CREG`: the circuit-switched domain, which carries USSD.
    pub circuit: Option<u8>,
    /// `<stat>` of `+CEREG`: LTE.
    pub lte: Option<u8>,
    /// The serving operator as `+COPS?` names it.
    pub operator: Option<String>,
    /// `<AcT>` of `+COPS?`: 7 is LTE.
    pub access: Option<u8>,
}

impl Registration {
    /// Registered for calls and USSD: at home (1) or roaming (5); 6 and 7 are for SMS alone.
    pub fn has_circuit(&self) -> bool {
        matches!(self.circuit, Some(1 | 5))
    }

    /// Registered anywhere at all, or not known not to be.
    pub fn is_registered(&self) -> bool {
        let stats = [self.circuit, self.lte];
        stats.iter().all(Option::is_none)
            || stats.iter().flatten().any(|stat| matches!(stat, 1 | 5 | 6 | 7))
    }

    /// Whether the modem said anything about it.
    pub(super) fn is_known(&self) -> bool {
        self.circuit.is_some() || self.lte.is_some() || self.access.is_some()
    }

    /// The same, or which network it is on: some tell no more than that.
    #[cfg(feature = "esim")]
    pub(super) fn is_told(&self) -> bool {
        self.is_known() || self.operator.is_some()
    }

    /// On LTE or 5G, by the access technology where it is told (3GPP TS 27.007 clause 7.3: 8 is GSM again).
    pub(super) fn is_on_lte(&self) -> bool {
        match self.access {
            Some(access) => access >= 7 && access != 8,
            None => matches!(self.lte, Some(1 | 5)),
        }
    }

    /// On LTE, and said to be on no circuit-switched network nor looking for one (0), or refused by it (3).
    /// What is not told, not known (4) or sought (2) may be there.
    pub(super) fn lacks_circuit(&self) -> bool {
        self.is_on_lte() && matches!(self.circuit, Some(0 | 3))
    }

    /// The circuit-switched domain takes messages and nothing else.
    pub(super) fn is_for_messages(&self) -> bool {
        matches!(self.circuit, Some(6 | 7))
    }

    /// Looking for a network, and on none yet.
    pub fn is_searching(&self) -> bool {
        !self.is_registered() && [self.circuit, self.lte].contains(&Some(2))
    }

    /// A network said no (3), and none is being looked for.
    #[cfg(feature = "esim")]
    pub(super) fn is_denied(&self) -> bool {
        let stats = [self.circuit, self.lte];
        stats.contains(&Some(3)) && !stats.contains(&Some(2))
    }

    /// On a network of another operator than the SIM's.
    pub fn is_roaming(&self) -> bool {
        [self.circuit, self.lte].iter().flatten().any(|stat| matches!(stat, 5 | 7))
    }
}

impl<P: Line> Modem<P> {
    /// Manufacturer, model and firmware; what the modem does not tell is empty.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`], and [`Error::Silent`] where nothing answers at all.
    pub async fn identify(&mut self) -> Result<Identity, Error> {
        let is_known = |identity: &Identity| !identity.manufacturer.is_empty();
        if !self.identity.as_ref().is_some_and(is_known) {
            let answers = self.ask(&[MANUFACTURER, MODEL, FIRMWARE, IMEI]).await?;
            self.note_maker(&answers);
            self.note_imei(&answers);
        } else if !self.settings.detailed {
            let answers = self.ask(&[IMEI]).await?;
            self.note_imei(&answers);
        }
        Ok(self.identity.clone().unwrap_or_default())
    }

    /// Who made the modem, where the answers say so.
    pub(super) fn note_maker(&mut self, answers: &Answers) {
        let text = |command| answers.value(command).map(|value| unquoted(value).to_owned());
        let [manufacturer, model, firmware] = MAKER.map(text);
        if manufacturer.is_some() || model.is_some() {
            self.identity = Some(Identity {
                manufacturer: manufacturer.unwrap_or_default(),
                model: model.unwrap_or_default(),
                firmware: firmware.unwrap_or_default(),
                ..Identity::default()
            });
        }
    }

    fn note_imei(&mut self, answers: &Answers) {
        self.imei = answers.value(IMEI).and_then(|imei| Imei::parse(unquoted(imei)).ok());
        self.settings.detailed = true;
    }

    /// The answer of [`Modem::identify`], once it was asked.
    pub fn known_identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// What the user calls the port.
    pub fn port_name(&self) -> String {
        self.port.name()
    }

    /// The equipment's number, once [`Modem::identify`] has asked for it.
    pub fn imei(&self) -> Option<&Imei> {
        self.imei.as_ref()
    }

    /// How to talk to this modem, as far as it has said who it is.
    pub fn dialect(&self) -> Dialect {
        self.identity.as_ref().map(|modem| self.dialects.of(modem)).unwrap_or_default()
    }

    /// IMSI and ICCID.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`] alone.
    pub async fn sim(&mut self) -> Result<&SimFacts, Error> {
        let commands = self.iccid_commands();
        let iccid = commands.first().map_or(IMSI, String::as_str);
        let mode = self.mode_question();
        let mut questions = vec![IMSI];
        if self.may_ask_more() {
            questions.extend([SPN, GID1].into_iter().chain(mode.as_deref()));
            questions.push(iccid); // the likeliest to fail, so that nothing fails with it
        }
        let answers = self.ask(&questions).await?;
        self.sim.imsi = answers.value(IMSI).and_then(|imsi| Imsi::parse(unquoted(imsi)).ok());
        self.sim.iccid = answers.value(iccid).and_then(read_iccid);
        if self.may_ask_more() {
            self.names = Some(read_names(&answers));
            self.note_mode(&answers);
        }
        Ok(&self.sim)
    }

    /// The names on the SIM that tell brands on one network apart: SPN and GID1.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`] alone.
    pub async fn sim_names(&mut self) -> Result<&SimFacts, Error> {
        let names = match self.names.take() {
            Some(names) => names,
            None => read_names(&self.ask(&[SPN, GID1]).await?),
        };
        (self.sim.spn, self.sim.gid1) = names;
        Ok(&self.sim)
    }

    /// What this run has learned of the SIM.
    pub fn known_sim(&self) -> &SimFacts {
        &self.sim
    }

    /// Registration per domain, and with whom.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`] alone.
    pub async fn registration(&mut self) -> Result<Registration, Error> {
        self.ask(&REGISTRATION).await.map(|answers| read_registration(&answers))
    }

    /// Level and registration, for a display.
    ///
    /// # Errors
    ///
    /// [`Error::Unplugged`] alone.
    pub async fn radio(&mut self) -> Result<Radio, Error> {
        let [circuit, lte, _] = REGISTRATION;
        let answers = self.ask(&[circuit, lte, LEVEL]).await?;
        let registration = read_registration(&answers);
        let level =
            answers.value(LEVEL).and_then(|value| value.split(',').next()?.trim().parse().ok());
        Ok(Radio {
            rssi_dbm: level
                .filter(|level: &i16| (0..=31).contains(level))
                .map(|level| 2 * level - 113),
            registration: [registration.circuit, registration.lte]
                .into_iter()
                .flatten()
                .max_by_key(|stat| matches!(stat, 1 | 5)),
        })
    }

    /// Asks for what the question itself did not need, for a result that shows everything.
    pub(super) async fn complete_facts(&mut self) -> Result<(), Error> {
        self.identify().await?;
        for command in self.iccid_commands() {
            if self.sim.iccid.is_some() {
                break;
            }
            self.sim.iccid = self.ask(&[&command]).await?.value(&command).and_then(read_iccid);
        }
        Ok(())
    }

    /// Without their `AT`, best first.
    fn iccid_commands(&self) -> Vec<String> {
        let commands = self.dialect().iccid.into_iter();
        commands.filter_map(|command| command.strip_prefix("AT").map(str::to_owned)).collect()
    }

    /// The network that has taken the modem; one that is searched for is waited for. What has to be said
    /// before a USSD request shares the line where one is to come.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] where none has, [`Error::Unplugged`].
    pub(super) async fn registered(
        &mut self,
        limit: Duration,
        by_ussd: bool,
    ) -> Result<Registration, Error> {
        let patience = if self.settings.was_switched { REGISTER } else { limit.min(SEARCH) };
        let until = now() + patience;
        let words = if by_ussd { self.words_before_request() } else { Vec::new() };
        let words = words.iter().map(String::as_str);
        let questions: Vec<_> = REGISTRATION.into_iter().chain(words).collect();
        let answers = self.ask(&questions).await?;
        if by_ussd {
            self.note_words(&answers);
        }
        let mut registration = read_registration(&answers);
        loop {
            let may_come = registration.is_searching() || self.settings.was_switched;
            if registration.is_registered() {
                return Ok(registration);
            }
            if !may_come || now() >= until {
                return Err(why::not_registered());
            }
            self.pause().await?;
            registration = self.registration().await?;
        }
    }

    /// A second, whatever the modem says meanwhile: noise must not make it a second of questions.
    pub(super) async fn pause(&mut self) -> Result<(), Error> {
        self.next_event(Some(now() + Duration::from_secs(1))).await.map(|_| ())
    }
}

/// How long a search is worth waiting for: most end at once or not at all.
pub(crate) const SEARCH: Duration = Duration::from_secs(5);

fn read_registration(answers: &Answers) -> Registration {
    let stat = |command| {
        answers.value(command).and_then(|value| value.split(',').nth(1)?.trim().parse().ok())
    };
    let cops: Vec<_> =
        answers.value("+COPS?").map(|value| value.split(',').collect()).unwrap_or_default();
    let operator = cops.get(2).map(|name| name.trim().trim_matches('"').to_owned());
    let access = cops.get(3).and_then(|access| access.trim().parse().ok());
    Registration { circuit: stat("+CREG?"), lte: stat("+CEREG?"), operator, access }
}

/// 0 is -113 dBm, 31 is -51 dBm or more, 99 is not known (3GPP TS 27.007 clause 8.5).
const LEVEL: &str = "+CSQ";

const REGISTRATION: [&str; 3] = ["+CREG?", "+CEREG?", "+COPS?"];

/// Who made the modem, and which it is (3GPP TS 27.007 clauses 5.1 to 5.4).
pub(super) const MAKER: [&str; 3] = [MANUFACTURER, MODEL, FIRMWARE];
pub(super) const MANUFACTURER: &str = "+CGMI";
const MODEL: &str = "+CGMM";
pub(super) const FIRMWARE: &str = "+CGMR";
const IMEI: &str = "+CGSN";

pub(super) const IMSI: &str = "+CIMI";

/// SPN and GID1, where the SIM has them.
pub(super) type Names = (Option<String>, Option<String>);

fn read_names(answers: &Answers) -> Names {
    let file = |command| answers.value(command).and_then(file_content);
    (file(SPN).and_then(|file| spn(&file)), file(GID1).and_then(|file| gid1(&file)))
}

/// READ BINARY of EF_SPN (3GPP TS 31.102 clause 4.2.12), 17 octets.
const SPN: &str = "+CRSM=176,28486,0,0,17";

/// READ BINARY of EF_GID1 (clause 4.2.10), its first octets.
const GID1: &str = "+CRSM=176,28478,0,0,1";

/// The answer may carry another prefix than the command: `+ICCID:` to `+CCID`. `+CRSM`
/// gives the file on the card itself (ETSI TS 102 221 clause 13.2).
fn read_iccid(value: &str) -> Option<Iccid> {
    if let Some(file) = file_content(value) {
        return Iccid::from_bcd(&file).ok();
    }
    let digits = value.rsplit(':').next().unwrap_or(value);
    Iccid::parse(unquoted(digits.trim())).ok()
}

pub(super) fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"')
}

/// The octets of a file in `+CRSM: 144,0,"…"` (clause 8.18); `None` for any other status.
fn file_content(value: &str) -> Option<Vec<u8>> {
    let mut fields = value.splitn(3, ',').map(str::trim);
    let (sw1, _sw2, data) = (fields.next()?, fields.next()?, fields.next()?);
    if sw1 != "144" {
        return None;
    }
    hex::octets(data.trim_matches('"').as_bytes())
}

/// One octet of display condition, then the name, in the GSM alphabet unpacked or in UCS2 behind 0x80.
fn spn(file: &[u8]) -> Option<String> {
    let name = file.get(1..)?;
    let text = match name.strip_prefix(b"\x80") {
        Some(ucs2) => ucs2::text_from_octets(ucs2).text,
        None => {
            let end = name.iter().position(|octet| *octet == 0xFF).unwrap_or(name.len());
            crate::gsm7::text_from_septets(name.get(..end)?, Default::default())
        }
    };
    let text = text.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

pub(crate) fn gid1(file: &[u8]) -> Option<String> {
    let end = file.iter().rposition(|octet| *octet != 0xFF)? + 1;
    file.get(..end).map(hex::digits)
}
