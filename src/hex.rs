//! Octets as hexadecimal digits, as modems write them.
