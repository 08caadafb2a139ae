//! Bytes kept safe on this device.
