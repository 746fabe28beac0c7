import { CollectingRunner, FakeClock, withMethods } from '@nest-a2a/testing';
import { type TaskLog } from '../log/task-log.js';
import { memory } from '../memory/memory.js';
import {
  type DueDelivery,
  type PushFence,
  type PushLedger,
} from '../push/push-ledger.js';
import { type OriginBacklog, type OriginNote } from '../push/push-origin.js';
import { type RedeliveryLedger } from '../push/redelivery-ledger.js';
import { SYSTEM_CONTEXT } from '../scope.js';
import { type TaskStore } from '../task-store.js';
import { type Claim, type WorkLedger } from '../work/work-ledger.js';
import { describeTaskStore } from './describe-task-store.js';

type Mutate = (store: TaskStore) => TaskStore;

const inWork =
  (change: (work: WorkLedger, log: TaskLog) => Partial<WorkLedger>): Mutate =>
  (store) =>
    withMethods(store, {
      work: withMethods(store.work, change(store.work, store.log)),
    });

const inPush =
  (change: (push: PushLedger) => Partial<PushLedger>): Mutate =>
  (store) =>
    withMethods(store, { push: withMethods(store.push, change(store.push)) });

const inRedeliveries =
  (
    change: (redeliveries: RedeliveryLedger) => Partial<RedeliveryLedger>,
  ): Mutate =>
  (store) =>
    withMethods(store, {
      redeliveries: withMethods(store.redeliveries, change(store.redeliveries)),
    });

interface Mutant {
  readonly part: string;
  /** A part of the title of a test that must fail. */
  readonly fails: string;
  readonly mutate: Mutate;
}

/** Gives out the turns of one tenant after the other. */
const byTenantName = inWork((work) => ({
  claim: async (command) => {
    const claims = [...(await work.claim({ ...command, max: 1_000 }))];
    const tenant = ({ record }: Claim) => record.scope.tenant;
    claims.sort((a, b) => (tenant(a) < tenant(b) ? -1 : 1));
    for (const { fence } of claims.splice(command.max)) {
      await work.release(fence);
    }
    return claims;
  },
}));

/** Gives out the deliveries of one tenant after the other. */
const oldestFirst = inPush((push) => ({
  claimDue: async ({ perOrigin, max, ...command }) => {
    const most = { ...command, perOrigin: 1_000, max: 1_000 };
    const due = [...(await push.claimDue(most))];
    const tenant = ({ config }: DueDelivery) => config.scope.tenant;
    due.sort((a, b) => (tenant(a) < tenant(b) ? -1 : 1));
    for (const { fence } of due.splice(Math.min(max, perOrigin))) {
      await push.release(fence, { dueAt: 0 });
    }
    return due;
  },
}));

function deaf(note: OriginNote): OriginNote {
  return note.kind === 'up' ? note : { ...note, heldUntil: 0 };
}

async function failures(part: string, mutate: Mutate): Promise<string[]> {
  const collecting = new CollectingRunner();
  describeTaskStore(collecting.runner, {
    open: async () => {
      const clock = new FakeClock();
      const { store, ...runtime } = await memory().open({ clock });
      const advance = (ms: number) => clock.advance(ms);
      return { ...runtime, store: mutate(store), advance };
    },
  });
  return collecting.run(`a task store › ${part} › `);
}

