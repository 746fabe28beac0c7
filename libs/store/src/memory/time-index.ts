/** A place in a {@link TimeIndex}. */
export interface TimePosition {
  /** Milliseconds. */
  readonly time: number;
  readonly id: string;
}

interface Slot<T> extends TimePosition {
  readonly item: T;
  isLive: boolean;
}

/**
 * Items in the order of a time that changes; equal times by id. To give an item
 * a later time than all others have costs the same however many there are: its
 * old slot stays behind, dead, until the dead outnumber the living.
 */
export class TimeIndex<T extends { readonly id: string }> {
  /** The oldest first, equal times by descending id: read from the end. */
  private slots: Slot<T>[] = [];
  private readonly live = new Map<string, Slot<T>>();

  get size(): number {
    return this.live.size;
  }

  /** Puts an item in, or moves it. */
  set(item: T, time: number): void {
    const known = this.live.get(item.id);
    if (known?.time === time) {
      return;
    }
    this.delete(item);
    const slot = { time, id: item.id, item, isLive: true };
    this.live.set(item.id, slot);
    this.insert(slot);
  }

  /** Takes an item out, if it is there. */
  delete(item: T): void {
    const slot = this.live.get(item.id);
    if (slot) {
      slot.isLive = false;
      this.live.delete(item.id);
      this.compact();
    }
  }

  /** The items behind a position, or all. The index must not change meanwhile. */
  *newestFirst(after?: TimePosition): Iterable<T> {
    const end = after ? this.lowerBound(after) : this.slots.length;
    for (let index = end - 1; index >= 0; index -= 1) {
      const slot = this.slots[index];
      if (slot?.isLive) {
        yield slot.item;
      }
    }
  }

  /** All items. The index must not change meanwhile. */
  *oldestFirst(): Iterable<T> {
    for (const slot of this.slots) {
      if (slot.isLive) {
        yield slot.item;
      }
    }
  }

  private insert(slot: Slot<T>): void {
    const last = this.slots.at(-1);
    if (!last || compare(last, slot) < 0) {
      this.slots.push(slot);
    } else {
      this.slots.splice(this.lowerBound(slot), 0, slot);
    }
  }

  /** Index of the first slot that is not older than the position. */
  private lowerBound(position: TimePosition): number {
    let [low, high] = [0, this.slots.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const slot = this.slots[middle];
      if (slot && compare(slot, position) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private compact(): void {
    if (this.slots.length > 2 * this.live.size) {
      this.slots = this.slots.filter((slot) => slot.isLive);
    }
  }
}

function compare(a: TimePosition, b: TimePosition): number {
  if (a.time !== b.time) {
    return a.time - b.time;
  }
  if (a.id === b.id) {
    return 0;
  }
  return a.id < b.id ? 1 : -1;
}
