/** Runs asynchronous actions strictly one after the other, whatever becomes of each. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs `action` when all before it have settled; settles as it does. */
  take<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(action);
    this.last = result.catch(() => {});
    return result;
  }
}
