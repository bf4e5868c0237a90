//! Where money is at stake: nothing goes out twice, nothing is bought, and nobody else's amount is ours.

use std::time::Duration;

use saldo::Error;
use saldo::balance::{Confidence, Kind};
use saldo::client::{Balance, Credited, Modem, Question, Via};
use saldo::operators::Operators;
use saldo::pdu::{Pdu, Submit, Tpdu};
use tokio::time::Instant;

use super::bench::{Bench, LIMIT, ask_as, named, question, run, scenario, stick};

async fn asked(bench: Bench, wish: &Question) -> (Result<Balance, Error>, Bench) {
    let mut modem = Modem::new(bench);
    let balance = ask_as(&mut modem, wish, &Operators::built_in()).await;
    (balance, modem.close().await)
}

async fn top_up(bench: Bench, voucher: &str) -> (Result<Credited, Error>, Bench) {
    let mut modem = Modem::new(bench);
    let operator = modem.find_operator(None, &Operators::built_in()).await.unwrap();
    let filled = operator.topup[0].with_voucher(voucher).unwrap();
    let credited = modem.top_up(&operator, &filled, LIMIT).await;
    (credited, modem.close().await)
}

/// Proximus with a voucher code that does this.
fn voucher(rows: &str) -> Bench {
    stick(&format!("[[code]]\nask = \"*121*12345678901234#\"\n{rows}"))
}

const VOUCHER: &str = "12345678901234";

/// Whether a session that the network holds open is ended by the last command but for settings.
fn ends_session(bench: &Bench) -> bool {
    let commands = bench.commands();
    let last = commands.iter().rposition(|line| line.starts_with("AT+CUSD=1,")).unwrap();
    commands[last..].iter().any(|line| line == "AT+CUSD=2")
}

#[test]
fn a_voucher_that_the_network_swallows_may_have_been_used_and_is_not_sent_again() {
    run(async {
        let (error, bench) = top_up(voucher("is-silent = true\n"), VOUCHER).await;
        let error = error.unwrap_err();
        assert!(
            error.to_string().ends_with("the voucher may have been used all the same"),
            "{error}"
        );
        assert_eq!((error.exit_status(), bench.requests().len()), (5, 1));
    });
}

#[test]
fn a_cable_pulled_behind_a_voucher_leaves_it_in_doubt() {
    run(async {
        let (error, bench) = top_up(voucher("is-hangup = true\n"), VOUCHER).await;
        let error = error.unwrap_err();
        assert!(error.to_string().contains("may have been used"), "{error}");
        assert_eq!((error.exit_status(), bench.requests().len()), (3, 1));
    });
}

#[test]
fn a_voucher_by_message_that_nobody_answers_for_is_in_doubt() {
    run(async {
        let part = Submit::parts(&"1914".parse().unwrap(), "TOPUP 123456789012345", 0).unwrap();
        let tpdu = Tpdu::Submit(part.into_iter().next().unwrap());
        let (digits, length) = Pdu { smsc: None, tpdu }.line();
        for (end, status, doubt) in [
            ("! hangup\n", 3, true),
            ("= \\r\\n+CMS ERROR: 332\\r\\n\n", 4, true),
            ("= \\r\\n+CMS ERROR: 331\\r\\n\n", 4, false),
        ] {
            let script = format!(
                "# saldo script 1\n# base: be-base-sms\n\
                 > AT+CMGS={length}\n= \\r\\n> \\x20\n> {digits}\\x1A\n{end}"
            );
            let modem = saldo::sim::Modem::from_text("voucher.at", &script).unwrap();
            let (error, bench) = top_up(Bench::new(modem), "123456789012345").await;
            let error = error.unwrap_err();
            assert_eq!(error.exit_status(), status, "{error}");
            assert_eq!(error.to_string().contains("may have been used"), doubt, "{error}");
            let sent = bench.commands().iter().filter(|line| line.contains("+CMGS=")).count();
            assert_eq!(sent, 1, "{:?}", bench.commands());
        }
    });
}

