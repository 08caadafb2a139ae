//! Real notes and editing traces, where somebody has them.

use std::{env, fs::File, io::Read, path::Path, path::PathBuf};

/// The folder or file `name` of the corpus that `HEDGEROW_CORPUS` names. None, and a line that says so, where that is
/// not set; a corpus that lacks `name` is a failure.
pub fn corpus(name: &str) -> Option<PathBuf> {
    let Some(folder) = env::var_os("HEDGEROW_CORPUS") else {
        eprintln!("left out: HEDGEROW_CORPUS is not set, and this needs {name} of it");
        return None;
    };
    let path = PathBuf::from(folder).join(name);
    assert!(path.exists(), "HEDGEROW_CORPUS has no {name}: {} is not there", path.display());
    Some(path)
}

/// The bytes of a gzip file.
pub fn unpacked(path: &Path) -> Vec<u8> {
    let file = File::open(path).unwrap_or_else(|problem| panic!("cannot open {}: {problem}", path.display()));
    let mut bytes = Vec::new();
    let read = flate2::read::GzDecoder::new(file).read_to_end(&mut bytes);
    read.unwrap_or_else(|problem| panic!("{} is not gzip: {problem}", path.display()));
    bytes
}
