import { type SeededRandom } from '../../support/seeded-random.js';
import { type ClientBinding } from '../history/history.js';
import { PLAIN_SCRIPT, plainTask, type TaskPlan } from './task-plan.js';
import { type Moods, type ReceiverMood } from './webhook-receivers.js';

const BINDINGS: readonly ClientBinding[] = ['JSONRPC', 'HTTP+JSON', 'GRPC'];
export const TENANTS = Object.freeze(['acme', 'globex']);

const COMPLETED = 'TASK_STATE_COMPLETED';
const CANCELED = 'TASK_STATE_CANCELED';
const FAILED = 'TASK_STATE_FAILED';

type Kind = (number: number, random: SeededRandom) => Partial<TaskPlan>;

/** The kinds of tasks, each so often as it stands here. */
const KINDS: readonly Kind[] = [
  shortTask,
  longTask,
  longTask,
  question,
  twins,
  canceled,
  ignoringCancel,
  failing,
  webhooksThatChange,
  visit,
];

/** Where the application has rows of its own. */
const BOOKING_KINDS: readonly Kind[] = [booking, booking];

/** So many tasks of the mix, one after the other, are in one conversation where they are in one at all. */
const VISITS = 30;

/** What is possible besides. */
export interface MixOptions {
  /** Whether workers can write rows of the application in one commit with events. */
  readonly canBook: boolean;
}

/** A task of the mix, the same for the same seed. */
export function randomPlan(
  number: number,
  random: SeededRandom,
  { canBook }: MixOptions,
): TaskPlan {
  const kind = random.pick(canBook ? [...KINDS, ...BOOKING_KINDS] : KINDS);
  const name = `soak-${number}`;
  return plainTask(name, {
    tenant: random.pick(TENANTS),
    binding: random.pick(BINDINGS),
    subscribers: random.chance(0.5) ? [subscriber(random)] : [],
    webhook: moods(random),
    ...kind(number, random),
  });
}

function shortTask(): Partial<TaskPlan> {
  return {};
}

function longTask(_number: number, random: SeededRandom): Partial<TaskPlan> {
  return {
    streams: random.chance(0.6),
    subscribers: [subscriber(random), subscriber(random)],
    script: {
      ...PLAIN_SCRIPT,
      steps: ['collect', 'sort', 'write'],
      chunks: 10 + random.below(20),
      chunkDelayMs: 50 + random.below(100),
    },
  };
}

function question(): Partial<TaskPlan> {
  return {
    script: { ...PLAIN_SCRIPT, artifactId: 'draft', end: 'ask' },
    answerScript: { ...PLAIN_SCRIPT, steps: ['finish'] },
  };
}

function twins(): Partial<TaskPlan> {
  return { hasTwin: true };
}

function canceled(_number: number, random: SeededRandom): Partial<TaskPlan> {
  return {
    cancelAfterMs: random.below(1_500),
    script: { ...PLAIN_SCRIPT, chunks: 8, chunkDelayMs: 100 },
    states: [COMPLETED, CANCELED],
  };
}

function ignoringCancel(): Partial<TaskPlan> {
  return {
    cancelAfterMs: 300,
    script: { ...PLAIN_SCRIPT, workMs: 4_000, ignoresCancel: true },
    states: [COMPLETED, CANCELED],
  };
}

function failing(_number: number, random: SeededRandom): Partial<TaskPlan> {
  const end = random.pick(['fail', 'throw'] as const);
  return { script: { ...PLAIN_SCRIPT, end }, states: [FAILED] };
}

function webhooksThatChange(
  _number: number,
  random: SeededRandom,
): Partial<TaskPlan> {
  return {
    script: { ...PLAIN_SCRIPT, chunks: 10, chunkDelayMs: 100 },
    lateWebhook: { moods: moods(random), isRemoved: random.chance(0.5) },
  };
}

/** Two turns of a conversation that other tasks are in at the same time. */
function visit(number: number, random: SeededRandom): Partial<TaskPlan> {
  const script = (turn: number) => ({
    ...PLAIN_SCRIPT,
    artifactId: `part-${turn}`,
    visitor: `soak-${number}/${turn}`,
  });
  return {
    contextId: `talk-${Math.floor(number / VISITS)}`,
    ...(random.chance(0.5)
      ? {
          script: { ...script(1), end: 'ask' as const },
          answerScript: script(2),
        }
      : { script: script(1) }),
  };
}

/** A row in one commit with a step, or with the end. */
function booking(_number: number, random: SeededRandom): Partial<TaskPlan> {
  const books = random.pick(['step', 'end'] as const);
  return { script: { ...PLAIN_SCRIPT, books } };
}

function subscriber(random: SeededRandom): TaskPlan['subscribers'][number] {
  return { binding: random.pick(BINDINGS), resumes: random.chance(0.7) };
}

/** A receiver that is mostly well. */
function moods(random: SeededRandom): Moods {
  const list = Array.from({ length: 50 }, () => mood(random.next()));
  return (request) => list[request] ?? 'taken';
}

function mood(chance: number): ReceiverMood {
  if (chance < 0.05) return 'refused';
  if (chance < 0.08) return 'processedButReset';
  if (chance < 0.1) return 'hung';
  if (chance < 0.12) return 'throttled';
  if (chance < 0.14) return 'redirected';
  return 'taken';
}
