//! Refuses what is not text, since a reader that skips lines of other kinds might find operations in
//! it.

use super::TraceError;
use super::line::{Expected, Line};

/// How compressed files begin, and what was expected instead.
const COMPRESSED: [(&[u8], Expected); 6] = [
    (b"\x1F\x8B", "text, and this is compressed by gzip: decompress it first"),
    (b"\x28\xB5\x2F\xFD", "text, and this is compressed by zstd: decompress it first"),
    (b"\xFD7zXZ", "text, and this is compressed by xz: decompress it first"),
    (b"\x04\x22\x4D\x18", "text, and this is compressed by lz4: decompress it first"),
    (b"PK\x03\x04", "text, and this is a zip archive: unpack it first"),
    (b"BZh", "text, and this is compressed by bzip2: decompress it first"),
];

const WIDE: Expected =
    "text in UTF-8 or ASCII, and this has zero bytes, as UTF-16 has: convert it first";

/// Refuses what cannot be a trace in any format, by its first line that is not blank.
pub(super) fn refuse(text: &[u8], first: Line) -> Result<(), TraceError> {
    if let Some((_, what)) = COMPRESSED.iter().find(|(begin, _)| text.starts_with(begin)) {
        return Err(first.expected(*what));
    }
    if first.text.contains(&0) { Err(first.expected(WIDE)) } else { Ok(()) }
}
