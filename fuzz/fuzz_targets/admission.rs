#![no_main]
//! See `hedgerow_fuzz::admission`.

hedgerow_fuzz::target!("admission");
