import fc from 'fast-check';
import {
  events,
  ids,
  jsonObjects,
  messages,
  pushConfigs,
  sendRequests,
  tasks,
} from '../../test/arbitraries.js';
import { type Message } from '../message/message.js';
import { type Part } from '../message/part.js';
import { type Operation } from '../operations/operation.js';
import { parseRequest } from '../operations/parse-requests.js';
import {
  parseListTaskPushNotificationConfigsResponse,
  parseSendMessageResponse,
  parseStreamResponse,
  parseTask,
  parseTaskPushNotificationConfig,
} from '../operations/parse-responses.js';
import { type Artifact } from '../task/task.js';
import { isJsonObject } from '../validation/json-value.js';
import { V03_JSON_RPC } from './json-rpc/v03-json-rpc.js';
import { V03_PROTO_JSON } from './proto-json/v03-proto-json.js';
import { toV03Task } from './v03-task.js';

const overTheWire = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value));

function withoutLosses(part: Part): Part {
  const { metadata, ...rest } = part;
  const kept = Object.entries(metadata ?? {}).filter(
    ([key]) => key !== 'data_part_compat' || !('data' in part),
  );
  const isDropped =
    metadata === undefined ||
    ('data' in part && !isJsonObject(part.data) && kept.length === 0);
  const marks = isDropped ? {} : { metadata: Object.fromEntries(kept) };
  if ('raw' in part || 'url' in part) {
    return { ...rest, ...marks };
  }
  const { filename: _name, mediaType: _type, ...content } = rest;
  return { ...content, ...marks };
}

/** What is left of a value of 1.0 after the documented losses. */
function left(value: unknown, hasReferences: boolean): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => left(element, hasReferences));
  }
  if (!isJsonObject(value)) {
    return value;
  }
  const entries = Object.entries(value)
    .filter(([key]) => hasReferences || key !== 'referenceTaskIds')
    .map(([key, member]): [string, unknown] => {
      if (key === 'metadata') return [key, member];
      return key === 'parts'
        ? [key, (member as (Message | Artifact)['parts']).map(withoutLosses)]
        : [key, left(member, hasReferences)];
    });
  return Object.fromEntries(entries);
}

describe.each([
  ['JSON-RPC', V03_JSON_RPC, true],
  ['ProtoJSON', V03_PROTO_JSON, false],
] as const)('0.3 in %s and back', (_, dialect, hasReferences) => {
  const answered = (operation: Operation, result: object) =>
    dialect.readResult(
      operation,
      overTheWire(dialect.writeResult(operation, result)),
    );
  const asked = (operation: Operation, request: object) =>
    parseRequest(
      operation,
      dialect.readRequest(
        operation,
        overTheWire(dialect.writeRequest(operation, request)),
      ),
    );

  it('keeps every task', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        const read = parseTask(answered('GetTask', task));
        expect(read).toEqual(left(task, hasReferences));
      }),
    );
  });

  it('keeps every answer to a message', () => {
    const answers = fc.oneof(
      tasks.map((task) => ({ task })),
      messages.map((message) => ({ message })),
    );
    fc.assert(
      fc.property(answers, (answer) => {
        const read = parseSendMessageResponse(answered('SendMessage', answer));
        expect(read).toEqual(left(answer, hasReferences));
      }),
    );
  });

  it('keeps every event', () => {
    fc.assert(
      fc.property(events, fc.boolean(), (event, isLast) => {
        const written = overTheWire(dialect.writeEvent(event, { isLast }));
        const read = parseStreamResponse(dialect.readEvent(written));
        expect(read).toEqual(left(event, hasReferences));
      }),
    );
  });

  it('keeps every request with a message', () => {
    fc.assert(
      fc.property(sendRequests, (request) => {
        const { configuration = {}, ...rest } = left(
          request,
          hasReferences,
        ) as typeof request;
        if (configuration.returnImmediately === false) {
          delete configuration.returnImmediately;
        }
        if (dialect === V03_PROTO_JSON && configuration.historyLength === 0) {
          delete configuration.historyLength;
        }
        const read = asked('SendMessage', request);
        expect(read).toEqual({ ...rest, configuration });
      }),
    );
  });

  it('keeps every request that names a task', () => {
    fc.assert(
      fc.property(ids, ids, fc.integer({ min: 1 }), (id, tenant, length) => {
        const request = { tenant, id };
        const { ...withLength } = { ...request, historyLength: length };
        expect(asked('GetTask', withLength)).toEqual(withLength);
        expect(asked('SubscribeToTask', request)).toEqual(request);
        expect(
          asked('ListTaskPushNotificationConfigs', { tenant, taskId: id }),
        ).toEqual({ tenant, taskId: id });
      }),
    );
    fc.assert(
      fc.property(ids, jsonObjects, (id, metadata) => {
        const request = { id, metadata };
        expect(asked('CancelTask', request)).toEqual(request);
      }),
    );
  });

  it('keeps every push configuration', () => {
    fc.assert(
      fc.property(pushConfigs, (config) => {
        expect(asked('CreateTaskPushNotificationConfig', config)).toEqual(
          config,
        );
        const read = answered('GetTaskPushNotificationConfig', config);
        expect(parseTaskPushNotificationConfig(read)).toEqual(config);
        const list = { configs: [config], nextPageToken: '' };
        expect(
          parseListTaskPushNotificationConfigsResponse(
            answered('ListTaskPushNotificationConfigs', list),
          ),
        ).toEqual(list);
      }),
    );
    fc.assert(
      fc.property(ids, ids, (taskId, id) => {
        const request = { taskId, id };
        expect(asked('GetTaskPushNotificationConfig', request)).toEqual(
          request,
        );
        expect(asked('DeleteTaskPushNotificationConfig', request)).toEqual(
          request,
        );
      }),
    );
  });
});

describe('toV03Task', () => {
  it('is the task that JSON-RPC answers, for every task', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        expect(toV03Task(task)).toEqual(
          V03_JSON_RPC.writeResult('GetTask', task),
        );
      }),
    );
  });
});
