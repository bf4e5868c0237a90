//! A simulated modem as a port.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::SystemTime;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::sim::{self, Modem, Output, ScenarioError};

/// A [`Modem`] that is read and written like a serial port; tokio's clock is its clock.
///
/// After a hang-up reading gives no bytes, as an unplugged port does.
#[derive(Debug)]
pub struct SimPort {
    modem: Arc<Mutex<Modem>>,
    alarm: Option<Pin<Box<Sleep>>>,
    unread: Vec<u8>,
    is_gone: bool,
    reader: Option<Waker>,
}

/// Why there is no simulated modem of that name.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither a built-in scenario nor a file.
    #[error("{0}")]
    Unknown(#[source] ScenarioError),
    /// No name: these are the ones there are.
    #[error("sim: needs a scenario or a file:\n{0}")]
    Nameless(String),
    /// The file cannot be read.
    #[error("cannot read {file}: {source}")]
    File {
        /// The file as it was named.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// The modem restarts.
    #[error("sim:{0} is away: it restarts")]
    Away(String),
    /// Its port is open already.
    #[error("sim:{0} is open already, and has one line only")]
    Held(String),
    /// The file is no script, recording or scenario.
    #[error(transparent)]
    Text(#[from] ScenarioError),
}

/// The modem of a built-in scenario or of a file that holds a script, a recording or a scenario.
///
/// # Errors
///
/// [`OpenError`]; without a name it lists the scenarios.
pub fn modem(name_or_file: &str) -> Result<Modem, OpenError> {
    if name_or_file.is_empty() {
        let row = |(name, about)| format!("  {name:<18}{about}");
        return Err(OpenError::Nameless(sim::scenarios().map(row).collect::<Vec<_>>().join("\n")));
    }
    let mut modem = match Modem::named(name_or_file) {
        Ok(modem) => modem,
        Err(unknown) if !Path::new(name_or_file).exists() => {
            return Err(OpenError::Unknown(unknown));
        }
        Err(_) => from_file(name_or_file)?,
    };
    if let Ok(time) = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        modem.set_clock(i64::try_from(time.as_secs()).unwrap_or(i64::MAX));
    }
    Ok(modem)
}

fn from_file(file: &str) -> Result<Modem, OpenError> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|source| OpenError::File { file: file.to_owned(), source })?;
    Ok(Modem::from_text(file, &text)?)
}

thread_local! {
    /// Modems with an eUICC, by the name they were opened by.
    static KEPT: RefCell<BTreeMap<String, Arc<Mutex<Modem>>>> = const { RefCell::new(BTreeMap::new()) };
}

fn reopen(name: &str, kept: Arc<Mutex<Modem>>) -> Result<SimPort, OpenError> {
    if Arc::strong_count(&kept) > 2 {
        return Err(OpenError::Held(name.to_owned()));
    }
    let port = SimPort::of(kept);
    let away_until = port.modem().away_until(); // the lock is not to be held any longer
    match away_until {
        Some(time) if Instant::now().into_std() < time => {
            return Err(OpenError::Away(name.to_owned()));
        }
        Some(_) => port.modem().come_back(),
        None => {}
    }
    Ok(port)
}

impl SimPort {
    /// Opens the modem that [`modem`] finds.
    ///
    /// One with an eUICC stays what it is after its port is closed: who opens the same name again in this
    /// thread meets the same modem, as with a real one.
    ///
    /// # Errors
    ///
    /// As [`modem`], and [`OpenError::Away`] or [`OpenError::Held`] while such a modem is not there.
    pub fn open(name_or_file: &str) -> Result<Self, OpenError> {
        if let Some(kept) = KEPT.with_borrow(|kept| kept.get(name_or_file).cloned()) {
            return reopen(name_or_file, kept);
        }
        let port = Self::new(modem(name_or_file)?);
        if port.modem().has_euicc() {
            let modem = port.modem.clone();
            KEPT.with_borrow_mut(|kept| kept.insert(name_or_file.to_owned(), modem));
        }
        Ok(port)
    }

    /// Puts a modem on a port.
    pub fn new(modem: Modem) -> Self {
        Self::of(Arc::new(Mutex::new(modem)))
    }

    fn of(modem: Arc<Mutex<Modem>>) -> Self {
        Self { modem, alarm: None, unread: Vec::new(), is_gone: false, reader: None }
    }

    /// The modem, to see at the end whether its script was used up.
    pub fn modem(&self) -> MutexGuard<'_, Modem> {
        self.modem.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what the modem says by now.
    fn listen(&mut self) {
        let now = Instant::now().into_std();
        loop {
            let Some(output) = self.modem().poll_output(now) else { break };
            match output {
                Output::Bytes(bytes) => self.unread.extend(bytes),
                Output::Hangup | Output::Away(_) => self.is_gone = true,
            }
        }
    }

    /// Ready when the modem speaks next.
    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(next) = self.modem().poll_timeout() else {
            self.alarm = None;
            return Poll::Pending;
        };
        let next = Instant::from_std(next);
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(next)));
        if alarm.deadline() != next {
            alarm.as_mut().reset(next);
        }
        alarm.as_mut().poll(cx)
    }
}

