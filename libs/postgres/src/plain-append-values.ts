import { parseTimestamp } from '@nest-a2a/protocol';
import {
  endsTask,
  keyOf,
  maskOf,
  type PlainAppend,
  SELECTIONS,
  statusOf,
  toColumn,
  turnJsonOf,
} from '@nest-a2a/store/sql';
import { type CallContext } from '@nest-a2a/store';

/** An append and who asks for it. */
export type AppendOf = PlainAppend & { readonly context: CallContext };

/** The parameters of {@link APPEND_PLAINLY}: an array for each column. */
export function plainAppendValues(
  appends: readonly AppendOf[],
): readonly (readonly unknown[])[] {
  return [
    ...columns(appends.map(appendRow), 15),
    ...columns(
      appends.flatMap((append, index) => eventRows(append, index + 1)),
      7,
    ),
  ];
}

function appendRow({ command, drafts, context }: AppendOf): unknown[] {
  const { taskId, expectedVersion, fence } = command;
  const { access } = context;
  const status = drafts.map(statusOf).findLast((known) => known !== undefined);
  const masks = drafts.map(({ body }) => maskOf(body));
  const lastOf = (bit: number) =>
    masks.findLastIndex((mask) => (mask & (1 << bit)) !== 0) + 1 || null;
  return [
    toColumn(taskId),
    access === 'system' ? null : keyOf(access),
    expectedVersion,
    fence?.epoch ?? null,
    drafts.length,
    status?.state ?? null,
    parseTimestamp(status?.timestamp ?? '') ?? null,
    drafts.some(({ body }) => body.kind === 'announce'),
    drafts.some(({ body }) => endsTask(body)),
    masks.reduce((all, mask) => all | mask, 0),
    ...SELECTIONS.map((_, bit) => lastOf(bit)),
    drafts.reduce((bytes, { json }) => bytes + Buffer.byteLength(json), 0),
  ];
}

function eventRows({ drafts }: AppendOf, place: number): unknown[][] {
  return drafts.map(({ id, body, json }, index) => [
    place,
    index + 1,
    toColumn(id),
    body.kind,
    json,
    Buffer.byteLength(json),
    turnJsonOf({ body }),
  ]);
}

function columns(rows: readonly unknown[][], width: number): unknown[][] {
  return Array.from({ length: width }, (_, column) =>
    rows.map((row) => row[column]),
  );
}
