//! Whom an alert is told: the log, a command of the user's, and where the user wants it a message.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::config::Channels;
use crate::watch::{Alert, Pot, Severity, View};

/// As much of what a command says goes to the log.
const SAID: usize = 2000;

/// What a command gets on its standard input, as one line of JSON.
#[derive(Serialize)]
struct Told<'a> {
    schema: u8,
    time: Timestamp,
    modem: &'a str,
    #[serde(flatten)]
    alert: &'a Alert,
    operator: Option<&'a str>,
    balance: Option<&'a Pot>,
}

/// How a command ended, and what it said.
#[derive(Debug, PartialEq)]
pub(super) struct Ended {
    /// Why it counts as failed.
    pub(super) fault: Option<String>,
    pub(super) said: String,
}

/// Runs the user's command, to its end or to the end of its time.
///
/// It gets the alert in its environment as `SALDO_...` and on its standard input as JSON. No shell reads it unless
/// the user said so. What it leaves running when its time is over is killed with it.
pub(super) async fn run(channels: &Channels, alert: &Alert, view: &View, now: Timestamp) -> Ended {
    match start(channels, alert, view) {
        Ok(child) => {
            let told = Told {
                schema: 1,
                time: now,
                modem: &view.modem,
                alert,
                operator: view.operator.as_deref(),
                balance: view.last_good.as_ref().and_then(|record| record.main()),
            };
            let text = serde_json::to_string(&told).unwrap_or_default() + "\n";
            wait(child, &text, channels.limit).await
        }
        Err(error) => Ended {
            fault: Some(format!("it cannot be started: {}", crate::port::words(&error))),
            said: String::new(),
        },
    }
}

fn start(channels: &Channels, alert: &Alert, view: &View) -> io::Result<Child> {
    let mut words = channels.command.iter();
    let first = words.next().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = match channels.shell {
        true => Command::new("/bin/sh"),
        false => Command::new(first),
    };
    if channels.shell {
        command.arg("-c").arg(first);
    }
    let pot = view.last_good.as_ref().and_then(|record| record.main());
    let severity = match alert.severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    };
    command
        .args(words)
        .env("SALDO_MODEM", &view.modem)
        .env("SALDO_ALERT", alert.kind.name())
        .env("SALDO_STATE", if alert.is_raised { "raised" } else { "ended" })
        .env("SALDO_SEVERITY", severity)
        .env("SALDO_MESSAGE", &alert.message)
        .env("SALDO_BALANCE", pot.map(|pot| pot.amount.to_string()).unwrap_or_default())
        .env("SALDO_CURRENCY", pot.and_then(|pot| pot.unit.clone()).unwrap_or_default())
        .env("SALDO_OPERATOR", view.operator.as_deref().unwrap_or_default())
        .env_remove("SALDO_PIN")
        .env_remove("NOTIFY_SOCKET")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

async fn wait(mut child: Child, text: &str, limit: Duration) -> Ended {
    let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let ended = timeout(limit, async {
        let tell = async {
            if let Some(mut stdin) = stdin {
                let _ = stdin.write_all(text.as_bytes()).await; // it need not listen
            }
        };
        tokio::join!(tell, read(stdout, &mut out), read(stderr, &mut err), child.wait()).3
    })
    .await;
    let fault = match ended {
        Ok(Ok(status)) if status.success() => None,
        Ok(Ok(status)) => Some(format!("it failed: {status}")),
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => {
            if let Some(group) = group {
                let _ = kill_process_group(group, Signal::KILL);
            }
            let _ = child.wait().await;
            Some(format!("it took longer than {} s and was killed", limit.as_secs_f32()))
        }
    };
    out.extend(err);
    out.truncate(SAID);
    Ended { fault, said: String::from_utf8_lossy(&out).trim().to_owned() }
}

/// All of it is read, so that nothing waits for us; the first part is kept.
async fn read(source: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(mut source) = source else { return };
    let mut part = [0; 1024];
    while let Ok(read) = source.read(&mut part).await {
        if read == 0 {
            return;
        }
        if kept.len() < SAID {
            kept.extend(part.get(..read).unwrap_or_default());
        }
    }
}
