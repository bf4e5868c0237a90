//! Whole responses: what belongs together, what nobody asked for, and that nothing panics.

use proptest::prelude::*;

use super::*;

fn kinds(answer: &Answer) -> Vec<&'static str> {
    answer.items.iter().map(Item::kind).collect()
}

#[test]
#[rustfmt::skip]
fn what_was_said_and_what_nobody_asked_for() {
    let flood = "\r\n^RSSI:20\r\n\r\n^HCSQ:\"LTE\",48,35,86,14\r\n\r\n+CGREG: 5,\"0A1B\",\"00C0FFEE\"\r\n";
    for (response, request, kind, urcs, end) in [
        ("AT+CSQ\r\r\n+CSQ: 17,99\r\n\r\nOK\r\n",            None,                &["signal"][..],           &[][..],                         Some("OK")),
        ("at+csq\r\r\n+csq: 17,99\r\n\r\nOK\r\n",            Some("at+csq\r"),    &["signal"],               &[],                             Some("OK")),
        ("q\r\nthis is a line",                              Some("AT+CSQ"),      &["other"],                &[],                             None),
        (flood,                                              None,                &["signal", "registration"], &["^RSSI", "^HCSQ", "+CGREG"], None),
        ("^HCSQ:\"LTE\",48,35,86,14\r\nOK",                  Some("AT^HCSQ?"),    &["signal"],               &[],                             Some("OK")),
        ("+CREG: 5\r\n+CREG: 2,1,\"0A1B\",\"0C\",7\r\nOK",   Some("AT+CREG?"),    &["registration", "registration"], &["+CREG"],              Some("OK")),
        ("OK\r\n+CMTI: \"ME\",1\r\nDST: 0\r\nRING\r\n",      Some("AT"),          &[],                       &["+CMTI", "DST", "RING"],       Some("OK")),
        ("OK\r\n+CME ERROR: 258\r\n",                        Some("AT+CUSD=1"),   &["error"],                &[],                             Some("CME")),
        ("+CUSD: 4\r\nOK",                                   None,                &["cusd"],                 &[],                             Some("OK")),
        ("+CUSD: 0\r\nOK",                                   Some("AT+CUSD?"),    &["cusd-setting"],         &[],                             Some("OK")),
        ("+CUSD: (0-2)\r\nOK",                               Some("AT+CUSD=?"),   &["other"],                &[],                             Some("OK")),
        ("RDY\r\n+CFUN: 1\r\n+CPIN: READY\r\nCall Ready\r\n", Some("AT+CUSD=1"),   &["sim"],                  &["RDY", "+CFUN", "+CPIN", "Call Ready"], None),
        ("RDY\r\n+CPIN: SIM ERROR\r\n",                     None,                &["sim"],                  &["RDY", "+CPIN"],               None),
        ("+CPIN: READY\r\n",                                None,                &["sim"],                  &[],                             None),
        ("READY\r\nOK\r\n",                                 Some("AT+CPIN?"),    &["sim"],                  &[],                             Some("OK")),
        ("NO CARRIER\r\n",                                   None,                &["error"],                &[],                             Some("ERROR")),
        ("+CMS ERROR: 330\r\n",                              None,                &["error"],                &[],                             Some("CMS")),
        ("+CP READY\r\n\r\nOK\r\n\r\n+SPIC: 3,10,1,10\r\n",  None,                &["other", "retries"],     &[],                             Some("OK")),
        (" -->g03     +CUSD: 2,\"Saldo 5\r\n",               None,                &["cusd"],                 &[],                             None),
        ("[+CUSD] +CUSD: 1,\"AA180C3602\",15",               None,                &["cusd"],                 &[],                             None),
        ("OK+CUSD: 0,\"Saldo 5\",15",                        None,                &["cusd"],                 &[],                             Some("OK")),
        ("0123456789ABCDEF0123",                             None,                &["other"],                &[],                             None),
        ("+CMGR: 1,,25\r\n+CUSD: 4\r\n000405810350F60000621172010000400ED3309BFC06C564AC190DB42903\r\nOK", Some("AT+CMGR=1"), &["cusd", "sms"], &[], Some("OK")),
        ("AT+CMGS=25\r\r\n> \r\n+CMS ERROR: 500\r\n",         Some("AT+CMGS=25"),  &["error"],                &[],                             Some("CMS")),
        ("00530061006C0064006F00200035",                     None,                &["cusd"],                 &[],                             None),
        ("+CSCS: \"GSM\"\r\n\r\nOK\r\n",                     Some("AT+CSCS?"),    &["other"],                &[],                             Some("OK")),
    ] {
        let answer = decode(response.as_bytes(), None, request);
        assert_eq!(kinds(&answer), kind, "{response:?}");
        assert_eq!(answer.urcs, urcs, "{response:?}");
        assert_eq!(answer.final_name(), end, "{response:?}");
    }
}

