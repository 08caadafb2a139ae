//! Writes the seeds of every decoder anew, as Hedgerow writes such bytes today: `cargo xtask fuzz --seeds`.

use std::path::Path;
use std::{fs, io};

use hedgerow_fuzz::DECODERS;

fn main() -> io::Result<()> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    if top.exists() {
        fs::remove_dir_all(&top)?;
    }
    for decoder in DECODERS {
        let folder = top.join(decoder.name);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in decoder.seeds() {
            fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}
