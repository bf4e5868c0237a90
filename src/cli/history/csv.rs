//! Comma-separated values (RFC 4180), for spreadsheets: what an operator wrote must not become a formula.

use crate::Error;
use crate::watch::{Outcome, Record};

use crate::cli::csv::cell;
use crate::cli::out;

const HEAD: &str = "id,time,modem,sim,plmn,operator,kind,confidence,amount,unit,expires,data_mb,via,error,message,text";

pub(super) fn print(records: &[(i64, Record)]) -> Result<(), Error> {
    out::line(HEAD)?;
    records.iter().try_for_each(|(id, record)| out::line(row(*id, record)))
}

fn row(id: i64, record: &Record) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut cells = vec![
        id.to_string(),
        record.time.to_string(),
        record.modem.clone(),
        record.iccid.clone().unwrap_or_default(),
        text(&record.plmn),
        text(&record.operator),
    ];
    match &record.outcome {
        Outcome::Answer(answer) => {
            let left = answer.left();
            cells.extend([answer.kind.to_string(), answer.confidence.to_string()]);
            cells.push(left.map(|left| left.amount.to_string()).unwrap_or_default());
            cells.push(left.and_then(|left| left.unit).unwrap_or_default().to_owned());
            cells.push(answer.valid_until().map(|day| day.to_string()).unwrap_or_default());
            cells.push(answer.megabytes().map(|data| data.to_string()).unwrap_or_default());
            cells.extend([answer.via.clone(), String::new(), String::new(), answer.text.clone()]);
        }
        Outcome::Failure(failure) => {
            cells.extend([const { String::new() }; 7]);
            cells.extend([failure.class.clone(), failure.message.clone(), String::new()]);
        }
    }
    let cells: Vec<_> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",")
}
