import { toJson, toJsonLine } from './to-json.js';

// A colour in the 8-bit form, and a change of the direction of text.
const HOSTILE = { text: '\u009b31mred\u202e\u001b[2J\n\u007f "quoted" \\' };

describe.each([toJson, toJsonLine])('%p', (write) => {
  it('escapes what would act on the terminal, and means the same', () => {
    const json = write(HOSTILE);
    // eslint-disable-next-line no-control-regex
    expect(json).not.toMatch(/[\u007f-\u009f\u001b\u202e]/);
    expect(JSON.parse(json)).toEqual(HOSTILE);
  });
});

describe('toJsonLine', () => {
  it('needs one line', () => {
    expect(toJsonLine(HOSTILE)).not.toContain('\n');
  });
});
