//! Replies read a second, on one core: our own ones from everywhere, in turn.

#![allow(missing_docs, clippy::expect_used, clippy::indexing_slicing)]

use divan::counter::ItemsCount;
use saldo::balance::{self, Hints};

const REPLIES: &str = include_str!("../fixtures/replies/blind.jsonl");

fn main() {
    divan::main();
}

#[divan::bench]
fn replies(bencher: divan::Bencher<'_, '_>) {
    let rows: Vec<serde_json::Value> =
        REPLIES.lines().map(|row| serde_json::from_str(row).expect("our own row")).collect();
    let replies: Vec<(&str, Option<&str>)> = rows
        .iter()
        .map(|row| (row["text"].as_str().expect("a text"), row["country"].as_str()))
        .collect();
    bencher.counter(ItemsCount::new(replies.len())).bench(|| {
        for (text, country) in &replies {
            let hints = Hints { country: *country, ..Hints::default() };
            divan::black_box(balance::read(divan::black_box(text), &hints));
        }
    });
}

/// What the first reply of a run costs: the words of its country's languages are read then.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn first_reply() {
    let hints = Hints { country: Some("BE"), ..Hints::default() };
    divan::black_box(balance::read("Uw saldo bedraagt 12,34 EUR.", &hints));
}
