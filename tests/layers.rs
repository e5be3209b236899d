//! The layers of the core: a module knows only those below it, and none of them JavaScript.
//!
//! A name from the crate's root counts as the module that `lib.rs` takes it from.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// From the top down; modules on one line do not know each other.
const LAYERS: &[&[&str]] = &[
    &["bindings"],
    &["laboratory", "sync"],
    &["trace"],
    &["manager"],
    &["compaction", "explanation", "snapshot", "stats"],
    &["books"],
    &["placement"],
    &["buffer", "byte_form", "extent_table", "registry", "tree"],
    &["entry", "trees"],
    &["fallible"],
    &["error"],
    &["block_id", "counts", "extent", "placement_kind", "promise", "shared_bytes", "unit"],
    &["named"],
];

#[test]
fn a_module_knows_only_those_below_it() {
    let owners = owners();
    let mut wrong = Vec::new();
    for file in rust_files(Path::new("src")) {
        let module = module_of(&file);
        if module == "lib" {
            continue;
        }
        for used in crate_names(&code_of(&file)) {
            let used = owners.get(&used).unwrap_or(&used);
            if *used != module && layer(used) <= layer(&module) {
                wrong.push(format!("{} knows {used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_bindings_know_javascript() {
    for file in rust_files(Path::new("src")).filter(|file| module_of(file) != "bindings") {
        let code = code_of(&file);
        for word in ["wasm_bindgen", "js_sys", "JsValue", "serde"] {
            assert!(!code.contains(word), "{} knows {word}", file.display());
        }
    }
}

#[test]
fn nothing_below_the_manager_knows_the_buffer_but_what_moves_bytes() {
    for file in rust_files(Path::new("src/placement")).chain(rust_files(Path::new("src/books.rs")))
    {
        assert!(!crate_names(&code_of(&file)).contains(&"buffer".into()), "{}", file.display());
    }
}

fn layer(module: &str) -> usize {
    let found = LAYERS.iter().position(|modules| modules.contains(&module));
    found.unwrap_or_else(|| panic!("{module} has no layer"))
}

fn rust_files(folder: &Path) -> Box<dyn Iterator<Item = PathBuf>> {
    if folder.is_file() {
        return Box::new(std::iter::once(folder.into()));
    }
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let wanted = |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|e| e == "rs");
    Box::new(entries.filter(wanted).flat_map(|path| rust_files(&path)))
}

/// `src/placement/tlsf.rs` belongs to `placement`.
fn module_of(file: &Path) -> String {
    let path = file.with_extension("");
    path.iter().nth(1).unwrap().to_string_lossy().into()
}

/// The file without its comments and its tests.
fn code_of(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap();
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// The first names after `crate::`, in braces too.
fn crate_names(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for after in code.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            None => names.push(identifier(after)),
            Some(list) => {
                let list = list.split_once('}').unwrap().0;
                names.extend(list.split(',').map(|name| identifier(name.trim())));
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Which module a name of the crate's root comes from.
fn owners() -> BTreeMap<String, String> {
    let root = fs::read_to_string("src/lib.rs").unwrap();
    let mut owners = BTreeMap::new();
    for line in root.split("pub use ").skip(1) {
        let (path, _) = line.split_once(';').unwrap();
        let (module, names) = path.split_once("::").unwrap();
        for name in names.trim_matches(['{', '}']).split(',') {
            owners.insert(name.trim().trim_matches(['{', '}']).to_string(), module.to_string());
        }
    }
    owners
}
