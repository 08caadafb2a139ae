#![no_main]
//! See `hedgerow_fuzz::plain_text`.

hedgerow_fuzz::target!("plain_text");
