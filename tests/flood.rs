//! A modem that never stops talking: the answer is found all the same, and nothing piles up.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[allow(dead_code, reason = "the client's tests use the rest of it")]
#[path = "client/bench.rs"]
mod bench;

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::{fs, io};

use saldo::client::{Modem, Question};
use saldo::operators::Operators;
use saldo::port::Line;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Interval, interval};

use bench::{Bench, ask_as, question, run, scenario};

#[test]
fn ten_thousand_lines_a_second_neither_hide_the_answer_nor_fill_the_memory() {
    run(async {
        let rows = "base = [\"be-proximus\"]\n\
                    [[code]]\nask = \"#121#\"\ntext = \"Saldo: 12,34 EUR\"\nafter-ms = 60000\n";
        let mut modem = Modem::new(Flood::new(scenario(rows)));
        let wish = Question { limit: Duration::from_secs(90), ..question() };
        let balance = ask_as(&mut modem, &wish, &Operators::built_in()).await.unwrap();
        assert_eq!(balance.text, "Saldo: 12,34 EUR");
        let flood = modem.close().await;
        assert!(flood.lines >= 600_000, "{}", flood.lines);
        // All of it together was 10 MiB.
        let (settled, last) = (flood.settled, memory());
        assert!(last < settled + 512 * 1024, "{settled} octets after 5 s, {last} at the end");
    });
}

/// A simulated modem behind noise: ten lines each millisecond.
struct Flood {
    bench: Bench,
    clock: Interval,
    lines: usize,
    /// The memory in use after five seconds.
    settled: usize,
}

impl Flood {
    fn new(bench: Bench) -> Self {
        Self { bench, clock: interval(Duration::from_millis(1)), lines: 0, settled: 0 }
    }
}

impl AsyncRead for Flood {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        const NOISE: [&[u8]; 4] = [
            b"\r\n^RSSI:17\r\n",
            b"\r\n+CREG: 5,\"2AF9\",\"00C3D501\",7\r\n",
            b"\r\n+ZUSIMR:2\r\n",
            b"\r\n^NEW:1\r\n",
        ];
        if let Poll::Ready(read) = Pin::new(&mut self.bench).poll_read(cx, buf) {
            return Poll::Ready(read);
        }
        ready!(self.clock.poll_tick(cx));
        for _ in 0..10 {
            buf.put_slice(NOISE[self.lines % NOISE.len()]);
            self.lines += 1;
        }
        if self.lines == 50_000 {
            self.settled = memory();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Flood {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.bench).poll_write(cx, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.bench).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.bench).poll_shutdown(cx)
    }
}

impl Line for Flood {
    fn name(&self) -> String {
        "the flood".into()
    }

    fn note_restore(&mut self, commands: &[String]) {
        self.bench.note_restore(commands);
    }

    fn take_left_behind(&mut self) -> Option<Vec<String>> {
        None
    }
}

/// Octets of memory in use (`resident` of proc(5), pages of 4 KiB); 0 where the system does not tell.
fn memory() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}
