import type { ServerOptions } from './options.ts';

/** A switch or a value that belongs to one command. */
export interface Flag {
  readonly type: 'boolean' | 'string';
  /** Placeholder in help, for strings. */
  readonly value?: string;
  readonly description: string;
}

/** Flags that every command takes. */
export const universalFlags = {
  'no-install': { type: 'boolean', description: 'Install nothing: print the command that would (DIALPLANE_NO_INSTALL)' },
} as const satisfies Record<string, Flag>;

/** What a command is run with. */
export interface Invocation {
  readonly options: ServerOptions;
  /** Texts and switches by flag name; absent when not given. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

/** A command of the launcher. */
export interface Command {
  /** One word, or two (`token create`). */
  readonly name: string;
  readonly summary: string;
  /** Paragraphs for its help. */
  readonly details?: string;
  /** Names of what it takes without dashes; one that ends in `?` may be missing. */
  readonly positionals?: readonly string[];
  /** Which server options apply. */
  readonly options: readonly (keyof ServerOptions)[];
  readonly flags?: Readonly<Record<string, Flag>>;
  /** Imports what it works with when it runs: help and the other commands do without. @returns The exit code of the process. @throws {Failure} */
  readonly run: (invocation: Invocation) => Promise<number>;
}

/** Reads a flag that holds text. */
export function textFlag({ flags }: Invocation, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}
