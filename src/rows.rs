//! TOML to values, by one small way for every type.
//!
//! The deserializer of the `toml` crate makes values of any kind out of values of any kind, and the
//! compiler writes all of that out for every type there is: 250 kB. A row of ours knows what it wants,
//! so [`read`] asks the text for just that, and has one sentence for everything else.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, Visitor,
};
use toml::Spanned;
use toml::de::{DeInteger, DeString, DeTable, DeValue};

/// What is wrong in a text, and where.
#[derive(Debug)]
pub struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    message: String,
    at: Option<usize>,
}

impl Fault {
    /// What is wrong: the field, and the known ones where it is not one of them.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where in the text it is, in octets from its beginning.
    pub fn at(&self) -> usize {
        self.0.at.unwrap_or(0)
    }

    /// The line it is in, from 1.
    pub fn line(&self, text: &str) -> usize {
        text.get(..self.at()).unwrap_or_default().matches('\n').count() + 1
    }

    fn new(message: String, at: Option<usize>) -> Self {
        Self(Box::new(Inner { message, at }))
    }

    /// The innermost place is the right one.
    fn within(mut self, place: usize) -> Self {
        self.0.at.get_or_insert(place);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string(), None)
    }
}

/// The value that a text in TOML says.
///
/// # Errors
///
/// [`Fault`] for a text that is not TOML, and for what the type does not take.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let table = DeTable::parse(text).map_err(|error| {
        Fault::new(error.message().to_owned(), error.span().map(|span| span.start))
    })?;
    from_table(table.into_inner())
}

/// The value that a table says.
///
/// # Errors
///
/// [`Fault`] for what the type does not take.
pub(crate) fn from_table<T: DeserializeOwned>(table: DeTable<'_>) -> Result<T, Fault> {
    let value = Spanned::new(0..0, DeValue::Table(table));
    T::deserialize(Node(&value)).map_err(|fault| fault.within(0))
}

/// A value in the text.
#[derive(Clone, Copy)]
struct Node<'t>(&'t Spanned<DeValue<'t>>);

impl<'t> Node<'t> {
    fn value(self) -> &'t DeValue<'t> {
        self.0.get_ref()
    }

    fn elements(self) -> Option<Elements<'t>> {
        self.value().as_array().map(|list| Elements(list.iter()))
    }

    fn entries(self) -> Option<Entries<'t>> {
        self.value().as_table().map(|table| Entries { rest: table.iter(), value: None })
    }

    fn integer(self, expected: &dyn Expected) -> Result<i64, Fault> {
        let DeValue::Integer(number) = self.value() else { return Err(self.is_not(expected)) };
        signed(number).ok_or_else(|| {
            Fault::new("integer number overflowed".into(), Some(self.0.span().start))
        })
    }

    fn float(self, expected: &dyn Expected) -> Result<f64, Fault> {
        match self.value() {
            DeValue::Float(number) => number.as_str().parse().map_err(|_| self.is_not(expected)),
            #[expect(
                clippy::cast_precision_loss,
                reason = "nobody writes such a number of seconds"
            )]
            _ => self.integer(expected).map(|number| number as f64),
        }
    }

    #[cold]
    fn is_not(self, expected: &dyn Expected) -> Fault {
        let found = match self.value() {
            DeValue::String(text) => Unexpected::Str(text),
            DeValue::Integer(number) => {
                signed(number).map_or(Unexpected::Other("integer"), Unexpected::Signed)
            }
            DeValue::Float(number) => {
                Unexpected::Float(number.as_str().parse().unwrap_or(f64::NAN))
            }
            DeValue::Boolean(is) => Unexpected::Bool(*is),
            DeValue::Datetime(_) => Unexpected::Other("date or time"),
            DeValue::Array(_) => Unexpected::Seq,
            DeValue::Table(_) => Unexpected::Map,
        };
        de::Error::invalid_type(found, expected)
    }
}

fn signed(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// What each of these wants is of one kind; `$visit` is given it.
macro_rules! wants {
    ($($method:ident($($_:ty),*) $take:expr, $visit:ident;)*) => {$(
        fn $method<V: Visitor<'t>>(self, $(_: $_,)* visitor: V) -> Result<V::Value, Fault> {
            let take: fn(Self, &dyn Expected) -> Result<_, Fault> = $take;
            let value = take(self, &visitor)?;
            visitor.$visit(value)
        }
    )*};
}

type Names = &'static [&'static str];

