//! A modem for the length of one piece of work: opened, watched, interrupted, closed.

use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use crate::Error;
use crate::client::{Modem, Progress, select};
use crate::modems::Dialects;
use crate::port::{self, Line, NamedPort, PortSpec, Rival, Roots, Tap};
use crate::store::{self, Journal, Memory};
use tokio::time::{Instant, sleep};

#[cfg(feature = "esim")]
use super::again::Again;
use super::guest::{self, Loan};
use super::respondent::Respondent;
use super::signals::Ending;
use super::{Globals, out, spinner};

/// A modem on any kind of port.
pub(crate) type AnyModem = Modem<Box<dyn Line>>;

/// Runs a future on a runtime with a single thread: however many modems, no thread a modem.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let mut value = None;
    let worked = run(pin!(aside(work, &mut value)));
    worked.and_then(|()| taken(value))
}

/// Work whose value is put aside: what drives it, at the beginning and end of every command, is then one
/// piece of code for all of them.
type Work<'a> = Pin<&'a mut dyn Future<Output = Result<(), Error>>>;

async fn aside<T>(
    work: impl Future<Output = Result<T, Error>>,
    value: &mut Option<T>,
) -> Result<(), Error> {
    *value = Some(work.await?);
    Ok(())
}

/// The value of work that came to its end.
fn taken<T>(value: Option<T>) -> Result<T, Error> {
    value.ok_or(Error::Interrupted { signal: 0 })
}

fn run(work: Work<'_>) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(work);
    // A thread that still waits for the keyboard must not hold up the end.
    runtime.shutdown_background();
    result
}

/// Opens one port and works with its modem; may run beside others of its kind.
///
/// Whatever ends the work, also SIGINT, SIGTERM and SIGHUP, the modem gets its settings back before this returns.
pub(crate) async fn on_port<T>(
    globals: &Globals,
    dialects: &Dialects,
    spec: &PortSpec,
    work: impl AsyncFnOnce(&mut AnyModem) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut ending = Ending::signals()?;
    let opening = modem_on(globals, dialects, spec);
    let (mut modem, loan) = ending.interrupt(Box::pin(opening)).await?;
    let (progress, mut value) = (modem.progress(), None);
    let worked =
        watched(&mut ending, progress, globals, pin!(aside(work(&mut modem), &mut value))).await;
    let respondent = Respondent::Port(Box::new(modem));
    let closing = closed(globals, respondent, Some(loan), worked);
    Box::pin(closing).await.and_then(|()| taken(value))
}

/// As [`on_port`], where ModemManager may speak for the modem: on the port named, or the only one there is.
pub(crate) async fn on_any<T>(
    globals: &Globals,
    dialects: &Dialects,
    spec: Option<&PortSpec>,
    work: impl AsyncFnOnce(&mut Respondent) -> Result<T, Error>,
) -> Result<T, Error> {
    on_any_until(Ending::signals()?, globals, dialects, spec, async |respondent| {
        let (progress, mut value) = (respondent.progress(), None);
        let worked =
            beside_spinner(progress, globals, pin!(aside(work(respondent), &mut value))).await;
        worked.and_then(|()| taken(value))
    })
    .await
}

/// As [`on_any`], until something else than a signal, and with nothing on the terminal.
pub(crate) async fn on_any_until<T>(
    mut ending: Ending,
    globals: &Globals,
    dialects: &Dialects,
    spec: Option<&PortSpec>,
    work: impl AsyncFnOnce(&mut Respondent) -> Result<T, Error>,
) -> Result<T, Error> {
    let opening = respondent(globals, dialects, spec);
    let (mut respondent, loan) = ending.interrupt(Box::pin(opening)).await?;
    let mut value = None;
    let worked = until(&mut ending, pin!(aside(work(&mut respondent), &mut value))).await;
    let closing = closed(globals, respondent, loan, worked);
    Box::pin(closing).await.and_then(|()| taken(value))
}

/// The work to its end, or to a signal.
async fn until(ending: &mut Ending, work: Work<'_>) -> Result<(), Error> {
    ending.interrupt(work).await
}

/// The work beside the spinner, to its end or to a signal.
async fn watched(
    ending: &mut Ending,
    progress: Progress,
    globals: &Globals,
    work: Work<'_>,
) -> Result<(), Error> {
    ending.interrupt(beside_spinner(progress, globals, work)).await
}

