//! What may go to another thread, and what several may have at once.

#![cfg(not(target_arch = "wasm32"))]

use twingate_memory::*;

/// Whether a type has a trait: what a type has itself comes before what every type is given.
macro_rules! is {
    ($type:ty: $marker:ident) => {{
        #[allow(dead_code)]
        trait Otherwise {
            const IS: bool = false;
        }
        impl<T: ?Sized> Otherwise for T {}
        struct Probe<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $marker> Probe<T> {
            const IS: bool = true;
        }
        <Probe<$type>>::IS
    }};
}

macro_rules! both {
    ($($type:ty),+ $(,)?) => {
        $(const _: () = assert!(is!($type: Send) && is!($type: Sync));)+
    };
}

both!(
    SharedManager,
    Waiting,
    BlockId,
    Error,
    UnknownName,
    Unit,
    PlacementKind,
    Order,
    Storage,
    Options,
    Step,
    Extent,
    Relocation,
    DefragmentReport,
    Left,
    Explanation,
    Stats,
    Snapshot,
    BlockSnapshot,
    FreeExtent,
);

#[cfg(feature = "trace")]
both!(
    trace::Trace,
    trace::TraceError,
    trace::TraceFormat,
    trace::Op,
    trace::Align,
    laboratory::ReplayOptions,
    laboratory::ReplayReport,
    laboratory::Sample,
    laboratory::SmallestCapacity,
    laboratory::Row,
    laboratory::View,
    laboratory::ColourBy,
    laboratory::Painter,
);

#[test]
fn a_manager_goes_to_another_thread_and_is_used_by_one_at_a_time() {
    const { assert!(is!(MemoryManager: Send) && !is!(MemoryManager: Sync)) };
    // It asks the caller's clock.
    const { assert!(!is!(DefragmentOptions<'_>: Send) && !is!(DefragmentOptions<'_>: Sync)) };
}

#[cfg(feature = "trace")]
#[test]
fn what_runs_a_trace_goes_to_another_thread_with_its_manager() {
    use laboratory::{CapacitySearch, Player, Replay};
    const { assert!(is!(Replay<&trace::Trace>: Send) && !is!(Replay<&trace::Trace>: Sync)) };
    const { assert!(is!(Player<&trace::Trace>: Send) && !is!(Player<&trace::Trace>: Sync)) };
    const { assert!(is!(CapacitySearch<&trace::Trace>: Send)) };
}
