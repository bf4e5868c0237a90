//! Errors, with what they mean and what helps where the number alone does not say it.

use crate::at::code::{Class, FinalResult};

use super::Failure;

impl From<&FinalResult> for Failure {
    fn from(result: &FinalResult) -> Self {
        let class = match result.class {
            Class::Error => "error",
            Class::Cme => "cme",
            Class::Cms => "cms",
            Class::Ok | Class::Other => "other",
        };
        let FinalResult { code, text, .. } = result.clone();
        let (meaning, hint) = unnumbered(result).unwrap_or_default();
        let meaning = result.meaning().or(meaning);
        Self { class, code, text, meaning, hint: result.hint().or(hint) }
    }
}

type Explained = (Option<&'static str>, Option<&'static str>);

/// What lines without a number stand for.
fn unnumbered(result: &FinalResult) -> Option<Explained> {
    let text = result.text.as_deref().unwrap_or_default();
    let key = match result.class {
        Class::Error => "ERROR",
        Class::Cme if result.code.is_none() && text.is_empty() => "+CME ERROR",
        Class::Other => text,
        _ => return None,
    };
    let row = WORDS.iter().find(|(word, ..)| key.starts_with(word))?;
    Some((Some(row.1), row.2))
}

/// The start of the line, its meaning, the command or action that helps.
#[rustfmt::skip]
const WORDS: &[(&str, &str, Option<&str>)] = &[
    ("+CME ERROR",          "refused without a reason", WHY),
    ("BUSY",                "the line is busy", None),
    ("COMMAND NOT SUPPORT", "this firmware does not know the command", None),
    ("ERROR",               "wrong form, unknown command, or a SIM that is not ready", WHY),
    ("MODEM ERROR",         "an error of this firmware's own", None),
    ("NO ANSWER",           "nobody answered the call", None),
    ("NO CARRIER",          "the call has ended, or was none: a code dialled without `;` is one", DIAL),
    ("NO DIAL",             "no dial tone: the network takes no call", None),
    ("TOO MANY PARAMETERS", "the command has too many parameters", None),
];

const WHY: Option<&str> = Some("`AT+CMEE=1` makes the modem say why, then ask again");
const DIAL: Option<&str> = Some("`saldo ussd CODE` sends the code as USSD");

#[cfg(test)]
mod tests {
    use crate::answers::{Item, decode};

    fn explained(line: &str) -> (Option<&'static str>, bool) {
        match &decode(line.as_bytes(), None, None).items[..] {
            [Item::Error(failure)] => (failure.meaning, failure.hint.is_some()),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn every_line_that_says_no_is_explained() {
        for line in ["ERROR", "+CME ERROR:", "NO CARRIER", "COMMAND NOT SUPPORT", "+CME ERROR: 14"]
        {
            let (meaning, hint) = explained(line);
            assert!(meaning.is_some() && hint, "{line}: {meaning:?}");
        }
        for line in ["BUSY", "NO ANSWER", "NO DIALTONE", "MODEM ERROR: 7", "TOO MANY PARAMETERS"] {
            assert!(explained(line).0.is_some(), "{line}");
        }
    }

    #[test]
    fn a_number_or_word_of_the_firmwares_own_stays_unexplained() {
        for line in ["+CME ERROR: 20480123", "+CME ERROR: gooseberry", "+CMS ERROR: 999"] {
            assert_eq!(explained(line), (None, false), "{line}");
        }
    }
}
