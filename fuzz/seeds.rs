//! Writes bodies of saves into the folder that is named, one for each placement and storage.

#[path = "../tests/saves/mod.rs"]
#[allow(dead_code)]
mod saves;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| String::from("."));
    std::fs::create_dir_all(&folder)?;
    for (seed, options) in (1..).zip(saves::all_options()) {
        let saved = saves::busy(options, 50, seed).save().map_err(std::io::Error::other)?;
        std::fs::write(format!("{folder}/seed-{seed}"), &saved[5..saved.len() - 8])?;
    }
    Ok(())
}
