//! Asks one modem of a watch, as `saldo balance` would, and shows what came of it.

use std::cell::RefCell;
use std::env;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Instant;

use crate::Error;
use crate::client::{self, Balance, Plan, Progress, Question, Step};
use crate::daemon::config::Modem;
use crate::daemon::{Asked, Config, Control, Host, Level};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::json::BalanceLine;
use super::super::respondent::Respondent;
use super::super::settings::Settings;
use super::super::signals::Ending;
use super::super::with_modem::on_any_until;
use super::super::{Globals, out, render, sim};
use super::Args;

/// Who asks for the watch.
pub(super) struct Asker {
    /// The only modems that are watched, where any were named.
    names: Vec<String>,
    globals: Globals,
    settings: RefCell<Rc<Settings>>,
    log: Log,
    /// Whether a line says when it was, as it does where many follow.
    is_dated: bool,
    control: Rc<Control>,
}

/// The lines on standard error.
#[derive(Clone, Copy)]
pub(super) struct Log {
    /// Whether it is systemd's journal, which knows levels.
    is_journal: bool,
    is_quiet: bool,
}

impl Log {
    pub(super) fn new(globals: &Globals) -> Self {
        Self { is_journal: env::var_os("JOURNAL_STREAM").is_some(), is_quiet: globals.quiet }
    }

    pub(super) fn line(self, level: Level, text: &str) {
        let mut stderr = io::stderr().lock();
        let text = out::visible(text);
        let _ = match level {
            _ if self.is_journal => writeln!(stderr, "<{}>{text}", level as u8),
            Level::Error => writeln!(stderr, "error: {text}"),
            Level::Warning => writeln!(stderr, "warning: {text}"),
            _ if self.is_quiet => Ok(()),
            _ => writeln!(stderr, "note: {text}"),
        };
    }
}

/// What a question has told so far, however it ends.
struct Telling {
    asked: Asked,
    progress: Option<Progress>,
    by_message: bool,
    /// What the operator has said, while the modem is still asked for its signal and closed.
    answer: Option<Balance>,
}

impl Asker {
    pub(super) fn new(
        args: &Args,
        globals: &Globals,
        settings: Settings,
        control: Rc<Control>,
    ) -> Self {
        let settings = RefCell::new(Rc::new(settings));
        let (names, log) = (args.modem.clone(), Log::new(globals));
        let is_dated = !args.once;
        Self { names, globals: globals.clone(), settings, log, is_dated, control }
    }

    async fn put(
        &self,
        modem: &Modem,
        may_unlock: bool,
        telling: &mut Telling,
    ) -> Result<Balance, Error> {
        let settings = Rc::clone(&self.settings.borrow());
        let ending = Ending::Watch(Rc::clone(&self.control));
        let port = modem.port.as_ref();
        on_any_until(ending, &self.globals, &settings.dialects, port, async |respondent| {
            telling.progress = Some(respondent.progress());
            if may_unlock {
                self.unlock(respondent, modem, telling).await?;
            }
            let outcome = self.question(respondent, modem, &settings, telling).await;
            telling.note_air();
            telling.answer = outcome.as_ref().ok().cloned();
            let facts = respondent.facts(&self.globals);
            telling.asked.sim = facts.sim.clone();
            telling.asked.port = Some(facts.port.clone());
            if !matches!(outcome, Err(Error::Unplugged { .. })) {
                telling.asked.radio = respondent.radio().await;
            }
            if let Ok(balance) = &outcome {
                if let Err(error) = self.show(balance, respondent, modem) {
                    self.log(Level::Warning, &format!("{}: {error}", modem.name)); // it is remembered
                }
            }
            outcome
        })
        .await
    }

    async fn question(
        &self,
        respondent: &mut Respondent,
        modem: &Modem,
        settings: &Settings,
        telling: &mut Telling,
    ) -> Result<Balance, Error> {
        let started = Instant::now();
        let question = Question {
            code: modem.code.clone(),
            operator: modem.operator.clone().or_else(|| settings.operator.clone()),
            answers: modem.answers.clone(),
            wait_for_message: true,
            may_cost: false,
            fallback: modem.fallback,
            limit: settings.timeout,
            all_facts: true,
        };
        let planned = respondent.plan(&question, &settings.operators).await;
        let plan: Plan = planned.map_err(never_paid)?;
        telling.by_message = matches!(plan.ask, client::Asked::Sms { .. });
        respondent.ask_balance(plan, &question, started).await
    }

