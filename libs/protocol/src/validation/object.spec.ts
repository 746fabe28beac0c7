import { list } from './list.js';
import {
  expected,
  member,
  object,
  optional,
  optionalText,
  record,
  required,
} from './object.js';
import { ParseContext, type Parser, type Strictness } from './parse-context.js';
import { boolean, integer, text } from './scalars.js';

function read<T>(
  parse: Parser<T>,
  value: unknown,
  strictness: Strictness = 'request',
) {
  const context = new ParseContext(strictness);
  const result = parse(value, '', context);
  return { result, violations: context.violations };
}

interface Pet {
  petName: string;
  isTame?: boolean;
  nickName?: string;
  legCount?: number;
  toys: string[];
}

const pet = object<Pet>({
  petName: required(text),
  isTame: optional(boolean),
  nickName: optionalText(text),
  legCount: optional(integer(0)),
  toys: expected(list(text), () => []),
});

describe('object', () => {
  it('reads the members that it knows and ignores the others (A2A §5.7)', () => {
    const value = {
      petName: 'Rex',
      isTame: false,
      toys: ['ball'],
      unknown: { petName: 1 },
    };
    expect(read(pet, value)).toEqual({
      result: { petName: 'Rex', isTame: false, toys: ['ball'] },
      violations: [],
    });
  });

  it('takes the names of the protocol buffers and answers the JSON names (ProtoJSON)', () => {
    const value = { pet_name: 'Rex', is_tame: true, leg_count: '4', toys: [] };
    expect(read(pet, value).result).toEqual({
      petName: 'Rex',
      isTame: true,
      legCount: 4,
      toys: [],
    });
  });

  it('prefers the JSON name where both are there', () => {
    const value = { pet_name: 'Old', petName: 'New', toys: [] };
    expect(read(pet, value).result).toEqual({ petName: 'New', toys: [] });
    expect(
      read(pet, { petName: null, pet_name: 'Old', toys: [] }).violations,
    ).toEqual([{ field: 'petName', description: 'Is required' }]);
  });

  it('takes null for a member that is not there (ProtoJSON)', () => {
    const value = { petName: 'Rex', isTame: null, legCount: null, toys: [] };
    expect(read(pet, value).result).toEqual({ petName: 'Rex', toys: [] });
  });

  it('takes an empty text for a text that is not there, and for no other value', () => {
    expect(read(pet, { petName: 'Rex', nickName: '', toys: [] })).toEqual({
      result: { petName: 'Rex', toys: [] },
      violations: [],
    });
    expect(
      read(pet, { petName: 'Rex', isTame: '', legCount: '', toys: '' })
        .violations,
    ).toEqual([
      { field: 'isTame', description: 'Must be true or false' },
      { field: 'legCount', description: 'Must be an integer' },
      { field: 'toys', description: 'Must be a list' },
    ]);
  });

  it('lists everything that is wrong, by path', () => {
    const parse = object({ owner: required(object({ pet: required(pet) })) });
    const value = { owner: { pet: { petName: 7, isTame: 'yes', toys: [1] } } };
    expect(read(parse, value).violations).toEqual([
      { field: 'owner.pet.petName', description: 'Must be a string' },
      { field: 'owner.pet.isTame', description: 'Must be true or false' },
      { field: 'owner.pet.toys[0]', description: 'Must be a string' },
    ]);
  });

  it.each([undefined, null])('refuses a required member that is %j', (none) => {
    expect(read(pet, { petName: none, toys: none }).violations).toEqual([
      { field: 'petName', description: 'Is required' },
      { field: 'toys', description: 'Is required' },
    ]);
  });

  it('fills in what an answer leaves out because it is empty, but not what it must have', () => {
    expect(read(pet, { petName: 'Rex' }, 'response')).toEqual({
      result: { petName: 'Rex', toys: [] },
      violations: [],
    });
    expect(read(pet, {}, 'response').violations).toEqual([
      { field: 'petName', description: 'Is required' },
    ]);
  });

  it.each([null, undefined, 0, '', 'a', true, [], [{}]])(
    'refuses %j',
    (value) => {
      for (const parse of [pet, record(text)] as Parser<unknown>[]) {
        expect(read(parse, value).violations).toEqual([
          { field: '', description: 'Must be an object' },
        ]);
      }
    },
  );

  it('does not take what an object inherits for its own', () => {
    const parse = object<{ name?: string }>({ name: optional(text) });
    const value: unknown = Object.create({ name: 'inherited' });
    expect(read(parse, value)).toEqual({ result: {}, violations: [] });
  });

  it('leaves every prototype alone (prototype pollution)', () => {
    const value: unknown = JSON.parse(
      '{"__proto__":{"petName":"Evil","polluted":1},"constructor":{"prototype":{"polluted":1}},"toys":[]}',
    );
    const { result, violations } = read(pet, value);
    expect(violations).toEqual([
      { field: 'petName', description: 'Is required' },
    ]);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('member', () => {
  it.each([
    ['taskPushNotificationConfig', 'task_push_notification_config'],
    ['id', 'id'],
  ])('finds %s by the name %s', (name, snakeName) => {
    expect(member({ [snakeName]: 1 }, name)).toBe(1);
  });
});

describe('record', () => {
  it('reads each value and keeps every key, __proto__ too', () => {
    const value: unknown = JSON.parse(
      '{"a":"1","__proto__":"2","constructor":"3","":"4"}',
    );
    const { result, violations } = read(record(text), value);
    expect(violations).toEqual([]);
    expect(JSON.stringify(result)).toBe(JSON.stringify(value));
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  it('names the key of a wrong value', () => {
    const parse = object({ scopes: required(record(text)) });
    expect(read(parse, { scopes: { a: 'x', b: 1 } }).violations).toEqual([
      { field: 'scopes.b', description: 'Must be a string' },
    ]);
  });
});
