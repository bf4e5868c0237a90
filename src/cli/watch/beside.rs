//! What runs beside the questions: metrics in a file.

use std::convert::Infallible;
use std::path::PathBuf;

use crate::daemon::{Board, Clock, Config, Level, keep_textfile, write_textfile};

use super::Args;
use super::asker::Log;

/// Who shows the board.
pub(super) struct Beside {
    board: Board,
    clock: Clock,
    log: Log,
    textfile: Option<PathBuf>,
}

impl Beside {
    pub(super) fn new(
        args: &Args,
        config: &Config,
        (board, clock): (&Board, &Clock),
        log: Log,
    ) -> Self {
        Self {
            board: board.clone(),
            clock: clock.clone(),
            log,
            textfile: args.textfile.clone().or_else(|| config.textfile.clone()),
        }
    }

    /// Shows it as it is, once.
    pub(super) fn write(&self) {
        let Some(file) = &self.textfile else { return };
        if let Err(error) = write_textfile(file, &self.board, &self.clock) {
            self.tell(&format!("cannot write {}: {error}", file.display()));
        }
    }

    /// Shows it as it changes.
    pub(super) async fn run(&self) -> Infallible {
        let Some(file) = &self.textfile else { return std::future::pending().await };
        let (board, clock) = (self.board.clone(), self.clock.clone());
        keep_textfile(file, board, clock, &|text| self.tell(text)).await
    }

    fn tell(&self, text: &str) {
        self.log.line(Level::Notice, text);
    }
}
