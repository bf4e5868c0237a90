//! The loop between port, session and clock: the only place that waits.

use std::io;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time;
use tracing::{Instrument, Level, debug, debug_span, enabled, trace};

use super::Modem;
use crate::Error;
use crate::at::code::FinalResult;
use crate::at::{Command, Event, Outcome, urc};
use crate::port::Line;
use crate::transcript::redacted_answer;

/// How a command ended, with its data lines as text.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) lines: Vec<String>,
    pub(super) outcome: Outcome,
}

impl Answer {
    pub(super) fn new(lines: &[Vec<u8>], outcome: Outcome) -> Self {
        Self {
            lines: lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect(),
            outcome,
        }
    }
}

impl<P: Line> Modem<P> {
    /// Sends one command and waits for its final result, whatever it is.
    pub(super) async fn command(&mut self, command: Command) -> Result<Answer, Error> {
        let span =
            debug_span!("command", at = command.loggable(), limit_ms = command.limit().as_millis());
        async {
            let text = command.text().to_owned();
            self.start(command).await?;
            loop {
                if let Some(Event::Done { lines, outcome }) = self.next_event(None).await? {
                    log_answer(&text, &lines, &outcome);
                    return Ok(Answer::new(&lines, outcome));
                }
            }
        }
        .instrument(span)
        .await
    }

    /// Sends one command that must succeed.
    pub(super) async fn expect(&mut self, command: Command) -> Result<Answer, Error> {
        let (shown, waited) = (command.loggable().to_owned(), command.limit());
        let answer = self.command(command).await?;
        match answer.outcome {
            Outcome::Ok | Outcome::Unfinished => Ok(answer),
            Outcome::Failed(result) => Err(refused(&shown, &result)),
            Outcome::Silent => Err(Error::Silent { command: shown, waited }),
        }
    }

    /// Sends one command, once the one before it has ended.
    pub(super) async fn start(&mut self, command: Command) -> Result<(), Error> {
        self.finish_pending().await?;
        self.session.send(now(), command);
        Ok(())
    }

    /// Waits for the end of a command that was left alone: firmware that sends `+CUSD` first owes its `OK`,
    /// which must not be taken for the next command's. A prompt that nobody has a text for is left.
    pub(super) async fn finish_pending(&mut self) -> Result<(), Error> {
        let until = now() + self.patience();
        while self.session.is_busy() {
            match self.next_event(Some(until)).await? {
                Some(Event::Done { lines, outcome }) => {
                    self.settings.awake |= outcome != Outcome::Silent;
                    self.note_late(&lines);
                }
                Some(Event::Prompt) => self.leave_prompt().await?,
                Some(Event::Urc(_)) => {}
                None => break,
            }
        }
        Ok(())
    }

    /// What a command has opened meanwhile is to be closed.
    fn note_late(&mut self, lines: &[Vec<u8>]) {
        #[cfg(feature = "esim")]
        self.note_late_channel(lines);
        #[cfg(not(feature = "esim"))]
        let _ = lines;
    }

    /// The next event other than an unsolicited line, which is kept; `None` at `until`.
    pub(super) async fn next_event(
        &mut self,
        until: Option<Instant>,
    ) -> Result<Option<Event>, Error> {
        loop {
            match self.session.poll_event() {
                Some(Event::Urc(line)) => self.keep_urc(line),
                Some(event) => return Ok(Some(event)),
                None if until.is_some_and(|until| until <= now()) => return Ok(None),
                None => self.wait(until).await?,
            }
        }
    }

    /// The next unsolicited line or event; `None` at `until`. Lines kept earlier come first.
    pub(super) async fn next_line_or_event(
        &mut self,
        until: Instant,
    ) -> Result<Option<Event>, Error> {
        loop {
            if let Some(line) = self.urcs.pop_front() {
                return Ok(Some(Event::Urc(line)));
            }
            if let Some(event) = self.session.poll_event() {
                return Ok(Some(event));
            }
            if until <= now() {
                return Ok(None);
            }
            self.wait(Some(until)).await?;
        }
    }

    /// Writes what is due, then waits for octets or for time.
    async fn wait(&mut self, until: Option<Instant>) -> Result<(), Error> {
        self.write().await?;
        let due = [self.session.poll_timeout(), until].into_iter().flatten().min();
        let mut octets = [0; 1024];
        let read = self.port.read(&mut octets);
        let read = match due {
            Some(due) => time::timeout_at(due.into(), read).await,
            None => Ok(read.await),
        };
        match read {
            Err(_) => self.session.handle_timeout(now()),
            // A terminal that was unplugged reads zero octets for ever.
            Ok(Ok(0)) => return Err(self.unplugged()),
            Ok(Ok(count)) => {
                let octets = octets.get(..count).unwrap_or_default();
                trace!(octets = octets.len(), "received");
                self.session.handle_input(now(), octets);
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(Err(error)) => {
                trace!(%error, "read failed");
                return Err(self.unplugged());
            }
        }
        Ok(())
    }

    pub(super) async fn write(&mut self) -> Result<(), Error> {
        let output = self.session.poll_output();
        if output.is_empty() {
            return Ok(());
        }
        trace!(octets = output.len(), "sent");
        let written = async {
            self.port.write_all(&output).await?;
            self.port.flush().await
        };
        match written.await {
            Ok(()) => Ok(()),
            Err(error) => {
                trace!(%error, "write failed");
                Err(self.unplugged())
            }
        }
    }

    pub(super) fn unplugged(&mut self) -> Error {
        self.hung_up = true;
        Error::Unplugged { port: self.port.name() }
    }

    /// Unsolicited lines wait here for whoever looks; of a flood the oldest noise goes first.
    pub(super) fn keep_urc(&mut self, line: Vec<u8>) {
        const MOST: usize = 64;
        if self.urcs.len() >= MOST {
            let noise = self.urcs.iter().position(|line| !urc::is_awaited(line));
            self.urcs.remove(noise.unwrap_or_default());
        }
        self.urcs.push_back(line);
    }
}

/// One event a line, with everything that names a person or a card masked.
fn log_answer(command: &str, lines: &[Vec<u8>], outcome: &Outcome) {
    if enabled!(Level::DEBUG) {
        for line in redacted_answer(command.as_bytes(), lines) {
            debug!("{}", line.escape_ascii());
        }
        debug!("{outcome:?}");
    }
}

/// An unsolicited line, masked.
pub(super) fn log_urc(line: &[u8]) {
    if enabled!(Level::DEBUG) {
        for line in redacted_answer(b"", &[line.to_vec()]) {
            debug!("unsolicited {}", line.escape_ascii());
        }
    }
}

/// A final result that is not `OK`, as the user is told.
pub(super) fn refused(command: &str, result: &FinalResult) -> Error {
    /// SIM errors of 3GPP TS 27.007 clause 9.2: the SIM's move, not the modem's.
    const SIM: [u32; 6] = [10, 11, 12, 13, 14, 15];
    let hint = result.hint().map(str::to_owned);
    if result.code.is_some_and(|code| SIM.contains(&code)) {
        let message = result.meaning().map_or_else(|| result.to_string(), str::to_owned);
        return Error::Sim { message, hint };
    }
    Error::Refused { command: command.to_owned(), reason: result.to_string(), hint }
}

/// The runtime's clock, which tests may pause.
pub(super) fn now() -> Instant {
    time::Instant::now().into_std()
}
