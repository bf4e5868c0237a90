//! `saldo balance`: ask the operator what is left, and print it.

use std::process::ExitCode;
use std::rc::Rc;
use std::time::Instant;

use crate::Error;
use crate::balance::Kind;
use crate::client::{Asked, Balance, Follow, Plan, Question};
use crate::port::{self, Candidate, PortSpec, Roots};
use crate::ussd::Answer;
use crate::watch::{Mark, NotAMark, Pot};
use rust_decimal::Decimal;
use tokio::task::{JoinSet, LocalSet};

use super::json::{BalanceLine, DryRunLine, Facts};
use super::remember::Memo;
use super::respondent::Respondent;
use super::settings::Settings;
use super::with_modem::{block_on, on_any};
use super::{Globals, out, render, terminal, ussd};

/// Ask the operator what is left and print it
///
/// Finds the modem and whose SIM it holds, sends the operator's balance code, and reads the answer.
#[derive(clap::Args, Clone, Debug, Default, PartialEq)]
pub(crate) struct Args {
    /// Dial this code instead of the operator's
    #[arg(long, value_name = "CODE")]
    code: Option<String>,

    /// Take the SIM for this operator's (`saldo operators` lists them)
    #[arg(long, value_name = "ID")]
    operator: Option<String>,

    /// Answers to the menus that follow the code
    #[arg(long, value_name = "N,N", value_delimiter = ',')]
    answer: Vec<String>,

    /// Do not wait for an answer that comes by SMS
    #[arg(long)]
    no_sms: bool,

    /// Ask also where that may cost something, by message for example
    #[arg(long)]
    yes: bool,

    /// Ask over 3G or 2G where the modem is on LTE, and come back; data stops meanwhile
    #[arg(long)]
    fallback: bool,

    /// Print what would be sent and why; send nothing on air
    #[arg(long)]
    dry_run: bool,

    /// Exit with status 1 where less than this is left, such as 5, "5 EUR" or "500 MB"
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true, value_parser = amount)]
    below: Option<Mark>,

    /// Ask every modem that is found, side by side
    #[arg(long)]
    all: bool,
}

/// Exit status: 0 when a balance was printed, 1 when it is below `--below`; the error's own otherwise.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let settings = Settings::load(globals)?;
    let question = question(args, &settings, globals)?;
    let ports =
        if args.all && settings.ports.is_empty() { all_modems()? } else { settings.ports.clone() };
    if ports.len() > 1 {
        return several(args, globals, settings, question, ports);
    }
    let spec = settings.named_port()?;
    let memo = Memo::new(&settings);
    let job = Job { args, globals, settings: &settings, question: &question, memo: &memo };
    let status = match block_on(job.on(spec, "")) {
        Ok(status) => status,
        Err(error) => out::error_of("", &error, globals),
    };
    memo.write(globals);
    Ok(ExitCode::from(status))
}

/// One question, to be put to one modem or to many.
#[derive(Clone, Copy)]
struct Job<'a> {
    args: &'a Args,
    globals: &'a Globals,
    settings: &'a Settings,
    question: &'a Question,
    memo: &'a Memo,
}

impl<'a> Job<'a> {
    /// Gives the exit status.
    async fn on(self, spec: Option<&PortSpec>, prefix: &str) -> Result<u8, Error> {
        on_any(self.globals, &self.settings.dialects, spec, async |modem| {
            if self.args.dry_run {
                let plan = modem.plan(self.question, &self.settings.operators).await?;
                return self.show_plan(&plan, modem, prefix);
            }
            let asked = self.ask(modem).await;
            let facts = modem.facts(self.globals);
            let (outcome, shown) = match asked {
                Ok(balance) => {
                    let shown = self.show(&balance, &facts, prefix);
                    (Ok(balance), shown)
                }
                Err(error) => (Err(error), Ok(0)),
            };
            self.memo.keep(spec, outcome.as_ref(), &facts);
            outcome.and(shown)
        })
        .await
    }

    async fn ask(self, modem: &mut Respondent) -> Result<Balance, Error> {
        let started = Instant::now();
        let plan = modem.plan(self.question, &self.settings.operators).await?;
        self.announce(&plan);
        let mut balance = modem.ask_balance(plan, self.question, started).await?;
        while let Some(plan) = self.choose(&balance).await {
            balance = modem.ask_balance(plan, self.question, started).await?;
        }
        Ok(balance)
    }

    /// At a menu that nobody has an answer to, the person at the terminal may choose: then the same
    /// question goes the way that was chosen.
    async fn choose(self, balance: &Balance) -> Option<Plan> {
        let is_alone = !self.globals.json && !self.globals.quiet && !self.args.all;
        if balance.reading.kind != Kind::Menu || !is_alone || !terminal::is_attended() {
            return None;
        }
        render::balance(balance, "").ok()?;
        let answer = self.choice(balance).await?;
        let mut plan = balance.plan.clone();
        let Asked::Ussd { path, follow, .. } = &mut plan.ask else { return None };
        path.truncate(balance.turns.len().saturating_sub(1));
        path.push(answer);
        *follow = Follow::AsGiven;
        Some(plan)
    }

