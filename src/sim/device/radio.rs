//! Which radio access technology serves the modem, and how it is sent to another.

use std::time::Duration;

use super::{Device, Event, Info, Stop};
use crate::sim::scenario::{Mode, Radio};

/// What changes while the modem is used.
#[derive(Debug)]
pub(super) struct RadioState {
    mode: String,
    /// How often a search began: what was found for an earlier one does not count any more.
    searches: u32,
    is_searching: bool,
    has_stumbled: bool,
}

impl RadioState {
    pub(super) fn new(radio: &Radio) -> Self {
        let mode = radio.start.clone();
        Self { mode, searches: 0, is_searching: false, has_stumbled: false }
    }

    /// A search begins, and this is its number.
    pub(super) fn search(&mut self) -> u32 {
        self.searches += 1;
        self.is_searching = true;
        self.searches
    }

    /// That search found a network.
    pub(super) fn find(&mut self, search: u32) {
        self.is_searching &= search != self.searches;
    }
}

impl Device {
    /// The answer to the commands that read and set the mode; `None` for any other.
    pub(super) fn radio_mode(&mut self, typed: &str) -> Option<Result<Info, Stop>> {
        let radio = &self.scenario.radio;
        if radio.read.is_empty() {
            return None;
        }
        if typed.eq_ignore_ascii_case(&radio.read) {
            return Some(Info::line(radio.says.replace(MODE, &self.radio.mode)));
        }
        let (before, behind) = radio.set.split_once(MODE)?;
        let wanted = typed.strip_prefix(before)?.strip_suffix(behind)?.to_owned();
        Some(self.change(wanted))
    }

    fn change(&mut self, wanted: String) -> Result<Info, Stop> {
        let radio = &self.scenario.radio;
        if radio.mode.iter().all(|mode| mode.is != wanted) {
            return Err(Stop::error(self.scenario.unknown));
        }
        if radio.stumbles_on.as_ref() == Some(&wanted) && !self.radio.has_stumbled {
            self.radio.has_stumbled = true;
            return Err(Stop::error(self.scenario.unknown));
        }
        if self.radio.mode != wanted {
            self.radio.mode = wanted;
            let search = Duration::from_millis(radio.search_ms.into());
            self.later.push((search, Event::Found(self.radio.search())));
        }
        Info::none()
    }

    /// Access technology and registration in each domain, as the mode has them.
    pub(super) fn reach(&self) -> Mode {
        let network = &self.scenario.network;
        let mut modes = self.scenario.radio.mode.iter();
        let mode = modes.find(|mode| mode.is == self.radio.mode).cloned().unwrap_or(Mode {
            is: String::new(),
            act: network.act,
            creg: network.creg,
            cgreg: network.cgreg,
            cereg: network.cereg,
        });
        match self.radio.is_searching {
            true => Mode { creg: 2, cgreg: 2, cereg: 2, ..mode },
            false => mode,
        }
    }
}

/// Stands in a scenario for the mode.
const MODE: &str = "{mode}";

#[cfg(test)]
mod tests {
    use super::super::tests::{device, said, talk};
    use crate::sim::input::Typed;

    #[test]
    fn a_mode_that_is_set_brings_another_network() {
        talk(
            "lte-only",
            &[
                ("AT+WS46?", "+WS46: 25|OK"),
                ("AT+CREG?;+CEREG?", "+CREG: 0,0|+CEREG: 0,1|OK"),
                ("AT+CUSD=1,\"#121#\",15", "OK"),
                ("AT+WS46=99", "ERROR"),
                ("AT+WS46=22", "OK"),
                ("AT+WS46?;+CREG?;+CEREG?", "+WS46: 22|+CREG: 0,1|+CEREG: 0,0|OK"),
                ("AT+COPS?", "+COPS: 0,0,\"Proximus\",2|OK"),
                ("AT+CUSD=1,\"*1#\",15", "OK|+CUSD: 4"),
            ],
        );
    }

    #[test]
    fn a_change_takes_a_search_and_the_last_one_counts() {
        let mut device = device("lte-only");
        let type_line = |device: &mut super::Device, line: &str| {
            device.handle_typed(&Typed::Line(line.as_bytes().to_vec())).later
        };
        let first = type_line(&mut device, "AT+WS46=22");
        let second = type_line(&mut device, "AT+WS46=25");
        for (found, stat) in [(Vec::new(), 2), (first, 2), (second, 1)] {
            found.into_iter().for_each(|(_, event)| _ = device.happen(event));
            let answer = said(&mut device, "AT+CEREG?");
            assert!(answer.contains(&format!("+CEREG: 0,{stat}")), "{answer}");
        }
    }
}
