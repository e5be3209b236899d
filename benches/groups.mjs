// What `npm run bench` measures, group by group.
//
// A group is `{ name, title, reference, peers, workloads, table, notes, targets }`:
// - `peers`: `{ id, label }` and either `module` and `option`, for peers/*.mjs, or `native`, the
//   first argument of the native program; `only`, the names of the workloads that it takes part in,
//   where these are not all; `share`, how much of a workload it can bear.
// - `workloads`: by name, what workloads/<name of the group>.mjs is told to run. The first word of
//   the name is what `--only` selects. `inPairs`: it is told how many `pairs` to make. `ratios`: the
//   figures that are compared with those of the `reference`, which then runs right before each peer,
//   or, where the runs are `steady`, once for each seed.
// - `table(results)`, `notes(results)`: Markdown. `targets(results)`: see targets.mjs.
import { allocation } from "./groups/allocation.mjs";
import { compaction } from "./groups/compaction.mjs";
import { threads } from "./groups/threads.mjs";

export const groups = [allocation, compaction, threads];