#[test]
fn a_voucher_that_the_modem_refuses_at_once_is_still_whole_and_tried_in_no_other_form() {
    run(async {
        let rows = "base = [\"be-proximus\"]\n[ussd]\nrequest = [\"packed-hex\"]\n";
        let (error, bench) = top_up(scenario(rows), VOUCHER).await;
        let error = error.unwrap_err();
        assert!(!error.to_string().contains("may have been used"), "{error}");
        assert_eq!((error.exit_status(), bench.requests().len()), (4, 1), "{error}");
    });
}

#[test]
fn a_question_before_a_voucher_is_answered_by_nobody_but_the_user() {
    run(async {
        let mut modem = Modem::new(named("be-topup"));
        let operator = modem.find_operator(None, &Operators::built_in()).await.unwrap();
        let filled = operator.topup[0].with_voucher("22222222222222").unwrap();
        let credited = modem.top_up(&operator, &filled, LIMIT).await.unwrap();
        assert!(credited.wants_answer(), "{credited:?}");
        let bench = modem.close().await;
        assert_eq!(bench.requests().len(), 1, "{:?}", bench.requests());
        assert!(ends_session(&bench), "{:?}", bench.commands());
    });
}

#[test]
fn a_full_storage_keeps_a_paid_question_and_a_voucher_at_home() {
    run(async {
        let (error, bench) = asked(named("inbox-full"), &question()).await;
        assert_eq!(error.unwrap_err().exit_status(), 4);
        assert!(!bench.commands().iter().any(|line| line.contains("+CMGS=")), "nothing was sent");
        let (error, bench) = top_up(named("inbox-full"), "123456789012345").await;
        assert_eq!(error.unwrap_err().exit_status(), 4);
        assert!(!bench.commands().iter().any(|line| line.contains("+CMGS=")), "nothing was sent");
    });
}

/// Safaricom's second way, with these menus.
fn two_menus(second: &str) -> (Bench, Operators) {
    let bench = stick(&format!(
        "[[code]]\nask = \"*100#\"\nstatus = 1\ntext = \"1. My Account\\n2. Buy Bundles\"\n\
         [[code]]\nask = \"*100# 1\"\nstatus = 1\ntext = \"{second}\"\n\
         [[code]]\nask = \"*100# 1 1\"\ntext = \"Your balance is KES 55.00\"\n\
         [[code]]\nask = \"*100# 1 2\"\ntext = \"Your balance is KES 66.00\"\n"
    ));
    let rows = "[[operator]]\nid = \"x\"\nname = \"X\"\nplmn = [\"20601\"]\ncurrency = \"KES\"\n\
        ask = [{ ussd = \"*100#\", path = [\"1\", \"1\"], says = [\"My Account\", \"My Balance\"], reply = \"menu\" }]\n";
    (bench, Operators::with_user_file(rows, "x.toml").unwrap())
}

#[test]
fn a_path_of_two_menus_stops_where_the_second_is_another() {
    run(async {
        for (second, amount, requests) in [
            ("1. My Balance\\n2. My Number", Some("55.00"), 3),
            ("1. Okoa Jahazi\\n2. My Balance", Some("66.00"), 3),
            ("1. Confirm purchase\\n2. Cancel", None, 2),
            ("1. My Balance plus 50\\n2. My Balance plus 100", None, 2),
        ] {
            let (bench, operators) = two_menus(second);
            let mut modem = Modem::new(bench);
            let wish = Question { operator: Some("x".into()), ..question() };
            let balance = ask_as(&mut modem, &wish, &operators).await.unwrap();
            let bench = modem.close().await;
            let found = balance.reading.main().map(|pot| pot.amount.to_string());
            assert_eq!((found.as_deref(), bench.requests().len()), (amount, requests), "{second}");
            assert!(amount.is_some() || ends_session(&bench), "{second}");
        }
    });
}

