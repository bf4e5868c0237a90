//! The person at the terminal: asked on stderr, heard on standard input.

use std::io::{self, IsTerminal, Write};

use saldo::Error;

/// Whether somebody is there to answer a question.
pub(super) fn is_attended() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The next line of standard input, without its end; `None` at the end of it.
///
/// In a thread of its own: Ctrl-C must reach us while the person thinks.
pub(super) async fn line(question: &str) -> Option<String> {
    if is_attended() {
        let _ = write!(io::stderr(), "{question}");
    }
    let line = tokio::task::spawn_blocking(|| io::stdin().lines().next()).await.ok()??.ok()?;
    Some(line.trim().to_owned())
}

/// Asks for a yes before something that may cost money or cannot be undone.
///
/// # Errors
///
/// [`Error::Usage`] where the answer is another one, or nobody is there to give it.
pub(super) async fn confirm(what: &str) -> Result<(), Error> {
    if !is_attended() {
        let message = format!("{what}: nobody is at the terminal to say yes");
        return Err(Error::Usage { message, hint: Some("`--yes` says it beforehand".into()) });
    }
    match line(&format!("{what}. Go on? [y/N] ")).await.as_deref() {
        Some("y" | "Y" | "yes") => Ok(()),
        _ => Err(Error::Usage { message: "nothing was sent".into(), hint: None }),
    }
}
