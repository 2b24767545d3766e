/** Checks every TypeScript project: pure packages without Node's types, services and tests with them, browser code with the DOM. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
let failed = false;
for (const project of ['tsconfig.pure.json', 'tsconfig.json', 'tsconfig.browser.json', 'tsconfig.sdk-tests.json']) {
  const { status } = spawnSync(resolve(root, 'node_modules/.bin/tsc'), ['-p', project], { cwd: root, stdio: 'inherit' });
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
