//! The allocation functions whose calls valgrind tells: their names in C and C++, and what is particular
//! to each.

use crate::trace::line::Expected;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Function {
    Malloc,
    Calloc,
    Realloc,
    Reallocf,
    Reallocarray,
    Memalign,
    AlignedAlloc,
    PosixMemalign,
    AlignedNew,
    Free,
}

impl Function {
    pub(super) fn of(name: &[u8]) -> Option<Self> {
        match name {
            b"malloc" | b"builtin_new" => Some(Self::Malloc),
            b"__builtin_new" | b"__builtin_vec_new" => Some(Self::Malloc),
            b"calloc" => Some(Self::Calloc),
            b"realloc" => Some(Self::Realloc),
            b"reallocf" => Some(Self::Reallocf),
            b"reallocarray" => Some(Self::Reallocarray),
            b"memalign" => Some(Self::Memalign),
            b"aligned_alloc" => Some(Self::AlignedAlloc),
            b"posix_memalign" => Some(Self::PosixMemalign),
            b"free" | b"cfree" | b"vfree" => Some(Self::Free),
            b"free_sized" | b"free_aligned_sized" => Some(Self::Free),
            b"__builtin_delete" | b"__builtin_vec_delete" => Some(Self::Free),
            _ if name.starts_with(b"_Zdl") || name.starts_with(b"_Zda") => Some(Self::Free),
            _ if !(name.starts_with(b"_Znw") || name.starts_with(b"_Zna")) => None,
            _ if name.windows(11).any(|part| part == b"align_val_t") => Some(Self::AlignedNew),
            _ => Some(Self::Malloc),
        }
    }

    /// How a call is written.
    pub(super) fn form(self) -> Expected {
        match self {
            Self::Malloc => "`malloc(size) = 0xPOINTER`",
            Self::Calloc => "`calloc(count,size) = 0xPOINTER`",
            Self::Realloc => "`realloc(0xPOINTER,size) = 0xPOINTER`",
            Self::Reallocf => "`reallocf(0xPOINTER,size) = 0xPOINTER`",
            Self::Reallocarray => "`reallocarray(0xPOINTER,count,size) = 0xPOINTER`",
            Self::Memalign | Self::AlignedAlloc | Self::PosixMemalign | Self::AlignedNew => {
                "`memalign(al alignment, size size) = 0xPOINTER`"
            }
            Self::Free => "`free(0xPOINTER)`",
        }
    }

    /// Whether the result is told twice, the second time on a line of its own.
    pub(super) fn repeats_result(self) -> bool {
        matches!(self, Self::Reallocf | Self::Reallocarray)
    }

    /// Whether valgrind itself may refuse the arguments, in some versions or on some systems.
    pub(super) fn may_be_refused(self) -> bool {
        self == Self::Memalign || self.is_refused_alone()
    }

    /// Whether versions in which ` = 0` ends another call do not know this function.
    pub(super) fn is_refused_alone(self) -> bool {
        matches!(self, Self::Reallocarray | Self::AlignedAlloc | Self::PosixMemalign)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::parse;
    use crate::trace::tests::{aligned, alloc, freed};

    #[test]
    fn reads_new_and_delete() {
        let trace = parse(
            "--7-- _Znwm(4) = 0x10\n\
             --7-- _ZdlPvm(0x10)\n\
             --7-- _ZnamRKSt9nothrow_t(16) = 0x20\n\
             --7-- _ZdaPv(0x20)\n\
             --7-- _ZnwmSt11align_val_t(size 128, al 64) = 0x40\n\
             --7-- _ZdlPvmSt11align_val_t(0x40, 128)\n",
        )
        .unwrap();
        let ops = [alloc(0, 4), freed(0), alloc(1, 16), freed(1), aligned(2, 128, 64), freed(2)];
        assert_eq!(trace.ops(), ops);
        let trace = parse(
            "--7-- __builtin_new(4) = 0x10\n--7-- __builtin_delete(0x10)\n\
             --7-- __builtin_vec_new(16) = 0x20\n--7-- __builtin_vec_delete(0x20)\n",
        )
        .unwrap();
        assert_eq!(trace.ops()[..], ops[..4]);
        let trace = parse("--7-- builtin_new(4) = 0x10\n--7-- vfree(0x10)\n").unwrap();
        assert_eq!(trace.ops()[..], ops[..2]);
    }
}
