//! Text that is never markup.

use std::fmt;

/// Shown with its special characters escaped, control characters by their names.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' => f.write_str("\n")?,
                c if c.is_control() => write!(f, "{}", c.escape_unicode())?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

/// A hint, with what stands between backticks as code.
pub(crate) fn with_code(hint: &str) -> String {
    let mut shown = String::new();
    for (at, part) in hint.split('`').enumerate() {
        let part = Text(part).to_string();
        shown.push_str(&if at % 2 == 1 { format!("<code>{part}</code>") } else { part });
    }
    shown
}
