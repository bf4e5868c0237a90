//! stub
use super::Modem;
use crate::Error;
use crate::port::Line;
use std::time::Duration;
pub struct Message {
    pub text: String,
}
impl<P: Line> Modem<P> {
    pub async fn prepare_messages(&mut self) -> Result<(), Error> {
        Ok(())
    }
    pub async fn send_message(&mut self, _number: &str, _text: &str) -> Result<(), Error> {
        Ok(())
    }
    pub async fn next_message(&mut self, _limit: Duration) -> Result<Message, Error> {
        Err(Error::Network { message: "".into(), hint: None })
    }
    pub(super) fn note_arrival(&mut self, line: Vec<u8>) {
        self.arrivals.push_back(line);
    }
}
