//! Any bytes as a program for the manager and for the model, which have to agree.
//!
//! With `SHOW` set, the operations of an input are printed as they are run.
#![no_main]

#[path = "../compared.rs"]
mod compared;
#[path = "../../tests/model/mod.rs"]
mod model;

use model::Program;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    compared::add(Program::new(bytes).run(std::env::var_os("SHOW").is_some()));
});
