#![no_main]
//! See `hedgerow_fuzz::operations`.

hedgerow_fuzz::target!("operations");
