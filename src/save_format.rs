//! The form of a save, version 1, for programs that read or write one without this crate.
//!
//! This module has only documentation. [`MemoryManager::save`](crate::MemoryManager::save) and
//! [`SharedManager::save`](crate::SharedManager::save) write this form; `load` of each reads it, and
//! refuses whatever contradicts itself.
//!
//! # Numbers and lists
//!
//! - A *number* is unsigned and stored seven bits to a byte, the lowest first; the highest bit of a byte is
//!   set if another byte follows (LEB128).
//! - A *place* is the number of an extent, counted from 0 by ascending address.
//! - A *list of places* has one number for each place: twice the folded difference between the place and
//!   the one after the place before it in the list (for the first: 0), plus 1 if the extent descends. Folded,
//!   0, -1, 1, -2 … are 0, 1, 2, 3 ….
//!
//! # A manager
//!
//! One after the other:
//!
//! 1. `TwgM`, in 4 bytes.
//! 2. One byte each: the version, 1; the unit, by its place in [`Unit::ALL`](crate::Unit::ALL), from 0
//!    (`char`) to 10 (`f64`); the placement, by its place in
//!    [`PlacementKind::ALL`](crate::PlacementKind::ALL) (`lifo` 0, `contiguous-first` 1, `address-ordered` 2,
//!    `first-fit` 3, `next-fit` 4, `best-fit` 5, `worst-fit` 6, `buddy` 7, `tlsf` 8); the flags, the sum of 1
//!    for external storage, 2 for compaction on demand, and 4 if a block was ever aligned.
//! 3. The capacity, a number.
//! 4. Totals, 6 numbers of at most 63 bits: allocations, frees, failures, units moved, resizes, changes of pins.
//! 5. IDs, 2 numbers: the least that has not been handed out, and how many slots there are: 0, or a power of
//!    two. A block with ID `id` has slot `id mod slots`; no two blocks have the same.
//! 6. Extents: how many, and the length of each by ascending address, as numbers.
//! 7. Blocks: how many, and for each by ascending ID:
//!    - a number, the difference to the ID before it (for the first: to 0);
//!    - one byte, twice the binary logarithm of its alignment, plus 1 if it is pinned;
//!    - 3 numbers: units written, units beyond those asked for, and extents;
//!    - the list of the places of its extents, in block order.
//! 8. What the placement remembers: the end of the last allocation of `next-fit`, otherwise 0; then how many
//!    free extents are in an order of their own, and the list of their places. These are the stack of `lifo`
//!    and `contiguous-first`, from the top down and without the tail, or the lists of `tlsf` and `buddy`,
//!    class by class. Other placements have none. An extent on the stack has the direction in which its units
//!    were pushed: they are taken from its other end.
//! 9. Moves that [`take_relocations`](crate::MemoryManager::take_relocations) has not returned yet: how many,
//!    and for each 4 numbers, the ID, from, to, and the length.
//! 10. Values: for each block by ascending ID the units written, in block order, little-endian. None with
//!     external storage.
//! 11. Padding: how many zeros follow, and these zeros.
//! 12. A checksum: XXH64 of everything before it, with seed 0, in 8 bytes, little-endian.
//!
//! The padding makes a save at least as long as the memory that it describes justifies: one byte for each 256
//! bytes, beyond the first MiB, of the buffer and of the slots, which take 37 bytes each. So loading bytes
//! from anywhere takes memory in proportion to their number.
//!
//! # A manager for several threads
//!
//! 1. `TwgS`, in 4 bytes; one byte, the version, 1.
//! 2. The length of the head in bytes, a number.
//! 3. The head, all of it numbers: how many parts there are besides part 0, and for each the least ID
//!    that it has not handed out; how many blocks have come to part 0 from others, and for each, by
//!    ascending ID in part 0, that ID and the public one. The public ID of a block is 16 times its ID
//!    in the part that made it, plus the number of that part.
//! 4. A checksum of all this: XXH64 with seed 0, in 8 bytes, little-endian.
//! 5. The save of part 0, to which all units and blocks have been brought, as of a manager. Only the moves
//!    not told yet have public IDs.
