/** Random choices that are the same for the same seed, so that what failed can be seen again. */
export class SeededRandom {
  constructor(private state: number) {}

  /** A number from 0 up to 1. */
  next(): number {
    // Mulberry32.
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 up to `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** Whether something happens that happens so often. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }
}
