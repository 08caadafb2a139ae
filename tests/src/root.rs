//! What only root may do here, and what happens to a story where we are not root.

use std::env;

/// Whether we may do what needs root on Linux. Where we may not the story fails and says so, unless `HEDGEROW_NO_ROOT` is
/// set outside CI: then the answer is no, and the story is left out.
pub(crate) fn is_here(what: &str) -> bool {
    if cfg!(target_os = "linux") && rustix::process::getuid().is_root() {
        return true;
    }
    let may_leave_out = env::var_os("HEDGEROW_NO_ROOT").is_some() && env::var_os("CI").is_none();
    assert!(may_leave_out, "{what}: needs root on Linux; HEDGEROW_NO_ROOT=1 leaves such stories out");
    eprintln!("left out: HEDGEROW_NO_ROOT is set, and this needs {what}");
    false
}
