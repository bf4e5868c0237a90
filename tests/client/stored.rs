//! Messages in storage, vouchers, and what may cost something.

use saldo::balance::Kind;
use saldo::client::{Modem, Question};
use saldo::operators::Operators;
use saldo::{Error, client};

use super::bench::{LIMIT, ask_as, named, question, run};

#[test]
fn a_listing_joins_parts_and_leaves_the_modem_as_it_was() {
    run(async {
        let mut bench = named("inbox");
        bench.type_line("AT+CMGF=1;+CPMS=\"SM\"").await;
        let before = bench.state().await;
        let mut modem = Modem::new(bench);
        let storages = modem.storages().await.unwrap();
        let [client::Storage { name, inbox, unread, room }] = &storages[..] else { panic!() };
        let indexes: Vec<_> = inbox.messages.iter().map(|one| one.indexes.clone()).collect();
        assert_eq!((name.as_str(), indexes), ("SM", vec![vec![1, 2], vec![3], vec![4]]));
        assert_eq!((&unread[..], *room), (&[4][..], Some((4, 25))));
        let mut bench = modem.close().await;
        assert!(bench.state().await.ends_with(before.split_once('|').unwrap().1));
        assert!(bench.commands().iter().any(|line| line == "AT+CPMS=\"SM\",\"SM\",\"SM\""));
    });
}

#[test]
fn all_parts_of_a_message_are_deleted() {
    run(async {
        let mut modem = Modem::new(named("inbox"));
        modem.delete_messages("SM", &[1, 2]).await.unwrap();
        let left = &modem.storages().await.unwrap()[0].inbox;
        assert_eq!(left.messages.len(), 2);
    });
}

async fn top_up(voucher: &str) -> (Result<client::Credited, Error>, Vec<String>) {
    let mut modem = Modem::new(named("be-topup"));
    let operator = modem.find_operator(None, &Operators::built_in()).await.unwrap();
    let filled = operator.topup[0].with_voucher(voucher).unwrap();
    let credited = modem.top_up(&operator, &filled, LIMIT).await;
    (credited, modem.close().await.requests())
}

#[test]
fn a_voucher_is_sent_once_whatever_comes_of_it() {
    run(async {
        for (voucher, kind) in [("12345678901234", Kind::Balance), ("99999999999999", Kind::Error)]
        {
            let (credited, requests) = top_up(voucher).await;
            assert_eq!(credited.unwrap().kind, kind, "{voucher}");
            assert_eq!(requests.len(), 1, "{requests:?}");
        }
    });
}

#[test]
fn a_message_that_may_cost_something_needs_a_yes() {
    run(async {
        let wish =
            Question { operator: Some("be-base-prepaid".into()), may_cost: false, ..question() };
        let mut modem = Modem::new(named("be-base-sms"));
        let error = ask_as(&mut modem, &wish, &Operators::built_in()).await.unwrap_err();
        assert!(error.hint().unwrap().contains("--yes"), "{error}");
        let bench = modem.close().await;
        assert!(!bench.commands().iter().any(|line| line.contains("+CMGS")));
        let free = Question { operator: Some("be-aldi-talk".into()), ..wish };
        let mut modem = Modem::new(named("be-base-sms"));
        let plan = modem.plan(&free, &Operators::built_in()).await;
        assert!(plan.is_ok(), "the operator's page calls this one free: {plan:?}");
    });
}
