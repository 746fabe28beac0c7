/** A key and when it is due. */
export interface DueSlot<K> {
  readonly key: K;
  /** Milliseconds. */
  readonly time: number;
  readonly order: number;
}

/**
 * Keys by the time at which each is due: the longest due first, equal times in
 * the order in which they came. A key is in it once. A binary heap whose
 * outdated slots stay until they come up, or until they outnumber the others.
 */
export class DueQueue<K> {
  private heap: DueSlot<K>[] = [];
  private readonly live = new Map<K, DueSlot<K>>();
  private lastOrder = 0;

  get size(): number {
    return this.live.size;
  }

  /** All keys, in no order. */
  keys(): IterableIterator<K> {
    return this.live.keys();
  }

  /** Puts a key in, or moves it to another time. */
  set(key: K, time: number): void {
    if (this.live.get(key)?.time === time) {
      return;
    }
    this.lastOrder += 1;
    const slot = { key, time, order: this.lastOrder };
    this.live.set(key, slot);
    this.heap.push(slot);
    this.rise(this.heap.length - 1);
    this.compact();
  }

  /** Takes a key out, if it is there. */
  delete(key: K): void {
    if (this.live.delete(key)) {
      this.compact();
    }
  }

  /** The key that is due first. */
  peek(): DueSlot<K> | undefined {
    let top = this.heap[0];
    while (top && this.live.get(top.key) !== top) {
      this.dropTop();
      top = this.heap[0];
    }
    return top;
  }

  private dropTop(): void {
    const last = this.heap.pop();
    if (last && this.heap.length > 0) {
      this.heap[0] = last;
      this.sink(0);
    }
  }

  private compact(): void {
    if (this.heap.length > 2 * this.live.size) {
      // What is sorted is a heap.
      this.heap = [...this.live.values()].sort(compare);
    }
  }

  private rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.isInOrder(parent, index)) {
        return;
      }
      this.swap(parent, index);
      index = parent;
    }
  }

  private sink(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const child = this.isInOrder(left, left + 1) ? left : left + 1;
      if (this.isInOrder(index, child)) {
        return;
      }
      this.swap(index, child);
      index = child;
    }
  }

  /** Whether the slot at `first` may be above the one at `second`; one that is missing may be below any. */
  private isInOrder(first: number, second: number): boolean {
    const [a, b] = [this.heap[first], this.heap[second]];
    return b === undefined || (a !== undefined && compare(a, b) < 0);
  }

  private swap(first: number, second: number): void {
    const [a, b] = [this.heap[first], this.heap[second]];
    if (a && b) {
      this.heap[first] = b;
      this.heap[second] = a;
    }
  }
}

function compare(a: DueSlot<unknown>, b: DueSlot<unknown>): number {
  return a.time - b.time || a.order - b.order;
}
