//! Operators and how to ask them, in rows: one file a country code.
