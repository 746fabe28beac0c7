import { TurnRoom } from './turn-room.js';

describe('TurnRoom', () => {
  it('has place for so many turns of all agents', () => {
    const room = new TurnRoom(2, new Map());
    room.take('a');
    expect([room.left(), room.left('a'), room.left('b')]).toEqual([1, 1, 1]);
    room.take('b');
    expect([room.left(), room.left('c')]).toEqual([0, 0]);
  });

  it('has place for so many turns of an agent, and no more than for all', () => {
    const room = new TurnRoom(3, new Map([['a', 1]]));
    room.take('a');
    expect([room.left(), room.left('a'), room.left('b')]).toEqual([2, 0, 2]);
    room.take('b');
    room.take('b');
    expect([room.left(), room.left('a'), room.left('b')]).toEqual([0, 0, 0]);
  });

  it('gets a place back once, however often that is said', () => {
    const room = new TurnRoom(2, new Map([['a', 2]]));
    const place = room.take('a');
    room.take('a');
    place.free();
    place.free();
    expect([room.left(), room.left('a')]).toEqual([1, 1]);
    expect(room.isEmpty).toBe(false);
  });

  it('bears that more is taken than there is: what was claimed has to run', () => {
    const room = new TurnRoom(1, new Map([['a', 1]]));
    const places = [room.take('a'), room.take('a')];
    expect(room.left('a')).toBeLessThanOrEqual(0);
    places.forEach((place) => place.free());
    expect([room.left('a'), room.isEmpty]).toEqual([1, true]);
  });
});