#[test]
fn a_menu_whose_answer_never_comes_is_ended() {
    run(async {
        let rows = "[[code]]\nask = \"#121#\"\nstatus = 1\ntext = \"1. Saldo\\n0. Stop\"\n\
                    [[code]]\nask = \"#121# 1\"\nis-silent = true\n";
        let answers = vec!["1".parse().unwrap()];
        let (error, bench) = asked(stick(rows), &Question { answers, ..question() }).await;
        assert_eq!(error.unwrap_err().exit_status(), 5);
        assert_eq!(bench.requests().len(), 2);
        assert!(ends_session(&bench), "{:?}", bench.commands());
    });
}

/// BASE, where `CONSULT` brings these.
fn consult(rows: &str) -> Bench {
    scenario(&format!(
        "base = [\"_base\", \"_stick\"]\n[[text]]\nto = \"1914\"\ntext = \"CONSULT\"\n{rows}"
    ))
}

fn base() -> Question {
    Question { operator: Some("be-base-prepaid".into()), ..question() }
}

fn main_of(balance: &Balance) -> (String, Confidence) {
    let main = balance.reading.main().map(|pot| pot.amount.to_string());
    (main.unwrap_or_default(), balance.reading.confidence)
}

#[test]
fn an_answer_that_waited_in_the_network_for_days_gives_way_to_a_new_one() {
    run(async {
        let old = "{ from = \"1914\", text = \"Je herlaadkrediet is 99,00 euro\", age-hours = 100, after-ms = 10 }";
        let new = "{ from = \"1914\", text = \"Je herlaadkrediet is 3,00 euro\", after-ms = 9000 }";
        let both = consult(&format!("reply = {new}\nmore = [{old}]\n"));
        let balance = asked(both, &base()).await.0.unwrap();
        assert_eq!(main_of(&balance), ("3.00".into(), Confidence::Sure));
        let started = Instant::now();
        let balance = asked(consult(&format!("reply = {old}\n")), &base()).await.0.unwrap();
        assert_eq!(main_of(&balance), ("99.00".into(), Confidence::Likely));
        assert!(started.elapsed() < Duration::from_secs(25), "{:?}", started.elapsed());
    });
}

#[test]
fn adverts_announcements_reports_and_other_people_are_no_answer() {
    run(async {
        let report = "{ pdu = \"0006050B912374000000F1{time}{time}00\", after-ms = 15 }";
        let octets = "{ pdu = \"0044048191910004{time}0B0605040B8423F00102AABB\", after-ms = 18 }";
        let torn = "{ pdu = \"000404819191000062\", after-ms = 19 }";
        let friend = "{ from = \"+32470123456\", text = \"Mijn saldo is 77 euro\", after-ms = 20 }";
        let advert = "{ from = \"BASE\", text = \"Nieuw: 10 GB voor 10 euro!\", after-ms = 25 }";
        let soon = "{ from = \"1914\", text = \"Je ontvangt zo dadelijk een sms met je saldo.\", after-ms = 30 }";
        let answer = "{ from = \"1914\", text = \"👍 Je herlaadkrediet is 4,20 euro, geldig tot 20-02-2027. Blijf bellen, surfen en sms'en met BASE! 🎉\", after-ms = 19000 }";
        let bench = consult(&format!(
            "reply = {answer}\nmore = [{report}, {octets}, {torn}, {friend}, {advert}, {soon}]\n"
        ));
        let balance = asked(bench, &base()).await.0.unwrap();
        assert_eq!(main_of(&balance), ("4.20".into(), Confidence::Sure));
        assert_eq!(balance.via, Via::Sms);
    });
}

#[test]
fn an_advert_alone_is_shown_and_is_no_balance() {
    run(async {
        let advert =
            "reply = { from = \"BASE\", text = \"Nieuw: 10 GB voor 10 euro!\", after-ms = 30 }\n";
        let started = Instant::now();
        let balance = asked(consult(advert), &base()).await.0.unwrap();
        assert!(!balance.is_reliable(), "{:?}", balance.reading);
        assert_eq!(balance.text, "Nieuw: 10 GB voor 10 euro!");
        assert!(started.elapsed() < Duration::from_secs(25), "{:?}", started.elapsed());
    });
}

