//! Requests: in the form the modem takes, no more of them than needed, their answers whenever they come.

use std::time::Duration;

use saldo::Error;
use saldo::client::{Modem, Via};
use saldo::ussd::Answer;
use tokio::time::Instant;

use super::bench::{
    BALANCE, Bench, LIMIT, ask, ask_as, code, named, question, run, scenario, stick,
};

async fn answered(bench: Bench) -> (String, Bench) {
    let mut modem = Modem::new(bench);
    let text = ask(&mut modem).await.unwrap().text;
    (text, modem.close().await)
}

#[test]
fn every_answer_is_read_whenever_it_comes() {
    run(async {
        let after = |ms: u32| {
            stick(&format!("[[code]]\nask = \"#121#\"\ntext = \"Saldo 5\"\nafter-ms = {ms}\n"))
        };
        for bench in [
            after(0),
            after(30_000),
            after(44_999),
            stick("[ussd]\nis-before-ok = true\n[[code]]\nask = \"#121#\"\ntext = \"Saldo 5\"\n"),
            stick("[[code]]\nask = \"#121#\"\ntext = \"Saldo 5\"\nstatus = 2\n"),
        ] {
            assert_eq!(answered(bench).await.0, "Saldo 5");
        }
    });
}

#[test]
fn a_modem_that_says_nothing_at_all_is_silent_after_a_few_seconds() {
    run(async {
        let mut bench = stick("");
        bench.is_deaf = true;
        let (started, mut modem) = (Instant::now(), Modem::new(bench));
        let error = ask(&mut modem).await.unwrap_err();
        assert!(matches!(error, Error::Silent { .. }), "{error}");
        modem.close().await;
        assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    });
}

#[test]
fn a_request_without_ok_is_silence_and_an_ok_without_answer_the_network() {
    run(async {
        let rows = "[[row]]\ncommand = 'AT+CUSD=1,\"#121#\",15'\nis-silent = true\n";
        let (started, mut modem) = (Instant::now(), Modem::new(stick(rows)));
        let error = ask(&mut modem).await.unwrap_err();
        assert_eq!((error.exit_status(), started.elapsed().as_secs()), (4, 15), "{error}");
        assert!(matches!(error, Error::Silent { .. }), "{error}");
        assert_eq!(modem.close().await.requests().len(), 1);

        // Noise neither ends the wait nor puts it off.
        for noise in ["", "[[noise]]\nline = \"^RSSI:19\"\nevery-ms = 7\n"] {
            let rows = format!("[[code]]\nask = \"#121#\"\nis-silent = true\n{noise}");
            let (started, mut modem) = (Instant::now(), Modem::new(stick(&rows)));
            let error = ask(&mut modem).await.unwrap_err();
            assert_eq!(started.elapsed(), LIMIT);
            assert_eq!(
                (error.exit_status(), error.to_string().as_str()),
                (5, "the network did not answer within 45 s")
            );
            assert_eq!(modem.close().await.commands().last().unwrap(), "AT+CMEE=0");
        }
    });
}

#[test]
fn the_wait_is_as_long_as_the_user_says() {
    run(async {
        let mut modem = Modem::new(stick("[[code]]\nask = \"*9#\"\nis-silent = true\n"));
        let limit = Duration::from_secs(120);
        modem.ussd(&code("*100#"), limit, true).await.unwrap_err(); // wakes and identifies
        let started = Instant::now();
        modem.ussd(&code("*9#"), limit, true).await.unwrap_err();
        assert_eq!(started.elapsed(), limit);
        modem.close().await;
    });
}

#[test]
fn noise_in_and_between_answers_changes_nothing() {
    run(async {
        assert_eq!(answered(named("noisy")).await.0, BALANCE);
        // Lines that no table knows must not be taken for an answer either.
        let rows = "[[noise]]\nline = \"^UNHEARD: 7\"\nis-inside = true\n\
                    [[noise]]\nline = \"^UNHEARD: 8\"\nevery-ms = 3\n";
        assert_eq!(answered(stick(rows)).await.0, BALANCE);
    });
}

