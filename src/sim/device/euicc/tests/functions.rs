//! What the card's owner may ask, and what nobody should.

use super::*;

#[test]
fn what_the_card_is_and_who_it_holds() {
    answers(
        &mut card("", ""),
        &[
            ("BF3E035C015A", "BF3E125A10890330230000000000000000000123949000"),
            ("BF3E00", "BF3E125A10890330230000000000000000000123949000"),
            (
                "BF2200",
                "BF2270810302030182030202008303040600840D81010082040004724D8302175A8504067F36C088020490A916041481370F5125D0B1D408D4C3B232E6D25E795BEBFBAA16041481370F5125D0B1D408D4C3B232E6D25E795BEBFB990206C004030000010C0D45582D414D2D55502D303030309000",
            ),
            // Tags of one profile alone, and of none that is there.
            ("BF2D125C029F70A00C5A0A982301000000000020F1", "BF2D08A006E3049F7001009000"),
            ("BF2D0B5C0190A0064F0401020304", "BF2D02A0009000"),
            ("BF3F00", "6A80"), // no function
            ("FF", "6A80"),     // no object
        ],
    );
}

#[test]
fn an_icon_comes_where_no_tags_are_named() {
    let mut device = card("", "");
    talk(&mut device, &[OPEN]);
    let whole = ask(&mut device, "BF2D00");
    assert!(whole.contains(&format!("930101948202BC{}", "89".repeat(700))), "{whole}");
    assert!(!whole.contains("B705"), "the owner is told only who asks: {whole}");
}

#[test]
fn notifications_wait_until_they_are_sent() {
    let waiting =
        "notification = [{ seq = 6, address = \"a.test\", iccid = \"8933010000000000036\" }]";
    let mut device = card(waiting, "");
    let install = "BF2F1B80010681020780 0C06612E74657374 5A0A983310000000000030F6".replace(' ', "");
    let listed = format!("BF2820A01E{install}9000");
    answers(
        &mut device,
        &[
            ("BF2800", &listed),
            ("BF280481020780", &listed),
            ("BF280481020640", "BF2802A0009000"),
            ("BF2B05A003800107", "BF2B038101019000"),
            ("BF31110A", "6A80"),
        ],
    );
    let kept = ask(&mut device, "BF2B05A003800106");
    assert!(kept.starts_with("BF2B69A0673065") && kept.contains(&install), "{kept}");
    assert_eq!(ask(&mut device, "BF3003800106"), "BF30038001009000");
    assert_eq!(ask(&mut device, "BF3003800106"), "BF30038001019000");
    assert_eq!(ask(&mut device, "BF2800"), "BF2802A0009000");
}

#[test]
fn a_switch_has_its_rules() {
    const SECOND: &str = "5A0A982301000000000020F1";
    let enable = |identifier: &str, refresh: &str| {
        let rest = format!("A0{:02X}{identifier}8101{refresh}", identifier.len() / 2);
        format!("BF31{:02X}{rest}", rest.len() / 2)
    };
    let kept = CARD.replacen("nickname", "policy = [\"no-disable\"]\nnickname", 1);
    let first = "5A0A982320000000000010F0";
    let nobody = "4F05A000000559";
    let by_aid = "4F10A0000005591010FFFFFFFF8900001100";
    for (rows, card, asked) in [
        ("", CARD, vec![(first, "00", 2), (nobody, "00", 1), (by_aid, "00", 0), (SECOND, "00", 2)]),
        ("", &kept, vec![(SECOND, "FF", 3), (first, "00", 2)]),
        ("cat-busy = 2", CARD, vec![(SECOND, "00", 5), (SECOND, "FF", 5), (SECOND, "00", 0)]),
        ("refuses = [\"iccid-refresh\"]", CARD, vec![(SECOND, "FF", 0x7F), (SECOND, "00", 0)]),
        (
            "refuses = [\"iccid\", \"iccid-refresh\"]",
            CARD,
            vec![(SECOND, "00", 0x7F), (by_aid, "FF", 0)],
        ),
        // Nobody fetches the refresh: the toolkit's session stays open.
        ("", CARD, vec![(SECOND, "FF", 0), (first, "FF", 5), (first, "00", 5)]),
    ] {
        let rows =
            format!("base = [\"_stick\"]\n[apdu]\nrefresh = \"ignores\"\n[euicc]\n{rows}{card}");
        let mut device = Device::new(catalog::from_text("x.toml", &rows).unwrap());
        talk(&mut device, &[OPEN]);
        for (identifier, refresh, result) in asked {
            let said = ask(&mut device, &enable(identifier, refresh));
            let expected = format!("BF310380 01{result:02X}").replace(' ', "");
            assert!(said.starts_with(&expected), "{identifier} {refresh}: {said}\n{rows}");
        }
    }
}

#[test]
fn a_nickname_has_up_to_64_octets() {
    let nickname = |length: usize| {
        let rest = format!("5A0A982301000000000020F190{length:02X}{}", "6E".repeat(length));
        format!("BF29{:02X}{rest}", rest.len() / 2)
    };
    answers(
        &mut card("", ""),
        &[
            (&nickname(64), "BF29038001009000"),
            (&nickname(65), "BF290380017F9000"),
            ("BF290F5A0A982399000000000020F190016E", "BF29038001019000"),
            ("BF290E5A0A982301000000000020F19000", "BF29038001009000"),
            ("BF2D125C029070A00C5A0A982301000000000020F1", "BF2D04A002E3009000"),
        ],
    );
}

#[test]
fn what_must_never_be_sent_is_obeyed_and_remembered() {
    let mut device = card("", "refresh = \"ignores\"");
    talk(&mut device, &[OPEN]);
    for (request, answer) in [
        ("BF330C5A0A982320000000000010F0", "BF33038001029000"), // in use
        ("BF330C5A0A982301000000000020F1", "BF33038001009000"),
        ("BF330C5A0A982301000000000020F1", "BF33038001019000"),
        ("BF3003800107", "BF30038001009000"),
        ("BF3211A00C5A0A982320000000000010F0810100", "BF32038001009000"),
        ("BF2D045C029F70", "BF2D0EA00CE3049F700100E3049F7001009000"),
        ("BF340482020540", "BF3403800100910B"),
    ] {
        assert_eq!(ask(&mut device, request), answer, "{request}");
    }
    let euicc = device.euicc_mut().unwrap();
    let names: Vec<_> = euicc.forbidden().iter().map(|line| &line[..4]).collect();
    assert_eq!(names, ["BF33", "BF33", "BF33", "BF30", "BF32", "BF34"]);
    assert_eq!(euicc.forbidden()[0], "BF33 DeleteProfile");
    let heard = euicc.take_heard();
    assert_eq!(heard[3], "BF30 NotificationSent BF3003800107 BF3003800100");
    assert!(heard.len() == 7 && euicc.take_heard().is_empty(), "{heard:?}");
}