impl AsyncRead for SimPort {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let port = self.get_mut();
        loop {
            port.listen();
            if !port.unread.is_empty() {
                let count = port.unread.len().min(buf.remaining());
                buf.put_slice(&port.unread.drain(..count).collect::<Vec<_>>());
                return Poll::Ready(Ok(()));
            }
            if port.is_gone {
                return Poll::Ready(Ok(()));
            }
            port.reader = Some(cx.waker().clone());
            ready!(port.poll_alarm(cx));
        }
    }
}

impl AsyncWrite for SimPort {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let port = self.get_mut();
        if port.is_gone {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        port.modem().handle_input(Instant::now().into_std(), buf);
        if let Some(reader) = port.reader.take() {
            reader.wake();
        }
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::timeout;

    use super::*;

    fn run(test: impl Future<Output = ()>) {
        let builder = &mut tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap().block_on(test);
    }

    async fn read(port: &mut SimPort) -> String {
        let mut buffer = [0; 512];
        let count = port.read(&mut buffer).await.unwrap();
        String::from_utf8_lossy(&buffer[..count]).into_owned()
    }

    #[test]
    fn a_balance_comes_after_ok_and_its_wait() {
        run(async {
            let mut port = SimPort::open("be-proximus").unwrap();
            port.write_all(b"ATE0\rAT+CUSD=1,\"#121#\",15\r").await.unwrap();
            assert_eq!(read(&mut port).await, "ATE0\r\r\nOK\r\n\r\nOK\r\n");
            let reply = read(&mut port).await;
            assert!(reply.starts_with("\r\n+CUSD: 0,\"Uw herlaadbaar krediet"), "{reply}");
        });
    }

    #[test]
    fn nothing_is_said_that_was_not_asked() {
        run(async {
            let mut port = SimPort::open("be-proximus").unwrap();
            let wait = std::time::Duration::from_secs(3600);
            assert!(timeout(wait, port.read_u8()).await.is_err());
        });
    }

    #[test]
    fn a_hangup_reads_as_the_end_and_cannot_be_written_to() {
        run(async {
            let script = "# saldo script 1\n> AT\n< OK\n~ 5000ms\n! hangup\n> AT\n< OK\n";
            let mut port = SimPort::new(Modem::from_text("x.at", script).unwrap());
            port.write_all(b"AT\r").await.unwrap();
            assert_eq!(read(&mut port).await, "\r\nOK\r\n");
            assert_eq!(read(&mut port).await, "");
            assert!(port.write_all(b"AT\r").await.is_err());
            assert_eq!(port.modem().unused(), [(6, "AT".to_owned())]);
        });
    }

    #[test]
    fn a_modem_with_an_euicc_is_the_same_when_its_port_is_opened_again() {
        run(async {
            let mut port = SimPort::open("esim-travel").unwrap();
            port.write_all(b"ATE0\r").await.unwrap();
            read(&mut port).await;
            let refused = SimPort::open("esim-travel").unwrap_err().to_string();
            assert!(refused.contains("open already"), "{refused}");
            drop(port);
            let mut port = SimPort::open("esim-travel").unwrap();
            port.write_all(b"AT\r").await.unwrap();
            assert_eq!(read(&mut port).await, "\r\nOK\r\n", "its echo is still off");
        });
    }

    #[test]
    fn a_modem_that_restarts_is_away_and_then_the_same() {
        run(async {
            const AWAY: std::time::Duration = std::time::Duration::from_secs(3);
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("restarts.toml");
            std::fs::write(&file, "base = [\"_esim-restarts\"]\n[apdu]\naway-ms = 3000\n").unwrap();
            let name = file.to_str().unwrap();
            let mut port = SimPort::open(name).unwrap();
            let open = b"ATE0\rAT+CCHO=\"A0000005591010FFFFFFFF8900000100\"\r";
            let switch = b"AT+CGLA=1,52,\"81E2910014BF3111A00C5A0A982301000000000020F18101FF00\"\r";
            port.write_all(&[&open[..], switch, b"AT+CGLA=1,10,\"81C0000006\"\r"].concat())
                .await
                .unwrap();
            let mut said = String::new();
            port.read_to_string(&mut said).await.unwrap(); // to the end of the line
            assert!(said.ends_with("\"BF3103800100910B\"\r\n\r\nOK\r\n"), "{said}");
            assert!(port.write_all(b"AT\r").await.is_err());
            drop(port);
            let away = SimPort::open(name).unwrap_err().to_string();
            assert!(away.ends_with("is away: it restarts"), "{away}");
            tokio::time::sleep(AWAY).await;
            let mut port = SimPort::open(name).unwrap();
            tokio::time::sleep(AWAY).await; // for the card to be read
            port.write_all(b"AT+CIMI\r").await.unwrap();
            assert_eq!(read(&mut port).await, "AT+CIMI\r\r\n206100000000027\r\n\r\nOK\r\n");
        });
    }

    #[test]
    fn without_a_name_the_scenarios_are_listed() {
        let message = SimPort::open("").unwrap_err().to_string();
        assert!(message.contains("be-proximus       Proximus"), "{message}");
        let message = SimPort::open("no-such-thing").unwrap_err().to_string();
        assert!(
            message
                .starts_with("no scenario and no file is called `no-such-thing`; scenarios: be-"),
            "{message}"
        );
    }
}
