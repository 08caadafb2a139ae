//! Finding the program under test, and the sample notes.

use std::{
    env,
    path::{Path, PathBuf},
    sync::LazyLock,
};

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let told = env::var_os("HEDGEROW_BIN").map(PathBuf::from);
    let path = told.unwrap_or_else(beside_the_tests);
    assert!(
        path.is_file(),
        "{} is not there: run `cargo build -p hedgerow-cli`, or `cargo xtask test`, which does so itself",
        path.display()
    );
    path
});

/// The `hedgerow` to test: `HEDGEROW_BIN`, or the one in the target folder that this test was built in.
pub fn binary() -> &'static Path {
    &BINARY
}

/// `target/debug/hedgerow`, seen from `target/debug/deps/stories-…`.
fn beside_the_tests() -> PathBuf {
    let us = env::current_exe().expect("a running test knows its own path");
    let profile = us.parent().and_then(Path::parent).expect("tests are built in target/PROFILE/deps");
    profile.join(format!("hedgerow{}", env::consts::EXE_SUFFIX))
}

/// The folder of sample notes.
pub fn samples() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/samples"))
}
