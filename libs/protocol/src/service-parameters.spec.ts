import {
  A2A_EXTENSIONS_HEADER,
  A2A_MEDIA_TYPE,
  A2A_VERSION_HEADER,
  AGENT_CARD_PATH,
  parseHeaderList,
  parseProtocolVersion,
} from './service-parameters.js';

describe('the names', () => {
  it('are those of the specification (A2A §3.2.6, §8.2, §11.1)', () => {
    expect(A2A_VERSION_HEADER).toBe('A2A-Version');
    expect(A2A_EXTENSIONS_HEADER).toBe('A2A-Extensions');
    expect(A2A_MEDIA_TYPE).toBe('application/a2a+json');
    expect(AGENT_CARD_PATH).toBe('/.well-known/agent-card.json');
  });
});

describe('parseProtocolVersion', () => {
  it.each([
    ['1.0', '1.0'],
    [' 1.0 ', '1.0'],
    ['0.3', '0.3'],
    ['0.5', '0.5'],
    ['10.12', '10.12'],
  ])('reads %j as %s', (value, version) => {
    expect(parseProtocolVersion(value)).toBe(version);
  });

  it.each([
    ['1.0.1', '1.0'],
    ['1.0.0', '1.0'],
    ['0.3.17', '0.3'],
  ])('ignores the patch number of %s (A2A §3.6)', (value, version) => {
    expect(parseProtocolVersion(value)).toBe(version);
  });

  it.each([undefined, '', '  '])('takes %j for 0.3 (A2A §3.6.2)', (value) => {
    expect(parseProtocolVersion(value)).toBe('0.3');
  });

  it.each(['1', 'v1.0', '1.0-beta', '1.0.0.0', '1.', '1.0, 1.0', '１.0'])(
    'answers %j as it is, so that it matches no version',
    (value) => {
      expect(parseProtocolVersion(` ${value}`)).toBe(value);
    },
  );
});

describe('parseHeaderList', () => {
  it.each([
    [undefined, []],
    ['', []],
    [' , ,', []],
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    [' a , b ,', ['a', 'b']],
    ['a,b,a', ['a', 'b']],
    [
      ['a, b', 'c', 'b'],
      ['a', 'b', 'c'],
    ],
    [[], []],
    ['A,a', ['A', 'a']],
  ])('reads %j as %j (A2A §3.2.6)', (value, items) => {
    expect(parseHeaderList(value)).toEqual(items);
  });
});
