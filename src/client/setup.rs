//! First words with a modem, and its settings: what was changed is put back.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::arrivals::Arrivals;
use super::batch::{Answers, NUMBERED};
use super::facts::{MAKER, MANUFACTURER};
use super::memory::Memory;
use super::run::{Answer, now};
use super::{Modem, Progress, Step};
use crate::Error;
use crate::at::{Command, Event, Outcome, Session};
use crate::modems::Dialects;
use crate::operators::SimFacts;
use crate::port::Line;
use crate::{hex, ucs2};

/// What this run knows of the modem's settings.
#[derive(Debug)]
pub(super) struct Settings {
    /// Whether the modem has answered.
    pub(super) awake: bool,
    /// Whether several commands may share a line.
    pub(super) joins: bool,
    /// Whether several have.
    pub(super) has_joined: bool,
    /// Whether the first questions about settings were asked.
    pub(super) prepared: bool,
    /// Whether firmware and IMEI were asked.
    pub(super) detailed: bool,
    /// The character set of strings (`+CSCS`), where the modem has one.
    pub(super) charset: Option<String>,
    /// The same before we changed it.
    pub(super) found_charset: Option<String>,
    /// Whether the mode was asked for.
    pub(super) knows_mode: bool,
    /// The value of [`crate::modems::Dialect::ussd_mode`], where the modem has one.
    pub(super) mode: Option<u8>,
    /// The same before we changed it.
    pub(super) found_mode: Option<u8>,
    /// The value of `+CMEE`, where it is still to be changed so that errors carry their number.
    pub(super) found_errors: Option<String>,
    /// Commands that put back what we changed, oldest first.
    owed: Vec<String>,
    /// Those of them that a killed run left to us.
    left_behind: Vec<String>,
    /// Whether the program before us at this port was killed, and nothing was said to the modem since.
    was_interrupted: bool,
    /// Whether an older USSD session has been ended.
    pub(super) cancelled: bool,
    /// Whether all was said that the family wants before a request.
    pub(super) ready: bool,
    /// Whether the network waits for our answer in a USSD session.
    pub(super) ussd_open: bool,
    /// Whether it does so behind a prompt.
    pub(super) ussd_prompt: bool,
    /// Whether the last request may have reached the network, and nobody said what became of it.
    pub(super) in_doubt: bool,
    /// The command that is opening a channel to the card; what comes of it is not known yet.
    #[cfg(feature = "esim")]
    pub(super) opening: Option<&'static str>,
    /// Whether the journal of what is owed beyond a power cut was looked into.
    pub(super) journal_read: bool,
    /// Whether the radio mode was put back a moment ago, so that a network has yet to be found.
    pub(super) was_switched: bool,
    /// Why the eSIM profile that is owed to this card did not come back.
    pub(super) stranded: Option<String>,
}

#[cfg(feature = "esim")]
impl Settings {
    /// The modem reads its card anew: a network has yet to be found, and what goes before a request is due
    /// again.
    pub(super) fn forget_network(&mut self) {
        (self.cancelled, self.ready) = (false, false);
        (self.ussd_open, self.ussd_prompt, self.in_doubt) = (false, false, false);
        self.was_switched = true;
    }

    /// The modem has restarted: it is spoken to from the beginning.
    pub(super) fn restarted(&mut self) {
        (self.awake, self.prepared, self.knows_mode) = (false, false, false);
    }
}

/// An answer to `AT` comes at once or never; the first one after plug-in is often lost.
pub(super) const FIRST: Duration = Duration::from_secs(1);

/// How far behind the answers of a slow modem may be.
const LATE: Duration = Duration::from_secs(2);

/// For a modem that answers, but late.
const SLOW: Duration = Duration::from_secs(5);

/// After this much silence the next attempt may begin.
pub(super) const QUIET: Duration = Duration::from_millis(300);

/// Restoring is a courtesy that must not keep a user waiting for a dead modem.
const RESTORE: Duration = Duration::from_secs(2);

impl<P: Line> Modem<P> {
    /// A modem on an open port; nothing is sent before the first question.
    pub fn new(port: P) -> Self {
        Self {
            port,
            session: Session::default(),
            urcs: VecDeque::new(),
            arrivals: Arrivals::default(),
            settings: Settings {
                awake: false,
                joins: true,
                has_joined: false,
                prepared: false,
                detailed: false,
                charset: None,
                found_charset: None,
                knows_mode: false,
                mode: None,
                found_mode: None,
                found_errors: None,
                owed: Vec::new(),
                was_interrupted: false,
                left_behind: Vec::new(),
                cancelled: false,
                ready: false,
                ussd_open: false,
                ussd_prompt: false,
                in_doubt: false,
                #[cfg(feature = "esim")]
                opening: None,
                journal_read: false,
                was_switched: false,
                stranded: None,
            },
            identity: None,
            dialects: Dialects::built_in(),
            imei: None,
            sim: SimFacts::default(),
            rung: None,
            names: None,
            memory: Memory::default(),
            progress: Progress::default(),
            journal: None,
            owed_beyond: Vec::new(),
            told: None,
            #[cfg(feature = "esim")]
            reopen: None,
            hung_up: false,
        }
    }

