//! Channels, blocks and pieces.

use proptest::prelude::*;

use super::*;

#[test]
fn a_request_comes_in_blocks_and_in_their_order() {
    let first = "AT+CGLA=1,130,\"81E211003CBF294E5A0A982301000000000020F190406E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E\"";
    let second = "AT+CGLA=1,54,\"81E29101156E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E6E00\"";
    let wrong = "+CGLA: 4,\"6A86\"|OK";
    talk(
        &mut card("segment = 60", ""),
        &[
            OPEN,
            (first, "+CGLA: 4,\"9000\"|OK"),
            (second, "+CGLA: 16,\"BF29038001009000\"|OK"),
            (second, wrong), // no block before it
            (first, "+CGLA: 4,\"9000\"|OK"),
            (first, wrong), // number 0 twice
            (second, wrong),
            ("AT+CGLA=1,10,\"80E2810000\"", wrong), // P1 is neither 11 nor 91
            (&format!("AT+CGLA=1,132,\"81E291003D{}\"", "00".repeat(61)), "+CGLA: 4,\"6700\"|OK"),
        ],
    );
}

#[test]
fn answers_come_in_pieces_as_large_as_the_card_likes() {
    let mut device = card("chunk = 32", "");
    talk(
        &mut device,
        &[
            OPEN,
            ("AT+CGLA=1,10,\"81C0000020\"", "+CGLA: 4,\"6985\"|OK"), // nothing waits
            ("AT+CGLA=1,24,\"81E2910006BF3E035C015A00\"", "+CGLA: 4,\"6115\"|OK"),
            ("AT+CGLA=1,10,\"C1C0000020\"", "+CGLA: 4,\"6C15\"|OK"), // more than waits
            ("AT+CGLA=1,10,\"C1C0000003\"", "+CGLA: 10,\"BF3E126112\"|OK"),
            (
                "AT+CGLA=1,10,\"01C0000000\"",
                "+CGLA: 40,\"5A10890330230000000000000000000123949000\"|OK",
            ),
        ],
    );
    for (chunk, pieces) in [(32, vec!["6120"; 7]), (200, vec!["61C8"]), (256, vec!["61E6"])] {
        let mut device = card(&format!("chunk = {chunk}\nis-strict = true"), "");
        talk(&mut device, &[OPEN]);
        let mut said = ask(&mut device, "BF2D0C5C0A5A4F9F709091929599B7");
        let mut whole = String::new();
        let mut announced = Vec::new();
        while let Some((data, left)) = said.len().checked_sub(4).map(|at| said.split_at(at)) {
            whole += data;
            let Some(le) = left.strip_prefix("61") else { break };
            announced.push(left.to_owned());
            let line = format!("AT+CGLA=1,10,\"81C00000{le}\"");
            said = super::super::super::tests::said(&mut device, &line)
                .split('"')
                .nth(1)
                .unwrap()
                .to_owned();
        }
        assert!(
            announced.starts_with(&pieces.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>()),
            "{announced:?}"
        );
        assert!(whole.starts_with("BF2D81E2A081DF") && whole.len() == 460, "{chunk}: {whole}");
    }
    let mut device = card("chunk = 256\nis-strict = true", "");
    talk(&mut device, &[OPEN]);
    assert_eq!(ask(&mut device, "BF2D00"), "6100", "256 or more");
    let strict = said(&mut device, "AT+CGLA=1,10,\"81C0000010\"");
    assert!(strict.contains("\"6C00\""), "{strict}");
}

