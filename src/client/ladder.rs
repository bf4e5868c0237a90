//! The forms in which a request is tried, one after another, until the modem takes one.

use std::collections::VecDeque;

use crate::at::code::{Class, FinalResult};
use crate::modems::{Charset, Dialect};
use crate::ussd::Form;

/// One way to send a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rung {
    pub(super) form: Form,
    /// The character set for it, where the form leaves one open.
    pub(super) cscs: Charset,
    /// What [`Dialect::ussd_mode`] has to be; `None` leaves it.
    pub(super) mode: Option<u8>,
}

/// What was found on the modem.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Found<'a> {
    /// `+CSCS`, before anything was changed.
    pub(super) charset: Option<&'a str>,
    /// The value of [`Dialect::ussd_mode`].
    pub(super) mode: Option<u8>,
}

impl Rung {
    /// The character set to select; `None` where the one that is set will do.
    pub(super) fn charset(self, found: Option<&str>) -> Option<&str> {
        match (self.form, self.cscs.name()) {
            (Form::Ucs2, _) => Some("UCS2"),
            (Form::Octets, _) => Some("HEX"),
            (_, Some(name)) => Some(name),
            // The digits or letters of a code are none under these.
            (Form::Plain, None) if matches!(found, Some("UCS2" | "HEX")) => Some("GSM"),
            (Form::Plain, None) => found,
            (Form::Packed, None) => None,
        }
    }

    /// Whether it may go out although its character set was refused: a plain code is at worst refused too.
    pub(super) fn works_under_any(self) -> bool {
        self.form == Form::Plain && self.cscs != Charset::Ucs2
    }

    /// The same question for an answer that loses nothing, likeliest first.
    fn lossless(self) -> Vec<Self> {
        let ucs2 = Self { form: Form::Ucs2, cscs: Charset::AsFound, ..self };
        let same = Self { cscs: Charset::Ucs2, ..self };
        if self.form == Form::Ucs2 { vec![] } else { vec![ucs2, same] }
    }
}

/// The rungs that are left, and how many may still be tried.
#[derive(Debug)]
pub(super) struct Ladder {
    rungs: VecDeque<Rung>,
    /// How many requests went out.
    pub(super) tried: usize,
    most: usize,
}

/// Requests that one question may put on air while the form is searched.
const MOST: usize = 3;

impl Ladder {
    /// A code that is no plain query goes out once.
    pub(super) fn new(rungs: Vec<Rung>, is_query: bool) -> Self {
        Self { rungs: rungs.into(), tried: 0, most: if is_query { MOST } else { 1 } }
    }

    /// The next rung, while another request may go out.
    pub(super) fn next(&mut self) -> Option<Rung> {
        if self.tried < self.most { self.rungs.pop_front() } else { None }
    }

    /// An answer came and lost characters on the way: what is tried next is for its sake.
    pub(super) fn without_loss(&mut self, taken: Rung) {
        self.rungs = taken.lossless().into();
    }
}

/// All rungs, the likeliest first: what was learned, the family's forms, then those it does not name.
pub(super) fn rungs(dialect: &Dialect, found: Found<'_>, learned: Option<Rung>) -> Vec<Rung> {
    let rung = |form| {
        let cscs = if form == Form::Plain { dialect.cscs } else { Charset::AsFound };
        Rung { form, cscs, mode: None }
    };
    let usual: Vec<_> = forms(dialect, found.charset).into_iter().map(rung).collect();
    let usual = match found.mode {
        Some(mode @ (0 | 1)) => by_mode(&usual, mode),
        _ => usual,
    };
    let others = usual.into_iter().filter(|rung| Some(*rung) != learned);
    learned.into_iter().chain(others).collect()
}

fn forms(dialect: &Dialect, found: Option<&str>) -> Vec<Form> {
    let mut forms = dialect.request.clone();
    let others = [Form::Plain, Form::Ucs2, Form::Packed].into_iter();
    forms.extend(others.filter(|form| !dialect.request.contains(form)));
    // Where the modem already speaks UCS2, that form needs no change of a setting.
    let place = |wanted| forms.iter().position(|form| *form == wanted);
    if let (Some("UCS2"), Some(plain), Some(ucs2)) = (found, place(Form::Plain), place(Form::Ucs2))
    {
        if plain < ucs2 && dialect.cscs != Charset::Ucs2 {
            forms.swap(plain, ucs2);
        }
    }
    forms
}

