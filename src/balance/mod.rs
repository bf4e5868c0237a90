//! An operator's words turned into pots, with how sure we are.
