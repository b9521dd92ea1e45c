type Close = () => unknown;

/**
 * Things to close, last opened first. Every one is closed even when another fails; the first error is thrown at the end. (Node 20 has no
 * AsyncDisposableStack.)
 */
export class Closing implements AsyncDisposable {
  private readonly closers: Close[] = [];

  /** Takes over closing `thing`, and returns it. */
  use<T extends AsyncDisposable>(thing: T): T {
    this.closers.push(() => thing[Symbol.asyncDispose]());
    return thing;
  }

  defer(close: Close): void {
    this.closers.push(close);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (let close = this.closers.pop(); close; close = this.closers.pop()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