    /// With rows of the user's in front of those built in.
    pub fn with_dialects(self, dialects: Dialects) -> Self {
        Self { dialects, ..self }
    }

    /// Who is told what the user should know while this goes on; without it, the log is.
    pub fn telling(self, told: impl Fn(&str) + 'static) -> Self {
        Self { told: Some(Box::new(told)), ..self }
    }

    pub(super) fn tell(&self, text: &str) {
        match &self.told {
            Some(told) => told(text),
            None => tracing::warn!("{text}"),
        }
    }

    /// What the modem is doing, for a display beside it.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Puts back every setting that was changed and gives the port back.
    pub async fn close(mut self) -> P {
        if !self.hung_up {
            self.keep_winner().await;
            self.restore().await;
        }
        self.settle_owed().await; // where restoring was not possible it says so
        // A modem that never answered was not changed by us, and still owes what a killed run left.
        let is_paid = self.settings.awake || self.hung_up;
        let owed = if is_paid { &[][..] } else { &self.settings.left_behind };
        if is_paid || !owed.is_empty() {
            self.port.note_restore(owed);
        }
        self.port
    }

    /// Whether questions that only add to the picture are worth their round trips: a modem that takes
    /// one command a line pays one for each.
    pub(super) fn may_ask_more(&self) -> bool {
        self.settings.joins
    }

    /// How errors are given, the character set as it is, and who the modem is. `extra` questions share the
    /// line, at its end: what may fail there takes nothing with it. Where something is put back first, they are
    /// asked once more.
    ///
    /// It changes nothing: what a lost answer would have told could not be put back.
    pub(super) async fn prepare(&mut self, extra: &[&'static str]) -> Result<Answers, Error> {
        self.settle_debts();
        let mut questions = vec!["+CMEE?", "+CSCS?"];
        questions.extend(MAKER);
        questions.extend(extra);
        // Worth a line each only where something is remembered of modems that take one command a line.
        let optional = if self.memory.has_single() { &[MANUFACTURER][..] } else { &MAKER[..] };
        let answers = self.ask_with(&questions, optional).await?;
        self.settings.prepared = true;
        let errors = answers.value("+CMEE?").filter(|found| matches!(*found, "0" | "2"));
        self.settings.found_errors = errors.map(str::to_owned);
        self.settings.charset = answers.value("+CSCS?").and_then(charset_name);
        self.settings.found_charset.clone_from(&self.settings.charset);
        self.note_maker(&answers);
        if self.settle_journal().await? && !extra.is_empty() {
            return self.ask(extra).await; // what was said of the SIM may have been said of another
        }
        Ok(answers)
    }

    /// The first line of a run. Where nothing comes back, the modem may have slept, or the line may be
    /// stuck in a prompt that an earlier program left; then the line is asked once more.
    pub(super) async fn open_with(&mut self, command: Command) -> Result<Answer, Error> {
        self.progress.set(Step::Opening);
        self.settle_debts();
        if std::mem::take(&mut self.settings.was_interrupted) {
            // What the killed run was waiting for may come only now, and would answer our first question.
            self.leave_prompt().await?;
            self.greet(SLOW).await?;
        }
        let first = self.command(command.clone().within(FIRST)).await?;
        let answer = match first.outcome {
            // Lines without a result are no modem's answer to this: a prompt echoes too.
            Outcome::Silent | Outcome::Unfinished => {
                self.leave_prompt().await?;
                let heard = self.hush(QUIET).await?;
                self.greet(if heard { SLOW } else { FIRST }).await?;
                self.command(command).await?
            }
            _ => first,
        };
        self.settings.awake = true;
        Ok(answer)
    }

    /// Notes a command that puts a setting back, before the setting is changed.
    ///
    /// The first note for a setting counts: later ones would put back our own values. Gives whether
    /// it was the first.
    pub(super) fn owe(&mut self, command: String) -> bool {
        let name = |command: &str| command.split('=').next().map(str::to_owned);
        let first = self.settings.owed.iter().all(|owed| name(owed) != name(&command));
        if first {
            self.settings.owed.push(command);
            self.port.note_restore(&self.settings.owed);
        }
        first
    }

    /// What has been put back already, or is gone with what it belonged to.
    #[cfg(feature = "esim")]
    pub(super) fn no_longer_owe(&mut self, command: &str) {
        self.settings.owed.retain(|owed| owed != command);
        self.port.note_restore(&self.settings.owed);
    }

    /// What is to be put back, oldest first.
    #[cfg(feature = "esim")]
    pub(super) fn owed(&self) -> &[String] {
        &self.settings.owed
    }

    /// How long a command that is not at its end is waited for.
    pub(super) fn patience(&self) -> Duration {
        /// For a final result that we no longer need.
        const OWED: Duration = Duration::from_secs(2);
        #[cfg(feature = "esim")]
        if let Some(longer) = self.patience_with_card() {
            return longer;
        }
        OWED
    }

    /// The setting by which errors carry their number (3GPP TS 27.007 clause 9.1), where it is still to
    /// be made; the debt for it is noted.
    pub(super) fn number_errors(&mut self) -> Option<&'static str> {
        let found = self.settings.found_errors.take()?;
        self.owe(format!("AT+CMEE={found}"));
        Some(NUMBERED)
    }

