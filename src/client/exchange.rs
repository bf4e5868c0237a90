//! One request, and the wait for the network's answer.

use std::time::Duration;

use tracing::debug;

use super::run::{log_urc, now};
use super::{Modem, Step};
use crate::Error;
use crate::at::{Event, Outcome};
use crate::gsm7::Unencodable;
use crate::modems::{Cancel, Dialect, Order};
use crate::port::Line;
use crate::transcript::redacted_command;
use crate::ussd::reply::Status;
use crate::ussd::{Ended, Exchange, FALLBACK, Form};

impl<P: Line> Modem<P> {
    /// Sends `text`, a code or an answer to a menu, and waits up to `limit` for the network.
    pub(super) async fn request(
        &mut self,
        form: Form,
        text: &str,
        limit: Duration,
    ) -> Result<Ended, Error> {
        let dialect = self.dialect();
        let command = form.request(text).map_err(unencodable)?.within(ok_limit(&dialect, limit));
        self.finish_pending().await?; // so that a stale reply is here already
        self.begin_exchange();
        let mut exchange = Exchange::new(now(), limit);
        if dialect.order == Order::AnswerFirst {
            exchange = exchange.with_answer_first();
        }
        let shown = redacted_command(command.text().as_bytes());
        debug!(at = %shown.escape_ascii(), ?form, "asking the network");
        self.start(command).await?;
        self.wait_for_network(exchange, &dialect).await
    }

    /// Answers behind a prompt: the text, and Ctrl-Z.
    pub(super) async fn type_answer(
        &mut self,
        form: Form,
        text: &str,
        limit: Duration,
    ) -> Result<Ended, Error> {
        let mut body = form.body(text).map_err(unencodable)?.into_bytes();
        body.push(CTRL_Z);
        self.begin_exchange();
        debug!(?form, "answering the prompt");
        self.session.send_text(&body);
        let mut exchange = Exchange::new(now(), limit);
        exchange.handle_outcome(Outcome::Ok); // what was typed has no result of its own to wait for
        let dialect = self.dialect();
        self.wait_for_network(exchange, &dialect).await
    }

    /// Waits for what the network says by itself; a session that is over stays so.
    pub(super) async fn listen(&mut self, limit: Duration) -> Result<Ended, Error> {
        let mut exchange = Exchange::new(now(), limit);
        exchange.handle_outcome(Outcome::Ok); // nothing was asked for
        let dialect = self.dialect();
        let ended = self.wait_for_network(exchange, &dialect).await?;
        if !matches!(ended, Ended::Answered(_)) {
            (self.settings.ussd_open, self.settings.in_doubt) = (false, false);
        }
        Ok(ended)
    }

    fn begin_exchange(&mut self) {
        self.progress.set(Step::Network);
        self.set_aside_earlier_lines();
        self.settings.ussd_open = true;
        self.settings.in_doubt = true;
    }

    async fn wait_for_network(
        &mut self,
        mut exchange: Exchange,
        dialect: &Dialect,
    ) -> Result<Ended, Error> {
        let ended = loop {
            if let Some(ended) = exchange.poll_end() {
                break ended;
            }
            match self.next_line_or_event(exchange.poll_timeout()).await? {
                Some(Event::Done { outcome, .. }) => exchange.handle_outcome(outcome),
                Some(Event::Urc(line)) => {
                    log_urc(&line);
                    exchange.handle_urc(now(), &line);
                    self.note_arrival(line);
                }
                Some(Event::Prompt) => {}
                None => exchange.handle_timeout(now()),
            }
        };
        self.settings.ussd_open = leaves_open(&ended);
        self.settings.in_doubt = leaves_doubt(&ended);
        if self.settings.ussd_open && dialect.cancel == Cancel::Escape {
            self.settings.ussd_prompt = self.is_prompted().await?;
        }
        Ok(ended)
    }

    /// Whether a menu ends in a prompt, which follows at once.
    async fn is_prompted(&mut self) -> Result<bool, Error> {
        self.session.expect_prompt(now());
        let until = now() + PROMPT;
        while let Some(event) = self.next_line_or_event(until).await? {
            match event {
                Event::Prompt => return Ok(true),
                Event::Urc(line) => self.note_arrival(line),
                Event::Done { .. } => self.session.expect_prompt(now()),
            }
        }
        Ok(false)
    }

    /// What came before the request is none of its news: neither an answer, nor an error, nor a
    /// restart. Announcements of messages are kept.
    fn set_aside_earlier_lines(&mut self) {
        for line in std::mem::take(&mut self.urcs) {
            self.note_arrival(line);
        }
    }
}

/// Whether the network still holds the session after this.
fn leaves_open(ended: &Ended) -> bool {
    match ended {
        Ended::Answered(reply) => reply.status == Status::NeedsAnswer,
        Ended::NoAnswer => true,
        _ => false,
    }
}

/// Whether the network may have acted on the request, though nothing tells.
fn leaves_doubt(ended: &Ended) -> bool {
    !matches!(ended, Ended::Answered(_) | Ended::NotSupported | Ended::Refused { late: false, .. })
}

/// How long the modem may take to take a request; where `OK` comes behind the network's answer, as long
/// as that.
fn ok_limit(dialect: &Dialect, limit: Duration) -> Duration {
    match dialect.order {
        Order::OkFirst => dialect.ok_limit,
        Order::AnswerFirst => dialect.ok_limit.max(limit + FALLBACK),
    }
}

fn unencodable(_: Unencodable) -> Error {
    let message = "this modem takes no such characters in a USSD answer".into();
    Error::Usage { message, hint: None }
}

/// How long the prompt behind a menu may take.
const PROMPT: Duration = Duration::from_secs(1);

/// Ends a text behind a prompt.
const CTRL_Z: u8 = 0x1A;
