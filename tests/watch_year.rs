//! A year in no time: four modems, a question an hour, and as much memory at its end as after its first day.
//!
//! Alone in its process, whose memory is what counts.

#![allow(clippy::indexing_slicing, clippy::print_stdout, clippy::unwrap_used, dead_code)]

#[path = "watch/bench.rs"]
mod bench;

use std::fs;
use std::time::Instant;

use jiff::Timestamp;

use bench::{Bench, START, euros, minutes, paused};

/// How many days; `SALDO_WATCH_DAYS=366 cargo test --release --test watch_year` is the whole year.
fn days() -> u64 {
    std::env::var("SALDO_WATCH_DAYS").ok().and_then(|days| days.parse().ok()).unwrap_or(10)
}

#[test]
fn a_year_of_questions_takes_no_more_memory_than_a_day() {
    paused(async {
        let modems: String = (0..4)
            .map(|number| format!("[[modem]]\nname = 'modem {number}'\nport = 'sim:be-proximus'\n"))
            .collect();
        let bench = Bench::new(&format!("[watch]\nevery = '1h'\nlow = '2 EUR'\n{modems}"));
        let start: Timestamp = START.parse().unwrap();
        let replies = move |_: &str, now: Timestamp| {
            // A euro a day, topped up each month.
            let cents = now.duration_since(start).as_mins() * 100 / 1440 % 3000;
            euros(&format!("{},{:02}", 29 - cents / 100, 99 - cents % 100))
        };
        let started = Instant::now();
        let (first, last) = bench
            .start(replies)
            .beside(async |_, _| {
                minutes(24 * 60 + 30).await;
                bench.asked.borrow_mut().clear();
                bench.asked.borrow_mut().shrink_to_fit();
                let first = resident();
                for _ in 1..days() {
                    minutes(24 * 60).await;
                    assert_eq!(bench.asked.borrow().len(), 4 * 24);
                    bench.asked.borrow_mut().clear();
                    bench.logged.borrow_mut().clear();
                }
                (first, resident())
            })
            .await;
        println!(
            "{} days in {:?}: {first} KiB after one, {last} KiB at the end",
            days(),
            started.elapsed()
        );
        assert!(last * 100 <= first * 105, "{first} KiB after a day, {last} KiB after {}", days());
    });
}

/// In KiB, of this process.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
