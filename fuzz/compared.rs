//! How many operations were compared, which the process tells at its end.

use std::ffi::c_int;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

static OPERATIONS: AtomicU64 = AtomicU64::new(0);
static TOLD_AT_EXIT: Once = Once::new();

unsafe extern "C" {
    safe fn atexit(callback: extern "C" fn()) -> c_int;
}

extern "C" fn tell() {
    eprintln!("Compared {} operations", OPERATIONS.load(Ordering::Relaxed));
}

pub fn add(operations: u64) {
    TOLD_AT_EXIT.call_once(|| assert_eq!(atexit(tell), 0));
    OPERATIONS.fetch_add(operations, Ordering::Relaxed);
}
