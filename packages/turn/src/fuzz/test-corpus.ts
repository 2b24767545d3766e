import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A message to start from. `name` says whose it is or what is wrong with it. */
export interface CorpusEntry {
  readonly file: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

const folder = join(import.meta.dirname, 'corpus');

/** The corpus: files of hexadecimal lines, each below a line `# name`; a line `## …` is about the whole file. */
export const corpus: readonly CorpusEntry[] = readdirSync(folder)
  .sort()
  .flatMap((file) => {
    let name = '';
    return readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .flatMap((line) => {
        if (line.startsWith('#')) name = line.replace(/^#+ /, '');
        return line === '' || line.startsWith('#') ? [] : [{ file, name, bytes: Uint8Array.from(Buffer.from(line, 'hex')) }];
      });
  });
