/** The longest interval that Node.js has: the timer is there and never does anything. */
const NEVER_MS = 2_147_483_647;

/** Keeps the process alive while it has work: a worker process may have no socket that would. */
export class KeepAlive {
  private timer: NodeJS.Timeout | undefined;

  start(): void {
    this.timer ??= setInterval(() => undefined, NEVER_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
