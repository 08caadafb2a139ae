#![no_main]
//! See `hedgerow_fuzz::manifests`.

hedgerow_fuzz::target!("manifests");
