//! Loading any bytes: as they are, and as the body of a save whose checksum is right.
#![no_main]

#[path = "../../tests/saves/mod.rs"]
#[allow(dead_code)]
mod saves;

use libfuzzer_sys::fuzz_target;
use twingate_memory::MemoryManager;

fuzz_target!(|bytes: &[u8]| {
    // A checksum is not met by chance, so that this never gets far.
    assert!(MemoryManager::load(bytes).is_err());
    let whole = [b"TwgM\x01", bytes, &[0; 8]].concat();
    if let Ok(memory) = MemoryManager::load(&saves::signed(whole)) {
        saves::audit(memory);
    }
});
