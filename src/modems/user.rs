//! The user's own rows, in front of those built in.

use serde::Deserialize;

use super::dialect::{Dialect, Row};
use super::{Identity, check, rows_for};
use crate::operators::{DataError, located};
use crate::rows;

/// How to talk to the modems there are: the rows that are built in, and the user's in front.
#[derive(Clone, Debug, Default)]
pub struct Dialects {
    user: File,
}

/// A file of the user's: as one of ours, but that `maker` may be left out. Then its rows are for the
/// models they name, whoever made them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    maker: Vec<String>,
    #[serde(default)]
    dialect: Vec<Row>,
}

impl Dialects {
    /// The rows that are built in.
    pub fn built_in() -> Self {
        Self::default()
    }

    /// The rows that are built in, and those of the user's file in front: what a fitting row of the
    /// user's says counts, and what it leaves out is as it was.
    ///
    /// # Errors
    ///
    /// [`DataError`] with line, row and field, and with the known fields where it is not one of them.
    pub fn with_user_file(text: &str, file_name: &str) -> Result<Self, DataError> {
        let user: File = rows::read(text).map_err(|fault| located(&fault, text, file_name))?;
        for (place, row) in user.dialect.iter().enumerate() {
            let is_twice = user.dialect.iter().take(place).any(|other| other.key == row.key);
            let twice = || Err(format!("`key`: `{}` stands here twice", row.key));
            let checked = if is_twice { twice() } else { check::row(row) };
            checked.map_err(|offence| DataError {
                file: file_name.to_owned(),
                line: line_of_row(text, place),
                message: format!("{}: {offence}", row.key),
            })?;
        }
        Ok(Self { user })
    }

    /// How to talk to this modem; the standard for one that no row is about.
    ///
    /// The row that names the model most closely counts; what it leaves out stands in the maker's own.
    pub fn of(&self, modem: &Identity) -> Dialect {
        let rows = self.user.rows_for(modem).into_iter().chain(rows_for(modem));
        let merged = rows.cloned().reduce(|closer, wider| closer.over(&wider));
        merged.map(Dialect::from).unwrap_or_default()
    }

    /// Whether the user has said how this modem takes requests: then nothing that was learned counts.
    pub fn has_users_request(&self, modem: &Identity) -> bool {
        self.user.rows_for(modem).into_iter().any(Row::names_request)
    }
}

impl File {
    fn rows_for(&self, modem: &Identity) -> Vec<&Row> {
        let named = format!("{} {}", modem.manufacturer, modem.model).to_lowercase();
        let is_maker = |word: &String| named.contains(&word.to_lowercase());
        match self.maker.is_empty() || self.maker.iter().any(is_maker) {
            true => Row::fitting(&self.dialect, &modem.model),
            false => Vec::new(),
        }
    }
}

fn line_of_row(text: &str, place: usize) -> usize {
    let row = text.match_indices("[[dialect]]").nth(place).map_or(0, |(at, _)| at);
    text.get(..row).unwrap_or_default().matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ussd::Form;

    fn identity(manufacturer: &str, model: &str) -> Identity {
        Identity { manufacturer: manufacturer.into(), model: model.into(), ..Identity::default() }
    }

    const OWN: &str = "[[dialect]]\nkey = \"my-stick\"\nmodels = [\"E3372\"]\nrequest = [\"plain\"]\n\
                       why = \"Its firmware was changed.\"\nseen = \"on my desk\"\n";

    #[test]
    fn a_users_row_wins_and_leaves_the_rest_as_it_was() {
        let (own, ours) =
            (Dialects::with_user_file(OWN, "modems.toml").unwrap(), Dialects::built_in());
        let modem = identity("huawei", "E3372");
        let (own, ours) = (own.of(&modem), ours.of(&modem));
        assert_eq!((own.key.as_str(), own.request), ("my-stick", vec![Form::Plain]));
        assert_eq!((own.iccid, own.reply, own.ussd_mode), (ours.iccid, ours.reply, ours.ussd_mode));
    }

    #[test]
    fn a_users_row_is_for_the_models_and_makers_it_names() {
        for (maker, manufacturer, model, key) in [
            ("", "huawei", "E3372h-320", "my-stick"),
            ("", "huawei", "E3276", "huawei"),
            ("", "Quectel", "EC25", "quectel"),
            ("maker = [\"Huawei\"]\n", "huawei", "E3372", "my-stick"),
            ("maker = [\"quectel\"]\n", "huawei", "E3372", "huawei"),
        ] {
            let own = Dialects::with_user_file(&format!("{maker}{OWN}"), "modems.toml").unwrap();
            assert_eq!(
                own.of(&identity(manufacturer, model)).key,
                key,
                "{maker}{manufacturer} {model}"
            );
        }
    }

    #[test]
    #[rustfmt::skip]
    fn a_mistake_is_named_with_file_line_and_field() {
        for (old, new, message) in [
            ("request", "reqest", "modems.toml:4: unknown field `reqest`, expected one of `key`, `models`, "),
            ("\"plain\"", "\"plane\"", "modems.toml:4: `request`: unknown variant `plane`, expected one of "),
            ("\"E3372\"", "\"E3\"", "modems.toml:1: my-stick: `models`: `E3` is too short"),
            ("Its firmware was changed.", " ", "modems.toml:1: my-stick: `why` says why it is so"),
            ("seen = \"on my desk\"\n", "", "modems.toml:1: missing field `seen`"),
            ("desk\"\n", "desk\"\n[[usb]]\n", "modems.toml:7: unknown field `usb`, expected `maker` or `dialect`"),
        ] {
            let error = Dialects::with_user_file(&OWN.replace(old, new), "modems.toml").unwrap_err();
            assert!(error.to_string().starts_with(message), "{error}");
        }
        let error = Dialects::with_user_file(&OWN.repeat(2), "modems.toml").unwrap_err();
        assert_eq!(error.to_string(), "modems.toml:7: my-stick: `key`: `my-stick` stands here twice");
    }
}
