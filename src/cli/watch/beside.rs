//! What runs beside the questions: metrics in a file, reports to a broker.

use std::path::PathBuf;

use saldo::Error;
use saldo::daemon::{Board, Clock, Config, Level, keep_textfile, write_textfile};
#[cfg(feature = "mqtt")]
use saldo::mqtt;
#[cfg(feature = "mqtt")]
use saldo::store::History;

use super::super::settings::Settings;
use super::Args;
use super::asker::Log;

/// Who shows the board.
pub(super) struct Beside {
    board: Board,
    clock: Clock,
    log: Log,
    textfile: Option<PathBuf>,
    #[cfg(feature = "mqtt")]
    mqtt: Option<mqtt::Settings>,
    #[cfg(feature = "mqtt")]
    config: Config,
}

impl Beside {
    pub(super) fn new(
        args: &Args,
        settings: &Settings,
        config: &Config,
        (board, clock): (&Board, &Clock),
        log: Log,
    ) -> Self {
        #[cfg(not(feature = "mqtt"))]
        let _ = settings;
        Self {
            board: board.clone(),
            clock: clock.clone(),
            log,
            textfile: args.textfile.clone().or_else(|| config.textfile.clone()),
            #[cfg(feature = "mqtt")]
            mqtt: settings.mqtt.clone(),
            #[cfg(feature = "mqtt")]
            config: config.clone(),
        }
    }

    /// Shows it as it is, once.
    pub(super) fn write(&self) {
        let Some(file) = &self.textfile else { return };
        if let Err(error) = write_textfile(file, &self.board, &self.clock) {
            self.tell(&format!("cannot write {}: {error}", file.display()));
        }
    }

    /// Shows it as it changes; ends where that cannot work.
    pub(super) async fn run(&self) -> Error {
        tokio::select! {
            error = self.report() => error,
            error = self.keep_textfile() => error,
        }
    }

    async fn keep_textfile(&self) -> Error {
        let Some(file) = &self.textfile else { return std::future::pending().await };
        let (board, clock) = (self.board.clone(), self.clock.clone());
        match keep_textfile(file, board, clock, &|text| self.tell(text)).await {}
    }

    #[cfg(feature = "mqtt")]
    async fn report(&self) -> Error {
        let Some(settings) = &self.mqtt else { return std::future::pending().await };
        let reported = async {
            let history: History = super::history(&self.config)?;
            mqtt::run(settings, self.board.clone(), history, &|text| self.tell(text)).await
        };
        match reported.await {
            Ok(never) => match never {},
            Err(error) => error,
        }
    }

    #[cfg(not(feature = "mqtt"))]
    async fn report(&self) -> Error {
        std::future::pending().await
    }

    fn tell(&self, text: &str) {
        self.log.line(Level::Notice, text);
    }
}
