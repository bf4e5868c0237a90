//! One JSON object a line in, one a line out, in order.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use crate::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Far more than any modem or operator says, so that a wrong file does not fill the memory.
pub(super) const LONGEST: u64 = 256 * 1024;

/// A question with whatever the asker calls it.
#[derive(Deserialize)]
struct Asked<T> {
    #[serde(default)]
    id: Value,
    #[serde(flatten)]
    question: T,
}

#[derive(Serialize)]
struct Answered<T> {
    id: Value,
    #[serde(flatten)]
    answer: T,
}

#[derive(Serialize)]
struct Refused {
    id: Value,
    error: String,
}

/// Answers every line of standard input. A bad line gets an error and stops nothing.
///
/// # Errors
///
/// [`Error::Usage`] where standard input cannot be read, [`Error::Output`] where nobody reads us.
pub(super) fn answer<Q: DeserializeOwned, A: Serialize>(
    answer: impl Fn(Q) -> A,
) -> Result<(), Error> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        if read.map_err(|cause| unreadable(&cause))? == 0 {
            return output.flush().map_err(Error::Output);
        }
        match serde_json::from_slice::<Asked<Q>>(&line) {
            Ok(asked) => {
                write(&mut output, &Answered { id: asked.id, answer: answer(asked.question) })?
            }
            Err(error) => {
                let value = serde_json::from_slice(&line).unwrap_or(Value::Null);
                let id = value.get("id").cloned().unwrap_or_default();
                write(&mut output, &Refused { id, error: error.to_string() })?;
            }
        }
        // Who sends one question and waits must get the answer; who sends many gets them together.
        if input.buffer().is_empty() {
            output.flush().map_err(Error::Output)?;
        }
    }
}

fn write(output: &mut impl Write, value: &impl Serialize) -> Result<(), Error> {
    serde_json::to_writer(&mut *output, value).map_err(|error| Error::Output(error.into()))?;
    output.write_all(b"\n").map_err(Error::Output)
}

/// Standard input that cannot be read.
pub(super) fn unreadable(cause: &io::Error) -> Error {
    Error::Usage { message: format!("standard input cannot be read: {cause}"), hint: None }
}
