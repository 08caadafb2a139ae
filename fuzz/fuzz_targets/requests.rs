#![no_main]
//! See `hedgerow_fuzz::requests`.

hedgerow_fuzz::target!("requests");
