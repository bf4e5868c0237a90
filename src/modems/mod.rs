//! How modems differ, in rows.
