import { withMethods } from './with-methods.js';

class Counter {
  private count = 0;

  next(): number {
    this.count += 1;
    return this.count;
  }

  name(): string {
    return 'counter';
  }
}

describe('withMethods', () => {
  it('changes the methods that it is given, for its answer alone', () => {
    const original = new Counter();
    const changed = withMethods(original, { name: () => 'changed' });
    expect(changed.name()).toBe('changed');
    expect(original.name()).toBe('counter');
    expect(changed.next()).toBe(1);
    expect(changed.next()).toBe(2);
  });
});
