// Versions as SemVer 2.0 writes them, without build metadata, which npm drops.

const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

export const isVersion = (text) => VERSION.test(text ?? '');

export const isPrerelease = (version) => version.includes('-');

/** Whether a version comes before another (SemVer §11). */
export function isBefore(version, other) {
  const [, ...a] = VERSION.exec(version);
  const [, ...b] = VERSION.exec(other);
  for (const i of [0, 1, 2]) {
    if (a[i] !== b[i]) return Number(a[i]) < Number(b[i]);
  }
  const [, , , before] = a;
  const [, , , after] = b;
  if (before === after || before === undefined) return false;
  return after === undefined || isLess(before.split('.'), after.split('.'));
}

function isLess(a, b) {
  for (const [i, one] of a.entries()) {
    const other = b[i];
    if (other === undefined) return false;
    if (one === other) continue;
    const areNumbers = [one, other].map((text) => /^\d+$/.test(text));
    if (areNumbers[0] && areNumbers[1]) return Number(one) < Number(other);
    return areNumbers[0] === areNumbers[1] ? one < other : areNumbers[0];
  }
  return a.length < b.length;
}
