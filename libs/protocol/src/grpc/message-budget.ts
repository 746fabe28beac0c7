import { BinaryReader } from '@bufbuild/protobuf/wire';
import { type MessageShape } from './message-shape.js';

/** How many messages bytes may hold, the outermost one included, and how deep. */
export interface MessageBudget {
  readonly messages: number;
  readonly depth: number;
}

/**
 * Counts the messages in bytes before they become objects: an empty message is
 * two bytes, its object takes a hundred times as much. What a decoder could read
 * in another way than it is counted here is refused.
 *
 * @throws Error where there are more than the budget allows, or the bytes are not of this shape
 */
export function assertWithinBudget(
  shape: MessageShape,
  bytes: Uint8Array,
  budget: MessageBudget,
): void {
  new MessageCounter(bytes, budget.messages).count(
    shape,
    bytes.length,
    budget.depth,
  );
}

class MessageCounter {
  private readonly reader: BinaryReader;

  constructor(
    bytes: Uint8Array,
    private left: number,
  ) {
    this.reader = new BinaryReader(bytes);
  }

  count(shape: MessageShape, end: number, depth: number): void {
    const { reader } = this;
    this.left -= 1;
    if (this.left < 0 || depth === 0 || end > reader.len) {
      throw new RangeError('More messages, or deeper, than the budget allows');
    }
    while (reader.pos < end) {
      const [number, wireType] = reader.tag();
      const field = shape.get(number);
      if (field && field.wireType !== wireType) {
        throw new TypeError(`Field ${number} has the wrong wire type`);
      }
      if (field?.inner) {
        const length = reader.uint32();
        this.count(field.inner(), reader.pos + length, depth - 1);
      } else {
        reader.skip(wireType, number);
      }
    }
    if (reader.pos !== end) {
      throw new RangeError('A field is longer than its message');
    }
  }
}
