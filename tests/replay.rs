//! Every recording and script through the session, the wire cut at every octet: the same events each time.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use saldo::at::code::final_result;
use saldo::at::{Command, Event, Outcome, Session};
use saldo::transcript::{Mark, read};

#[test]
fn a_session_reads_the_same_however_the_wire_is_cut() {
    for replay in replays() {
        let whole = replay.events(|_| false);
        assert!(!whole.is_empty(), "{}", replay.name);
        for cut in 1..replay.octets() {
            assert_eq!(replay.events(|at| at == cut), whole, "{} cut at {cut}", replay.name);
        }
        assert_eq!(replay.events(|_| true), whole, "{} octet by octet", replay.name);
    }
}

#[test]
fn every_command_ends_once_and_as_its_file_says() {
    for replay in replays() {
        let events = replay.events(|_| false).into_iter();
        let ends: Vec<_> = events
            .filter_map(|event| match event {
                Event::Done { outcome, .. } => Some(ending(&outcome)),
                _ => None,
            })
            .collect();
        assert_eq!(ends, replay.endings(), "{}", replay.name);
    }
}

#[test]
fn lines_come_without_their_ends_and_without_the_echo() {
    for replay in replays() {
        for event in replay.events(|_| false) {
            let lines = match event {
                Event::Done { lines, .. } => lines,
                Event::Urc(line) => vec![line],
                Event::Prompt => continue,
            };
            for line in lines {
                let text = String::from_utf8_lossy(&line);
                let name = &replay.name;
                assert!(
                    !text.is_empty() && text.trim_matches(['\r', '\n']) == text,
                    "{name}: {text:?}"
                );
                assert!(!text.starts_with("AT"), "{name}: an echo is data: {text:?}");
            }
        }
    }
}

/// A file as a session meets it.
struct Replay {
    name: String,
    scenes: Vec<Scene>,
}

/// A command, and what the modem says on it after which wait.
struct Scene {
    /// None: what the modem says before it is asked anything.
    command: Option<Vec<u8>>,
    says: Vec<(Duration, Vec<u8>)>,
}

/// How a command ends, as far as a file shows it.
#[derive(Debug, PartialEq)]
enum Ending {
    Ok,
    Failed,
    /// No final result.
    Open,
}

fn ending(outcome: &Outcome) -> Ending {
    match outcome {
        Outcome::Ok => Ending::Ok,
        Outcome::Failed(_) => Ending::Failed,
        Outcome::Unfinished | Outcome::Silent => Ending::Open,
    }
}

impl Replay {
    fn of(path: &Path) -> Self {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file = read(&name, &fs::read_to_string(path).unwrap()).unwrap();
        let mut scenes = vec![Scene { command: None, says: Vec::new() }];
        let mut wait = Duration::ZERO;
        for step in file.steps {
            let says = &mut scenes.last_mut().unwrap().says;
            match step.mark {
                Mark::Comment(_) | Mark::Hangup => {}
                Mark::Command(command) | Mark::Always(command) => {
                    scenes.push(Scene { command: Some(command), says: Vec::new() });
                }
                Mark::Wait(time) => wait += time,
                Mark::Bytes(octets) => says.push((std::mem::take(&mut wait), octets)),
                Mark::Line(line) => {
                    let octets = [b"\r\n", &line[..], b"\r\n"].concat();
                    says.push((std::mem::take(&mut wait), octets));
                }
            }
        }
        Self { name, scenes }
    }

    fn octets(&self) -> usize {
        self.scenes.iter().flat_map(|scene| &scene.says).map(|(_, octets)| octets.len()).sum()
    }

    /// What the session says of it all; `is_cut` says between which octets the wire pauses.
    fn events(&self, is_cut: impl Fn(usize) -> bool) -> Vec<Event> {
        let mut bench = Bench { session: Session::default(), now: Instant::now() };
        let (mut events, mut at) = (Vec::new(), 0);
        for (place, scene) in self.scenes.iter().enumerate() {
            let asks = self.scenes.get(place + 1).is_some_and(Scene::is_text);
            bench.send(scene, asks);
            for (wait, octets) in &scene.says {
                bench.pass(*wait);
                for piece in pieces(octets, |inside| is_cut(at + inside)) {
                    bench.session.handle_input(bench.now, piece);
                    events.extend(std::iter::from_fn(|| bench.session.poll_event()));
                }
                at += octets.len();
            }
            if !asks {
                bench.finish();
            }
            events.extend(std::iter::from_fn(|| bench.session.poll_event()));
        }
        events
    }

    /// How each command ends, by the first line that is a final result.
    fn endings(&self) -> Vec<Ending> {
        let mut heard: Vec<Vec<u8>> = Vec::new();
        for scene in &self.scenes {
            if scene.command.is_none() || !scene.is_text() {
                heard.push(Vec::new());
            }
            let said = scene.says.iter().flat_map(|(_, octets)| octets);
            heard.last_mut().unwrap().extend(said);
        }
        heard.iter().skip(1).map(|said| first_result(said)).collect()
    }
}

fn first_result(said: &[u8]) -> Ending {
    let lines = said.split(|octet| matches!(octet, b'\r' | b'\n'));
    let glued = |line: &[u8]| line.starts_with(b"OK+CUSD:");
    let mut results = lines.filter_map(|line| match final_result(line) {
        Some(result) => Some(result.is_ok()),
        None => glued(line).then_some(true),
    });
    match results.next() {
        Some(true) => Ending::Ok,
        Some(false) => Ending::Failed,
        None => Ending::Open,
    }
}

impl Scene {
    /// Whether it is typed at a prompt: it ends with Ctrl-Z or ESC.
    fn is_text(&self) -> bool {
        self.command.as_ref().is_some_and(|text| matches!(text.last(), Some(0x1A | 0x1B)))
    }
}

/// A session and its time.
struct Bench {
    session: Session,
    now: Instant,
}

impl Bench {
    fn send(&mut self, scene: &Scene, asks: bool) {
        let Some(command) = &scene.command else { return };
        if scene.is_text() {
            return self.session.send_text(command);
        }
        let command = Command::new(String::from_utf8(command.clone()).unwrap());
        let command = if asks { command.with_prompt() } else { command };
        self.session.send(self.now, command);
    }

    /// Time passes, with everything that falls due in it.
    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(due) = self.session.poll_timeout().filter(|due| *due <= until) {
            self.now = due;
            self.session.handle_timeout(due);
        }
        self.now = until;
    }

    /// Until nothing is awaited any more.
    fn finish(&mut self) {
        while let Some(due) = self.session.poll_timeout() {
            self.now = due;
            self.session.handle_timeout(due);
        }
    }
}

/// `octets` in pieces that end where `is_cut` says.
fn pieces(octets: &[u8], is_cut: impl Fn(usize) -> bool) -> Vec<&[u8]> {
    let mut cuts: Vec<_> = (1..octets.len()).filter(|place| is_cut(*place)).collect();
    cuts.push(octets.len());
    let starts = [0].into_iter().chain(cuts.iter().copied());
    starts.zip(&cuts).map(|(start, end)| &octets[start..*end]).collect()
}

fn replays() -> Vec<Replay> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = Vec::new();
    for folder in ["scripts", "transcripts"] {
        gather(&fixtures.join(folder), &mut files);
    }
    files.sort();
    assert!(files.len() > 30, "{files:?}");
    files.iter().map(|file| Replay::of(file)).collect()
}

/// Every `.at` file below a folder, which need not be there.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "at") {
            files.push(path);
        }
    }
}
