//! Every field of a dialect row is followed: what is said before a request, modes, order, prompts, limits.

use std::time::Duration;

use saldo::client::Modem;
use saldo::ussd::Answer;
use tokio::time::Instant;

use super::bench::{
    BALANCE, Bench, LIMIT, ask, ask_as, code, named, question, run, scenario, stick,
};

/// A Huawei on Proximus, with these rows of `[ussd]`.
fn huawei(ussd: &str) -> Bench {
    stick(&format!("[identity]\nmanufacturer = \"huawei\"\nmodel = \"E173\"\n[ussd]\n{ussd}\n"))
}

fn place(commands: &[String], start: &str) -> usize {
    let place = commands.iter().position(|line| line.contains(start));
    place.unwrap_or_else(|| panic!("{start} in {commands:?}"))
}

#[test]
fn what_the_family_wants_before_a_request_is_said_once() {
    run(async {
        let mut modem = Modem::new(huawei("needs-portsel = true\nmode = 1"));
        for _ in 0..2 {
            assert_eq!(modem.ussd(&code("#121#"), LIMIT, true).await.unwrap().text(), BALANCE);
        }
        let commands = modem.close().await.commands();
        let said = commands.iter().filter(|line| line.contains("^PORTSEL=0"));
        assert_eq!(said.count(), 1, "{commands:?}");
        assert!(place(&commands, "^PORTSEL=0") < place(&commands, "+CUSD=1,"));
    });
}

#[test]
fn a_modem_that_refuses_what_comes_before_a_request_is_asked_all_the_same() {
    run(async {
        for unknown in [0, 100] {
            let rows = format!(
                "unknown = {unknown}\n[identity]\nmanufacturer = \"huawei\"\n\
                 [ussd]\nrequest = [\"packed-hex\"]\nreply = \"packed-hex\"\n"
            );
            let mut modem = Modem::new(stick(&rows));
            assert_eq!(ask(&mut modem).await.unwrap().text, BALANCE, "{unknown}");
            assert_eq!(modem.close().await.requests().len(), 1, "{unknown}");
        }
    });
}

#[test]
fn the_mode_that_was_found_tells_the_form_whichever_way_it_is_numbered() {
    run(async {
        for (mode, swapped, most) in [(0, false, 1), (1, false, 1), (0, true, 2), (1, true, 2)] {
            for charset in ["GSM", "IRA", "UCS2"] {
                let mut bench = huawei(&format!("mode = {mode}\nis-mode-swapped = {swapped}"));
                bench.type_line(&format!("AT+CSCS=\"{charset}\"")).await;
                let before = (bench.state().await, bench.type_line("AT^USSDMODE?").await);
                let mut modem = Modem::new(bench);
                let text = ask(&mut modem).await.unwrap().text;
                let mut bench = modem.close().await;
                let which = format!("mode {mode}, swapped {swapped}, {charset}");
                assert_eq!(text, BALANCE, "{which}");
                assert!(bench.requests().len() <= most, "{which}: {:?}", bench.requests());
                let after = (bench.state().await, bench.type_line("AT^USSDMODE?").await);
                assert_eq!(after, before, "{which}");
            }
        }
    });
}

#[test]
fn the_mode_is_changed_where_neither_form_is_taken_and_put_back() {
    run(async {
        let refused = "[[row]]\ncommand = 'AT+CUSD=1,\"A3982C3602\",15'\nerror = 304\n";
        let mut bench = huawei(&format!("mode = 1\nrefusal = 304\n{refused}"));
        let before = bench.type_line("AT^USSDMODE?").await;
        let mut modem = Modem::new(bench);
        assert_eq!(ask(&mut modem).await.unwrap().text, BALANCE);
        let mut bench = modem.close().await;
        assert_eq!(bench.requests().len(), 3);
        let commands = bench.commands();
        assert!(place(&commands, "^USSDMODE=0") < place(&commands, "^USSDMODE=1"));
        assert_eq!(bench.type_line("AT^USSDMODE?").await, before);
        assert_eq!(*bench.noted.borrow(), [""; 0]);
    });
}

#[test]
fn a_menu_that_ends_in_a_prompt_is_answered_there() {
    run(async {
        let mut modem = Modem::new(named("cinterion-bgs2"));
        let mut wish = question();
        wish.code = Some(code("*103#"));
        wish.answers = vec![Answer::parse("1").unwrap()];
        let balance = ask_as(&mut modem, &wish, &Default::default()).await.unwrap();
        assert_eq!(balance.text, "Uw saldo is 7,05 EUR en blijft geldig tot 14-03-2027.");
        let mut bench = modem.close().await;
        assert!(bench.commands().contains(&"1".to_owned()), "{:?}", bench.commands());
        assert_eq!(bench.type_line("AT").await, "AT|OK");
    });
}

