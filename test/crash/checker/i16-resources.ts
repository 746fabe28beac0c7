import { type Violation } from '../history/history.js';
import { type Allowances } from './allowances.js';
import { groupBy } from './group-by.js';
import { type HistoryView } from './history-view.js';

/** I16: an instance that has come to rest holds what it held at rest before. */
export function holdsNoMore({
  resources,
  allowances,
}: Pick<HistoryView, 'resources' | 'allowances'>): Violation[] {
  const byInstance = groupBy(resources, ({ instance }) => instance);
  return [...byInstance].flatMap(([instance, counted]) => {
    const before = counted.find(({ when }) => when === 'baseline');
    const after = counted.findLast(({ when }) => when === 'settled');
    if (!before || !after) {
      return [];
    }
    return Object.entries(after.counts).flatMap(([name, count]) => {
      const most = mostOf(name, before.counts[name] ?? 0, allowances);
      const text = `${instance} holds ${count} ${name}; at the beginning ${before.counts[name] ?? 0}, at most ${most} are right`;
      return count <= most ? [] : [{ invariant: 'I16', text }];
    });
  });
}

function mostOf(
  name: string,
  before: number,
  { extra, heapFactor }: Allowances,
): number {
  return name === 'heapMegabytes'
    ? before * heapFactor
    : before + (extra[name] ?? 0);
}
