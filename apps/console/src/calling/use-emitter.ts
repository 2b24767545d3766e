import { useEffect, useReducer } from 'react';

/** `'a b'` is `'a' | 'b'`. */
type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;

/** Anything of the client library that tells its changes by `on`/`off`. */
interface Emitter<Name extends string> {
  on(event: Name, listener: () => void): void;
  off(event: Name, listener: () => void): void;
}

/**
 * Renders again whenever one of `events` (names separated by spaces) fires on `emitter`: its properties are then read where
 * they are, during the render. What changed between the render and the subscription is caught up with at once.
 */
export function useEmitter<Names extends string>(emitter: Emitter<Words<Names>> | undefined, events: Names): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (emitter === undefined) return undefined;
    const names = events.split(' ') as Words<Names>[];
    for (const name of names) emitter.on(name, render);
    render();
    return () => {
      for (const name of names) emitter.off(name, render);
    };
  }, [emitter, events]);
}
