import { globSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from '../command-line/command.ts';
import { Failure } from '../failures.ts';
import { prepareBuilds } from '../preparation/builds.ts';
import { runProgram } from '../preparation/run-program.ts';
import { prepareSystemPackages } from '../preparation/system-packages.ts';
import { repositoryRoot } from '../repository.ts';

/** `./dialplane bench`: the benchmarks, each beside a peer in the same run. */
export const benchCommand: Command = {
  name: 'bench',
  summary: 'Measure, beside peers in the same run',
  details: 'Without a name all benchmarks run one after the other. --list shows their names.',
  positionals: ['NAME?'],
  options: [],
  flags: {
    list: { type: 'boolean', description: 'Show the names of the benchmarks' },
  },
  run: async ({ flags, positionals: [name] }) => {
    const benchmarks = globSync(['bench/**/*.bench.ts', 'packages/*/src/**/*.bench.ts'], { cwd: repositoryRoot, exclude: (entry) => entry === 'node_modules' })
      .map((file) => ({ file, name: basename(file, '.bench.ts') }))
      .toSorted((a, b) => a.name.localeCompare(b.name));
    if (flags['list'] === true) {
      for (const benchmark of benchmarks) console.log(`${benchmark.name}  (${benchmark.file})`);
      return 0;
    }
    const chosen = name === undefined ? benchmarks : benchmarks.filter((benchmark) => benchmark.name === name);
    if (chosen.length === 0) throw new Failure('USAGE_INVALID', `There is no benchmark "${name ?? ''}"; they are ${benchmarks.map((benchmark) => benchmark.name).join(', ')}.`);
    await prepareSystemPackages('bench', flags['no-install'] !== true);
    await prepareBuilds();
    const { prepareKernels } = await import('../preparation/kernels.ts');
    await prepareKernels();
    let failed = false;
    for (const benchmark of chosen) {
      console.log(`\n== ${benchmark.name} (${benchmark.file})`);
      failed = (await runProgram(process.execPath, ['--disable-warning=ExperimentalWarning', '--expose-gc', benchmark.file], { cwd: repositoryRoot })) !== 0 || failed;
    }
    return failed ? 1 : 0;
  },
};
