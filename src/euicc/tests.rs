//! Octets of one fictitious card, as SGP.22 has them: every request and every answer.

use super::request::{self, Identifier, Nickname};
use super::tlv::{find, write};
use super::*;
use crate::hex::{digits, octets};
use crate::ids::Iccid;

const EID: &str = "BF3E125A1089033023000000000000000000012394";

const PROFILES: &str = "BF2D81E2A081DFE3465A0A982320000000000010F04F10A0000005591010FFFFFFFF89000010009F70010190064D6169736F6E910850726F78696D7573920650617926476F950102B705800302F610E3455A0A982301000000000020F14F10A0000005591010FFFFFFFF89000011009F700100910E4F72616E67652042656C6769756D920750726570616964950102B705800302F601E34E5A0A983310000000000030F64F10A0000005591010FFFFFFFF89000012009F7001009006566F79616765910B54726176656C2054657374920B4575726F70652035204742950102B705800302F810";

const INFO: &str = "BF2270810302030182030202008303040600840D81010082040004724D8302175A8504067F36C088020490A916041481370F5125D0B1D408D4C3B232E6D25E795BEBFBAA16041481370F5125D0B1D408D4C3B232E6D25E795BEBFB990206C004030000010C0D45582D414D2D55502D30303030";

const NOTIFICATIONS: &str = "BF2854A052BF2F26800107810205200C11736D64702E6578616D706C652E746573745A0A982320000000000010F0BF2F26800108810206400C11736D64702E6578616D706C652E746573745A0A982301000000000020F1";

/// Every answer, for what must hold of all of them.
const ANSWERS: &[&str] = &[
    EID,
    PROFILES,
    INFO,
    NOTIFICATIONS,
    "BF3103800100",
    "BF3103800101",
    "BF3103800102",
    "BF3103800103",
    "BF3103800104",
    "BF3103800105",
    "BF310380017F",
    "BF3203800100",
    "BF2903800100",
    "BF2B03810101",
];

fn answer(text: &str) -> Vec<u8> {
    octets(text.as_bytes()).unwrap()
}

fn iccid(text: &str) -> Iccid {
    Iccid::parse(text).unwrap()
}

fn blocks(framing: Framing, request: &[u8]) -> Vec<String> {
    let mut exchange = Exchange::new(framing, request);
    std::iter::from_fn(|| exchange.poll_apdu()).map(|apdu| digits(&apdu)).collect()
}

#[test]
#[rustfmt::skip]
fn requests_are_these_octets() {
    let second = iccid("8932100000000000021");
    let by_iccid = Identifier::Iccid(second);
    let by_aid = Identifier::Aid(answer("A0000005591010FFFFFFFF8900001100"));
    let name = Nickname::parse("Prépayée").unwrap();
    for (request, der, apdu) in [
        (request::eid(),                    "BF3E035C015A",                           "81E2910006BF3E035C015A00"),
        (request::profiles(),               "BF2D0C5C0A5A4F9F709091929599B7",         "81E291000FBF2D0C5C0A5A4F9F709091929599B700"),
        (request::info(),                   "BF2200",                                 "81E2910003BF220000"),
        (request::addresses(),              "BF3C00",                                 "81E2910003BF3C0000"),
        (request::notifications(),          "BF2800",                                 "81E2910003BF280000"),
        (request::nickname(&second, &name), "BF29185A0A982301000000000020F1900A5072C3A9706179C3A965", "81E291001BBF29185A0A982301000000000020F1900A5072C3A9706179C3A96500"),
        (request::enable(&by_iccid, true),  "BF3111A00C5A0A982301000000000020F18101FF", "81E2910014BF3111A00C5A0A982301000000000020F18101FF00"),
        (request::enable(&by_aid, false),   "BF3117A0124F10A0000005591010FFFFFFFF8900001100810100", "81E291001ABF3117A0124F10A0000005591010FFFFFFFF890000110081010000"),
    ] {
        assert_eq!(digits(&request), der);
        assert_eq!(blocks(Framing::session(1), &request), [apdu]);
    }
}

/// What saldo never sends is no function of this module; its octets are those of the same writer.
#[test]
#[rustfmt::skip]
fn other_functions_are_written_alike() {
    let first = write(0x5A, &iccid("8932020000000000010").to_bcd());
    let disable = write(0xBF32, &[write(0xA0, &first), write(0x81, &[0xFF])].concat());
    let retrieve = write(0xBF2B, &write(0xA0, &write(0x80, &[7])));
    for (request, der, apdu) in [
        (disable,  "BF3211A00C5A0A982320000000000010F08101FF", "81E2910014BF3211A00C5A0A982320000000000010F08101FF00"),
        (retrieve, "BF2B05A003800107",                         "81E2910008BF2B05A00380010700"),
    ] {
        assert_eq!(digits(&request), der);
        assert_eq!(blocks(Framing::session(1), &request), [apdu]);
    }
    assert_eq!(find(find(&answer("BF3203800100"), 0xBF32).unwrap(), 0x80), Ok(&[0][..]));
    assert_eq!(find(find(&answer("BF2B03810101"), 0xBF2B).unwrap(), 0x81), Ok(&[1][..]));
}

