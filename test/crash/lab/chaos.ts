import { type SeededRandom } from '../../support/seeded-random.js';
import { type Fleet } from '../fleet/fleet.js';
import { type Instance } from '../fleet/instance.js';

/** What is hurt, and how: an instance, or the database server. */
export type Injury =
  'kill' | 'pause' | 'terminate' | 'restartDatabase' | 'disconnectDatabase';

/** A database server that may be hurt. */
export interface VictimDatabase {
  /** Ends it as a crash does, and starts it again. */
  restart(): Promise<void>;
  /** Ends all of its connections. */
  disconnect(): Promise<void>;
}

/** What chaos does besides instances. */
export interface ChaosOptions {
  readonly fleet: Fleet;
  readonly random: SeededRandom;
  /** Between two injuries, milliseconds on average. */
  readonly everyMs: number;
  readonly injuries: readonly Injury[];
  readonly database?: VictimDatabase;
}

/** Hurts one part after the other until it is told to stop. */
export class Chaos {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private current: Promise<void> = Promise.resolve();

  constructor(private readonly options: ChaosOptions) {}

  start(): void {
    const { everyMs, random } = this.options;
    if (this.isStopped) return;
    this.timer = setTimeout(
      () => {
        this.current = this.hurt().then(() => this.start());
      },
      everyMs * (0.5 + random.next()),
    );
  }

  /** Resolves when what was begun is over. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.current;
  }

  private async hurt(): Promise<void> {
    const { fleet, random, injuries } = this.options;
    const injury = random.pick(injuries);
    if (injury === 'restartDatabase' || injury === 'disconnectDatabase') {
      return this.hurtDatabase(injury);
    }
    const well = fleet.instances.filter(isWell);
    // One stays well, unless there is only one at all.
    if (well.length < Math.min(2, fleet.instances.length)) {
      return;
    }
    const victim = random.pick(well);
    fleet[injury](victim);
  }

  private async hurtDatabase(
    injury: 'restartDatabase' | 'disconnectDatabase',
  ): Promise<void> {
    const { fleet, database } = this.options;
    const startedAt = Date.now();
    if (injury === 'disconnectDatabase') {
      fleet.noteFault({ action: 'databaseDisconnect' });
      return database?.disconnect();
    }
    await database?.restart();
    const durationMs = Date.now() - startedAt;
    fleet.noteFault({ action: 'databaseRestart', durationMs });
  }
}

function isWell(instance: Instance): boolean {
  return instance.ports !== undefined && !instance.isPaused;
}
