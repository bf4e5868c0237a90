//! The program as its users run it: a process with a time limit, without the settings of whoever tests.

#![allow(dead_code)] // each test needs some of it

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Long enough for any program on a busy machine; nothing here takes it when all is well.
pub(crate) const DEADLINE: Duration = Duration::from_secs(90);

/// The program, with no settings and no memory.
pub(crate) fn saldo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saldo"));
    command
        .env_remove("SALDO_PORT")
        .env("XDG_CONFIG_HOME", "/nowhere")
        .env("XDG_STATE_HOME", "/dev/null");
    command
}

/// Runs a program to its end, or to the deadline.
pub(crate) fn within(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let _alive = watch(&child);
    child.wait_with_output().unwrap()
}

pub(crate) fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// Tests in threads, some at once: the next run after a killed one listens for seconds before it speaks. All at once
/// would be so many programs that none has its second.
pub(crate) fn side_by_side<T: Send, R: Send>(
    all: impl IntoIterator<Item = T>,
    test: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    const AT_ONCE: usize = 8;
    let waiting = Mutex::new(all.into_iter().collect::<Vec<_>>());
    let next = || waiting.lock().unwrap().pop();
    let work = || std::iter::from_fn(next).map(&test).collect::<Vec<_>>();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// A program while it runs, and the lines of one of its streams; it ends with the test.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    _alive: Sender<()>,
}

impl Running {
    /// One whose standard output is read.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        Self::of(child, stdout)
    }

    /// One whose standard error is read.
    pub(crate) fn start_err(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        Self::of(child, stderr)
    }

    fn of(child: Child, stream: impl Read + Send + 'static) -> Self {
        let (sender, lines) = channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
            lines.try_for_each(|line| sender.send(line))
        });
        Self { _alive: watch(&child), child, lines }
    }

    /// The next line that it says.
    pub(crate) fn line(&self) -> String {
        self.lines.recv_timeout(DEADLINE).expect("a line")
    }

    /// Waits for a line with these words.
    pub(crate) fn until(&self, words: &str) {
        while !self.line().contains(words) {}
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends the signal and waits for the end.
    pub(crate) fn end(&mut self, signal: Signal) -> ExitStatus {
        kill_process(self.pid(), signal).unwrap();
        loop {
            match self.lines.recv_timeout(DEADLINE) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap(),
                Err(RecvTimeoutError::Timeout) => panic!("{signal:?} did not end it"),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ends the process at the deadline, and with it every read that waits for it.
fn watch(child: &Child) -> Sender<()> {
    let (process, (alive, dropped)) = (Pid::from_child(child), channel());
    thread::spawn(move || {
        if dropped.recv_timeout(DEADLINE) == Err(RecvTimeoutError::Timeout) {
            let _ = kill_process(process, Signal::KILL);
        }
    });
    alive
}