#[test]
fn a_menu_that_nobody_answers_is_left_with_escape() {
    run(async {
        for is_ended in [true, false] {
            let mut modem = Modem::new(named("cinterion-bgs2"));
            let menu = modem.ussd(&code("*103#"), LIMIT, true).await.unwrap();
            assert!(menu.wants_answer());
            if is_ended {
                modem.end_ussd().await.unwrap();
            }
            let mut bench = modem.close().await;
            assert!(bench.commands().iter().any(|line| line.contains('\u{1b}')));
            assert_eq!(bench.type_line("AT").await, "AT|OK");
            assert_eq!(bench.type_line("AT+CMEE?").await, "AT+CMEE?|+CMEE: 0|OK");
        }
    });
}

#[test]
fn a_menu_without_the_prompt_that_was_expected_is_answered_as_ever() {
    run(async {
        let rows = "base = [\"cinterion-bgs2\"]\n[ussd]\nis-prompting = false\n";
        let mut modem = Modem::new(scenario(rows));
        modem.ussd(&code("*103#"), LIMIT, true).await.unwrap();
        let turn = modem.answer("1", LIMIT).await.unwrap();
        assert_eq!(turn.text(), "Uw saldo is 7,05 EUR en blijft geldig tot 14-03-2027.");
        assert_eq!(modem.close().await.requests()[1], "AT+CUSD=1,\"1\",15");
    });
}

/// A Telit, which says OK behind the answer.
fn telit(answer: &str) -> Bench {
    stick(&format!(
        "[identity]\nmanufacturer = \"Telit\"\nmodel = \"HE910\"\n[ussd]\nis-before-ok = true\n\
         [[code]]\nask = \"#121#\"\n{answer}\n"
    ))
}

#[test]
fn a_port_that_is_blocked_until_the_answer_is_waited_for() {
    run(async {
        let mut modem = Modem::new(telit("text = \"Saldo 5\"\nafter-ms = 30000"));
        assert_eq!(ask(&mut modem).await.unwrap().text, "Saldo 5");
        modem.close().await;
    });
}

#[test]
fn silence_on_a_blocked_port_is_the_networks() {
    run(async {
        let (started, mut modem) =
            (Instant::now(), Modem::new(telit("text = \"late\"\nafter-ms = 300000")));
        let error = modem.ussd(&code("#121#"), LIMIT, true).await.unwrap_err();
        assert_eq!(error.exit_status(), 5, "{error}");
        assert!(error.to_string().contains("did not answer within 45 s"), "{error}");
        assert!(started.elapsed() < LIMIT + Duration::from_secs(30), "{:?}", started.elapsed());
    });
}

#[test]
fn the_character_set_of_the_first_form_shares_a_line() {
    run(async {
        let mut modem = Modem::new(named("sim7600"));
        ask(&mut modem).await.unwrap();
        let bench = modem.close().await;
        let commands = bench.commands();
        assert_eq!(place(&commands, "+CUSD=1,"), 3, "{commands:?}");
        assert!(commands[2].contains("+CSCS=\"GSM\";+CSCS?"), "{commands:?}");
    });
}

#[test]
fn a_character_set_that_is_not_to_be_had_is_no_reason_to_ask_twice() {
    run(async {
        for error in [0, 50] {
            let rows = format!(
                "charset = \"IRA\"\n[identity]\nmanufacturer = \"Quectel\"\n\
                 [[row]]\ncommand = 'AT+CSCS=\"GSM\"'\nerror = {error}\n"
            );
            let mut modem = Modem::new(stick(&rows));
            assert_eq!(ask(&mut modem).await.unwrap().text, BALANCE);
            assert_eq!(modem.close().await.requests().len(), 1);
        }
    });
}

#[test]
fn a_module_without_ussd_says_so_before_anything_is_sent() {
    run(async {
        let rows = "[identity]\nmanufacturer = \"SIMCOM INCORPORATED\"\nmodel = \"SIM7080\"\n";
        let mut modem = Modem::new(stick(rows));
        let error = modem.ussd(&code("#121#"), LIMIT, true).await.unwrap_err();
        assert!(error.to_string().starts_with("this modem has no USSD: "), "{error}");
        assert_eq!(modem.close().await.requests(), [""; 0]);
    });
}
