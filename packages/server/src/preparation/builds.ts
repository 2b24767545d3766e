import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failures.ts';
import { repositoryRoot } from '../repository.ts';
import { runQuietly } from './run-program.ts';

/** Something browsers load, which is the only thing here that is built. */
interface Build {
  readonly title: string;
  /** Workspace folder. */
  readonly folder: string;
  /** Its npm script that fills `dist`. */
  readonly script: string;
  /** Files that go into it, besides those of its own folder. */
  readonly alsoFrom: readonly string[];
}

const builds: readonly Build[] = [
  { title: 'the client library', folder: 'sdk/calling', script: 'pack', alsoFrom: ['packages/calling-api/src/**/*.ts'] },
  { title: 'the console', folder: 'apps/console', script: 'build', alsoFrom: ['sdk/calling/src/**/*.ts', 'packages/calling-api/src/**/*.ts'] },
];

/**
 * Builds the client library and the console when their sources differ from those of the last build.
 * @throws {Failure} `STEP_FAILED` when a build fails; its own message is on the terminal by then.
 */
export async function prepareBuilds(): Promise<void> {
  for (const build of builds) {
    const stamp = join(repositoryRoot, build.folder, 'dist', '.sources');
    const sources = fingerprint(build);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) continue;
    console.error(`Building ${build.title} (npm run ${build.script} in ${build.folder}).`);
    const code = await runQuietly('npm', ['run', build.script, '--silent', `--workspace=${build.folder}`], {
      cwd: repositoryRoot,
      environment: { PATH: `${join(repositoryRoot, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` },
    });
    if (code !== 0) throw new Failure('STEP_FAILED', `${build.title[0]?.toUpperCase()}${build.title.slice(1)} could not be built; the message is above.`);
    mkdirSync(join(stamp, '..'), { recursive: true });
    writeFileSync(stamp, sources);
  }
}

/** A digest over names and contents of everything that goes into a build. */
function fingerprint({ folder, alsoFrom }: Build): string {
  const own = globSync('**/*', { cwd: join(repositoryRoot, folder), exclude: (name) => name === 'node_modules' || name === 'dist' }).map((name) => join(folder, name));
  const others = alsoFrom.flatMap((pattern) => globSync(pattern, { cwd: repositoryRoot }));
  const hash = createHash('sha256');
  for (const name of [...own, ...others, 'package-lock.json'].toSorted()) {
    const path = join(repositoryRoot, name);
    if (/\.test\.tsx?$/.test(name) || !statSync(path).isFile()) continue;
    hash.update(`${name}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}
