//! When modems are asked, and who is told.

use std::cell::Cell;
use std::fs;
use std::rc::Rc;

use jiff::SignedDuration;
use saldo::daemon::Change;
use saldo::watch::{AlertKind, Outcome};

use super::bench::{Bench, Reply, euros, minutes, paused, read};

const HOURLY: &str = "[[modem]]\nname = 'attic'\nport = 'sim:be-proximus'\nevery = '1h'\n";

#[test]
fn it_asks_when_it_is_time_and_remembers() {
    paused(async {
        let bench = Bench::new(HOURLY);
        let left = Cell::new(20);
        let replies = move |_: &str, _| {
            left.set(left.get() - 1);
            euros(&format!("{},00", left.get()))
        };
        bench
            .start(replies)
            .beside(async |board, _| {
                minutes(150).await;
                let view = board.view("attic").unwrap();
                assert_eq!(view.last_good.unwrap().main().unwrap().amount.to_string(), "17.00");
                assert_eq!(view.operator.as_deref(), Some("Proximus Pay&Go"));
                let wait = view.next.unwrap().duration_since(bench.now());
                assert!((25..=31).contains(&wait.as_mins()), "{wait}");
            })
            .await;
        assert_eq!(bench.minutes(), [0, 60, 120]);
        let records = bench.records();
        assert!(records.iter().all(|record| record.modem == "attic" && record.sim.is_some()));
        assert_eq!(records.len(), 3);
    });
}

#[test]
fn after_a_restart_or_a_kill_the_schedule_goes_on() {
    paused(async {
        let bench = Bench::new(HOURLY);
        bench.start(|_, _| euros("5,00")).killed_after(70).await;
        assert_eq!(bench.minutes(), [0, 60]);
        bench.start(|_, _| Reply::Never).killed_after(60).await;
        assert_eq!(bench.minutes(), [0, 60, 120], "not at once, and at the next due time");
        // The question in the middle of which it was killed may have been on air: it is not put again.
        bench.start(|_, _| euros("5,00")).killed_after(55).await;
        assert_eq!(bench.minutes(), [0, 60, 120, 180]);
    });
}

#[test]
fn a_wish_is_granted_at_once_and_once() {
    paused(async {
        let bench = Bench::new(HOURLY);
        bench
            .start(|_, _| euros("5,00"))
            .beside(async |board, _| {
                minutes(10).await;
                assert!(board.check("attic"));
                assert!(board.check("attic"));
                assert!(!board.check("cellar"));
                minutes(5).await;
            })
            .await;
        assert_eq!(bench.minutes(), [0, 10]);
    });
}

#[test]
fn a_day_has_its_limit_also_for_wishes_and_over_restarts() {
    paused(async {
        let bench = Bench::new(&format!("{HOURLY}per-day = 3\n"));
        bench.start(|_, _| euros("5,00")).killed_after(70).await;
        bench
            .start(|_, _| euros("5,00"))
            .beside(async |board, _| {
                minutes(120).await;
                assert!(board.check("attic"));
                minutes(60 * 12).await;
            })
            .await;
        // It is 10:00 at the start, and midnight 840 minutes later.
        assert_eq!(bench.minutes(), [0, 60, 120, 840, 900]);
        assert!(bench.logged.borrow().iter().any(|line| line.contains("per-day")));
    });
}

#[test]
fn only_what_did_not_reach_the_network_is_asked_again_soon() {
    for (on_air, expected, remembered) in
        [(false, &[0, 1, 3, 7, 15, 31][..], 1), (true, &[0, 60][..], 2)]
    {
        paused(async {
            let bench = Bench::new(HOURLY);
            bench.start(move |_, _| Reply::Fails { on_air }).killed_after(62).await;
            let minutes = bench.minutes();
            assert_eq!(minutes[..expected.len()], *expected, "{on_air}");
            let records = bench.records();
            assert_eq!(records.len(), remembered, "one failure of the tries in a row");
            assert!(matches!(records[0].outcome, Outcome::Failure(_)));
        });
    }
}

