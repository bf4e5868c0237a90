//! Ports: what a user calls them, where they are, who holds them.
