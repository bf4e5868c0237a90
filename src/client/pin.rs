//! Whether the SIM is open, how many tries are left, and its PIN, given once.

use std::time::Duration;

use super::batch::Answers;
use super::facts::{IMSI, unquoted};
use super::run::{now, refused};
use super::{Modem, Step};
use crate::Error;
use crate::answers::{Item, Retries, decode};
use crate::at::code::FinalResult;
use crate::at::{Command, Outcome};
use crate::ids::Pin;
use crate::port::Line;

/// What the SIM wants before it works.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SimLock {
    /// As `+CPIN` words it (3GPP TS 27.007 clause 8.3); `None` where the modem does not say.
    pub state: Option<String>,
    /// Tries left, as far as the modem tells them.
    pub retries: Retries,
}

impl SimLock {
    /// The state in words, to stand behind "the SIM is".
    pub fn words(&self) -> &str {
        match self.state.as_deref() {
            Some("READY" | "SIM PIN2" | "SIM PUK2") => "open",
            Some("SIM PIN") => "locked by its PIN",
            Some("SIM PUK") => "blocked: it wants its PUK",
            Some("NOT READY") => "still starting up",
            Some(state) if state.starts_with("PH-") => "refused: the modem is locked to another",
            Some(state) => state,
            None => "in a state that the modem does not tell",
        }
    }
}

impl<P: Line> Modem<P> {
    /// The state of the SIM, and the tries left for its PINs and PUKs. One that starts up is waited for.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] where there is none or it fails; a locked one is no error here.
    pub async fn sim_lock(&mut self) -> Result<SimLock, Error> {
        let state = self.sim_state().await?;
        Ok(SimLock { state, retries: self.tries_left().await? })
    }

    /// Gives the SIM its PIN, where it wants one, and waits until it is ready; `false` where it wants none.
    ///
    /// `ask` is told how many tries are left, two or more, and gives the PIN. It is sent once, whatever
    /// comes of it: never with one try left, and never where the modem does not tell how many there are.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] with the way out, and after a wrong PIN with the tries that are left; what `ask` gives.
    pub async fn unlock(
        &mut self,
        ask: impl AsyncFnOnce(u8) -> Result<Pin, Error>,
    ) -> Result<bool, Error> {
        let state = self.sim_state().await?;
        self.check_profile()?; // another profile has another PIN
        if state.as_deref() != Some(LOCKED) {
            return check_state(state.as_deref()).map(|()| false);
        }
        let left = self.tries_to_spare().await?;
        let pin = ask(left).await?;
        // Somebody thought about it: meanwhile others may have tried, on another port of the modem.
        let left = self.tries_to_spare().await?;
        self.give(&pin, left).await.map(|()| true)
    }

    /// First settings, and whether the SIM is there and open.
    ///
    /// # Errors
    ///
    /// [`Error::Sim`] with the state in words.
    pub(super) async fn check_sim(&mut self) -> Result<(), Error> {
        let state = self.sim_state().await?;
        self.check_profile()?;
        check_state(state.as_deref())
    }

    async fn sim_state(&mut self) -> Result<Option<String>, Error> {
        self.progress.set(Step::Identifying);
        let mut answers = self.prepare(&[PIN]).await?;
        // Asked again, an error says its number, and with it whose fault it is.
        let is_bare = |result: &FinalResult| result.code.is_none();
        let were_bare = answers.value("+CMEE?").is_some_and(|found| found != "1");
        if answers.failure(PIN).is_some_and(is_bare) && were_bare {
            answers = self.ask(&[PIN]).await?;
        }
        let until = now() + START_UP;
        while is_starting(&answers) && now() < until {
            self.pause().await?;
            answers = self.ask(&[PIN]).await?;
        }
        match (answers.value(PIN), answers.failure(PIN)) {
            (Some(state), _) => Ok(Some(unquoted(state).to_owned())),
            (None, Some(result)) => Err(refused("AT+CPIN?", result)),
            (None, None) => Ok(None),
        }
    }

    /// The maker's own counters first, then the standard's, then the card itself.
    async fn tries_left(&mut self) -> Result<Retries, Error> {
        let own = self.dialect().retries;
        let standard =
            [STANDARD].into_iter().filter(|command| own.iter().all(|own| own != command));
        let mut left = Retries::default();
        for command in own.iter().map(String::as_str).chain(standard) {
            if !left.is_complete() {
                left = left.or(self.read_retries(command).await?);
            }
        }
        if left.pin.is_none() {
            left = left.or(self.read_retries(VERIFY).await?);
        }
        Ok(left)
    }

    /// What one command tells; nothing where the modem does not know it.
    async fn read_retries(&mut self, command: &str) -> Result<Retries, Error> {
        let lines = self.command(Command::new(command)).await?.lines.join("\r\n");
        let items = decode(lines.as_bytes(), None, Some(command)).items;
        let retries = items.into_iter().find_map(|item| match item {
            Item::Retries(retries) => Some(retries),
            _ => None,
        });
        Ok(retries.unwrap_or_default())
    }

    async fn tries_to_spare(&mut self) -> Result<u8, Error> {
        match self.tries_left().await?.pin {
            Some(left @ 2..) => Ok(left),
            Some(_) => Err(sim(
                "the PIN has one try left, and saldo does not take it",
                "a phone takes the PIN, and counts three tries again after the right one",
            )),
            None => Err(sim(
                "the modem does not tell how many tries the PIN has left, so saldo makes none",
                "a phone takes the PIN, or switches the SIM's PIN request off",
            )),
        }
    }

