import {
  type Booking,
  type DumpedConversation,
  type DumpedTask,
  type Expectation,
  type ForbiddenRequest,
  type History,
  type HistoryEntry,
  type LabSettings,
  type Operation,
  type Resources,
  type StreamClosed,
  type StreamFrame,
  type StreamOpened,
  type Violation,
  type WebhookReceived,
  type WorkerRun,
} from '../history/history.js';
import { ALLOWANCES, type Allowances } from './allowances.js';
import { FaultsInTime } from './faults-in-time.js';
import { groupBy } from './group-by.js';
import { pushKey, type PushView } from './push-view.js';
import { type Sighting, sightingsOf } from './sightings.js';
import { TaskVersions } from './task-versions.js';

/** One connection of a reader. */
export interface StreamView {
  readonly opened: StreamOpened;
  readonly frames: readonly StreamFrame[];
  readonly closed: StreamClosed | undefined;
}

/** An invariant: what of it a history violates. */
export type Invariant = (view: HistoryView) => Violation[];

/** A history, sorted by what it is about. Made once for all invariants. */
export class HistoryView {
  readonly settings: LabSettings;
  /** The store's clock when it was dumped. */
  readonly now: number;
  /** The tasks of the dump, folded. */
  readonly tasks: ReadonlyMap<string, TaskVersions>;
  readonly operations: readonly Operation[];
  readonly streams: readonly StreamView[];
  readonly webhooks: readonly WebhookReceived[];
  readonly pushes: readonly PushView[];
  readonly forbidden: readonly ForbiddenRequest[];
  readonly faults: FaultsInTime;
  readonly runs: ReadonlyMap<string, WorkerRun>;
  readonly resources: readonly Resources[];
  /** What clients saw of each task, in the order in which they had seen it. */
  readonly sightings: ReadonlyMap<string, readonly Sighting[]>;
  readonly bookings: readonly Booking[];
  readonly conversations: readonly DumpedConversation[];
  private readonly expectations: ReadonlyMap<string, Expectation>;

  constructor(
    history: History,
    readonly allowances: Allowances = ALLOWANCES,
  ) {
    const { settings, dump, entries, expectations } = history;
    const of = sortEntries(entries);
    this.settings = settings;
    this.now = dump.now;
    this.tasks = new Map(
      dump.tasks.map((task) => [task.taskId, new TaskVersions(task)]),
    );
    this.bookings = dump.bookings;
    this.conversations = dump.conversations;
    this.expectations = new Map(
      expectations.map((one) => [one.taskId ?? one.contextId, one]),
    );
    this.operations = of('operation');
    this.streams = toStreams(
      of('streamOpened'),
      of('frame'),
      of('streamClosed'),
    );
    this.webhooks = of('webhook');
    this.forbidden = of('forbidden');
    this.faults = new FaultsInTime(of('fault'));
    this.runs = new Map(of('run').map((run) => [run.run, run]));
    this.resources = of('resources');
    this.pushes = this.toPushes();
    this.sightings = sightingsOf(this);
  }

  expectationOf({ taskId, contextId }: DumpedTask): Expectation | undefined {
    return this.expectations.get(taskId) ?? this.expectations.get(contextId);
  }

  private toPushes(): PushView[] {
    const requests = groupBy(this.webhooks, ({ taskId, configId }) =>
      pushKey(taskId, configId),
    );
    const operations = groupBy(this.operations, ({ request }) =>
      pushKey(request.taskId ?? '', request.configId ?? ''),
    );
    const tasks = [...this.tasks.values()].map(({ dumped }) => dumped);
    const keys = new Set([
      ...requests.keys(),
      ...tasks.flatMap((task) => this.configsOf(task)),
    ]);
    return [...keys].map((key) => {
      const [taskId, configId] = JSON.parse(key) as [string, string];
      const task = this.tasks.get(taskId)?.dumped;
      const asked = operations.get(key) ?? [];
      return {
        taskId,
        configId,
        requests: inOrder(requests.get(key) ?? []),
        dumped: task?.configs.find((config) => config.configId === configId),
        isLive: task !== undefined && this.isLive(task, configId),
        creates: asked.filter(({ op }) => op === 'createConfig'),
        deletes: asked.filter(({ op }) => op === 'deleteConfig'),
      };
    });
  }

  private configsOf(task: DumpedTask): string[] {
    const live = this.expectationOf(task)?.liveConfigs ?? [];
    const dumped = task.configs.map(({ configId }) => configId);
    return [...live, ...dumped].map((id) => pushKey(task.taskId, id));
  }

  private isLive(task: DumpedTask, configId: string): boolean {
    return this.expectationOf(task)?.liveConfigs.includes(configId) ?? false;
  }
}

function inOrder(requests: readonly WebhookReceived[]): WebhookReceived[] {
  return [...requests].sort((one, other) => one.startedAt - other.startedAt);
}

/** The entries of a kind. */
function sortEntries(entries: readonly HistoryEntry[]) {
  const byKind = groupBy(entries, ({ kind }) => kind);
  return <K extends HistoryEntry['kind']>(kind: K) =>
    (byKind.get(kind) ?? []) as Extract<HistoryEntry, { kind: K }>[];
}

function toStreams(
  opened: readonly StreamOpened[],
  frames: readonly StreamFrame[],
  closed: readonly StreamClosed[],
): StreamView[] {
  const framesOf = groupBy(frames, ({ stream }) => stream);
  const closedOf = new Map(closed.map((one) => [one.stream, one]));
  return opened.map((one) => ({
    opened: one,
    frames: framesOf.get(one.stream) ?? [],
    closed: closedOf.get(one.stream),
  }));
}
