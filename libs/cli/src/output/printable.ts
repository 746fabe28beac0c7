// Everything that moves the cursor, changes the terminal or turns the direction of text.
const CONTROL =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * What an agent wrote, safe to show in a terminal: control characters are shown
 * as escapes, line breaks and tabs are left.
 */
export function printable(text: string): string {
  return text.replace(
    CONTROL,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same with further lines moved in, so that none looks like one of ours. */
export function printableBlock(text: string): string {
  return printable(text).replace(/\n/g, '\n    ');
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text).replace(/\s*\n\s*/g, ' ');
}
