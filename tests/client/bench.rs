//! A simulated modem that remembers what it was sent, and the time that passes on it.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use saldo::Error;
use saldo::client::{Balance, Modem, Question};
use saldo::operators::Operators;
use saldo::port::{Line, SimPort};
use saldo::sim;
use saldo::ussd::UssdCode;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, timeout_at};

/// How long the network may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(45);

/// A simulated modem as a port.
pub(crate) struct Bench {
    pub(crate) sim: SimPort,
    /// Whether nothing passes any more, though the port is there.
    pub(crate) is_deaf: bool,
    sent: Vec<u8>,
    /// What stands in the journal of debts.
    pub(crate) noted: Rc<RefCell<Vec<String>>>,
    /// What a killed run has left in it.
    pub(crate) left_behind: Option<Vec<String>>,
}

/// Runs a test on a clock that jumps to whatever is awaited.
pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap().block_on(test)
}

/// Proximus on a generic stick, but for these rows.
pub(crate) fn stick(rows: &str) -> Bench {
    scenario(&format!("base = [\"be-proximus\"]\n{rows}"))
}

/// A scenario of its own.
pub(crate) fn scenario(rows: &str) -> Bench {
    Bench::new(sim::Modem::from_text("rows.toml", rows).unwrap())
}

/// A scenario that is built in.
pub(crate) fn named(name: &str) -> Bench {
    Bench::new(sim::Modem::named(name).unwrap())
}

/// The whole question, as `saldo balance` puts it.
pub(crate) async fn ask(modem: &mut Modem<impl Line>) -> Result<Balance, Error> {
    ask_as(modem, &question(), &Operators::built_in()).await
}

/// The same with other wishes, about other operators.
pub(crate) async fn ask_as(
    modem: &mut Modem<impl Line>,
    question: &Question,
    operators: &Operators,
) -> Result<Balance, Error> {
    let plan = modem.plan(question, operators).await?;
    modem.ask_balance(plan, question, Instant::now().into_std()).await
}

pub(crate) fn question() -> Question {
    Question {
        code: None,
        operator: None,
        answers: Vec::new(),
        wait_for_message: true,
        may_cost: true,
        fallback: false,
        limit: LIMIT,
        all_facts: false,
    }
}

pub(crate) fn code(text: &str) -> UssdCode {
    UssdCode::parse(text).unwrap()
}

/// What the operator says in `be-proximus`.
pub(crate) const BALANCE: &str =
    "Uw herlaadbaar krediet bedraagt 12,34 EUR. Geldig tot 31/12/2026. Herladen? Bel gratis 1712.";

impl Bench {
    pub(crate) fn new(mut modem: sim::Modem) -> Self {
        modem.set_clock(jiff::Timestamp::now().as_second());
        Self {
            sim: SimPort::new(modem),
            is_deaf: false,
            sent: Vec::new(),
            noted: Rc::default(),
            left_behind: None,
        }
    }

    /// The command lines that came, in order.
    pub(crate) fn commands(&self) -> Vec<String> {
        let lines =
            self.sent.split(|octet| matches!(octet, b'\r' | 0x1A)).filter(|line| !line.is_empty());
        lines.map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }

    /// The requests that went on air.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.commands().into_iter().filter(|line| line.starts_with("AT+CUSD=1,")).collect()
    }

    /// Sends a line as another program would, and gives what comes back but for the modem's noise.
    pub(crate) async fn type_line(&mut self, line: &str) -> String {
        self.sim.write_all(format!("{line}\r").as_bytes()).await.unwrap();
        let (mut said, mut octets) = (String::new(), [0; 512]);
        let until = Instant::now() + Duration::from_secs(5);
        while !said.contains("OK\r\n") {
            match timeout_at(until, self.sim.read(&mut octets)).await {
                Ok(Ok(count)) if count > 0 => said += &String::from_utf8_lossy(&octets[..count]),
                _ => break,
            }
        }
        let lines = said.lines().map(str::trim_end);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('^'))
            .collect::<Vec<_>>()
            .join("|")
    }

    /// What another program finds here: echo, and every setting that can be asked for.
    pub(crate) async fn state(&mut self) -> String {
        self.type_line("AT+CMEE?;+CSCS?;+CMGF?;+CNMI?;+CUSD?;+CREG?;+COPS?").await
    }
}

impl Line for Bench {
    fn name(&self) -> String {
        "the bench".into()
    }

    fn note_restore(&mut self, commands: &[String]) {
        self.noted.replace(commands.to_vec());
    }

    fn take_left_behind(&mut self) -> Option<Vec<String>> {
        self.left_behind.take()
    }
}

impl AsyncRead for Bench {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_deaf {
            return Poll::Pending;
        }
        Pin::new(&mut self.sim).poll_read(cx, buf)
    }
}

impl AsyncWrite for Bench {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.sent.extend(octets);
        if self.is_deaf {
            return Poll::Ready(Ok(octets.len()));
        }
        Pin::new(&mut self.sim).poll_write(cx, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sim).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sim).poll_shutdown(cx)
    }
}
