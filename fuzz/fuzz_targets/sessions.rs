#![no_main]
//! See `hedgerow_fuzz::sessions`.

hedgerow_fuzz::target!("sessions");
