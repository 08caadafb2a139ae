//! The compilers for Android: one of Rust, and one of C for the crates that have parts in it.

use super::debian::Unpacked;
use crate::command::{cargo, command, printed, that_cargo, works};
use std::{env, path::Path, process::Command};

/// The phones of today.
const TARGET: &str = "aarch64-linux-android";

/// How build scripts are told of a compiler of C for that target.
const CC: &str = "CC_aarch64_linux_android";
const AR: &str = "AR_aarch64_linux_android";
const CFLAGS: &str = "CFLAGS_aarch64_linux_android";

/// A compiler of C for the same processor. What it makes is never linked, so that it may be one for another system.
const GCC: &str = "aarch64-linux-gnu-gcc";

/// What Debian calls Rust's compiler and Cargo, new enough for us, and the source of the standard library, which it has
/// not compiled for Android.
const RUST_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
/// What Debian calls that compiler of C, and the headers that it reads.
const C_PACKAGES: [&str; 2] = ["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"];

/// What to do where Debian's packages cannot be had.
const BY_HAND: &str = "run `rustup target add aarch64-linux-android`, install Android's NDK, and let \
    CC_aarch64_linux_android name its clang for that target";

/// Both.
pub(super) struct Compilers {
    rust: Rust,
    /// `None` where build scripts were told by whoever started us.
    c: Option<String>,
    debians: Unpacked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rust {
    /// That which compiles us, with the standard library for Android beside it.
    Ours,
    /// Debian's, which compiles the standard library first.
    Debians,
}

impl Compilers {
    /// Those that are here; Debian's are fetched and unpacked, in a folder of this checkout, if there are none.
    pub(super) fn ready() -> Result<Compilers, String> {
        let debians = Unpacked::of_this_checkout();
        let missing = missing(rust(&debians).is_some(), c(&debians).is_some());
        if !missing.is_empty() {
            eprintln!("fetching {} from Debian, into {}", missing.join(", "), debians.folder().display());
            debians.add(&missing).map_err(|problem| format!("{problem}; instead, {BY_HAND}"))?;
        }
        let does_not_start = |what: &str| format!("Debian's compiler of {what} does not start here; {BY_HAND}");
        let rust = rust(&debians).ok_or_else(|| does_not_start("Rust"))?;
        let c = c(&debians).ok_or_else(|| does_not_start("C"))?;
        Ok(Compilers { rust, c: Some(c).filter(|_| env::var_os(CC).is_none()), debians })
    }

    /// What checks the app, as Android would load it, in `folder`. Its flags need a nightly compiler, or to be told that
    /// ours will do; so does the standard library.
    pub(super) fn check(&self, folder: &Path) -> Command {
        let arguments = ["check", "--locked", "--package", "hedgerow-shell", "--lib", "--target", TARGET];
        let mut check = match self.rust {
            Rust::Ours => cargo(&arguments),
            Rust::Debians => debians_cargo(&self.debians, &arguments),
        };
        // None of it runs but build scripts and macros, which are not worth the time that makes them fast.
        check.args(["--config", "profile.dev.package.\"*\".opt-level=0"]);
        // Code that is used on desktops alone is seen by a warning, here and nowhere else.
        check.args(["-Zwarnings", "--config", "build.warnings=\"deny\""]);
        check.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", folder);
        self.debians.lend_libraries(&mut check);
        if let Some(c) = &self.c {
            // The headers of Linux show only to who asks what those of Android show to everybody.
            check.env(CC, c).env(AR, archiver(c)).env(CFLAGS, "-D_GNU_SOURCE");
        }
        check
    }
}

/// Debian's Cargo with its compiler, which compile the standard library first.
fn debians_cargo(debians: &Unpacked, arguments: &[&str]) -> Command {
    let mut cargo = that_cargo(&debians.program("cargo"), arguments);
    cargo.arg("-Zbuild-std=std");
    cargo.env("RUSTC", debians.program("rustc")).env("RUSTDOC", debians.program("rustdoc"));
    cargo
}

/// The packages to fetch.
fn missing(has_rust: bool, has_c: bool) -> Vec<&'static str> {
    let rust = RUST_PACKAGES.iter().filter(|_| !has_rust);
    rust.chain(C_PACKAGES.iter().filter(|_| !has_c)).copied().collect()
}

fn rust(debians: &Unpacked) -> Option<Rust> {
    if is_ours_for_android() {
        return Some(Rust::Ours);
    }
    let library = debians.path("usr/lib/rustlib/src/rust/library/std/src/lib.rs");
    let starts = |program: &str| works(debians.command(&debians.program(program), &["--version"]));
    (library.is_file() && starts("rustc") && starts("cargo")).then_some(Rust::Debians)
}

/// Whether the standard library for Android lies beside the compiler that compiles us.
fn is_ours_for_android() -> bool {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let folder = printed(command(&rustc, &["--print", "target-libdir", "--target", TARGET]));
    folder.is_ok_and(|folder| Path::new(&folder).is_dir())
}

/// The compiler of C that was named by whoever started us, or is on this machine, or was unpacked.
fn c(debians: &Unpacked) -> Option<String> {
    let unpacked = debians.program(GCC).display().to_string();
    let mut known = env::var(CC).into_iter().chain([GCC.to_owned(), unpacked]);
    known.find(|program| reads_headers(debians.command(Path::new(program), &[])))
}

/// Whether a compiler of C starts, and has the headers that every program asks for.
fn reads_headers(mut compiler: Command) -> bool {
    compiler.args(["-fsyntax-only", "-include", "stdlib.h", "-x", "c", "/dev/null"]);
    works(compiler)
}

/// What packs what `compiler` made: it lies beside it, and is named as it is.
fn archiver(compiler: &str) -> String {
    compiler.strip_suffix("gcc").map_or_else(|| "ar".to_owned(), |beginning| format!("{beginning}ar"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_here_is_not_fetched() {
        assert!(missing(true, true).is_empty());
        assert_eq!(missing(true, false), C_PACKAGES);
        assert_eq!(missing(false, true), RUST_PACKAGES);
        assert_eq!(missing(false, false).len(), 5);
    }

    #[test]
    fn the_archiver_is_that_of_the_compiler() {
        assert_eq!(archiver("aarch64-linux-gnu-gcc"), "aarch64-linux-gnu-ar");
        assert_eq!(archiver("/opt/bin/aarch64-linux-gnu-gcc"), "/opt/bin/aarch64-linux-gnu-ar");
    }

    #[test]
    fn a_program_that_is_no_compiler_reads_no_headers() {
        assert!(!reads_headers(command("false", &[])));
        assert!(!reads_headers(command("no-such-compiler", &[])));
    }
}
