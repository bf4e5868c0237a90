//! One modem on one port: the loop, and the sequences of commands.
