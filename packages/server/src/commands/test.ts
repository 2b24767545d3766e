import { globSync } from 'node:fs';
import { prepareBuilds } from '../preparation/builds.ts';
import { prepareKernels } from '../preparation/kernels.ts';
import { runProgram } from '../preparation/run-program.ts';
import { prepareSystemPackages } from '../preparation/system-packages.ts';
import { repositoryRoot } from '../repository.ts';
import type { Command } from '../command-line/command.ts';

const fastTests = ['packages/*/src/**/*.test.ts', 'sdk/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'lab/src/**/*.test.ts', 'sim/**/*.test.ts', 'bench/**/*.test.ts', 'tools/**/*.test.ts'];
const labStories = ['lab/src/**/*.story.ts'];
const soaks = ['packages/*/src/**/*.soak.ts', 'sdk/*/src/**/*.soak.ts', 'lab/src/**/*.soak.ts', 'sim/**/*.soak.ts'];

/** `./dialplane test`: the fast tests, then the lab, then (with `--all`) the soaks. */
export const testCommand: Command = {
  name: 'test',
  summary: 'Run the tests',
  details: 'First the fast ones (units, properties, simulation, real sockets), then the lab: network namespaces, browsers and captures, which need root. A part that fails does not keep the next from running; the exit code is 1 when any failed.',
  options: [],
  flags: {
    fast: { type: 'boolean', description: 'Only the fast tests' },
    all: { type: 'boolean', description: 'Also the long ones' },
  },
  run: async ({ flags }) => {
    const parts = [
      { title: 'Fast tests', patterns: fastTests, words: [] },
      ...(flags['fast'] === true ? [] : [{ title: 'Lab', patterns: labStories, words: ['--test-concurrency=1'] }]),
      ...(flags['all'] === true ? [{ title: 'Soaks', patterns: soaks, words: ['--test-concurrency=1'] }] : []),
    ];
    if (flags['fast'] !== true) {
      await prepareSystemPackages('test', flags['no-install'] !== true);
      await prepareBuilds();
    }
    await prepareKernels();
    let failed = false;
    for (const { title, patterns, words } of parts) {
      const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: repositoryRoot, exclude: (name) => name === 'node_modules' || name === 'dist' }));
      console.log(`\n${title}: ${files.length} files`);
      if (files.length === 0) {
        console.error(`${title}: no file matches ${patterns.join(' ')}`);
        failed = true;
        continue;
      }
      const code = await runProgram(process.execPath, ['--disable-warning=ExperimentalWarning', '--test', ...words, ...files], { cwd: repositoryRoot });
      failed ||= code !== 0;
    }
    return failed ? 1 : 0;
  },
};
