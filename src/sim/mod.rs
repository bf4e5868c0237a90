//! A simulated modem: a script or a personality in, bytes and time out.