#[test]
fn an_empty_text_is_a_text_and_a_missing_one_is_none() {
    for (response, text) in [("+CUSD: 0,\"\",15", Some("")), ("+CUSD: 0", None)] {
        let answer = decode(response.as_bytes(), None, None);
        let [Item::Cusd(reply)] = &answer.items[..] else { panic!() };
        assert_eq!((reply.text.as_deref(), reply.encoding), (text, None), "{response}");
    }
}

#[test]
fn a_reply_that_reflects_our_request_is_no_text() {
    let answer = decode(b"+CUSD: 5,\"*100#\",15", None, None);
    let [Item::Cusd(reply)] = &answer.items[..] else { panic!() };
    assert_eq!((reply.status, reply.text.as_deref(), reply.encoding), (Some(5), None, None));
    assert_eq!(reply.alternatives[0].text, "*100#");
}

#[test]
#[rustfmt::skip]
fn serving_cells_of_every_maker() {
    let lte = Some(Rat::Lte);
    for (response, request, rat, cell_id, tac, rsrp, rsrq, sinr) in [
        ("+QENG: \"servingcell\",\"NOCONN\",\"LTE\",\"FDD\",001,01,1A2B3C4,88,1300,3,5,5,0BFF,-95,-10,-65,12,38", None, lte, Some(0x1A2B3C4), Some(0xBFF), -95.0, -10.0, 12.0),
        ("+QENG: \"servingcell\",\"CONECT\",\"LTE\",\"FDD\",001,01,1A2B3C4,88,1300,3,5,5,0BFF,-95,-10,-65,160,38", None, lte, Some(0x1A2B3C4), Some(0xBFF), -95.0, -10.0, 12.0),
        ("+QENG: \"LTE\",\"FDD\",001,01,1A2B3C4,88,1300,3,5,5,BFF,-95,-10,-65,12,38,-",                          None, lte, Some(0x1A2B3C4), Some(0xBFF), -95.0, -10.0, 12.0),
        ("+QENG: \"NR5G-NSA\",001,01,242,-102,19,-11,431070,1,3,0",                                                None, Some(Rat::Nr), None, None, -102.0, -11.0, 19.0),
        ("+MENG: \"servingcell\",1,\"LTE\",1,001,01,1A2B3C4,88,1300,3,5,5,BFF,-95,-10.5,-65,12,9",                 None, lte, Some(0x1A2B3C4), Some(0xBFF), -95.0, -10.5, 12.0),
        ("+CPSI: LTE,Online,001-01,0x0BFF,27440068,88,EUTRAN-BAND3,1300,5,5,-105,-950,-650,12",                     None, lte, Some(27_440_068), Some(0xBFF), -95.0, -10.5, 12.0),
        ("+CPSI: LTE,Online,001-01,0x0BFF,27440068,88,EUTRAN-BAND3,1300,5,5,19,46,43,12",                           None, lte, Some(27_440_068), Some(0xBFF), -95.0, -10.5, 12.0),
        ("+CPSI: LTE CAT-M1,Online,001-01,0x0BFF,-294967296,88,EUTRAN-BAND3,1300,5,5,-10,-95,-65,12",              None, Some(Rat::LteM), Some(4_000_000_000), Some(0xBFF), -95.0, -10.0, 12.0),
        ("^MONSC: NR,001,01,504990,1,1A2B3C4,88,BFF,-95,-10,12",                                                    None, Some(Rat::Nr), Some(0x1A2B3C4), Some(0xBFF), -95.0, -10.0, 12.0),
        ("+GTCCINFO:\r\n1,4,1,1,0BFF,001A2B3C4,1300,88,103,100,24,46,46,20\r\n\r\nOK",                             Some("AT+GTCCINFO?"), lte, Some(0x1A2B3C4), Some(0xBFF), -95.0, -10.0, 12.0),
        ("+UCGED: 2\r\n6,4,001,01\r\n1300,3,50,50,0bff,1a2b3c4,88,0,0,0,46,20,12.00,1,255",                        Some("AT+UCGED?"), lte, Some(0x1A2B3C4), Some(0xBFF), -95.0, -10.0, 12.0),
    ] {
        let answer = decode(response.as_bytes(), None, request);
        let (mut cells, mut signals) = (Vec::new(), Vec::new());
        for item in answer.items {
            match item {
                Item::Cell(cell) => cells.push(cell),
                Item::Signal(signal) => signals.push(signal),
                other => panic!("{response}: {other:?}"),
            }
        }
        let ([cell], [signal]) = (&cells[..], &signals[..]) else { panic!("{response}") };
        assert_eq!((cell.rat, cell.cell_id, cell.tac), (rat, cell_id, tac), "{response}");
        let levels = [signal.rsrp_dbm, signal.rsrq_db, signal.sinr_db];
        assert_eq!(levels.map(|level| level.unwrap().value()), [rsrp, rsrq, sinr], "{response}");
    }
}

