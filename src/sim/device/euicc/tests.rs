//! A card of three profiles, octet for octet, and what the modem makes of it.

mod channels;
mod functions;

use super::super::tests::said;
use super::Device;
use crate::sim::catalog;

/// The fictitious card whose answers were checked against the ASN.1 of SGP.22.
const CARD: &str = r#"
eid = "89033023000000000000000000012394"
next-seq = 7
enabled = "8932020000000000010"
[[euicc.profile]]
iccid = "8932020000000000010"
aid = "A0000005591010FFFFFFFF8900001000"
nickname = "Maison"
provider = "Proximus"
name = "Pay&Go"
icon = 700
owner = "20601"
imsi = "206010000000013"
network = { plmn = "20601", name = "Proximus", creg = 1, cereg = 1, act = 7 }
code = [{ ask = "*100#", text = "Maison" }]
[[euicc.profile]]
iccid = "8932100000000000021"
aid = "A0000005591010FFFFFFFF8900001100"
provider = "Orange Belgium"
name = "Prepaid"
owner = "20610"
imsi = "206100000000027"
network = { plmn = "20610", name = "Orange B", creg = 1, cereg = 1, act = 7 }
code = [{ ask = "*100#", text = "Orange" }]
[[euicc.profile]]
iccid = "8933010000000000036"
aid = "A0000005591010FFFFFFFF8900001200"
nickname = "Voyage"
provider = "Travel Test"
name = "Europe 5 GB"
owner = "20801"
imsi = "208010000000039"
pin = "1234"
network = { plmn = "20610", name = "Orange B", creg = 5, cereg = 5, act = 7 }
"#;

/// With rows for the card and for the modem's way with it.
fn card(euicc: &str, apdu: &str) -> Device {
    let rows = format!("base = [\"_stick\"]\n[apdu]\n{apdu}\n[euicc]\n{euicc}{CARD}");
    let scenario = catalog::from_text("x.toml", &rows);
    Device::new(scenario.unwrap_or_else(|error| panic!("{error}\n{rows}")))
}

/// Answers of more than 40 octets wait for GET RESPONSE.
const WAITS: &str = "chunk = 256\nwhole = 40";

/// A conversation, without the line ends.
fn talk(device: &mut Device, lines: &[(&str, &str)]) {
    for (line, expected) in lines {
        let said = said(device, line);
        let said = said.trim().replace("\r\n\r\n", "|").replace("\r\n", "|");
        assert_eq!(said, *expected, "{line}");
    }
}