#[test]
fn a_clock_that_jumps_makes_one_question_and_no_burst() {
    for (jump, expected) in [
        // What was missed while the machine slept is asked once.
        (SignedDuration::from_hours(10), &[0, 630, 690][..]),
        // A clock that is set back by years does not stop the watch.
        (SignedDuration::from_hours(-24 * 365 * 10), &[0, -5_255_940, -5_255_880][..]),
        (SignedDuration::from_mins(10), &[0, 60, 120][..]),
    ] {
        paused(async {
            let bench = Bench::new(HOURLY);
            bench
                .start(|_, _| euros("5,00"))
                .beside(async |_, _| {
                    minutes(30).await;
                    bench.offset.set(jump);
                    bench.clock.jumped();
                    minutes(95).await;
                })
                .await;
            let asked = bench.minutes();
            assert_eq!(asked[..expected.len()], *expected, "{jump}");
            assert!(asked.len() <= expected.len() + 1, "{asked:?}");
        });
    }
}

#[test]
fn a_modem_that_was_unplugged_is_asked_when_it_is_back() {
    paused(async {
        let folder = tempfile::tempdir().unwrap();
        let device = folder.path().join("modem");
        let config =
            format!("[[modem]]\nname = 'attic'\nport = '{}'\nevery = '1h'", device.display());
        let bench = Bench::new(&config);
        bench
            .start(|_, _| euros("5,00"))
            .beside(async |board, _| {
                let mut changes = board.listen();
                while changes.recv().await.unwrap() != gone("attic") {}
                assert!(!board.view("attic").unwrap().is_present);
                assert_eq!(board.view("attic").unwrap().alerts, [AlertKind::ModemGone]);
                assert!(bench.asked.borrow().is_empty(), "nobody to ask");
                fs::write(&device, "").unwrap();
                while !matches!(changes.recv().await.unwrap(), Change::Record { .. }) {}
                let view = board.view("attic").unwrap();
                assert!(view.is_present && view.alerts.is_empty());
            })
            .await;
        assert_eq!(bench.asked.borrow().len(), 1);
    });
}

#[test]
fn a_modem_that_comes_back_in_quiet_hours_is_asked_after_them() {
    paused(async {
        let folder = tempfile::tempdir().unwrap();
        let device = folder.path().join("modem");
        let modem = format!("[[modem]]\nname = 'attic'\nport = '{}'", device.display());
        let bench = Bench::new(&format!("{modem}\nevery = '1h'\nquiet = '10:05-12:00'"));
        bench
            .start(|_, _| euros("5,00"))
            .beside(async |board, _| {
                let mut changes = board.listen();
                while changes.recv().await.unwrap() != gone("attic") {}
                minutes(10).await;
                fs::write(&device, "").unwrap();
                while !matches!(changes.recv().await.unwrap(), Change::Record { .. }) {}
            })
            .await;
        assert_eq!(bench.minutes(), [120]);
    });
}

fn gone(modem: &str) -> Change {
    Change::Alert {
        modem: modem.into(),
        kind: AlertKind::ModemGone,
        is_raised: true,
        message: "the modem is not there".into(),
    }
}

#[test]
fn a_new_configuration_holds_from_then_on_and_a_wrong_one_does_not() {
    paused(async {
        let bench = Bench::new(HOURLY);
        bench
            .start(|_, _| euros("5,00"))
            .beside(async |board, control| {
                minutes(10).await;
                bench.config.replace("[[modem]]\nname = 'attic'\nevery = 'often'".into());
                control.reload();
                minutes(10).await;
                assert!(bench.logged.borrow().iter().any(|line| line.contains("`often`")));
                assert_eq!(board.views().len(), 1);
                let both = "[watch]\nevery = '30m'\n[[modem]]\nname = 'attic'\nport = 'sim:be-proximus'\n\
                            [[modem]]\nname = 'cellar'\nport = 'sim:be-proximus'";
                bench.config.replace(both.into());
                control.reload();
                minutes(1).await;
                assert_eq!(board.views().len(), 2);
                minutes(20).await;
                bench.config.replace(both.replace("attic", "garage"));
                control.reload();
                minutes(1).await;
                assert!(board.view("attic").is_none());
            })
            .await;
        let asked: Vec<_> = bench.asked.borrow().iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(asked, ["attic", "cellar", "attic", "garage"]);
        assert_eq!(bench.minutes(), [0, 20, 30, 41]);
    });
}