#[test]
fn a_modem_that_takes_another_form_is_asked_in_that_form() {
    run(async {
        let packed = |refusal: u32| {
            format!(
                "[ussd]\nrequest = [\"packed-hex\"]\nreply = \"packed-hex\"\nrefusal = {refusal}\n"
            )
        };
        for refusal in [0, 100, 304] {
            let (text, bench) = answered(stick(&packed(refusal))).await;
            assert_eq!(text, BALANCE);
            let requests = bench.requests();
            assert_eq!(requests.first().unwrap(), "AT+CUSD=1,\"#121#\",15", "the standard first");
            assert_eq!(requests.last().unwrap(), "AT+CUSD=1,\"A3982C3602\",15");
            assert!(requests.len() <= 3, "{requests:?}");
        }
    });
}

#[test]
fn a_known_family_is_asked_in_its_own_form_at_once() {
    run(async {
        for (name, request) in [
            ("huawei-e3372", "AT+CUSD=1,\"A3982C3602\",15"),
            ("quectel-ec25", "AT+CUSD=1,\"#123#\",15"),
            ("sim7600", "AT+CUSD=1,\"#121#\",15"),
            ("telit-he910", "AT+CUSD=1,\"#123#\",15"),
        ] {
            assert_eq!(answered(named(name)).await.1.requests(), [request], "{name}");
        }
    });
}

#[test]
fn no_more_than_three_requests_go_on_air_and_none_after_another_refusal() {
    run(async {
        let (mut modem, refused) = (Modem::new(stick("[ussd]\nrequest = []\n")), "AT+CUSD");
        let error = ask(&mut modem).await.unwrap_err();
        assert!(matches!(&error, Error::Refused { command, .. } if command == refused), "{error}");
        let requests = modem.close().await.requests();
        assert_eq!(requests.len(), 3, "{requests:?}");

        let mut modem = Modem::new(stick("[ussd]\nrequest = []\nrefusal = 17\n"));
        ask(&mut modem).await.unwrap_err();
        assert_eq!(modem.close().await.requests().len(), 1, "17 is about the SIM, not the form");
    });
}

#[test]
fn a_code_that_is_no_plain_query_goes_out_once_whatever_comes_back() {
    run(async {
        for rows in ["[ussd]\nrequest = []\n", "[ussd]\nrequest = []\nrefusal = 304\n"] {
            let mut modem = Modem::new(stick(rows));
            modem.ussd(&code("*121*12345678901234#"), LIMIT, false).await.unwrap_err();
            assert_eq!(modem.close().await.requests().len(), 1);
        }
    });
}

#[test]
fn a_form_whose_character_set_is_refused_is_not_sent() {
    run(async {
        // Sent all the same, hexadecimal digits would go on air as if they were the code.
        let rows = "[ussd]\nrequest = [\"packed-hex\"]\nreply = \"packed-hex\"\n\
                    [[row]]\ncommand = 'AT+CSCS=\"UCS2\"'\nerror = 50\n";
        let (text, bench) = answered(stick(rows)).await;
        assert_eq!(text, BALANCE);
        assert_eq!(
            bench.requests(),
            ["AT+CUSD=1,\"#121#\",15", "AT+CUSD=1,\"A3982C3602\",15"],
            "two forms, and not the one that needs UCS2"
        );
        let bench =
            answered(stick("lacks = [\"+CSCS\"]\n[ussd]\nrequest = [\"packed-hex\"]\n")).await.1;
        assert_eq!(bench.requests().len(), 2, "a modem without +CSCS has no UCS2 either");
    });
}

#[test]
fn a_modem_that_speaks_ucs2_is_asked_in_ucs2() {
    run(async {
        // Some give the name of the character set in the set itself.
        let named = "[[row]]\ncommand = \"AT+CSCS?\"\nsays = ['+CSCS: \"0055004300530032\"']\n";
        for row in ["", named] {
            let (text, bench) = answered(stick(&format!("charset = \"UCS2\"\n{row}"))).await;
            assert_eq!(text, BALANCE);
            assert_eq!(bench.requests(), ["AT+CUSD=1,\"00230031003200310023\",15"]);
            assert!(bench.commands().iter().all(|line| !line.contains("CSCS=")), "nothing to set");
        }
    });
}

