import { parseConfiguration } from './parse-configuration.js';

/** What a factory may answer against its type. */
const parse = (configuration: unknown) =>
  parseConfiguration(configuration as Parameters<typeof parseConfiguration>[0]);

const url = 'https://a.example';
const card = { name: 'A', supportedInterfaces: [] };

describe('parseConfiguration', () => {
  it.each([
    [url, { url }],
    [new URL(url), { url: new URL(url), card: undefined }],
    [card, { card, url: undefined }],
    [url, { url, card: null }],
  ])('tells the agent %s and the options apart', (target, agent) => {
    const configuration = { ...agent, timeoutMs: 5 };
    expect(parse(configuration)).toEqual({ target, options: { timeoutMs: 5 } });
  });

  it.each<[unknown, string]>([
    [undefined, 'its configuration must be an object'],
    [null, 'its configuration must be an object'],
    [url, 'its configuration must be an object'],
    [[{ url }], 'its configuration must be an object'],
    [{}, 'give either its url or its card'],
    [{ url: null }, 'give either its url or its card'],
    [{ url, card }, 'give either its url or its card'],
    [{ url: '', card }, 'give either its url or its card'],
    [{ url: 5 }, 'its url must be a string or a URL'],
    [{ url: card }, 'its url must be a string or a URL'],
    [{ card: url }, 'its card must be an object'],
    [{ card: [card] }, 'its card must be an object'],
  ])('refuses %j', (configuration, message) => {
    expect(() => parse(configuration)).toThrow(new TypeError(message));
  });
});
