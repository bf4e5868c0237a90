//! The SIM: PIN, identities, files (3GPP TS 27.007 clause 8, TS 31.102 clause 4).

use std::time::Duration;

use super::line::{Command, Form};
use super::{Device, Event, Info, Stop, euicc};
use crate::sim::scenario::Card;

/// What changes on a SIM while it is used.
#[derive(Debug)]
pub(super) struct CardState {
    is_inserted: bool,
    pin: Option<String>,
    is_verified: bool,
    /// The PIN was taken, and the modem still reads the SIM.
    is_starting: bool,
    pub(super) pin_left: u8,
    pub(super) puk_left: u8,
}

impl CardState {
    pub(super) fn new(card: &Card) -> Self {
        Self {
            is_inserted: !card.is_absent,
            pin: card.pin.clone(),
            is_verified: card.pin.is_none(),
            is_starting: false,
            pin_left: card.pin_left,
            puk_left: card.puk_left,
        }
    }

    pub(super) fn check_inserted(&self) -> Result<(), Stop> {
        if self.is_inserted { Ok(()) } else { Err(Stop::Cme(10)) }
    }

    pub(super) fn check_ready(&self) -> Result<(), Stop> {
        self.check_inserted()?;
        match (self.is_verified, self.pin_left, self.puk_left) {
            (true, ..) if self.is_starting => Err(Stop::Cme(14)),
            (true, ..) => Ok(()),
            (false, 0, 0) => Err(Stop::Cme(13)),
            (false, 0, _) => Err(Stop::Cme(12)),
            (false, ..) => Err(Stop::Cme(11)),
        }
    }

    /// The state as `+CPIN?` has it.
    pub(super) fn word(&self) -> &'static str {
        match self.check_ready() {
            Ok(()) => "READY",
            Err(Stop::Cme(11)) => "SIM PIN",
            Err(_) => "SIM PUK",
        }
    }

    /// The modem begins to read the SIM, and takes so long for it.
    pub(super) fn read_for(&mut self, time: Duration) {
        self.is_starting = !time.is_zero();
    }

    pub(super) fn is_reading(&self) -> bool {
        self.is_starting
    }

    /// The modem has read the SIM.
    pub(super) fn start_up(&mut self) {
        self.is_starting = false;
    }

    /// What the card itself says to VERIFY without a PIN (ETSI TS 102 221 clause 11.1.9).
    fn verified(&self) -> String {
        match (self.is_verified, self.pin_left) {
            (true, _) => "9000".into(),
            (false, 0) => "6983".into(),
            (false, left) => format!("63C{left:X}"),
        }
    }
}

pub(super) fn pin(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match command.form {
        Form::Read if matches!(device.card.check_ready(), Err(Stop::Cme(14))) => {
            Err(device.starting())
        }
        Form::Read if matches!(device.card.check_ready(), Err(Stop::Cme(13))) => {
            device.card.check_ready().and(Info::none())
        }
        Form::Read => Info::line(format!("+CPIN: {}", device.card.word())),
        Form::Set => enter(device, command.argument(0), command.arguments.get(1)),
        _ => Info::none(),
    }
}

fn enter(device: &mut Device, code: &str, new_pin: Option<&String>) -> Result<Info, Stop> {
    let card = &mut device.card;
    match (card.check_ready(), new_pin) {
        (Err(Stop::Cme(11)), None) if card.pin.as_deref() == Some(code) => {
            card.is_verified = true;
            card.pin_left = WHOLE;
            let starts = Duration::from_millis(device.scenario.card.start_ms.into());
            card.read_for(starts);
            if card.is_reading() {
                device.later.push((starts, Event::CardStarted));
            }
            Info::none()
        }
        (Err(Stop::Cme(11)), None) => {
            card.pin_left = card.pin_left.saturating_sub(1);
            Err(Stop::Cme(if card.pin_left == 0 { 12 } else { 16 }))
        }
        (Err(Stop::Cme(12)), Some(new_pin)) if device.scenario.card.puk == code => {
            card.pin = Some(new_pin.clone());
            card.is_verified = true;
            card.pin_left = WHOLE;
            card.puk_left = device.scenario.card.puk_left;
            Info::none()
        }
        (Err(Stop::Cme(12)), Some(_)) => {
            card.puk_left = card.puk_left.saturating_sub(1);
            Err(Stop::Cme(if card.puk_left == 0 { 13 } else { 16 }))
        }
        (Ok(()), _) => Err(Stop::Cme(3)),
        (Err(stop), _) => Err(stop),
    }
}

/// Tries of a PIN after the right one.
const WHOLE: u8 = 3;

