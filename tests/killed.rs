//! A switch of profiles that is killed: a process, a pseudo-terminal, SIGKILL. Whatever is asked of the modem next
//! finds the profile as it was.
//!
//! `SALDO_KILLS=500 cargo test --test killed` stops it between every two lines and at 500 moments.

#![cfg(feature = "esim")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]
#![allow(clippy::unwrap_used)]

mod running;

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::ioctl_tiocnxcl;
use saldo::port::Pty;
use saldo::sim::Modem;
use saldo::store::Journal;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

use running::{DEADLINE, saldo, side_by_side, text, within};

/// How many kills of each kind.
fn kills() -> usize {
    std::env::var("SALDO_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(12)
}

/// The one in use in the beginning, by its name and its balance.
const ORIGINAL: (&str, &str) = ("Maison", "Proximus Pay&Go: 12.34 EUR");

#[test]
fn the_original_profile_is_back_after_a_sweep_is_killed_between_any_two_lines() {
    Job::SWEEP.kill_at_each(Job::SWEEP.lines());
}

#[test]
fn the_original_profile_is_back_after_a_sweep_is_killed_at_any_moment() {
    let started = Instant::now();
    Job::SWEEP.whole();
    let whole = started.elapsed();
    // Shares of the golden ratio lie evenly, and nowhere twice.
    let share = |number: usize| (number as f64 * 0.618_033_988_75).fract();
    let moments = (0..kills()).map(|number| Moment::After(whole.mul_f64(share(number))));
    Job::SWEEP.kill_at_each(moments.collect());
}

#[test]
fn one_of_the_two_profiles_is_whole_after_a_switch_is_killed_between_any_two_lines() {
    let found = Job::ENABLE.kill_at_each(Job::ENABLE.lines());
    assert!(found.contains(&ORIGINAL.0), "{found:?}");
}

/// What is killed, and which profiles may be in use after it.
struct Job {
    arguments: &'static [&'static str],
    ends: &'static [(&'static str, &'static str)],
}

/// When it is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// After this line was written, before its answer.
    Line(usize),
    After(Duration),
}

impl Job {
    const SWEEP: Self = Self { arguments: &["esim", "sweep", "--yes"], ends: &[ORIGINAL] };
    const ENABLE: Self = Self {
        arguments: &["esim", "enable", "Voyage", "--yes"],
        ends: &[ORIGINAL, ("Voyage", "Orange: 17.20 EUR")],
    };

    /// How many lines the modem hears where nobody stops it.
    fn whole(&self) -> usize {
        let machine = Machine::plug_in(usize::MAX);
        assert!(machine.start(self).wait().unwrap().success());
        let lines = machine.unplug().0;
        assert!(lines > 25, "{lines} lines");
        lines
    }

    fn lines(&self) -> Vec<Moment> {
        let whole = self.whole();
        let every = whole.div_ceil(kills()).max(1);
        let moments: Vec<_> = (1..=whole).step_by(every).map(Moment::Line).collect();
        println!("{} of {whole} lines", moments.len());
        moments
    }

    /// Which profiles were in use in the end.
    fn kill_at_each(&self, moments: Vec<Moment>) -> Vec<&'static str> {
        side_by_side(moments, |moment| self.kill_at(moment))
    }

    fn kill_at(&self, moment: Moment) -> &'static str {
        let line = match moment {
            Moment::Line(line) => line,
            Moment::After(_) => usize::MAX,
        };
        let machine = Machine::plug_in(line);
        let mut job = machine.start(self);
        match moment {
            Moment::Line(_) => machine.reached.recv_timeout(DEADLINE).expect("the line"),
            Moment::After(time) => drop(machine.reached.recv_timeout(time)),
        }
        kill_process(Pid::from_child(&job), Signal::KILL).unwrap();
        machine.go_on.send(()).unwrap();
        job.wait().unwrap();
        // A port forgets with its last close that somebody had it alone; this one has ends that stay open.
        ioctl_tiocnxcl(&machine.held).unwrap();
        machine.assert_whole(self, moment)
    }
}

/// A modem with four profiles on its terminal, and the memory of the machine that it is plugged into.
struct Machine {
    state: TempDir,
    terminal: PathBuf,
    /// Our own end of it.
    held: File,
    /// Says when the modem has heard the line after which it falls silent.
    reached: Receiver<()>,
    /// Has it answer that line.
    go_on: Sender<()>,
    pull: oneshot::Sender<()>,
    modem: JoinHandle<(usize, Modem)>,
}

impl Machine {
    fn plug_in(line: usize) -> Self {
        let (reach, reached) = channel();
        let (go_on, gone_on) = channel();
        let gone_on = Mutex::new(gone_on); // the modem's witness may be asked from any thread
        let (pull, pulled) = oneshot::channel();
        let (open, opened) = channel();
        let modem = thread::spawn(move || {
            let builder = &mut tokio::runtime::Builder::new_current_thread();
            builder.enable_all().build().unwrap().block_on(async {
                let pty = Pty::open().unwrap();
                open.send(pty.path().to_owned()).unwrap();
                let (mut modem, mut heard) = (Modem::named("esim-travel").unwrap(), 0);
                let mut witness = |_: &mut Modem| {
                    heard += 1;
                    if heard == line {
                        reach.send(()).unwrap();
                        gone_on.lock().unwrap().recv().unwrap();
                    }
                    Ok(())
                };
                tokio::select! {
                    ended = pty.play_to(&mut modem, &mut witness) => panic!("{ended:?}"),
                    _ = pulled => {}
                }
                (heard, modem)
            })
        });
        let (state, terminal): (_, PathBuf) =
            (tempfile::tempdir().unwrap(), opened.recv().unwrap());
        let held = File::open(&terminal).unwrap();
        Self { state, terminal, held, reached, go_on, pull, modem }
    }

    /// How many lines the modem has heard, and the modem.
    fn unplug(self) -> (usize, Modem) {
        self.pull.send(()).unwrap();
        self.modem.join().unwrap()
    }

    fn saldo(&self, arguments: &[&str]) -> Command {
        let mut command = saldo();
        command.env("XDG_STATE_HOME", self.state.path());
        command.args(arguments).arg("--port").arg(&self.terminal);
        command
    }

    fn start(&self, job: &Job) -> Child {
        let mut command = self.saldo(job.arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Asks a balance, as anybody would next; gives the profile that is in use.
    fn assert_whole(self, job: &Job, moment: Moment) -> &'static str {
        let asked = within(&mut self.saldo(&["balance"]));
        let said = text(&asked.stdout) + &text(&asked.stderr);
        let listed = text(&within(&mut self.saldo(&["esim", "list", "--json"])).stdout);
        let listed: Value = serde_json::from_str(&listed).unwrap();
        let profiles = listed["profiles"].as_array().unwrap();
        let enabled: Vec<_> = profiles.iter().filter(|it| it["state"] == "enabled").collect();
        let is_in_use = |name: &str| matches!(enabled[..], [it] if it["nickname"] == name);
        let end = job.ends.iter().find(|(name, _)| is_in_use(name));
        let (profile, balance) = end.unwrap_or_else(|| panic!("{moment:?}: {listed}"));
        assert!(said.contains(balance), "{moment:?}: {profile}: {said}");
        assert!(Journal::new(self.state.path().join("saldo/journal")).is_empty(), "{moment:?}");
        assert_eq!(self.unplug().1.forbidden_seen(), [""; 0], "{moment:?}");
        profile
    }
}
