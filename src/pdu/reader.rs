//! Octets of a message in their order, each asked for by the name of its field.

use super::Error;

pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    pub(super) fn octet(&mut self, field: &'static str) -> Result<u8, Error> {
        let (first, rest) = self.0.split_first().ok_or(Error::Truncated(field))?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn take(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Error::Truncated(field))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], Error> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Error::Truncated(field))?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(super) fn rest(self) -> &'a [u8] {
        self.0
    }
}
