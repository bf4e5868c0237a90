use super::*;

fn sent(command: &str) -> (Session, Instant) {
    let (mut session, now) = (Session::default(), Instant::now());
    session.send(now, Command::new(command));
    assert_eq!(session.poll_output(), format!("{command}\r").into_bytes());
    (session, now)
}

fn events(session: &mut Session) -> Vec<Event> {
    std::iter::from_fn(|| session.poll_event()).collect()
}

fn urc(line: &str) -> Event {
    Event::Urc(line.into())
}

fn done(lines: &[&str], outcome: Outcome) -> Event {
    Event::Done { lines: lines.iter().map(|line| line.as_bytes().to_vec()).collect(), outcome }
}

#[test]
#[rustfmt::skip]
fn an_answer_reads_the_same_however_it_is_cut() {
    for (command, wire, expected) in [
        ("AT+CSQ", "AT+CSQ\r\r\n+CIEV: 7,1\r\n\r\n+CSQ: 17,99\r\n\r\nOK\r\n",
            vec![urc("+CIEV: 7,1"), done(&["+CSQ: 17,99"], Outcome::Ok)]),
        ("AT+CSQ", "+csq: 17,99\r\n\r\nOK\r\n\r\nRING\r\n",
            vec![done(&["+csq: 17,99"], Outcome::Ok), urc("RING")]),
        ("AT+CREG?", "+CREG: 5,\"00\"\r\n+CREG: 2,5,\"00\",\"01\"\r\nOK\r\n",
            vec![urc("+CREG: 5,\"00\""), done(&["+CREG: 2,5,\"00\",\"01\""], Outcome::Ok)]),
        ("AT+CUSD=1,\"*1#\",15", "+CUSD: 0,\"5\r\nEUR\",15\r\nOK\r\n",
            vec![urc("+CUSD: 0,\"5\r\nEUR\",15"), done(&[], Outcome::Ok)]),
        ("AT+CUSD?", "+CUSD: 1\r\nOK\r\n",
            vec![done(&["+CUSD: 1"], Outcome::Ok)]),
        ("AT+CGMR", "V 1.0\r\n24-11-08\r\nOK\r\n",
            vec![done(&["V 1.0", "24-11-08"], Outcome::Ok)]),
    ] {
        for cut in 0..=wire.len() {
            let (mut session, now) = sent(command);
            session.handle_input(now, &wire.as_bytes()[..cut]);
            session.handle_input(now, &wire.as_bytes()[cut..]);
            assert_eq!(events(&mut session), expected, "{wire:?} cut at {cut}");
        }
    }
}

#[test]
fn what_another_program_asked_before_is_not_our_answer() {
    for wire in [
        "AT+CSQ\r\r\n+CSQ: 9,99\r\n\r\nOK\r\nAT+CPIN?\r\r\n+CPIN: READY\r\n\r\nOK\r\n",
        "AT+CSQ\rAT+CPIN?\r\r\n+CSQ: 9,99\r\n\r\nOK\r\n\r\n+CPIN: READY\r\n\r\nOK\r\n",
        "ATD*1#\rAT\r\r\nERROR\r\n\r\nOK\r\nAT+CPIN?\r\r\n+CPIN: READY\r\n\r\nOK\r\n",
    ] {
        let (mut session, now) = sent("AT+CPIN?");
        session.handle_input(now, wire.as_bytes());
        assert_eq!(events(&mut session), [done(&["+CPIN: READY"], Outcome::Ok)], "{wire:?}");
    }
}

#[test]
fn an_answer_that_is_anothers_is_none() {
    let (mut session, now) = sent("AT+CPIN?");
    session.handle_input(now, b"AT+CPIN=\r\r\n+CPIN: SIM PIN\r\n");
    let due = session.poll_timeout().unwrap();
    assert_eq!(due, now + Command::new("AT+CPIN?").limit(), "no answer of ours has begun");
    session.handle_timeout(due);
    assert_eq!(events(&mut session), [done(&[], Outcome::Silent)]);
}

#[test]
fn a_line_of_the_answer_may_look_like_a_command() {
    let (mut session, now) = sent("AT+CLAC");
    session.handle_input(now, b"AT+CLAC\r\r\nATD\r\nAT+CPIN\r\n\r\nOK\r\n");
    assert_eq!(events(&mut session), [done(&["ATD", "AT+CPIN"], Outcome::Ok)]);
}

#[test]
fn every_final_result_ends_the_command() {
    for line in [
        "ERROR",
        "+CME ERROR: 10",
        "+CME ERROR:",
        "+CMS ERROR: 302",
        "COMMAND NOT SUPPORT",
        "NO CARRIER",
    ] {
        let (mut session, now) = sent("AT+CUSD=1,\"*1#\",15");
        session.handle_input(now, format!("\r\n{line}\r\n").as_bytes());
        let result = code::final_result(line.as_bytes()).unwrap();
        assert_eq!(events(&mut session), [done(&[], Outcome::Failed(result))], "{line}");
        assert_eq!(session.poll_timeout(), None);
    }
}