const MUTANTS: Record<string, Mutant> = {
  'a claim that is given to two': {
    part: 'claims',
    fails: 'never gives one turn to two',
    mutate: inWork((work) => {
      let running: Promise<readonly Claim[]> | undefined;
      return {
        claim: async (command) => {
          running ??= work.claim(command);
          const claims = await running;
          running = undefined;
          return claims;
        },
      };
    }),
  },
  'a claim for all agents': {
    part: 'claims',
    fails: 'of the agents that are asked for only',
    mutate: inWork((work) => ({
      claim: (command) => work.claim({ ...command, agents: ['a', 'b', 'c'] }),
    })),
  },
  'a claim that lets the first tenant have everything': {
    part: 'fair claims',
    fails: 'of each tenant, however many another has',
    mutate: byTenantName,
  },
  'a claim that always begins with the same tenant': {
    part: 'fair claims',
    fails: 'goes on behind the tenant that came last',
    mutate: byTenantName,
  },
  'a claim without a limit for an agent': {
    part: 'fair claims',
    fails: 'no more turns of an agent than it has room for',
    mutate: inWork((work) => ({
      claim: ({ maxOfAgent: _maxOfAgent, ...command }) => work.claim(command),
    })),
  },
  'expired leases that do not count': {
    part: 'leases',
    fails: 'when its lease has expired, and counts that',
    mutate: inWork((work) => ({
      claim: async (command) =>
        (await work.claim(command)).map((claim) => ({ ...claim, attempt: 1 })),
    })),
  },
  'a hand-back that counts as an attempt': {
    part: 'leases',
    fails: 'takes a turn back at once, and does not count that',
    mutate: inWork((work) => ({
      release: async (fence) => {
        await work.renew({ fences: [fence], leaseMs: 0 });
      },
    })),
  },
  'a cancel that leaves no mark': {
    part: 'cancelling',
    fails: 'who sees it at the next renewal',
    mutate: inWork((_work, log) => ({
      requestCancel: async (taskId, by) => {
        const record = await log.load(taskId, {}, by);
        return record?.isFinished ? 'finished' : 'signalled';
      },
    })),
  },
  'a fence-out that respects the version': {
    part: 'cancelling',
    fails: 'takes a task away from whoever runs it',
    mutate: inWork((_work, log) => ({
      fenceOut: async ({ taskId, events }) => {
        const command = { taskId, events, expectedVersion: 1 };
        const answer = await log.append(command, SYSTEM_CONTEXT);
        return answer.kind === 'accepted' ? answer : undefined;
      },
    })),
  },
  'a cursor that moves without the fence': {
    part: 'delivery fences',
    fails: 'when its lease has expired',
    mutate: inPush((push) => {
      const held = new Map<string, PushFence>();
      const newest = (fence: PushFence) => held.get(fence.configId) ?? fence;
      return {
        claimDue: async (command) => {
          const due = await push.claimDue(command);
          due.forEach(({ fence }) => held.set(fence.configId, fence));
          return due;
        },
        succeed: (fence, result) => push.succeed(newest(fence), result),
      };
    }),
  },
  'origins without a limit': {
    part: 'origins of webhooks',
    fails: 'no more for one origin',
    mutate: inPush((push) => ({
      claimDue: (command) => push.claimDue({ ...command, perOrigin: Infinity }),
    })),
  },
  'an origin of which the first tenant has everything': {
    part: 'shares of an origin',
    fails: 'shares the room of an origin between the tenants',
    mutate: oldestFirst,
  },
  'an origin whose first tenant comes again and again': {
    part: 'shares of an origin',
    fails: 'goes round the tenants where there is room for one only',
    mutate: oldestFirst,
  },
  'an age that counts from where the last success was': {
    part: 'backlogs of origins',
    fails: 'learns from a failed attempt which event is the oldest',
    mutate: inPush((push) => ({
      fail: (fence, { upTo: _upTo, ...result }) => push.fail(fence, result),
    })),
  },
  'a backlog in the order of names': {
    part: 'backlogs of origins',
    fails: 'the oldest first',
    mutate: inPush((push) => ({
      backlog: async ({ limit }) => {
        const all = await push.backlog({ limit: 1_000 });
        const byTenant = (a: OriginBacklog, b: OriginBacklog) =>
          a.tenant.localeCompare(b.tenant);
        return all.toSorted(byTenant).reverse().slice(0, limit);
      },
    })),
  },
  'a backlog that counts what is paused': {
    part: 'backlogs of origins',
    fails: 'leaves out what is paused or disabled',
    mutate: inPush((push) => {
      let paused = 0;
      return {
        setState: (command, by) => {
          paused += command.state === 'active' ? -1 : 1;
          return push.setState(command, by);
        },
        backlog: async (query) =>
          (await push.backlog(query)).map((one) => ({
            ...one,
            waiting: one.waiting + paused,
          })),
      };
    }),
  },
  'a breaker that never opens': {
    part: 'breakers of origins',
    fails: 'gives out nothing for an origin after so many failures',
    mutate: inPush((push) => ({
      fail: (fence, { origin: _origin, ...result }) => push.fail(fence, result),
    })),
  },
  'a breaker that never closes': {
    part: 'probes of origins',
    fails: 'closes by a probe that is answered',
    mutate: inPush((push) => ({
      succeed: (fence, { origin: _origin, ...result }) =>
        push.succeed(fence, result),
    })),
  },
  'a breaker that does not hear what an origin asks for': {
    part: 'breakers of origins',
    fails: 'holds an origin back for as long as it asks',
    mutate: inPush((push) => ({
      fail: (fence, { origin, ...result }) =>
        push.fail(fence, {
          ...result,
          ...(origin && { origin: deaf(origin) }),
        }),
    })),
  },
  'a look at what is due that does not see breakers': {
    part: 'breakers of origins',
    fails: 'says when the next probe may be sent',
    mutate: (store) =>
      inPush((push) => ({
        nextDueAt: async () => (await push.nextDueAt()) && store.now(),
      }))(store),
  },
  'a redelivery of what is not done yet': {
    part: 'redeliveries',
    fails: 'cuts a range to what is done',
    mutate: inRedeliveries((redeliveries) => ({
      add: async (command, by) => {
        const answer = await redeliveries.add(command, by);
        return answer.kind === 'accepted'
          ? { ...answer, to: command.to }
          : answer;
      },
    })),
  },
  'a redelivery that forgets that it failed': {
    part: 'redeliveries',
    fails: 'tries again when it says, and passes what is dead',
    mutate: inRedeliveries((redeliveries) => ({
      fail: (fence, { attempt: { nextAt: _nextAt, ...attempt }, disable }) =>
        redeliveries.fail(fence, { attempt, disable }),
    })),
  },
  'a redelivery that says nothing about its origin': {
    part: 'claims of redeliveries',
    fails: 'is the probe where nothing else is to be delivered',
    mutate: inRedeliveries((redeliveries) => ({
      fail: (fence, { origin: _origin, ...result }) =>
        redeliveries.fail(fence, result),
    })),
  },
  'a redelivery that never ends': {
    part: 'redeliveries',
    fails: 'sends a range once more, and moves nothing else',
    mutate: inRedeliveries((redeliveries) => ({
      succeed: (fence, { upTo, ...result }) =>
        redeliveries.succeed(fence, { ...result, upTo: upTo - 1 }),
    })),
  },
  'a replaced configuration that begins anew': {
    part: 'delivery fences',
    fails: 'goes on for a replaced configuration',
    mutate: inPush((push) => ({
      put: async (command, by) => {
        await push.remove(command.taskId, command.config.id, by);
        return push.put(command, by);
      },
    })),
  },
  'a failure that forgets when to try again': {
    part: 'deliveries',
    fails: 'tries again when the failed attempt says so',
    mutate: inPush((push) => ({
      fail: (fence, { attempt: { nextAt: _nextAt, ...attempt }, disable }) =>
        push.fail(fence, { attempt, disable }),
    })),
  },
  'secrets that are added whatever the caller knows': {
    part: 'secrets of the application',
    fails: 'adds nothing behind a secret that is not the newest',
    mutate: (store) =>
      withMethods(store, {
        secrets: withMethods(store.secrets, {
          add: async ({ after: _after, ...secret }) => {
            const newest = (await store.secrets.list(secret.purpose)).at(-1);
            const after = newest && { after: newest.id };
            return store.secrets.add({ ...secret, ...after });
          },
        }),
      }),
  },
  'a secret that comes to the end when it is sealed anew': {
    part: 'secrets of the application',
    fails: 'keeps its place and its time',
    mutate: (store) =>
      withMethods(store, {
        secrets: withMethods(store.secrets, {
          reseal: async (secret) => {
            const wasThere = await store.secrets.remove(secret);
            const newest = (await store.secrets.list(secret.purpose)).at(-1);
            const after = newest && { after: newest.id };
            return wasThere && store.secrets.add({ ...secret, ...after });
          },
        }),
      }),
  },
  'values of conversations without a look at the fence': {
    part: 'contexts of conversations',
    fails: 'stores no value of a turn that another instance has taken over',
    mutate: (store) =>
      withMethods(store, {
        contexts: withMethods(store.contexts, {
          put: (scope, { fence: _fence, ...command }) =>
            store.contexts.put(scope, command),
        }),
      }),
  },
  'values of conversations that the last writer wins': {
    part: 'contexts of conversations',
    fails: 'replaces the value that the caller knows',
    mutate: (store) =>
      withMethods(store, {
        contexts: withMethods(store.contexts, {
          put: async (scope, command) => {
            const { contextId } = command;
            const known = await store.contexts.load(scope, contextId);
            const expectedVersion = known?.version ?? 0;
            return store.contexts.put(scope, { ...command, expectedVersion });
          },
        }),
      }),
  },
};

describe('the suite for task stores', () => {
  it.each(Object.entries(MUTANTS))('notices %s', async (_name, mutant) => {
    const { part, fails, mutate } = mutant;
    const failed = await failures(part, mutate);
    expect(failed).toContainEqual(expect.stringContaining(fails));
  });

  it('finds nothing wrong with a store that is only wrapped', async () => {
    const parts = new Set(Object.values(MUTANTS).map(({ part }) => part));
    for (const part of parts) {
      expect(
        await failures(part, (store) =>
          inWork(() => ({}))(inPush(() => ({}))(store)),
        ),
      ).toEqual([]);
    }
  });
});
