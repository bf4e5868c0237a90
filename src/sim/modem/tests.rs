use proptest::prelude::*;

use super::*;

/// What is said until then, as text; `!` is a hang-up.
fn said(modem: &mut Modem, until: Instant) -> String {
    let mut now = until;
    let mut said = String::new();
    loop {
        while let Some(output) = modem.poll_output(now) {
            match output {
                Output::Bytes(bytes) => said += &String::from_utf8_lossy(&bytes),
                Output::Hangup => said.push('!'),
                Output::Away(_) => said.push('?'),
            }
        }
        match modem.poll_timeout() {
            Some(next) if next <= until && next > now => now = next,
            _ => return said,
        }
    }
}

fn script(steps: &str) -> Modem {
    Modem::from_text("x.at", &format!("# saldo script 1\n{steps}")).unwrap()
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_script_is_played_in_its_order_and_time() {
    let t0 = Instant::now();
    let mut modem = script(
        "< RDY\n* AT\n< OK\n> AT+CSQ\n< +CSQ: 1,99\n~ 900ms\n< OK\n> ATI\n~ 5ms\n! hangup\n",
    );
    assert_eq!(said(&mut modem, t0), "\r\nRDY\r\n");
    modem.handle_input(t0, b"AT\rATI\rat+csq\r");
    assert_eq!(said(&mut modem, t0), "\r\nOK\r\n\r\nERROR\r\n\r\n+CSQ: 1,99\r\n");
    assert_eq!(modem.poll_timeout(), Some(t0 + Duration::from_millis(900)));
    assert_eq!(said(&mut modem, t0 + SECOND), "\r\nOK\r\n");
    assert_eq!(modem.unexpected(), ["ATI"]);
    assert_eq!(modem.unused(), [(9, "ATI".to_owned())]);
    assert!(!modem.is_done());
    modem.handle_input(t0 + SECOND, b"ATI\r");
    assert_eq!(said(&mut modem, t0 + 2 * SECOND), "!");
    assert!(modem.is_done());
    assert_eq!((modem.poll_timeout(), modem.poll_output(t0 + 3 * SECOND)), (None, None));
}

#[test]
fn what_a_script_does_not_say_its_base_answers() {
    let t0 = Instant::now();
    let mut modem = script("# base: be-proximus\n> AT+CUSD=1,\"#121#\",15\n< +CUSD: 4\n< OK\n");
    modem.handle_input(t0, b"ATE0\r");
    assert_eq!(said(&mut modem, t0), "ATE0\r\r\nOK\r\n");
    modem.handle_input(t0, b"AT+CSQ\rAT+CUSD=1,\"#121#\",15\r");
    assert_eq!(said(&mut modem, t0), "\r\n+CSQ: 19,99\r\n\r\nOK\r\n\r\n+CUSD: 4\r\n\r\nOK\r\n");
    modem.handle_input(t0, b"AT+CUSD=1,\"#120#\",15\r");
    assert!(said(&mut modem, t0 + SECOND).contains("Bonus"));
    assert!(modem.is_done() && modem.unexpected().is_empty());
}

#[test]
fn a_script_asks_for_a_text_behind_its_prompt() {
    let t0 = Instant::now();
    let mut modem = script("> AT+CMGS=\"1914\"\n= \\r\\n>\\x20\n> two\\rlines\\x1A\n< OK\n");
    modem.handle_input(t0, b"AT+CMGS=\"1914\"\r");
    assert_eq!(said(&mut modem, t0), "\r\n> ");
    modem.handle_input(t0, b"two\rlines\x1A");
    assert_eq!(said(&mut modem, t0), "\r\nOK\r\n");
    assert!(modem.is_done());
}

#[test]
fn echo_is_what_was_typed_until_it_is_turned_off() {
    let t0 = Instant::now();
    let mut modem = Modem::named("be-proximus").unwrap();
    modem.handle_input(t0, b"A");
    assert_eq!(said(&mut modem, t0), "A");
    modem.handle_input(t0, b"TE0\rAT\r");
    assert_eq!(said(&mut modem, t0), "TE0\r\r\nOK\r\n\r\nOK\r\n");
}

#[test]
fn latency_comes_before_each_answer() {
    let t0 = Instant::now();
    let mut modem = Modem::named("be-proximus").unwrap();
    modem.latency = SECOND;
    modem.handle_input(t0, b"ATE0\rAT\r");
    assert_eq!(said(&mut modem, t0), "ATE0\r");
    assert_eq!(modem.poll_timeout(), Some(t0 + SECOND));
    assert_eq!(said(&mut modem, t0 + SECOND), "\r\nOK\r\n");
    assert_eq!(said(&mut modem, t0 + 2 * SECOND), "\r\nOK\r\n");
}

#[test]
fn a_network_that_hurries_answers_at_once_and_still_behind_ok() {
    let t0 = Instant::now();
    let mut modem = Modem::named("be-proximus").unwrap();
    modem.hurries = true;
    modem.handle_input(t0, b"ATE0\rAT+CUSD=1,\"#121#\"\r");
    assert!(said(&mut modem, t0).contains("OK\r\n\r\n+CUSD: 0,\"Uw herlaadbaar"));
}

#[test]
fn cancelling_keeps_the_answer_from_coming() {
    let t0 = Instant::now();
    let mut modem = Modem::named("be-proximus").unwrap();
    modem.handle_input(t0, b"ATE0\rAT+CUSD=1,\"#121#\"\rAT+CUSD=2\r");
    let said = said(&mut modem, t0 + SECOND);
    assert!(!said.contains("+CUSD: "), "{said}");
}

#[test]
fn a_reset_takes_a_search_and_what_the_network_had_on_its_way() {
    let t0 = Instant::now();
    let mut modem = Modem::named("esim-travel").unwrap();
    modem.handle_input(t0, b"ATE0\rAT+CEREG?\rAT+CUSD=1,\"#121#\"\rAT+CFUN=0;+CFUN=1\r");
    assert!(said(&mut modem, t0).contains("+CEREG: 0,1\r\n"));
    modem.handle_input(t0, b"AT+CEREG?\r");
    assert!(said(&mut modem, t0).contains("+CEREG: 0,0\r\n"), "it reads its card");
    let read = t0 + Duration::from_millis(6);
    modem.handle_input(read, b"AT+CIMI;+CEREG?\r");
    let searching = said(&mut modem, read);
    assert!(searching.contains("206010000000013\r\n\r\n+CEREG: 0,2\r\n"), "{searching}");
    modem.handle_input(t0 + SECOND, b"AT+CEREG?\r");
    let found = said(&mut modem, t0 + SECOND);
    assert_eq!(found, "\r\n+CEREG: 0,1\r\n\r\nOK\r\n", "no answer to #121#");
}

#[test]
fn a_modem_that_restarts_hears_nothing_and_comes_back_with_its_card() {
    let t0 = Instant::now();
    for hurries in [false, true] {
        let mut modem = Modem::named("_esim-restarts").unwrap();
        modem.hurries = hurries;
        modem.handle_input(t0, b"ATE0\rAT+CFUN=1,1\r");
        assert!(said(&mut modem, t0 + SECOND).ends_with("OK\r\n?"));
        let away = if hurries { 0 } else { 20 };
        assert!(
            modem
                .away_until()
                .is_some_and(|until| until <= t0 + SECOND + Duration::from_millis(away))
        );
        modem.handle_input(t0 + SECOND, b"AT\r");
        assert_eq!((said(&mut modem, t0 + SECOND), modem.poll_timeout()), (String::new(), None));
        modem.come_back();
        modem.handle_input(t0 + 2 * SECOND, b"ATE0\rAT+CIMI\r");
        let said = said(&mut modem, t0 + 2 * SECOND);
        assert_eq!(said, "ATE0\r\r\nOK\r\n\r\n206010000000013\r\n\r\nOK\r\n");
    }
}

#[test]
fn what_a_card_was_asked_is_told() {
    let t0 = Instant::now();
    let mut modem = Modem::named("esim-travel").unwrap();
    assert!(modem.has_euicc() && !Modem::named("be-proximus").unwrap().has_euicc());
    modem.handle_input(t0, b"AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"\r");
    modem.handle_input(t0, b"AT+CGLA=1,18,\"81E2910003BF340000\"\r");
    assert_eq!(modem.forbidden_seen(), ["BF34 MemoryReset"]);
    assert_eq!(modem.take_card_log(), ["BF34 MemoryReset BF3400 BF3403800100"]);
}

#[test]
fn noise_goes_on_until_it_is_turned_off_and_is_not_caught_up() {
    let t0 = Instant::now();
    let mut modem = Modem::named("huawei-e3372").unwrap();
    assert_eq!(modem.poll_output(t0), None);
    assert_eq!(said(&mut modem, t0 + SECOND).matches("^RSSI:20").count(), 1);
    let one_by_one = (6..=15).map(|n| said(&mut modem, t0 + n * SECOND / 5)).collect::<String>();
    assert_eq!(one_by_one.matches("^RSSI:20").count(), 10);
    modem.handle_input(t0 + 3 * SECOND, b"AT^CURC=0\r");
    said(&mut modem, t0 + 3 * SECOND);
    assert_eq!(said(&mut modem, t0 + 60 * SECOND), "");
    assert_eq!(modem.poll_timeout(), None);
}

#[test]
fn a_reader_that_is_gone_does_not_fill_the_memory() {
    let t0 = Instant::now();
    let mut modem = Modem::named("be-proximus").unwrap();
    modem.handle_input(t0, b"ATE0\r");
    for _ in 0..10_000 {
        modem.handle_input(t0, b"AT\r");
    }
    assert!(modem.queue.len() <= WAITING + 1);
}

proptest! {
    #[test]
    fn any_input_is_answered_or_ignored(pieces: Vec<Vec<u8>>, lines in prop::collection::vec("AT[+&^]?[A-Z]{1,4}[=?]?[0-9\",;#*]{0,12}\r", 0..8)) {
        let t0 = Instant::now();
        for name in ["be-base-sms", "esim-travel", "huawei-e3372"] {
            let mut modem = Modem::named(name).unwrap();
            for piece in pieces.iter().map(Vec::as_slice).chain(lines.iter().map(|line| line.as_bytes())) {
                modem.handle_input(t0, piece);
            }
            said(&mut modem, t0 + SECOND);
        }
    }

    #[test]
    fn where_the_input_is_cut_does_not_matter(cut in 0_usize..40) {
        let wire = b"ATE0\rAT+CSQ;+CREG?\rAT+CUSD=1,\"#121#\"\r";
        let t0 = Instant::now();
        let answers = |pieces: [&[u8]; 2]| {
            let mut modem = Modem::named("be-proximus").unwrap();
            for piece in pieces {
                modem.handle_input(t0, piece);
            }
            said(&mut modem, t0 + SECOND)
        };
        let (start, end) = wire.split_at(cut.min(wire.len()));
        prop_assert_eq!(answers([start, end]), answers([wire, b""]));
    }
}
