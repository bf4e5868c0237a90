//! Which profile a user means.

use saldo::Error;
use saldo::euicc::Profile;
use saldo::operators::Operators;

use super::brand::Brand;

/// The profile that `word` names: its ICCID, whole or as it is shown, its nickname, its number in the list, or the
/// `id` of its operator.
///
/// # Errors
///
/// [`Error::Usage`] where it names none of them, or several.
pub(super) fn profile<'p>(
    word: &str,
    profiles: &'p [Profile],
    operators: &Operators,
) -> Result<&'p Profile, Error> {
    let numbered = || (1_usize..).zip(profiles);
    let is_called = |number: usize, profile: &Profile| {
        profile.iccid.expose() == word
            || profile.iccid.to_string() == word
            || profile.nickname.eq_ignore_ascii_case(word) && !word.is_empty()
            || word == number.to_string()
    };
    let mut found: Vec<_> =
        numbered().filter(|(number, profile)| is_called(*number, profile)).collect();
    if found.is_empty() && operators.by_id(word).is_some() {
        let is_of = |profile: &Profile| {
            Brand::of(profile, operators).operator.is_some_and(|operator| operator.id == word)
        };
        found = numbered().filter(|(_, profile)| is_of(profile)).collect();
    }
    let hint = Some("`saldo esim list` numbers them".into());
    match found[..] {
        [(_, only)] => Ok(only),
        [] => {
            let message = format!("no profile on the card is `{word}`");
            Err(Error::Usage { message, hint })
        }
        _ => {
            let numbers: Vec<_> = found.iter().map(|(number, _)| number.to_string()).collect();
            let message = format!("`{word}` may be any of the profiles {}", numbers.join(", "));
            Err(Error::Usage { message, hint })
        }
    }
}
