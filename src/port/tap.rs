//! Everything that passed on a port, written to a file as a masked transcript.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use crate::transcript::{Recorder, redacted};

/// A port that is listened to. The file is written when the tap is dropped, or by [`Tap::save`]
/// by those who want to know whether that worked.
#[derive(Debug)]
pub struct Tap<P> {
    port: P,
    file: PathBuf,
    notes: Vec<String>,
    recorder: Recorder,
    is_gone: bool,
}

impl<P> Tap<P> {
    /// Listens to `port` for the recording `file`.
    ///
    /// # Errors
    ///
    /// What the system says where the file cannot be written: better now than after the answer.
    pub fn new(port: P, file: &Path) -> io::Result<Self> {
        let mut tap = Self {
            port,
            file: file.to_owned(),
            notes: Vec::new(),
            recorder: Recorder::default(),
            is_gone: false,
        };
        tap.save()?;
        Ok(tap)
    }

    /// Adds a header, as `modem: Quectel EC25`.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Writes what passed so far.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn save(&mut self) -> io::Result<()> {
        let transcript = self.recorder.transcript(self.notes.clone());
        std::fs::write(&self.file, redacted(&transcript).to_string())
    }

    /// The port behind the tap.
    pub fn port(&self) -> &P {
        &self.port
    }

    /// The port behind the tap.
    pub fn port_mut(&mut self) -> &mut P {
        &mut self.port
    }

    fn hang_up(&mut self) {
        if !std::mem::replace(&mut self.is_gone, true) {
            self.recorder.hung_up();
        }
    }
}

impl<P> Drop for Tap<P> {
    fn drop(&mut self) {
        if let Err(error) = self.save() {
            tracing::warn!("cannot write the recording {}: {error}", self.file.display());
        }
    }
}

impl<P: AsyncRead + Unpin> AsyncRead for Tap<P> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let tap = self.get_mut();
        let before = buf.filled().len();
        let room = buf.remaining();
        let read = ready!(Pin::new(&mut tap.port).poll_read(cx, buf));
        let said = buf.filled().get(before..).unwrap_or_default();
        if read.is_err() || (said.is_empty() && room > 0) {
            tap.hang_up();
        } else {
            tap.recorder.received(Instant::now().into_std(), said);
        }
        Poll::Ready(read)
    }
}

impl<P: AsyncWrite + Unpin> AsyncWrite for Tap<P> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let tap = self.get_mut();
        let written = ready!(Pin::new(&mut tap.port).poll_write(cx, buf));
        if let Ok(count) = written {
            tap.recorder.sent(Instant::now().into_std(), buf.get(..count).unwrap_or_default());
        }
        Poll::Ready(written)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().port).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().port).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::super::SimPort;
    use super::*;
    use crate::sim::Modem;

    fn run(test: impl Future<Output = ()>) {
        let builder = &mut tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap().block_on(test);
    }

    async fn ask<P: AsyncRead + AsyncWrite + Unpin>(
        port: &mut P,
        typed: &str,
        end: &str,
    ) -> String {
        port.write_all(typed.as_bytes()).await.unwrap();
        let mut said = String::new();
        while !said.ends_with(end) {
            said.push(port.read_u8().await.unwrap().into());
        }
        said
    }

    #[test]
    fn a_recording_is_masked_and_plays_again() {
        run(async {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("x.at");
            let mut tap = Tap::new(SimPort::open("pin-locked").unwrap(), &file).unwrap();
            tap.note("about: a PIN");
            let asked = ["ATE0\r", "AT+CPIN=\"1234\"\r", "AT+CSQ\r"];
            let mut said = Vec::new();
            for typed in asked {
                said.push(ask(&mut tap, typed, "OK\r\n").await);
            }
            drop(tap);
            let text = std::fs::read_to_string(&file).unwrap();
            assert_eq!(
                text,
                "# saldo transcript 1\n# about: a PIN\n\
                 # redacted: numbers, identities, PINs (digits are zeros)\n\
                 > ATE0\n= ATE0\\r\n< OK\n> AT+CPIN=\"0000\"\n< OK\n> AT+CSQ\n< +CSQ: 19,99\n< OK\n"
            );
            let mut replay = SimPort::new(Modem::from_text("x.at", &text).unwrap());
            for (typed, said) in asked.into_iter().zip(said) {
                assert_eq!(ask(&mut replay, typed, "OK\r\n").await, said);
            }
            assert!(replay.modem().is_done());
        });
    }

    #[test]
    fn a_hangup_is_recorded_once() {
        run(async {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("x.at");
            let script = "# saldo script 1\n> AT\n! hangup\n";
            let port = SimPort::new(Modem::from_text("y.at", script).unwrap());
            let mut tap = Tap::new(port, &file).unwrap();
            tap.write_all(b"AT\r").await.unwrap();
            for _ in 0..2 {
                assert_eq!(tap.read(&mut [0; 8]).await.unwrap(), 0);
            }
            drop(tap);
            assert!(std::fs::read_to_string(&file).unwrap().ends_with("> AT\n! hangup\n"));
        });
    }

    #[test]
    fn a_file_that_cannot_be_written_is_an_error_at_once() {
        assert!(Tap::new((), Path::new("/nowhere/x.at")).is_err());
    }
}
