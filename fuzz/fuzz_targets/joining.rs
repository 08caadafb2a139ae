#![no_main]
//! See `hedgerow_fuzz::joining`.

hedgerow_fuzz::target!("joining");