#[test]
fn a_late_error_is_nobodys_answer() {
    let (mut session, now) = sent("AT");
    session.handle_input(now, b"\r\nOK\r\n\r\n+CME ERROR: 258\r\n");
    assert_eq!(events(&mut session), [done(&[], Outcome::Ok), urc("+CME ERROR: 258")]);
}

#[test]
fn data_without_a_final_result_ends_at_the_idle_limit() {
    let (mut session, now) = sent("AT+CPIN?");
    session.handle_input(now, b"\r\n+CPIN: READY\r\n");
    let due = session.poll_timeout().unwrap();
    assert!(due < now + Duration::from_secs(2));
    session.handle_timeout(due);
    assert_eq!(events(&mut session), [done(&["+CPIN: READY"], Outcome::Unfinished)]);
}

#[test]
fn noise_does_not_put_off_the_hard_limit() {
    let (mut session, mut now) = sent("AT+CSQ");
    let deadline = session.poll_timeout().unwrap();
    while now < deadline {
        session.handle_input(now, b"\r\n^RSSI:14\r\n");
        assert_eq!(events(&mut session), [urc("^RSSI:14")]);
        now += Duration::from_millis(100);
        session.handle_timeout(now);
    }
    assert_eq!(events(&mut session), [done(&[], Outcome::Silent)]);
}

/// 10,000 lines a second for a minute, in reads of one kibibyte, which nobody takes out.
#[test]
fn a_flood_that_nobody_reads_stays_bounded_and_loses_neither_reply_nor_result() {
    let (mut session, mut now) = sent("AT+CUSD=1,\"*1#\",15");
    let flood = "\r\n^RSSI:14\r\n".repeat(100);
    let mut said = Vec::new();
    for turn in 0..6_000 {
        match turn {
            10 => said.extend(b"\r\nOK\r\n"),
            5_000 => said.extend(b"\r\n+CUSD: 0,\"5 EUR\",15\r\n"),
            _ => {}
        }
        said.extend(flood.as_bytes());
        for read in said.chunks(1024) {
            session.handle_input(now, read);
        }
        said.clear();
        now += Duration::from_millis(10);
        session.handle_timeout(now);
        assert!(session.events.len() <= MOST_EVENTS + 2);
    }
    let events = events(&mut session);
    assert!(events.contains(&done(&[], Outcome::Ok)));
    assert!(events.contains(&urc("+CUSD: 0,\"5 EUR\",15")));
}

#[test]
fn a_text_cut_off_is_handed_over_after_silence() {
    let (mut session, now) = (Session::default(), Instant::now());
    session.handle_input(now, b"\r\n+CUSD: 0,\"Saldo 5");
    session.handle_timeout(session.poll_timeout().unwrap());
    assert_eq!(events(&mut session), [urc("+CUSD: 0,\"Saldo 5")]);
}

#[test]
fn a_prompt_is_answered_with_text() {
    let (mut session, now) = (Session::default(), Instant::now());
    session.send(now, Command::new("AT+CMGS=20").with_prompt());
    session.handle_input(now, b"AT+CMGS=20\r\r\n> ");
    assert_eq!(events(&mut session), [Event::Prompt]);
    assert!(session.has_echo());
    session.poll_output();
    session.send_text(b"0001\x1a");
    assert_eq!(session.poll_output(), b"0001\x1a");
    session.handle_input(now, b"\r\n+CMGS: 7\r\n\r\nOK\r\n");
    assert_eq!(events(&mut session), [done(&["+CMGS: 7"], Outcome::Ok)]);
}

#[test]
fn a_prompt_behind_a_menu_is_seen_before_and_after_it_is_expected() {
    for wire in [&b"\r\n+CUSD: 1,\"1 Saldo\",15\r\n\r\n> "[..], b"\r\n>"] {
        for expected_first in [true, false] {
            let (mut session, now) = (Session::default(), Instant::now());
            if expected_first {
                session.expect_prompt(now);
            }
            session.handle_input(now, wire);
            if !expected_first {
                session.expect_prompt(now);
            }
            assert_eq!(events(&mut session).last(), Some(&Event::Prompt));
        }
    }
}

proptest::proptest! {
    #[test]
    fn no_octets_panic_or_fill_memory(octets: Vec<u8>) {
        let (mut session, now) = sent("AT+CSQ");
        session.handle_input(now, &octets);
        session.handle_timeout(now + Duration::from_secs(60));
        events(&mut session);
        assert!(!session.is_busy());
    }
}
