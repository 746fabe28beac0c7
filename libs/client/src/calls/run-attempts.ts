import { type AgentRoute } from '../connection/agent-route.js';
import { type AgentRoutes } from '../connection/agent-routes.js';
import { isA2AClientError } from '../errors/a2a-client-error.js';
import { sleep } from '../waiting/sleep.js';
import {
  judge,
  outcomeUnknown,
  retryAfterOf,
  type Verdict,
} from './attempt-failure.js';
import { retryDelay, type RetryPolicy } from './retry-options.js';

/** A call that is tried until it is answered. */
export interface AttemptPlan<T> {
  /** The interfaces to call. @param isUnreachable none of those there were could be reached: the card may have changed */
  readonly routes: (isUnreachable: boolean) => Promise<AgentRoutes>;
  /** One attempt. @param attempt from 1 */
  readonly send: (route: AgentRoute, attempt: number) => Promise<T>;
  /** Whether a request that was lost may be sent again. */
  readonly isRepeatable: () => boolean;
  /** Called before an attempt that follows a lost one. */
  readonly onRepeat?: (() => void) | undefined;
  /** The id of the message, if it is one. */
  readonly messageId: string | undefined;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
}

interface Failure {
  readonly error: unknown;
  readonly verdict: Verdict;
}

/**
 * Tries a call. What was not sent goes to the next interface at once, and when
 * none can be reached, again later. What was sent goes again only where the
 * agent said that it did nothing (429, 503), or where it cannot have a second
 * effect.
 *
 * @throws A2AClientError `outcome-unknown` for what may have had its effect
 */
export async function runAttempts<T>(plan: AttemptPlan<T>): Promise<T> {
  const tries: Tries = { count: 0, wasLost: false };
  let isUnreachable = false;
  for (let round = 1; ; round += 1) {
    const routes = await plan.routes(isUnreachable);
    const outcome = await tryRoutes(plan, routes, tries);
    if ('answer' in outcome) {
      return outcome.answer;
    }
    await waitFor(outcome, round, plan).catch((error: unknown) => {
      const isMessage = plan.messageId !== undefined;
      throw tries.wasLost && isMessage ? afterLoss(error, plan) : error;
    });
    isUnreachable = outcome.verdict === 'elsewhere';
    if (outcome.verdict === 'lost') {
      plan.onRepeat?.();
    }
  }
}

/** What has happened in all rounds. */
interface Tries {
  count: number;
  wasLost: boolean;
}

/** Tries one interface after the other until one is called. */
async function tryRoutes<T>(
  plan: AttemptPlan<T>,
  routes: AgentRoutes,
  tries: Tries,
): Promise<{ answer: T } | Failure> {
  const passedOver = new Set<AgentRoute>();
  let failed: Failure | undefined;
  let route = routes.next(passedOver);
  while (route) {
    try {
      const answer = await plan.send(route, (tries.count += 1));
      routes.noteReached(route);
      return { answer };
    } catch (error) {
      const failure = failureOf(error, { ...plan, ...tries });
      tries.wasLost ||= failure.verdict === 'lost';
      // What may be reached later says more than what is never called.
      failed = failure.verdict === 'refused' ? (failed ?? failure) : failure;
      if (failure.verdict !== 'later') routes.noteUnreachable(route);
      if (!isUnused(failure)) return failure;
    }
    passedOver.add(route);
    route = routes.next(passedOver);
  }
  return failed as Failure;
}

/** @throws the error where it is not tried again */
function failureOf<T>(
  error: unknown,
  plan: AttemptPlan<T> & { wasLost: boolean },
): Failure {
  const { signal, messageId, wasLost } = plan;
  const isHarmless = plan.isRepeatable();
  if (signal.aborted) {
    const mayHaveEffect = wasLost || !isUnsent(error);
    const isTold = messageId !== undefined || !isHarmless;
    const reason: unknown = signal.reason;
    throw mayHaveEffect && isTold ? afterLoss(reason, plan) : reason;
  }
  const verdict = judge(error);
  if (verdict === 'final') {
    throw error;
  }
  if (verdict === 'lost' && !isHarmless) {
    throw outcomeUnknown(error, messageId);
  }
  return { error, verdict };
}

/** What fails of which an attempt may have had its effect; who has left knows enough. */
function afterLoss<T>(
  error: unknown,
  { signal, messageId }: AttemptPlan<T>,
): unknown {
  const reason: unknown = signal.reason;
  const isTimeout = isA2AClientError(reason) && reason.code === 'timeout';
  return signal.aborted && !isTimeout
    ? error
    : outcomeUnknown(error, messageId);
}

/** Whether the interface was not called: others may be. */
function isUnused({ verdict }: Failure): boolean {
  return verdict === 'elsewhere' || verdict === 'refused';
}

function isUnsent(error: unknown): boolean {
  return isA2AClientError(error) && error.isUnsent;
}

/** @throws the error where waiting does not help */
async function waitFor(
  { error, verdict }: Failure,
  round: number,
  { retry, signal }: { retry: RetryPolicy; signal: AbortSignal },
): Promise<void> {
  const delayMs = retryDelay(retry, round, retryAfterOf(error));
  const isHopeless = verdict === 'refused' || round >= retry.maxAttempts;
  if (isHopeless || delayMs === undefined) {
    throw error;
  }
  await sleep(delayMs, signal);
}
