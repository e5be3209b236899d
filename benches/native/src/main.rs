//! One run of one workload with one native peer: `native-bench PEER KIND ARENA BLOCKS PAIRS WARM-UP
//! SEED`. Prints what the workload reports as JSON, as `../run.mjs` does.

mod peers;
mod random;
mod workloads;

use peers::{Offset, Peer, Rlsf, Twingate};
use random::Random;
use std::env;
use twingate_memory::PlacementKind;
use workloads::{Checksum, Figures, churn, recover, refill};

struct Run {
    kind: String,
    arena: u32,
    blocks: u32,
    pairs: u32,
    warm_up: u32,
    seed: u32,
}

fn main() {
    let mut words = env::args().skip(1);
    let mut word = || words.next().expect("PEER KIND ARENA BLOCKS PAIRS WARM-UP SEED");
    let (peer, kind) = (word(), word());
    let mut number = || word().parse().expect("a number");
    let [arena, blocks, pairs, warm_up, seed] = [(); 5].map(|()| number());
    let run = Run { kind, arena, blocks, pairs, warm_up, seed };
    match peer.as_str() {
        "offset-allocator" => measure(run, Offset::new),
        "rlsf" => measure(run, Rlsf::new),
        name => {
            let placement = PlacementKind::ALL.into_iter().find(|kind| kind.name() == name);
            let placement = placement.expect("a peer or a placement");
            measure(run, |arena| Twingate::new(arena, placement));
        }
    }
}

fn measure<P: Peer>(run: Run, open: impl Fn(u32) -> P) {
    let peer = &mut open(run.arena);
    let random = Random::new(run.seed);
    let (figures, checksum) = match run.kind.as_str() {
        "refill" => refill(peer, run.arena, random),
        "recover" => recover(peer, run.arena, random),
        _ => {
            let warm = &mut open(run.arena);
            churn(warm, run.blocks, run.warm_up, Random::new(run.seed + 1000));
            churn(peer, run.blocks, run.pairs, random)
        }
    };
    print(figures, checksum);
}

fn print(figures: Figures, Checksum(checksum): Checksum) {
    let figures = match figures {
        Figures::Churn { nanoseconds, failures } => {
            format!(r#""nanoseconds":{nanoseconds},"failures":{failures}"#)
        }
        Figures::Refill { util1, util2, counts } => {
            format!(r#""util1":{util1},"util2":{util2},"counts":{counts:?}"#)
        }
        Figures::Recover { recov64k, counts } => {
            format!(r#""recov64K":{recov64k},"counts":{counts:?}"#)
        }
    };
    println!("{{{figures},\"checksum\":{checksum}}}");
}
