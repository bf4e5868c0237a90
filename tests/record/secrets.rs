//! Invented people on the line, in every place and coding where a modem names one; then their recording.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use saldo::transcript::{Mark, Recorder, read, redacted};
use saldo::{gsm7, hex, ucs2};

/// Who is on the line. No digit that is secret is a zero, which masked ones are.
#[derive(Clone, Debug)]
struct Person {
    /// 15 digits; the first five name the network.
    imsi: String,
    /// 15 digits; the first eight name the model.
    imei: String,
    /// 19 digits; the first six name the issuer.
    iccid: String,
    /// 32 digits; the first eight name the maker.
    eid: String,
    /// With its country.
    number: String,
    pin: String,
    voucher: String,
}

impl Person {
    /// What must not be found, as digits. Check digits differ by chance, so they are left out.
    fn secrets(&self) -> Vec<String> {
        let inner = |digits: &str, kept: usize| digits[kept..digits.len() - 1].to_owned();
        vec![
            self.imsi[5..].to_owned(),
            inner(&self.imei, 8),
            inner(&self.iccid, 6),
            self.eid[8..].to_owned(),
            self.number[3..].to_owned(),
            self.voucher.clone(),
        ]
    }
}

fn digits(length: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(1..=9_u8, length)
        .prop_map(|digits| digits.into_iter().map(|digit| char::from(b'0' + digit)).collect())
}

prop_compose! {
    fn people()(
        imsi in digits(10), imei in digits(6), iccid in digits(12), eid in digits(24),
        number in digits(9), pin in digits(4), voucher in digits(14),
    ) -> Person {
        Person {
            imsi: format!("20601{imsi}"),
            imei: checked(&format!("86182100{imei}")),
            iccid: checked(&format!("893201{iccid}")),
            eid: format!("89049032{eid}"),
            number: format!("+32{number}"),
            pin,
            voucher,
        }
    }
}

