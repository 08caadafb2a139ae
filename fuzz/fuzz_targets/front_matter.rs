#![no_main]
//! See `hedgerow_fuzz::front_matter`.

hedgerow_fuzz::target!("front_matter");
