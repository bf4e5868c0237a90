//! A balance that comes as a message: asked for by one, or announced in a USSD reply.

use std::time::Duration;

use saldo::balance::Kind;
use saldo::client::{Balance, Modem, Question, Via};
use saldo::operators::Operators;
use saldo::{Error, sim};
use tokio::time::Instant;

use super::bench::{Bench, LIMIT, ask_as, named, question, run, scenario, stick};

async fn asked(bench: Bench, wish: &Question) -> (Result<Balance, Error>, Bench) {
    let mut modem = Modem::new(bench);
    let balance = ask_as(&mut modem, wish, &Operators::built_in()).await;
    (balance, modem.close().await)
}

fn base() -> Question {
    Question { operator: Some("be-base-prepaid".into()), ..question() }
}

pub(crate) const IN_TWO_PARTS: &str = "Je herlaadkrediet is 10,75 euro, geldig tot 20-02-2027. \
    Je hebt nog 300 MB, 60 min en 250 sms tot 05-12-2026. \
    Herladen kan via My BASE of stuur TOPUP en je code naar 1914.";

#[test]
fn a_balance_asked_for_by_message_is_read_in_both_parts() {
    run(async {
        for found in ["AT", "AT+CMGF=1;+CNMI=0,0,0,0,0", "AT+CMGF=1;+CNMI=2,2,0,0,0"] {
            let mut bench = named("be-base-sms");
            bench.type_line(found).await;
            let (balance, bench) = asked(bench, &base()).await;
            let balance = balance.unwrap();
            assert_eq!((balance.via, balance.text.as_str()), (Via::Sms, IN_TWO_PARTS));
            let sent = bench.commands().iter().filter(|line| line.contains("+CMGS=")).count();
            assert_eq!(sent, 1, "a message may cost something: it goes once");
            assert_eq!(bench.requests(), [""; 0]);
        }
    });
}

#[test]
fn a_message_that_the_network_refuses_is_not_sent_again() {
    run(async {
        let bench = scenario("base = [\"_base\", \"_stick\"]\n[sms]\ndenied = 38\n");
        let (balance, bench) = asked(bench, &base()).await;
        let error = balance.unwrap_err();
        assert!(
            matches!(&error, Error::Refused { command, .. } if command == "AT+CMGS"),
            "{error}"
        );
        let sent = bench.commands().iter().filter(|line| line.contains("+CMGS=")).count();
        assert_eq!(sent, 1);
    });
}

#[test]
fn a_prompt_that_never_comes_is_left_and_nothing_is_sent() {
    run(async {
        // An `OK`, or an error, that belongs to something else comes in its place.
        for instead in ["OK", "ERROR", "+CMS ERROR: 500", ""] {
            let script = format!(
                "# saldo script 1\n# base: be-base-sms\n> AT+CMGS=16\n< {instead}\n> \\x1B\n"
            );
            let bench = Bench::new(sim::Modem::from_text("x.at", &script).unwrap());
            let (balance, bench) = asked(bench, &base()).await;
            assert_eq!(balance.unwrap_err().exit_status(), 4, "{instead}");
            assert_eq!(bench.sim.modem().unused(), [], "{instead}: {:?}", bench.commands());
        }
    });
}

#[test]
fn a_message_that_does_not_come_is_waited_for_as_long_as_the_user_says() {
    run(async {
        let rows = "base = [\"_base\", \"_stick\"]\n[[text]]\nto = \"1914\"\ntext = \"CONSULT\"\n\
                    reply = { from = \"1914\", text = \"late\", after-ms = 46000 }\n";
        let started = Instant::now();
        let (balance, _) = asked(scenario(rows), &base()).await;
        let error = balance.unwrap_err();
        assert_eq!((error.exit_status(), started.elapsed().as_secs()), (5, 45), "{error}");
    });
}

