import { Inject, Injectable, Logger, type Type } from '@nestjs/common';
import {
  ContextIdFactory,
  DiscoveryService,
  ModuleRef,
  Reflector,
} from '@nestjs/core';
import { AgentRegistry } from '../agents/agent-registry.service.js';
import { type AgentDefinition } from '../agents/agent-definition.js';
import {
  A2A_WORKER_METADATA,
  type A2AWorkerOptions,
} from './a2a-worker.decorator.js';
import { type TaskContext } from './task-context.js';
import { type Worker } from './worker.js';
import {
  DuplicateWorkerError,
  InvalidWorkerError,
  MissingWorkerError,
} from './worker.errors.js';
import { getWorkerToken } from './worker.tokens.js';

/** The worker of an agent, ready to be asked. */
export interface BoundWorker {
  readonly agent: string;
  readonly directReplies: boolean;
  /** The most turns of the agent at a time; `undefined` for no limit of its own. */
  readonly concurrency?: number | undefined;
  /** The most that a turn of the worker may take, milliseconds; `undefined` for what all may. */
  readonly timeoutMs?: number | undefined;
  /** The instance for a turn: always the same, or one of its own where the class is request-scoped. */
  resolve(context: TaskContext): Promise<Worker>;
}

type ProviderWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** A provider that works for some agent. */
interface Candidate {
  readonly wrapper: ProviderWrapper;
  readonly agent: string;
  readonly options: A2AWorkerOptions;
}

/** Finds the workers among the providers of the application. */
@Injectable()
export class WorkerExplorer {
  private readonly logger = new Logger('A2AModule');

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    @Inject(AgentRegistry) private readonly agents: AgentRegistry,
  ) {}

  /**
   * The one worker of each agent.
   *
   * @throws MissingWorkerError, DuplicateWorkerError, InvalidWorkerError
   */
  explore(): Map<string, BoundWorker> {
    const candidates = this.candidates();
    this.assertKnownAgents(candidates);
    return new Map(
      this.agents.all.map((agent) => [
        agent.name,
        this.bind(agent, theOnly(agent.name, candidates)),
      ]),
    );
  }

  private candidates(): Candidate[] {
    const tokens = new Map(
      this.agents.names.map((name) => [getWorkerToken(name), name]),
    );
    const found = this.discovery.getProviders().flatMap((wrapper) => {
      const options = this.optionsOf(wrapper);
      const bound = tokens.get(wrapper.token as unknown as symbol);
      const agent = bound ?? (wrapper.isAlias ? undefined : options?.agent);
      return agent === undefined
        ? []
        : [{ wrapper, agent, options: options ?? {} }];
    });
    // A token that stands for a decorated class (`useExisting`) is that class.
    return found.filter(
      ({ wrapper }) =>
        !wrapper.isAlias ||
        !found.some((other) => standsFor(wrapper, other.wrapper)),
    );
  }

  private optionsOf(wrapper: ProviderWrapper): A2AWorkerOptions | undefined {
    const type = classOf(wrapper);
    return (
      type &&
      this.reflector.get<A2AWorkerOptions | undefined>(
        A2A_WORKER_METADATA,
        type,
      )
    );
  }

  private assertKnownAgents(candidates: readonly Candidate[]): void {
    for (const { agent, wrapper } of candidates) {
      if (!this.agents.names.includes(agent)) {
        throw new InvalidWorkerError(
          `${nameOf(wrapper)} works for the agent "${agent}", which is not there. ` +
            `The application has: ${this.agents.names.join(', ')}.`,
        );
      }
    }
  }

  private bind(agent: AgentDefinition, candidate: Candidate): BoundWorker {
    const { wrapper, options } = candidate;
    assertLimits(nameOf(wrapper), options);
    this.logger.log(`Agent "${agent.name}" -> ${nameOf(wrapper)}`);
    return {
      agent: agent.name,
      directReplies: agent.directReplies ?? options.directReplies ?? false,
      concurrency: agent.concurrency ?? options.concurrency,
      timeoutMs: options.timeoutMs,
      resolve: this.resolver(wrapper),
    };
  }

  private resolver(wrapper: ProviderWrapper): BoundWorker['resolve'] {
    if (wrapper.isDependencyTreeStatic() && !wrapper.isTransient) {
      const worker = assertWorker(wrapper.instance, wrapper);
      return () => Promise.resolve(worker);
    }
    return async (context) => {
      const id = ContextIdFactory.create();
      // What request-scoped providers get as REQUEST: there is no HTTP request while a turn runs.
      this.moduleRef.registerRequestByContextId(context, id);
      const token = wrapper.token as Type<unknown>;
      const options = { strict: false };
      const instance = await this.moduleRef.resolve(token, id, options);
      return assertWorker(instance, wrapper);
    };
  }
}

function theOnly(agent: string, candidates: readonly Candidate[]): Candidate {
  const [first, ...others] = candidates.filter((one) => one.agent === agent);
  if (!first) {
    throw new MissingWorkerError(agent);
  }
  if (others.length > 0) {
    const names = [first, ...others].map(({ wrapper }) => nameOf(wrapper));
    throw new DuplicateWorkerError(agent, names);
  }
  return first;
}

/** Whether an alias is another name of a provider. A request-scoped one has no instance to compare. */
function standsFor(alias: ProviderWrapper, other: ProviderWrapper): boolean {
  const isSame = other.instance === alias.instance && other !== alias;
  return isSame || other.token === alias.inject?.[0];
}

/** The class of a provider; that of its instance where a value or a factory made it. */
function classOf(wrapper: ProviderWrapper): Type<unknown> | undefined {
  const instance = wrapper.instance as object | null | undefined;
  const fromInstance = instance?.constructor as Type<unknown> | undefined;
  return fromInstance ?? (wrapper.metatype as Type<unknown> | undefined);
}

function nameOf(wrapper: ProviderWrapper): string {
  return classOf(wrapper)?.name ?? String(wrapper.name);
}

/** @throws InvalidWorkerError */
function assertLimits(name: string, options: A2AWorkerOptions): void {
  for (const limit of ['timeoutMs', 'concurrency'] as const) {
    const value = options[limit];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw new InvalidWorkerError(
        `@A2AWorker({ ${limit} }) of ${name} must be a whole number above 0, not ${String(value)}.`,
      );
    }
  }
}

function assertWorker(value: unknown, wrapper: ProviderWrapper): Worker {
  const worker = value as Partial<Worker> | null | undefined;
  if (typeof worker?.handle !== 'function') {
    throw new InvalidWorkerError(
      `${nameOf(wrapper)} has no method handle(context). Let it implement Worker.`,
    );
  }
  return worker as Worker;
}
