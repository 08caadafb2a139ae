#![no_main]
//! See `hedgerow_fuzz::markdown`.

hedgerow_fuzz::target!("markdown");
