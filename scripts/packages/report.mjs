// Does the parts of a run, some at a time, and says of each how it went.

const COLUMNS = ['part', 'nest', 'node', 'with'];

export class Report {
  #rows = [];
  #waiting = [];
  #running = 0;

  /** @param limit how many parts are done at a time */
  constructor(limit) {
    this.limit = limit;
  }

  /**
   * Does one part, when there is room. A part that fails is noted, and the
   * others are done all the same.
   *
   * @param row what it is called: `part`, `nest`, `node`, `with`
   * @returns what the work answers; nothing where it failed
   */
  async do(row, work) {
    if (this.#running >= this.limit) {
      await new Promise((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
    const start = performance.now();
    const noted = { ...row, error: undefined };
    this.#rows.push(noted);
    try {
      return await work();
    } catch (error) {
      noted.error = error;
      return undefined;
    } finally {
      noted.seconds = (performance.now() - start) / 1_000;
      console.log(lineOf(noted));
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Prints a table of all that was done, and what went wrong. @returns whether nothing did */
  end() {
    const failed = this.#rows.filter(({ error }) => error);
    for (const row of failed) {
      console.error(`\n--- ${lineOf(row)}\n${row.error.message}`);
    }
    console.log(`\n${tableOf(this.#rows)}`);
    console.log(`\n${this.#rows.length} parts, ${failed.length} failed`);
    return failed.length === 0;
  }
}

const cellsOf = (row) => [
  ...COLUMNS.map((column) => String(row[column] ?? '')),
  row.error ? 'FAILED' : 'ok',
  `${row.seconds.toFixed(1)} s`,
];

const lineOf = (row) => cellsOf(row).filter(Boolean).join(' · ');

function tableOf(rows) {
  const head = [...COLUMNS, 'result', 'time'];
  const lines = [head, ...rows.map(cellsOf)];
  const widths = head.map((_, i) =>
    Math.max(...lines.map((cells) => cells[i].length)),
  );
  const toText = (cells) =>
    cells.map((cell, i) => cell.padEnd(widths[i])).join('  ');
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [toText(head), rule, ...lines.slice(1).map(toText)]
    .map((line) => line.trimEnd())
    .join('\n');
}
