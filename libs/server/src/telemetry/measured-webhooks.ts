import { type BatchObservableResult } from '@opentelemetry/api';
import {
  type MeasuredSources,
  type WaitingWebhooks,
} from '../instrumentation/telemetry.js';
import { type InstrumentSet } from './instruments.js';
import { A2A_ATTRIBUTES } from './telemetry-names.js';

/** Measures what waits for webhooks, once for each collection. @returns what ends it */
export function measureWebhooks(
  webhooks: NonNullable<MeasuredSources['webhooks']>,
  { meter, webhooksWaiting, webhookOldestAge }: InstrumentSet,
): () => void {
  const observables = [webhooksWaiting, webhookOldestAge];
  const observe = async (result: BatchObservableResult): Promise<void> => {
    for (const [agent, { waiting, oldestAgeMs }] of byAgent(await webhooks())) {
      const measured = { [A2A_ATTRIBUTES.agentName]: agent };
      result.observe(webhooksWaiting, waiting, measured);
      result.observe(webhookOldestAge, oldestAgeMs / 1_000, measured);
    }
  };
  meter.addBatchObservableCallback(observe, observables);
  return () => meter.removeBatchObservableCallback(observe, observables);
}

/** Tenants and origins are too many for labels. */
function byAgent(
  webhooks: readonly WaitingWebhooks[],
): ReadonlyMap<string, WaitingWebhooks> {
  const sums = new Map<string, WaitingWebhooks>();
  for (const { agent, waiting, oldestAgeMs } of webhooks) {
    const sum = sums.get(agent);
    sums.set(agent, {
      agent,
      waiting: (sum?.waiting ?? 0) + waiting,
      oldestAgeMs: Math.max(sum?.oldestAgeMs ?? 0, oldestAgeMs),
    });
  }
  return sums;
}