const OPEN: (&str, &str) = ("AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"", "+CCHO: 1|OK");

/// The answer to a request on channel 1, both DER.
fn ask(device: &mut Device, request: &str) -> String {
    let command = format!("81E29100{:02X}{request}00", request.len() / 2);
    let said = said(device, &format!("AT+CGLA=1,{},\"{command}\"", command.len()));
    said.split('"').nth(1).unwrap_or(&said).to_owned()
}

#[track_caller]
fn answers(device: &mut Device, rows: &[(&str, &str)]) {
    talk(device, &[OPEN]);
    for (request, answer) in rows {
        assert_eq!(ask(device, request), *answer, "{request}");
    }
}

#[test]
fn a_session_goes_octet_for_octet() {
    talk(
        &mut card(WAITS, "is-bare = true"),
        &[
            (OPEN.0, "1|OK"),
            (
                "AT+CGLA=1,24,\"81E2910006BF3E035C015A00\"",
                "+CGLA: 46,\"BF3E125A10890330230000000000000000000123949000\"|OK",
            ),
            ("AT+CGLA=1,42,\"81E291000FBF2D0C5C0A5A4F9F709091929599B700\"", "+CGLA: 4,\"61E6\"|OK"),
            (
                "AT+CGLA=1,10,\"81C00000E6\"",
                "+CGLA: 464,\"BF2D81E2A081DFE3465A0A982320000000000010F04F10A0000005591010FFFFFFFF89000010009F70010190064D6169736F6E910850726F78696D7573920650617926476F950102B705800302F610E3455A0A982301000000000020F14F10A0000005591010FFFFFFFF89000011009F700100910E4F72616E67652042656C6769756D920750726570616964950102B705800302F601E34E5A0A983310000000000030F64F10A0000005591010FFFFFFFF89000012009F7001009006566F79616765910B54726176656C2054657374920B4575726F70652035204742950102B705800302F8109000\"|OK",
            ),
            ("AT+CCHC=1", "OK"),
        ],
    );
}

#[test]
fn a_switch_goes_octet_for_octet_and_leaves_two_notifications() {
    let mut device = card(WAITS, "refresh = \"ignores\"");
    talk(
        &mut device,
        &[
            OPEN,
            (
                "AT+CGLA=1,64,\"81E291001ABF3117A0124F10A0000005591010FFFFFFFF890000110081010000\"",
                "+CGLA: 16,\"BF31038001009000\"|OK",
            ),
            (
                "AT+CGLA=1,66,\"81E291001BBF29185A0A982301000000000020F1900A5072C3A9706179C3A96500\"",
                "+CGLA: 16,\"BF29038001009000\"|OK",
            ),
            ("AT+CGLA=1,18,\"81E2910003BF280000\"", "+CGLA: 4,\"6157\"|OK"),
            (
                "AT+CGLA=1,10,\"01C0000057\"",
                "+CGLA: 178,\"BF2854A052BF2F26800107810205200C11736D64702E6578616D706C652E746573745A0A982320000000000010F0BF2F26800108810206400C11736D64702E6578616D706C652E746573745A0A982301000000000020F19000\"|OK",
            ),
        ],
    );
}

/// EnableProfile of the second profile by its ICCID, with a refresh and without.
const ENABLE: &str = "AT+CGLA=1,52,\"81E2910014BF3111A00C5A0A982301000000000020F18101FF00\"";
const ENABLE_ONLY: &str = "AT+CGLA=1,52,\"81E2910014BF3111A00C5A0A982301000000000020F181010000\"";

const BEFORE: &str = "206010000000013|+CCID: 8932020000000000010|OK";
const AFTER: &str = "206100000000027|+CCID: 8932100000000000021|OK";

#[test]
fn the_modem_sees_a_switch_once_it_is_reset() {
    let mut device = card("", "");
    talk(
        &mut device,
        &[
            OPEN,
            (ENABLE_ONLY, "+CGLA: 16,\"BF31038001009000\"|OK"),
            ("AT+CIMI;+CCID", BEFORE),
            ("AT+CUSD=1,\"*100#\"", "OK|+CUSD: 0,\"Maison\",15"),
            ("AT+CFUN=4;+CFUN=1", "OK"),
            ("AT+CIMI;+CCID", AFTER),
            ("AT+CUSD=1,\"*100#\"", "OK|+CUSD: 0,\"Orange\",15"),
            ("AT+CCHC=1", "ERROR"),
        ],
    );
}

#[test]
fn a_refresh_is_fetched_and_takes_the_channels_with_it() {
    talk(
        &mut card("", ""),
        &[
            OPEN,
            (ENABLE, "+CGLA: 16,\"BF3103800100910B\"|OK"),
            ("AT+CIMI;+CCID", AFTER),
            ("AT+CGLA=1,24,\"81E2910006BF3E035C015A00\"", "ERROR"),
            OPEN,
            (ENABLE, "+CGLA: 16,\"BF31038001029000\"|OK"),
        ],
    );
}

#[test]
fn a_pin_belongs_to_its_profile_and_a_reset_gives_no_try_back() {
    let mut device = card("", "");
    talk(
        &mut device,
        &[
            OPEN,
            (
                "AT+CGLA=1,52,\"81E2910014BF3111A00C5A0A983310000000000030F68101FF00\"",
                "+CGLA: 16,\"BF3103800100910B\"|OK",
            ),
            ("AT+CMEE=1;+CPIN?", "+CPIN: SIM PIN|OK"),
            ("AT+CEREG?", "+CEREG: 0,0|OK"),
            ("AT+CPIN=\"0000\"", "+CME ERROR: 16"),
            ("AT+CFUN=0;+CFUN=1", "OK"),
            ("AT+CPINR", "+CPINR: SIM PIN,2,3|+CPINR: SIM PUK,10,10|OK"),
            ("AT+CPIN=\"1234\"", "OK"),
            ("AT+CEREG?;+COPS=3,2;+COPS?", "+CEREG: 0,5|+COPS: 0,2,\"20610\",7|OK"),
            ("AT+CRSM=176,28486,0,0,17", "+CRSM: 106,130|OK"), // no SPN: not that of the modem's rows
        ],
    );
}

#[test]
fn messages_stay_with_their_profile() {
    let mut device = card("", "");
    let store = "AT+CMGF=1;+CNMI=2,1";
    talk(&mut device, &[(store, "OK"), OPEN]);
    let message = crate::sim::scenario::Message {
        from: "121".into(),
        text: "hello".into(),
        ..Default::default()
    };
    let _ = device.happen(super::Event::Message(message));
    assert!(said(&mut device, "AT+CMGR=1").contains("hello"));
    assert!(
        ask(&mut device, "BF3111A00C5A0A982301000000000020F18101FF").starts_with("BF3103800100")
    );
    assert!(!said(&mut device, "AT+CMGR=1").contains("hello"));
    talk(&mut device, &[OPEN]);
    assert!(
        ask(&mut device, "BF3111A00C5A0A982320000000000010F08101FF").starts_with("BF3103800100")
    );
    assert!(said(&mut device, "AT+CMGR=1").contains("hello"));
}

#[test]
fn each_modem_has_its_way() {
    let device = |name: &str| Device::new(catalog::scenario(name).unwrap());
    let of_second = |flag: &str| format!("BF3111A00C5A0A982301000000000020F18101{flag}");
    talk(
        &mut device("be-proximus"),
        &[(OPEN.0, "ERROR"), ("AT+CGLA=?", "ERROR"), ("AT+CCHC=1", "ERROR")],
    );
    assert!(!said(&mut device("be-proximus"), "AT+CLAC").contains("+CCHO"));
    assert!(said(&mut device("esim-travel"), "AT+CLAC").contains("+CCHO"));
    talk(&mut device("esim-m2m"), &[("AT+CIMI", "206010000000013|OK"), (OPEN.0, "ERROR")]);
    talk(&mut device("esim-none-enabled"), &[("AT+CMEE=1;+CPIN?", "+CME ERROR: 10"), OPEN]);
    talk(
        &mut device("esim-csim-only"),
        &[(OPEN.0, "ERROR"), ("AT+CSIM=10,\"0070000001\"", "+CSIM: 6,\"019000\"|OK")],
    );
    talk(&mut device("_esim-fm350"), &[(OPEN.0, "1|OK"), ("AT+CGLA=?", ""), ("AT+CSIM=?", "")]);
    talk(
        &mut device("_esim-em9191"),
        &[(OPEN.0, "+CME ERROR: Parameters error"), ("AT+CCHC=1", "ERROR")],
    );
    talk(
        &mut device("_esim-ik41"),
        &[
            (OPEN.0, "ERROR"),
            ("AT+CSIM=10,\"0070000001\"", "+CSIM: 6,\"019000\"|OK"),
            ("AT+CSIM=42,\"01A4040010A0000005591010FFFFFFFF8900000100\"", "+CSIM: 4,\"6881\"|OK"),
        ],
    );
    talk(&mut device("_esim-em061k"), &[(OPEN.0, "ERROR"), ("AT+CSIM=10,\"0070000001\"", "ERROR")]);
    for (name, flag, status, imsi) in [
        ("esim-travel", "FF", "00910B", "206100000000027"),
        ("_esim-eastcompeace", "FF", "7F9000", "206010000000013"),
        ("_esim-eg916q", "FF", "00910B", "206010000000013"),
        ("_esim-busy", "FF", "059000", "206010000000013"),
        ("_esim-forgets", "FF", "00910B", "206010000000013"),
        ("_esim-restarts", "FF", "00910B", "206100000000027"),
    ] {
        let mut device = device(name);
        talk(&mut device, &[OPEN]);
        let request = of_second(flag);
        let line = format!("AT+CGLA=1,{},\"81E2910014{request}00\"", 12 + request.len());
        assert!(said(&mut device, &line).starts_with("\r\n+CGLA: 4,\"61"), "{name}");
        let answer = said(&mut device, "AT+CGLA=1,10,\"81C0000006\"");
        assert!(answer.contains(&format!("BF31038001{status}\"")), "{name}: {answer}");
        assert_eq!(answer.ends_with("<away>"), name == "_esim-restarts", "{answer}");
        assert!(said(&mut device, "AT+CIMI").contains(imsi), "{name}");
    }
    let noisy = said(
        &mut device("_esim-noisy"),
        &format!("{};+CGLA=1,24,\"81E2910006BF3E035C015A00\"", OPEN.0),
    );
    assert!(noisy.contains("+CGLA: 4,6115\r\n\r\n+QIND: \"csq\",19,99\r\n"), "{noisy}");
}
