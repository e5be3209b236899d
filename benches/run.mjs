// One run of one workload with one peer, in a process of its own: node run.mjs '{"group":…}'.
// Prints what the workload reports as JSON.

const { group, module, option, workload, ...settings } = JSON.parse(process.argv[2]);
const [{ measure }, { open }] = await Promise.all([import(`./workloads/${group}.mjs`), import(module)]);
console.log(JSON.stringify(await measure((arena, needs) => open(arena, option, needs), workload, settings)));