/// `+CSIM` (clause 8.17): the card answers VERIFY without a PIN, and only an eUICC knows another command.
pub(super) fn generic_access(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    let is_euicc = device.euicc().is_some();
    if !is_euicc {
        device.card.check_inserted()?;
    }
    let status = match command.argument(1) {
        "0020000100" => device.card.verified(),
        _ if is_euicc => return euicc::generic_access(device, command),
        _ => "6D00".to_owned(), // instruction not supported
    };
    Info::line(format!("+CSIM: 4,\"{status}\""))
}

pub(super) fn tries(device: &mut Device, _: &Command) -> Result<Info, Stop> {
    let CardState { pin_left, puk_left, .. } = device.card;
    let lines = [format!("+CPINR: SIM PIN,{pin_left},3"), format!("+CPINR: SIM PUK,{puk_left},10")];
    Ok(Info(lines.map(String::into_bytes).to_vec()))
}

/// Whether the SIM asks for a PIN at power-on; changing that is not simulated.
pub(super) fn lock(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match (command.argument(0), command.number(1)) {
        ("SC", Some(2)) => Info::line(format!("+CLCK: {}", u8::from(device.card.pin.is_some()))),
        _ => Err(Stop::Cme(3)),
    }
}

pub(super) fn imsi(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match command.form {
        Form::Run => Info::line(device.scenario.card.imsi.as_str()),
        _ => Info::none(),
    }
}

pub(super) fn number(device: &mut Device, _: &Command) -> Result<Info, Stop> {
    match &device.scenario.card.number {
        Some(number) => Info::line(format!("+CNUM: \"\",\"{number}\",145")),
        None => Info::none(),
    }
}

/// `+CRSM`: READ BINARY, GET RESPONSE and STATUS on transparent files.
pub(super) fn restricted_access(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    let asked = command.number(0).ok_or(Stop::Cme(50))?;
    let file = command.number(1).unwrap_or_default();
    let [high, low] = [2, 3].map(|place| command.number(place).unwrap_or_default());
    let offset = high.saturating_mul(256).saturating_add(low);
    let length = command.number(4).unwrap_or_default();
    let content = content(&device.scenario.card, file);
    Info::line(match (asked, content) {
        (242, _) => "+CRSM: 144,0".to_owned(),
        (_, None) => "+CRSM: 106,130".to_owned(), // file not found (ETSI TS 102 221 clause 10.2.1.5.3)
        (176, Some(hex)) => match part(&hex, offset, length) {
            Some(part) => format!("+CRSM: 144,0,\"{part}\""),
            None => "+CRSM: 103,0".to_owned(), // wrong length
        },
        (192, Some(hex)) => {
            let size = hex.len() / 2;
            format!("+CRSM: 144,0,\"0000{size:04X}{file:04X}040000000001020000\"")
        }
        _ => "+CRSM: 109,0".to_owned(), // instruction not supported
    })
}

/// Octets of a file in hexadecimal; all that follow where `length` is 0.
fn part(hex: &str, offset: u32, length: u32) -> Option<&str> {
    let from = usize::try_from(offset).ok()?.checked_mul(2)?;
    match usize::try_from(length).ok()? {
        0 => hex.get(from..),
        length => hex.get(from..from.checked_add(length.checked_mul(2)?)?),
    }
}

/// A transparent file in hexadecimal.
fn content(card: &Card, file: u32) -> Option<String> {
    match file {
        0x2FE2 => Some(swapped(&card.iccid)),
        0x6F07 => Some(format!("08{}", swapped(&format!("9{}", card.imsi)))),
        0x6F3E => card.gid1.clone(),
        0x6F46 => card.spn.as_deref().map(spn),
        _ => card.file.get(&format!("{file:04X}")).cloned(),
    }
}

/// EF_SPN: display condition, then the name in 16 octets (3GPP TS 31.102 clause 4.2.12).
fn spn(name: &str) -> String {
    let mut octets: Vec<u8> = name.bytes().take(16).collect();
    octets.resize(16, 0xFF);
    let digits: String = octets.iter().map(|octet| format!("{octet:02X}")).collect();
    format!("01{digits}")
}

