import { parseRequest } from '@nest-a2a/protocol';
import { type SendInput } from './message-input.js';
import { type SendOptions } from './send-options.js';
import { toSendRequest } from './send-request.js';

/** The JSON that goes over the wire. */
function wire(input: SendInput, options: SendOptions = {}): any {
  const request = parseRequest('SendMessage', toSendRequest(input, options));
  return JSON.parse(JSON.stringify(request));
}

const FIXED = { messageId: 'm1' };

describe('toSendRequest', () => {
  it('sends nothing but the message when nothing else is asked for', () => {
    expect(wire('hi', FIXED)).toEqual({
      message: { role: 'ROLE_USER', messageId: 'm1', parts: [{ text: 'hi' }] },
    });
  });

  it('makes a new message id for each message (A2A §5.7)', () => {
    const ids = [wire('a'), wire('a')].map(({ message }) => message.messageId);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('sends parts of every kind, data null included', () => {
    const parts = [
      { text: 'a' },
      { raw: 'aGk=', filename: 'x.txt', mediaType: 'text/plain' },
      { url: 'https://a.example/f' },
      { data: null },
    ];
    expect(wire(parts, FIXED).message.parts).toEqual(parts);
  });

  it('sends a message as it is, but for what the protocol does not know', () => {
    const message = {
      kind: 'message',
      messageId: 'm7',
      contextId: 'c1',
      parts: [{ kind: 'text', text: 'a' }],
      extensions: ['https://x.example'],
      metadata: { a: 1 },
    };
    expect(wire(message).message).toEqual({
      role: 'ROLE_USER',
      messageId: 'm7',
      contextId: 'c1',
      parts: [{ text: 'a' }],
      extensions: ['https://x.example'],
      metadata: { a: 1 },
    });
  });

  it('lets the options decide over the message', () => {
    const message = { messageId: 'm7', taskId: 't7', parts: [{ text: 'a' }] };
    expect(
      wire(message, { messageId: 'm8', taskId: 't8' }).message,
    ).toMatchObject({ messageId: 'm8', taskId: 't8' });
  });

  it('sends what continues a task (A2A §3.4.3)', () => {
    const options = {
      ...FIXED,
      taskId: 't1',
      contextId: 'c1',
      metadata: { a: 1 },
      requestMetadata: { b: 2 },
      referenceTaskIds: ['t0'],
    };
    expect(wire('hi', options)).toEqual({
      message: {
        role: 'ROLE_USER',
        messageId: 'm1',
        parts: [{ text: 'hi' }],
        taskId: 't1',
        contextId: 'c1',
        metadata: { a: 1 },
        referenceTaskIds: ['t0'],
      },
      metadata: { b: 2 },
    });
  });

  it('starts anew for the ids of a result that has none', () => {
    const { message } = wire('hi', { taskId: '', contextId: '' });
    expect(Object.keys(message).sort()).toEqual(['messageId', 'parts', 'role']);
  });

  it('says on the wire that the answer should come at once (A2A §3.2.2)', () => {
    expect(wire('hi', { blocking: false }).configuration).toEqual({
      returnImmediately: true,
    });
    expect(wire('hi', { blocking: true }).configuration).toBeUndefined();
  });

  it.each([0, 5])('sends the history length %d', (historyLength) => {
    expect(wire('hi', { historyLength }).configuration).toEqual({
      historyLength,
    });
  });

  it('sends the output modes', () => {
    const acceptedOutputModes = ['text/plain', 'application/json'];
    expect(wire('hi', { acceptedOutputModes }).configuration).toEqual({
      acceptedOutputModes,
    });
  });

  it('sends the webhook and its token', () => {
    const url = 'http://localhost:9000/webhook';
    const options = { pushUrl: url, pushToken: 'my-secret-token' };
    expect(wire('hi', options).configuration).toEqual({
      taskPushNotificationConfig: { url, token: 'my-secret-token' },
    });
    expect(wire('hi', { pushUrl: url }).configuration).toEqual({
      taskPushNotificationConfig: { url },
    });
  });

  it('sends a whole push configuration, without a task (A2A SendMessageConfiguration)', () => {
    const push = {
      id: 'p1',
      url: 'https://hook.example',
      authentication: { scheme: 'Bearer', credentials: 'x' },
      taskId: 't9',
      tenant: 'other',
    };
    const { taskId: _taskId, tenant: _tenant, ...config } = push;
    expect(wire('hi', { push }).configuration).toEqual({
      taskPushNotificationConfig: config,
    });
  });

  it.each([
    { pushToken: 'x' },
    { push: { url: 'https://a.example' }, pushUrl: 'https://a.example' },
    { push: { url: 'https://a.example' }, pushToken: 'x' },
  ])('refuses options that contradict each other: %j', (options) => {
    expect(() => toSendRequest('hi', options)).toThrow(TypeError);
  });

  it('takes undefined for not given', () => {
    const options = {
      taskId: undefined,
      metadata: undefined,
      blocking: undefined,
      historyLength: undefined,
      push: undefined,
    };
    expect(Object.keys(toSendRequest('hi', options))).toEqual(['message']);
  });
});