#[test]
#[rustfmt::skip]
fn other_technologies_and_reports() {
    for (response, request, expected) in [
        ("+CPSI: WCDMA,Online,001-01,0xA809,11122855,WCDMA IMT 2000,279,10663,0,1.5,62,33,52,500", None, Signal::of(Some(Rat::Umts)).ecio(Level::plain(-1.5)).rscp(Level::plain(-62.0))),
        ("+CPSI: WCDMA,Online,001-01,0xA809,1,WCDMA IMT 2000,437,10687,0,-3,-83,-32768,-83,-15",   None, Signal::of(Some(Rat::Umts)).ecio(Level::plain(-3.0)).rscp(Level::plain(-83.0))),
        ("+CPSI: GSM,Online,001-01,0x1816,12345,81 PGSM 900,-64,2110,42-42",                       None, Signal::of(Some(Rat::Gsm)).rssi(Level::plain(-64.0))),
        ("+QENG: \"servingcell\",\"NOCONN\",\"WCDMA\",001,01,1A2B,1A2B3C4,10713,88,1,-80,-5",      None, Signal::of(Some(Rat::Umts)).rscp(Level::plain(-80.0)).ecio(Level::plain(-5.0))),
        ("+QENG: \"servingcell\",\"NOCONN\",\"GSM\",001,01,5504,2B4D,59,103,0,-59,255",            None, Signal::of(Some(Rat::Gsm)).rssi(Level::plain(-59.0))),
        ("+QENG: \"neighbourcell intra\",\"LTE\",1300,155,-13,-99,-70,8,-4",                       None, Signal::of(Some(Rat::Lte)).rsrp(Level::plain(-99.0)).rsrq(Level::plain(-13.0)).rssi(Level::plain(-70.0)).sinr(Level::plain(8.0))),
        ("+MENG: \"neighbourcell intra\",\"LTE\",1300,155,-99,-13,-,-,-5",                         None, Signal::of(Some(Rat::Lte)).rsrp(Level::plain(-99.0)).rsrq(Level::plain(-13.0))),
        ("#RFSTS: \"001 01\",6300,-92,-63,-11,1A2B,255,-5,128,19,0,1A2B3C4,\"001010000000010\",\"x\",3,20", None, Signal::of(Some(Rat::Lte)).rsrp(Level::plain(-92.0)).rssi(Level::plain(-63.0)).rsrq(Level::plain(-11.0))),
        ("#RFSTS: ,1001,-77,00DE,01,5,19,10,2,9878,\"001010000000010\",\"\",0,2",                  None, Signal::of(Some(Rat::Gsm)).rssi(Level::plain(-77.0))),
        ("#SERVINFO: 6300,-61,\"Example\",\"00101\",\"01FF\",\"0D10\",64,3,-89",                   None, Signal::of(Some(Rat::Lte)).rssi(Level::plain(-61.0)).rsrp(Level::plain(-89.0))),
        ("+ZRSSI: 75,12,180",                                                                       None, Signal::of(Some(Rat::Umts)).rssi(Level::plain(-75.0)).ecio(Level::plain(-6.0)).rscp(Level::plain(-90.0))),
        ("+ZRSSI: 75,1000,1000",                                                                    None, Signal::of(Some(Rat::Umts)).rssi(Level::plain(-75.0))),
        ("+QCSQ: \"LTE\",66,94,140,9",                                                              None, Signal::of(Some(Rat::Lte)).rssi(Level::plain(-66.0)).rsrp(Level::plain(-94.0)).sinr(Level::plain(8.0)).rsrq(Level::plain(-9.0))),
        ("^HCSQ: 2,0,\"WCDMA\",40,39,50",                                                           None, Signal::of(Some(Rat::Umts)).rssi(Level::plain(-81.0)).rscp(Level::plain(-82.0)).ecio(Level::plain(-7.5))),
        ("^HCSQ:\"NOSERVICE\"",                                                                     None, Signal::default()),
        ("+QRSRP: -95,-98,-140,-32768,LTE",                                                         None, Signal::of(Some(Rat::Lte)).rsrp(Level::plain(-95.0))),
        ("+CSQ: 99,99",                                                                             None, Signal::default()),
        ("+CSQ: 145,99",                                                                            None, Signal::default().rssi(Level::plain(-71.0))),
        ("+CESQ: 99,99,255,255,255,255,60,70,60",                                                   None, Signal::of(Some(Rat::Nr)).rsrq(Level::plain(-13.5)).rsrp(Level::plain(-87.0)).sinr(Level::plain(6.5))),
        ("+XCESQ: 0,99,99,255,255,20,46,-8",                                                        None, Signal::of(Some(Rat::Lte)).rsrq(Level::plain(-10.0)).rsrp(Level::plain(-95.0)).sinr(Level::plain(-4.0))),
        ("!GSTATUS: \r\nCurrent Time:  22016\t\tTemperature: 40\r\nSystem mode:   LTE        \tPS state:    Attached\r\nLTE band:      B2     \t\tLTE bw:      20 MHz\r\nLTE Scell bw:10 MHz  \tLTE Scell chan:5110\r\nPCC RxM RSSI:  -45\t\tRSRP (dBm):  -81\r\nPCC RxD RSSI:  -50\t\tRSRP (dBm):  -90\r\nSINR (dB):  9.4", Some("AT!GSTATUS?"), Signal::of(Some(Rat::Lte)).rssi(Level::plain(-45.0)).rsrp(Level::plain(-81.0)).sinr(Level::plain(9.4))),
        ("RAT:LTE\r\nmcc:001,mnc:01\r\nlte_cell_id:1234\r\nlre_tac:9200\r\npcell: lte_band:3 lte_band_width:20.0MHz\r\nchannel:1300 pci:123\r\nlte_rsrp:-96.2dBm,lte_rsrq:-8.4dB\r\nlte_rssi:-66.0dBm,lte_snr:11.2dB\r\nOK", Some("AT^DEBUG?"), Signal::of(Some(Rat::Lte)).rssi(Level::plain(-66.0)).rsrp(Level::plain(-96.2)).rsrq(Level::plain(-8.4)).sinr(Level::plain(11.2))),
    ] {
        let answer = decode(response.as_bytes(), None, request);
        let signals: Vec<_> = answer.items.iter().filter(|item| item.kind() == "signal").collect();
        assert_eq!(signals, [&Item::Signal(expected)], "{response}");
    }
}

