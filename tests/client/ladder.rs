//! The ladder: a modem that wants a request in any form is asked in it, within three requests, and is left
//! as it was.

use std::time::Duration;

use saldo::client::{Modem, Turn};
use saldo::{Error, sim};
use tokio::time::Instant;

use super::bench::{BALANCE, Bench, LIMIT, ask, code, run, stick};

/// Makes whose rows begin with different forms, and one that no row is about.
const MAKES: [&str; 5] = ["Ericsson", "Example", "huawei", "Quectel", "SIMCOM_SIM300"];

/// What a modem may be made of: the request it takes alone, its answers, its character set at the start.
fn modems() -> impl Iterator<Item = (String, String)> {
    let requests = ["charset", "plain", "packed-hex", "ucs2-hex"];
    let replies = ["charset", "plain", "packed-hex", "ucs2-hex"];
    let charsets = ["GSM", "IRA", "UCS2", "HEX"];
    let each = move |make: &'static str| {
        requests.into_iter().flat_map(move |request| {
            replies.into_iter().flat_map(move |reply| {
                charsets.into_iter().map(move |charset| {
                    let name = format!("{make}, {request} in, {reply} out, found in {charset}");
                    let rows = format!(
                        "charset = \"{charset}\"\n[identity]\nmanufacturer = \"{make}\"\n\
                         [ussd]\nrequest = [\"{request}\"]\nreply = \"{reply}\"\n"
                    );
                    (name, rows)
                })
            })
        })
    };
    MAKES.into_iter().flat_map(each)
}

#[test]
fn every_modem_is_understood_whatever_its_row_says() {
    run(async {
        let mut count = 0;
        for (name, rows) in modems() {
            let mut bench = stick(&rows);
            let before = bench.state().await;
            let mut modem = Modem::new(bench);
            let answer = ask(&mut modem).await.map(|balance| balance.text);
            let mut bench = modem.close().await;
            assert_eq!(answer.unwrap_or_else(|error| error.to_string()), BALANCE, "{name}");
            assert!(bench.requests().len() <= 3, "{name}: {:?}", bench.requests());
            assert_eq!(bench.state().await, before, "{name}");
            count += 1;
        }
        assert_eq!(count, 320);
    });
}

/// Asks the balance code as `saldo ussd` does.
async fn dial(bench: Bench, is_query: bool) -> (Result<Turn, Error>, Bench) {
    let mut modem = Modem::new(bench);
    let turn = modem.ussd(&code("#121#"), LIMIT, is_query).await;
    (turn, modem.close().await)
}

const CYRILLIC: &str = "Баланс: 152.30 руб. Услуга бесплатна";

/// A modem whose answers in this character set lose their letters.
fn lossy(charset: &str, rows: &str) -> Bench {
    stick(&format!(
        "charset = \"{charset}\"\n{rows}\n[[code]]\nask = \"#121#\"\ntext = \"{CYRILLIC}\"\n"
    ))
}

#[test]
fn letters_lost_on_the_way_are_asked_for_again_under_ucs2() {
    run(async {
        let plain = "AT+CUSD=1,\"#121#\",15";
        let ucs2 = "AT+CUSD=1,\"00230031003200310023\",15";
        for (charset, rows, requests) in [
            ("IRA", "", &[plain, ucs2][..]),
            ("GSM", "", &[plain, ucs2]),
            ("IRA", "[ussd]\nrequest = [\"plain\"]", &[plain, ucs2, plain]),
            ("UCS2", "", &[ucs2]),
        ] {
            let mut bench = lossy(charset, rows);
            let before = bench.state().await;
            let (turn, mut bench) = dial(bench, true).await;
            assert_eq!(turn.unwrap().text(), CYRILLIC, "{charset} {rows}");
            assert_eq!(bench.requests(), requests, "{charset} {rows}");
            assert_eq!(bench.state().await, before, "{charset} {rows}");
        }
    });
}

#[test]
fn a_lossy_answer_is_better_than_none() {
    run(async {
        let refuses = "[[row]]\ncommand = 'AT+CSCS=\"UCS2\"'\nerror = 50\n";
        let once = "[[row]]\ncommand = 'AT+CUSD=1,\"00230031003200310023\",15'\nerror = 17\n";
        for (name, rows, is_query, requests) in [
            ("no UCS2", refuses, true, 1),
            ("refused the second time", once, true, 2),
            ("no plain query", "", false, 1),
        ] {
            let (turn, bench) = dial(lossy("IRA", rows), is_query).await;
            let turn = turn.unwrap();
            assert!(turn.text().contains("152.30") && turn.readings[0].lossy, "{name}");
            assert_eq!(bench.requests().len(), requests, "{name}");
        }
    });
}