#[test]
fn a_long_nickname_goes_out_in_blocks() {
    let name = Nickname::parse(&"n".repeat(64)).unwrap();
    let request = request::nickname(&iccid("8932100000000000021"), &name);
    let n = |count: usize| "6E".repeat(count);
    let first = format!("81E211003CBF294E5A0A982301000000000020F19040{}", n(43));
    let last = format!("81E2910115{}00", n(21));
    assert_eq!(blocks(Framing::session(1).with_segment(60), &request), [first, last]);
    assert_eq!(blocks(Framing::session(1), &request).len(), 1);
    assert_eq!(Nickname::parse(&"é".repeat(33)), None);
}

#[test]
fn a_channel_of_our_own_is_opened_chosen_and_closed() {
    assert_eq!(digits(&apdu::OPEN_CHANNEL), "0070000001");
    assert_eq!(digits(&apdu::select(1)), "01A4040010A0000005591010FFFFFFFF8900000100");
    assert_eq!(digits(&apdu::close_channel(1)), "0070800100");
    let mut exchange = Exchange::new(Framing::channel(1), &request::eid());
    assert_eq!(digits(&exchange.poll_apdu().unwrap()), "81E2910006BF3E035C015A");
    exchange.handle_response(&answer("6115")).unwrap();
    assert_eq!(digits(&exchange.poll_apdu().unwrap()), "01C0000015");
    exchange.handle_response(&answer(&format!("{EID}9000"))).unwrap();
    let eid = info::eid(&exchange.into_answer()).unwrap();
    assert_eq!(eid.expose(), "89033023000000000000000000012394");
    assert!(eid.check_holds());
}

#[test]
fn three_profiles() {
    let profile = |number: u8, iccid: &str, state, names: [&str; 3], plmn: &str| Profile {
        iccid: self::iccid(iccid),
        aid: answer(&format!("A0000005591010FFFFFFFF890000{number:02}00")),
        state,
        nickname: names[0].into(),
        provider: names[1].into(),
        name: names[2].into(),
        class: Class::Operational,
        plmn: Some(plmn.parse().unwrap()),
        gid1: Vec::new(),
        policy: Vec::new(),
    };
    let first = ["Maison", "Proximus", "Pay&Go"];
    let second = ["", "Orange Belgium", "Prepaid"];
    let third = ["Voyage", "Travel Test", "Europe 5 GB"];
    let expected = [
        profile(10, "8932020000000000010", State::Enabled, first, "20601"),
        profile(11, "8932100000000000021", State::Disabled, second, "20610"),
        profile(12, "8933010000000000036", State::Disabled, third, "20801"),
    ];
    assert_eq!(profiles(&answer(PROFILES)).unwrap(), expected);
}

#[test]
fn a_profile_in_any_order_with_what_is_unknown() {
    let owner = "B70A800302F6108103AABBCC";
    let unknown = "DF01020102";
    let body = format!("{owner}9F70010195010099020640{unknown}9008FF00000000000000");
    let body = answer(&format!("{body}5A0A982320000000000010F0"));
    let listed = write(0xBF2D, &write(0xA0, &[write(0xBF76, b"new"), write(0xE3, &body)].concat()));
    let found = profiles(&listed).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].state, found[0].class), (State::Enabled, Class::Test));
    assert_eq!(found[0].policy, [Policy::NoDisable]);
    assert_eq!(found[0].gid1, [0xAA, 0xBB, 0xCC]);
    assert_eq!(found[0].plmn.unwrap().as_str(), "20601");
    assert!(found[0].nickname.contains('\u{FFFD}'));
}

#[test]
#[rustfmt::skip]
fn lists_that_are_empty_refused_or_odd() {
    for (text, expected) in [
        ("BF2D02A000",                         Ok(0)),
        ("BF2D03810101",                       Err(Error::Declined(1))),
        ("BF2D0481020007",                     Err(Error::Declined(7))),
        ("BF2D00",                             Err(Error::Missing(0xA0))),
        ("BF2802A000",                         Err(Error::Missing(0xBF2D))),
        ("BF2D04A002E300",                     Err(Error::Missing(0x5A))),
        ("BF2D06A004E3025A00",                 Err(Error::Value(0x5A))),
        ("BF2D14A012E3105A0A982320000000000010F09F700107", Err(Error::Value(0x9F70))),
        ("BF2D05A003E30501",                   Err(Error::Truncated)),
    ] {
        assert_eq!(profiles(&answer(text)).map(|list| list.len()), expected, "{text}");
    }
}

