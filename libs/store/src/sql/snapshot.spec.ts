import { isOutdated, needsSnapshot, type SnapshotNeed } from './snapshot.js';

const ROW: SnapshotNeed = {
  id: 't',
  version: 10,
  finishedAt: undefined,
  snapshotVersion: 4,
  snapshotBytes: 1_000,
  tailBytes: 300,
};

describe('snapshots', () => {
  it.each<[string, Partial<SnapshotNeed>, boolean, boolean]>([
    ['in the middle of a turn, after a few events', {}, false, false],
    ['at the end of a turn', {}, true, true],
    [
      'at the end of a turn that has added little',
      { tailBytes: 200 },
      true,
      false,
    ],
    ['after many events', { version: 260, tailBytes: 1_000 }, false, true],
    [
      'after many events that are smaller than the snapshot',
      { version: 260, tailBytes: 999 },
      false,
      false,
    ],
    ['at the end of the task', { finishedAt: 1 }, false, true],
    [
      'at the end of the task, after little and few events',
      { finishedAt: 1, tailBytes: 200 },
      false,
      false,
    ],
    [
      'at the end of the task, after many events that are small',
      { finishedAt: 1, version: 260, tailBytes: 200 },
      false,
      true,
    ],
    [
      'where it is the newest already',
      { version: 4, finishedAt: 1 },
      true,
      false,
    ],
    [
      'for the first time',
      { snapshotVersion: 0, snapshotBytes: 0 },
      true,
      true,
    ],
  ])('are made: %s', (_when, change, endsTurn, expected) => {
    expect(needsSnapshot({ ...ROW, ...change }, endsTurn)).toBe(expected);
  });

  it.each<[string, Record<string, number | null>, boolean]>([
    [
      'while there is none',
      { folded_version: null, snapshot_version: 0 },
      true,
    ],
    ['while there is an older one', {}, true],
    ['not where there is the same', { folded_version: 300 }, false],
    ['not where there is a newer one', { folded_version: 301 }, false],
    [
      'not where the older one is new enough, and could not be noted',
      { snapshot_version: 0 },
      false,
    ],
    [
      'where the older one could not be noted and many events are behind it',
      { snapshot_version: 0, folded_version: 40 },
      true,
    ],
    [
      'where the older one could not be noted and the task has ended',
      { snapshot_version: 0, finished_at: 1 },
      true,
    ],
  ])('are still needed: %s', (_when, change, expected) => {
    const row = {
      version: 300,
      folded_version: 200,
      snapshot_version: 200,
      finished_at: null,
    };
    expect(isOutdated({ ...row, ...change }, 300)).toBe(expected);
  });

  it('cost a multiple of the events that they fold, however many there are', () => {
    const costOf = (chunks: number) => {
      let row = {
        ...ROW,
        version: 0,
        snapshotVersion: 0,
        snapshotBytes: 0,
        tailBytes: 0,
      };
      let written = 0;
      for (let chunk = 1; chunk <= chunks; chunk += 1) {
        row = {
          ...row,
          version: row.version + 1,
          tailBytes: row.tailBytes + 100,
        };
        if (needsSnapshot(row, false)) {
          const snapshotBytes = row.snapshotBytes + row.tailBytes;
          written += snapshotBytes;
          row = {
            ...row,
            snapshotVersion: row.version,
            snapshotBytes,
            tailBytes: 0,
          };
        }
      }
      return written / (chunks * 100);
    };
    expect(costOf(1_000)).toBeLessThan(2.5);
    expect(costOf(100_000)).toBeLessThan(2.5);
  });
});
