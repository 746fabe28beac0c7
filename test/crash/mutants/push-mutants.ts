import {
  type DeliveryAttempt,
  type DueDelivery,
  isSelected,
  type PushFence,
  SYSTEM_CONTEXT,
  type TaskStore,
} from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { internal } from '../../support/internals.js';
import { type InstanceSettings } from '../fleet/instance-messages.js';
import { type Mutant } from './mutant.js';
import { writeRaw } from './write-raw.js';

const ALL = 10_000;

/** What goes wrong with webhooks. */
export const PUSH_MUTANTS: readonly Mutant[] = [
  {
    name: 'succeed-without-fence',
    text: 'A sender that was overtaken still moves the cursor.',
    cells: 'push.after_send-PAUSE-middle',
    store: (store, settings) =>
      withMethods(store, {
        push: withMethods(store.push, {
          succeed: async (fence, result) => {
            const settled = await store.push.succeed(fence, result);
            if (!settled) await moveRegardless(settings, fence, result.upTo);
            return settled ?? {};
          },
        }),
      }),
  },
  {
    name: 'delivered-before-it-is-sent',
    text: 'The cursor moves before the webhook is sent.',
    cells: 'push.after_claim-KILL',
    store: (store) =>
      withMethods(store, {
        push: withMethods(store.push, {
          claimDue: async (command) => {
            const due = await store.push.claimDue(command);
            await Promise.all(due.map((one) => moveCursor(store, one)));
            return due;
          },
          succeed: async () => ({}),
        }),
      }),
  },
  {
    name: 'retry-after-ignored',
    text: 'What the receiver asks for with Retry-After is not heard.',
    store: (store) =>
      withMethods(store, {
        push: withMethods(store.push, {
          fail: (fence, { attempt, disable }) =>
            store.push.fail(fence, { disable, attempt: atOnce(attempt) }),
        }),
      }),
  },
  {
    name: 'redirect-followed',
    text: 'A webhook that is redirected is sent to the other address.',
    patch: (app) => {
      const { http } = internal(app, 'WebhookClient');
      const request = http.request.bind(http);
      http.request = async (options: { url: string }) => {
        const answer = await request(options);
        const { location } = answer.headers;
        if (typeof location !== 'string') return answer;
        const url = new URL(location, options.url).href;
        return request({ ...options, url });
      };
    },
  },
];

async function moveCursor(
  { push, log }: TaskStore,
  { config, fence }: DueDelivery,
): Promise<void> {
  const { taskId, cursor, select } = config;
  const range = { after: cursor, limit: ALL };
  const events = await log.read(taskId, range, SYSTEM_CONTEXT);
  const next = events.find(({ body }) => isSelected(select, body));
  if (next) await push.succeed(fence, { upTo: next.seq });
}

function atOnce(attempt: DeliveryAttempt): DeliveryAttempt {
  return attempt.nextAt === undefined
    ? attempt
    : { ...attempt, nextAt: Math.min(attempt.nextAt, attempt.at + 50) };
}

/** As an update without the condition would. */
async function moveRegardless(
  settings: InstanceSettings,
  { taskId, configId }: PushFence,
  upTo: number,
): Promise<void> {
  await writeRaw(settings, (table) => ({
    text: `update ${table('push')} p
           set done_seq = $3, previous_seq = $3, is_held = false, due_at = 0
           from ${table('task')} t
           where t.num = p.task and t.id = $1 and p.config_id = $2`,
    values: [taskId, configId, upTo],
  }));
}
