import { type OpenWakeBus } from '@nest-a2a/store';
import { redis } from '../src/redis.js';
import { type RedisOptions } from '../src/redis-options.js';

/** A wake-up of a test, and what it has warned of. */
export interface TestWake extends OpenWakeBus {
  readonly warnings: readonly string[];
}

/** What a test has opened. */
export class RedisFixture {
  private readonly opened: { close(): Promise<unknown> }[] = [];
  private namespaces = 0;

  /** A name that no test has used. */
  newNamespace(): string {
    this.namespaces += 1;
    return `t${process.pid}_${Date.now()}_${this.namespaces}`;
  }

  async open(options: RedisOptions, namespace: string): Promise<TestWake> {
    const warnings: string[] = [];
    const onWarning = (text: string) => warnings.push(text);
    const opened = await redis(options).open({ namespace, onWarning });
    return this.closeLater({ ...opened, warnings });
  }

  closeLater<T extends { close(): Promise<unknown> }>(opened: T): T {
    this.opened.push(opened);
    return opened;
  }

  /** Closes what the test has opened, the last first. */
  async closeAll(): Promise<void> {
    for (const opened of this.opened.splice(0).reverse()) {
      await opened.close();
    }
  }
}

/** Rings until it is heard: a single hint may be lost. The test's own time limit ends the wait. */
export async function hears(
  listener: OpenWakeBus,
  ringer: OpenWakeBus,
): Promise<void> {
  let isHeard = false;
  const stop = listener.wake.on('work', () => (isHeard = true));
  await until(() => {
    ringer.wake.ring(['work']);
    return isHeard;
  });
  stop();
}

/** Waits until something is so; the test's own time limit ends the wait. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  while (!(await isSo())) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
