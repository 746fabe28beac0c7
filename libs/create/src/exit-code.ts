/**
 * What the process ends with. The numbers are part of the interface: scripts
 * decide by them.
 */
export const EXIT_CODES = Object.freeze({
  /** The project is there. */
  ok: 0,
  /** A fault in this program, or files that cannot be written. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** The folder has something in it. */
  occupied: 3,
  /** The project is there, its packages are not. */
  notInstalled: 4,
  /** Ctrl-C. */
  interrupted: 130,
});
