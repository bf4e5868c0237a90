//! The person at the terminal: asked on stderr, heard on standard input.

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};

use crate::Error;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use super::out;

/// Whether somebody is there to answer a question.
pub(super) fn is_attended() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The next line of standard input, without its end; `None` at the end of it.
///
/// In a thread of its own: Ctrl-C must reach us while the person thinks.
pub(super) async fn line(question: &str) -> Option<String> {
    let _asking = Asking::start();
    if is_attended() {
        // A name on a card may hold anything, and must not look like a line of ours.
        let question = out::visible(question).replace('\n', " ");
        let _ = write!(io::stderr(), "\r\x1b[K{question}");
    }
    let line = tokio::task::spawn_blocking(|| io::stdin().lines().next()).await.ok()??.ok()?;
    Some(line.trim().to_owned())
}

/// As [`line`] on a terminal that does not show what is typed, however this ends.
///
/// # Errors
///
/// [`Error::Output`] where the terminal cannot be told so: then nothing is asked.
pub(super) async fn secret(question: &str) -> Result<Option<String>, Error> {
    let _hidden = Hidden::start()?;
    let typed = line(question).await;
    let _ = writeln!(io::stderr()); // the one that was typed is not shown either
    Ok(typed)
}

/// Whether a question stands on the terminal: nothing else is drawn there meanwhile.
pub(super) fn is_asking() -> bool {
    ASKING.get()
}

thread_local! {
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// While this lives a question stands on the terminal.
struct Asking;

impl Asking {
    fn start() -> Self {
        ASKING.set(true);
        Self
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        ASKING.set(false);
    }
}

/// While this lives the terminal shows nothing of what is typed. Ctrl-C still interrupts, which ends in our
/// own hands; the keys that would stop or end us outside of them are off.
struct Hidden(Termios);

impl Hidden {
    fn start() -> io::Result<Self> {
        /// `_POSIX_VDISABLE`: no key does it.
        const NO_KEY: u8 = 0;
        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        for key in [SpecialCodeIndex::VQUIT, SpecialCodeIndex::VSUSP] {
            hidden.special_codes[key] = NO_KEY;
        }
        // Flush: what was typed before the question is no answer to it.
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
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
        _ => Err(Error::Usage { message: "nothing was done".into(), hint: None }),
    }
}
