//! GSM 7-bit to text, beside the `gsm7` crate, on the same octets.

#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use divan::Bencher;
use divan::counter::BytesCount;
use gsm7::Gsm7Reader;

fn main() {
    divan::main();
}

const TEXTS: [(&str, &str); 3] = [
    (
        "message",
        "Your balance is $12.34 until 31/12/2026. Dial *123# for more, or 5 to buy a bundle. ",
    ),
    ("buffer", "You have 512 MB and 35 minutes left until 2026-12-31; dial *123# for more. "),
    (
        "accents",
        "Il vous reste 12,34 € jusqu'à la fin du mois (été {2026}). Ñandu, mäs añadas: ¿50%? ",
    ),
];

fn octets(name: &str) -> Vec<u8> {
    let (_, text) = TEXTS.iter().find(|(known, _)| *known == name).expect("a known text");
    let repeats = if name == "message" { 3 } else { 2000 };
    let packed = saldo::gsm7::ussd_from_text(&text.repeat(repeats)).expect("in the alphabet");
    let length = if name == "message" { 160 } else { packed.len() };
    packed.into_iter().take(length).collect()
}

#[divan::bench(args = ["message", "buffer", "accents"])]
fn saldo_text(bencher: Bencher, name: &str) {
    let octets = octets(name);
    bencher
        .counter(BytesCount::new(octets.len()))
        .bench(|| saldo::gsm7::text_from_ussd(black_box(&octets)));
}

#[divan::bench(args = ["message", "buffer", "accents"])]
fn gsm7_crate(bencher: Bencher, name: &str) {
    let octets = octets(name);
    bencher
        .counter(BytesCount::new(octets.len()))
        .bench(|| Gsm7Reader::new(black_box(octets.as_slice())).collect::<Result<String, _>>());
}
