import { callListener } from './event-emitter.ts';

/** The listeners of one internal event. */
export class Listeners<Args extends readonly unknown[]> {
  private readonly all = new Set<(...args: Args) => void>();

  /** Returns the function that removes the listener again. */
  add(listener: (...args: Args) => void): () => void {
    this.all.add(listener);
    return () => {
      this.all.delete(listener);
    };
  }

  call(...args: Args): void {
    const listeners = [...this.all];
    for (const listener of listeners) callListener(listener, args);
  }

  get isEmpty(): boolean {
    return this.all.size === 0;
  }

  clear(): void {
    this.all.clear();
  }
}
