//! A text read in parts, and what always holds meanwhile: the position never goes back and ends at the length, and what
//! is refused stays refused.

use twingate_memory::trace::{Trace, TraceError, TraceFormat, TraceReader};

/// The trace, or why there is none; `size` is asked for the length of each part.
pub fn in_parts(
    text: &[u8],
    format: Option<TraceFormat>,
    mut size: impl FnMut() -> usize,
) -> Result<Trace, TraceError> {
    let mut reader = TraceReader::new(text, format);
    assert_eq!((reader.position(), reader.length()), (0, text.len()));
    loop {
        let before = reader.position();
        let ended = reader.run(size()).map_err(Clone::clone);
        let after = reader.position();
        assert!(before <= after && after <= text.len(), "from {before} to {after}");
        match ended {
            Ok(false) => continue,
            Ok(true) => assert_eq!(after, text.len()),
            Err(_) => {}
        }
        for again in [1, usize::MAX] {
            assert_eq!(reader.run(again).map_err(Clone::clone), ended);
            assert_eq!(reader.position(), after);
        }
        return reader.finish("");
    }
}
