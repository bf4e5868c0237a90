//! Whether a port takes commands: `AT`, a limit, and one repeat. Nothing else is written unasked.

use super::Modem;
use super::setup::FIRST;
use super::together::together;
use crate::Error;
use crate::at::{Command, Outcome};
use crate::modems;
use crate::port::{Candidate, Line, NamedPort, PortSpec, Roots};

/// What a port did with `AT`.
#[derive(Debug)]
pub enum Probed {
    /// Answered.
    Answers,
    /// Said nothing within the limit, twice.
    Silent,
    /// Sent positions (NMEA 0183) instead.
    Positions,
    /// Answered, and said of itself that it is one of those that do nothing.
    Decoy,
    /// Could not be asked.
    Closed(Error),
}

impl Probed {
    /// Why the port is of no use; `None` where it is.
    pub fn reason(&self) -> Option<String> {
        Some(match self {
            Self::Answers => return None,
            Self::Silent => "does not answer AT".into(),
            Self::Positions => "sends positions, takes no commands".into(),
            Self::Decoy => "says OK to everything and does nothing".into(),
            Self::Closed(error) => error.to_string(),
        })
    }
}

/// Asks one port with `AT`, which is all that no modem takes amiss; `ATI` too where the vendor has ports
/// that give themselves away by it.
pub async fn probe(roots: &Roots, port: &Candidate) -> Probed {
    let decoys: Vec<_> = port.usb.into_iter().flat_map(modems::decoys).collect();
    probe_device(roots, &PortSpec::Device(port.device.clone()), &decoys).await
}

pub(super) async fn probe_device(roots: &Roots, spec: &PortSpec, decoys: &[&str]) -> Probed {
    let probed = async { open(roots, spec).await?.probe(decoys).await };
    probed.await.unwrap_or_else(Probed::Closed)
}

/// The modem of a port that is only looked at. Boxed as the program's ports are: each kind of line is all the
/// code of the client once more.
pub(super) async fn open(roots: &Roots, spec: &PortSpec) -> Result<Modem<Box<dyn Line>>, Error> {
    let line: Box<dyn Line> = Box::new(NamedPort::open_in(roots, spec).await?);
    Ok(Modem::new(line))
}

/// Asks all that may be asked and that nobody holds, at once; those that do not answer get their reason.
pub async fn probe_all(roots: &Roots, ports: &mut [Candidate]) {
    let is_free = |port: &&mut Candidate| port.rejected.is_none() && port.holder.is_none();
    let asked = ports.iter_mut().filter(is_free).map(|port| async {
        port.rejected = probe(roots, port).await.reason().map(Into::into);
    });
    together(asked).await;
}

impl<P: Line> Modem<P> {
    /// Dropping the modem afterwards is all there is to do: nothing was changed.
    pub(super) async fn probe(&mut self, decoys: &[&str]) -> Result<Probed, Error> {
        if !self.answers().await? {
            let positions = self.urcs.iter().any(|line| is_position(line));
            return Ok(if positions { Probed::Positions } else { Probed::Silent });
        }
        if decoys.is_empty() {
            return Ok(Probed::Answers);
        }
        let answer = self.command(Command::new("ATI").within(FIRST)).await?;
        let gives_away = |line: &String| decoys.iter().any(|word| line.contains(word));
        let is_decoy = answer.lines.iter().any(gives_away);
        Ok(if is_decoy { Probed::Decoy } else { Probed::Answers })
    }

    /// The first answer after plug-in is often lost, and an earlier program may have left the line in a
    /// prompt: ESC before the repeat leaves it.
    async fn answers(&mut self) -> Result<bool, Error> {
        for attempt in 0..2 {
            if attempt > 0 {
                self.leave_prompt().await?;
            }
            let answer = self.command(Command::new("AT").within(FIRST)).await?;
            if matches!(answer.outcome, Outcome::Ok | Outcome::Failed(_)) {
                return Ok(true);
            }
            let lines = answer.lines.into_iter().map(String::into_bytes);
            self.urcs.extend(lines);
        }
        Ok(false)
    }
}

/// A sentence of a positioning receiver (NMEA 0183): `$GPGGA,…`.
fn is_position(line: &[u8]) -> bool {
    line.starts_with(b"$G") && line.contains(&b',')
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;
    use crate::port::SimPort;
    use crate::sim;

    /// What is found at a port that does as this script says, what it was not sent, and how long it took.
    fn probed(script: &str, decoys: &[&str]) -> (Probed, Vec<String>, Duration) {
        let builder = &mut tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap().block_on(async {
            let script = format!("# saldo script 1\n{script}");
            let line = SimPort::new(sim::Modem::from_text("port.at", &script).unwrap());
            let (started, mut modem) = (Instant::now(), Modem::new(line));
            let found = modem.probe(decoys).await.unwrap();
            let unused = modem.port.modem().unused().into_iter().map(|(_, line)| line).collect();
            (found, unused, started.elapsed())
        })
    }

    const APPS: &[&str] = &["APP1", "APP2"];

    #[test]
    fn a_port_that_answers_is_asked_nothing_more() {
        let (found, unused, took) = probed("> AT\n< OK\n> ATI\n< APP1\n< OK\n", &[]);
        assert!(matches!(found, Probed::Answers), "{found:?}");
        assert_eq!((unused, took), (vec!["ATI".to_owned()], Duration::ZERO));
        let (found, ..) = probed("> AT\n< ERROR\n", &[]);
        assert!(matches!(found, Probed::Answers), "a refusal is an answer: {found:?}");
    }

    #[test]
    fn the_first_answer_may_be_lost() {
        let (found, unused, took) = probed("> AT\n> AT\n< OK\n", &[]);
        assert!(matches!(found, Probed::Answers), "{found:?}");
        assert_eq!((unused.len(), took), (0, Duration::from_secs(1)));
    }

    #[test]
    fn a_silent_port_is_left_after_one_repeat() {
        let (found, unused, took) = probed("> AT\n> AT\n> AT\n< OK\n", &[]);
        assert!(matches!(found, Probed::Silent), "{found:?}");
        assert_eq!((unused.len(), took), (1, Duration::from_secs(2)));
    }

    #[test]
    fn positions_are_told_from_answers_and_their_flood_ends() {
        let flood = "= $GPGGA,,,,,,0,,,,,,,,*66\\r\\n\n~ 200ms\n".repeat(40);
        let (found, _, took) = probed(&format!("{flood}> AT\n> AT\n"), &[]);
        assert!(matches!(found, Probed::Positions), "{found:?}");
        assert!(took <= Duration::from_secs(2), "{took:?}");
    }

    #[test]
    fn a_port_that_says_ok_to_everything_gives_itself_away() {
        let script = "> AT\n< OK\n> ATI\n< Manufacturer: Sierra Wireless\n< APP1\n< OK\n";
        assert!(matches!(probed(script, APPS).0, Probed::Decoy));
        let script = "> AT\n< OK\n> ATI\n< Model: MC7455\n< OK\n";
        assert!(matches!(probed(script, APPS).0, Probed::Answers));
    }
}