    /// One of the choices that the menu offers: anything else may be an order.
    async fn choice(self, balance: &Balance) -> Option<Answer> {
        loop {
            let line = terminal::line("> ").await.filter(|line| !line.is_empty())?;
            let choices = &balance.reading.choices;
            if choices.is_empty() || choices.iter().any(|(number, _)| *number == line) {
                return Answer::parse(&line).ok();
            }
            out::note(self.globals, "the menu has no such choice; an empty line ends it");
        }
    }

    fn show(self, balance: &Balance, facts: &Facts<'_>, prefix: &str) -> Result<u8, Error> {
        let error = match balance.is_reliable() {
            false => Some(render::not_a_balance(balance)),
            true => self.nothing_to_compare(balance),
        };
        if self.globals.json {
            // An answer that is no balance is one object all the same, with the error in it.
            out::json(&BalanceLine::of(balance, error.as_ref(), facts))?;
        } else {
            render::balance(balance, prefix)?;
        }
        if let Some(error) = error {
            out::complain(prefix, &error, self.globals);
            return Ok(error.exit_status());
        }
        Ok(u8::from(self.is_below(balance)))
    }

    /// What `--below` speaks of, and how much of it is left.
    fn compared(self, balance: &Balance) -> Option<(&'a Mark, Option<Decimal>)> {
        let mark = self.args.below.as_ref()?;
        let pots: Vec<_> = balance.reading.pots.iter().map(Pot::from).collect();
        Some((mark, mark.left_in(&pots)))
    }

    fn nothing_to_compare(self, balance: &Balance) -> Option<Error> {
        match self.compared(balance)? {
            (mark, None) => Some(render::nothing_like(mark)),
            _ => None,
        }
    }

    fn is_below(self, balance: &Balance) -> bool {
        let compared = self.compared(balance);
        compared.is_some_and(|(mark, left)| left.is_some_and(|left| left < mark.amount))
    }

    fn show_plan(self, plan: &Plan, modem: &Respondent, prefix: &str) -> Result<u8, Error> {
        if self.globals.json {
            out::json(&DryRunLine::of(plan, &modem.facts(self.globals)))?;
        } else {
            out::line(format_args!(
                "{prefix}{}",
                render::plan(plan, self.args.yes || self.args.code.is_some())
            ))?;
        }
        Ok(0)
    }

    /// A message may cost something, so it is never sent unsaid.
    fn announce(self, plan: &Plan) {
        if let Asked::Sms { to, text } = &plan.ask {
            out::note(
                self.globals,
                &format!("asking by SMS: `{text}` to {to} (the operator may charge one message)"),
            );
        }
    }
}

/// Every modem in a task of its own, on one thread; each result comes as it is ready.
///
/// Exit status: the highest of all.
fn several(
    args: &Args,
    globals: &Globals,
    settings: Settings,
    question: Question,
    ports: Vec<PortSpec>,
) -> Result<ExitCode, Error> {
    let memo = Memo::new(&settings);
    let shared = Rc::new((args.clone(), globals.clone(), settings, question, memo));
    let status = block_on(async {
        let tasks = LocalSet::new();
        let mut asked = JoinSet::new();
        for spec in ports {
            let shared = Rc::clone(&shared);
            let one = async move {
                let (args, globals, settings, question, memo) = &*shared;
                let job = Job { args, globals, settings, question, memo };
                let prefix = format!("{spec}: ");
                job.on(Some(&spec), &prefix)
                    .await
                    .unwrap_or_else(|error| out::error_of(&prefix, &error, globals))
            };
            asked.spawn_local_on(one, &tasks);
        }
        tasks.await;
        let worst = asked.join_all().await.into_iter().max();
        Ok(ExitCode::from(worst.unwrap_or_default()))
    });
    shared.4.write(globals);
    status
}

/// `12.34`, or `12,34` as many write it, with a unit or without.
fn amount(text: &str) -> Result<Mark, String> {
    text.replace(',', ".").parse().map_err(|error: NotAMark| error.to_string())
}

/// Every modem that is plugged in, by the name that stays its own.
fn all_modems() -> Result<Vec<PortSpec>, Error> {
    let candidates = port::candidates(&Roots::default());
    let ports: Vec<_> = port::first_ports(&candidates).into_iter().map(Candidate::spec).collect();
    if ports.is_empty() { Err(port::none_found(&Roots::default())) } else { Ok(ports) }
}

fn question(args: &Args, settings: &Settings, globals: &Globals) -> Result<Question, Error> {
    let code = args.code.as_deref().map(ussd::query).transpose()?;
    let operator = args.operator.clone().or_else(|| settings.operator.clone());
    Ok(Question {
        code,
        operator,
        answers: ussd::answers(&args.answer, false)?,
        wait_for_message: !args.no_sms,
        may_cost: args.yes || args.dry_run,
        fallback: args.fallback,
        limit: settings.timeout,
        all_facts: globals.json,
    })
}
