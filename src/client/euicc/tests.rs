//! The octets of one fictitious card, through the ways of different modems.

use std::time::Duration;

use tokio::time::Instant;

use super::super::Modem;
use crate::Error;
use crate::euicc::{EnableResult, Identifier, Nickname, NicknameResult};
use crate::ids::Iccid;
use crate::port::SimPort;
use crate::sim;

/// What every modem is asked first.
const FIRST: &str = "* AT+CMEE?\n< +CMEE: 1\n< OK\n* AT+CSCS?\n< +CSCS: \"GSM\"\n< OK\n* AT+CGMI\n< Example\n< OK\n\
                     * AT+CGMM\n< EX25\n< OK\n* AT+CGMR\n< 1.02\n< OK\n* AT\n< OK\n";

const OPEN: &str = "> AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"\n";
const EID: &str = "BF3E125A10890330230000000000000000000123949000";
const ASK_EID: &str = "> AT+CGLA=1,24,\"81E2910006BF3E035C015A00\"\n";
const CLOSE: &str = "> AT+CCHC=1\n< OK\n";

fn session() -> String {
    format!("{OPEN}< 1\n< OK\n{ASK_EID}< +CGLA: 46,\"{EID}\"\n< OK\n")
}

/// Runs `work` on a modem that does as this script says; gives what came of it, the lines it was not sent, and how
/// long it took.
fn on<T>(
    script: &str,
    work: impl AsyncFnOnce(&mut Modem<SimPort>) -> T,
) -> (T, Vec<String>, Duration) {
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap().block_on(async {
        let script = format!("# saldo script 1\n{FIRST}{script}");
        let line = SimPort::new(sim::Modem::from_text("card.at", &script).unwrap());
        let (started, mut modem) = (Instant::now(), Modem::new(line));
        let result = work(&mut modem).await;
        let port = modem.close().await;
        let unused = port.modem().unused().into_iter().map(|(_, line)| line).collect();
        (result, unused, started.elapsed())
    })
}

/// The EID by this script, which is played to its end.
fn eid(script: &str) -> (Result<String, Error>, Duration) {
    let (eid, unused, took) = on(script, async |modem| {
        let card = modem.euicc().await?;
        let eid = card.eid().expose().to_owned();
        card.close().await.map(|()| eid)
    });
    assert_eq!(unused, Vec::<String>::new(), "{eid:?}");
    (eid, took)
}

const WHOLE_EID: &str = "89033023000000000000000000012394";

#[test]
#[rustfmt::skip]
fn a_session_is_opened_used_and_closed_however_it_is_written() {
    for (opened, answer) in [
        ("< 1\n",                      format!("< +CGLA: 46,\"{EID}\"\n")),
        ("< +CCHO: 1\n",               format!("< +CGLA: 46,\"{EID}\"\n")),
        ("< +CCHO:1\n",                format!("< +CGLA:46,{}\n", EID.to_lowercase())),
        ("< +CREG: 1\n< 1\n< RING\n",  format!("< +CREG: 5\n< +cgla: 46,\"{EID}\"\n< +QIND: \"act\",\"LTE\"\n")),
        ("< 1\n",                      format!("~ 8000ms\n< +CGLA: 46,\"{EID}\"\n")),
    ] {
        let (found, _) = eid(&format!("{OPEN}{opened}< OK\n{ASK_EID}{answer}< OK\n{CLOSE}"));
        assert_eq!(found.unwrap(), WHOLE_EID, "{opened} {answer}");
    }
}

#[test]
fn a_busy_card_is_asked_again() {
    let busy = format!("{OPEN}< +CME ERROR: 14\n");
    let (found, took) = eid(&format!("{}{}{CLOSE}", busy.repeat(9), session()));
    assert_eq!(found.unwrap(), WHOLE_EID);
    assert_eq!(took, Duration::from_millis(2250));
    let no_raw = "> AT+CSIM=10,\"0070000001\"\n< ERROR\n";
    let (found, _) = eid(&format!("{}{no_raw}", busy.repeat(10)));
    assert!(
        matches!(&found, Err(Error::Sim { message, .. }) if message == "SIM busy"),
        "{found:?}"
    );
}

#[test]
fn what_an_earlier_run_left_open_is_closed_where_no_channel_is_left() {
    let stale = "> AT+CCHC=1\n< OK\n> AT+CCHC=2\n< OK\n> AT+CCHC=3\n< ERROR\n";
    let (found, _) = eid(&format!("{OPEN}< ERROR\n{stale}{}{CLOSE}", session()));
    assert_eq!(found.unwrap(), WHOLE_EID);
}

