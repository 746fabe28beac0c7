import { type SeededRandom } from '../../support/seeded-random.js';
import { type Fleet } from '../fleet/fleet.js';
import { type Instance } from '../fleet/instance.js';

/** How an instance is hurt. */
export type Injury = 'kill' | 'pause' | 'terminate';

/** What chaos does besides instances. */
export interface ChaosOptions {
  readonly fleet: Fleet;
  readonly random: SeededRandom;
  /** Between two injuries, milliseconds on average. */
  readonly everyMs: number;
  readonly injuries: readonly Injury[];
}

/** Hurts one instance after the other until it is told to stop. One at least stays well. */
export class Chaos {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly options: ChaosOptions) {}

  start(): void {
    const { everyMs, random } = this.options;
    if (this.isStopped) return;
    this.timer = setTimeout(
      () => {
        this.hurt();
        this.start();
      },
      everyMs * (0.5 + random.next()),
    );
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private hurt(): void {
    const { fleet, random, injuries } = this.options;
    const well = fleet.instances.filter(isWell);
    if (well.length < 2) {
      return;
    }
    const victim = random.pick(well);
    switch (random.pick(injuries)) {
      case 'kill':
        return fleet.kill(victim);
      case 'pause':
        return fleet.pause(victim);
      case 'terminate':
        return fleet.terminate(victim);
    }
  }
}

function isWell(instance: Instance): boolean {
  return instance.ports !== undefined && !instance.isPaused;
}