#[test]
fn noise_in_place_of_a_text_is_asked_for_in_another_form() {
    run(async {
        let script = "# saldo script 1\n# base: be-proximus\n\
            > AT+CUSD=1,\"#121#\",15\n< OK\n\
            < +CUSD: 0,\"+&;J#%r@{d|J%=R~8^RH<Q/`W\",15\n";
        let noisy = || Bench::new(sim::Modem::from_text("x.at", script).unwrap());
        let (turn, bench) = dial(noisy(), true).await;
        assert_eq!(turn.unwrap().text(), BALANCE);
        assert_eq!(bench.requests().len(), 2);
        let (turn, bench) = dial(noisy(), false).await;
        assert!(turn.unwrap().text().starts_with("+&;J"), "it is shown all the same");
        assert_eq!(bench.requests().len(), 1);
    });
}

#[test]
fn a_lossy_answer_is_better_than_the_noise_before_it() {
    run(async {
        let script = "# saldo script 1\n# base: be-proximus\n\
            > AT+CUSD=1,\"#121#\",15\n< OK\n\
            < +CUSD: 0,\"+&;J#%r@{d|J%=R~8^RH<Q/`W\",15\n\
            > AT+CUSD=1,\"00230031003200310023\",15\n< OK\n\
            < +CUSD: 0,\"??????: 152.30 ???. ?????? ?????????\",15\n";
        let lossy = Bench::new(sim::Modem::from_text("x.at", script).unwrap());
        let (turn, _) = dial(lossy, true).await;
        let text = turn.map(|turn| turn.text().to_owned());
        assert!(text.as_ref().is_ok_and(|text| text.contains("152.30")), "{text:?}");
    });
}

#[test]
fn what_may_have_reached_the_network_is_not_sent_again() {
    run(async {
        let row = |row: &str| format!("[[row]]\ncommand = 'AT+CUSD=1,\"#121#\",15'\n{row}\n");
        let code = |row: &str| format!("[[code]]\nask = \"#121#\"\n{row}\n");
        for (name, rows) in [
            ("a refusal after two seconds", row("error = 100\nafter-ms = 2500")),
            ("not supported", code("status = 4")),
            ("ended without a text", code("status = 2")),
            ("a text that ends the session", code("status = 2\ntext = \"Unknown code\"")),
            ("an error behind OK", code("late-error = 100")),
            ("silence", code("is-silent = true")),
        ] {
            let (_, bench) = dial(stick(&rows), true).await;
            assert_eq!(bench.requests().len(), 1, "{name}: {:?}", bench.requests());
        }
        let (turn, bench) = dial(stick(&row("error = 100\nafter-ms = 1500")), true).await;
        assert_eq!((turn.unwrap().text(), bench.requests().len()), (BALANCE, 2));
    });
}

#[test]
fn between_two_requests_the_session_is_cancelled_and_the_modem_rests() {
    run(async {
        let started = Instant::now();
        let (turn, bench) = dial(stick("[ussd]\nrequest = [\"packed-hex\"]\n"), true).await;
        assert_eq!(turn.unwrap().text(), BALANCE);
        let commands = bench.commands();
        let requests: Vec<_> =
            (0..commands.len()).filter(|place| commands[*place].contains("CUSD=1,")).collect();
        assert_eq!(requests.len(), 3);
        for pair in requests.windows(2) {
            let between = &commands[pair[0]..pair[1]];
            assert!(between.contains(&"AT+CUSD=2".to_owned()), "{commands:?}");
        }
        let waited = started.elapsed();
        assert!((Duration::from_secs(2)..Duration::from_secs(3)).contains(&waited), "{waited:?}");
    });
}

#[test]
fn a_menu_that_lost_its_letters_is_left_before_it_is_asked_for_again() {
    run(async {
        let rows = "status = 1\n[[code]]\nask = \"#121# 1\"\ntext = \"Saldo 5\"\n";
        let bench = stick(&format!(
            "charset = \"IRA\"\n[[code]]\nask = \"#121#\"\ntext = \"1 {CYRILLIC}\"\n{rows}"
        ));
        let mut modem = Modem::new(bench);
        let menu = modem.ussd(&code("#121#"), LIMIT, true).await.unwrap();
        assert_eq!(menu.text(), format!("1 {CYRILLIC}"));
        assert_eq!(modem.answer("1", LIMIT).await.unwrap().text(), "Saldo 5");
        let requests = modem.close().await.requests();
        assert_eq!(requests.last().unwrap(), "AT+CUSD=1,\"0031\",15", "in the form of the code");
    });
}