#[test]
fn a_class_without_channel_is_tried_where_the_card_or_the_modem_minds_it() {
    for refusal in
        ["< +CGLA: 4,\"6881\"\n< OK\n", "< +CGLA: 4,\"6E00\"\n< OK\n", "< +CME ERROR: 50\n"]
    {
        let again = "> AT+CGLA=1,24,\"80E2910006BF3E035C015A00\"\n";
        let (found, _) = eid(&format!(
            "{OPEN}< 1\n< OK\n{ASK_EID}{refusal}{again}< +CGLA: 46,\"{EID}\"\n< OK\n{CLOSE}"
        ));
        assert_eq!(found.unwrap(), WHOLE_EID, "{refusal}");
    }
}

/// No session: closing the stale ones is tried in vain.
fn no_session(refusal: &str) -> String {
    let in_vain = "> AT+CCHC=1\n< ERROR\n> AT+CCHC=2\n< ERROR\n> AT+CCHC=3\n< ERROR\n";
    format!("{OPEN}{refusal}{in_vain}")
}

const OPEN_RAW: &str = "> AT+CSIM=10,\"0070000001\"\n";
const SELECT_RAW: &str = "> AT+CSIM=42,\"01A4040010A0000005591010FFFFFFFF8900000100\"\n";
const CLOSE_RAW: &str = "> AT+CSIM=10,\"0070800100\"\n< +CSIM: 4,\"9000\"\n< OK\n";

fn raw_channel(opened: &str) -> String {
    let open = format!("{}{OPEN_RAW}{opened}", no_session("< +CME ERROR: 4\n"));
    format!("{open}{SELECT_RAW}< +CSIM: 4,\"6121\"\n< OK\n")
}

const OPENED_RAW: &str = "< +CSIM: 6,\"019000\"\n< OK\n";

#[test]
fn a_modem_without_sessions_carries_raw_commands() {
    let by_hand = "> AT+CSIM=22,\"81E2910006BF3E035C015A\"\n< +CSIM: 4,\"6115\"\n< OK\n> AT+CSIM=10,\"01C0000015\"\n";
    let answer = format!("< +CSIM: 46,\"{EID}\"\n< OK\n");
    for opened in [
        OPENED_RAW.to_owned(),
        // A card that wants another length, and one that has none left until the stale ones are closed.
        format!("< +CSIM: 4,\"6C00\"\n< OK\n> AT+CSIM=10,\"0070000000\"\n{OPENED_RAW}"),
        format!(
            "< +CSIM: 4,\"6A81\"\n< OK\n{}{}{}{OPEN_RAW}{OPENED_RAW}",
            CLOSE_RAW,
            CLOSE_RAW.replace("8001", "8002"),
            CLOSE_RAW.replace("8001", "8003"),
        ),
    ] {
        let (found, _) = eid(&format!("{}{by_hand}{answer}{CLOSE_RAW}", raw_channel(&opened)));
        assert_eq!(found.unwrap(), WHOLE_EID, "{opened}");
    }
}

/// The end of one command would be taken for that of the next, and a session with it.
#[test]
fn an_answer_that_is_late_ends_no_other_command() {
    let late_apdu =
        format!("{OPEN}< 1\n< OK\n{ASK_EID}~ 12000ms\n< +CGLA: 46,\"{EID}\"\n< OK\n{CLOSE}");
    let late_session = format!("{OPEN}~ 12000ms\n< 2\n< OK\n> AT+CCHC=2\n< OK\n");
    let late_refusal = format!("{OPEN}~ 12000ms\n< +CME ERROR: 14\n");
    let never = format!("{OPEN}> AT+CCHC=1\n< ERROR\n");
    for first in [late_apdu, late_session, late_refusal, never] {
        let script = format!("{first}{}{CLOSE}", session());
        let ((), unused, _) = on(&script, async |modem| {
            let error = modem.euicc().await.map(|card| card.eid()).unwrap_err();
            assert!(matches!(error, Error::Silent { .. }), "{first} {error}");
            let card = modem.euicc().await.unwrap();
            assert_eq!(card.eid().expose(), WHOLE_EID, "{first}");
            card.close().await.unwrap();
        });
        assert_eq!(unused, Vec::<String>::new(), "{first}");
    }
}

#[test]
fn a_run_that_is_interrupted_behind_its_time_leaves_no_session_open() {
    for seconds in [11, 19, 25] {
        let script = format!("{OPEN}> AT+CCHC=1\n< OK\n");
        let ((), unused, _) = on(&script, async |modem| {
            let _ = tokio::time::timeout(Duration::from_secs(seconds), modem.euicc()).await;
        });
        assert_eq!(unused, Vec::<String>::new(), "after {seconds} s");
    }
}

#[test]
fn a_card_that_says_little_and_late_without_end_is_left() {
    let first = format!("{ASK_EID}< +CGLA: 4,\"6101\"\n< OK\n");
    let again = "> AT+CGLA=1,10,\"81C0000001\"\n~ 9000ms\n< +CGLA: 6,\"006101\"\n< OK\n";
    let script = format!("{OPEN}< 1\n< OK\n{first}{}{CLOSE}", again.repeat(34));
    let (found, took) = eid(&format!("{script}{OPEN_RAW}< ERROR\n"));
    assert!(found.is_err_and(|error| error.to_string().contains("end")), "{took:?}");
    assert!(took < Duration::from_secs(310), "{took:?}");
}

