import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { prepareBuilds } from '../preparation/builds.ts';
import { runProgram } from '../preparation/run-program.ts';
import { prepareSystemPackages } from '../preparation/system-packages.ts';
import { repositoryRoot } from '../repository.ts';
import type { Command } from '../command-line/command.ts';

const fastTests = ['packages/*/src/**/*.test.ts', 'sdk/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'lab/src/**/*.test.ts', 'sim/**/*.test.ts', 'bench/**/*.test.ts', 'tools/**/*.test.ts'];
/** Tests that send media through real sockets, or drive browsers: each has the machine to itself. What kernels reckon, and what the relay keeps of its usage, needs none of that. */
const mediaTests = /^(?:packages\/kernels\/src\/udp\/|packages\/relay\/src\/(?!(?:control|counters|credentials|ledger)\/)|packages\/media-processor\/src\/(?:plane|supervisor)\/|lab\/)|\.browser\.test\.ts$/;
const labStories = ['lab/src/**/*.story.ts'];
/**
 * Stories that tell for how long somebody was not heard, or which path was taken and what it cost: that is told of a machine that does nothing else. Where checks are late, a
 * browser begins on a path that it does not need.
 */
const storiesAlone = /\/(?:every-network|exact-ledger|group-\w+|relay-\w+|switching-networks)\.story\.ts$/;
const hangingFiles = join(repositoryRoot, 'packages/testing/src/hanging-files.ts');
/** The one that reads well, and one that ends files which hang. */
const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', `--test-reporter=${hangingFiles}`, '--test-reporter-destination=stderr'];
const soaks = ['packages/*/src/**/*.soak.ts', 'sdk/*/src/**/*.soak.ts', 'lab/src/**/*.soak.ts', 'sim/**/*.soak.ts'];

/** What Node has compiled, and stripped of its types, it keeps here: every test file is a process that loads much the same modules, and so is every server in the lab. */
const environment = { NODE_COMPILE_CACHE: join(repositoryRoot, 'node_modules/.cache/node-compile') };

/** `./dialplane test`: the fast tests, then the lab, then (with `--all`) the soaks. */
export const testCommand: Command = {
  name: 'test',
  summary: 'Run the tests',
  details: 'First the fast ones (units, properties, simulation, real sockets), then the lab: network namespaces, browsers and captures, which need root. A part that fails does not keep the next from running, and a file that hangs is ended and named; the exit code is 1 when any failed.',
  options: [],
  flags: {
    fast: { type: 'boolean', description: 'Only the fast tests' },
    all: { type: 'boolean', description: 'Also the long ones' },
  },
  run: async ({ flags }) => {
    const one = '--test-concurrency=1';
    // Node would run one at a time on two cores.
    const several = `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`;
    const fast = filesOf(fastTests);
    const stories = filesOf(labStories);
    const parts = [
      { title: 'Units and servers', files: fast.filter((file) => !mediaTests.test(file)), concurrency: several, fileMinutes: 10 },
      { title: 'Media and browsers', files: fast.filter((file) => mediaTests.test(file)), concurrency: one, fileMinutes: 10 },
      ...(flags['fast'] === true ? [] : [
        { title: 'Lab', files: stories.filter((file) => !storiesAlone.test(file)), concurrency: several, fileMinutes: 30 },
        { title: 'Lab, one story at a time', files: stories.filter((file) => storiesAlone.test(file)), concurrency: one, fileMinutes: 30 },
      ]),
      ...(flags['all'] === true ? [{ title: 'Soaks', files: filesOf(soaks), concurrency: one, fileMinutes: 180 }] : []),
    ];
    if (flags['fast'] !== true) {
      await prepareSystemPackages('test', flags['no-install'] !== true);
      await prepareBuilds();
    }
    const { prepareKernels } = await import('../preparation/kernels.ts');
    await prepareKernels();
    let failed = false;
    for (const { title, files, concurrency, fileMinutes } of parts) {
      console.log(`\n${title}: ${files.length} files`);
      if (files.length === 0) {
        console.error(`${title}: there are none`);
        failed = true;
        continue;
      }
      const code = await runProgram(process.execPath, ['--disable-warning=ExperimentalWarning', '--test', concurrency, ...reporters, ...files], { cwd: repositoryRoot, environment: { ...environment, TEST_FILE_SECONDS: String(fileMinutes * 60) } });
      failed ||= code !== 0;
    }
    return failed ? 1 : 0;
  },
};

function filesOf(patterns: readonly string[]): readonly string[] {
  return patterns.flatMap((pattern) => globSync(pattern, { cwd: repositoryRoot, exclude: (name) => name === 'node_modules' || name === 'dist' }));
}
