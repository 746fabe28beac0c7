const MEGABYTE = 1_048_576;

/** What this process holds now. The heap is counted after a collection where Node.js was started with `--expose-gc`. */
export function countResources(): Record<string, number> {
  globalThis.gc?.();
  const active = process.getActiveResourcesInfo();
  const count = (name: string) => active.filter((one) => one === name).length;
  return {
    sockets: count('TCPSocketWrap'),
    timers: count('Timeout'),
    heapMegabytes: Math.round(process.memoryUsage().heapUsed / MEGABYTE),
  };
}
