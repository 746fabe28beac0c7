import { type Claim, type ContextStore, StoreError } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { Conversation, type ConversationPorts } from './conversation.js';
import { TurnError } from './turn.errors.js';
import { SCOPE, TurnLab } from '../../test/turn-lab.js';

describe('Conversation', () => {
  let lab: TurnLab;
  let claim: Claim;

  beforeEach(async () => {
    lab = new TurnLab();
    claim = await lab.claimed();
  });

  const openWith = (ports: Partial<ConversationPorts>, of = claim) =>
    new Conversation(of, {
      contexts: lab.store.contexts,
      clock: lab.clock,
      assertOpen: () => undefined,
      reasonOf: (error) => error,
      ...ports,
    });

  const open = (contextId = 'c1', scope = SCOPE) => {
    const task = { ...claim.record.task, contextId };
    const record = { ...claim.record, scope, task };
    return openWith({}, { ...claim, record });
  };

  const contextsWith = (methods: Partial<ContextStore>) =>
    withMethods(lab.store.contexts, methods);

  const isDown = () => Promise.reject(new StoreError('UNAVAILABLE', 'down'));

  const ended = () => {
    throw new TurnError('TURN_ENDED', 'over');
  };

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

  it('asks what it means for the turn that it may not store', async () => {
    await lab.store.work.release(claim.fence);
    const reasons: unknown[] = [];
    const reasonOf = (error: unknown) => {
      reasons.push(error);
      return new TurnError('TURN_LOST', 'lost');
    };
    const late = openWith({ reasonOf }).update('late');
    await expect(late).rejects.toMatchObject({ code: 'TURN_LOST' });
    expect(reasons).toEqual([expect.objectContaining({ code: 'FENCE_LOST' })]);
    expect(await open().load()).toBeUndefined();
  });

  it('stores nothing when the turn may no longer write', async () => {
    const late = openWith({ assertOpen: ended }).update('late');
    await expect(late).rejects.toMatchObject({ code: 'TURN_ENDED' });
    expect(await open().load()).toBeUndefined();
  });

  it('waits for a store that is not there', async () => {
    let failures = 0;
    const onceDown = () => {
      failures += 1;
      return isDown();
    };
    const { contexts } = lab.store;
    const conversation = openWith({
      contexts: contextsWith({
        load: (...args) =>
          failures === 0 ? onceDown() : contexts.load(...args),
        put: (...args) => (failures === 1 ? onceDown() : contexts.put(...args)),
      }),
    });
    const loaded = conversation.load();
    await lab.clock.advance(1_000);
    expect(await loaded).toBeUndefined();
    const stored = conversation.update('kept');
    await lab.clock.advance(1_000);
    await stored;
    expect(failures).toBe(2);
    expect(await open().load()).toBe('kept');
  });

  it.each(['load', 'update'] as const)(
    'gives up to %s when the turn ends before the store is there again',
    async (method) => {
      let isOver = false;
      const conversation = openWith({
        contexts: contextsWith({ load: isDown, put: isDown }),
        assertOpen: () => (isOver ? ended() : undefined),
      });
      const call = conversation[method]('value');
      const refused = expect(call).rejects.toMatchObject({
        code: 'TURN_ENDED',
      });
      await lab.clock.advance(1_000);
      isOver = true;
      await lab.clock.advance(1_000);
      await refused;
      expect(lab.clock.pendingTimers).toBe(0);
    },
  );

  describe('when the answer to a store was lost', () => {
    /** Stores the first value, and then whatever else happens, before the answer is lost. */
    const losing = (meanwhile: () => Promise<unknown>) => {
      const { contexts } = lab.store;
      let puts = 0;
      return openWith({
        contexts: contextsWith({
          put: async (...args) => {
            puts += 1;
            if (puts > 1) return contexts.put(...args);
            await meanwhile();
            await contexts.put(...args).catch(() => undefined);
            return isDown();
          },
        }),
      });
    };

    it('knows its own value again, and goes on from there', async () => {
      const conversation = losing(async () => undefined);
      const stored = conversation.update({ a: [1], b: null });
      await lab.clock.advance(1_000);
      await stored;
      await conversation.update('next');
      expect(await open().load()).toBe('next');
    });

    it('does not take the value of another turn for its own', async () => {
      const conversation = losing(() => open().update({ a: [2] }));
      const call = conversation.update({ a: [1] });
      const refused = expect(call).rejects.toMatchObject({
        code: 'CONTEXT_CONFLICT',
      });
      await lab.clock.advance(1_000);
      await refused;
      expect(await open().load()).toEqual({ a: [2] });
    });

    it('does not take a later version of its value for its own', async () => {
      const conversation = losing(async () => {
        await open().update('first');
        await open().update('mine');
      });
      const call = conversation.update('mine');
      const refused = expect(call).rejects.toMatchObject({
        code: 'CONTEXT_CONFLICT',
      });
      await lab.clock.advance(1_000);
      await refused;
    });
  });
});
