#![no_main]
//! See `hedgerow_fuzz::messages`.

hedgerow_fuzz::target!("messages");