    async fn unlock(
        &self,
        respondent: &mut Respondent,
        modem: &Modem,
        telling: &mut Telling,
    ) -> Result<(), Error> {
        let Some(file) = &modem.pin_file else { return Ok(()) };
        let mut is_given = false;
        let unlocked = respondent
            .unlock(async |_| {
                let pin = sim::from_file(file)?;
                is_given = true;
                Ok(pin)
            })
            .await;
        telling.asked.pin_refused = is_given && unlocked.is_err();
        unlocked
    }

    /// The object of `saldo balance`, or one line.
    fn show(&self, balance: &Balance, respondent: &Respondent, modem: &Modem) -> Result<(), Error> {
        let error = (!balance.is_reliable()).then(|| render::not_a_balance(balance));
        if self.globals.json {
            let facts = respondent.facts(&self.globals);
            out::json(&BalanceLine::of(balance, error.as_ref(), &facts))?;
        } else {
            let text = render::lines(balance).join("; ").replace('\n', " / ");
            let time = if self.is_dated { clock_time() } else { String::new() };
            out::line(format_args!("{time}{}: {}", modem.name, out::visible(&text)))?;
        }
        if let Some(error) = error {
            self.complain(&modem.name, &error);
        }
        Ok(())
    }

    fn complain(&self, modem: &str, error: &Error) {
        let prefix = format!("{modem}: ");
        match self.log.is_journal {
            true => {
                let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                self.log(Level::Warning, &format!("{prefix}{error}{hint}"));
            }
            false => out::complain(&prefix, error, &self.globals),
        }
    }
}

impl Telling {
    fn new() -> Self {
        let asked = Asked {
            outcome: Err(Error::Interrupted { signal: 0 }),
            sim: Default::default(),
            port: None,
            radio: None,
            was_on_air: false,
            pin_refused: false,
        };
        Self { asked, progress: None, by_message: false, answer: None }
    }

    /// A message may be on its way as soon as one is planned.
    fn note_air(&mut self) {
        let step = self.progress.as_ref().map(Progress::step);
        let is_out = matches!(step, Some(Step::Network | Step::Message));
        self.asked.was_on_air |= is_out || self.by_message;
    }
}

impl Host for Asker {
    async fn ask(&self, modem: &Modem, may_unlock: bool) -> Asked {
        let mut telling = Telling::new();
        let outcome = self.put(modem, may_unlock, &mut telling).await;
        telling.note_air();
        let outcome = match (outcome, telling.answer.take()) {
            // Whoever ended the watch did so after the answer was there.
            (Err(Error::Interrupted { .. }), Some(balance)) => Ok(balance),
            (outcome, _) => outcome,
        };
        match &outcome {
            Ok(_) | Err(Error::Interrupted { .. }) => {}
            Err(error) => {
                self.complain(&modem.name, error);
                if self.globals.json {
                    out::json_error(&format!("{}: ", modem.name), error);
                }
            }
        }
        Asked { outcome, ..telling.asked }
    }

    async fn write_message(&self, modem: &Modem, to: &str, text: &str) -> Result<(), Error> {
        let settings = Rc::clone(&self.settings.borrow());
        let ending = Ending::Watch(Rc::clone(&self.control));
        let port = modem.port.as_ref();
        on_any_until(ending, &self.globals, &settings.dialects, port, async |respondent| {
            respondent.write_message(to, text).await
        })
        .await
    }

    fn operator_name(&self, id: &str) -> Option<String> {
        self.settings.borrow().operators.by_id(id).map(|operator| operator.name)
    }

    fn log(&self, level: Level, text: &str) {
        self.log.line(level, text);
    }

    fn reload(&self) -> Result<Config, Error> {
        let settings = self.settings.borrow().load_again(&self.globals)?;
        let config = super::config(&settings, &self.names, &self.globals)?;
        self.settings.replace(Rc::new(settings));
        Ok(config)
    }
}

/// Nobody is there to say yes: what may cost something is left to a question that somebody puts.
fn never_paid(error: Error) -> Error {
    match error {
        Error::Usage { message, hint: Some(hint) } if hint.starts_with("`--yes`") => {
            let hint = "a watch asks only what is free; `saldo balance --yes` asks this once";
            Error::Usage { message, hint: Some(hint.into()) }
        }
        error => error,
    }
}

/// `2026-11-22 10:00 `, where we are.
fn clock_time() -> String {
    Timestamp::now().to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M ").to_string()
}