/// Where a mode was found, it says which form comes first; but as some number it the other way round, the
/// other one follows before the mode is changed.
fn by_mode(usual: &[Rung], mode: u8) -> Vec<Rung> {
    let (packed, text): (Vec<_>, Vec<_>) =
        usual.iter().copied().partition(|rung| rung.form == Form::Packed);
    let (first, second) = if mode == 1 { (packed, text) } else { (text, packed) };
    let changed = |rung: &Rung| Rung { mode: Some(1 - mode), ..*rung };
    let other = second.first().map(changed);
    let heads = first.first().into_iter().chain(second.first()).copied().chain(other);
    let tails = first.iter().skip(1).chain(second.iter().skip(1)).copied();
    heads.chain(tails).collect()
}

/// Refusals by which firmware says that it wants the code in another form.
pub(super) fn is_about_form(result: &FinalResult) -> bool {
    /// 3 and 4: not allowed, not supported; 50: incorrect parameters; 100: unknown; 304: Huawei's
    /// invalid PDU mode parameter.
    const CODES: [u32; 5] = [3, 4, 50, 100, 304];
    match result.class {
        Class::Error => true,
        Class::Cme => result.code.is_none_or(|code| CODES.contains(&code)),
        _ => result.text.as_deref() == Some("COMMAND NOT SUPPORT"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `packed`, `plain@gsm`, `plain/0`: form, character set, mode.
    fn names(rungs: &[Rung]) -> String {
        let name = |rung: &Rung| {
            let cscs = rung.cscs.name().map(|name| format!("@{}", name.to_lowercase()));
            let mode = rung.mode.map(|mode| format!("/{mode}"));
            let form = format!("{:?}", rung.form).to_lowercase();
            format!("{form}{}{}", cscs.unwrap_or_default(), mode.unwrap_or_default())
        };
        rungs.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    #[rustfmt::skip]
    fn the_order_of_rungs() {
        let plain = vec![Form::Plain];
        let usual = vec![Form::Plain, Form::Ucs2];
        let huawei = vec![Form::Packed, Form::Plain, Form::Ucs2];
        for (request, cscs, charset, mode, expected) in [
            (&plain,  Charset::Gsm,     Some("GSM"),  None,    "plain@gsm ucs2 packed"),
            (&usual,  Charset::AsFound, Some("IRA"),  None,    "plain ucs2 packed"),
            (&usual,  Charset::Gsm,     Some("UCS2"), None,    "ucs2 plain@gsm packed"),
            (&usual,  Charset::Ucs2,    Some("UCS2"), None,    "plain@ucs2 ucs2 packed"),
            (&huawei, Charset::Gsm,     Some("GSM"),  None,    "packed plain@gsm ucs2"),
            (&huawei, Charset::Gsm,     Some("GSM"),  Some(1), "packed plain@gsm plain@gsm/0 ucs2"),
            (&huawei, Charset::Gsm,     Some("GSM"),  Some(0), "plain@gsm packed packed/1 ucs2"),
            (&huawei, Charset::Gsm,     Some("UCS2"), Some(0), "ucs2 packed packed/1 plain@gsm"),
            (&huawei, Charset::Gsm,     None,         Some(7), "packed plain@gsm ucs2"),
        ] {
            let dialect = Dialect { request: request.clone(), cscs, ..Dialect::default() };
            let found = rungs(&dialect, Found { charset, mode }, None);
            assert_eq!(names(&found), expected, "{request:?} {charset:?} {mode:?}");
        }
    }

    #[test]
    fn what_was_learned_comes_first_and_once() {
        let learned = Rung { form: Form::Packed, cscs: Charset::AsFound, mode: None };
        let found = rungs(&Dialect::default(), Found::default(), Some(learned));
        assert_eq!(names(&found), "packed plain@gsm ucs2");
    }

    #[test]
    fn a_lossy_answer_is_asked_for_again_under_ucs2() {
        let taken = Rung { form: Form::Plain, cscs: Charset::AsFound, mode: None };
        assert_eq!(names(&taken.lossless()), "ucs2 plain@ucs2");
        let ucs2 = Rung { form: Form::Ucs2, ..taken };
        assert_eq!(names(&ucs2.lossless()), "");
    }

    #[test]
    #[rustfmt::skip]
    fn the_character_set_is_changed_where_it_must_be() {
        let plain = |cscs| Rung { form: Form::Plain, cscs, mode: None };
        let other = |form| Rung { form, cscs: Charset::AsFound, mode: None };
        for (rung, found, expected) in [
            (plain(Charset::Gsm),     Some("IRA"),  Some("GSM")),
            (plain(Charset::AsFound), Some("IRA"),  Some("IRA")),
            (plain(Charset::AsFound), Some("UCS2"), Some("GSM")),
            (plain(Charset::AsFound), Some("HEX"),  Some("GSM")),
            (plain(Charset::AsFound), None,         None),
            (other(Form::Ucs2),       Some("GSM"),  Some("UCS2")),
            (other(Form::Packed),     Some("HEX"),  None),
        ] {
            assert_eq!(rung.charset(found), expected, "{rung:?} {found:?}");
        }
    }
}
