import { type AgentExecutionEvent } from '@a2a-js/sdk/server';
import { TurnBus } from './turn-bus.js';

const event = (text: string) =>
  ({ kind: 'message', data: { messageId: text } }) as AgentExecutionEvent;

describe('TurnBus', () => {
  it('hands on what is published, before and while somebody reads, in order', async () => {
    const bus = new TurnBus();
    const events = ['a', 'b', 'c'].map(event);
    bus.publish(events[0]!);
    const read = (async () => {
      const seen: AgentExecutionEvent[] = [];
      for await (const one of bus.events()) seen.push(one);
      return seen;
    })();
    bus.publish(events[1]!);
    await new Promise(setImmediate);
    bus.publish(events[2]!);
    bus.finished();
    bus.publish(event('late'));
    expect(await read).toEqual(events);
  });

  it('tells listeners, as the bus of the SDK does', () => {
    const bus = new TurnBus();
    const told: string[] = [];
    const note = (name: string) => () => void told.push(name);
    const off = note('off');
    bus
      .on('event', note('on'))
      .once('event', note('once'))
      .on('event', off)
      .off('event', off)
      .on('finished', note('finished'));
    bus.publish(event('a'));
    bus.publish(event('b'));
    bus.finished();
    expect(told).toEqual(['on', 'once', 'on', 'finished']);
    bus.removeAllListeners('event').publish(event('c'));
    bus.removeAllListeners().finished();
    expect(told).toHaveLength(4);
  });
});
