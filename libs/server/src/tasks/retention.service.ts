import { type Clock, type OpenRuntime, type TaskStore } from '@nest-a2a/store';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { PollLoop } from '../runtime/poll-loop.js';
import { A2A_CLOCK, OPEN_RUNTIME } from '../runtime/runtime.tokens.js';

/** Tasks and events that go at once: few enough that nobody waits for it. */
const BATCH = { limit: 500, maxEvents: 2_000 };

/** A look costs a query in a durable store and next to nothing in memory, where room is what counts. */
const PAUSE_MS = { durable: 60_000, memory: 1_000 };

/** Removes finished tasks by age and by number, in small batches. */
@Injectable()
export class Retention
  implements OnApplicationBootstrap, BeforeApplicationShutdown
{
  private readonly logger = new Logger('A2ARetention');
  private readonly store: TaskStore;
  private readonly loop: PollLoop;

  constructor(
    @Inject(OPEN_RUNTIME) { store }: OpenRuntime,
    @Inject(A2A_CLOCK) clock: Clock,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.store = store;
    this.loop = new PollLoop(clock, {
      run: () => this.purge(),
      onError: (error) =>
        this.logger.warn(`Old tasks stay for now: ${String(error)}`),
    });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  private async purge(): Promise<number> {
    const { finishedMs, maxFinished } = this.options.retention;
    const { hasMore } = await this.store.log.purge({
      finishedBefore: this.store.now() - finishedMs,
      keepFinished: maxFinished,
      ...BATCH,
    });
    if (hasMore) {
      return 0;
    }
    const { isDurable } = this.options.runtime;
    return isDurable ? PAUSE_MS.durable : PAUSE_MS.memory;
  }
}
