//! Writes what each corpus begins with into the folder that is named.

#[path = "../tests/forms/mod.rs"]
mod forms;
#[path = "../tests/model/mod.rs"]
mod model;
#[path = "../tests/saves/mod.rs"]
mod saves;

use std::io::{Error, Result};
use std::path::PathBuf;

/// Programs and traces; of saves there is one for each placement and storage.
const SEEDS: u32 = 40;

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).ok_or_else(|| Error::other("name a folder"))?;
    let folder = PathBuf::from(folder);
    let put = |target: &str, seed: u32, bytes: &[u8]| {
        std::fs::create_dir_all(folder.join(target))?;
        std::fs::write(folder.join(target).join(format!("seed-{seed}")), bytes)
    };
    for (seed, options) in (1..).zip(saves::all_options()) {
        let saved = saves::busy(options, 50, seed).save().map_err(Error::other)?;
        put("load", seed, &saved[5..saved.len() - 8])?;
    }
    for seed in 1..=SEEDS {
        let mut next = model::random(seed);
        let bytes: Vec<u8> = (0..400).map(|_| (next() >> 5) as u8).collect();
        put("operations", seed, &bytes)?;
        for form in forms::FORMS {
            let trace = model::random_trace(seed, 30, 40, form.resizes);
            put(form.format.name(), seed, (form.write)(trace.ops()).as_bytes())?;
        }
    }
    Ok(())
}
