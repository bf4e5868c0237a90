//! A modem for the length of one piece of work: opened, watched, interrupted, closed.

use std::future::Future;

use saldo::Error;
use saldo::client::{Modem, select};
use saldo::modems::Dialects;
use saldo::port::{Line, NamedPort, PortSpec, Rival, Tap};
use saldo::store::{self, Memory};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Globals, out, spinner};

/// A modem on any kind of port.
pub(crate) type AnyModem = Modem<Box<dyn Line>>;

/// Runs a future on a runtime with a single thread: however many modems, no thread a modem.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(work);
    // A thread that still waits for the keyboard must not hold up the end.
    runtime.shutdown_background();
    result
}

/// Opens one port and works with its modem; may run beside others of its kind.
///
/// Whatever ends the work, also SIGINT and SIGTERM, the modem gets its settings back before this returns.
pub(crate) async fn on_port<T>(
    globals: &Globals,
    dialects: &Dialects,
    spec: &PortSpec,
    work: impl AsyncFnOnce(&mut AnyModem) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut signals = Signals::new()?;
    let spec = select(spec.clone()).await?;
    let memory = memory(&spec, globals);
    let port = open(globals, spec).await?;
    let mut modem = Modem::new(port).with_dialects(dialects.clone()).remembering(memory);
    let progress = modem.progress();
    let result = tokio::select! {
        result = work(&mut modem) => result,
        error = signals.next() => Err(error),
        never = spinner::show(progress, globals) => match never {},
    };
    let port = modem.close().await;
    named_rival(globals, &*port, result)
}

/// Another program at the port is named where it explains an error, or where it has shown.
fn named_rival<T>(
    globals: &Globals,
    port: &dyn Line,
    result: Result<T, Error>,
) -> Result<T, Error> {
    let is_suspect = result.as_ref().is_err_and(Rival::is_suspect);
    let Some(rival) = port.rival(is_suspect) else { return result };
    if !is_suspect {
        out::note(globals, &format!("{rival} uses {} at the same time", port.name()));
    }
    result.map_err(|error| rival.blamed_for(error, &port.name()))
}

/// Where the ways of this modem are remembered; simulated ones must not be taken for the real ones they
/// pose as.
fn memory(spec: &PortSpec, globals: &Globals) -> Memory {
    let folder = store::folder();
    let memory = match spec {
        PortSpec::Sim(_) => Memory::of_simulated(&folder),
        _ => Memory::in_folder(&folder),
    };
    if let Some(fault) = memory.mend() {
        out::note(globals, &format!("what was learned about modems is learned anew: {fault}"));
    }
    memory
}

async fn open(globals: &Globals, spec: PortSpec) -> Result<Box<dyn Line>, Error> {
    let port = NamedPort::open(&spec).await?;
    let Some(file) = &globals.record else { return Ok(Box::new(port)) };
    let tap = Tap::new(port, file).map_err(|error| Error::Usage {
        message: format!("cannot write {}: {}", file.display(), out::cause(&error)),
        hint: None,
    })?;
    Ok(Box::new(tap))
}

/// SIGINT and SIGTERM, as errors.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> Result<Self, Error> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Error {
        let kind = tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
        };
        Error::Interrupted { signal: kind.as_raw_value() }
    }
}
