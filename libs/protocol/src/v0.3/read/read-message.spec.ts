import { asked } from '../../../test/v03-asked.js';
import { parseRequest } from '../../operations/parse-requests.js';
import { type SendMessageConfiguration } from '../../operations/requests.js';
import { type V03Dialect } from '../dialect.js';
import { V03_JSON_RPC } from '../json-rpc/v03-json-rpc.js';
import { V03_PROTO_JSON } from '../proto-json/v03-proto-json.js';

const message = { messageId: 'm1', role: 'ROLE_USER', parts: [{ text: 'hi' }] };
const kinds = {
  kind: 'message',
  messageId: 'm1',
  role: 'user',
  parts: [{ kind: 'text', text: 'hi' }],
};
const proto = {
  message_id: 'm1',
  role: 'ROLE_USER',
  content: [{ text: 'hi' }],
};

describe('a message of 0.3', () => {
  it.each<[string, V03Dialect, unknown]>([
    ['with kinds', V03_JSON_RPC, { message: kinds }],
    [
      'without kinds',
      V03_JSON_RPC,
      {
        message: { messageId: 'm1', role: 'user', parts: [{ text: 'hi' }] },
      },
    ],
    ['in snake_case, called request', V03_PROTO_JSON, { request: proto }],
    [
      'in camelCase',
      V03_PROTO_JSON,
      {
        message: { messageId: 'm1', role: 1, content: [{ text: 'hi' }] },
      },
    ],
    ['with kinds over HTTP+JSON', V03_PROTO_JSON, { message: kinds }],
    [
      'with null for nothing',
      V03_JSON_RPC,
      {
        message: { ...kinds, taskId: null, metadata: null },
        configuration: null,
        metadata: null,
      },
    ],
  ])('is read %s', (_, dialect, params) => {
    expect(asked(dialect, 'SendMessage', params)).toEqual({ message });
  });

  it.each([
    ['bytes', 'uri', V03_JSON_RPC],
    ['fileWithBytes', 'fileWithUri', V03_PROTO_JSON],
    ['file_with_bytes', 'file_with_uri', V03_PROTO_JSON],
  ])('has files as %s and %s', (bytes, uri, dialect) => {
    const parts = [
      { file: { [bytes]: 'QUJD', mimeType: 'text/plain', name: 'a.txt' } },
      { file: { [uri]: 'https://a.example/b', mime_type: 'image/png' } },
    ];
    const params = { message: { ...proto, content: parts } };
    expect(asked(dialect, 'SendMessage', params)).toMatchObject({
      message: {
        parts: [
          { raw: 'QUJD', mediaType: 'text/plain', filename: 'a.txt' },
          { url: 'https://a.example/b', mediaType: 'image/png' },
        ],
      },
    });
  });

  it.each<[V03Dialect, object, unknown]>([
    [V03_JSON_RPC, { kind: 'data', data: { a: 1 } }, { a: 1 }],
    [V03_JSON_RPC, { data: { data: { a: 1 } } }, { data: { a: 1 } }],
    [V03_PROTO_JSON, { data: { data: { a: 1 } } }, { a: 1 }],
    [V03_PROTO_JSON, { data: {} }, {}],
    [
      V03_PROTO_JSON,
      { kind: 'data', data: { data: { a: 1 } } },
      { data: { a: 1 } },
    ],
  ])('has data (%#)', (dialect, part, data) => {
    const params = { message: { ...proto, content: [part] } };
    expect(asked(dialect, 'SendMessage', params)).toMatchObject({
      message: { parts: [{ data }] },
    });
  });

  it('has data that are no object wrapped into one', () => {
    const part = (metadata: object) => ({
      kind: 'data',
      data: { value: [1, null] },
      metadata,
    });
    const parts = [
      part({ data_part_compat: true, a: 1 }),
      part({ data_part_compat: true }),
      part({ data_part_compat: 'true' }),
    ];
    const params = { message: { ...kinds, parts } };
    expect(asked(V03_JSON_RPC, 'SendMessage', params)).toMatchObject({
      message: {
        parts: [
          { data: [1, null], metadata: { a: 1 } },
          { data: [1, null] },
          {
            data: { value: [1, null] },
            metadata: { data_part_compat: 'true' },
          },
        ],
      },
    });
  });

  it.each([
    [{ acceptedOutputModes: ['text/plain'] }, undefined],
    [{ blocking: true }, undefined],
    [{ blocking: null }, undefined],
    [{ blocking: false }, true],
  ])('waits unless it says otherwise: %j', (configuration, expected) => {
    const params = { message: kinds, configuration };
    for (const dialect of [V03_JSON_RPC, V03_PROTO_JSON]) {
      const request = dialect.readRequest('SendMessage', params);
      const { returnImmediately } = parseRequest('SendMessage', request)
        .configuration as SendMessageConfiguration;
      expect(returnImmediately).toBe(expected);
    }
  });

  it.each([
    [V03_JSON_RPC, 'pushNotificationConfig', 0],
    [V03_PROTO_JSON, 'push_notification', undefined],
  ])('is configured (%#)', (dialect, push, none) => {
    const configuration = {
      accepted_output_modes: ['text/plain'],
      historyLength: 0,
      [push]: {
        id: 'p1',
        url: 'https://h.example',
        token: 's',
        authentication: { schemes: ['Bearer', 'Basic'], credentials: 'c' },
      },
    };
    expect(
      asked(dialect, 'SendMessage', { message: kinds, configuration }),
    ).toHaveProperty('configuration', {
      acceptedOutputModes: ['text/plain'],
      ...(none !== undefined && { historyLength: none }),
      taskPushNotificationConfig: {
        id: 'p1',
        url: 'https://h.example',
        token: 's',
        authentication: { scheme: 'Bearer', credentials: 'c' },
      },
    });
  });
});