    /// The one place that sends a PIN, and it sends it once.
    async fn give(&mut self, pin: &Pin, before: u8) -> Result<(), Error> {
        let command = Command::new(format!("AT+CPIN=\"{}\"", pin.expose()));
        let waited = command.limit();
        match self.command(command).await?.outcome {
            Outcome::Failed(result) => Err(self.why_refused(before, &result).await?),
            outcome => match self.wait_until_open().await?.as_deref() {
                Some("READY") => Ok(()),
                Some(LOCKED) if outcome == Outcome::Silent => {
                    Err(Error::Silent { command: GIVE.into(), waited })
                }
                state => check_state(state.filter(|state| *state != LOCKED)).and(Err(sim(
                    "the SIM took its PIN and did not become ready",
                    "`saldo sim status` tells when it is",
                ))),
            },
        }
    }

    async fn wait_until_open(&mut self) -> Result<Option<String>, Error> {
        let until = now() + START_UP;
        loop {
            let answers = self.ask(&[PIN, IMSI]).await?;
            let state = answers.value(PIN).map(|state| unquoted(state).to_owned());
            let is_open = state.as_deref() == Some("READY") && !is_busy(answers.failure(IMSI));
            if is_open || now() >= until {
                return Ok(state);
            }
            self.pause().await?;
        }
    }

    /// A PIN that was not taken: whether that cost a try is read, not guessed.
    async fn why_refused(&mut self, before: u8, result: &FinalResult) -> Result<Error, Error> {
        let state = self.ask(&[PIN]).await?.value(PIN).map(|state| unquoted(state).to_owned());
        if state.as_deref() != Some(LOCKED) {
            return Ok(check_state(state.as_deref())
                .err()
                .unwrap_or_else(|| refused(GIVE, result)));
        }
        let wrong = |message: &str| {
            sim(message, "with one try left saldo makes none: look the PIN up before the next")
        };
        Ok(match self.tries_left().await?.pin {
            Some(1) => wrong("the PIN is wrong: 1 try is left"),
            Some(left) if left < before => {
                wrong(&format!("the PIN is wrong: {left} tries are left"))
            }
            _ if result.code == Some(INCORRECT) => wrong("the PIN is wrong"),
            _ => refused(GIVE, result),
        })
    }
}

const PIN: &str = "+CPIN?";

/// A command as errors name it, without its PIN.
const GIVE: &str = "AT+CPIN";

/// The state of a SIM that waits for its PIN.
const LOCKED: &str = "SIM PIN";

/// Tries left, in the standard's words (3GPP TS 27.007 clause 8.65).
const STANDARD: &str = "AT+CPINR";

/// VERIFY PIN without a PIN: the card tells the tries left and counts none (ETSI TS 102 221 clause 11.1.9).
/// An older card does not know the class and says so. UNBLOCK, which tells those of the PUK in the same
/// way, is not sent: nothing here needs them, and a PUK is not to be put at risk for a display.
const VERIFY: &str = "AT+CSIM=10,\"0020000100\"";

/// `+CME ERROR: 16`, incorrect password (3GPP TS 27.007 clause 9.2.1).
const INCORRECT: u32 = 16;

/// How long a SIM may take after plug-in, and after its PIN.
pub(crate) const START_UP: Duration = Duration::from_secs(20);

fn is_starting(answers: &Answers) -> bool {
    is_busy(answers.failure(PIN))
        || answers.value(PIN).is_some_and(|state| unquoted(state) == "NOT READY")
}

fn is_busy(failure: Option<&FinalResult>) -> bool {
    /// 14: SIM busy; 515: Wavecom's and SIMCom's "please wait" (3GPP TS 27.007 clause 9.2.1 and vendors).
    const BUSY: [u32; 2] = [14, 515];
    failure.and_then(|result| result.code).is_some_and(|code| BUSY.contains(&code))
}

/// The answer to `+CPIN?` as go-ahead or error.
pub(crate) fn check_state(state: Option<&str>) -> Result<(), Error> {
    match state.unwrap_or_default() {
        LOCKED => Err(sim("the SIM is locked by its PIN", "`saldo sim unlock` gives it its PIN")),
        "SIM PUK" => Err(sim(
            "the SIM is blocked: it wants its PUK",
            "the operator's PUK unblocks it, in a phone; ten wrong tries end the card",
        )),
        state if state.starts_with("PH-") => Err(sim(
            "the modem is locked to another SIM or network",
            "the seller of the modem has the unlock code",
        )),
        _ => Ok(()),
    }
}

fn sim(message: &str, hint: &str) -> Error {
    Error::Sim { message: message.to_owned(), hint: Some(hint.to_owned()) }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::watch::{AlertKind, Alerts, Event, Failure, Marks, Outcome, Record};

    /// A record keeps no more of an error than its words.
    #[test]
    fn who_watches_knows_a_locked_sim_by_its_words() {
        for (state, expected) in [("SIM PIN", true), ("SIM PUK", true), ("PH-NET PIN", false)] {
            let error = check_state(Some(state)).unwrap_err();
            let (class, message) = (error.class().to_owned(), error.to_string());
            let record = Record {
                time: Timestamp::UNIX_EPOCH,
                modem: "attic".into(),
                sim: None,
                iccid: None,
                plmn: None,
                operator: None,
                outcome: Outcome::Failure(Failure { class, message, hint: error.hint() }),
            };
            let mut alerts = Alerts::new(Marks::default());
            alerts.handle(Event::Asked(&record, None), record.time);
            assert_eq!(alerts.raised().contains(&AlertKind::PinNeeded), expected, "{state}");
        }
    }
}