#[test]
fn a_strangers_balance_is_never_sure() {
    run(async {
        for from in ["MijnBank", "PrepaidCard", "8155"] {
            let text = "Uw saldo bedraagt 1.234,56 EUR.";
            let bench = consult(&format!(
                "reply = {{ from = \"{from}\", text = \"{text}\", after-ms = 30 }}\n"
            ));
            let balance = asked(bench, &base()).await.0.unwrap();
            assert_eq!(main_of(&balance).1, Confidence::Likely, "{from}");
        }
    });
}

#[test]
fn a_message_that_comes_while_the_session_is_open_is_not_lost() {
    run(async {
        let rows = |after| {
            format!(
                "[sms]\nis-quiet = true\n[[code]]\nask = \"*159#\"\nafter-ms = 500\n\
             text = \"Talebiniz alinmistir, SMS ile gonderilecektir.\"\n\
             sms = {{ from = \"TURKCELL\", text = \"Kalan: 2,5 GB internet\", after-ms = {after} }}\n"
            )
        };
        for after in [100, 600] {
            let bench = scenario(&format!("base = [\"tr-sms\"]\n{}", rows(after)));
            let code = Some("*159#".parse().unwrap());
            let (balance, bench) = asked(bench, &Question { code, ..question() }).await;
            let balance = balance.unwrap();
            assert_eq!((balance.via, balance.reading.kind), (Via::Sms, Kind::Bundle), "{after}");
            assert_eq!(bench.requests().len(), 1);
        }
    });
}

#[test]
fn a_balance_in_the_reply_leaves_a_message_beside_it_unread() {
    run(async {
        let rows = "[[code]]\nask = \"#121#\"\ntext = \"Uw saldo bedraagt 5,00 EUR.\"\nafter-ms = 200\n\
                    sms = { from = \"Proximus\", text = \"Uw saldo bedraagt 9,00 EUR.\", after-ms = 50 }\n";
        let (balance, bench) = asked(stick(rows), &question()).await;
        assert_eq!(main_of(&balance.unwrap()), ("5.00".into(), Confidence::Sure));
        let touched = |line: &&String| line.contains("+CMG") || line.contains("+CNMI");
        assert_eq!(bench.commands().iter().find(touched), None);
    });
}

#[test]
fn a_code_that_costs_is_dialled_after_a_yes_and_in_one_form() {
    run(async {
        let rows = "[[operator]]\nid = \"x\"\nname = \"X\"\nplmn = [\"20601\"]\n\
                    ask = [{ ussd = \"*5#\", cost = \"1 GTQ\" }]\n";
        let operators = Operators::with_user_file(rows, "x.toml").unwrap();
        for (may_cost, requests) in [(false, 0), (true, 1)] {
            let rows = "base = [\"be-proximus\"]\n[ussd]\nrequest = [\"packed-hex\"]\n";
            let mut modem = Modem::new(scenario(rows));
            let wish = Question { operator: Some("x".into()), may_cost, ..question() };
            let error = ask_as(&mut modem, &wish, &operators).await.unwrap_err();
            assert_eq!(modem.close().await.requests().len(), requests, "{error}");
            assert!(may_cost || error.to_string() == "asking X costs 1 GTQ", "{error}");
        }
    });
}

#[test]
fn a_user_who_lists_a_number_that_bills_may_write_to_it() {
    let rows = "[[operator]]\nname = \"Parking\"\nplmn = [\"20601\"]\n\
                ask = [{ sms = { to = \"4040\", text = \"SALDO\" } }]\n";
    let operators = Operators::with_user_file(rows, "x.toml").unwrap();
    let mine = operators.by_id("parking").unwrap();
    assert!(!mine.is_premium("4040") && mine.is_premium("4041"), "this one exactly");
    let unknown = saldo::operators::SimFacts {
        imsi: saldo::ids::Imsi::parse("206990000000010").ok(),
        ..Default::default()
    };
    assert!(Operators::built_in().is_premium(&unknown, None, "4040"), "the country is enough");
}
