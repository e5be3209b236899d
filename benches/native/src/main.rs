//! One run of one workload with one native peer: `native-bench PEER KIND ARENA BLOCKS PAIRS WARM-UP RUNS
//! MOST-RUNS SPREAD-MILLISECONDS SEED`. Prints what the workload reports as JSON, as `../run.mjs` does.

mod peers;
mod random;
mod workloads;

use peers::{Offset, Peer, Rlsf, Twingate};
use random::Random;
use std::env;
use workloads::{Checksum, Churned, Figures, churn, recover, refill};

const ARGUMENTS: &str =
    "PEER KIND ARENA BLOCKS PAIRS WARM-UP RUNS MOST-RUNS SPREAD-MILLISECONDS SEED";

struct Run {
    kind: String,
    arena: u32,
    blocks: u32,
    pairs: u32,
    warm_up: u32,
    runs: u32,
    most_runs: u32,
    spread_milliseconds: u32,
    seed: u32,
}

fn main() {
    let mut words = env::args().skip(1);
    let mut word = || words.next().expect(ARGUMENTS);
    let (peer, kind) = (word(), word());
    let mut number = || word().parse().expect("a number");
    let [arena, blocks, pairs, warm_up] = [(); 4].map(|()| number());
    let [runs, most_runs, spread_milliseconds, seed] = [(); 4].map(|()| number());
    let run =
        Run { kind, arena, blocks, pairs, warm_up, runs, most_runs, spread_milliseconds, seed };
    match peer.as_str() {
        "offset-allocator" => measure(run, Offset::new),
        "rlsf" => measure(run, Rlsf::new),
        name => {
            let placement = name.parse().expect("a peer or a placement");
            measure(run, |arena| Twingate::new(arena, placement));
        }
    }
}

fn measure<P: Peer>(run: Run, open: impl Fn(u32) -> P) {
    let random = Random::new(run.seed);
    let (figures, checksum) = match run.kind.as_str() {
        "refill" => refill(&mut open(run.arena), run.arena, random),
        "recover" => recover(&mut open(run.arena), run.arena, random),
        _ => churn_often(run, open),
    };
    print(figures, checksum);
}

/// As often as `../../workloads/allocation.mjs` does, with the least time of each part.
fn churn_often<P: Peer>(run: Run, open: impl Fn(u32) -> P) -> (Figures, Checksum) {
    let Run { arena, blocks, pairs, warm_up, seed, .. } = run;
    churn(&mut open(arena), blocks, warm_up, Random::new(seed + 1000));
    let once = || churn(&mut open(arena), blocks, pairs, Random::new(seed));
    let Churned { mut times, failures, checksum } = once();
    let mut spread: f64 = times.iter().sum();
    let long = f64::from(run.spread_milliseconds) * 1e6;
    let mut done = 1;
    while done < run.runs || (spread < long && done < run.most_runs) {
        for (least, time) in times.iter_mut().zip(once().times) {
            *least = least.min(time);
            spread += time;
        }
        done += 1;
    }
    let nanoseconds = times.iter().sum::<f64>() / f64::from(pairs);
    (Figures::Churn { nanoseconds, failures }, checksum)
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
