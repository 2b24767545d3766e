/** Writes docs/reference/options.md from the table of server options. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { optionsReference } from '../packages/server/src/command-line/help.ts';

const file = resolve(import.meta.dirname, '../docs/reference/options.md');
mkdirSync(resolve(file, '..'), { recursive: true });
writeFileSync(file, optionsReference());
