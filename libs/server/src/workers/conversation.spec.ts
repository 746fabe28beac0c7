import { StoreError } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { Conversation } from './conversation.js';
import { SCOPE, TurnLab } from '../../test/turn-lab.js';

describe('Conversation', () => {
  let lab: TurnLab;

  beforeEach(async () => {
    lab = new TurnLab();
    // A value lives as long as a task of its conversation does.
    await lab.create();
  });

  const open = (contextId = 'c1', scope = SCOPE) =>
    new Conversation(lab.store.contexts, scope, contextId);

  it('has no value at first, and then the one that was stored', async () => {
    const conversation = open();
    expect(await conversation.load()).toBeUndefined();
    await conversation.update({ count: 1 });
    await conversation.update({ count: 2 });
    expect(await conversation.load()).toEqual({ count: 2 });
    expect(await open().load()).toEqual({ count: 2 });
  });

  it('stores without having loaded', async () => {
    await open().update('first');
    await open().update('second');
    expect(await open().load()).toBe('second');
  });

  it('does not overwrite what another turn has stored since', async () => {
    const [mine, theirs] = [open(), open()];
    await mine.load();
    await theirs.update('theirs');
    const late = mine.update('mine');
    await expect(late).rejects.toMatchObject({ code: 'CONTEXT_CONFLICT' });
    expect(await mine.load()).toBe('theirs');
    await mine.update('mine');
    expect(await open().load()).toBe('mine');
  });

  it('lets one of two through that store at once', async () => {
    const outcomes = await Promise.allSettled(
      [open(), open()].map((one, index) => one.update(index)),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
    ]);
  });

  it('belongs to a conversation and an owner', async () => {
    await open().update('mine');
    expect(await open('c2').load()).toBeUndefined();
    const other = { ...SCOPE, principal: 'bob' };
    expect(await open('c1', other).load()).toBeUndefined();
  });

  it('is independent of the object that was stored', async () => {
    const value = { list: [1] };
    await open().update(value);
    value.list.push(2);
    expect(await open().load()).toEqual({ list: [1] });
  });

  it('stores null for nothing and refuses what JSON cannot hold', async () => {
    await open().update(undefined as never);
    expect(await open().load()).toBeNull();
    await expect(open().update(1n as never)).rejects.toThrow(TypeError);
  });

  it('passes on what is no conflict', async () => {
    const down = new StoreError('UNAVAILABLE', 'down');
    const contexts = withMethods(lab.store.contexts, {
      put: () => Promise.reject(down),
    });
    const conversation = new Conversation(contexts, SCOPE, 'c1');
    await expect(conversation.update(1)).rejects.toBe(down);
  });
});