    /// `AT` until it is answered, behind a first line that was not.
    async fn greet(&mut self, mut limit: Duration) -> Result<(), Error> {
        for attempt in 0..2 {
            let answer = self.command(Command::new("AT").within(limit)).await?;
            match answer.outcome {
                Outcome::Ok => {
                    // It may be the late answer to what was sent before; with lines it is one, and the `OK` to
                    // this takes as long again.
                    self.hush(if answer.lines.is_empty() { LATE } else { SLOW }).await?;
                    return Ok(());
                }
                // Rubbish that stood before our first command is refused together with it.
                Outcome::Failed(_) if attempt == 0 => {}
                Outcome::Failed(result) => return Err(super::run::refused("AT", &result)),
                // Lines without a result are no modem's answer to this.
                Outcome::Silent | Outcome::Unfinished => self.leave_prompt().await?,
            }
            if self.hush(QUIET).await? {
                limit = SLOW;
            }
        }
        Err(Error::Silent { command: "AT".into(), waited: FIRST * 3 })
    }

    /// Lets the line fall quiet for so long: what still comes answers an earlier attempt, and would be
    /// taken for the answer to the next command. Gives whether an `OK` was among it.
    pub(super) async fn hush(&mut self, quiet: Duration) -> Result<bool, Error> {
        let (end, mut heard) = (now() + 2 * quiet, false);
        while let Some(event) = self.next_line_or_event(end.min(now() + quiet)).await? {
            let Event::Urc(line) = event else { continue };
            heard |= line == b"OK";
        }
        Ok(heard)
    }

    /// ESC leaves a text prompt without sending what was typed; a modem that has none ignores it.
    pub(super) async fn leave_prompt(&mut self) -> Result<(), Error> {
        self.session.send_text(b"\x1b\r");
        self.write().await
    }

    /// Sends what a run that was killed still owed this modem.
    fn settle_debts(&mut self) {
        let Some(left) = self.port.take_left_behind() else { return };
        self.settings.was_interrupted = true;
        for command in &left {
            tracing::warn!(command, "putting back a setting that an interrupted run had changed");
        }
        self.settings.owed.clone_from(&left); // the lock holds them still
        self.settings.left_behind = left;
    }

    async fn restore(&mut self) {
        if self.finish_pending().await.is_err() || !self.settings.awake {
            return;
        }
        let _ = self.end_ussd().await;
        self.settle_owed().await;
        let owed = std::mem::take(&mut self.settings.owed);
        for command in owed.into_iter().rev() {
            if self.put_back(&command).await.is_err() {
                break;
            }
        }
        let _ = self.port.flush().await;
    }

    /// Sends it again where no `OK` comes: the line may have lost it.
    async fn put_back(&mut self, command: &str) -> Result<(), Error> {
        for _ in 0..2 {
            let command = Command::new(command).within(RESTORE);
            match self.command(command).await?.outcome {
                Outcome::Ok => break,
                Outcome::Silent => self.leave_prompt().await?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// The name in `+CSCS: "GSM"` (3GPP TS 27.007 clause 5.5). Under UCS2 some modems write it in UCS2 too:
/// `"0055004300530032"`. `None` for what is no name: it could not be put back.
pub(super) fn charset_name(value: &str) -> Option<String> {
    const NAMES: [&str; 10] =
        ["ASCII", "GB2312", "GBK", "GSM", "HEX", "IRA", "PCDN", "UCS2", "UTF-8", "UTF8"];
    const FAMILIES: [&str; 2] = ["8859-", "PCCP"];
    let name = value.trim_matches('"');
    let octets = hex::octets(name.as_bytes()).filter(|octets| octets.len() >= 4);
    let decoded = octets.map(|octets| ucs2::text_from_octets(&octets).text);
    let name = decoded.filter(|name| name.is_ascii()).unwrap_or_else(|| name.to_owned());
    let is_known = NAMES.contains(&name.as_str())
        || FAMILIES.iter().any(|family| name.starts_with(family) && name.len() < 9);
    is_known.then_some(name)
}