describe('what is wrong in a message of 0.3', () => {
  const required = 'Is required';
  it.each<[V03Dialect, object, string, string]>([
    [V03_JSON_RPC, { kind: 'task' }, 'message.kind', 'Must be message'],
    [
      V03_JSON_RPC,
      { role: 'robot' },
      'message.role',
      'Must be one of user, agent',
    ],
    [
      V03_JSON_RPC,
      { role: { toString: 1 } },
      'message.role',
      'Must be one of user, agent',
    ],
    [
      V03_PROTO_JSON,
      { role: 0 },
      'message.role',
      'Must be one of ROLE_USER, ROLE_AGENT',
    ],
    [V03_JSON_RPC, { role: undefined }, 'message.role', required],
    [V03_JSON_RPC, { parts: undefined }, 'message.parts', required],
    [V03_PROTO_JSON, { parts: undefined }, 'message.content', required],
    [
      V03_PROTO_JSON,
      { parts: [], content: [] },
      'message.content',
      'Must have at least 1 element, got 0',
    ],
    [V03_JSON_RPC, { parts: 'hi' }, 'message.parts', 'Must be a list'],
    [V03_JSON_RPC, { parts: [null] }, 'message.parts[0]', 'Must be an object'],
    [
      V03_JSON_RPC,
      { parts: [{ kind: 'video' }] },
      'message.parts[0].kind',
      'Must be one of text, file, data',
    ],
    [
      V03_JSON_RPC,
      { parts: [{ kind: 'constructor' }] },
      'message.parts[0].kind',
      'Must be one of text, file, data',
    ],
    [
      V03_JSON_RPC,
      { parts: [{ raw: 'QQ==' }] },
      'message.parts[0]',
      'Must have exactly one of text, file, data; got none',
    ],
    [
      V03_PROTO_JSON,
      { parts: undefined, content: [{ text: '', file: {} }] },
      'message.content[0]',
      'Must have exactly one of text, file, data; got text and file',
    ],
    [
      V03_JSON_RPC,
      { parts: [{ kind: 'text' }] },
      'message.parts[0].text',
      required,
    ],
    [
      V03_JSON_RPC,
      { parts: [{ kind: 'text', text: 1 }] },
      'message.parts[0].text',
      'Must be a string',
    ],
    [
      V03_JSON_RPC,
      { parts: [{ kind: 'file', file: 'a' }] },
      'message.parts[0].file',
      'Must be an object',
    ],
    [
      V03_JSON_RPC,
      { parts: [{ kind: 'file', file: {} }] },
      'message.parts[0].file',
      'Must have exactly one of bytes, uri; got none',
    ],
    [
      V03_JSON_RPC,
      { parts: [{ kind: 'file', file: { bytes: '', uri: '' } }] },
      'message.parts[0].file',
      'Must have exactly one of bytes, uri; got bytes and uri',
    ],
    [
      V03_JSON_RPC,
      { parts: [{ kind: 'file', file: { bytes: '#' } }] },
      'message.parts[0].file.bytes',
      'Must be base64',
    ],
    [
      V03_JSON_RPC,
      { parts: [{ kind: 'file', file: { uri: 1, mimeType: 2, name: 3 } }] },
      'message.parts[0].file.uri',
      'Must be a string',
    ],
    [
      V03_PROTO_JSON,
      { parts: undefined, content: [{ file: { fileWithBytes: '#' } }] },
      'message.content[0].file.fileWithBytes',
      'Must be base64',
    ],
    [
      V03_JSON_RPC,
      { parts: [{ kind: 'data' }] },
      'message.parts[0].data',
      required,
    ],
  ])(
    'is told with its name in 0.3 (%#)',
    (dialect, wrong, field, description) => {
      const params = { message: { ...kinds, ...wrong } };
      const violations = asked(dialect, 'SendMessage', params);
      expect(violations).toContainEqual([field, description]);
    },
  );

  it('is told of every member of a file', () => {
    const file = { uri: 1, mimeType: 2, name: 3 };
    const params = { message: { ...kinds, parts: [{ kind: 'file', file }] } };
    expect(asked(V03_JSON_RPC, 'SendMessage', params)).toEqual([
      ['message.parts[0].file.uri', 'Must be a string'],
      ['message.parts[0].file.name', 'Must be a string'],
      ['message.parts[0].file.mimeType', 'Must be a string'],
    ]);
  });

  it('is told of the configuration', () => {
    const configuration = {
      blocking: 'yes',
      pushNotificationConfig: { authentication: { schemes: [7] } },
    };
    const params = { message: kinds, configuration };
    const fields = (dialect: V03Dialect) =>
      (asked(dialect, 'SendMessage', params) as [string, string][])
        .map(([field]) => field)
        .sort();
    expect(fields(V03_JSON_RPC)).toEqual([
      'configuration.blocking',
      'configuration.pushNotificationConfig.authentication.schemes[0]',
      'configuration.pushNotificationConfig.url',
    ]);
    expect(fields(V03_PROTO_JSON)).toEqual([
      'configuration.blocking',
      'configuration.pushNotification.authentication.schemes[0]',
      'configuration.pushNotification.url',
    ]);
    expect(
      asked(V03_JSON_RPC, 'SendMessage', {
        message: kinds,
        configuration: { pushNotificationConfig: 7 },
      }),
    ).toEqual([['configuration.pushNotificationConfig', 'Must be an object']]);
  });

  it.each([undefined, null, {}])('is all of %j', (params) => {
    expect(asked(V03_JSON_RPC, 'SendMessage', params)).toEqual([
      ['message', 'Is required'],
    ]);
  });

  it.each([5, 'x', [[]]])('is %j', (params) => {
    expect(asked(V03_JSON_RPC, 'SendMessage', params)).toEqual([
      ['', 'Must be an object'],
    ]);
  });
});