#[test]
fn a_balance_below_its_mark_is_told_once_also_over_a_restart() {
    paused(async {
        let config =
            format!("{HOURLY}low = '5 EUR'\ncritical = '1 EUR'\n[alert]\nsms-to = '+32470123456'");
        let bench = Bench::new(&config);
        let amount = Rc::new(Cell::new("12,00"));
        for (next, raised) in [
            ("12,00", &[][..]),
            ("4,90", &[AlertKind::Low]),
            ("4,80", &[AlertKind::Low]),
            ("0,90", &[AlertKind::Low, AlertKind::Critical]),
            ("0,80", &[AlertKind::Low, AlertKind::Critical]),
            ("20,00", &[]),
        ] {
            amount.set(next);
            let amount = Rc::clone(&amount);
            bench
                .start(move |_, _| euros(amount.get()))
                .beside(async |board, _| {
                    minutes(61).await;
                    assert_eq!(board.view("attic").unwrap().alerts, raised, "{next}");
                })
                .await;
        }
        let messages = bench.messages.borrow();
        assert_eq!(messages.len(), 1, "{messages:?}");
        assert!(messages[0].starts_with("attic to +32470123456: saldo: attic: 0.90 EUR left"));
        let logged = bench.logged.borrow();
        let told = |word: &str| logged.iter().filter(|line| line.contains(word)).count();
        assert_eq!((told("below the low mark"), told("below the critical mark")), (1, 1));
        assert_eq!(told("writes to +324…56, which the operator charges"), 1, "{logged:?}");
    });
}

#[test]
fn a_new_mark_makes_no_new_start() {
    paused(async {
        let after_boot = format!("{HOURLY}after-boot = '2m'\n");
        let bench = Bench::new(&after_boot);
        bench
            .start(|_, _| euros("5,00"))
            .beside(async |_, control| {
                minutes(10).await;
                bench.config.replace(format!("{after_boot}low = '1 EUR'\n"));
                control.reload();
                minutes(60).await;
            })
            .await;
        assert_eq!(bench.minutes(), [2, 62]);
    });
}

#[test]
fn what_was_known_before_a_restart_is_shown_at_once() {
    paused(async {
        let bench = Bench::new(HOURLY);
        bench.start(|_, _| euros("12,00")).beside(async |_, _| minutes(1).await).await;
        bench
            .start(|_, _| Reply::Never)
            .beside(async |board, _| {
                minutes(1).await;
                let view = board.view("attic").unwrap();
                assert_eq!(view.operator.as_deref(), Some("Proximus Pay&Go"));
                assert_eq!(view.last_good.unwrap().main().unwrap().amount.to_string(), "12.00");
            })
            .await;
    });
}

#[test]
fn what_cannot_be_watched_is_refused() {
    for (config, said) in [
        (
            "[[modem]]\nname = 'a'\n[[modem]]\nname = 'a'\nport = 'sim:x'",
            "two modems are called `a`",
        ),
        ("[[modem]]\nname = 'a'\n[[modem]]\nname = 'b'", "two modems have one port"),
        ("[[modem]]\nname = ''", "`` is no name for a modem"),
        ("[alert]\nsms-to = 'mum'", "`sms-to = \"mum\"`"),
        ("[watch]\nevery = '1s'", "expected 1m or longer"),
        ("[watch]\nlow = 'much'", "`much` is no amount"),
        (
            "[watch]\nlow = 5\n[[modem]]\nname = 'a'\ncritical = [6, '1 GB']",
            "critical = `6` is above low = `5`",
        ),
        ("[watch]\nname = 'a'", "unknown field `name`"),
        ("[[modem]]\ncode = '**21*0470123456#'", "is never asked"),
        ("[[modem]]\nanswers = ['12345678901234']", "no choice from a menu"),
    ] {
        let error = read(config).unwrap_err();
        assert!(error.contains(said), "{config}: {error}");
    }
}
