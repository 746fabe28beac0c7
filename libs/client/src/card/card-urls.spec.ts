import { cardUrls } from './card-urls.js';

const CARD = '/.well-known/agent-card.json';
const OLD = '/.well-known/agent.json';

describe('cardUrls', () => {
  it.each([
    ['http://a.example', ['http://a.example']],
    ['http://a.example/', ['http://a.example']],
    ['http://a.example:8000#x', ['http://a.example:8000']],
    [
      'https://a.example/billing/',
      ['https://a.example/billing', 'https://a.example'],
    ],
  ])('looks for the card of %s', (url, places) => {
    expect(cardUrls(url)).toEqual({
      current: places.map((place) => place + CARD),
      former: places.map((place) => place + OLD),
    });
  });

  it.each(['https://a.example/x/card.json?v=1', `https://a.example${CARD}`])(
    'takes %s for that of the card',
    (url) => {
      expect(cardUrls(url)).toEqual({ current: [url], former: [] });
    },
  );

  it.each(['a.example', '/agent', 'ftp://a.example', ''])(
    'refuses %j',
    (url) => {
      expect(() => cardUrls(url)).toThrow(TypeError);
    },
  );
});