#[test]
fn a_part_that_is_lost_does_not_hide_the_other() {
    run(async {
        // One place left in the store: the second part has nowhere to go.
        let rows = "base = [\"_base\", \"_stick\"]\n[sms]\ncapacity = 1\n";
        let started = Instant::now();
        let (balance, _) = asked(scenario(rows), &base()).await;
        assert!(balance.unwrap().text.starts_with("Je herlaadkrediet is 10,75 euro"));
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    });
}

#[test]
fn messages_that_were_there_before_are_no_answer() {
    run(async {
        let rows = "base = [\"_base\", \"_stick\"]\n\
                    [[message]]\nfrom = \"1914\"\ntext = \"Je herlaadkrediet is 99,99 euro\"\n";
        assert_eq!(asked(scenario(rows), &base()).await.0.unwrap().text, IN_TWO_PARTS);
    });
}

#[test]
fn a_message_announced_before_the_question_is_no_answer() {
    run(async {
        let script = "# saldo script 1\n# base: be-base-sms\n< +CMTI: \"SM\",9\n";
        let bench = Bench::new(sim::Modem::from_text("x.at", script).unwrap());
        let (balance, bench) = asked(bench, &base()).await;
        assert_eq!(balance.unwrap().text, IN_TWO_PARTS);
        assert!(bench.commands().iter().all(|line| line != "AT+CMGR=9"), "{:?}", bench.commands());
    });
}

const LATER: &str = "Uw herlaadbaar krediet: 12,34 EUR, geldig tot 31/12/2026.";

#[test]
fn a_balance_announced_by_ussd_is_read_from_the_message() {
    run(async {
        for found in ["AT", "AT+CMGF=1;+CNMI=2,1,0,0,0", "AT+CNMI=2,2,0,0,0"] {
            let mut bench = named("be-sms-later");
            bench.type_line(found).await;
            let balance = asked(bench, &question()).await.0.unwrap();
            assert_eq!((balance.via, balance.text.as_str()), (Via::Sms, LATER), "{found}");
            assert!(balance.turns[0].text().starts_with("Uw aanvraag wordt behandeld"));
        }
    });
}

#[test]
fn a_message_that_overtakes_its_announcement_is_read_too() {
    run(async {
        let rows = "[[code]]\nask = \"#121#\"\nafter-ms = 500\n\
                    text = \"Uw aanvraag wordt behandeld. U ontvangt zo dadelijk een sms met uw saldo.\"\n\
                    sms = { from = \"Proximus\", text = \"Saldo: 12,34 EUR\", after-ms = 20 }\n";
        let mut modem =
            sim::Modem::from_text("x", &format!("base = [\"be-proximus\"]\n{rows}")).unwrap();
        modem.latency = Duration::from_millis(50);
        let (balance, _) = asked(Bench::new(modem), &question()).await;
        assert_eq!(balance.unwrap().text, "Saldo: 12,34 EUR");
    });
}

#[test]
fn a_user_who_wants_no_message_gets_the_announcement_at_once() {
    run(async {
        let wish = Question { wait_for_message: false, ..question() };
        let started = Instant::now();
        let (balance, bench) = asked(named("be-sms-later"), &wish).await;
        let balance = balance.unwrap();
        assert_eq!(balance.via, Via::Ussd);
        assert!(balance.text.starts_with("Uw aanvraag wordt behandeld"));
        assert!(started.elapsed() < Duration::from_secs(1));
        assert!(
            bench.commands().iter().all(|line| !line.contains("+CNMI")),
            "{:?}",
            bench.commands()
        );
    });
}

#[test]
fn an_announced_message_that_never_comes_is_the_networks_fault() {
    run(async {
        let rows = "[[code]]\nask = \"#121#\"\n\
                    text = \"Uw aanvraag wordt behandeld. U ontvangt zo dadelijk een sms met uw saldo.\"\n";
        let started = Instant::now();
        let error = asked(stick(rows), &question()).await.0.unwrap_err();
        assert_eq!((error.exit_status(), started.elapsed()), (5, LIMIT), "{error}");
    });
}

