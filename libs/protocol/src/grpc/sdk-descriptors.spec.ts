import {
  type DescField,
  type DescMessage,
  type DescService,
  ScalarType,
} from '@bufbuild/protobuf';
import {
  sdkMessages,
  sdkProcedures,
  type WireField,
  type WireMessages,
} from '../../test/sdk-messages.js';
import { A2AService as V03 } from './generated/a2a/v1/a2a_pb.js';
import { A2AService as V10 } from './generated/lf/a2a/v1/a2a_pb.js';

/** What copies of the definitions in the wild have and the SDK has not (A2A 0.3). */
const MORE_THAN_THE_SDK: Record<string, string[]> = {
  Part: ['metadata'],
  FilePart: ['name'],
  AgentCard: ['iconUrl'],
};

/** Fields whose JSON name is not their own (A2A 0.3). */
const RENAMED = ['request', 'update', 'msg'];

function kindOf(field: DescField): string {
  const scalar =
    field.fieldKind === 'list' && field.listKind === 'scalar'
      ? field.scalar
      : field.fieldKind === 'scalar'
        ? field.scalar
        : undefined;
  if (scalar !== undefined) return ScalarType[scalar].toLowerCase();
  return field.fieldKind === 'enum' ? 'int32' : 'message';
}

function labelOf(field: DescField): WireField['label'] {
  if (field.fieldKind === 'list') return 'repeated';
  if (field.fieldKind === 'map') return 'map';
  if (field.oneof) return 'oneof';
  const isOptional = field.proto.proto3Optional;
  return isOptional ? 'optional' : 'singular';
}

function messageOf(field: DescField, parent: DescMessage): string | undefined {
  if (field.fieldKind === 'map') {
    const entry = field.name.replace(/(?:^|_)(\w)/g, (_, c: string) =>
      c.toUpperCase(),
    );
    return `${parent.name}_${entry}Entry`;
  }
  return field.message?.name;
}

/** Our messages in the form of {@link sdkMessages}. */
function ourMessages({ file }: DescService): WireMessages {
  return Object.fromEntries(
    file.messages.map((message) => [
      message.name,
      Object.fromEntries(
        message.fields.map((field) => [
          field.localName,
          {
            number: field.number,
            kind: kindOf(field),
            label: labelOf(field),
            ...(kindOf(field) === 'message' && {
              message: messageOf(field, message),
            }),
          },
        ]),
      ),
    ]),
  );
}

const CASES = [
  ['lf.a2a.v1', V10, 'server/grpc/index.js', {}],
  ['a2a.v1', V03, 'compat/v0_3/server/grpc/index.js', MORE_THAN_THE_SDK],
] as const;

describe.each(CASES)('%s', (_name, service, file, more) => {
  const ours = ourMessages(service);
  const theirs = sdkMessages(file);
  const own = Object.keys(ours);

  it('is compared with something', () => {
    expect(own.length).toBeGreaterThan(40);
    expect(Object.keys(theirs)).toEqual(expect.arrayContaining(own));
  });

  it.each(own)('%s has the fields that the official SDK has', (name) => {
    const fields = { ...ours[name] };
    for (const field of (more as Record<string, string[]>)[name] ?? []) {
      expect(fields).toHaveProperty(field);
      expect(theirs[name]).not.toHaveProperty(field);
      delete fields[field];
    }
    expect(fields).toEqual(theirs[name]);
  });

  it('has the procedures that the official SDK has', () => {
    const procedures = service.methods.map((method) => [
      `/${service.typeName}/${method.name}`,
      method.input.name,
      method.output.name,
      String(method.methodKind === 'server_streaming'),
    ]);
    expect(procedures.sort()).toEqual(sdkProcedures(file).sort());
  });

  it('has the JSON names of the protocol', () => {
    const fields = service.file.messages.flatMap((message) => message.fields);
    const renamed = fields.filter((one) => one.jsonName !== one.localName);
    const isOld = service === V03;
    expect(new Set(renamed.map(({ name }) => name))).toEqual(
      new Set(isOld ? RENAMED : []),
    );
    expect(renamed.every(({ jsonName }) => jsonName === 'message')).toBe(true);
  });
});
