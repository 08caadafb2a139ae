#![no_main]
//! See `hedgerow_fuzz::frames`.

hedgerow_fuzz::target!("frames");