const STORED: &str = "[[message]]\nfrom = \"1914\"\ntext = \"Je herlaadkrediet is 99,99 euro\"\n";

#[test]
fn a_message_that_nobody_announces_is_found_in_storage() {
    run(async {
        let rows = format!("base = [\"_base\", \"_stick\"]\n[sms]\nis-quiet = true\n{STORED}");
        let (balance, bench) = asked(scenario(&rows), &base()).await;
        assert_eq!(balance.unwrap().text, IN_TWO_PARTS);
        let read = |line: &&String| line.starts_with("AT+CMGR=1") || line.contains("+CMGL");
        assert_eq!(bench.commands().iter().find(read), None, "{:?}", bench.commands());
    });
}

/// The operator answers the request, and before that so does somebody else.
fn with_another(from: &str, text: &str, peek: bool) -> Bench {
    scenario(&format!(
        "base = [\"_proximus\", \"_stick\"]\n[sms]\ncan-peek = {peek}\n[[code]]\nask = \"#121#\"\n\
         text = \"Uw aanvraag wordt behandeld. U ontvangt zo dadelijk een sms met uw saldo.\"\n\
         sms = {{ from = \"{from}\", text = \"{text}\", after-ms = 40 }}\n"
    ))
}

#[test]
fn a_message_of_another_sender_is_no_answer() {
    run(async {
        for (from, text) in
            [("+32470123456", "Mijn saldo is nog 5 euro"), ("bpost", "Uw pakje is onderweg")]
        {
            let (balance, bench) = asked(with_another(from, text, true), &question()).await;
            let error = balance.unwrap_err();
            assert!(error.hint().unwrap().contains("left alone"), "{error}");
            let read = |line: &&String| line.starts_with("AT+CMGR=") && !line.ends_with(",1");
            assert_eq!(bench.commands().iter().find(read), None, "it stays new");
        }
    });
}

#[test]
fn a_balance_in_a_strangers_name_is_likely_at_most() {
    run(async {
        let text = "Uw saldo bedraagt 12,34 EUR.";
        for (from, confidence) in
            [("Proximus", "sure"), ("MijnBank", "likely"), ("8155", "likely"), ("1712", "sure")]
        {
            let balance = asked(with_another(from, text, false), &question()).await.0.unwrap();
            assert_eq!(balance.reading.confidence.to_string(), confidence, "{from}");
        }
    });
}

#[test]
fn a_message_in_another_storage_is_read_there() {
    run(async {
        let rows = "base = [\"_base\", \"_stick\"]\n[sms]\nstorage = \"ME\"\n\
            [[row]]\ncommand = \"AT+CPMS?\"\nsays = ['+CPMS: \"SM\",0,25,\"SM\",0,25,\"SM\",0,25']\n";
        let (balance, bench) = asked(scenario(rows), &base()).await;
        assert_eq!(balance.unwrap().text, IN_TWO_PARTS);
        let switched: Vec<_> =
            bench.commands().into_iter().filter(|line| line.starts_with("AT+CPMS=")).collect();
        assert_eq!(switched, ["AT+CPMS=\"ME\"", "AT+CPMS=\"SM\",\"SM\",\"SM\""]);
    });
}

#[test]
fn a_reply_that_announces_nothing_is_kept_where_no_message_comes() {
    run(async {
        let bench = stick("[[code]]\nask = \"#121#\"\ntext = \"Welkom bij ons.\"\n");
        let mut modem = Modem::new(bench);
        let wish = Question { operator: Some("be-mobisud".into()), ..question() };
        let balance = ask_as(&mut modem, &wish, &Operators::built_in()).await.unwrap();
        assert_eq!((balance.reading.kind, balance.via), (Kind::Other, Via::Ussd));
        assert_eq!(balance.text, "Welkom bij ons.");
    });
}
