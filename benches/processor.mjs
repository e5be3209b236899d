// Time that the processor spent on this process, in milliseconds, to the microsecond. On a machine
// that others use too it says more than the clock on the wall.

/** For a call that does all of its work before it returns. */
export function processorTime(call) {
  const begin = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1_000;
}
