//! What the client needs of a port: octets, a name, and a memory that outlives a crash.

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};

use super::{Rival, SimPort, Tap};

/// Octets both ways, a name, and a place to write down what we owe the modem.
pub trait Line: AsyncRead + AsyncWrite + Unpin {
    /// What the user calls it.
    fn name(&self) -> String;

    /// Writes down the commands that would put the modem's settings back, oldest first.
    fn note_restore(&mut self, _commands: &[String]) {}

    /// The commands that a killed run still owed, once; `None` where the last run came to its end.
    fn take_left_behind(&mut self) -> Option<Vec<String>> {
        None
    }

    /// Who else is at work on this port. Looked for where it has shown, or is `suspected`.
    fn rival(&self, _suspected: bool) -> Option<Rival> {
        None
    }
}

/// Recording changes nothing of what a port is.
impl<P: Line> Line for Tap<P> {
    fn name(&self) -> String {
        self.port().name()
    }

    fn note_restore(&mut self, commands: &[String]) {
        self.port_mut().note_restore(commands);
    }

    fn take_left_behind(&mut self) -> Option<Vec<String>> {
        self.port_mut().take_left_behind()
    }

    fn rival(&self, suspected: bool) -> Option<Rival> {
        self.port().rival(suspected)
    }
}

/// A simulated modem without a port around it.
impl Line for SimPort {
    fn name(&self) -> String {
        "a simulated modem".into()
    }
}

/// A pipe to a modem in the same process.
impl Line for DuplexStream {
    fn name(&self) -> String {
        "a pipe".into()
    }
}

impl Line for Box<dyn Line> {
    fn name(&self) -> String {
        (**self).name()
    }

    fn note_restore(&mut self, commands: &[String]) {
        (**self).note_restore(commands);
    }

    fn take_left_behind(&mut self) -> Option<Vec<String>> {
        (**self).take_left_behind()
    }

    fn rival(&self, suspected: bool) -> Option<Rival> {
        (**self).rival(suspected)
    }
}