/// What the work came to, with everything put back and given back.
async fn closed(
    globals: &Globals,
    respondent: Respondent,
    loan: Option<Loan>,
    result: Result<(), Error>,
) -> Result<(), Error> {
    // The port is let go before ModemManager takes it back, or it would be ours still.
    let result = match respondent.close().await {
        Some(port) => named_rival(globals, &*port, result),
        None => result,
    };
    if let Some(loan) = loan {
        loan.give_back().await;
    }
    result
}

/// Another program at the port is named where it explains an error, or where it has shown.
fn named_rival(globals: &Globals, port: &dyn Line, result: Result<(), Error>) -> Result<(), Error> {
    let is_suspect = result.as_ref().is_err_and(Rival::is_suspect);
    let Some(rival) = port.rival(is_suspect) else { return result };
    if !is_suspect {
        out::note(globals, &format!("{rival} uses {} at the same time", port.name()));
    }
    result.map_err(|error| rival.blamed_for(error, &port.name()))
}

async fn respondent(
    globals: &Globals,
    dialects: &Dialects,
    spec: Option<&PortSpec>,
) -> Result<(Respondent, Option<Loan>), Error> {
    let ours = |(modem, loan)| (Respondent::Port(Box::new(modem)), Some(loan));
    if let Some(spec) = spec {
        return match guest::respondent(globals, spec).await? {
            Some(guest) => Ok((guest, None)),
            None => modem_on(globals, dialects, spec).await.map(ours),
        };
    }
    let spec = match port::only_modem(&Roots::default()) {
        Ok(spec) => spec,
        Err(error) => return Ok((guest::instead(globals, error, None).await?, None)),
    };
    match modem_on(globals, dialects, &spec).await {
        Ok(modem) => Ok(ours(modem)),
        Err(error) => Ok((guest::instead(globals, error, Some(&spec)).await?, None)),
    }
}

/// The modem on a port of ours, with what ModemManager lends us of it.
async fn modem_on(
    globals: &Globals,
    dialects: &Dialects,
    spec: &PortSpec,
) -> Result<(AnyModem, Loan), Error> {
    let loan = Loan::of(globals, spec).await?;
    match open(globals, spec, &loan).await {
        Ok((spec, port)) => {
            let wishes = globals.clone();
            let modem = Modem::new(port)
                .with_dialects(dialects.clone())
                .remembering(memory(&spec, globals))
                .with_journal(Journal::new(store::folder().join("journal")))
                .telling(move |text| out::note(&wishes, text));
            #[cfg(feature = "esim")]
            let modem = modem.reopening(Again::new(spec));
            Ok((modem, loan))
        }
        Err(error) => {
            loan.give_back().await;
            Err(guest::explained(error, spec).await)
        }
    }
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

async fn beside_spinner(
    progress: Progress,
    globals: &Globals,
    work: Work<'_>,
) -> Result<(), Error> {
    tokio::select! {
        result = work => result,
        never = spinner::show(progress, globals) => match never {},
    }
}

/// How long a modem that was lent may take to be let go.
const LETTING_GO: Duration = Duration::from_secs(5);

/// Finds the port that `spec` means, and opens it.
async fn open(
    globals: &Globals,
    spec: &PortSpec,
    loan: &Loan,
) -> Result<(PortSpec, Box<dyn Line>), Error> {
    let until = Instant::now() + LETTING_GO;
    let (spec, port) = loop {
        let opened = async {
            let spec = select(spec.clone()).await?;
            NamedPort::open(&spec).await.map(|port| (spec, port))
        };
        match opened.await {
            Err(Error::Held { .. }) if loan.is_some() && Instant::now() < until => {
                sleep(Duration::from_millis(100)).await;
            }
            opened => break opened?,
        }
    };
    Ok((spec, recorded(globals, port)?))
}

fn recorded(globals: &Globals, port: NamedPort) -> Result<Box<dyn Line>, Error> {
    let Some(file) = &globals.record else { return Ok(Box::new(port)) };
    let tap = Tap::new(port, file).map_err(|error| Error::Usage {
        message: format!("cannot write {}: {}", file.display(), out::cause(&error)),
        hint: None,
    })?;
    Ok(Box::new(tap))
}