#[test]
fn a_channel_is_opened_by_its_rules() {
    let wrong_aid = "AT+CCHO=\"A0000005591010FFFFFFFF8900000300\"";
    talk(
        &mut card("", "no-such-aid = 22"),
        &[
            ("AT+CMEE=1", "OK"),
            ("AT+CCHO=?;+CGLA=?;+CCHC=?", "OK"),
            (wrong_aid, "+CME ERROR: 22"),
            ("AT+CCHO=\"A00\"", "+CME ERROR: 50"),
            ("AT+CGLA=1,10,\"81C0000020\"", "+CME ERROR: 22"),
            OPEN,
            (OPEN.0, "+CCHO: 2|OK"),
            (OPEN.0, "+CCHO: 3|OK"),
            (OPEN.0, "+CME ERROR: 3"),
            ("AT+CCHC=2", "OK"),
            ("AT+CCHC=2", "+CME ERROR: 22"),
            (OPEN.0, "+CCHO: 2|OK"),
            ("AT+CGLA=1,5,\"81C0000020\"", "+CME ERROR: 50"), // octets counted, not digits
            ("AT+CGLA=1,9,\"81C000002\"", "+CME ERROR: 50"),
            ("AT+CGLA=1,10,\"F0C0000020\"", "+CGLA: 4,\"6E00\"|OK"),
            ("AT+CGLA=1,10,\"80CA000000\"", "+CGLA: 4,\"6D00\"|OK"),
            ("AT+CGLA=1,12,\"81E291000500\"", "+CGLA: 4,\"6700\"|OK"),
            ("AT+CFUN=0", "OK"),
            (OPEN.0, "+CME ERROR: 13"),
            ("AT+CFUN=1", "OK"),
            OPEN,
        ],
    );
}

#[test]
fn csim_manages_its_channels_itself() {
    talk(
        &mut card("chunk = 256", ""),
        &[
            ("AT+CSIM=?", "OK"),
            ("AT+CSIM=10,\"0020000100\"", "+CSIM: 4,\"9000\"|OK"),
            ("AT+CSIM=10,\"0070000001\"", "+CSIM: 6,\"019000\"|OK"),
            ("AT+CSIM=24,\"81E2910006BF3E035C015A00\"", "+CSIM: 4,\"6985\"|OK"), // nothing selected
            ("AT+CSIM=42,\"01A4040010A0000005591010FFFFFFFF8900000100\"", "+CSIM: 4,\"6114\"|OK"),
            ("AT+CSIM=22,\"81E2910006BF3E035C015A\"", "+CSIM: 4,\"6115\"|OK"),
            (
                "AT+CSIM=10,\"01C0000015\"",
                "+CSIM: 46,\"BF3E125A10890330230000000000000000000123949000\"|OK",
            ),
            ("AT+CCHC=1", "ERROR"), // not opened by +CCHO
            ("AT+CSIM=10,\"0070000000\"", "+CSIM: 6,\"029000\"|OK"),
            ("AT+CSIM=10,\"0070000000\"", "+CSIM: 6,\"039000\"|OK"),
            ("AT+CSIM=10,\"0070000000\"", "+CSIM: 4,\"6A81\"|OK"),
            ("AT+CSIM=10,\"0070800100\"", "+CSIM: 4,\"9000\"|OK"),
            ("AT+CSIM=10,\"0070800100\"", "+CSIM: 4,\"6A86\"|OK"),
            ("AT+CSIM=10,\"01C0000015\"", "+CSIM: 4,\"6881\"|OK"),
        ],
    );
    let mut m2m = card("kind = \"m2m\"", "");
    talk(
        &mut m2m,
        &[
            ("AT+CSIM=10,\"0070000001\"", "+CSIM: 6,\"019000\"|OK"),
            ("AT+CSIM=42,\"01A4040010A0000005591010FFFFFFFF8900000100\"", "+CSIM: 4,\"6A82\"|OK"),
            (OPEN.0, "ERROR"),
        ],
    );
}

proptest! {
    #[test]
    fn any_octets_are_answered(requests in prop::collection::vec((0_u8..5, prop::collection::vec(any::<u8>(), 0..40)), 1..8)) {
        let mut device = card("chunk = 32", "");
        let card = device.euicc_mut().unwrap();
        let channel = card.open().unwrap();
        card.select(channel, &crate::hex::octets(b"A0000005591010FFFFFFFF8900000100").unwrap()).unwrap();
        for (kind, octets) in requests {
            let length = u8::try_from(octets.len()).unwrap();
            let command = match kind {
                0 => octets,
                1 => vec![0x81, 0xC0, 0, 0, length],
                kind => {
                    let tag = [0xBF, [0x2D, 0x29, 0x31][usize::from(kind) - 2], length];
                    [&[0x81, 0xE2, 0x91, 0, length + 3][..], &tag, &octets].concat()
                }
            };
            prop_assert!(card.transmit(channel, &command).len() >= 2);
        }
    }
}
