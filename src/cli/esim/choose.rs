//! Which profile a user means.

use crate::Error;
use crate::euicc::Profile;
use crate::operators::Operators;

use super::brand::Brand;
use super::list::label;

/// The profile that `word` names: its number in the list, its ICCID, whole or as it is shown, its nickname, its name
/// as it is shown, or the `id` of its operator; what comes first in this order.
///
/// # Errors
///
/// [`Error::Usage`] where it names none of them, or several.
pub(super) fn profile<'p>(
    word: &str,
    profiles: &'p [Profile],
    operators: &Operators,
) -> Result<&'p Profile, Error> {
    let found = by_any_name(word, profiles, operators);
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

/// Whether a profile is meant, given with its number in the list.
type Way<'a> = &'a dyn Fn(usize, &Profile) -> bool;

/// The profiles that are called so, with their numbers.
fn by_any_name<'p>(
    word: &str,
    profiles: &'p [Profile],
    operators: &Operators,
) -> Vec<(usize, &'p Profile)> {
    let is = |name: &str| name.eq_ignore_ascii_case(word) && !name.is_empty();
    let number = |number: usize, profile: &Profile| {
        let iccid = &profile.iccid;
        word == number.to_string() || iccid.expose() == word || iccid.to_string() == word
    };
    let nickname = |_: usize, profile: &Profile| is(&profile.nickname);
    let name = |_: usize, profile: &Profile| is(&profile.name) || is(&label(profile));
    let operator = |_: usize, profile: &Profile| {
        let brand = Brand::of(profile, operators);
        brand.operator.is_some_and(|operator| operator.id == word)
    };
    let ways: [Way<'_>; 4] = [&number, &nickname, &name, &operator];
    let found = |way: &Way<'_>| -> Vec<_> {
        (1..).zip(profiles).filter(|(number, profile)| way(*number, profile)).collect()
    };
    ways.iter().map(found).find(|found| !found.is_empty()).unwrap_or_default()
}