/// The class of a command holds two bits of the channel: 4 would be 0, where the modem has its USIM.
#[test]
fn nothing_is_said_on_a_channel_that_is_none_of_ours() {
    let refused = no_session("< ERROR\n");
    let close = "> AT+CSIM=10,\"0070800400\"\n< +CSIM: 4,\"9000\"\n< OK\n";
    for (opened, words) in [
        (format!("< +CSIM: 6,\"049000\"\n< OK\n{close}"), "no channel to the card is left"),
        ("< +CSIM: 6,\"009000\"\n< OK\n".to_owned(), "gives no number for the channel"),
    ] {
        let error = eid(&format!("{refused}{OPEN_RAW}{opened}")).0.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
#[rustfmt::skip]
fn why_there_is_no_way() {
    let refused = no_session("< ERROR\n");
    for (script, words) in [
        (format!("{OPEN}< +CME ERROR: 22\n{OPEN_RAW}< ERROR\n"), "no consumer eSIM function"),
        (format!("{refused}{OPEN_RAW}{OPENED_RAW}{SELECT_RAW}< +CSIM: 4,\"6A82\"\n< OK\n{CLOSE_RAW}"), "no consumer eSIM function"),
        (format!("{refused}{OPEN_RAW}{OPENED_RAW}{SELECT_RAW}< +CSIM: 4,\"6881\"\n< OK\n{CLOSE_RAW}"), "carries nothing: 6881 (logical channel not supported)"),
        (format!("{refused}{OPEN_RAW}< +CSIM: 4,\"6881\"\n< OK\n"), "the card opens no channel by AT+CSIM: 6881"),
        (format!("{refused}{OPEN_RAW}< ERROR\n"), "ERROR; and AT+CSIM: ERROR. No AT command of this modem reaches an eUICC"),
        (format!("{OPEN}< +CME ERROR: 10\n"), "SIM not inserted"),
        (format!("{OPEN}< 1\n< OK\n{ASK_EID}< ERROR\n> AT+CGLA=1,24,\"80E2910006BF3E035C015A00\"\n< ERROR\n{CLOSE}{OPEN_RAW}< ERROR\n"), "carries nothing: ERROR"),
    ] {
        let error = eid(&script).0.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.exit_status(), 4);
    }
}

#[test]
fn a_name_and_a_switch_give_the_number_that_the_card_gives() {
    let name = "> AT+CGLA=1,66,\"81E291001BBF29185A0A982301000000000020F1900A5072C3A9706179C3A96500\"\n\
                < +CGLA: 16,\"BF29038001019000\"\n< OK\n";
    let enable = "> AT+CGLA=1,52,\"81E2910014BF3111A00C5A0A982301000000000020F18101FF00\"\n\
                  < +CGLA: 16,\"BF3103800100910B\"\n< OK\n";
    let gone = "> AT+CCHC=1\n< ERROR\n";
    let ((), unused, _) = on(&format!("{}{name}{enable}{gone}", session()), async |modem| {
        let mut card = modem.euicc().await.unwrap();
        let iccid = Iccid::parse("8932100000000000021").unwrap();
        let name = Nickname::parse("Prépayée").unwrap();
        assert_eq!(card.set_nickname(&iccid, &name).await.unwrap(), NicknameResult::NotFound);
        let result = card.enable(&Identifier::Iccid(iccid), true).await.unwrap();
        assert_eq!(result, EnableResult::Done);
        card.close().await.unwrap();
    });
    assert_eq!(unused, Vec::<String>::new());
}

#[test]
fn a_channel_left_open_is_closed_with_the_modem() {
    let ((), unused, _) = on(&format!("{}{CLOSE}", session()), async |modem| {
        let _card = modem.euicc().await.unwrap();
    });
    assert_eq!(unused, Vec::<String>::new());
}

#[test]
fn a_run_that_is_interrupted_at_any_moment_leaves_no_channel_open() {
    for seconds in 1..12 {
        let asked = format!("{ASK_EID}~ 8000ms\n< +CGLA: 46,\"{EID}\"\n< OK\n");
        let asked = if seconds < 3 { "" } else { asked.as_str() };
        let script = format!("{OPEN}~ 3000ms\n< 1\n< OK\n{asked}{CLOSE}");
        let (found, unused, _) = on(&script, async |modem| {
            tokio::time::timeout(Duration::from_secs(seconds), modem.euicc()).await.is_ok()
        });
        assert_eq!(found, seconds >= 11);
        assert_eq!(unused, Vec::<String>::new(), "after {seconds} s");
    }
}
