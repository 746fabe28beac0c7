import { type WakeTopic } from '../wake-bus.js';
import { fromPayload, toPayloads } from './topic-payloads.js';

const topicsOf = (payloads: readonly string[]) =>
  payloads.flatMap((payload) => fromPayload(payload, 'other'));

describe('payloads of hints', () => {
  it('carry topics, whatever characters their ids have', () => {
    const topics: WakeTopic[] = [
      'work',
      'task:世\u0000"\\',
      'cancel:\ud83d',
      'push',
    ];
    expect(topicsOf(toPayloads('me', topics))).toEqual(topics);
  });

  it('are few, and none is too long for PostgreSQL', () => {
    const topics = Array.from(
      { length: 400 },
      (_, index): WakeTopic => `task:${'✓'.repeat(100)}${index}`,
    );
    const payloads = toPayloads('me', topics);
    expect(topicsOf(payloads)).toEqual(topics);
    expect(
      Math.max(...payloads.map((payload) => Buffer.byteLength(payload))),
    ).toBeLessThan(8_000);
    expect(toPayloads('me', topics.slice(0, 20))).toHaveLength(1);
    expect(toPayloads('me', [])).toEqual([]);
  });

  it('leave out a topic that fits into none', () => {
    const long: WakeTopic = `task:${'x'.repeat(9_000)}`;
    expect(topicsOf(toPayloads('me', ['work', long, 'push']))).toEqual([
      'work',
      'push',
    ]);
  });

  it('say nothing to whoever has sent them', () => {
    const [payload = ''] = toPayloads('me', ['work']);
    expect(fromPayload(payload, 'me')).toEqual([]);
  });

  it.each([
    '',
    'nonsense',
    'null',
    '[]',
    '{"topics":1}',
    '{"topics":[1,{}]}',
    `{"topics":["work","task:${'x'.repeat(8_000)}"]}`,
  ])('say nothing where others use the channel: %p', (payload) => {
    expect(fromPayload(payload, 'me')).toEqual([]);
  });
});
