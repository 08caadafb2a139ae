#![no_main]
//! See `hedgerow_fuzz::comparisons`.

hedgerow_fuzz::target!("comparisons");
