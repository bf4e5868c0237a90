//! Messages joined from their parts.
