import { needsSnapshot, type SnapshotNeed } from './snapshot.js';

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
