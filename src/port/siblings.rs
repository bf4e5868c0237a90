//! The other command ports of a modem, listened to while the network works: with some the answer comes
//! there, wherever the last program before us has sent it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};
use tracing::debug;

use super::serial::SerialPort;
use super::{BAUD, Candidate, Roots, candidate, candidates};
use crate::at::{Event, Session, urc};
use crate::modems::{self, Role};

/// Ports that are read and never written to.
#[derive(Debug)]
pub(super) struct Siblings {
    ports: Vec<Sibling>,
    heard: VecDeque<Heard>,
    alarm: Pin<Box<Sleep>>,
}

#[derive(Debug)]
struct Sibling {
    device: PathBuf,
    port: SerialPort,
    session: Session,
}

/// A line on its way to the reader of the port that was asked.
#[derive(Debug)]
struct Heard {
    due: Instant,
    device: PathBuf,
    line: Vec<u8>,
}

/// Firmware that sends an answer to every port sends it to ours as well; then ours counts.
const GRACE: Duration = Duration::from_millis(200);

/// What is of interest there: the network's answer, and the news of a message.
const WANTED: [&str; 2] = ["+CUSD", "+CMTI"];

impl Siblings {
    /// Opens the siblings of this port, where its maker is known for answers on another one.
    ///
    /// One that another program holds, or that will not open, is passed over; `None` where none is left.
    pub(super) fn of(roots: &Roots, device: &Path) -> Option<Self> {
        let asked = candidate(device, roots)?;
        asked.usb.filter(|usb| modems::replies_elsewhere(*usb))?;
        let is_sibling = |port: &Candidate| {
            port.topology == asked.topology
                && port.device != asked.device
                && matches!(port.role, Role::At | Role::Modem)
        };
        let ports: Vec<_> = candidates(roots)
            .into_iter()
            .filter(is_sibling)
            .filter_map(|port| Sibling::open(roots, port.device))
            .collect();
        let alarm = Box::pin(sleep_until(Instant::now()));
        (!ports.is_empty()).then_some(Self { ports, heard: VecDeque::new(), alarm })
    }

    /// The next line that came on a sibling, framed as a modem frames it; only `between_lines` of the
    /// port that was asked.
    pub(super) fn poll_line(&mut self, cx: &mut Context<'_>, between_lines: bool) -> Poll<Vec<u8>> {
        loop {
            self.listen(cx);
            let now = Instant::now();
            if between_lines && self.heard.front().is_some_and(|heard| heard.due <= now) {
                if let Some(heard) = self.heard.pop_front() {
                    return Poll::Ready(self.pass_on(heard));
                }
            }
            let waiting = self.heard.front().map(|heard| heard.due).filter(|due| *due > now);
            let unfinished = self.ports.iter().filter_map(|sibling| sibling.session.poll_timeout());
            let next = unfinished.map(Instant::from_std).chain(waiting).min();
            let Some(next) = next else { return Poll::Pending };
            self.alarm.as_mut().reset(next);
            if self.alarm.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }

    fn listen(&mut self, cx: &mut Context<'_>) {
        let due = Instant::now() + GRACE;
        let heard = &mut self.heard;
        self.ports.retain_mut(|sibling| {
            let is_there = sibling.read(cx);
            while let Some(event) = sibling.session.poll_event() {
                if let Event::Urc(line) = event {
                    if urc::name(&line).is_some_and(|name| WANTED.contains(&name)) {
                        heard.push_back(Heard { due, device: sibling.device.clone(), line });
                    }
                }
            }
            is_there
        });
    }

    /// Where an answer came once, the next will come; the others may only repeat it.
    fn pass_on(&mut self, heard: Heard) -> Vec<u8> {
        debug!(port = %heard.device.display(), "the answer came on another port of the modem");
        self.ports.retain(|sibling| sibling.device == heard.device);
        self.heard.retain(|other| other.device == heard.device);
        [b"\r\n", heard.line.as_slice(), b"\r\n"].concat()
    }
}

impl Sibling {
    fn open(roots: &Roots, device: PathBuf) -> Option<Self> {
        let opened = SerialPort::open(roots, &device, BAUD);
        if let Err(error) = &opened {
            debug!("not listening to another port of the modem: {error}");
        }
        Some(Self { port: opened.ok()?, device, session: Session::default() })
    }

    /// Gives whether it is still there.
    fn read(&mut self, cx: &mut Context<'_>) -> bool {
        let mut octets = [0; 512];
        loop {
            let mut buf = ReadBuf::new(&mut octets);
            match Pin::new(self.port.stream()).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                    self.session.handle_input(Instant::now().into_std(), buf.filled());
                }
                Poll::Ready(_) => return false,
                Poll::Pending => break,
            }
        }
        let now = Instant::now().into_std();
        if self.session.poll_timeout().is_some_and(|due| due <= now) {
            self.session.handle_timeout(now);
        }
        true
    }
}
