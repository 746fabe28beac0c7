// A reporter for Jest: names the suites that are still running when none has ended
// for minutes. A loop that never ends stops the clock of the test it is in too, so
// that Jest itself would wait without a word.

const PATIENCE_MS = 5 * 60_000;

export default class StuckSuitesReporter {
  running = new Set();
  timer = undefined;

  onTestFileStart({ path }) {
    this.running.add(path);
    this.restart();
  }

  onTestFileResult({ path }) {
    this.running.delete(path);
    this.restart();
  }

  onRunComplete() {
    clearInterval(this.timer);
  }

  restart() {
    clearInterval(this.timer);
    this.timer = setInterval(() => this.report(), PATIENCE_MS).unref();
  }

  report() {
    const names = [...this.running].join('\n  ');
    process.stderr.write(
      `No suite has ended for minutes. Running:\n  ${names}\n`,
    );
  }
}