/// Digits as a SIM stores them: pairs swapped, an odd end filled with F.
pub(super) fn swapped(digits: &str) -> String {
    let mut digits: Vec<char> = digits.chars().collect();
    if digits.len() % 2 == 1 {
        digits.push('F');
    }
    digits.chunks(2).flat_map(|pair| pair.iter().rev()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::talk;
    use super::*;

    #[test]
    fn a_pin_opens_and_a_wrong_one_counts() {
        talk(
            "pin-locked",
            &[
                ("AT+CMEE=1;+CPIN?", "+CPIN: SIM PIN|OK"),
                ("AT+CIMI", "+CME ERROR: 11"),
                ("AT+CUSD=1,\"#121#\"", "+CME ERROR: 11"),
                ("AT+CPIN=\"0000\"", "+CME ERROR: 16"),
                ("AT+CPINR", "+CPINR: SIM PIN,2,3|+CPINR: SIM PUK,10,10|OK"),
                ("AT+CPIN=\"1234\"", "OK"),
                ("AT+CPIN?;+CPINR", "+CPIN: READY|+CPINR: SIM PIN,3,3|+CPINR: SIM PUK,10,10|OK"),
                ("AT+CPIN=\"1234\"", "+CME ERROR: 3"),
                ("AT+CLCK=\"SC\",2", "+CLCK: 1|OK"),
            ],
        );
    }

    #[test]
    fn the_card_itself_tells_the_tries_of_its_pin() {
        let verify = "AT+CSIM=10,\"0020000100\"";
        talk(
            "pin-locked",
            &[
                (verify, "+CSIM: 4,\"63C3\"|OK"),
                ("AT+CPIN=\"0000\"", "ERROR"),
                (verify, "+CSIM: 4,\"63C2\"|OK"),
                ("AT+CPIN=\"1234\"", "OK"),
                (verify, "+CSIM: 4,\"9000\"|OK"),
            ],
        );
        talk("puk-locked", &[(verify, "+CSIM: 4,\"6983\"|OK"), ("AT+CPIN?", "+CPIN: SIM PUK|OK")]);
    }

    #[test]
    fn three_wrong_pins_want_the_puk() {
        talk(
            "pin-locked",
            &[
                ("AT+CMEE=1", "OK"),
                ("AT+CPIN=\"1\"", "+CME ERROR: 16"),
                ("AT+CPIN=\"2\"", "+CME ERROR: 16"),
                ("AT+CPIN=\"3\"", "+CME ERROR: 12"),
                ("AT+CPIN?", "+CPIN: SIM PUK|OK"),
                ("AT+CPIN=\"1234\"", "+CME ERROR: 12"),
                ("AT+CPIN=\"00000000\",\"1111\"", "+CME ERROR: 16"),
                ("AT+CPIN=\"12345678\",\"1111\"", "OK"),
                ("AT+CPIN?;+CIMI", "+CPIN: READY|206010000000013|OK"),
            ],
        );
    }

    #[test]
    fn without_a_sim_every_question_about_it_says_so() {
        talk(
            "no-sim",
            &[
                ("AT+CMEE=1", "OK"),
                ("AT+CPIN?", "+CME ERROR: 10"),
                ("AT+CIMI", "+CME ERROR: 10"),
                ("AT+CCID", "+CME ERROR: 10"),
                ("AT+CREG?;+CSQ", "+CREG: 0,0|+CSQ: 19,99|OK"),
            ],
        );
    }

    #[test]
    fn files_are_read_over_crsm() {
        talk(
            "be-proximus",
            &[
                (
                    "AT+CRSM=176,28486,0,0,17",
                    "+CRSM: 144,0,\"0150726F78696D7573FFFFFFFFFFFFFFFF\"|OK",
                ),
                ("AT+CRSM=192,12258", "+CRSM: 144,0,\"0000000A2FE2040000000001020000\"|OK"),
                ("AT+CRSM=176,12258,0,0,10", "+CRSM: 144,0,\"982310000000000010F2\"|OK"),
                ("AT+CRSM=176,28589,0,3,1", "+CRSM: 144,0,\"02\"|OK"),
                ("AT+CRSM=176,28478,0,0,2", "+CRSM: 144,0,\"01FF\"|OK"),
                ("AT+CRSM=176,28479,0,0,2", "+CRSM: 106,130|OK"),
                ("AT+CRSM=176,12258,0,0,99", "+CRSM: 103,0|OK"),
                ("AT+CRSM=176,12258,4294967295,0,0", "+CRSM: 103,0|OK"),
            ],
        );
    }

    #[test]
    fn files_read_as_a_card_holds_them() {
        let card = Card {
            imsi: "206010000000013".into(),
            iccid: "8932010000000000012".into(),
            spn: Some("Proximus".into()),
            ..Card::default()
        };
        let read = |file| content(&card, file);
        assert_eq!(read(0x2FE2).as_deref(), Some("982310000000000010F2"));
        assert_eq!(read(0x6F07).as_deref(), Some("082960100000000031"));
        assert_eq!(read(0x6F46).as_deref(), Some("0150726F78696D7573FFFFFFFFFFFFFFFF"));
        assert_eq!(read(0x6F3E), None);
        assert_eq!(part("0102030405", 1, 2), Some("0203"));
        assert_eq!(part("0102030405", 1, 0), Some("02030405"));
        assert_eq!(part("0102030405", 4, 2), None);
    }
}
