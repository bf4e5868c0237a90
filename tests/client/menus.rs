//! Menus behind a balance code: a choice is taken for its words, never for its place alone.

use saldo::balance::Kind;
use saldo::client::{Balance, Modem, Question, Via};
use saldo::operators::Operators;

use super::bench::{Bench, ask_as, question, run, stick};
use saldo::ussd::Answer;

/// `*100#` opens a menu, and `path` is how the data say that it is answered.
fn operators(path: &str) -> Operators {
    let rows = format!(
        "[[operator]]\nid = \"x\"\nname = \"X\"\nplmn = [\"20601\"]\nlanguage = [\"en\"]\n\
         ask = [{{ ussd = \"*100#\", {path}, reply = \"menu\" }}]\n"
    );
    Operators::with_user_file(&rows, "x.toml").unwrap()
}

fn menu(first: &str, second: &str) -> Bench {
    let rows = format!(
        "[[code]]\nask = \"*100#\"\ntext = \"1. {first}\\n2. {second}\\n0. Exit\"\n\
         status = 1\n[[code]]\nask = \"*100# 1\"\ntext = \"Your balance is 5.00 EUR\"\n\
         [[code]]\nask = \"*100# 2\"\ntext = \"Your balance is 2.00 EUR\"\n"
    );
    stick(&rows)
}

async fn asked(bench: Bench, path: &str, answers: &[&str]) -> (Balance, Vec<String>) {
    let answers = answers.iter().map(|answer| Answer::parse(answer).unwrap()).collect();
    let wish = Question { operator: Some("x".into()), answers, ..question() };
    let mut modem = Modem::new(bench);
    let balance = ask_as(&mut modem, &wish, &operators(path)).await.unwrap();
    (balance, modem.close().await.requests())
}

fn amount(balance: &Balance) -> Option<String> {
    balance.reading.main().map(|pot| pot.amount.to_string())
}

#[test]
fn a_choice_that_speaks_of_the_balance_is_taken() {
    run(async {
        let bench = menu("My account", "Buy data");
        let (balance, requests) = asked(bench, "path = [\"1\"]", &[]).await;
        assert_eq!((amount(&balance).as_deref(), balance.via), (Some("5.00"), Via::Menu));
        assert_eq!(requests.len(), 2, "{requests:?}");
    });
}

#[test]
fn a_choice_that_sells_or_says_nothing_of_it_is_not() {
    run(async {
        for first in ["Buy data", "Top up", "Transfer credit", "News"] {
            let (balance, requests) = asked(menu(first, "Balance"), "path = [\"1\"]", &[]).await;
            assert_eq!(balance.reading.kind, Kind::Menu, "{first}");
            assert_eq!(balance.reading.choices.len(), 3, "{first}");
            assert_eq!(requests.len(), 1, "{first}: {requests:?}");
        }
    });
}

#[test]
fn the_words_of_the_data_find_a_choice_that_has_moved() {
    run(async {
        let path = "path = [\"1\"], says = [\"my balance\"]";
        let (balance, _) = asked(menu("Offers", "My  BALANCE"), path, &[]).await;
        assert_eq!(amount(&balance).as_deref(), Some("2.00"));
        let (balance, requests) = asked(menu("My account", "Offers"), path, &[]).await;
        assert_eq!((balance.reading.kind, requests.len()), (Kind::Menu, 1));
        let (balance, _) = asked(menu("My balance 1", "My balance 2"), path, &[]).await;
        assert_eq!(balance.reading.kind, Kind::Menu, "two choices fit");
    });
}

#[test]
fn what_the_user_answers_is_answered() {
    run(async {
        let (balance, _) = asked(menu("Buy data", "News"), "path = [\"1\"]", &["2"]).await;
        assert_eq!(amount(&balance).as_deref(), Some("2.00"));
    });
}
