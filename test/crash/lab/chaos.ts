import { inflict, type Injury, type Victims } from './injuries.js';

/** How much chaos there is. */
export interface ChaosOptions extends Victims {
  /** Between two injuries, milliseconds on average. */
  readonly everyMs: number;
  /** What is done, each so often as it stands here. */
  readonly injuries: readonly Injury[];
}

/** Hurts one part after the other until it is told to stop: everything once, and then at random. */
export class Chaos {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private readonly toCome: Injury[];
  private readonly underWay = new Map<Injury, Promise<void>>();

  constructor(private readonly options: ChaosOptions) {
    const { injuries, random } = options;
    this.toCome = [...new Set(injuries)]
      .map((injury) => ({ injury, place: random.next() }))
      .sort((one, other) => one.place - other.place)
      .map(({ injury }) => injury);
  }

  /** What was asked for and has not happened. */
  get missing(): readonly Injury[] {
    const { injuries, fleet } = this.options;
    return [...new Set(injuries)].filter(
      (injury) => fleet.faults.count(injury) === 0,
    );
  }

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

  /** Resolves when what was begun is over. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await Promise.all(this.underWay.values());
    this.options.fleet.disarmAll();
  }

  /** Goes on at once: while one thing takes its time, others are hurt too. */
  private hurt(): void {
    const { random, injuries } = this.options;
    const injury = this.toCome.shift() ?? random.pick(injuries);
    if (!this.underWay.has(injury)) {
      this.underWay.set(injury, this.inflict(injury));
    }
  }

  private async inflict(injury: Injury): Promise<void> {
    try {
      // Where nothing could be hurt, it is tried again later.
      if (!(await inflict(injury, this.options))) this.toCome.push(injury);
    } finally {
      this.underWay.delete(injury);
    }
  }
}
