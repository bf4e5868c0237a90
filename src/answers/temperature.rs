//! Temperatures, in whole degrees, tenths or thousandths, of one sensor or many.

use super::block::Block;
use super::request::Form;
use super::units::{CELSIUS, Level};
use super::{Context, Item, Temperature};

/// Commands whose answers are labels and numbers without a prefix.
pub(super) const COMMANDS: &[&str] = &["!PCTEMP", "+QTEMP", "+TEMP", "^TEMP"];

/// `^SCTM: <reports>,<state>[,<°C>]` (Cinterion): older firmware has the state alone.
pub(super) fn sctm(block: &Block, _: &Context) -> Vec<Item> {
    let level = block.params().number(2).and_then(Level::plain);
    from([("1".to_owned(), level)])
}

/// The last field: `+CPMUTEMP: 46`, `+CMTE: 1,38.2`, `+MTSM: 41`.
pub(super) fn last(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let level = params.number(params.len().saturating_sub(1)).and_then(Level::plain);
    from([("1".to_owned(), level)])
}

/// `#TEMPMEAS: <level>,<°C>` (Telit).
pub(super) fn second(block: &Block, _: &Context) -> Vec<Item> {
    let level = block.params().number(1).and_then(Level::plain);
    from([("1".to_owned(), level)])
}

/// `+GTSENRDTEMP: <id>,<m°C>` (Fibocom).
pub(super) fn gtsenrdtemp(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let level = params.number::<f64>(1).and_then(|milli| Level::plain(milli / 1000.0));
    from([(params.text(0).unwrap_or_default(), level)])
}

/// `+QTEMP: "<sensor>","<°C>"`, a line each, or `+QTEMP: 32,0,18`; MeiG's `+TEMP` in m°C. 0 is absent.
/// The older modules read: a mode and a voltage come before the one temperature.
pub(super) fn qtemp(block: &Block, context: &Context) -> Vec<Item> {
    let params = block.params();
    if context.request.command("+QTEMP").is_some_and(|command| command.form == Form::Read) {
        return last(block, context);
    }
    let there = |level: &Level| level.value() != 0.0;
    if params.number::<f64>(0).is_none() {
        let number: Option<f64> = params.number(1);
        let degrees = number.map(|n| if n.abs() > 1000.0 { n / 1000.0 } else { n });
        let level = degrees.and_then(Level::plain).filter(there);
        return from([(params.text(0).unwrap_or_default(), level)]);
    }
    let numbers = params.iter().map(|param| param.number().and_then(Level::plain).filter(there));
    from(numbers.enumerate().map(|(place, level)| ((place + 1).to_string(), level)))
}

/// `^CHIPTEMP: 336,331,...` (Huawei) in tenths, some of them in whole degrees; 65535 is absent.
pub(super) fn chiptemp(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let level = |number: f64| {
        let scale = if number.abs() > 100.0 { 10.0 } else { 100.0 };
        Level::scaled(number, scale).filter(|level| level.value() != 0.0)
    };
    let numbers = params.iter().map(|param| param.number().and_then(level));
    from(numbers.enumerate().map(|(place, level)| ((place + 1).to_string(), level)))
}

/// `Temperature: 33.11` (Sierra), `TSENS: 34C` (Cinterion): a label and a number on each line.
pub(super) fn labelled(block: &Block, _: &Context) -> Vec<Item> {
    from(block.lines().filter_map(label))
}

/// The same without the line that has the prefix.
pub(super) fn bare(lines: &[Vec<u8>], _: &Context) -> Vec<Item> {
    let sensors = known(lines.iter().filter_map(|line| label(line)));
    if sensors.is_empty() { Vec::new() } else { vec![item(sensors)] }
}

fn label(line: &[u8]) -> Option<(String, Option<Level>)> {
    let line = String::from_utf8_lossy(line);
    let (name, value) = line.split_once(':')?;
    let number = value.trim().trim_end_matches(['C', 'c', '°', ' ']);
    let level = number.parse().ok().and_then(Level::plain)?;
    Some((name.trim().to_owned(), Some(level)))
}

/// A line of sensors that are all absent is an item too, with nothing in it.
fn from(sensors: impl IntoIterator<Item = (String, Option<Level>)>) -> Vec<Item> {
    vec![item(known(sensors))]
}

fn known(sensors: impl IntoIterator<Item = (String, Option<Level>)>) -> Vec<(String, Level)> {
    let check = |(name, level)| Some((name, CELSIUS.check(level)?));
    sensors.into_iter().filter_map(check).collect()
}

fn item(sensors: Vec<(String, Level)>) -> Item {
    Item::Temperature(Temperature { max_c: sensors.iter().map(|(_, level)| *level).max(), sensors })
}

#[cfg(test)]
mod tests {
    use crate::answers::decode;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn temperatures_in_all_their_scales() {
        for (response, request, max, count) in [
            ("+CPMUTEMP: 46",                                              None,                 46.0, 1),
            ("+CMTE: 1,38.2",                                              None,                 38.2, 1),
            ("#TEMPMEAS: 0,31",                                            None,                 31.0, 1),
            ("+GTSENRDTEMP: 1,36500",                                      None,                 36.5, 1),
            ("+QTEMP: 33,0,19",                                            None,                 33.0, 2),
            ("+QTEMP: \"soc\",\"41\"\r\n+QTEMP: \"pa\",\"255\"\r\n+QTEMP: \"xo\",\"-273\"", None, 41.0, 1),
            ("+TEMP: \"soc-thmzone\",\"38500\"",                           None,                 38.5, 1),
            ("^CHIPTEMP: 336,331,65535,35",                                None,                 35.0, 3),
            ("!PCTEMP: \r\nTemp state: Normal\r\nTemperature: 33.11",       Some("AT!PCTEMP?"),   33.11, 1),
            ("Temp state: Normal\r\nTemperature: 33.11\r\nOK",             Some("AT!PCTEMP?"),   33.11, 1),
            ("TSENS: 34C\r\nPA: 36C\r\nOK",                                 Some("AT^TEMP?"),     36.0, 2),
        ] {
            let items = decode(response.as_bytes(), None, request).items;
            let [Item::Temperature(found)] = &items[..] else { panic!("{response}: {items:?}") };
            assert_eq!((found.max_c.unwrap().value(), found.sensors.len()), (max, count), "{response}");
        }
    }

    #[test]
    fn a_sensor_that_is_absent_has_no_temperature() {
        let items = decode(b"+QTEMP: \"pmic\",255", None, None).items;
        assert_eq!(items, [Item::Temperature(Temperature::default())]);
    }
}
