//! Every decoder, on all bytes that were kept: seeds, what fuzzing found to be worth keeping, and what once broke it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hedgerow_fuzz::{DECODERS, Decoder, Verdict, begin};

/// The longest that one input takes, with other tests beside.
const PATIENCE: Duration = Duration::from_secs(20);

fn files(folder: &str, decoder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(decoder);
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder can be read").path()).collect();
    files.sort();
    files
}

fn judge(decoder: &Decoder, file: &Path) -> Verdict {
    let bytes = fs::read(file).expect("a file can be read");
    // A fault ends the program: the last line tells with what. Straight to the terminal, or it would be lost.
    let _ = writeln!(std::io::stderr(), "{}", file.display());
    let began = Instant::now();
    let verdict = decoder.judge(&bytes);
    let took = began.elapsed();
    assert!(took < PATIENCE, "{} took {took:?}", file.display());
    verdict
}

fn replay(name: &str) {
    begin();
    let decoder = Decoder::named(name).expect("it is in the list");
    decoder.judge(&[]);
    for (seed, bytes) in decoder.seeds() {
        assert_eq!(decoder.judge(&bytes), Verdict::Taken, "the seed {seed} does not say what it should");
    }
    let seeds = files("seeds", name);
    assert!(!seeds.is_empty(), "seeds/{name} is empty; run `cargo xtask fuzz --seeds`");
    for file in &seeds {
        let fresh = judge(decoder, file) == Verdict::Taken;
        assert!(fresh, "{} is of an older format; run `cargo xtask fuzz --seeds`", file.display());
    }
    let kept = [files("corpus", name), files("crashes", name)].concat();
    kept.iter().for_each(|file| {
        judge(decoder, file);
    });
    println!("shows P6: {} inputs for {name}", seeds.len() + kept.len());
}

macro_rules! decoders {
    ($($name:ident),*) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name));
            }
        )*

        #[test]
        fn every_decoder_is_replayed() {
            let listed: Vec<&str> = DECODERS.iter().map(|decoder| decoder.name).collect();
            assert_eq!(listed, [$(stringify!($name)),*]);
        }
    };
}

decoders!(
    addresses,
    admission,
    changes,
    checkpoints,
    comparisons,
    frames,
    front_matter,
    invitations,
    joining,
    key_box,
    key_records,
    manifests,
    markdown,
    messages,
    operations,
    payloads,
    plain_text,
    records,
    requests,
    rows,
    sessions,
    store_rows
);

#[test]
fn every_decoder_has_a_target_and_every_folder_a_decoder() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(top.join("Cargo.toml")).expect("it is there");
    for Decoder { name, .. } in DECODERS {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} has no target");
        let target = fs::read_to_string(top.join("fuzz_targets").join(format!("{name}.rs"))).expect("it is there");
        assert!(target.contains(&format!("target!(\"{name}\")")), "the target of {name} runs another one");
    }
    for folder in ["seeds", "corpus", "crashes"] {
        for entry in fs::read_dir(top.join(folder)).into_iter().flatten() {
            let name = entry.expect("a folder can be read").file_name();
            assert!(Decoder::named(&name.to_string_lossy()).is_some(), "{folder}/{name:?} belongs to no decoder");
        }
    }
}

#[test]
fn seeds_are_the_same_every_time() {
    for decoder in DECODERS {
        assert_eq!(decoder.seeds(), decoder.seeds(), "{}", decoder.name);
    }
}
