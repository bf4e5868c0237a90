//! Whether a USSD request can be answered here at all, seen before it is sent.

use super::facts::Registration;
use super::{Modem, why};
use crate::Error;
use crate::at::Command;
use crate::at::params::{self, Params};
use crate::port::Line;

impl<P: Line> Modem<P> {
    /// Refuses a request that nobody would answer. What is not known is no reason: then it is sent, and its
    /// end explained.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] on LTE without circuit-switched service, where nothing says that USSD goes over LTE.
    pub(super) async fn check_circuit(&mut self, network: &Registration) -> Result<(), Error> {
        if network.lacks_circuit() && !self.has_another_way().await? {
            return Err(why::no_circuit(self, network));
        }
        if network.is_for_messages() {
            self.tell("the network has taken this modem for messages alone: it may not answer");
        }
        Ok(())
    }

    /// Whether 2G and 3G are left to try.
    pub(super) fn can_fall_back(&self) -> bool {
        self.owed_beyond.is_empty() && !self.dialect().fallback.is_empty()
    }

    /// Whether the modem is registered for calls over LTE, or its maker's own words know of a circuit.
    async fn has_another_way(&mut self) -> Result<bool, Error> {
        let own = self.dialect().circuit;
        for command in [IMS].into_iter().chain(own.iter().map(String::as_str)) {
            let answer = self.command(Command::new(command)).await?;
            if answer.lines.iter().any(|line| tells_of_a_way(line)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Registration with the IP multimedia subsystem, which carries USSD over LTE (3GPP TS 27.007 clause 8.71).
const IMS: &str = "AT+CIREG?";

/// Whether one line says so; what says nothing, or that there is none, does not.
fn tells_of_a_way(line: &str) -> bool {
    let params = |name| params::after(line.as_bytes(), name).map(Params::parse);
    let number = |name, place| params(name).and_then(|params| params.number::<u8>(place));
    let domain = number("^SYSINFOEX", 1).or(number("^SYSINFO", 1));
    let word = params("+ZPAS").and_then(|params| params.text(1));
    let calls = params("+QCFG").filter(|params| params.at(0).is("ims"));
    number("+CIREG", 1) == Some(1)
        || matches!(domain, Some(1 | 3)) // circuit-switched service, alone or beside packets
        || word.is_some_and(|word| word.starts_with("CS"))
        || calls.and_then(|params| params.number::<u8>(2)) == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn a_line_tells_of_another_way_or_not() {
        for (line, is_told) in [
            ("+CIREG: 0,1",                              true),
            ("+CIREG: 0,0",                              false),
            ("^SYSINFOEX:2,3,0,1,,6,\"LTE\",101,\"LTE\"", true),
            ("^SYSINFOEX:2,2,0,1,,6,\"LTE\",101,\"LTE\"", false),
            ("^SYSINFO:2,1,0,5,1",                       true),
            ("+ZPAS: \"LTE\",\"CS_PS\"",                 true),
            ("+ZPAS: \"LTE\",\"PS_ONLY\"",               false),
            ("+QCFG: \"ims\",0,1",                       true),
            ("+QCFG: \"ims\",1,0",                       false),
            ("+QCFG: \"nwscanmode\",1",                  false),
            ("",                                         false),
        ] {
            assert_eq!(tells_of_a_way(line), is_told, "{line}");
        }
    }
}