impl<'t> Deserializer<'t> for Node<'t> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value() {
            DeValue::String(_) => self.deserialize_str(visitor),
            DeValue::Integer(_) => self.deserialize_i64(visitor),
            DeValue::Float(_) => self.deserialize_f64(visitor),
            DeValue::Boolean(_) => self.deserialize_bool(visitor),
            DeValue::Datetime(_) => Err(self.is_not(&visitor)),
            DeValue::Array(_) => self.deserialize_seq(visitor),
            DeValue::Table(_) => self.deserialize_map(visitor),
        }
    }

    wants! {
        deserialize_str() text, visit_str;
        deserialize_string() text, visit_str;
        deserialize_char() text, visit_str;
        deserialize_identifier() text, visit_str;
        deserialize_bool() |node, wanted| node.value().as_bool().ok_or_else(|| node.is_not(wanted)), visit_bool;
        deserialize_u8() Node::integer, visit_i64;
        deserialize_u16() Node::integer, visit_i64;
        deserialize_u32() Node::integer, visit_i64;
        deserialize_u64() Node::integer, visit_i64;
        deserialize_i8() Node::integer, visit_i64;
        deserialize_i16() Node::integer, visit_i64;
        deserialize_i32() Node::integer, visit_i64;
        deserialize_i64() Node::integer, visit_i64;
        deserialize_f32() Node::float, visit_f64;
        deserialize_f64() Node::float, visit_f64;
        deserialize_seq() list, visit_seq;
        deserialize_tuple(usize) list, visit_seq;
        deserialize_tuple_struct(&'static str, usize) list, visit_seq;
        deserialize_map() table, visit_map;
        deserialize_struct(&'static str, Names) table, visit_map;
        deserialize_enum(&'static str, Names) |node, wanted| text(node, wanted).map(word), visit_enum;
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { <V: Visitor<'t>> bytes byte_buf unit unit_struct }
}

fn text<'t>(node: Node<'t>, wanted: &dyn Expected) -> Result<&'t str, Fault> {
    node.value().as_str().ok_or_else(|| node.is_not(wanted))
}

fn list<'t>(node: Node<'t>, wanted: &dyn Expected) -> Result<Elements<'t>, Fault> {
    node.elements().ok_or_else(|| node.is_not(wanted))
}

fn table<'t>(node: Node<'t>, wanted: &dyn Expected) -> Result<Entries<'t>, Fault> {
    node.entries().ok_or_else(|| node.is_not(wanted))
}

fn word(text: &str) -> StrDeserializer<'_, Fault> {
    text.into_deserializer()
}

struct Elements<'t>(std::slice::Iter<'t, Spanned<DeValue<'t>>>);

impl<'t> SeqAccess<'t> for Elements<'t> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'t>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(value) = self.0.next() else { return Ok(None) };
        let made = seed.deserialize(Node(value));
        made.map(Some).map_err(|fault| fault.within(value.span().start))
    }
}

struct Entries<'t> {
    rest: toml::map::Iter<'t, Spanned<DeString<'t>>, Spanned<DeValue<'t>>>,
    value: Option<&'t Spanned<DeValue<'t>>>,
}

impl<'t> MapAccess<'t> for Entries<'t> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'t>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        let made = seed.deserialize(word(key.get_ref()));
        made.map(Some).map_err(|fault| fault.within(key.span().start))
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some(value) = self.value.take() else {
            return Err(Fault::new("a value without its key".into(), None));
        };
        seed.deserialize(Node(value)).map_err(|fault| fault.within(value.span().start))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
    struct Row {
        name: String,
        sign: Option<char>,
        left: u8,
        wait_s: f64,
        is_on: bool,
        pair: (u16, String),
        kind: Kind,
        rows: Vec<Row>,
        files: BTreeMap<String, String>,
    }

    #[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        #[default]
        Plain,
        PackedHex,
    }

    #[derive(Debug, Deserialize)]
    struct Named {
        #[expect(dead_code, reason = "it is missing")]
        name: String,
    }

    const WHOLE: &str = "name = \"x\"\nsign = ','\nleft = 0x10\nwait-s = 3\nis-on = true\n\
        pair = [7, 'y']\nkind = 'packed-hex'\n[files]\n6F46 = '00'\n[[rows]]\nwait-s = 1.5\n";

    #[test]
    fn a_row_is_read_as_the_toml_crate_reads_it() {
        let row: Row = read(WHOLE).unwrap();
        assert_eq!(row, toml::from_str(WHOLE).unwrap());
        assert_eq!((row.left, row.wait_s, row.rows[0].wait_s), (16, 3.0, 1.5));
    }

    #[test]
    fn a_mistake_is_told_with_its_line_as_the_toml_crate_tells_it() {
        for (old, new) in [
            ("name = \"x\"", "name = 3"),
            ("left = 0x10", "left = 300"),
            ("left = 0x10", "left = -1"),
            ("left = 0x10", "left = '1'"),
            ("sign = ','", "sign = 'ab'"),
            ("wait-s = 3", "wait-s = true"),
            ("is-on = true", "is-on = []"),
            ("pair = [7, 'y']", "pair = [7]"),
            ("kind = 'packed-hex'", "kind = 'packed'"),
            ("wait-s = 1.5", "wait = 1.5"),
            ("wait-s = 1.5", "wait-s = "),
            ("[files]", "[files"),
        ] {
            let text = WHOLE.replace(old, new);
            let theirs = toml::from_str::<Row>(&text).unwrap_err();
            let ours = read::<Row>(&text).unwrap_err();
            let place = theirs.span().map(|span| span.start);
            assert_eq!((ours.message(), Some(ours.at())), (theirs.message(), place), "{new}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let fault = read::<Named>("\n[table]\n").unwrap_err();
        assert_eq!((fault.message(), fault.line("\n[table]\n")), ("missing field `name`", 1));
    }
}
