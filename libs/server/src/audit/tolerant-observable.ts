import {
  Observable,
  type Observer,
  type Operator,
  type Subscription,
} from 'rxjs';

type Next<T> = (value: T) => void;

/**
 * An observable whose listeners may throw. RxJS throws that at the process,
 * which it ends: too much for a listener to something that only watches.
 * What is made of it with `pipe` is as tolerant.
 */
export class TolerantObservable<T> extends Observable<T> {
  constructor(
    upstream: Observable<T>,
    private readonly report: (error: unknown) => void,
  ) {
    super();
    this.source = upstream;
  }

  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    // RxJS itself gives an observable its source and operator in this way.
    const lifted = new TolerantObservable<R>(
      this as Observable<unknown> as Observable<R>,
      this.report,
    );
    lifted.operator = operator as Operator<unknown, R> | undefined;
    return lifted;
  }

  override subscribe(
    observer?: Partial<Observer<T>> | Next<T> | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    const isObserver = typeof observer === 'object' && observer !== null;
    if (isObserver && 'closed' in observer) {
      // A subscriber of RxJS, for an operator: what it throws goes to who listens in the end.
      return super.subscribe(observer);
    }
    const given = isObserver ? observer : { next: observer, error, complete };
    return super.subscribe({
      next: (value) => this.attempt(() => given.next?.(value)),
      error: (thrown: unknown) =>
        this.attempt(() => {
          if (given.error) given.error(thrown);
          else this.report(thrown);
        }),
      complete: () => this.attempt(() => given.complete?.()),
    });
  }

  private attempt(call: () => unknown): void {
    try {
      const answer = call();
      // A listener may be an asynchronous function.
      if (answer instanceof Promise) answer.catch(this.report);
    } catch (thrown) {
      this.report(thrown);
    }
  }
}