/// With its check digit (ISO/IEC 7812-1 annex B).
fn checked(digits: &str) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .zip([2, 1].into_iter().cycle())
        .map(|(digit, weight)| {
            let weighed = u32::from(digit - b'0') * weight;
            weighed / 10 + weighed % 10
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Digits as the SIM stores them: low nibble first, filled up with F.
fn swapped(digits: &str) -> String {
    let mut digits = digits.to_owned();
    if digits.len() % 2 == 1 {
        digits.push('F');
    }
    digits.as_bytes().chunks(2).flat_map(|pair| [pair[1], pair[0]]).map(char::from).collect()
}

fn wide(text: &str) -> String {
    hex::digits(&ucs2::octets_from_text(text))
}

fn packed(text: &str) -> String {
    hex::digits(&gsm7::ussd_from_text(text).unwrap())
}

/// A PDU behind its service centre: `head` up to the DCS and what follows it, the text in one coding.
fn message(head: &str, dcs: &str, behind: &str, text: &[u8], length: usize) -> String {
    format!("07912300000000F0{head}{dcs}{behind}{length:02X}{}", hex::digits(text))
}

/// Commands and what the modem says to them.
fn exchanges(person: &Person) -> Vec<(Vec<u8>, Vec<u8>)> {
    let Person { imsi, imei, iccid, eid, number, pin, voucher } = person;
    let international = &number[1..];
    let text = format!("Nr {number}, tot 31.12.2026");
    let address = format!("0B91{}", swapped(international));
    let time = "62112201000000";
    let septets = gsm7::septets_from_text(&text, gsm7::Shift::default()).unwrap();
    let in_septets =
        message(&format!("04{address}00"), "00", time, &gsm7::pack(&septets, 0), septets.len());
    let part = [&[5, 0, 3, 9, 2, 1][..], &gsm7::pack(&septets, 1)].concat();
    let in_part = message(&format!("44{address}00"), "00", time, &part, septets.len() + 7);
    let units = ucs2::octets_from_text(&text);
    let in_units = message(&format!("04{address}00"), "08", time, &units, units.len());
    let lying = message(&format!("04{address}00"), "F9", time, &units, units.len());
    let in_octets = message(&format!("04{address}00"), "04", time, text.as_bytes(), text.len());
    let sent =
        message(&format!("1107{address}00"), "00", "AA", &gsm7::pack(&septets, 0), septets.len());
    let report = format!("07912300000000F00607{address}{time}{time}00");
    let raw = [b"\r\n+CUSD: 0,\"", &units[..], b"\",72\r\n"].concat();
    let raw_packed =
        [b"\r\n+CUSD: 0,\"", &gsm7::ussd_from_text(&text).unwrap()[..], b"\",15\r\n"].concat();
    let spaced = format!("{} {} {}", &number[..6], &number[6..9], &number[9..]);
    let apdu = swapped(iccid);
    let pin_octets = hex::digits(pin.as_bytes());

    let mut all: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let mut say = |command: String, said: String| {
        all.push((command.into_bytes(), format!("\r\n{said}\r\n\r\nOK\r\n").into_bytes()));
    };
    say("AT+CIMI".into(), imsi.clone());
    say("AT+CIMI".into(), format!("+CIMI: \"{imsi}\""));
    say("AT+CGSN".into(), imei.clone());
    say("AT+CGSN=1".into(), format!("+CGSN: \"{imei}\""));
    say("ATI".into(), format!("Manufacturer: X\r\nIMEI: {imei}"));
    say("AT+CCID".into(), format!("+CCID: \"{iccid}\""));
    say("AT^ICCID?".into(), format!("^ICCID: {apdu}"));
    say("AT+CRSM=176,12258,0,0,10".into(), format!("+CRSM: 144,0,\"{apdu}\""));
    say(
        "AT+CRSM=176,28423,0,0,9".into(),
        format!("+CRSM: 144,0,\"08{}\"", swapped(&format!("9{imsi}"))),
    );
    say(
        "AT+CSIM=10,\"00B0000009\"".into(),
        format!("+CSIM: 22,\"08{}9000\"", swapped(&format!("9{imsi}"))),
    );
    say("AT+CSIM=10,\"00B000000A\"".into(), format!("+CSIM: 24,\"{apdu}9000\""));
    say(
        "AT+CRSM=178,28480,1,4,28".into(),
        format!("+CRSM: 144,0,\"FFFFFFFF0791{}FFFFFFFFFFFF\"", swapped(international)),
    );
    say(
        "AT#RFSTS".into(),
        format!(
            "#RFSTS: \"206 01\",6400,-99,-70,-13,94D0,FF,,128,19,0,\"0501D02\",\"{imsi}\",\"X\",3,20"
        ),
    );
    say("AT+CGLA=1,10,\"81E2910003BF2D00\"".into(), format!("+CGLA: 40,\"E30C5A0A{apdu}9000\""));
    say(
        "AT+CGLA=1,10,\"81E2910006BF3E035C015A\"".into(),
        format!("+CGLA: 42,\"BF3E125A10{eid}9000\""),
    );
    say("AT+CNUM".into(), format!("+CNUM: \"\",\"{number}\",145"));
    say("AT+CNUM".into(), format!("+CNUM: \"\",\"{}\",145", wide(number)));
    say("AT+CPBR=1".into(), format!("+CPBR: 1,\"{international}\",145,\"X\""));
    say(format!("AT+CPIN=\"{pin}\""), "+CPIN: READY".into());
    say(format!("AT+CMEE=1;+CPIN={pin}"), "+CPIN: READY".into());
    say(format!("AT+CLCK=\"SC\",1,\"{pin}\""), String::new());
    say(format!("AT+CPWD=\"SC\",\"{pin}\",\"{pin}\""), String::new());
    say(format!("AT+CSIM=26,\"0020000108{pin_octets}FFFFFFFF\""), "+CSIM: 4,\"9000\"".into());
    say(
        format!("AT+CGLA=1,26,\"012C000110{pin_octets}FFFFFFFF{pin_octets}FFFFFFFF\""),
        "+CGLA: 4,\"9000\"".into(),
    );
    say(format!("AT+CUSD=1,\"**05*{voucher}*{pin}*{pin}#\",15"), String::new());
    say(format!("AT+CUSD=1,\"*121*{voucher}#\",15"), format!("+CUSD: 0,\"{text}\",15"));
    say(
        format!("AT+CUSD=1,\"{}\",15", wide(&format!("*121*{voucher}#"))),
        format!("+CUSD: 0,\"{}\",72", wide(&text)),
    );
    say(
        format!("AT+CUSD=1,\"{}\",15", packed(&format!("*121*{voucher}#"))),
        format!("+CUSD: 0,\"{}\",15", packed(&text)),
    );
    say(
        format!("AT+CUSD=1,\"{}\",15", hex::digits(format!("*121*{voucher}#").as_bytes())),
        format!("+CUSD: 0,\"{}\"", hex::digits(text.as_bytes()).to_lowercase()),
    );
    say("AT".into(), format!("+CUSD: 0,\"{}\",72", wide(&format!("หมายเลข {number} ของคุณ"))));
    say(
        "AT".into(),
        format!("+CUSD: 0,\"{}\",15", packed(&format!("ΔΦΓΛΩΠΨΣΘΞΔΦΓΛΩΠΨΣΘΞΔΦΓΛΩ{number}"))),
    );
    say("AT".into(), format!("+CUSD: 0,\"bel {spaced}\r\n^RSSI:12\r\nof {international}\",15"));
    say("AT+CMGF=0".into(), String::new());
    for (pdu, stat) in
        [(&in_septets, 1), (&in_part, 1), (&in_units, 0), (&lying, 1), (&in_octets, 1), (&sent, 3)]
    {
        say("AT+CMGL=4".into(), format!("+CMGL: 1,{stat},\"\",{}\r\n{pdu}", pdu.len() / 2 - 8));
        say("AT+CMGR=1".into(), format!("+CMGR: {stat},,27\r\n^RSSI:12\r\n{pdu}"));
        say("AT".into(), format!("+CMT: ,27\r\n{}", pdu.to_lowercase()));
    }
    say("AT".into(), format!("+CDS: 25\r\n{report}"));
    say("AT+CMGF=1".into(), String::new());
    say(
        "AT+CMGL=\"ALL\"".into(),
        format!("+CMGL: 1,\"REC READ\",\"{number}\",,\"26/11/27,10:00:00+04\"\r\n{text}"),
    );
    say(
        "AT".into(),
        format!("+CMT: \"{}\",,\"26/11/27,10:00:00+04\"\r\n{}", wide(number), wide(&text)),
    );
    say("AT".into(), format!("RING\r\n\r\n+CLIP: \"{number}\",145,,,\"X\""));
    all.push((b"AT".to_vec(), raw));
    all.push((b"AT".to_vec(), raw_packed));
    all.push((b"AT+CMGS=34".to_vec(), b"\r\n> ".to_vec()));
    all.push((
        format!("00{}\x1A", &sent[16..]).into_bytes(),
        b"\r\n+CMGS: 1\r\n\r\nOK\r\n".to_vec(),
    ));
    all.push((format!("AT+CMGS=\"{number}\"").into_bytes(), b"\r\n> ".to_vec()));
    all.push((format!("{text}\x1A").into_bytes(), b"\r\n+CMGS: 1\r\n\r\nOK\r\n".to_vec()));
    all
}

/// Records the exchanges; the modem echoes every second command, and its octets come in pieces.
fn recorded(exchanges: &[(Vec<u8>, Vec<u8>)], piece: usize) -> String {
    let (mut recorder, mut now) = (Recorder::default(), Instant::now());
    for (place, (command, said)) in exchanges.iter().enumerate() {
        let end: &[u8] = if command.ends_with(b"\x1A") { b"" } else { b"\r" };
        recorder.sent(now, &[command, end].concat());
        let echo = if place % 2 == 0 { [command, end].concat() } else { Vec::new() };
        for piece in [echo, said.clone()].concat().chunks(piece) {
            now += Duration::from_millis(3);
            recorder.received(now, piece);
        }
        now += Duration::from_millis(900);
    }
    redacted(&recorder.transcript(Vec::new())).to_string()
}

/// Octets in every way that somebody could read them.
fn readings(octets: &[u8]) -> Vec<String> {
    let line = String::from_utf8_lossy(octets);
    let mut readings = vec![line.to_string()];
    let mut octets_of = vec![octets.to_vec()];
    for word in line.split(|c: char| !c.is_ascii_hexdigit()).filter(|word| word.len() >= 8) {
        readings.push(swapped(word));
        octets_of.extend((0..2).filter_map(|start| {
            let word = &word[start..];
            hex::octets(&word.as_bytes()[..word.len() / 2 * 2])
        }));
    }
    for octets in octets_of {
        readings.push(
            octets.iter().filter(|octet| **octet > 6).map(|octet| char::from(*octet)).collect(),
        );
        for start in 0..octets.len().min(40) {
            for fill in 0..7 {
                let septets = gsm7::unpack(&octets[start..], usize::MAX, fill);
                readings.push(septets.into_iter().map(char::from).collect());
            }
        }
    }
    readings
}

/// The first secret that octets hold in any reading.
fn found<'a>(octets: &[u8], secrets: &'a [String]) -> Option<&'a String> {
    readings(octets).iter().find_map(|reading| {
        let plain: String = reading.chars().filter(|c| !" \"".contains(*c)).collect();
        secrets.iter().find(|secret| plain.contains(secret.as_str()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]
    #[test]
    fn a_recording_holds_nobodys_numbers_in_any_coding(person in people(), piece in 1..200_usize) {
        let recording = recorded(&exchanges(&person), piece);
        let secrets = person.secrets();
        for step in read("x.at", &recording).unwrap().steps {
            let (Mark::Command(octets) | Mark::Line(octets) | Mark::Bytes(octets)) = step.mark else { continue };
            let line = octets.escape_ascii().to_string();
            prop_assert_eq!(found(&octets, &secrets), None, "{}", line);
            let takes_pins = ["+CPIN=", "+CLCK=", "+CPWD=", "+CSIM=26", "+CGLA=1,26", "**05*"];
            if takes_pins.iter().any(|name| line.contains(name)) {
                prop_assert!(!line.contains(&person.pin), "{}", line);
                prop_assert!(!line.contains(&hex::digits(person.pin.as_bytes())), "{}", line);
            }
        }
    }
}

#[test]
fn what_is_looked_for_would_be_found() {
    let person = somebody();
    let secrets = [&person.secrets()[..], std::slice::from_ref(&person.pin)].concat();
    for (command, said) in exchanges(&person) {
        let plain = [b"AT", &b"AT+CMGF=0"[..], b"AT+CMGF=1", b"AT+CMGS=34"].contains(&&command[..]);
        let both = [command, said];
        let is_there = both.iter().any(|octets| found(octets, &secrets).is_some());
        assert!(plain || is_there, "{}", both.concat().escape_ascii());
    }
}

fn somebody() -> Person {
    Person {
        imsi: "206011234567891".into(),
        imei: checked("86182100123456"),
        iccid: checked("893201123456789123"),
        eid: "89049032123451234512345678912345".into(),
        number: "+32471234567".into(),
        pin: "1234".into(),
        voucher: "12345678912345".into(),
    }
}

#[test]
fn masked_identities_keep_their_check_digits_and_a_sent_message_its_answer() {
    let person = somebody();
    let recording = recorded(&exchanges(&person), 64);
    let imei = checked("86182100000000");
    let iccid = checked("893201000000000000");
    for expected in [
        format!("< {imei}\n"),
        format!("< +CCID: \"{iccid}\"\n"),
        "< 206010000000000\n".into(),
        "< +CMGS: 1\n".into(),
        "< +CUSD: 0,\"Nr +32000000000, tot 31.12.2026\",15\n".into(),
    ] {
        assert!(recording.contains(&expected), "{expected} in {recording}");
    }
}
