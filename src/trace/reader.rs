//! Reads a trace in parts.
//!
//! What always holds: where a part ends makes no difference to what is read. No format is known before a line is
//! recognised; then the text is read from its beginning.

use std::{fmt, mem};

use super::format::Reader;
use super::line::{Cursor, Expected, Fault, Found, Line, Lines, Place};
use super::recorder::Recorder;
use super::{Trace, TraceError, TraceFormat, not_text};

const FORM: Expected = "a trace in rep, wee, android, heaptrack, valgrind, mtrace or ostep form";

/// A trace that is being read, and can stop and go on. Its text stays as it is meanwhile: `as_ref` gives the same each time.
///
/// ```
/// use twingate_memory::trace::{Trace, TraceReader};
///
/// let text = b"+24,+8,-0";
/// let mut reader = TraceReader::new(text, None);
/// while !reader.run(2).map_err(Clone::clone)? {
///     println!("{} of {} bytes", reader.position(), reader.length());
/// }
/// assert_eq!(reader.finish("two blocks")?, Trace::parse(text, None, "two blocks")?);
/// # Ok::<(), twingate_memory::trace::TraceError>(())
/// ```
pub struct TraceReader<T> {
    text: T,
    cursor: Cursor,
    stage: Stage,
}

#[allow(clippy::large_enum_variant)] // As of `Reader`.
enum Stage {
    /// Looking for the line that tells the format, if it was not given.
    Begin {
        given: Option<TraceFormat>,
        first: Option<Place>,
    },
    Read {
        format: TraceFormat,
        reader: Reader,
    },
    Whole {
        format: TraceFormat,
        log: Recorder,
    },
    Refused(TraceError),
}

impl<T: AsRef<[u8]>> TraceReader<T> {
    /// A reader before the first byte; the format is recognised when it is not given.
    pub fn new(text: T, format: Option<TraceFormat>) -> Self {
        let cursor = Cursor::new(text.as_ref());
        Self { text, cursor, stage: Stage::Begin { given: format, first: None } }
    }

    /// Length of the text in bytes.
    pub fn length(&self) -> usize {
        self.text.as_ref().len()
    }

    /// How many bytes were read: 0 while the format is being recognised, for which the first line that is not blank
    /// is enough as a rule; at last the length. It never decreases.
    pub fn position(&self) -> usize {
        match self.stage {
            Stage::Begin { .. } => 0,
            _ => self.cursor.position(),
        }
    }

    /// Looks at so many more bytes, or at those that are left; returns whether the trace is whole. A line is read
    /// once its end is found, and then in one go; in `wee` and `ostep` so is an item of it.
    ///
    /// # Errors
    /// As [`Trace::parse`], but for the memory for the name; from then on the same each time.
    pub fn run(&mut self, max_bytes: usize) -> Result<bool, &TraceError> {
        let mut bytes = max_bytes;
        while bytes > 0 && matches!(self.stage, Stage::Begin { .. } | Stage::Read { .. }) {
            self.go_on(&mut bytes).unwrap_or_else(|error| self.stage = Stage::Refused(error));
        }
        match &self.stage {
            Stage::Begin { .. } | Stage::Read { .. } => Ok(false),
            Stage::Whole { .. } => Ok(true),
            Stage::Refused(error) => Err(error),
        }
    }

    /// Reads what is left, and names the trace.
    ///
    /// # Errors
    /// As [`Trace::parse`].
    pub fn finish(mut self, name: &str) -> Result<Trace, TraceError> {
        loop {
            match self.stage {
                Stage::Whole { format, log } => {
                    let end = Lines::from(self.text.as_ref(), self.cursor).end();
                    return log.finish(name, format).map_err(|what| end.expected(what));
                }
                Stage::Refused(error) => return Err(error),
                Stage::Begin { .. } | Stage::Read { .. } => _ = self.run(usize::MAX),
            }
        }
    }

    /// Goes on until the bytes are used up or there is another stage.
    fn go_on(&mut self, bytes: &mut usize) -> Result<(), TraceError> {
        let mut lines = Lines::from(self.text.as_ref(), self.cursor);
        let next = match &mut self.stage {
            Stage::Begin { given, first } => begin(&mut lines, *given, first, bytes),
            Stage::Read { format, reader } => read(&mut lines, *format, reader, bytes),
            Stage::Whole { .. } | Stage::Refused(_) => Ok(None),
        };
        self.cursor = lines.cursor();
        if let Some(stage) = next? {
            self.stage = stage;
        }
        Ok(())
    }
}

/// How far it is: the text may have gigabytes.
impl<T: AsRef<[u8]>> fmt::Debug for TraceReader<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceReader")
            .field("position", &self.position())
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}

fn begin(
    lines: &mut Lines,
    given: Option<TraceFormat>,
    first: &mut Option<Place>,
    bytes: &mut usize,
) -> Result<Option<Stage>, TraceError> {
    while *bytes > 0 {
        let format = match lines.find(false, bytes) {
            Found::Nothing => continue,
            Found::Line(line) => {
                if first.is_none() {
                    not_text::refuse(lines.text(), line)?;
                    *first = Some(line.place());
                }
                given.or_else(|| TraceFormat::of(line.text))
            }
            Found::End if given.is_some() => given,
            Found::End => return Err(line_at(*first, lines).expected(FORM)),
        };
        if let Some(format) = format {
            let reader = format.reader(line_at(*first, lines).text);
            *lines = Lines::new(lines.text());
            return Ok(Some(Stage::Read { format, reader }));
        }
    }
    Ok(None)
}

fn read(
    lines: &mut Lines,
    format: TraceFormat,
    reader: &mut Reader,
    bytes: &mut usize,
) -> Result<Option<Stage>, TraceError> {
    let items = reader.takes_items();
    while *bytes > 0 {
        match lines.find(items, bytes) {
            Found::Nothing => {}
            Found::Line(line) => reader.read(line).map_err(|fault| error(fault, line, lines))?,
            Found::End => {
                reader.end().map_err(|fault| error(fault, lines.end(), lines))?;
                return Ok(Some(Stage::Whole { format, log: mem::take(reader.log()) }));
            }
        }
    }
    Ok(None)
}

/// An earlier line, or the end where there is none.
fn line_at<'a>(place: Option<Place>, lines: &Lines<'a>) -> Line<'a> {
    place.map_or_else(|| lines.end(), |place| lines.at(place))
}

fn error(Fault { earlier, expected }: Fault, line: Line, lines: &Lines) -> TraceError {
    earlier.map_or(line, |place| lines.at(place)).expected(expected)
}