#[test]
fn the_card_of_itself() {
    let key = answer("81370F5125D0B1D408D4C3B232E6D25E795BEBFB");
    let expected = Info {
        profile_version: Some(Version([2, 3, 1])),
        svn: Some(Version([2, 2, 0])),
        firmware: Some(Version([4, 6, 0])),
        applications: Some(0),
        free_memory: Some(291_405),
        free_volatile: Some(5_978),
        trusted_keys: vec![key],
        forbidden: vec![Policy::Other(0), Policy::NoDisable],
        protection_version: Some(Version([0, 0, 1])),
        accreditation: "EX-AM-UP-0000".into(),
    };
    assert_eq!(Info::decode(&answer(INFO)).unwrap(), expected);
    assert_eq!(expected.svn.unwrap().to_string(), "2.2.0");
}

#[test]
fn where_the_card_would_go() {
    let body = [write(0x81, b"ds.example.test"), write(0x80, b"dp.example.test")].concat();
    let found = Addresses::decode(&write(0xBF3C, &body)).unwrap();
    assert_eq!((&*found.default_smdp, &*found.root_smds), ("dp.example.test", "ds.example.test"));
    assert_eq!(Addresses::decode(&answer("BF3C00")), Ok(Addresses::default()));
}

#[test]
fn notifications_that_wait() {
    let notification = |number, operation, iccid: &str| Notification {
        number,
        operation,
        address: "smdp.example.test".into(),
        iccid: Some(self::iccid(iccid)),
    };
    let expected = [
        notification(7, Operation::Disable, "8932020000000000010"),
        notification(8, Operation::Enable, "8932100000000000021"),
    ];
    assert_eq!(notifications(&answer(NOTIFICATIONS)).unwrap(), expected);
}

#[test]
#[rustfmt::skip]
fn every_kind_of_notification_has_its_bit() {
    for (bits, expected) in [
        ("0780", Operation::Install),
        ("0640", Operation::Enable),
        ("0520", Operation::Disable),
        ("0410", Operation::Delete),
        ("0308", Operation::Other(4)),
        ("00",   Operation::Other(255)),
    ] {
        let body = [write(0x81, &answer(bits)), write(0x80, &[1, 0])].concat();
        let listed = write(0xBF28, &write(0xA0, &write(0xBF2F, &body)));
        let found = notifications(&listed).unwrap();
        assert_eq!((found[0].operation, found[0].number), (expected, 256), "{bits}");
    }
}

#[test]
#[rustfmt::skip]
fn results_are_read_from_the_answer() {
    use EnableResult::{Disallowed, Done, NotDisabled, NotFound, Other, ToolkitBusy, Undefined, WrongReenabling};
    for (text, expected) in [
        ("BF3103800100", Ok(Done)),
        ("BF3103800101", Ok(NotFound)),
        ("BF3103800102", Ok(NotDisabled)),
        ("BF3103800103", Ok(Disallowed)),
        ("BF3103800104", Ok(WrongReenabling)),
        ("BF3103800105", Ok(ToolkitBusy)),
        ("BF310380017F", Ok(Undefined)),
        ("BF3103800109", Ok(Other(9))),
        ("BF31028000",   Err(Error::Value(0x80))),
        ("BF2903800100", Err(Error::Missing(0xBF31))),
    ] {
        assert_eq!(EnableResult::decode(&answer(text)), expected, "{text}");
    }
    for (text, expected) in [
        ("BF2903800100", NicknameResult::Done),
        ("BF2903800101", NicknameResult::NotFound),
        ("BF290380017F", NicknameResult::Undefined),
        ("BF2903800142", NicknameResult::Other(0x42)),
    ] {
        assert_eq!(NicknameResult::decode(&answer(text)), Ok(expected), "{text}");
    }
}

/// Every decoder on some octets; gives how much they took out of them.
fn taken(octets: &[u8]) -> [usize; 7] {
    let info = Info::decode(octets).unwrap_or_default();
    let profiles = profiles(octets).unwrap_or_default();
    let names = profiles.iter().map(|p| p.nickname.len() + p.provider.len() + p.name.len());
    [
        info::eid(octets).iter().count(),
        info.trusted_keys.len() + info.accreditation.len() + info.forbidden.len(),
        profiles.len() + names.sum::<usize>(),
        notifications(octets).map_or(0, |list| list.len()),
        EnableResult::decode(octets).iter().count(),
        NicknameResult::decode(octets).iter().count(),
        Addresses::decode(octets).map_or(0, |found| found.default_smdp.len()),
    ]
}

#[test]
fn a_part_of_an_answer_gives_no_more_than_the_whole() {
    for text in ANSWERS {
        let whole = answer(text);
        let most = taken(&whole);
        for cut in 0..whole.len() {
            let found = taken(&whole[..cut]);
            assert!(
                found.iter().zip(most).all(|(part, whole)| *part <= whole),
                "{text} cut at {cut}"
            );
        }
    }
}

proptest::proptest! {
    #[test]
    fn damaged_answers_are_answers_or_errors(
        which: proptest::sample::Index,
        damages in proptest::collection::vec(proptest::prelude::any::<(proptest::sample::Index, u8)>(), 1..6),
    ) {
        let mut octets = answer(ANSWERS[which.index(ANSWERS.len())]);
        for (place, octet) in damages {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        taken(&octets);
    }
}