#[test]
fn a_menu_is_walked_and_left() {
    run(async {
        let mut modem = Modem::new(named("be-lyca-menu"));
        let mut wish = question();
        wish.code = Some(code("*103#"));
        wish.answers = vec![Answer::parse("1").unwrap()];
        let balance = ask_as(&mut modem, &wish, &Default::default()).await.unwrap();
        assert_eq!(balance.via, Via::Menu);
        assert_eq!(balance.text, "Uw saldo is 7,05 EUR en blijft geldig tot 14-03-2027.");
        assert_eq!(balance.turns.len(), 2);
        let requests = modem.close().await.requests();
        assert_eq!(requests, ["AT+CUSD=1,\"*103#\",15", "AT+CUSD=1,\"1\",15"]);
    });
}

#[test]
fn a_menu_that_stays_open_is_closed() {
    run(async {
        for answers in [&[][..], &["2"]] {
            let mut modem = Modem::new(named("be-lyca-menu"));
            let mut wish = question();
            wish.code = Some(code("*103#"));
            wish.answers = answers.iter().map(|answer| Answer::parse(answer).unwrap()).collect();
            let balance = ask_as(&mut modem, &wish, &Default::default()).await.unwrap();
            assert!(balance.turns.last().unwrap().wants_answer());
            let commands = modem.close().await.commands();
            let cancels = commands.iter().filter(|line| line.ends_with("+CUSD=2")).count();
            assert_eq!(cancels, 2, "once before, once after: {commands:?}");
        }
    });
}

#[test]
fn the_answer_to_a_menu_goes_in_the_form_of_the_code() {
    run(async {
        let rows = "base = [\"_lycamobile\", \"_huawei\"]\n";
        let mut modem = Modem::new(scenario(rows));
        modem.ussd(&code("*103#"), LIMIT, true).await.unwrap();
        let turn = modem.answer("1", LIMIT).await.unwrap();
        assert_eq!(turn.text(), "Uw saldo is 7,05 EUR en blijft geldig tot 14-03-2027.");
        assert_eq!(modem.close().await.requests()[1], "AT+CUSD=1,\"31\",15");
    });
}

#[test]
fn a_command_that_never_ends_does_not_end_the_run() {
    run(async {
        for command in ["AT+CCID", "AT+CRSM=176,28486,0,0,17", "AT+COPS?", "AT+CSCS?"] {
            let rows = format!("[[row]]\ncommand = \"{command}\"\nis-silent = true\n");
            assert_eq!(answered(stick(&rows)).await.0, BALANCE, "{command}");
        }
    });
}

#[test]
fn few_commands_go_before_the_request() {
    run(async {
        for bench in [stick(""), stick("lacks = [\"+CSCS\"]"), named("noisy"), one_a_line()] {
            let bench = answered(bench).await.1;
            let commands = bench.commands();
            let before = commands.iter().position(|line| line.starts_with("AT+CUSD=1,")).unwrap();
            assert!(before <= 8, "{before}: {commands:?}");
        }
    });
}

#[test]
fn a_modem_that_refuses_joined_lines_is_asked_one_by_one() {
    run(async {
        let (text, bench) = answered(one_a_line()).await;
        assert_eq!(text, BALANCE);
        let joined = bench.commands().iter().filter(|line| line.contains(';')).count();
        assert_eq!(joined, 1, "it is tried once: {:?}", bench.commands());
        assert_eq!(bench.sim.modem().unused(), []);
    });
}

/// A modem that takes one command a line.
fn one_a_line() -> Bench {
    let script = include_str!("../../fixtures/scripts/one-command-a-line.at");
    Bench::new(saldo::sim::Modem::from_text("one-command-a-line.at", script).unwrap())
}
