/**
 * Does nothing for so many milliseconds, and lets nothing else be done: no
 * timer, no socket, no promise of this thread. As a long computation would.
 */
export function blockEventLoop(durationMs: number): void {
  const nobodyRings = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(nobodyRings, 0, 0, durationMs);
}