/// Lines of every kind, to cut and to spoil.
#[rustfmt::skip]
const SHAPES: &[&str] = &[
    "AT+CUSD=1,\"*100#\",15\r\r\nOK\r\n\r\n+CUSD: 0,\"00530061006C0064006F\",72\r\n",
    "+CUSD: 0,\"Plan \"XL\"\r\n5,00\",15\r\n+CREG: 2,5,\"0A1B\",\"00C0FFEE\",7\r\n+CME ERROR: 100\r\n",
    "+COPS: (2,\"A\",\"a\",\"00101\",7),(3,\"B\",,\"001012\",0),,(0,1,3,4),(0-2)\r\nOK\r\n",
    "+COPS: 0,0,\"004500780061006D0070006C0065\",7\r\n+CNUM: \"me\",\"+32470123456\",145\r\n",
    "+QENG: \"servingcell\",\"NOCONN\",\"LTE\",\"FDD\",001,01,1A2B3C4,88,1300,3,5,5,0BFF,-95,-10,-65,12,38\r\n",
    "+CPSI: LTE,Online,001-01,0x0BFF,-27440068,88,EUTRAN-BAND3,1300,5,5,-105,-950,-650,12\r\n+CESQ: 10,6,255,255,20,46\r\n",
    "+GTCCINFO:\r\n1,4,1,1,0BFF,001A2B3C4,1300,88,103,100,24,46,46,20\r\n\r\n+UCGED: 2\r\n6,4,001,01\r\n1300,3,50\r\n",
    "!GSTATUS: \r\nCurrent Time:  22016\t\tTemperature: 40\r\nLTE band:      B2\r\n#RFSTS: \"001 01\",6300,-92,-63,-11\r\n",
    "+CMGL: 4,1,,25\r\n000405810350F60000621172010000400ED3309BFC06C564AC190DB42903\r\n+CMGR: \"REC READ\",\"1\",,\"26/11/27,10:00:00+04\"\r\nx\r\n",
    "^CPIN: READY,,10,3,9,2\r\n+CRSM: 144,0,\"014578616D706C65FFFFFFFFFFFFFFFFFF\"\r\n+CGLA: 4,\"9000\"\r\n^CHIPTEMP: 336,65535\r\n",
];

