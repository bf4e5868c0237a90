//! `saldo signal`: the levels of now, for a person who turns an antenna.

mod history;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use crate::Error;
use crate::answers::{Cell, Signal};
use crate::client::SignalCommands;
use crate::diag::{self, Facts, Quality};
use serde::Serialize;
use tokio::time::{self, MissedTickBehavior};

use super::settings::Settings;
use super::with_modem::{AnyModem, block_on, on_port};
use super::{Globals, json, out};
use history::History;

/// The signal, one line a second, for turning an antenna
///
/// Technology, band and cell, the power and how clean it is, a bar, and the best seen so far. On a terminal
/// one line stays in place, with the last minute behind it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// One line, and no more
    #[arg(long)]
    once: bool,

    /// Beep, the faster the better the signal is
    #[arg(long)]
    beep: bool,
}

const SECOND: Duration = Duration::from_secs(1);

/// Exit status: 0 after `--once`; else it ends by Ctrl-C.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let settings = Settings::load(globals)?;
    let spec = settings.single_port()?;
    // The progress line would stand where ours does.
    let quiet = Globals { quiet: true, ..globals.clone() };
    block_on(on_port(&quiet, &settings.dialects, &spec, async |modem| {
        watch(modem, args, globals).await
    }))?;
    Ok(ExitCode::SUCCESS)
}

async fn watch(modem: &mut AnyModem, args: &Args, globals: &Globals) -> Result<(), Error> {
    let mut commands = SignalCommands::default();
    let mut history = History::default();
    let mut ticks = time::interval(SECOND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut beeps = Beeps::default();
    loop {
        ticks.tick().await;
        let facts = modem.signal(&mut commands).await?;
        history.add(&facts);
        show(&facts, &history, args, globals)?;
        if args.once {
            return Ok(());
        }
        if args.beep {
            beeps.sound(
                diag::signal(&facts).into_iter().flatten().next().map(diag::Measure::quality),
            );
        }
    }
}

fn show(facts: &Facts, history: &History, args: &Args, globals: &Globals) -> Result<(), Error> {
    if globals.json {
        return out::json(&Line::of(facts));
    }
    let text = out::visible(&line(facts, history));
    if args.once || !io::stdout().is_terminal() {
        return out::line(text);
    }
    let mut stdout = io::stdout().lock();
    write!(stdout, "\r{text}  {}\x1b[K", history.sparkline())?;
    stdout.flush().map_err(Error::Output)
}

/// `LTE  band 3  206-10  cell C3D501  RSRP -97 dBm  SINR 11 dB  fair  [######----]  best -92`.
fn line(facts: &Facts, history: &History) -> String {
    let cell = &facts.radio.cell;
    let mut parts: Vec<String> = Vec::new();
    parts.extend(diag::rat(facts).map(|rat| rat.as_str().to_owned()));
    parts.extend(cell.band.map(|band| format!("band {band}")));
    parts.extend(facts.network.name.clone().or_else(|| facts.network.plmn.clone()));
    parts.extend(cell.cell_id.map(|id| format!("cell {id:X}")));
    let [power, clean] = diag::signal(facts);
    let Some(power) = power else {
        parts.push("no signal".into());
        return parts.join("  ");
    };
    parts.push(power.to_string());
    parts.extend(clean.map(|clean| clean.to_string()));
    parts.push(format!("{:9}", power.quality()));
    parts.push(history::bar(power.share()));
    parts.extend(history.best().map(|best| format!("best {best}")));
    parts.join("  ")
}

/// One object a second.
#[derive(Serialize)]
struct Line<'a> {
    schema: u8,
    time: String,
    operator: Option<&'a str>,
    #[serde(flatten)]
    signal: Signal,
    quality: Option<Quality>,
    cell: &'a Cell,
}

impl<'a> Line<'a> {
    fn of(facts: &'a Facts) -> Self {
        let [power, _] = diag::signal(facts);
        let signal = Signal { rat: diag::rat(facts), ..facts.radio.signal.clone() };
        Self {
            schema: 1,
            time: json::now(),
            operator: facts.network.name.as_deref().or(facts.network.plmn.as_deref()),
            signal,
            quality: power.map(diag::Measure::quality),
            cell: &facts.radio.cell,
        }
    }
}

/// The terminal's bell: each second where it is excellent, each fifth where it is bad.
#[derive(Default)]
struct Beeps {
    seconds: u32,
}

impl Beeps {
    fn sound(&mut self, quality: Option<Quality>) {
        self.seconds += 1;
        let every = match quality {
            Some(Quality::Excellent) => 1,
            Some(Quality::Good) => 2,
            Some(Quality::Fair) => 3,
            Some(Quality::Weak) => 4,
            Some(Quality::Bad) => 5,
            None => return,
        };
        if self.seconds >= every {
            self.seconds = 0;
            let _ = write!(io::stderr(), "\x07");
        }
    }
}
