import {
  type DescField,
  type DescMessage,
  ScalarType,
} from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';

/** The fields of a message by their numbers, as far as the bytes show them. */
export type MessageShape = ReadonlyMap<number, FieldShape>;

/** A field as the bytes show it. */
export interface FieldShape {
  readonly wireType: WireType;
  /** The message that it holds, if it does. */
  readonly inner?: () => MessageShape;
}

const VARINT: FieldShape = { wireType: WireType.Varint };
const BYTES: FieldShape = { wireType: WireType.LengthDelimited };

/** Shapes by their messages, each made once. */
export class MessageShapes {
  private readonly known = new WeakMap<DescMessage, MessageShape>();

  /** The shape of a message. */
  of(schema: DescMessage): MessageShape {
    const known = this.known.get(schema);
    if (known) {
      return known;
    }
    const shape = new Map(
      schema.fields.map((field) => [field.number, this.ofField(field)]),
    );
    this.known.set(schema, shape);
    return shape;
  }

  private ofField(field: DescField): FieldShape {
    if (field.fieldKind !== 'map') {
      return this.ofValue(field);
    }
    const entry = new Map([
      [1, ofScalar(field.mapKey)],
      [2, this.ofValue(field)],
    ]);
    return { ...BYTES, inner: () => entry };
  }

  /** A field, an item of a list, or a value of a map. */
  private ofValue({
    message,
    enum: enumeration,
    scalar,
  }: DescField): FieldShape {
    if (message) {
      return { ...BYTES, inner: () => this.of(message) };
    }
    return enumeration || scalar === undefined ? VARINT : ofScalar(scalar);
  }
}

function ofScalar(scalar: ScalarType): FieldShape {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return BYTES;
    case ScalarType.DOUBLE:
      return { wireType: WireType.Bit64 };
    default:
      return VARINT;
  }
}