#[test]
fn every_prefix_of_every_shape_gives_some_answer() {
    for shape in SHAPES {
        for cut in 0..=shape.len() {
            let answer = decode(&shape.as_bytes()[..cut], None, None);
            assert!(
                answer.items.len() <= 1 + shape[..cut].lines().count() * 2,
                "{shape:?} at {cut}"
            );
        }
    }
}

proptest! {
    #[test]
    fn any_octets_give_some_answer(response: Vec<u8>, cscs: Option<String>, request: Option<String>) {
        let _ = decode(&response, cscs.as_deref(), request.as_deref()).masked();
    }

    #[test]
    fn a_spoilt_shape_gives_some_answer(
        shape in prop::sample::select(SHAPES),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        request in prop::option::of(prop::sample::select(vec!["AT+CREG?", "AT^DEBUG?", "ATI", "AT+CCID", "AT+CUSD?"])),
    ) {
        let mut octets = shape.as_bytes().to_vec();
        for (place, octet) in places {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        let _ = decode(&octets, Some("GSM"), request).masked();
    }
}

#[test]
fn in_a_log_each_echo_is_the_command_of_what_follows() {
    let log = b"AT+CSQ\r\r\n+CSQ: 17,99\r\n\r\nOK\r\nAT+CREG?\r\r\n+CREG: 0,1\r\n\r\nOK\r\n";
    let answer = decode(log, None, None);
    let kinds: Vec<_> = answer.items.iter().map(Item::kind).collect();
    assert_eq!((kinds, answer.urcs), (vec!["signal", "registration"], vec![]));
}
